// Random values for tests of isolation: getters, proxies, shared and frozen parts, symbols, odd
// prototypes; what a receiver must see of them; and what could tell a sender that one was touched.
import { Bytes, immutable, isImmutable } from "../../host/runtime/index.ts";

type Random = (below: number) => number;

export interface Hostile {
  readonly value: unknown;
  /** What arrives: plain data with the same values. */
  readonly image: unknown;
}

/** Objects that a part of may be used again elsewhere in the same value. */
type Used = Hostile[];

/** A value that can be sent, in whatever disguise. */
export function hostileValue(random: Random, depth: number, used: Used = []): Hostile {
  if (depth === 0 || random(4) === 0) return primitive(random);
  if (used.length > 0 && random(4) === 0) return used[random(used.length)]!;
  const made = random(3) === 0
    ? hostileArray(random, depth, used) : hostileObject(random, depth, used);
  used.push(made);
  return made;
}

function primitive(random: Random): Hostile {
  const choices = [
    random(1000), -0, NaN, Infinity, `text ${random(1000)}`, "\ud800", true, null, undefined,
    2n ** 70n, Bytes.fromText(`bytes ${random(100)}`), immutable({ shared: [random(9)] }),
  ];
  const value = choices[random(choices.length)];
  return { value, image: value };
}

function hostileArray(random: Random, depth: number, used: Used): Hostile {
  const parts = Array.from({ length: random(4) }, () => hostileValue(random, depth - 1, used));
  const value = parts.map((part) => part.value);
  // What is hung on an array stays at home.
  if (random(3) === 0) Object.assign(value, { hung: () => 1, [Symbol("s")]: value });
  if (random(4) === 0) Object.freeze(value);
  return {
    value: random(4) === 0 ? new Proxy(value, {}) : value, image: parts.map((part) => part.image),
  };
}

const keys = ["a", "b", "odd key", "__proto__", "constructor", "then", "toJSON", "0", "length"];

function hostileObject(random: Random, depth: number, used: Used): Hostile {
  const value = Object.create(random(4) === 0 ? null : Object.prototype) as object;
  const image = {};
  const define = (target: object, key: string, descriptor: PropertyDescriptor) =>
    Object.defineProperty(target, key, { configurable: true, enumerable: true, ...descriptor });
  for (let count = random(5); count > 0; count--) {
    const key = keys[random(keys.length)]!;
    if (Object.hasOwn(value, key)) continue;
    const part = hostileValue(random, depth - 1, used);
    if (random(4) === 0) {
      define(value, key, { get: () => part.value, set() { throw new Error("a setter ran"); } });
    } else {
      define(value, key, { value: part.value, writable: random(4) > 0 });
    }
    define(image, key, { value: part.image, writable: true });
  }
  if (random(4) === 0) define(value, "hidden", { value: () => 1, enumerable: false });
  if (random(4) === 0) Object.assign(value, { [Symbol("s")]: value });
  if (random(6) === 0) Object.freeze(value);
  else if (random(6) === 0) Object.preventExtensions(value);
  return { value: random(4) === 0 ? new Proxy(value, {}) : value, image };
}

/** Everything that an owner can see of its value: keys, descriptors, prototypes, identities. */
export function portrait(root: unknown): unknown[] {
  const seen = new Map<object, number>();
  const lines: unknown[] = [];
  const visit = (value: unknown): void => {
    lines.push(value);
    if (typeof value !== "object" || value === null || seen.has(value)) return;
    seen.set(value, seen.size);
    lines.push(Object.getPrototypeOf(value), Object.isFrozen(value), Object.isExtensible(value));
    for (const key of Reflect.ownKeys(value)) {
      const property = Object.getOwnPropertyDescriptor(value, key)!;
      lines.push(key, property.enumerable, property.writable, property.configurable,
        property.get, property.set);
      visit("value" in property ? property.value : property.get?.call(value));
    }
  };
  visit(root);
  return lines;
}

/** The objects that can be reached and changed. */
export function mutableParts(root: unknown, found = new Set<object>()): Set<object> {
  if (typeof root !== "object" || root === null || isImmutable(root) || found.has(root)) {
    return found;
  }
  found.add(root);
  for (const key of Reflect.ownKeys(root)) {
    mutableParts((root as Record<PropertyKey, unknown>)[key], found);
  }
  return found;
}

/** Changes everything that can be changed. */
export function spoil(root: unknown): void {
  for (const part of mutableParts(root)) {
    if (Array.isArray(part) && !Object.isFrozen(part)) part.length = 0;
    for (const key of Reflect.ownKeys(part).filter((name) => name !== "length")) {
      const { writable, configurable } = Object.getOwnPropertyDescriptor(part, key)!;
      if (writable === true) Reflect.set(part, key, "spoiled");
      if (configurable === true) Reflect.deleteProperty(part, key);
    }
    Reflect.set(part, "more", "spoiled");
    Reflect.setPrototypeOf(part, { inherited: "spoiled" });
  }
}

/** The same values under the same keys in plain data, told apart as Object.is does. */
export function isImage(found: unknown, image: unknown): boolean {
  if (typeof image !== "object" || image === null || isImmutable(image)) {
    return Object.is(found, image);
  }
  if (typeof found !== "object" || found === null) return false;
  if (Object.getPrototypeOf(found) !== Object.getPrototypeOf(image)) return false;
  const names = Reflect.ownKeys(found);
  return names.length === Reflect.ownKeys(image).length && names.every((name) => {
    const [mine, other] = [found, image].map((one) => Object.getOwnPropertyDescriptor(one, name));
    return mine !== undefined && other !== undefined && mine.get === undefined &&
      isImage(mine.value, other.value);
  });
}

/** What can't be sent, and how the error names it. */
export function unsendable(random: Random): { readonly value: unknown; readonly reason: string } {
  class Person {}
  const choices: [unknown, string][] = [
    [() => 1, "a function"], [Symbol("s"), "a symbol"], [new Person(), "an instance of Person"],
    [new Date(0), "an instance of Date"], [new Map(), "an instance of Map"],
    [new Set(), "an instance of Set"], [/x/, "an instance of RegExp"],
    [new Error("e"), "an instance of Error"], [new Uint8Array(2), "an instance of Uint8Array"],
    [new Float64Array(2), "an instance of Float64Array"],
    [new ArrayBuffer(2), "an instance of ArrayBuffer"],
    [new DataView(new ArrayBuffer(2)), "an instance of DataView"],
    [Buffer.from("b"), "an instance of Buffer"], [new WeakRef({}), "an instance of WeakRef"],
    [Promise.resolve(), "an instance of Promise"], [Object(1), "an instance of Number"],
    [new Proxy(new Map(), {}), "an instance of Map"],
    [Object.create({ inherited: 1 }), "an instance of Object"],
    [new (class extends Array {})(), "an instance of a class"],
  ];
  const [value, reason] = choices[random(choices.length)]!;
  return { value, reason };
}

/** A value with one part at a known place that can't be sent, and the path to it. */
export function spoiledValue(random: Random): {
  readonly value: unknown; readonly path: string; readonly reason: string;
} {
  const { value: bad, reason } = unsendable(random);
  let value = bad;
  let path = "";
  for (let depth = random(6); depth > 0; depth--) {
    const sibling = () => hostileValue(random, 2).value;
    if (random(2) === 0) {
      const before = random(3);
      value = [...Array.from({ length: before }, sibling), value, sibling()];
      path = `[${before}]${dotted(path)}`;
    } else {
      const [key, text] = random(3) === 0 ? ["odd key", '["odd key"]'] : ["part", "part"];
      const inner = value;
      value = random(3) === 0 ? { before: sibling(), get [key]() { return inner; } }
        : { before: sibling(), [key]: inner, after: sibling() };
      path = `${text}${dotted(path)}`;
    }
  }
  return { value, path: path === "" ? "(the message)" : path, reason };
}

function dotted(path: string): string {
  return path === "" || path.startsWith("[") ? path : `.${path}`;
}
