// Compares received XML with what a conversation expects.

import { type Element, elementsOf, textOf } from "../../host/xmpp/xml/element.ts";
import { parseFrame } from "../../host/xmpp/xml/frame-parser.ts";
import { defaultXmlLimits, XmlFault } from "../../host/xmpp/xml/limits.ts";

const limits = { ...defaultXmlLimits, stanzaBytesMax: 10_000_000, elementsMax: 1_000_000 };

/** Parses a frame that is known to be right. */
export function parseExpected(xml: string): Element {
  const parsed = parseFrame(xml, limits);
  if (parsed instanceof XmlFault) throw new Error(`${parsed.text}: ${xml}`);
  return parsed;
}

/** A stanza may be written without its namespace. */
export function withNamespace(xml: string): string {
  const start = /^\s*<(message|presence|iq)(?=[\s/>])([^>]*)/.exec(xml);
  if (start === null || /\sxmlns=/.test(start[2]!)) return xml;
  return xml.replace(/<(message|presence|iq)/, "<$1 xmlns='jabber:client'");
}

/**
 * What is different, in words; undefined if nothing. In the expected element `*` is any value, the
 * attribute `_` any further attributes, the child `<_/>` any further children.
 */
export function differenceOf(expected: Element, received: Element): string | undefined {
  if (expected.name !== received.name || expected.xmlns !== received.xmlns) {
    return `<${received.name} xmlns='${received.xmlns}'> is not <${expected.name}
      xmlns='${expected.xmlns}'>`;
  }
  const wanted = expected.attributes;
  for (const [key, value] of Object.entries(wanted)) {
    if (key === "_") continue;
    const found = received.attributes[key];
    if (found === undefined) return `<${received.name}> has no ${key}`;
    if (value !== "*" && value !== found) return `${key}='${found}' is not '${value}'`;
  }
  const extra = Object.keys(received.attributes).find((key) => !(key in wanted));
  if (extra !== undefined && !("_" in wanted)) return `<${received.name}> has a ${extra}`;
  return differenceOfChildren(expected, received);
}

function differenceOfChildren(expected: Element, received: Element): string | undefined {
  const all = elementsOf(expected);
  const wanted = all.filter(({ name }) => name !== "_");
  const found = elementsOf(received);
  const isOpen = wanted.length < all.length;
  if (found.length < wanted.length || (found.length > wanted.length && !isOpen)) {
    return `<${received.name}> has ${found.length} children, not ${wanted.length}`;
  }
  for (const [index, child] of wanted.entries()) {
    const difference = differenceOf(child, found[index]!);
    if (difference !== undefined) return difference;
  }
  const text = textOf(expected).trim();
  if (text === "*" || isOpen || text === textOf(received).trim()) return undefined;
  return `"${textOf(received)}" is not "${text}"`;
}
