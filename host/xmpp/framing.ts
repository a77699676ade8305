// How a stream's opening, its elements and its end look on a transport. WebSocket: RFC 7395 §3.

import { randomBytes } from "node:crypto";
import type { TransportKind } from "./transport.ts";
import type { Element } from "./xml/element.ts";
import { element } from "./xml/element.ts";
import { serialize, serializeNodes } from "./xml/serialize.ts";
import { STREAM_NAMESPACE } from "./stream-errors.ts";

/** The attributes of a stream header that a server sends (RFC 6120 §4.7). */
export interface StreamHeader {
  readonly from: string;
  readonly to: string | undefined;
  readonly id: string;
  readonly lang: string;
}

/** A stream's id: unpredictable (RFC 6120 §4.7.3). */
export function streamId(): string {
  return randomBytes(12).toString("base64url");
}

/** One way to put a stream on the wire. Holds no state: all sessions share it. */
export interface Framing {
  /** The default namespace where stanzas are written (see serializeStanza). */
  readonly defaultXmlns: string;
  isOpening(received: Element): boolean;
  isClosing(received: Element): boolean;
  opening(header: StreamHeader): string;
  closing(): string;
  /** An element outside of stanzas: features, errors, SASL. */
  element(sent: Element): string;
}

const FRAMING_NAMESPACE = "urn:ietf:params:xml:ns:xmpp-framing";
const CLOSE = serialize(element("close", FRAMING_NAMESPACE), "");

// Written with the prefix of RFC 7395's examples: there are clients that compare tag names.
function streamElement({ name, children }: Element): string {
  const start = `<stream:${name} xmlns:stream='${STREAM_NAMESPACE}'>`;
  return `${start}${serializeNodes(children, "")}</stream:${name}>`;
}

/** RFC 7395: one element a message, each complete by itself. */
const webSocketFraming: Framing = Object.freeze({
  defaultXmlns: "",
  isOpening: (received: Element) =>
    received.name === "open" && received.xmlns === FRAMING_NAMESPACE,
  isClosing: (received: Element) =>
    received.name === "close" && received.xmlns === FRAMING_NAMESPACE,
  opening: (header: StreamHeader) => serialize(element("open", FRAMING_NAMESPACE, {
    from: header.from,
    to: header.to,
    id: header.id,
    version: "1.0",
    "xml:lang": header.lang,
  })),
  closing: () => CLOSE,
  element: (sent: Element) =>
    sent.xmlns === STREAM_NAMESPACE ? streamElement(sent) : serialize(sent, ""),
});

/** The framing of a transport. */
export function framingOf(_transport: TransportKind): Framing {
  // RFC 7395's framing serves the in-process transport as well; a TCP stream will have its own.
  return webSocketFraming;
}
