// Stanza errors: RFC 6120 §8.3.3's conditions with their default types.

export const STANZA_ERROR_NAMESPACE = "urn:ietf:params:xml:ns:xmpp-stanzas";

/** RFC 6120 §8.3.2: what the sender of the stanza can do about it. */
export type StanzaErrorType = "auth" | "cancel" | "continue" | "modify" | "wait";

/** Every condition with the type that the RFC recommends for it. */
export const stanzaErrors = Object.freeze({
  "bad-request": "modify",
  conflict: "cancel",
  "feature-not-implemented": "cancel",
  forbidden: "auth",
  gone: "cancel",
  "internal-server-error": "cancel",
  "item-not-found": "cancel",
  "jid-malformed": "modify",
  "not-acceptable": "modify",
  "not-allowed": "cancel",
  "not-authorized": "auth",
  "policy-violation": "modify",
  "recipient-unavailable": "wait",
  redirect: "modify",
  "registration-required": "auth",
  "remote-server-not-found": "cancel",
  "remote-server-timeout": "wait",
  "resource-constraint": "wait",
  "service-unavailable": "cancel",
  "subscription-required": "auth",
  "undefined-condition": "modify",
  "unexpected-request": "wait",
} as const satisfies Record<string, StanzaErrorType>);

export type StanzaErrorCondition = keyof typeof stanzaErrors;
