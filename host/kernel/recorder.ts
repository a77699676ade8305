// Records every call into a kernel, and replays it: the same calls give the same image.
//
//   recording = "PDRC" │ version u32 │ names u32 │ length u8, name … │ entries to the end
//   write = 1 u8 │ address u32 │ length u32 │ bytes      what the host has written into memory
//   call  = 2 u8 │ name u8 │ arguments u8 │ f64 … │ answer f64 (NaN: a native handler has trapped)
//
// Little-endian. A host writes the limits, the header and extents of an image, the scratch area and
// the tail of the event ring: before each call the recorder looks what of this has changed.

import { PidgeonError } from "../errors.ts";
import { instantiateKernel, type KernelExports } from "./exports.ts";
import { extentsIn, HEADER_BYTES } from "./image.ts";
import { Kernel } from "./kernel.ts";

const MAGIC = 0x43524450;
const VERSION = 1;
const WRITE = 1;
const CALL = 2;
const LIMITS_BYTES = 32;

/* Words of the kernel's face */
const FACE_TAIL = 1;
const FACE_SCRATCH = 4;
const FACE_SCRATCH_BYTES = 5;

type Call = (...args: number[]) => number;

/** A buffer that grows. */
class Log {
  #bytes = new Uint8Array(65_536);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  #reserve(more: number): number {
    const at = this.#length;
    this.#length += more;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#length, this.#bytes.length * 2));
      larger.set(this.#bytes.subarray(0, at));
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    return at;
  }

  byte(value: number): void {
    const at = this.#reserve(1);
    this.#view.setUint8(at, value);
  }

  word(value: number): void {
    const at = this.#reserve(4);
    this.#view.setUint32(at, value, true);
  }

  number(value: number): void {
    const at = this.#reserve(8);
    this.#view.setFloat64(at, value, true);
  }

  bytes(value: Uint8Array): void {
    const at = this.#reserve(value.length);
    this.#bytes.set(value, at);
  }

  copy(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}

/** What a host has written into the memory of a kernel since the last call. */
class HostWrites {
  readonly #exports: KernelExports;
  readonly #log: Log;
  /** The host's words and bytes as they were at the last call; undefined before `init`. */
  #known: { tail: number; scratch: Uint8Array } | undefined;

  constructor(exports: KernelExports, log: Log) {
    this.#exports = exports;
    this.#log = log;
  }

  /** Logs what the call of this name may find changed. */
  before(name: string): void {
    const exports = this.#exports;
    if (name === "init" || name === "memory_needed") {
      this.#write(exports.limits_address(), LIMITS_BYTES);
    } else if (name === "restore_begin") {
      this.#write(exports.image_address(), HEADER_BYTES);
    } else if (name === "restore" && this.#known !== undefined) {
      for (const { address, bytes } of extentsIn(exports)) this.#write(address, bytes);
    }
    if (this.#known !== undefined) this.#compare(this.#known);
  }

  /** After `init` and `restore_begin` memory is laid out, and all zero where the host writes. */
  after(name: string, answer: number): void {
    const isLaidOut = (name === "init" && answer === 0) || (name === "restore_begin" && answer > 0);
    if (!isLaidOut) return;
    const { face } = this.#face();
    this.#known = { tail: 0, scratch: new Uint8Array(face[FACE_SCRATCH_BYTES] as number) };
  }

  #face(): { face: Uint32Array; address: number } {
    const address = this.#exports.face_address();
    return { face: new Uint32Array(this.#exports.memory.buffer, address, 8), address };
  }

  #compare(known: { tail: number; scratch: Uint8Array }): void {
    const { face, address } = this.#face();
    const tail = face[FACE_TAIL] as number;
    if (tail !== known.tail) {
      known.tail = tail;
      this.#write(address + FACE_TAIL * 4, 4);
    }
    const start = face[FACE_SCRATCH] as number;
    const scratch = Buffer.from(this.#exports.memory.buffer, start, known.scratch.length);
    if (scratch.compare(known.scratch) === 0) return;
    let from = 0;
    while (scratch[from] === known.scratch[from]) from++;
    let end = scratch.length;
    while (scratch[end - 1] === known.scratch[end - 1]) end--;
    known.scratch.set(scratch.subarray(from, end), from);
    this.#write(start + from, end - from);
  }

  #write(address: number, length: number): void {
    this.#log.byte(WRITE);
    this.#log.word(address);
    this.#log.word(length);
    this.#log.bytes(new Uint8Array(this.#exports.memory.buffer, address, length));
  }
}

/**
 * Writes down what a host does with one kernel, from its instantiation on. A call costs a few
 * microseconds more: the whole scratch area is compared.
 */
export class Recorder {
  readonly #log = new Log();

  /** To be passed to `Kernel.instantiate` or `Kernel.restore`, of one kernel. */
  readonly observe = (exports: KernelExports): KernelExports => {
    const log = this.#log;
    const writes = new HostWrites(exports, log);
    const calls = Object.entries(exports)
      .filter((entry): entry is [string, Call] => typeof entry[1] === "function");
    log.word(MAGIC);
    log.word(VERSION);
    log.word(calls.length);
    for (const [name] of calls) {
      log.byte(name.length);
      log.bytes(Buffer.from(name, "latin1"));
    }
    const recorded = calls.map(([name, call], index) => [name, (...args: number[]) => {
      writes.before(name);
      log.byte(CALL);
      log.byte(index);
      log.byte(args.length);
      for (const value of args) log.number(value);
      let answer = NaN;
      try {
        answer = call(...args);
      } finally {
        log.number(answer);
      }
      writes.after(name, answer);
      return answer;
    }] as const);
    return { ...Object.fromEntries(recorded), memory: exports.memory } as unknown as KernelExports;
  };

  /** All that was recorded so far. */
  recording(): Uint8Array {
    return this.#log.copy();
  }
}

/** Reads a recording from its beginning. */
class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  byte(): number {
    this.#at += 1;
    return this.#view.getUint8(this.#at - 1);
  }

  word(): number {
    this.#at += 4;
    return this.#view.getUint32(this.#at - 4, true);
  }

  number(): number {
    this.#at += 8;
    return this.#view.getFloat64(this.#at - 8, true);
  }

  bytes(length: number): Uint8Array {
    this.#at += length;
    if (this.#at > this.#bytes.length) throw new RangeError("the recording ends too early");
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}

/**
 * Makes the calls of a recording in a new kernel, which is then where the recorded one was.
 * @throws PIDGEON_KERNEL_REPLAY at the first call that answers something else than was recorded;
 *   RangeError where the recording is cut off or damaged.
 */
export function replay(wasm: BufferSource, recording: Uint8Array): Kernel {
  const exports = instantiateKernel(wasm);
  const reader = new Reader(recording);
  if (reader.word() !== MAGIC || reader.word() !== VERSION) throw new RangeError("no recording");
  const names = Array.from({ length: reader.word() }, () =>
    Buffer.from(reader.bytes(reader.byte())).toString("latin1"));
  for (let index = 0; !reader.isAtEnd; ) {
    if (reader.byte() === WRITE) {
      const address = reader.word();
      new Uint8Array(exports.memory.buffer).set(reader.bytes(reader.word()), address);
      continue;
    }
    const name = names[reader.byte()] ?? "";
    const args = Array.from({ length: reader.byte() }, () => reader.number());
    const expected = reader.number();
    const found = answerOf(exports, name, args);
    if (!Object.is(found, expected)) {
      throw new PidgeonError("PIDGEON_KERNEL_REPLAY", { index, name, expected, found });
    }
    index++;
  }
  return new Kernel(exports);
}

/** What a call answers; NaN if a native handler traps, or if there is no such call. */
function answerOf(exports: KernelExports, name: string, args: readonly number[]): number {
  try {
    return (exports[name as keyof KernelExports] as Call)(...args);
  } catch {
    return NaN;
  }
}
