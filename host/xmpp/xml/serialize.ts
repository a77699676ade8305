// Writes element trees as XML text.
import type { Element, Node } from "./element.ts";

const TEXT_SPECIAL = /[&<>\r]/;
const TEXT_SPECIALS = /[&<>\r]/g;
const ATTRIBUTE_SPECIAL = /[&<>"'\t\n\r]/;
const ATTRIBUTE_SPECIALS = /[&<>"'\t\n\r]/g;

/** What stands for characters that are markup or would be normalized (XML §2.11, §3.3.3). */
const ESCAPES: Readonly<Record<string, string>> = Object.freeze({
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
  "\t": "&#9;",
  "\n": "&#10;",
  "\r": "&#13;",
});

function escapeOf(character: string): string {
  return ESCAPES[character] as string;
}

/** Escapes character data. */
function escapeText(text: string): string {
  return TEXT_SPECIAL.test(text) ? text.replace(TEXT_SPECIALS, escapeOf) : text;
}

/** Escapes an attribute's value for apostrophes or quotation marks. */
export function escapeAttribute(value: string): string {
  return ATTRIBUTE_SPECIAL.test(value) ? value.replace(ATTRIBUTE_SPECIALS, escapeOf) : value;
}

/** The element as XML, for a place where `inheritedXmlns` is the default namespace ("" = none). */
export function serialize(element: Element, inheritedXmlns = ""): string {
  const { name, xmlns, attributes, children } = element;
  let xml = `<${name}`;
  if (xmlns !== inheritedXmlns) xml += ` xmlns='${escapeAttribute(xmlns)}'`;
  let prefixes = 0;
  for (const key in attributes) {
    const value = escapeAttribute(attributes[key] as string);
    if (key.startsWith("{")) xml += foreignAttribute(key, value, prefixes++);
    else xml += ` ${key}='${value}'`;
  }
  if (children.length === 0) return `${xml}/>`;
  return `${xml}>${serializeNodes(children, xmlns)}</${name}>`;
}

/** An attribute in a namespace, with a prefix of its own. */
function foreignAttribute(key: string, value: string, index: number): string {
  const end = key.lastIndexOf("}");
  const namespace = escapeAttribute(key.slice(1, end));
  return ` xmlns:ns${index}='${namespace}' ns${index}:${key.slice(end + 1)}='${value}'`;
}

/** A child list as XML, as `serialize`. */
export function serializeNodes(nodes: readonly Node[], inheritedXmlns: string): string {
  let xml = "";
  for (const node of nodes) {
    xml += typeof node === "string" ? escapeText(node) : serialize(node, inheritedXmlns);
  }
  return xml;
}
