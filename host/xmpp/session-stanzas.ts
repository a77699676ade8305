// What a session does with a stanza of its client: checks it, stamps it, sends it on (RFC 6120 §8,
// §10).

import type { Operation } from "../runtime/index.ts";
import type { Address } from "./addresses.ts";
import { ask, isOperation, replyTo } from "./answer.ts";
import { someHookTakes } from "./hooks.ts";
import type { Answer, Work } from "./module.ts";
import type { Session } from "./session.ts";
import { errorOf, type Stanza, withAddresses } from "./stanza.ts";
import type { StanzaErrorCondition } from "./stanza-errors.ts";
import { type Element, elementsOf } from "./xml/element.ts";

/** Handles one stanza from the client. */
export function stanzaReceived(session: Session, stanza: Stanza): Work<unknown> {
  if (session.jid === "") return beforeBinding(session, stanza);
  const { from } = stanza;
  if (from !== undefined && !isOwn(session, from)) return session.fail("invalid-from");
  const to = stanza.to === undefined ? undefined : session.server.addresses.parse(stanza.to);
  if (to === undefined && stanza.to !== undefined) {
    return reject(session, withAddresses(stanza, { from: session.jid }), "jid-malformed");
  }
  const stamped = withAddresses(stanza, { from: session.jid, to: to?.text });
  switch (stanza.name) {
    case "message": return message(session, stamped, to);
    case "presence": return presence(session, stamped, to);
    case "iq": return iq(session, stamped, to);
  }
}

/** RFC 6120 §8.1.2.1: a client's `from` must be its own, full or bare. */
function isOwn(session: Session, from: string): boolean {
  if (from === session.jid || from === session.bare) return true;
  const text = session.server.addresses.parse(from)?.text;
  return text === session.jid || text === session.bare;
}

function reject(session: Session, stanza: Stanza, condition: StanzaErrorCondition): void {
  const error = errorOf(stanza, condition);
  if (error !== undefined) session.write(error);
}

/** RFC 6120 §7.1: without a resource there is nothing but negotiation. */
function beforeBinding(session: Session, stanza: Stanza): Work<unknown> {
  if (stanza.name !== "iq") return session.fail("not-authorized");
  const payload = requestPayload(stanza);
  if (payload === undefined) return reject(session, stanza, "bad-request");
  const answered = request(session, stanza, payload, "stream");
  return answered === "unknown" ? session.fail("not-authorized") : answered;
}

function message(session: Session, stanza: Stanza, to: Address | undefined): Work<unknown> {
  const addressed = to === undefined ? withAddresses(stanza, { to: session.bare }) : stanza;
  if (session.server.handlers.messageSent.length > 0) return hookedMessage(session, addressed);
  if (to === undefined) session.route(addressed);
  else routeTo(session, to, addressed);
}

function* hookedMessage(session: Session, stanza: Stanza): Operation<void> {
  if (yield* someHookTakes(session.server.handlers.messageSent, stanza, session)) return;
  session.route(stanza);
}

/**
 * The account broadcasts and keeps subscriptions. Directed presence goes straight on, as messages
 * do, so that it keeps its order with them; the account hears of it, to end it when the session
 * ends.
 */
function presence(session: Session, stanza: Stanza, to: Address | undefined): void {
  const { type } = stanza;
  if (to !== undefined && (type === undefined || type === "unavailable" || type === "probe" ||
    type === "error")) routeTo(session, to, stanza);
  session.toAccount({ kind: "sent", stanza });
}

function routeTo(session: Session, to: Address, stanza: Stanza): void {
  const bounced = session.server.routeTo(session.self, to, stanza);
  if (bounced !== undefined) session.write(bounced);
}

function iq(session: Session, stanza: Stanza, to: Address | undefined): Work<unknown> {
  const { type } = stanza;
  if (stanza.id === undefined) return reject(session, stanza, "bad-request");
  if (type === "result" || type === "error") {
    // An answer to the server or to the user's own account, which expect none, ends here.
    if (to !== undefined && to.text !== session.server.domain) routeTo(session, to, stanza);
    return;
  }
  const payload = requestPayload(stanza);
  if (payload === undefined) return reject(session, stanza, "bad-request");
  if (to === undefined) return session.route(withAddresses(stanza, { to: session.bare }));
  if (to.text !== session.server.domain) return routeTo(session, to, stanza);
  const answered = request(session, stanza, payload, "server");
  return answered === "unknown" ? reject(session, stanza, "service-unavailable") : answered;
}

/** The one child of a request (RFC 6120 §8.2.3); undefined if the iq is malformed. */
function requestPayload(stanza: Stanza): Element | undefined {
  if ((stanza.type !== "get" && stanza.type !== "set") || stanza.id === undefined) return undefined;
  const elements = elementsOf(stanza);
  return elements.length === 1 ? elements[0] : undefined;
}

function request(
  session: Session,
  stanza: Stanza,
  payload: Element,
  place: "stream" | "server",
): Work<unknown> | "unknown" {
  const handler = session.server.handlers.request(place, stanza.type as "get" | "set", payload);
  if (handler === undefined) return "unknown";
  const answer = ask(handler, stanza, payload, session);
  if (isOperation(answer)) return answering(session, stanza, answer);
  finish(session, stanza, answer);
  return undefined;
}

function* answering(session: Session, stanza: Stanza, answer: Operation<Answer>): Operation<void> {
  finish(session, stanza, yield* answer);
}

function finish(session: Session, stanza: Stanza, answer: Answer): void {
  if (answer === "account") return session.toAccount({ kind: "request", stanza });
  const reply = replyTo(stanza, answer);
  if (reply !== undefined) session.write(reply);
}
