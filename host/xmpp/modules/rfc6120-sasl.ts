// RFC 6120 §6: SASL negotiation, with the mechanisms of host/xmpp/sasl

import { wait } from "../../runtime/index.ts";
import { isStorageFailure } from "../answer.ts";
import {
  defineModule, type NonzaHandler, type ServerFace, type SessionFace, type Slot,
} from "../module.ts";
import { startExchange } from "../sasl/exchange.ts";
import {
  type SaslCondition, type SaslContext, type SaslExchange, type SaslMechanism, saslMechanisms,
  type SaslStep,
} from "../sasl/mechanism.ts";
import { type Element, element, textOf } from "../xml/element.ts";

const SASL = "urn:ietf:params:xml:ns:xmpp-sasl";

const exchangeSlot: Slot<SaslExchange> = { name: "sasl exchange" };
const failuresSlot: Slot<number> = { name: "sasl failures" };

export const sasl = defineModule({
  name: "rfc6120-sasl",
  spec: "RFC 6120",
  title: "XMPP Core: SASL negotiation",
  version: "§6",
  handlers: (server) => {
    const context = saslContext(server);
    return {
      streamFeatures: (session) => session.bare === "" ? [mechanismsElement(session)] : [],
      nonzas: [
        nonza("auth", (received, session) => begin(context, received, session)),
        nonza("response", goOn),
        nonza("abort", (_, session) => refuse(session, "aborted")),
      ],
    };
  },
});

function nonza(name: string, handle: NonzaHandler["handle"]): NonzaHandler {
  return {
    name,
    xmlns: SASL,
    // RFC 6120 §6.3.1: there is nothing to negotiate for who is authenticated.
    handle: (received, session) =>
      session.bare === "" ? handle(received, session) : session.fail("policy-violation"),
  };
}

function saslContext({ domain, storage, secret, settings }: ServerFace): SaslContext {
  return {
    domain,
    secret,
    iterations: settings.scramIterations,
    lookup: async (username) => (await storage.accounts.get(`${username}@${domain}`))?.credentials,
  };
}

/** A password in the clear only where nobody can read along (S9). */
function offered({ connection }: SessionFace): readonly SaslMechanism[] {
  if (connection.secure || connection.loopback) return saslMechanisms;
  return saslMechanisms.filter((mechanism) => mechanism !== "PLAIN");
}

function mechanismsElement(session: SessionFace): Element {
  return element("mechanisms", SASL, undefined,
    offered(session).map((mechanism) => element("mechanism", SASL, undefined, [mechanism])));
}

function begin(context: SaslContext, received: Element, session: SessionFace) {
  const name = received.attributes["mechanism"] ?? "";
  const exchange = startExchange(name, context, offered(session));
  if (exchange === undefined) {
    const known = (saslMechanisms as readonly string[]).includes(name);
    return refuse(session, known ? "encryption-required" : "invalid-mechanism");
  }
  session.keep(exchangeSlot, exchange);
  return step(session, exchange, received);
}

function goOn(received: Element, session: SessionFace) {
  const exchange = session.read(exchangeSlot);
  if (exchange === undefined) return refuse(session, "malformed-request");
  return step(session, exchange, received);
}

function* step(session: SessionFace, exchange: SaslExchange, received: Element) {
  const data = textOf(received).trim();
  let taken: SaslStep;
  try {
    taken = yield* wait(exchange.next(data === "" ? undefined : data));
  } catch (error) {
    if (!isStorageFailure(error)) throw error;
    return refuse(session, "temporary-auth-failure");
  }
  switch (taken.kind) {
    case "challenge":
      return session.send(element("challenge", SASL, undefined, [taken.data]));
    case "failure":
      return refuse(session, taken.condition);
    case "success":
      session.keep(exchangeSlot, undefined);
      session.keep(failuresSlot, undefined);
      session.send(element("success", SASL, undefined, taken.data ? [taken.data] : []));
      return session.authenticate(`${taken.username}@${session.server.domain}`);
  }
}

/** RFC 6120 §6.4.5: some more attempts, then the end of the stream. */
function refuse(session: SessionFace, condition: SaslCondition): void {
  session.keep(exchangeSlot, undefined);
  session.send(element("failure", SASL, undefined, [element(condition, SASL)]));
  const failures = (session.read(failuresSlot) ?? 0) + 1;
  session.keep(failuresSlot, failures);
  if (failures >= session.server.settings.authenticationFailuresMax) {
    session.fail("policy-violation", "Too many failed attempts to authenticate.");
  }
}
