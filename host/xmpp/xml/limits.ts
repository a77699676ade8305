// The limits on what one frame of XML may cost us, and the faults that end a stream.
import type { StreamErrorCondition } from "../stream-errors.ts";

/** Limits for one stanza (or stream header). Exceeding one is a `policy-violation`. */
export interface XmlLimits {
  /** UTF-8 bytes of one stanza with its tags. */
  readonly stanzaBytesMax: number;
  /** Nested elements, the stanza itself included. */
  readonly depthMax: number;
  /** Attributes and namespace declarations of one element. */
  readonly attributesMax: number;
  /** Elements in one stanza, itself included. */
  readonly elementsMax: number;
}

export const defaultXmlLimits: XmlLimits = Object.freeze({
  stanzaBytesMax: 262_144,
  depthMax: 64,
  attributesMax: 64,
  elementsMax: 4_096,
});

/** Before a client has proven who it is, it gets less (RFC 6120 §13.12). */
export const unauthenticatedXmlLimits: XmlLimits = Object.freeze({
  stanzaBytesMax: 10_000,
  depthMax: 8,
  attributesMax: 32,
  elementsMax: 64,
});

/** Why XML was refused: the stream error to send before the stream is closed. */
export class XmlFault {
  readonly condition: StreamErrorCondition;
  /** For people; holds nothing of what the peer sent. */
  readonly text: string;

  constructor(condition: StreamErrorCondition, text: string) {
    this.condition = condition;
    this.text = text;
  }
}

export function notWellFormed(): XmlFault {
  return new XmlFault("not-well-formed", "This XML is not well-formed.");
}

/** For what RFC 6120 §11.1 forbids. */
export function restricted(): XmlFault {
  const text = "Comments, processing instructions, DTDs and entities are not allowed.";
  return new XmlFault("restricted-xml", text);
}
