// Shapes: the keys of the objects that are copied, learned, so that a copy is made in one go.
//
// Storing properties one by one is the dear part of a copy (11 ns each, measured). A shape that was
// copied often gets a function of its own, `(a, b, c) => ({ "tag": a, "from": b, "n": c })`, which
// makes the object at once: 30 ns instead of 60 for three properties. Shapes are found in a tree by
// key; a node is the keys on the way to it.
//
//   root ── "tag" ── "from" ── "n"      next: the child that was seen first (one comparison)
//             └───── "body"              others: further children
//
// Keys may come from strangers: nodes and compiled functions are limited, and what is beyond the
// limits is copied as before. Where code must not be made from text (a content security policy),
// nothing is compiled.

/** Keys that a shape may have; longer objects get the rest one by one. */
export const SHAPE_KEYS_MAX = 8;
const NODES_MAX = 2_048;
const COMPILED_MAX = 256;
/** A shape is compiled when it is copied for the so many-th time. */
const COPIES_MIN = 200;

/** Makes an object of the shape's keys and these values. */
type Make = (
  a: unknown, b: unknown, c: unknown, d: unknown,
  e: unknown, f: unknown, g: unknown, h: unknown,
) => Record<string, unknown>;

export class Shape {
  readonly keys: readonly string[];
  /** The key that leads to `next`; undefined until a child is known. */
  nextKey: string | undefined = undefined;
  next: Shape | undefined = undefined;
  others: Map<string, Shape> | undefined = undefined;
  make: Make | undefined = undefined;
  copies = 0;

  constructor(keys: readonly string[]) {
    this.keys = keys;
  }
}

export class Shapes {
  readonly root = new Shape([]);
  #nodes = 0;
  #compiled = 0;
  #mayCompile = true;

  /** The shape with one more key, if it is known or may be learned. O(1). */
  child(shape: Shape, key: string): Shape | undefined {
    const known = shape.others?.get(key);
    if (known !== undefined) return known;
    // A literal with this key would set the prototype.
    if (key === "__proto__" || this.#nodes >= NODES_MAX) return undefined;
    this.#nodes++;
    const child = new Shape([...shape.keys, key]);
    if (shape.nextKey === undefined) {
      shape.nextKey = key;
      shape.next = child;
    } else {
      shape.others ??= new Map();
      shape.others.set(key, child);
    }
    return child;
  }

  /** An object of a shape that has no function yet; it may get one by this. O(keys). */
  assemble(shape: Shape, values: readonly unknown[]): Record<string, unknown> {
    if (++shape.copies === COPIES_MIN) this.#compile(shape);
    const object: Record<string, unknown> = {};
    for (let index = 0; index < shape.keys.length; index++) {
      object[shape.keys[index]!] = values[index];
    }
    return object;
  }

  #compile(shape: Shape): void {
    if (!this.#mayCompile || this.#compiled >= COMPILED_MAX) return;
    const names = ["a", "b", "c", "d", "e", "f", "g", "h"];
    // JSON's strings are JavaScript's: a key can't end its literal.
    const fields = shape.keys.map((key, index) => `${JSON.stringify(key)}: ${names[index]}`);
    try {
      shape.make = new Function(...names, `return { ${fields.join(", ")} };`) as Make;
      this.#compiled++;
    } catch {
      this.#mayCompile = false;
    }
  }
}
