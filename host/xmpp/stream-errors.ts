// Stream errors: RFC 6120 §4.9.3's conditions and the element that carries them.
import { type Element, element } from "./xml/element.ts";

export const STREAM_NAMESPACE = "http://etherx.jabber.org/streams";
const STREAM_ERROR_NAMESPACE = "urn:ietf:params:xml:ns:xmpp-streams";

/** Every condition with the sentence that is sent when nothing better is known. */
export const streamErrors = Object.freeze({
  "bad-format": "This XML cannot be processed.",
  "bad-namespace-prefix": "A namespace prefix is missing or unsupported.",
  conflict: "Another stream has taken this one's place.",
  "connection-timeout": "Nothing was heard from you for too long.",
  "host-gone": "This domain is no longer served here.",
  "host-unknown": "This domain is not served here.",
  "improper-addressing": "A stanza between servers needs valid addresses.",
  "internal-server-error": "The server has a problem of its own.",
  "invalid-from": "The 'from' address is not yours.",
  "invalid-namespace": "A stream or content namespace is wrong.",
  "invalid-xml": "This XML is not valid here.",
  "not-authorized": "Authenticate first.",
  "not-well-formed": "This XML is not well-formed.",
  "policy-violation": "This breaks a rule of this server.",
  "remote-connection-failed": "A remote server that is needed cannot be reached.",
  reset: "The security of this stream must be negotiated anew.",
  "resource-constraint": "The server lacks the resources to serve this stream.",
  "restricted-xml": "Comments, processing instructions, DTDs and entities are not allowed.",
  "see-other-host": "Connect to another host.",
  "system-shutdown": "The server is shutting down.",
  "undefined-condition": "An error that has no other name.",
  "unsupported-encoding": "Only UTF-8 is supported.",
  "unsupported-feature": "A required stream feature is not supported.",
  "unsupported-stanza-type": "Only message, presence and iq are stanzas.",
  "unsupported-version": "Only version 1.0 of XMPP is supported.",
} as const);

export type StreamErrorCondition = keyof typeof streamErrors;

/** `<error xmlns='http://etherx.jabber.org/streams'>` with its condition and a text. */
export function streamError(
  condition: StreamErrorCondition,
  text: string = streamErrors[condition],
  extra?: Element,
): Element {
  return element("error", STREAM_NAMESPACE, undefined, [
    element(condition, STREAM_ERROR_NAMESPACE),
    element("text", STREAM_ERROR_NAMESPACE, { "xml:lang": "en" }, [text]),
    ...(extra === undefined ? [] : [extra]),
  ]);
}
