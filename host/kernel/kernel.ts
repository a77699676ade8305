// The kernel with a typed face: the only owner of its memory. Numbers in, numbers out.

import { readFileSync } from "node:fs";
import { PidgeonError } from "../errors.ts";
import {
  ABI_VERSION, limitNames, MessageKind, SLOTS, Status, type Address, type Limits, type Pid,
  type Ref,
} from "./abi.ts";
import { KernelCalls } from "./calls.ts";
import { instantiateKernel, type KernelExports } from "./exports.ts";
import { hashImage, restoreImage, takeImage } from "./image.ts";
import { refusal } from "./statuses.ts";
import { EventRing, MessageView, viewsOf, type MemoryViews } from "./views.ts";

const loneSurrogate = /\p{Surrogate}/u;

const FACE_SCRATCH = 4;
const FACE_SCRATCH_BYTES = 5;
const FACE_WINDOW = 6;

/** Puts something before the exports of a kernel: a Recorder's `observe`. */
type Observe = (exports: KernelExports) => KernelExports;

const unobserved: Observe = (exports) => exports;

/** The slot of a pid: an index for the host's own tables. O(1). */
export function slotOf(pid: Pid): number {
  return pid % SLOTS;
}

/** One kernel and its memory: messages, events, bytes and names; calls.ts has the other calls. */
export class Kernel extends KernelCalls {
  /** The message at the cursor, after a call has answered SHOWN. */
  readonly message: MessageView;
  /** The event that `nextEvent` has read. */
  readonly event: EventRing;
  readonly #memory: MemoryViews;
  readonly #scratch: Uint8Array;
  readonly #scratchAddress: number;
  readonly #encoder = new TextEncoder();
  readonly #decoder = new TextDecoder();

  /** Around an instance whose memory is laid out, by `init` or `restore`. */
  constructor(exports: KernelExports) {
    super(exports);
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
   * A kernel with its own memory. `observe` may put itself before the exports, as a Recorder does.
   * @throws PIDGEON_KERNEL_STATUS if the limits are refused, PIDGEON_KERNEL_VERSION.
   */
  static instantiate(
    wasm: BufferSource, limits: Partial<Limits> = {}, observe: Observe = unobserved,
  ): Kernel {
    const exports = observe(instantiateChecked(wasm));
    writeLimits(exports, limits);
    const status = exports.init();
    if (status !== 0) throw refusal("init", status);
    return new Kernel(exports);
  }

  /**
   * A kernel that goes on from an image, which another build may have taken. The time is of the
   * clock that `step` will be told of; if it is earlier than the image's, no time has gone by. Host
   * processes end with reason `restored`, without EXITED events. O(image).
   * @throws PIDGEON_KERNEL_IMAGE (BAD_IMAGE, NO_HANDLER, NO_MEMORY, BAD_ARGUMENT),
   *   PIDGEON_KERNEL_VERSION.
   */
  static restore(
    wasm: BufferSource, image: Uint8Array, nowMs: number, observe: Observe = unobserved,
  ): Kernel {
    const exports = observe(instantiateChecked(wasm));
    restoreImage(exports, image, nowMs);
    return new Kernel(exports);
  }

  /**
   * An image of the whole kernel, for `restore`; the kernel goes on. O(image).
   * @throws PIDGEON_KERNEL_STATUS (BUSY) while a turn is open or events are unread.
   */
  snapshot(): Uint8Array {
    return takeImage(this.exports);
  }

  /** The hash of the image that `snapshot` would take, 16 hexadecimal digits. Throws as it. */
  imageHash(): string {
    return hashImage(this.exports);
  }

  /** A limit that memory is laid out for: as it was asked, or the kernel's default. */
  limit(name: keyof Limits): number {
    const first = this.exports.limits_address() >> 2;
    return this.#memory.words[first + limitNames.indexOf(name)] as number;
  }

  /** Reads the next event into `event`; false if there is none. */
  nextEvent(): boolean {
    return this.event.next();
  }

  /** The monitor that the last spawn with Option.MONITOR has made. */
  get lastRef(): Ref {
    return this.message.spawnedRef;
  }

  /** Copies bytes, at most 16,384 and what the scratch area holds; else TOO_LARGE. */
  sendBytes(from: Pid | 0, to: Address, tag: number, ref: Ref | 0, bytes: Uint8Array): Status {
    if (bytes.length > this.#scratch.length) return Status.TOO_LARGE;
    this.#scratch.set(bytes);
    return this.exports.send_bytes(from, to, tag, ref, this.#scratchAddress, bytes.length);
  }

  /** Copies bytes, as many as sendBytes, to be sent often: a hold until `release`, or a Status. */
  share(bytes: Uint8Array): number {
    if (bytes.length > this.#scratch.length) return Status.TOO_LARGE;
    this.#scratch.set(bytes);
    return this.exports.share(this.#scratchAddress, bytes.length);
  }

  /** A copy of bytes that `take` has handed out, as the message told; gives the hold back. */
  takeBytes(hold: number, address: number, length: number): Uint8Array {
    const copy = this.#memory.bytes.slice(address, address + length);
    const status = this.exports.release(hold);
    if (status !== 0) throw refusal("release", status);
    return copy;
  }

  /** The bytes of the message that is shown, in place: until the next call into the kernel. */
  shownBytes(): Uint8Array {
    const { value, length } = this.message;
    return this.#memory.bytes.subarray(value, value + length);
  }

  /** Calls back with every handle that the kernel has dropped. O(handles). */
  drainReleased(callback: (handle: number) => void): void {
    for (;;) {
      const handle = this.exports.released_next();
      if (handle <= 0) return;
      callback(handle);
    }
  }

  /** Gives a process a name; the ABI says why it refuses. O(length). */
  register(pid: Pid, name: string): Status {
    return this.exports.register(pid, this.#writeName(name));
  }

  /** Takes a name away from whoever has it. NOT_FOUND. */
  unregister(name: string): Status {
    return this.exports.unregister(this.#writeName(name));
  }

  /** The pid that has a name, or 0: also for what no name can be, as a status is an address. */
  whereis(name: string): Pid | 0 {
    const pid = this.exports.whereis(this.#writeName(name));
    return pid > 0 ? pid as Pid : 0;
  }

  /** The name that a process is registered under, "" if none. */
  processName(pid: Pid): string {
    const length = this.exports.process_name(pid);
    return length > 0 ? this.#decoder.decode(this.#scratch.subarray(0, length)) : "";
  }

  /** As `monitor`, of who has this name now; nobody: DOWN noproc from 0. */
  monitorName(watcher: Pid, name: string, options = 0, tag = 0): Ref {
    return this.exports.monitor_name(watcher, this.#writeName(name), options, tag) as Ref;
  }

  /** As `sendAfter`, to who has this name when the time has come. */
  sendAfterName(
    from: Pid | 0, name: string, tag: number, ref: Ref | 0, kind: number, value: number,
    ms: number, options = 0,
  ): Ref {
    const length = this.#writeName(name);
    return this.exports.send_after_name(from, length, tag, ref, kind, value, ms, options) as Ref;
  }

  /** Makes a process a member of a group, once more. O(1) in the group's size. */
  groupJoin(pid: Pid, name: string): Status {
    return this.exports.group_join(pid, this.#writeName(name));
  }

  /** Leaves once. NOT_FOUND if it is no member. */
  groupLeave(pid: Pid, name: string): Status {
    return this.exports.group_leave(pid, this.#writeName(name));
  }

  /** How many processes are members of a group. */
  groupSize(name: string): number {
    return this.exports.group_size(this.#writeName(name));
  }

  /** How often a process has joined a group. */
  groupCount(pid: Pid, name: string): number {
    return this.exports.group_count(pid, this.#writeName(name));
  }

  /** The members of a group, the last to join first. O(members × groups of each). */
  groupMembers(name: string): Pid[] {
    return this.#members(this.#writeName(name), () => 1);
  }

  /** The same, each as often as it has joined. */
  groupJoins(name: string): Pid[] {
    const length = this.#writeName(name);
    return this.#members(length, (pid) => this.exports.group_count(pid, length));
  }

  #members(length: number, timesOf: (pid: number) => number): Pid[] {
    const pids: Pid[] = [];
    let pid = this.exports.group_member(length, 0);
    while (pid > 0) {
      for (let times = timesOf(pid); times > 0; times--) pids.push(pid as Pid);
      pid = this.exports.group_member(length, pid);
    }
    return pids;
  }

  /** Sends a number to every member of a group: how many got it, or a Status. */
  groupSendNumber(from: Pid | 0, name: string, tag: number, ref: Ref | 0, value: number): number {
    const length = this.#writeName(name);
    return this.exports.group_send(from, length, tag, ref, MessageKind.NUMBER, value);
  }

  /** The same of a handle; unless somebody got it, it is still the caller's. */
  groupSendHandle(from: Pid | 0, name: string, tag: number, ref: Ref | 0, handle: number): number {
    const length = this.#writeName(name);
    return this.exports.group_send(from, length, tag, ref, MessageKind.HANDLE, handle);
  }

  /** The same of the bytes of a hold, without a copy. */
  groupSendShared(from: Pid | 0, name: string, tag: number, ref: Ref | 0, hold: number): number {
    const length = this.#writeName(name);
    return this.exports.group_send(from, length, tag, ref, MessageKind.BYTES, hold);
  }

  /** The processes of a List; empty for one that is dead. O(its length). */
  processList(pid: Pid, list: number): Pid[] {
    const pids: Pid[] = [];
    const room = this.#scratch.length >> 3;
    for (let found = room; found === room; ) {
      found = this.exports.process_list(pid, list, pids.length);
      const start = this.#scratchAddress >> 3;
      for (let i = 0; i < found; i++) pids.push(this.#memory.numbers[start + i] as Pid);
    }
    return pids;
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

  /** A lone surrogate has no encoding: it would be U+FFFD, and two names be one. */
  #encodeName(name: string): number {
    const { read, written } = this.#encoder.encodeInto(name, this.#scratch);
    return read === name.length && !loneSurrogate.test(name) ? written : this.#scratch.length + 1;
  }
}

/** @throws PIDGEON_KERNEL_VERSION */
function instantiateChecked(wasm: BufferSource): KernelExports {
  const exports = instantiateKernel(wasm);
  const version = exports.abi_version();
  if (version !== ABI_VERSION) {
    throw new PidgeonError("PIDGEON_KERNEL_VERSION", { found: version, known: ABI_VERSION });
  }
  return exports;
}

function writeLimits(exports: KernelExports, limits: Partial<Limits>): void {
  const unknown = Object.keys(limits).find((name) => !limitNames.includes(name as keyof Limits));
  if (unknown !== undefined) {
    throw new PidgeonError("PIDGEON_BAD_OPTION", { name: "limits", value: unknown });
  }
  const words = new Uint32Array(exports.memory.buffer, exports.limits_address());
  limitNames.forEach((name, index) => {
    const limit = limits[name];
    if (limit === undefined) return; // 0 has the kernel take its default
    if (!Number.isInteger(limit) || limit < 1 || limit > 0xffff_ffff) {
      throw new PidgeonError("PIDGEON_KERNEL_LIMIT", { name, limit });
    }
    words[index] = limit;
  });
}

/** A kernel from the package's own kernel.wasm. @throws as `Kernel.instantiate`. */
export function loadKernel(limits: Partial<Limits> = {}): Kernel {
  return Kernel.instantiate(readFileSync(new URL("../../kernel.wasm", import.meta.url)), limits);
}
