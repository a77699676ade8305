// Views of the kernel's records: the message that is shown, and the event that was read.

import type { Pid, Ref } from "./abi.ts";

/** The kernel's memory as arrays; memory never grows after init, so they never detach. */
export interface MemoryViews {
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
  readonly numbers: Float64Array;
}

export function viewsOf(memory: WebAssembly.Memory): MemoryViews {
  const { buffer } = memory;
  return {
    bytes: new Uint8Array(buffer),
    words: new Uint32Array(buffer),
    numbers: new Float64Array(buffer),
  };
}

const WINDOW_BYTES = 48;

/** The message at the cursor, as begin, peek, skip and take show it. Valid until the next call. */
export class MessageView {
  readonly #bytes: Uint8Array;
  readonly #words: Uint32Array;
  readonly #numbers: Float64Array;
  readonly #byte: number;
  readonly #word: number;
  readonly #number: number;

  constructor(views: MemoryViews, address: number) {
    this.#bytes = views.bytes;
    this.#words = views.words;
    this.#numbers = views.numbers;
    this.#byte = address;
    this.#word = address >> 2;
    this.#number = address >> 3;
  }

  /** What the fields say now, for `restore`. */
  save(): Uint8Array {
    return this.#bytes.slice(this.#byte, this.#byte + WINDOW_BYTES);
  }

  /** Has the fields say again what they did at `save`. */
  restore(saved: Uint8Array): void {
    this.#bytes.set(saved, this.#byte);
  }

  /** A MessageKind. */
  get kind(): number {
    return this.#bytes[this.#byte] as number;
  }

  /** The sender's tag, 0 to 255. */
  get tag(): number {
    return this.#bytes[this.#byte + 1] as number;
  }

  /** A ReasonKind, for EXIT and DOWN. */
  get reasonKind(): number {
    return this.#bytes[this.#byte + 2] as number;
  }

  /** Whether taking it makes its handle the host's again. */
  get last(): boolean {
    return this.#bytes[this.#byte + 3] !== 0;
  }

  /** Length of its bytes, for BYTES. */
  get length(): number {
    return this.#words[this.#word + 1] as number;
  }

  /** The sender (0: nobody), or who has died. */
  get from(): Pid {
    return this.#numbers[this.#number + 1] as Pid;
  }

  /** The reference that the message bears, 0 if none. */
  get ref(): Ref {
    return this.#numbers[this.#number + 2] as Ref;
  }

  /** The number, the handle, the address of the bytes, or the reason. */
  get value(): number {
    return this.#numbers[this.#number + 3] as number;
  }

  /** What `release` wants for its bytes once it is taken, for BYTES. */
  get hold(): number {
    return this.#words[this.#word + 10] as number;
  }

  /** The monitor that the last spawn has made. */
  get spawnedRef(): Ref {
    return this.#numbers[this.#number + 4] as Ref;
  }
}

const EVENT_WORDS = 8;

/** The ring of events from the kernel, read one by one. */
export class EventRing {
  readonly #words: Uint32Array;
  readonly #numbers: Float64Array;
  readonly #head: number;
  readonly #tail: number;
  readonly #mask: number;
  readonly #ring: number;
  #at: number;

  /** `face` is the word index of the kernel's face. */
  constructor(views: MemoryViews, face: number) {
    this.#words = views.words;
    this.#numbers = views.numbers;
    this.#head = face;
    this.#tail = face + 1;
    this.#mask = views.words[face + 2] as number;
    this.#ring = (views.words[face + 3] as number) >> 2;
    this.#at = this.#ring;
  }

  /** Moves to the next event; false if all are read. */
  next(): boolean {
    const words = this.#words;
    const tail = words[this.#tail] as number;
    if (tail === words[this.#head]) return false;
    this.#at = this.#ring + (tail & this.#mask) * EVENT_WORDS;
    words[this.#tail] = tail + 1;
    return true;
  }

  /** An EventKind. */
  get type(): number {
    return this.#words[this.#at] as number;
  }

  /** A ReasonKind, for EXITED. */
  get reasonKind(): number {
    return this.#words[this.#at + 1] as number;
  }

  /** The process that the event is about. */
  get pid(): Pid {
    return this.#numbers[(this.#at >> 1) + 1] as Pid;
  }

  /** The reason, for EXITED: an atom or a handle. */
  get value(): number {
    return this.#numbers[(this.#at >> 1) + 2] as number;
  }
}
