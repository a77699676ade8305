// The kernel with a typed face: the only owner of its memory. Numbers in, numbers out.

import { readFileSync } from "node:fs";
import { PidgeonError } from "../errors.ts";
import {
  ABI_VERSION, limitNames, SLOTS, statusName, type Limits, type Pid, type Ref, type Status,
} from "./abi.ts";
import { instantiateKernel, type KernelExports } from "./exports.ts";
import { EventRing, MessageView, viewsOf, type MemoryViews } from "./views.ts";

const FACE_SCRATCH = 4;
const FACE_SCRATCH_BYTES = 5;
const FACE_WINDOW = 6;

/** The slot of a pid: an index for the host's own tables. O(1). */
export function slotOf(pid: Pid): number {
  return pid % SLOTS;
}

/**
 * One kernel. Methods answer as the ABI does: a Status, or a pid, reference or time in whose place
 * a negative Status may stand. Each costs one call into wasm (≈ 3 ns) and what the ABI says.
 */
export class Kernel {
  readonly exports: KernelExports;
  /** The message at the cursor, after a call has answered SHOWN. */
  readonly message: MessageView;
  /** The event that `nextEvent` has read. */
  readonly event: EventRing;
  readonly #memory: MemoryViews;
  readonly #scratch: Uint8Array;
  readonly #scratchAddress: number;
  readonly #encoder = new TextEncoder();

  private constructor(exports: KernelExports) {
    this.exports = exports;
    this.#memory = viewsOf(exports.memory);
    const { words, bytes } = this.#memory;
    const face = exports.face_address() >> 2;
    const scratch = words[face + FACE_SCRATCH] as number;
    this.#scratchAddress = scratch;
    this.#scratch = bytes.subarray(scratch, scratch + (words[face + FACE_SCRATCH_BYTES] as number));
    this.message = new MessageView(this.#memory, words[face + FACE_WINDOW] as number);
    this.event = new EventRing(this.#memory, face);
  }

  /**
   * A kernel with its own memory.
   * @throws PIDGEON_KERNEL_STATUS if the limits are refused, PIDGEON_KERNEL_VERSION.
   */
  static instantiate(wasm: BufferSource, limits: Partial<Limits> = {}): Kernel {
    const exports = instantiateKernel(wasm);
    const version = exports.abi_version();
    if (version !== ABI_VERSION) {
      throw new PidgeonError("PIDGEON_KERNEL_VERSION", { found: version, known: ABI_VERSION });
    }
    writeLimits(exports, limits);
    const status = exports.init();
    if (status !== 0) refuse("init", status);
    return new Kernel(exports);
  }

  /** Does what is due. OK: nothing is left; MORE: read the events, then call again. */
  step(nowMs: number, reductions: number): Status {
    return this.exports.step(nowMs, reductions);
  }

  /** Tells the time, which timers and timeouts count from. */
  setClock(nowMs: number): Status {
    return this.exports.clock(nowMs);
  }

  /** When `step` must be called for a timer, in ms on the clock; Infinity: never. */
  nextDeadline(): number {
    return this.exports.next_deadline();
  }

  /** Reads the next event into `event`; false if there is none. */
  nextEvent(): boolean {
    return this.event.next();
  }

  /** A Counter of the whole kernel. */
  counter(id: number): number {
    return this.exports.counter(id);
  }

  /** Spawns a process whose code is the host's. Options are an Option sum. */
  spawnHost(parent: Pid | 0, options: number): Pid {
    return this.exports.spawn_host(parent, options) as Pid;
  }

  /** Spawns a process of a registered native handler. */
  spawnNative(parent: Pid | 0, handler: number, argument: number, options: number): Pid {
    return this.exports.spawn_native(parent, handler, argument, options) as Pid;
  }

  /** The monitor that the last spawn with Option.MONITOR has made. */
  get lastRef(): Ref {
    return this.message.spawnedRef;
  }

  isAlive(pid: Pid): boolean {
    return this.exports.is_alive(pid) === 1;
  }

  /** The live processes, by slot. O(slots). */
  *processes(): Generator<Pid> {
    let pid = this.exports.process_next(0);
    while (pid > 0) {
      yield pid as Pid;
      pid = this.exports.process_next(pid);
    }
  }

  processInfo(pid: Pid, item: number): number {
    return this.exports.process_info(pid, item);
  }

  processFlag(pid: Pid, flag: number, value: number): number {
    return this.exports.process_flag(pid, flag, value);
  }

  sendNumber(from: Pid | 0, to: Pid, tag: number, ref: Ref | 0, value: number): Status {
    return this.exports.send_number(from, to, tag, ref, value);
  }

  /** On a negative status the handle is still the caller's. */
  sendHandle(from: Pid | 0, to: Pid, tag: number, ref: Ref | 0, handle: number): Status {
    return this.exports.send_handle(from, to, tag, ref, handle);
  }

  /** Copies the bytes. @throws PIDGEON_KERNEL_STATUS never: TOO_LARGE is answered. */
  sendBytes(from: Pid | 0, to: Pid, tag: number, ref: Ref | 0, bytes: Uint8Array): Status {
    if (bytes.length > this.#scratch.length) return -11;
    this.#scratch.set(bytes);
    return this.exports.send_bytes(from, to, tag, ref, this.#scratchAddress, bytes.length);
  }

  /** A copy of bytes that `take` has handed out at this address; gives them back. */
  takeBytes(address: number, length: number): Uint8Array {
    const copy = this.#memory.bytes.slice(address, address + length);
    const status = this.exports.release(address);
    if (status !== 0) refuse("release", status);
    return copy;
  }

  /** Calls back with every handle that the kernel has dropped. O(handles). */
  drainReleased(callback: (handle: number) => void): void {
    for (;;) {
      const handle = this.exports.released_next();
      if (handle <= 0) return;
      callback(handle);
    }
  }

  begin(pid: Pid): Status {
    return this.exports.begin(pid);
  }

  peek(pid: Pid): Status {
    return this.exports.peek(pid);
  }

  skip(pid: Pid): Status {
    return this.exports.skip(pid);
  }

  take(pid: Pid): Status {
    return this.exports.take(pid);
  }

  mark(pid: Pid): Status {
    return this.exports.mark(pid);
  }

  rewind(pid: Pid): Status {
    return this.exports.rewind(pid);
  }

  wait(pid: Pid, timeoutMs: number, reductions: number): Status {
    return this.exports.wait(pid, timeoutMs, reductions);
  }

  waitRef(pid: Pid, ref: Ref, timeoutMs: number, reductions: number): Status {
    return this.exports.wait_ref(pid, ref, timeoutMs, reductions);
  }

  yieldTurn(pid: Pid, reductions: number): Status {
    return this.exports.yield_turn(pid, reductions);
  }

  finish(pid: Pid, reasonKind: number, value: number): Status {
    return this.exports.finish(pid, reasonKind, value);
  }

  /** Frees the slot of a process whose EXITED event was read. */
  reap(pid: Pid): Status {
    return this.exports.reap(pid);
  }

  exitSignal(from: Pid | 0, to: Pid, reasonKind: number, value: number): Status {
    return this.exports.exit_signal(from, to, reasonKind, value);
  }

  link(a: Pid, b: Pid): Status {
    return this.exports.link(a, b);
  }

  unlink(a: Pid, b: Pid): Status {
    return this.exports.unlink(a, b);
  }

  monitor(watcher: Pid, target: Pid): Ref {
    return this.exports.monitor(watcher, target) as Ref;
  }

  demonitor(watcher: Pid, ref: Ref, options: number): Status {
    return this.exports.demonitor(watcher, ref, options);
  }

  makeRef(): Ref {
    return this.exports.make_ref() as Ref;
  }

  /** Options are a TimerOption. With ref 0 the message bears the timer's own reference. */
  sendAfter(
    from: Pid | 0, to: Pid, tag: number, ref: Ref | 0, kind: number, value: number, ms: number,
    options = 0,
  ): Ref {
    return this.exports.send_after(from, to, tag, ref, kind, value, ms, options) as Ref;
  }

  cancelTimer(ref: Ref): number {
    return this.exports.cancel_timer(ref);
  }

  readTimer(ref: Ref): number {
    return this.exports.read_timer(ref);
  }

  register(pid: Pid, name: string): Status {
    return this.exports.register(pid, this.#writeName(name));
  }

  unregister(name: string): Status {
    return this.exports.unregister(this.#writeName(name));
  }

  /** The pid that has a name, or 0. */
  whereis(name: string): Pid | 0 {
    return this.exports.whereis(this.#writeName(name)) as Pid | 0;
  }

  /** Puts a name into the scratch area; its length, or one that no name has. */
  #writeName(name: string): number {
    const { length } = name;
    const scratch = this.#scratch;
    if (length > scratch.length) return scratch.length + 1;
    for (let i = 0; i < length; i++) {
      const unit = name.charCodeAt(i);
      if (unit > 127) return this.#encodeName(name);
      scratch[i] = unit;
    }
    return length;
  }

  #encodeName(name: string): number {
    const { read, written } = this.#encoder.encodeInto(name, this.#scratch);
    return read === name.length ? written : this.#scratch.length + 1;
  }
}

function writeLimits(exports: KernelExports, limits: Partial<Limits>): void {
  const words = new Uint32Array(exports.memory.buffer, exports.limits_address());
  limitNames.forEach((name, index) => {
    const limit = limits[name] ?? 0;
    if (!Number.isInteger(limit) || limit < 0 || limit > 0xffff_ffff) {
      throw new PidgeonError("PIDGEON_KERNEL_LIMIT", { name, limit });
    }
    words[index] = limit;
  });
}

function refuse(operation: string, status: Status): never {
  throw new PidgeonError("PIDGEON_KERNEL_STATUS", { operation, status: statusName(status) });
}

/** A kernel from the package's own kernel.wasm. @throws as `Kernel.instantiate`. */
export function loadKernel(limits: Partial<Limits> = {}): Kernel {
  return Kernel.instantiate(readFileSync(new URL("../../kernel.wasm", import.meta.url)), limits);
}
