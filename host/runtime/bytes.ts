// Bytes: an immutable run of bytes, shared between processes without a copy.
import { PidgeonError } from "../errors.ts";
import { mark } from "./mark.ts";

const decoder = new TextDecoder();
const encoder = new TextEncoder();
const nothing = new Uint8Array(0);

/** An immutable run of bytes; sending it copies nothing. Final: it has no subclasses. */
export class Bytes {
  #data: Uint8Array;

  /**
   * Copies `source`: later changes to it are not seen. O(length).
   * Throws PIDGEON_NOT_SENDABLE from a subclass: its fields would be memory that processes share.
   */
  constructor(source: Uint8Array | readonly number[]) {
    if (new.target !== Bytes) {
      throw new PidgeonError("PIDGEON_NOT_SENDABLE", {
        reason: "a subclass of Bytes", path: "its constructor",
      });
    }
    this.#data = Uint8Array.from(source);
    mark(this);
    // Frozen, or a property hung on it would be memory that two processes share.
    Object.freeze(this);
  }

  /**
   * Takes ownership of `source` without a copy: whoever calls must never write to it again. O(1).
   */
  static own(source: Uint8Array): Bytes {
    const bytes = new Bytes(nothing);
    bytes.#data = source;
    return bytes;
  }

  /** The UTF-8 bytes of a text. */
  static fromText(text: string): Bytes {
    return Bytes.own(encoder.encode(text));
  }

  /** True for real Bytes only, not for objects that borrow the prototype. */
  static is(value: object): value is Bytes {
    return #data in value;
  }

  /** How many bytes there are. O(1). */
  get length(): number {
    return this.#data.length;
  }

  /** The byte at an index, undefined beyond the end. */
  at(index: number): number | undefined {
    return this.#data[index];
  }

  /** A copy that the caller may change. */
  toUint8Array(): Uint8Array {
    return this.#data.slice();
  }

  /** Copies all bytes into `target` from `offset` on; throws RangeError if they don't fit. */
  copyTo(target: Uint8Array, offset = 0): void {
    target.set(this.#data, offset);
  }

  /** The bytes as UTF-8 text; malformed sequences become U+FFFD. */
  text(): string {
    return decoder.decode(this.#data);
  }

  /** Whether the bytes are the same. O(length). */
  equals(other: Bytes): boolean {
    const a = this.#data;
    const b = other.#data;
    return a.length === b.length && a.every((byte, index) => byte === b[index]);
  }
}

export function isBytes(value: unknown): value is Bytes {
  return typeof value === "object" && value !== null && Bytes.is(value);
}
