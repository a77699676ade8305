// Parses one complete element, as a WebSocket message carries it (RFC 7395), with saxes.
import type { Element } from "./element.ts";
import { type XmlFault, type XmlLimits, defaultXmlLimits } from "./limits.ts";

/** What an element inherits from the stream header around it (TCP); nothing on a WebSocket. */
export interface XmlScope {
  /** The default namespace, "" for none. */
  readonly xmlns: string;
  /** Namespaces by prefix. */
  readonly prefixes: Readonly<Record<string, string>>;
}

/**
 * A parser for complete elements, to be shared by all connections of a server: it keeps nothing
 * between two frames but the answer to `source`.
 */
export class FrameParser {
  /**
   * Of the element that was parsed last: the XML between its tags as it was received, if a receiver
   * that puts it into `<name xmlns='jabber:client'>` sees the same children; otherwise undefined.
   */
  source: string | undefined = undefined;

  /** Parses one frame. `limits` and `scope` may change from frame to frame. */
  parse(text: string, limits: XmlLimits = defaultXmlLimits, scope?: XmlScope): Element | XmlFault {
    throw new Error(text + limits.depthMax + scope?.xmlns);
  }
}

/** Parses one frame with a parser of its own: for tests and rare use. */
export function parseFrame(text: string, limits?: XmlLimits, scope?: XmlScope): Element | XmlFault {
  return new FrameParser().parse(text, limits, scope);
}
