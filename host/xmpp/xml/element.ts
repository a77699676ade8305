// XML elements as frozen data, and their serialization.
import { immutable, isImmutable } from "../../runtime/index.ts";
import { markImmutable } from "./immutable.ts";

/** What an element may contain. Adjacent texts are one string, empty texts are none. */
export type Node = Element | string;

/**
 * An XML element, deeply frozen and marked immutable: messages share it without a walk.
 *
 * `xmlns` is the resolved namespace ("" for none); prefixes are gone. An attribute's key is its
 * name as written for plain and `xml:` attributes, and `{namespace}name` for one in another
 * namespace. Namespace declarations are not attributes.
 */
export interface Element {
  readonly name: string;
  readonly xmlns: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Node[];
}

/** Anything with children: an element, or a stanza (whose namespace is `jabber:client`). */
export interface Parent {
  readonly xmlns?: string;
  readonly children: readonly Node[];
}

export const CLIENT_NAMESPACE = "jabber:client";

const NO_ATTRIBUTES: Readonly<Record<string, string>> = Object.freeze({});
const NO_CHILDREN: readonly Node[] = freezeNodes([]);

/**
 * Freezes a list of children. Empty texts are left out. An element that was written by hand rather
 * than made here is replaced by a frozen copy, so that what is marked can't change any more.
 * O(children).
 */
export function freezeNodes(nodes: readonly Node[]): readonly Node[] {
  if (nodes.every((node) => node !== "" && isImmutable(node))) return Object.freeze(nodes);
  return Object.freeze(nodes.filter((node) => node !== "").map((node) => immutable(node)));
}

/**
 * Makes an element. Takes ownership of `attributes` and `children` and freezes them.
 * Attributes whose value is undefined are left out.
 */
export function element(
  name: string,
  xmlns: string,
  attributes?: Readonly<Record<string, string | undefined>>,
  children?: readonly Node[],
): Element {
  const kept = attributes && defined(attributes);
  return elementOf(name, xmlns, kept, children && freezeNodes(children));
}

/** As `element`, for values that are known and children that were made here: the parser's way. */
export function elementOf(
  name: string,
  xmlns: string,
  attributes: Readonly<Record<string, string>> | undefined,
  children: readonly Node[] | undefined,
): Element {
  return markImmutable({
    name,
    xmlns,
    attributes: attributes === undefined ? NO_ATTRIBUTES : Object.freeze(attributes),
    children: children?.length ? Object.freeze(children) : NO_CHILDREN,
  });
}

/** The attributes that have a value; the object itself if all have. */
function defined(
  attributes: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> | undefined {
  const names = Object.keys(attributes);
  const kept = names.filter((name) => attributes[name] !== undefined);
  if (kept.length === 0) return undefined;
  if (kept.length === names.length) return attributes as Readonly<Record<string, string>>;
  return Object.fromEntries(kept.map((name) => [name, attributes[name] as string]));
}

/** The first child element of that name; `xmlns` is the parent's own namespace unless given. */
export function childNamed(
  parent: Parent,
  name: string,
  xmlns: string = parent.xmlns ?? CLIENT_NAMESPACE,
): Element | undefined {
  for (const child of parent.children) {
    if (typeof child !== "string" && child.name === name && child.xmlns === xmlns) return child;
  }
  return undefined;
}

/** The first child element, whatever it is: an iq's payload. */
export function firstElement(parent: Parent): Element | undefined {
  for (const child of parent.children) if (typeof child !== "string") return child;
  return undefined;
}

/** All child elements in order. */
export function elementsOf(parent: Parent): Element[] {
  return parent.children.filter((child) => typeof child !== "string");
}

/** The text directly inside, without the text of child elements. */
export function textOf(parent: Parent): string {
  let text = "";
  for (const child of parent.children) if (typeof child === "string") text += child;
  return text;
}

/** Whether two elements are the same tree; the order of attributes does not count. O(nodes). */
export function isSameElement(left: Node, right: Node): boolean {
  if (typeof left === "string" || typeof right === "string") return left === right;
  if (left === right) return true;
  const names = Object.keys(left.attributes);
  return (
    left.name === right.name &&
    left.xmlns === right.xmlns &&
    names.length === Object.keys(right.attributes).length &&
    names.every((name) => left.attributes[name] === right.attributes[name]) &&
    left.children.length === right.children.length &&
    left.children.every((child, index) => isSameElement(child, right.children[index] as Node))
  );
}
