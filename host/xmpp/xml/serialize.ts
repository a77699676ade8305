// Writes element trees as XML text.
import type { Element, Node } from "./element.ts";

/** Escapes character data. */
export function escapeText(text: string): string {
  throw new Error(text);
}

/** Escapes an attribute's value for apostrophes or quotation marks. */
export function escapeAttribute(value: string): string {
  throw new Error(value);
}

/** The element as XML, for a place where `inheritedXmlns` is the default namespace ("" = none). */
export function serialize(element: Element, inheritedXmlns = ""): string {
  throw new Error(element.name + inheritedXmlns);
}

/** A child list as XML, as `serialize`. */
export function serializeNodes(nodes: readonly Node[], inheritedXmlns: string): string {
  throw new Error(inheritedXmlns + nodes.length);
}
