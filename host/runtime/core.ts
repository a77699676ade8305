// The machine under Runtime and Process: the kernel, the table of host processes, values under way.
// Everything that touches the kernel's tables for a process is here; turns.ts runs them, pump.ts
// drives both from the event loop.
import { PidgeonError } from "../errors.ts";
import {
  Atom, Demonitor, Flag, Info, MessageKind, Option, ProcessKind, ReasonKind, Status,
} from "../kernel/abi.ts";
import type { Pid, Ref } from "../kernel/abi.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { CallbackProcess } from "./behaviour.ts";
import type { Behaviour } from "./behaviour.ts";
import { Bytes } from "./bytes.ts";
import type { Clock } from "./clock.ts";
import { Copier, immutable } from "./copy.ts";
import { HandleTable } from "./handles.ts";
import { atomOf, ExitReason, reasonOfAtom } from "./messages.ts";
import { Process } from "./process.ts";
import { ProcessTable, slotOf } from "./process-table.ts";
import type { Running } from "./process-table.ts";
import type { Runtime } from "./runtime.ts";
import { isGone, refusal } from "./statuses.ts";
import { Suspension, Waiting } from "./suspension.ts";
import type { Arming } from "./suspension.ts";
import type {
  Body, Callbacks, Destination, Logger, Priority, ProcessInfo, Reason, SpawnOptions,
} from "./types.ts";

/** The longest time that the kernel takes; longer ones are cut: 49 days. */
export const TIME_MS_MAX = 2 ** 32 - 1;

const starting = new Suspension(Waiting.START, undefined, Infinity);

const priorityOptions = {
  normal: Option.PRIORITY_NORMAL, low: Option.PRIORITY_LOW,
  high: Option.PRIORITY_HIGH, max: Option.PRIORITY_MAX,
} as const satisfies Record<Priority, number>;
const priorityNames: readonly Priority[] = ["normal", "low", "high", "max"];

function isBytes(value: unknown): value is Bytes {
  return typeof value === "object" && value !== null && Bytes.is(value);
}

/** An Option sum. */
export function optionBits(options: SpawnOptions | undefined): number {
  let bits: number = priorityOptions[options?.priority ?? "normal"];
  if (options?.link) bits |= Option.LINK;
  if (options?.trapExit) bits |= Option.TRAP_EXIT;
  return bits;
}

/** Makes a behaviour for a pid; called before its first turn. */
export type MakeBehaviour = (core: Core, pid: Pid) => Behaviour;

export class Core implements Arming {
  readonly runtime: Runtime;
  readonly kernel: Kernel;
  readonly clock: Clock;
  readonly table = new ProcessTable();
  readonly handles: HandleTable;
  /** Tells the pump that there is work; does nothing while it runs. Set by the pump. */
  wake: () => void = () => {};
  /** True while the pump runs: everything that is sent is seen by it. */
  pumping = false;
  /** Where reports go; never throws. */
  readonly logger: Logger;
  readonly #copier = new Copier();
  readonly #handlesMax: number;
  /** Bytes go to native processes as the kernel's own, to others as a value. */
  #hasNatives = false;
  #dead: Pid | undefined;

  constructor(
    runtime: Runtime, kernel: Kernel, handlesMax: number, clock: Clock, logger: Logger,
  ) {
    this.runtime = runtime;
    this.kernel = kernel;
    this.clock = clock;
    this.logger = logger;
    this.#handlesMax = handlesMax;
    this.handles = new HandleTable(handlesMax);
  }

  // ---- spawn ----

  spawn<A extends readonly unknown[]>(
    parent: Pid | 0, options: number, body: Body<A>, args: A,
  ): Pid {
    const pid = this.#spawnHost(parent, options);
    const self = new Process(this, pid);
    let generator: Running;
    try {
      generator = body(self, ...args) as unknown as Running;
      if (typeof generator?.next !== "function") {
        throw new PidgeonError("PIDGEON_NOT_A_GENERATOR", { name: body.name });
      }
    } catch (error) {
      // Misuse by the caller: the process that cannot run must not stay.
      this.kernel.exitSignal(0, pid, ReasonKind.ATOM, Atom.KILL);
      throw error;
    }
    this.table.enter(self, generator, starting);
    return pid;
  }

  spawnCallback(parent: Pid | 0, callbacks: Callbacks, options?: SpawnOptions): Pid {
    return this.spawnBehaviour(
      parent, optionBits(options), (core, pid) => new CallbackProcess(core, pid, callbacks));
  }

  spawnNative(
    parent: Pid | 0, handler: number, argument: number, options?: SpawnOptions,
  ): Pid {
    const pid = this.kernel.spawnNative(parent, handler, argument, optionBits(options));
    if (pid < 0) throw refusal("spawnNative", pid);
    this.#hasNatives = true;
    if (!this.pumping) this.wake();
    return pid;
  }

  /** Its first turn calls `start`. With Option.MONITOR the reference is in kernel.lastRef. */
  spawnBehaviour(parent: Pid | 0, options: number, make: MakeBehaviour): Pid {
    const pid = this.#spawnHost(parent, options);
    this.table.enter(make(this, pid), undefined, starting);
    return pid;
  }

  #spawnHost(parent: Pid | 0, options: number): Pid {
    const pid = this.kernel.spawnHost(parent, options);
    if (pid < 0) throw refusal("spawn", pid);
    if (!this.pumping) this.wake();
    return pid as Pid;
  }

  // ---- send ----

  /** Copies and sends: true if it lies in a mailbox. */
  send(from: Pid | 0, to: Destination, tag: number, ref: Ref | 0, message: unknown): boolean {
    const target = typeof to === "number" ? to : this.kernel.whereis(to);
    if (target === 0) return false;
    if (typeof message === "number") {
      return this.#sent(this.kernel.sendNumber(from, target, tag, ref, message));
    }
    if (this.#hasNatives && this.#isNative(target) && isBytes(message)) {
      return this.#sent(this.kernel.sendBytes(from, target, tag, ref, message.toUint8Array()));
    }
    return this.sendOwned(from, target, tag, ref, this.#copier.copy(message));
  }

  #sent(status: number): boolean {
    if (status === Status.OK) {
      if (!this.pumping) this.wake();
      return true;
    }
    if (isGone(status)) return false;
    throw refusal("send", status);
  }

  #isNative(pid: Pid): boolean {
    return this.kernel.processInfo(pid, Info.KIND) === ProcessKind.NATIVE;
  }

  /** Sends a value as it is: whoever calls must know that nobody else will change it. */
  sendOwned(from: Pid | 0, to: Pid, tag: number, ref: Ref | 0, value: unknown): boolean {
    const handle = this.#hold(value);
    const status = this.kernel.sendHandle(from, to, tag, ref, handle);
    if (status === Status.OK) {
      if (!this.pumping) this.wake();
      return true;
    }
    this.handles.free(handle);
    if (isGone(status)) return false;
    throw refusal("send", status);
  }

  #hold(value: unknown): number {
    const handle = this.handles.allocate(value);
    if (handle === 0) {
      throw new PidgeonError("PIDGEON_HANDLES_FULL", { limit: this.#handlesMax });
    }
    return handle;
  }

  sendAfter(from: Pid, ms: number, to: Destination, message: unknown): Ref {
    if (!(ms >= 0)) throw new PidgeonError("PIDGEON_BAD_TIME", { time: ms });
    const target = this.resolve(to);
    if (target === 0) return this.makeRef();
    this.tellTime();
    const time = Math.min(ms, TIME_MS_MAX);
    const isNumber = typeof message === "number";
    const value = isNumber ? message : this.#hold(this.#copier.copy(message));
    const kind = isNumber ? MessageKind.NUMBER : MessageKind.HANDLE;
    const ref = this.kernel.sendAfter(from, target, 0, 0, kind, value, time);
    if (ref < 0) {
      if (!isNumber) this.handles.free(value);
      // A timer for a dead process is gone at once, and nobody is told.
      if (isGone(ref)) return this.makeRef();
      throw refusal("sendAfter", ref);
    }
    if (!this.pumping) this.wake();
    return ref as Ref;
  }

  cancelTimer(ref: Ref): number | undefined {
    this.tellTime();
    const left = this.kernel.cancelTimer(ref);
    return left < 0 ? undefined : left;
  }

  // ---- signals ----

  /** The reason is frozen once, here: every process that is linked or monitors gets the same. */
  exit(from: Pid | 0, to: Pid, reason: Reason): void {
    const atom = atomOf(reason);
    const status = atom !== undefined
      ? this.kernel.exitSignal(from, to, ReasonKind.ATOM, atom)
      : this.#exitHeld(from, to, this.#hold(immutable(reason)));
    if (status < 0 && !isGone(status)) throw refusal("exit", status);
    if (!this.pumping) this.wake();
  }

  #exitHeld(from: Pid | 0, to: Pid, handle: number): number {
    const status = this.kernel.exitSignal(from, to, ReasonKind.HANDLE, handle);
    if (status < 0) this.handles.free(handle);
    return status;
  }

  /** Ends the process whose turn is open; `reason` must be immutable, as from `endReason`. */
  finish(pid: Pid, reason: Reason): void {
    const atom = atomOf(reason);
    if (atom !== undefined) {
      this.kernel.finish(pid, ReasonKind.ATOM, atom);
    } else {
      const handle = this.handles.allocate(reason);
      if (handle === 0) {
        // No room for the reason: the process must end all the same.
        this.kernel.finish(pid, ReasonKind.ATOM, Atom.KILLED);
      } else if (this.kernel.finish(pid, ReasonKind.HANDLE, handle) < 0) {
        this.handles.free(handle);
      }
    }
  }

  /** The reason that an event or a message names. */
  reasonOf(reasonKind: number, value: number): Reason {
    return reasonKind === ReasonKind.ATOM ? reasonOfAtom(value) : this.handles.get(value);
  }

  link(a: Pid, b: Pid): void {
    const status = this.kernel.link(a, b);
    if (status === Status.NO_PROCESS) throw new ExitReason("noproc");
    if (status < 0) throw refusal("link", status);
    if (!this.pumping) this.wake();
  }

  monitor(watcher: Pid, target: Destination): Ref {
    const pid = this.resolve(target);
    const ref = this.kernel.monitor(watcher, pid === 0 ? this.#anyDead() : pid);
    if (ref < 0) throw refusal("monitor", ref);
    if (!this.pumping) this.wake();
    return ref as Ref;
  }

  /** A pid that is dead for certain: an unknown name is as dead as that. */
  #anyDead(): Pid {
    if (this.#dead === undefined) {
      this.#dead = this.#spawnHost(0, 0);
      this.kernel.exitSignal(0, this.#dead, ReasonKind.ATOM, Atom.KILL);
    }
    return this.#dead;
  }

  demonitor(watcher: Pid, ref: Ref, flush: boolean): boolean {
    const options = flush ? Demonitor.FLUSH : 0;
    const wasActive = this.kernel.demonitor(watcher, ref, options) === Status.OK;
    if (flush && !wasActive) this.#forgetBacklog(watcher);
    return wasActive;
  }

  trapsExit(pid: Pid): boolean {
    return this.kernel.processInfo(pid, Info.TRAP_EXIT) === 1;
  }

  setTrapExit(pid: Pid, value: boolean): void {
    this.kernel.processFlag(pid, Flag.TRAP_EXIT, value ? 1 : 0);
  }

  // ---- names ----

  register(pid: Pid, name: string): boolean {
    const status = this.kernel.register(pid, name);
    if (status === Status.OK) return true;
    if (status === Status.TAKEN || isGone(status)) return false;
    throw refusal("register", status);
  }

  unregister(name: string): boolean {
    return this.kernel.unregister(name) === Status.OK;
  }

  whereis(name: string): Pid | undefined {
    const pid = this.kernel.whereis(name);
    return pid === 0 ? undefined : pid as Pid;
  }

  /** The pid of a destination; 0 if nobody has the name. */
  resolve(to: Destination): Pid | 0 {
    return typeof to === "number" ? to : this.kernel.whereis(to) as Pid | 0;
  }

  // ---- what suspensions need ----

  makeRef(): Ref {
    return this.kernel.makeRef() as Ref;
  }

  mark(pid: Pid): void {
    this.#forgetBacklog(pid);
    this.kernel.mark(pid);
  }

  /** The mailbox is looked at from its beginning again. */
  #forgetBacklog(pid: Pid): void {
    const { backlogs } = this.table;
    const slot = slotOf(pid);
    if (backlogs[slot] === undefined || backlogs[slot] === null) return;
    backlogs[slot] = undefined;
    this.kernel.rewind(pid);
  }

  settle(pid: Pid, ref: Ref, tag: number, value: unknown): void {
    // By reference: the promise belongs to the process that waits.
    this.sendOwned(0, pid, tag, ref, value);
  }

  /** The kernel's time is that of the last step: told anew before a time counts from now. */
  tellTime(): number {
    const nowMs = this.clock.now();
    this.kernel.setClock(nowMs);
    return nowMs;
  }

  // ---- information ----

  processInfo(pid: Pid): ProcessInfo | undefined {
    const kernel = this.kernel;
    if (!kernel.isAlive(pid)) return undefined;
    return {
      messageQueueLength: kernel.processInfo(pid, Info.MESSAGE_QUEUE_LENGTH),
      reductions: kernel.processInfo(pid, Info.REDUCTIONS),
      trapExit: kernel.processInfo(pid, Info.TRAP_EXIT) === 1,
      priority: priorityNames[kernel.processInfo(pid, Info.PRIORITY)] ?? "normal",
      links: kernel.processInfo(pid, Info.LINKS),
      monitors: kernel.processInfo(pid, Info.MONITORS),
    };
  }
}
