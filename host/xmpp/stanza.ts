// Stanzas: message, presence and iq as frozen data (RFC 6120 §8).
import {
  STANZA_ERROR_NAMESPACE,
  type StanzaErrorCondition,
  type StanzaErrorType,
  stanzaErrors,
} from "./stanza-errors.ts";
import { CLIENT_NAMESPACE, type Element, type Node, element, freezeNodes } from "./xml/element.ts";
import { markImmutable } from "./xml/immutable.ts";
import { escapeAttribute, serializeNodes } from "./xml/serialize.ts";

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
  /** The children as they were received, if they may be passed on so (FrameParser.source). */
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

const NO_CHILDREN: readonly Node[] = freezeNodes([]);

/** Makes a stanza. Takes ownership of `children` and freezes it. */
export function stanza(
  name: StanzaName,
  attributes: StanzaAttributes,
  children: readonly Node[] = NO_CHILDREN,
): Stanza {
  const { to, from, id, type, lang } = attributes;
  return make(name, to, from, id, type, lang, freezeNodes(children), undefined);
}

/** The one place where stanzas are made: one shape, and the mark. `children` are marked. */
function make(
  name: StanzaName,
  to: string | undefined,
  from: string | undefined,
  id: string | undefined,
  type: string | undefined,
  lang: string | undefined,
  children: readonly Node[],
  source: string | undefined,
): Stanza {
  return markImmutable({ name, to, from, id, type, lang, children, source });
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
  const { name, attributes } = element;
  if (element.xmlns !== CLIENT_NAMESPACE || !isStanzaName(name)) return undefined;
  const lang = attributes["xml:lang"] ?? streamLang;
  const { to, from, id, type } = attributes;
  return make(name, to, from, id, type, lang, element.children, source);
}

function isStanzaName(name: string): name is StanzaName {
  return name === "message" || name === "presence" || name === "iq";
}

/** The element that a stanza is. */
export function elementFrom(value: Stanza): Element {
  const { name, to, from, id, type, lang, children } = value;
  return element(name, CLIENT_NAMESPACE, { to, from, id, type, "xml:lang": lang }, children);
}

/**
 * The stanza as XML. `defaultXmlns` is the default namespace where it is written: `jabber:client`
 * inside a TCP stream, "" (none) on a WebSocket, where the declaration is added (RFC 7395 §3.3.3).
 */
export function serializeStanza(value: Stanza, defaultXmlns: string): string {
  const { name, to, from, id, type, lang } = value;
  let xml = `<${name}`;
  if (defaultXmlns !== CLIENT_NAMESPACE) xml += ` xmlns='${CLIENT_NAMESPACE}'`;
  if (to !== undefined) xml += ` to='${escapeAttribute(to)}'`;
  if (from !== undefined) xml += ` from='${escapeAttribute(from)}'`;
  if (id !== undefined) xml += ` id='${escapeAttribute(id)}'`;
  if (type !== undefined) xml += ` type='${escapeAttribute(type)}'`;
  if (lang !== undefined) xml += ` xml:lang='${escapeAttribute(lang)}'`;
  const content = value.source ?? serializeNodes(value.children, CLIENT_NAMESPACE);
  return content === "" ? `${xml}/>` : `${xml}>${content}</${name}>`;
}

/** The same stanza with other addresses; a key that is present with undefined removes it. O(1). */
export function withAddresses(
  value: Stanza,
  addresses: { readonly from?: string | undefined; readonly to?: string | undefined },
): Stanza {
  const { name, id, type, lang, children, source } = value;
  const to = "to" in addresses ? addresses.to : value.to;
  const from = "from" in addresses ? addresses.from : value.from;
  return make(name, to, from, id, type, lang, children, source);
}

/** The same stanza with other children; `source` is dropped. */
export function withChildren(value: Stanza, children: readonly Node[]): Stanza {
  const { name, to, from, id, type, lang } = value;
  return make(name, to, from, id, type, lang, freezeNodes(children), undefined);
}

/** The result of an iq, addresses swapped. */
export function resultOf(iq: Stanza, payload?: Element): Stanza {
  const { to, from, id } = iq;
  return stanza("iq", { to: from, from: to, id, type: "result" }, payload && [payload]);
}

export interface StanzaErrorOptions {
  readonly type?: StanzaErrorType;
  readonly text?: string;
  /** An application-specific condition, after the text (RFC 6120 §8.3.4). */
  readonly extra?: Element;
}

/**
 * The error reply to a stanza, addresses swapped; `type` is the condition's default unless given.
 * It does not repeat the original's children. Errors and iq results are never answered (§8.3.1,
 * §8.2.3): for them it is undefined.
 */
export function errorOf(
  value: Stanza,
  condition: StanzaErrorCondition,
  options: StanzaErrorOptions = {},
): Stanza | undefined {
  const { name, to, from, id, type } = value;
  if (type === "error" || (name === "iq" && type === "result")) return undefined;
  const error = stanzaErrorElement(condition, options);
  return stanza(name, { to: from, from: to, id, type: "error" }, [error]);
}

/** `<error/>` of a stanza, on its own. */
export function stanzaErrorElement(
  condition: StanzaErrorCondition,
  options: StanzaErrorOptions = {},
): Element {
  const children: Node[] = [element(condition, STANZA_ERROR_NAMESPACE)];
  if (options.text !== undefined) {
    const attributes = { "xml:lang": "en" };
    children.push(element("text", STANZA_ERROR_NAMESPACE, attributes, [options.text]));
  }
  if (options.extra !== undefined) children.push(options.extra);
  const type = options.type ?? stanzaErrors[condition];
  return element("error", CLIENT_NAMESPACE, { type }, children);
}
