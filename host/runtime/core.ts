// The machine under Runtime and Process: the kernel, the table of host processes, values under way.
// Everything that touches the kernel's tables for a process is here; turns.ts runs them, pump.ts
// drives both from the event loop.
import { PidgeonError } from "../errors.ts";
import { Atom, Info, MessageKind, ProcessKind, ReasonKind, Status } from "../kernel/abi.ts";
import type { Address, Pid, Ref } from "../kernel/abi.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { CallbackProcess } from "./behaviour.ts";
import type { Behaviour } from "./behaviour.ts";
import { isBytes } from "./bytes.ts";
import type { Clock } from "./clock.ts";
import { Copier, immutable } from "./copy.ts";
import { limitNew, limitsOf, optionBits } from "./flags.ts";
import { HandleTable } from "./handles.ts";
import { atomOf, reasonOfAtom, Tag } from "./messages.ts";
import { Process } from "./process.ts";
import { ProcessTable, slotOf } from "./process-table.ts";
import type { Running } from "./process-table.ts";
import type { Runtime } from "./runtime.ts";
import { isGone, isRefused, refusal } from "./statuses.ts";
import { Suspension, Waiting } from "./suspension.ts";
import type { Arming } from "./suspension.ts";
import { SystemMonitor } from "./system-monitor.ts";
import type {
  Body, Callbacks, Destination, Logger, Reason, SendDestination, SendResult, SpawnOptions,
} from "./types.ts";

const starting = new Suspension(Waiting.START, undefined, Infinity);

/** The status of a send that was not taken. Throws if that is an error. */
function refused(status: number, to: Address): number {
  if (!isRefused(status, to)) throw refusal("send", status);
  return status;
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
  readonly systemMonitor = new SystemMonitor(this);
  /** Where reports go; never throws. */
  readonly logger: Logger;
  readonly #copier = new Copier();
  readonly #handlesMax: number;
  /** Bytes go to native processes as the kernel's own, to others as a value. */
  hasNatives = false;
  /** Some process has had a limit: what somebody waits for must not be refused by it. */
  hasLimits = false;
  /** Some process may answer a call by the caller's pid: a native one, a guest, one to a limit. */
  answersDirectly = false;

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

  /** With limits that are set before anybody can send to it. */
  spawnOpt<A extends readonly unknown[]>(
    parent: Pid | 0, options: SpawnOptions, body: Body<A>, args: A,
  ): Pid {
    const limits = limitsOf(options);
    const pid = this.spawn(parent, optionBits(options), body, args);
    limitNew(this, pid, limits);
    return pid;
  }

  spawnCallback(parent: Pid | 0, callbacks: Callbacks, options?: SpawnOptions): Pid {
    const limits = limitsOf(options);
    const pid = this.spawnBehaviour(
      parent, optionBits(options), (core, pid) => new CallbackProcess(core, pid, callbacks));
    limitNew(this, pid, limits);
    return pid;
  }

  spawnNative(
    parent: Pid | 0, handler: number, argument: number, options?: SpawnOptions,
  ): Pid {
    const limits = limitsOf(options);
    const pid = this.kernel.spawnNative(parent, handler, argument, optionBits(options));
    if (pid < 0) throw refusal("spawnNative", pid);
    limitNew(this, pid, limits);
    this.hasNatives = true;
    this.answersDirectly = true;
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
  send(from: Pid | 0, to: SendDestination, tag: number, ref: Ref | 0, message: unknown): boolean {
    const target = typeof to === "number" ? to : this.kernel.whereis(to);
    return target !== 0 && this.post(from, target, tag, ref, message) === Status.OK;
  }

  /** The same, with the reason of a failure. */
  trySend(from: Pid | 0, to: SendDestination, tag: number, ref: Ref | 0, message: unknown):
    SendResult {
    const target = typeof to === "number" ? to : this.kernel.whereis(to);
    if (target === 0) return "noproc";
    const status = this.post(from, target, tag, ref, message);
    return status === Status.OK ? "ok" : status === Status.MAILBOX_FULL ? "full" : "noproc";
  }

  /** OK, MAILBOX_FULL, or another status if nobody is there. */
  post(from: Pid | 0, to: Address, tag: number, ref: Ref | 0, message: unknown): number {
    if (this.hasLimits && tag >= Tag.REPLY && tag <= Tag.SYSTEM) {
      return this.#answer(from, to as Pid, tag, ref, this.#copier.copy(message));
    }
    if (typeof message === "number") {
      const status = this.kernel.sendNumber(from, to, tag, ref, message);
      return status === Status.OK ? this.#posted() : refused(status, to);
    }
    if (this.hasNatives && isBytes(message) && this.#isNative(to)) {
      const status = this.kernel.sendBytes(from, to, tag, ref, message.toUint8Array());
      return status === Status.OK ? this.#posted() : refused(status, to);
    }
    return this.sendOwned(from, to, tag, ref, this.#copier.copy(message));
  }

  #posted(): number {
    if (!this.pumping) this.wake();
    return Status.OK;
  }

  /** An alias is the host's to know: what may be a native process's is sent numbers alone. */
  #isNative(to: Address): boolean {
    return this.kernel.processInfo(to as Pid, Info.KIND) === ProcessKind.NATIVE;
  }

  /**
   * Sends a value as it is: whoever calls must know that nobody else will change it. OK,
   * MAILBOX_FULL, or another status if nobody is there.
   */
  sendOwned(from: Pid | 0, to: Address, tag: number, ref: Ref | 0, value: unknown): number {
    const handle = this.hold(value);
    const status = this.kernel.sendHandle(from, to, tag, ref, handle);
    if (status === Status.OK) return this.#posted();
    this.handles.free(handle);
    return refused(status, to);
  }

  /**
   * What a process waits for comes in though its mailbox is full: as a timer that is due, since
   * these are never refused. As sendOwned.
   */
  #answer(from: Pid | 0, to: Pid, tag: number, ref: Ref | 0, value: unknown): number {
    if (!(this.kernel.processInfo(to, Info.MAILBOX_LIMIT) > 0)) {
      return this.sendOwned(from, to, tag, ref, value);
    }
    const handle = this.hold(value);
    const timer = this.kernel.sendAfter(from, to, tag, ref, MessageKind.HANDLE, handle, 0);
    if (timer >= 0) return this.#posted();
    this.handles.free(handle);
    return refused(timer, to);
  }

  /** A handle for a value, which is whoever's takes it next. Throws PIDGEON_HANDLES_FULL. */
  hold(value: unknown): number {
    const handle = this.handles.allocate(value);
    if (handle === 0) {
      throw new PidgeonError("PIDGEON_HANDLES_FULL", { limit: this.#handlesMax });
    }
    return handle;
  }

  /** A copy of a value, as a message. Throws PIDGEON_NOT_SENDABLE. O(size). */
  copy(value: unknown): unknown {
    return this.#copier.copy(value);
  }

  // ---- signals ----

  /** The reason is frozen once, here: every process that is linked or monitors gets the same. */
  exit(from: Pid | 0, to: Address, reason: Reason, priority = 0): void {
    const atom = atomOf(reason);
    const status = atom !== undefined
      ? this.kernel.exitSignal(from, to, ReasonKind.ATOM + priority, atom)
      : this.#exitHeld(from, to, this.hold(immutable(reason)), priority);
    if (status < 0 && !isRefused(status, to)) throw refusal("exit", status);
    if (!this.pumping) this.wake();
  }

  #exitHeld(from: Pid | 0, to: Address, handle: number, priority: number): number {
    const status = this.kernel.exitSignal(from, to, ReasonKind.HANDLE + priority, handle);
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

  trapsExit(pid: Pid): boolean {
    return this.kernel.processInfo(pid, Info.TRAP_EXIT) === 1;
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
    this.forgetBacklog(pid);
    this.kernel.mark(pid);
  }

  /** The mailbox is looked at from its beginning again. */
  forgetBacklog(pid: Pid): void {
    const { backlogs } = this.table;
    const slot = slotOf(pid);
    if (backlogs[slot] === undefined || backlogs[slot] === null) return;
    if (this.table.selves[slot]?.pid !== pid) return;
    backlogs[slot] = undefined;
    this.kernel.rewind(pid);
  }

  /** From now on messages may come in front of others: it has no backlog any more. */
  expectPriority(pid: Pid): void {
    this.forgetBacklog(pid);
    this.table.backlogs[slotOf(pid)] = null;
  }

  settle(pid: Pid, ref: Ref, tag: number, value: unknown): void {
    // By reference: the promise belongs to the process that waits.
    if (this.hasLimits) this.#answer(0, pid, tag, ref, value);
    else this.sendOwned(0, pid, tag, ref, value);
  }

  /** The kernel's time is that of the last step: told anew before a time counts from now. */
  tellTime(): number {
    const nowMs = this.clock.now();
    this.kernel.setClock(nowMs);
    return nowMs;
  }
}
