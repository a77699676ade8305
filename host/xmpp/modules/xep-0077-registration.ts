// XEP-0077: In-Band Registration, 2.4

import { GenServer } from "../../otp/index.ts";
import { wait } from "../../runtime/index.ts";
import { prepareLocal } from "../jid.ts";
import {
  type AccountFace, type Answer, defineModule, refuse, type Request, request, type ServerFace,
  type SessionFace, type Slot,
} from "../module.ts";
import { sendUnavailable } from "../presence-broadcast.ts";
import { RateLimit, rateLimiter } from "../rate-limiter.ts";
import { makeCredentials } from "../sasl/credentials.ts";
import { resultOf, stanza } from "../stanza.ts";
import { seenByContact, seesContact } from "../subscription.ts";
import { childNamed, type Element, element, elementsOf, textOf } from "../xml/element.ts";

const REGISTER = "jabber:iq:register";
const FEATURE = "http://jabber.org/features/iq-register";
const INSTRUCTIONS = "Choose a username and a password.";

/** One registration a stream. */
const registeredSlot: Slot<true> = { name: "registered" };

export const registration = defineModule({
  name: "xep-0077-registration",
  spec: "XEP-0077",
  title: "In-Band Registration",
  version: "2.4",
  features: [REGISTER],
  handlers: (server) => {
    const { registrationsPerAddress, registrationPeriodMs } = server.settings;
    const limiterName = `registrations of ${server.domain}`;
    const limit = new RateLimit(registrationsPerAddress, registrationPeriodMs);
    return {
      streamFeatures: (session) =>
        session.bare === "" && isOpenTo(session) ? [element("register", FEATURE)] : [],
      requests: [
        request("stream", "get", "query", REGISTER, (_, session) =>
          isOpenTo(session) ? fields() : refuse("service-unavailable")),
        request("stream", "set", "query", REGISTER, (asked, session) =>
          register(asked, session, limiterName)),
        request("server", "get", "query", REGISTER, (_, session) => registered(session.bare)),
        request("account", "get", "query", REGISTER, (asked, account) =>
          isOwn(asked, account) ? registered(account.bare) : refuse("service-unavailable")),
        request("server", "set", "query", REGISTER, (_, session) =>
          isSecure(session) ? "account" : refuse("not-allowed", NOT_SECURE)),
        request("account", "set", "query", REGISTER, change),
      ],
      children: registrationsPerAddress === Infinity
        ? []
        : [GenServer.spec(rateLimiter, limit, { id: limiterName, name: limiterName })],
    };
  },
});

const NOT_SECURE = "Passwords may only be sent over a secure connection.";

/** Passwords are sent in the clear here, so it is the same rule as for SASL PLAIN (S9). */
function isSecure({ connection }: SessionFace): boolean {
  return connection.secure || connection.loopback;
}

function isOpenTo(session: SessionFace): boolean {
  return session.server.settings.registration && isSecure(session);
}

function fields(): Element {
  return element("query", REGISTER, undefined, [
    element("instructions", REGISTER, undefined, [INSTRUCTIONS]),
    element("username", REGISTER),
    element("password", REGISTER),
  ]);
}

function registered(bare: string): Element {
  return element("query", REGISTER, undefined, [
    element("registered", REGISTER),
    element("username", REGISTER, undefined, [bare.slice(0, bare.indexOf("@"))]),
    element("password", REGISTER),
  ]);
}

function fieldOf(payload: Element, name: string): string {
  const field = childNamed(payload, name);
  return field === undefined ? "" : textOf(field);
}

/** §3.1: a new account. */
function* register({ payload }: Request, session: SessionFace, limiterName: string) {
  const { server, self, connection } = session;
  if (!isOpenTo(session)) return refuse("service-unavailable");
  if (session.bare !== "") return refuse("not-allowed");
  if (childNamed(payload, "remove")) return refuse("unexpected-request");
  const username = fieldOf(payload, "username");
  const password = fieldOf(payload, "password");
  if (username === "" || password === "") return refuse("not-acceptable");
  if (session.read(registeredSlot)) return refuse("not-acceptable", "One account a stream.");
  const local = prepareLocal(username);
  if (local === undefined) return refuse("jid-malformed");
  if (server.settings.registrationsPerAddress !== Infinity) {
    const allowed = yield* GenServer.call<boolean>(self, limiterName, connection.address);
    // Before the costly hash of the password.
    if (!allowed) return refuse("not-acceptable", "Too many registrations; wait a while.", "wait");
  }
  const credentials = yield* hashed(password, server);
  if (credentials === undefined) return refuse("not-acceptable", "This password can't be used.");
  const jid = `${local}@${server.domain}`;
  const account = { jid, createdAtMs: Date.now(), credentials };
  const created = yield* wait(server.storage.accounts.create(account));
  if (created === "exists") return refuse("conflict");
  session.keep(registeredSlot, true);
  server.log("registered", { jid, address: connection.address });
  return undefined;
}

function* hashed(password: string, { settings }: ServerFace) {
  return yield* wait(makeCredentials(password, { iterations: settings.scramIterations }));
}

function isOwn({ from }: Request, { bare }: AccountFace): boolean {
  return from.startsWith(`${bare}/`);
}

/** §3.2, §3.3: an own request, which the session has let through. */
function* change(asked: Request, account: AccountFace) {
  if (!isOwn(asked, account)) return refuse("forbidden");
  const { payload } = asked;
  if (childNamed(payload, "remove") !== undefined) return yield* remove(asked, account);
  return yield* changePassword(payload, account);
}

function* changePassword(payload: Element, account: AccountFace) {
  const { server, bare } = account;
  const password = fieldOf(payload, "password");
  if (password === "") return refuse("bad-request");
  if (`${prepareLocal(fieldOf(payload, "username"))}@${server.domain}` !== bare) {
    return refuse("not-allowed", "This is not your user name.");
  }
  const credentials = yield* hashed(password, server);
  if (credentials === undefined) return refuse("not-acceptable", "This password can't be used.");
  const { outcome } = yield* wait(server.storage.accounts.setCredentials(bare, credentials));
  if (outcome !== "stored") return refuse("registration-required");
  server.log("password changed", { jid: bare });
  return undefined;
}

/** §3.2: the account goes, and with it the subscriptions and the sessions. */
function* remove(asked: Request, account: AccountFace): Generator<any, Answer, any> {
  const { server, bare } = account;
  if (elementsOf(asked.payload).length !== 1) return refuse("bad-request");
  const roster = yield* account.roster();
  const contacts = [...roster.items()];
  const pending = [...roster.pending()];
  const { outcome } = yield* wait(server.storage.accounts.remove(bare));
  if (outcome !== "stored") return refuse("registration-required");
  server.log("account removed", { jid: bare });
  const announce = (to: string, type: string) =>
    account.announce(stanza("presence", { from: bare, to, type }));
  for (const { jid, subscription, ask } of contacts) {
    if (seesContact(subscription) || ask) announce(jid, "unsubscribe");
    if (!seenByContact(subscription)) continue;
    sendUnavailable(account, jid);
    announce(jid, "unsubscribed");
  }
  for (const { contact } of pending) announce(contact, "unsubscribed");
  account.route(resultOf(asked.stanza));
  account.close("not-authorized");
  return "none";
}
