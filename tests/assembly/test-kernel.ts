// A kernel of the verify build for tests: small, on a clock of its own, checked after every call.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Test } from "tap";
import {
  Atom, Counter, EventKind, MessageKind, Option, ReasonKind, Status, statusName,
  type Limits, type Pid,
} from "../../host/kernel/abi.ts";
import { Kernel } from "../../host/kernel/kernel.ts";

/** The project's root folder. */
export const root = join(import.meta.dirname ?? new URL(".", import.meta.url).pathname, "../../..");

/** Small tables, so that every check is quick and every limit near. */
export const smallLimits: Limits = {
  processes: 64,
  relations: 256,
  messageBytes: 16 * 16384,
  handles: 128,
  events: 64,
  names: 32,
  scratchBytes: 8192,
  groups: 16,
};

/** A message as a plain value; `reason` is an atom's name or `handle n`. */
export interface Message {
  readonly kind: "number" | "handle" | "bytes" | "exit" | "down";
  readonly tag?: number;
  readonly from: number;
  readonly ref?: number;
  readonly value?: number | string;
  readonly reason?: string;
}

/** How a host process was ended by a signal. */
export interface Ended {
  readonly pid: Pid;
  readonly reason: string;
}

/** The folder of a kernel with a seeded fault, on which tests/mutations lets a test run. */
export const mutant = process.env["MUTANT"];

export function readDebugKernel(): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(join(mutant ?? join(root, "build"), "kernel.debug.wasm")));
}

const atomNames = new Map<number, string>(
  Object.entries(Atom).map(([name, code]) => [code, name.toLowerCase()]),
);

function reasonText(kind: number, value: number): string {
  if (kind === ReasonKind.HANDLE) return `handle ${value}`;
  return atomNames.get(value) ?? `atom ${value}`;
}

/** The kernel, whose every method is followed by a check of all its structures. */
function verified(kernel: Kernel, onBroken: (method: string, code: number) => void): Kernel {
  return new Proxy(kernel, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      return (...args: unknown[]) => {
        const answer: unknown = member.apply(target, args);
        const broken = target.exports.verify?.() ?? 0;
        if (broken !== 0) onBroken(`${String(name)}(${args.join(", ")})`, broken);
        return answer;
      };
    },
  });
}

/** A kernel and what its host would keep: the clock, the handles, the events that were read. */
export class TestKernel {
  readonly kernel: Kernel;
  /** Without the check after each call. */
  readonly fast: Kernel;
  /** Processes that a turn is offered to, in the order of the events. */
  readonly offered: Pid[] = [];
  /** Host processes that signals have ended, in order. Reaped at once. */
  readonly ended: Ended[] = [];
  /** What the system monitor has told: kind, pid, value. */
  readonly watched: (readonly [number, Pid, number])[] = [];
  readonly limits: Limits;
  now = 1_000_000;
  readonly #t: Test;
  readonly #freeHandles: number[] = [];

  constructor(t: Test, limits: Partial<Limits> = {}, wasm: BufferSource = readDebugKernel()) {
    this.#t = t;
    this.limits = { ...smallLimits, ...limits };
    this.fast = Kernel.instantiate(wasm, this.limits);
    this.kernel = verified(this.fast, (call, code) => {
      throw new Error(`invariant ${code} is broken after ${call}`);
    });
    for (let handle = this.limits.handles; handle > 0; handle--) this.#freeHandles.push(handle);
    this.step();
  }

  /** Lets `ms` go by, works off what is due, reads all events. */
  step(ms = 0): void {
    this.now += ms;
    for (let steps = 0; ; steps++) {
      const status = this.kernel.step(this.now, 100_000);
      if (status < 0) throw new Error(`step: ${statusName(status)}`);
      this.readEvents();
      if (status === Status.OK) break;
      if (steps === 100_000) throw new Error("step finds no end");
    }
    this.fast.drainReleased((handle) => this.#freeHandles.push(handle));
  }

  readEvents(): void {
    const { fast } = this;
    while (fast.nextEvent()) {
      const { type, pid, reasonKind, value } = fast.event;
      if (type === EventKind.RUN) {
        this.offered.push(pid);
        continue;
      }
      if (type !== EventKind.EXITED) {
        this.watched.push([type, pid, value]);
        continue;
      }
      this.ended.push({ pid, reason: reasonText(reasonKind, value) });
      this.#t.equal(this.kernel.reap(pid), Status.OK);
      fast.drainReleased((handle) => this.#freeHandles.push(handle));
    }
  }

  /** A new host process; options are an Option sum. */
  spawn(options = 0, parent: Pid | 0 = 0): Pid {
    const pid = this.kernel.spawnHost(parent, options);
    if (pid <= 0) throw new Error(`spawnHost: ${statusName(pid)}`);
    return pid;
  }

  /** A new host process that waits for messages, its first turn over. */
  spawnWaiting(options = 0): Pid {
    const pid = this.spawn(options);
    this.open(pid);
    this.kernel.wait(pid, Infinity, 1);
    return pid;
  }

  trapping(): Pid {
    return this.spawnWaiting(Option.TRAP_EXIT);
  }

  /** Steps and opens the turn that is offered to a process; what begin answers. */
  open(pid: Pid): number {
    this.step();
    const index = this.offered.indexOf(pid);
    if (index < 0) throw new Error(`no turn is offered to ${pid}`);
    this.offered.splice(index, 1);
    return this.kernel.begin(pid);
  }

  /** Whether a turn is offered to a process now. */
  isOffered(pid: Pid): boolean {
    this.step();
    return this.offered.includes(pid);
  }

  /** All messages of a process, taken in one turn if one is offered; then it waits. */
  receive(pid: Pid): Message[] {
    this.step();
    if (!this.offered.includes(pid)) return [];
    const messages: Message[] = [];
    for (let shown = this.open(pid); shown === Status.SHOWN; ) {
      messages.push(this.shown());
      shown = this.take(pid);
    }
    this.kernel.wait(pid, Infinity, 1);
    return messages;
  }

  /** Takes the shown message, with what it hands to the host. */
  take(pid: Pid): number {
    const { kind, last, value, hold } = this.fast.message;
    const status = this.kernel.take(pid);
    if (kind === MessageKind.BYTES) this.#t.equal(this.kernel.release(hold), Status.OK);
    else if (kind !== MessageKind.NUMBER && last) this.#freeHandles.push(value);
    return status;
  }

  /** The message in the window. */
  shown(): Message {
    const { kind, tag, from, ref, value, reasonKind, length } = this.fast.message;
    switch (kind) {
      case MessageKind.EXIT: return { kind: "exit", from, reason: reasonText(reasonKind, value) };
      case MessageKind.DOWN:
        return { kind: "down", from, ref, reason: reasonText(reasonKind, value) };
      case MessageKind.BYTES: {
        return { kind: "bytes", tag, from, ref, value: this.bytesAt(value, length).toString() };
      }
      default:
        return { kind: kind === MessageKind.HANDLE ? "handle" : "number", tag, from, ref, value };
    }
  }

  /** Bytes in the kernel's memory, as they are now. */
  bytesAt(address: number, length: number): Buffer {
    return Buffer.from(this.fast.exports.memory.buffer).subarray(address, address + length);
  }

  /** A handle of the host's table, for a value under way. */
  handle(): number {
    const handle = this.#freeHandles.pop();
    if (handle === undefined) throw new Error("the host is out of handles");
    return handle;
  }

  /** Gives back a handle that the kernel has refused. */
  giveBack(handle: number): void {
    this.#freeHandles.push(handle);
  }

  /** Ends a process for good, as its own host: from an open turn. */
  finish(pid: Pid, kind: number = ReasonKind.ATOM, value: number = Atom.NORMAL): void {
    this.open(pid);
    this.#t.equal(this.kernel.finish(pid, kind, value), Status.OK);
  }

  kill(pid: Pid): void {
    this.#t.equal(this.kernel.exitSignal(0, pid, ReasonKind.ATOM, Atom.KILL), Status.OK);
  }

  counter(id: number): number {
    return this.fast.counter(id);
  }

  /** Ends all processes; then nothing may be in use any more. */
  close(): void {
    const t = this.#t;
    const { fast } = this;
    for (const pid of [...fast.processes()]) {
      if (fast.isAlive(pid)) fast.exitSignal(0, pid, ReasonKind.ATOM, Atom.KILL);
    }
    this.step();
    fast.drainReleased((handle) => this.#freeHandles.push(handle));
    const used = {
      processes: fast.counter(Counter.PROCESSES),
      handles: fast.counter(Counter.LIVE_HANDLES),
      relations: fast.counter(Counter.RELATIONS),
      timers: fast.counter(Counter.TIMERS),
      names: fast.counter(Counter.NAMES),
      groups: fast.counter(Counter.GROUPS),
      holds: fast.counter(Counter.HOLDS),
    };
    const nothing = {
      processes: 0, handles: 0, relations: 0, timers: 0, names: 0, groups: 0, holds: 0,
    };
    t.same(used, nothing, "all is freed");
    t.equal(new Set(this.#freeHandles).size, this.limits.handles, "the host has all handles back");
    t.equal(this.#freeHandles.length, this.limits.handles, "each of them once");
    t.equal(fast.exports.verify?.(), 0, "every invariant holds");
  }
}

/** Runs a test with a kernel of its own; at the end nothing is in use. */
export function withKernel(
  t: Test, title: string, body: (k: TestKernel, t: Test) => void, limits: Partial<Limits> = {},
  wasm?: BufferSource,
): void {
  void t.test(title, (t) => {
    const k = new TestKernel(t, limits, wasm);
    body(k, t);
    k.close();
    t.end();
  });
}
