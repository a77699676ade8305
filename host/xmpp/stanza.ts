// Stanzas: message, presence and iq as frozen data (RFC 6120 §8).
import type { StanzaErrorCondition, StanzaErrorType } from "./stanza-errors.ts";
import type { Element, Node } from "./xml/element.ts";

export type StanzaName = "message" | "presence" | "iq";

/**
 * A stanza of namespace `jabber:client`, deeply frozen and marked immutable. Attributes other than
 * the five common ones of RFC 6120 §8.1 are not carried. Every field is always an own property.
 */
export interface Stanza {
  readonly name: StanzaName;
  readonly to: string | undefined;
  readonly from: string | undefined;
  readonly id: string | undefined;
  readonly type: string | undefined;
  /** `xml:lang`. */
  readonly lang: string | undefined;
  readonly children: readonly Node[];
  /** The children as they were received, if they may be passed on unchanged (FrameParser.source). */
  readonly source: string | undefined;
}

/** The attributes of a new stanza. */
export interface StanzaAttributes {
  readonly to?: string | undefined;
  readonly from?: string | undefined;
  readonly id?: string | undefined;
  readonly type?: string | undefined;
  readonly lang?: string | undefined;
}

/** Makes a stanza. Takes ownership of `children` and freezes it. */
export function stanza(
  name: StanzaName,
  attributes: StanzaAttributes,
  children?: readonly Node[],
): Stanza {
  throw new Error(name + attributes.to + children?.length);
}

/**
 * The stanza that an element is, or undefined if it is none (another name or namespace).
 * `source` is `FrameParser.source` of the same frame; `streamLang` is the stream header's
 * `xml:lang`, which a stanza without its own inherits (RFC 6120 §4.7.4) and from here on carries.
 */
export function stanzaFrom(
  element: Element,
  source?: string,
  streamLang?: string,
): Stanza | undefined {
  throw new Error(element.name + source + streamLang);
}

/** The element that a stanza is. */
export function elementFrom(value: Stanza): Element {
  throw new Error(value.name);
}

/**
 * The stanza as XML. `defaultXmlns` is the default namespace where it is written: `jabber:client`
 * inside a TCP stream, "" (none) on a WebSocket, where the declaration is added (RFC 7395 §3.3.3).
 */
export function serializeStanza(value: Stanza, defaultXmlns: string): string {
  throw new Error(value.name + defaultXmlns);
}

/** The same stanza with other addresses; a key that is present with undefined removes it. O(1). */
export function withAddresses(
  value: Stanza,
  addresses: { readonly from?: string | undefined; readonly to?: string | undefined },
): Stanza {
  throw new Error(value.name + addresses.from);
}

/** The same stanza with other children; `source` is dropped. */
export function withChildren(value: Stanza, children: readonly Node[]): Stanza {
  throw new Error(value.name + children.length);
}

/** The result of an iq, addresses swapped. */
export function resultOf(iq: Stanza, payload?: Element): Stanza {
  throw new Error(iq.name + payload?.name);
}

/**
 * The error reply to a stanza, addresses swapped; `type` is the condition's default unless given.
 * It does not repeat the original's children. Never reply to an error or an iq result (§8.3.1): then
 * the answer is undefined.
 */
export function errorOf(
  value: Stanza,
  condition: StanzaErrorCondition,
  options?: StanzaErrorOptions,
): Stanza | undefined {
  throw new Error(value.name + condition + options?.text);
}

export interface StanzaErrorOptions {
  readonly type?: StanzaErrorType;
  readonly text?: string;
  /** An application-specific condition, after the text (RFC 6120 §8.3.4). */
  readonly extra?: Element;
}

/** `<error/>` of a stanza, on its own. */
export function stanzaErrorElement(
  condition: StanzaErrorCondition,
  options?: StanzaErrorOptions,
): Element {
  throw new Error(condition + options?.text);
}
