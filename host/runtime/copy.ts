// Messages are values: the checked copy of plain data.
//
// A copy reads each property once, so a getter or a proxy can change what is read but never reach
// into the copy. Symbols are not read at all, nor is a prototype, but for one thing: an enumerable
// property that somebody has hung on Object.prototype is taken for one of every object; a primitive
// is copied, a function or an object refused (to ask of each key whose it is would be too dear).
// The sender's value is not altered. Sub-objects that occur twice are copied twice, as in Erlang.
// Costs: O(nodes), about 10 ns a property.
import { PidgeonError } from "../errors.ts";
import { isMarked, mark } from "./mark.ts";
import { SHAPE_KEYS_MAX, Shapes } from "./shapes.ts";

/** Values in one unmarked message. What is larger is shared with `immutable`, or sent in parts. */
const MESSAGE_NODES_MAX = 10_000;
/** Objects inside each other: the copy recurses, and a cycle must end before the stack does. */
const MESSAGE_DEPTH_MAX = 500;

/** Thrown inside only: the reason is found by a second, slow walk that also knows the path. */
const refused: unique symbol = Symbol("refused");

/**
 * Freezes a copy of plain data deeply and marks it: from then on it is sent by reference, without a
 * walk. Parts that are marked already are shared. O(nodes) once, O(1) if it is marked.
 * Use what it answers; the argument stays as it was, unmarked.
 * Throws PIDGEON_NOT_SENDABLE as a send would, but has no limit of nodes.
 */
export function immutable<T>(value: T): T {
  try {
    return copyFrozen(value, 0) as T;
  } catch (error) {
    throw error === refused ? explained(value, Infinity) : error;
  }
}

/** True if a value is shared as it is: a primitive, Bytes, or what `immutable` answered. O(1). */
export function isImmutable(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return isMarked(value);
  return typeof value !== "function" && typeof value !== "symbol";
}

/** Copies messages; learns the shapes of what it copies. */
export class Copier {
  readonly #shapes = new Shapes();
  /** Values that the message under way may still hold. */
  #left = 0;

  /** The copy that a receiver owns. Throws PIDGEON_NOT_SENDABLE with the path of what is wrong. */
  copy(value: unknown): unknown {
    switch (typeof value) {
      case "object":
        if (value === null || isMarked(value)) return value;
        break;
      case "function":
      case "symbol":
        throw explained(value);
      default:
        return value;
    }
    // A getter that sends copies in the midst of this one.
    const outer = this.#left;
    this.#left = MESSAGE_NODES_MAX;
    try {
      return Array.isArray(value) ? this.#copyArray(value, 0) : this.#copyObject(value, 0);
    } catch (error) {
      throw error === refused ? explained(value) : error;
    } finally {
      this.#left = outer;
    }
  }

  #copyPart(part: unknown, depth: number): unknown {
    switch (typeof part) {
      case "object":
        if (part === null || isMarked(part)) return part;
        return Array.isArray(part)
          ? this.#copyArray(part, depth + 1) : this.#copyObject(part, depth + 1);
      case "function":
      case "symbol":
        throw refused;
      default:
        return part;
    }
  }

  #copyArray(value: readonly unknown[], depth: number): unknown[] {
    const length = value.length;
    if (!isLength(length)) throw refused;
    this.#left -= length;
    if (this.#left < 0 || depth >= MESSAGE_DEPTH_MAX || !isPlainArray(value)) throw refused;
    const copy = new Array<unknown>(length);
    for (let index = 0; index < length; index++) {
      const part = value[index];
      copy[index] = typeof part === "string" || typeof part === "number"
        ? part : this.#copyPart(part, depth);
    }
    return copy;
  }

  /**
   * Reads the values into locals and follows the keys through the shapes; the object is made at the
   * end. A key that no shape has, and all after it, are stored one by one.
   */
  #copyObject(value: object, depth: number): Record<string, unknown> {
    if (!isPlain(value) || depth >= MESSAGE_DEPTH_MAX) throw refused;
    const source = value as Record<string, unknown>;
    let shape = this.#shapes.root;
    let rest: Record<string, unknown> | undefined;
    let a: unknown, b: unknown, c: unknown, d: unknown;
    let e: unknown, f: unknown, g: unknown, h: unknown;
    let count = 0;
    for (const key in source) {
      if (count >= MESSAGE_NODES_MAX) throw refused;
      const read = source[key];
      const part = typeof read === "string" || typeof read === "number"
        ? read : this.#copyPart(read, depth);
      if (rest === undefined) {
        const next = key === shape.nextKey ? shape.next
          : count < SHAPE_KEYS_MAX ? this.#shapes.child(shape, key) : undefined;
        if (next !== undefined) {
          shape = next;
          switch (count++) {
            case 0: a = part; break;
            case 1: b = part; break;
            case 2: c = part; break;
            case 3: d = part; break;
            case 4: e = part; break;
            case 5: f = part; break;
            case 6: g = part; break;
            default: h = part;
          }
          continue;
        }
        rest = shape.make !== undefined ? shape.make(a, b, c, d, e, f, g, h)
          : this.#shapes.assemble(shape, [a, b, c, d, e, f, g, h]);
      }
      count++;
      if (key === "__proto__") setOwn(rest, key, part);
      else rest[key] = part;
    }
    this.#left -= count;
    if (this.#left < 0) throw refused;
    if (rest !== undefined) return rest;
    return shape.make !== undefined ? shape.make(a, b, c, d, e, f, g, h)
      : this.#shapes.assemble(shape, [a, b, c, d, e, f, g, h]);
  }
}

/** One copy, without learning: for what is copied rarely. */
export function copyMessage(value: unknown): unknown {
  return new Copier().copy(value);
}

/** As copyMessage, but every object on the way is frozen and marked. */
function copyFrozen(value: unknown, depth: number): unknown {
  if (typeof value === "function" || typeof value === "symbol") throw refused;
  if (typeof value !== "object" || value === null || isMarked(value)) return value;
  if (depth >= MESSAGE_DEPTH_MAX) throw refused;
  let copy: unknown[] | Record<string, unknown>;
  if (Array.isArray(value)) {
    if (!isPlainArray(value)) throw refused;
    const length = value.length;
    if (!isLength(length)) throw refused;
    copy = new Array<unknown>(length);
    for (let index = 0; index < length; index++) copy[index] = copyFrozen(value[index], depth + 1);
  } else {
    if (!isPlain(value)) throw refused;
    copy = {};
    for (const key in value) {
      const part = copyFrozen((value as Record<string, unknown>)[key], depth + 1);
      if (key === "__proto__") setOwn(copy, key, part);
      else copy[key] = part;
    }
  }
  // In this order: a later ECMAScript may refuse private fields on what is frozen.
  mark(copy);
  return Object.freeze(copy);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function isPlainArray(value: readonly unknown[]): boolean {
  return Object.getPrototypeOf(value) === Array.prototype;
}

/** A proxy of an array may answer anything as its length. */
function isLength(length: unknown): boolean {
  return typeof length === "number" && length >>> 0 === length;
}

/** An assignment to `__proto__` would set the prototype; JSON.parse makes such own properties. */
function setOwn(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, {
    value, configurable: true, enumerable: true, writable: true,
  });
}

/** Walks again, slowly and as the copy does, to say what was refused and where. */
function explained(root: unknown, nodesMax: number = MESSAGE_NODES_MAX): PidgeonError {
  const ancestors = new Set<object>();
  let nodes = 0;

  function find(value: unknown, path: string): PidgeonError | undefined {
    const what = (reason: string) =>
      new PidgeonError("PIDGEON_NOT_SENDABLE", { path: path || "(the message)", reason });
    if (typeof value === "function") return what("a function");
    if (typeof value === "symbol") return what("a symbol");
    if (typeof value !== "object" || value === null || isMarked(value)) return undefined;
    if (ancestors.has(value)) return what("a cycle");
    if (ancestors.size >= MESSAGE_DEPTH_MAX) {
      return what(`more than ${MESSAGE_DEPTH_MAX} objects inside each other`);
    }
    if (Array.isArray(value) ? !isPlainArray(value) : !isPlain(value)) {
      return what(`an instance of ${className(value)}`);
    }
    ancestors.add(value);
    const found = Array.isArray(value) ? findIn(value, path, what) : findOf(value, path, what);
    ancestors.delete(value);
    return found;
  }

  /** What else is hung on an array does not travel. */
  function findIn(
    array: readonly unknown[], path: string, what: (reason: string) => PidgeonError,
  ): PidgeonError | undefined {
    const { length } = array;
    if (!isLength(length)) return what("an array whose length is not one");
    nodes += length;
    if (nodes > nodesMax) return what(tooLarge);
    for (let index = 0; index < length; index++) {
      const found = find(array[index], `${path}[${index}]`);
      if (found) return found;
    }
    return undefined;
  }

  function findOf(
    object: object, path: string, what: (reason: string) => PidgeonError,
  ): PidgeonError | undefined {
    for (const key in object) {
      if (++nodes > nodesMax) return what(tooLarge);
      const found = find((object as Record<string, unknown>)[key], joined(path, key));
      if (found) return found;
    }
    return undefined;
  }

  return find(root, "") ??
    new PidgeonError("PIDGEON_NOT_SENDABLE", { path: "?", reason: "it changes while it is read" });
}

const tooLarge = `more than ${MESSAGE_NODES_MAX} values: share it with immutable()`;

function joined(path: string, key: string): string {
  if (!/^[A-Za-z_$][\w$]*$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}

function className(value: object): string {
  const made: unknown = Object.getPrototypeOf(value)?.constructor;
  return typeof made === "function" && made.name !== "" ? made.name : "a class";
}
