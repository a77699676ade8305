// The machine under Runtime and Process: the kernel, the table of host processes, values under way.
// Everything that touches the kernel's tables for a process is here; turns.ts runs them, pump.ts
// drives both from the event loop.
import { PidgeonError } from "../errors.ts";
import {
  Atom, Demonitor, Info, Option, ProcessKind, ReasonKind, SEND_EXEMPT, Status,
} from "../kernel/abi.ts";
import type { Address, Pid, Ref } from "../kernel/abi.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { CallbackProcess } from "./behaviour.ts";
import type { Behaviour } from "./behaviour.ts";
import { isBytes } from "./bytes.ts";
import type { Clock } from "./clock.ts";
import { Copier, immutable } from "./copy.ts";
import { Endings } from "./endings.ts";
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
import type { Traces } from "./trace.ts";
import type {
  Body, Callbacks, Destination, Key, Logger, Reason, SendDestination, SendResult, SpawnOptions,
  Via,
} from "./types.ts";

const starting = new Suspension(Waiting.START, undefined, Infinity);

/** The status of a send that was not taken. Throws if that is an error. */
function refused(status: number, to: Address): number {
  if (!isRefused(status, to)) throw refusal("send", status);
  return status;
}

/** A table of names that all processes read without asking its owner. */
export interface Names {
  readonly owner: Pid;
  /** Only of a live process; 0: nobody. */
  whereis(key: Key): Pid | 0;
  /** False if another live process has the key. */
  register(pid: Pid, key: Key, value: unknown): boolean;
  unregister(pid: Pid, key: Key): void;
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
  /** Who keeps names besides the kernel, by their own names; shared by all processes, as ETS. */
  readonly registries = new Map<string, Names>();
  /** Settings of applications, by their names; frozen. */
  readonly environments = new Map<string, Readonly<Record<string, unknown>>>();
  readonly systemMonitor = new SystemMonitor(this);
  /** Where reports go; never throws. */
  readonly logger: Logger;
  readonly endings: Endings;
  /** The traces that are on; undefined if none is: all that tracing costs then. */
  traces: Traces | undefined = undefined;
  readonly #copier = new Copier();
  /** Bytes go to native processes as the kernel's own, to others as a value. */
  hasNatives = false;
  /** Some process has had a limit: what somebody waits for must not be refused by it. */
  hasLimits = false;
  /** Some process may answer a call by the caller's pid: a native one, a guest. */
  answersDirectly = false;
  /** The monitor of the last `spawn` with Option.MONITOR. */
  spawnedRef: Ref | 0 = 0;
  /** The references of requests whose answers are messages to be received: see requests.ts. */
  readonly requests = new WeakMap<Process, Set<Ref>>();

  constructor(runtime: Runtime, kernel: Kernel, clock: Clock, logger: Logger) {
    this.runtime = runtime;
    this.kernel = kernel;
    this.clock = clock;
    this.logger = logger;
    this.endings = new Endings(logger);
    this.handles = new HandleTable(kernel.limit("handles"));
  }

  // ---- spawn ----

  spawn<A extends readonly unknown[]>(
    parent: Pid | 0, options: number, body: Body<A>, args: A,
  ): Pid {
    const pid = this.#spawnHost(parent, options);
    // A body that is a plain function may spawn as well.
    const ref = options & Option.MONITOR ? this.kernel.lastRef : 0;
    const self = new Process(this, pid);
    let generator: Running;
    try {
      generator = body(self, ...args) as unknown as Running;
      if (typeof generator?.next !== "function") {
        throw new PidgeonError("PIDGEON_NOT_A_GENERATOR", { name: body.name });
      }
    } catch (error) {
      // Misuse by the caller: the process that cannot run must not stay.
      if (ref !== 0) this.kernel.demonitor(parent as Pid, ref, Demonitor.FLUSH);
      this.abandon(parent, pid);
      throw error;
    }
    this.table.enter(self, generator, starting);
    this.spawnedRef = ref;
    return pid;
  }

  /** Ends a process that could not be spawned whole; its parent hears nothing of it. */
  abandon(parent: Pid | 0, pid: Pid): void {
    if (parent !== 0) this.kernel.unlink(parent, pid);
    this.kernel.exitSignal(0, pid, ReasonKind.ATOM, Atom.KILL);
  }

  /** With limits that are set before anybody can send to it; `more` is an Option sum. */
  spawnOpt<A extends readonly unknown[]>(
    parent: Pid | 0, options: SpawnOptions, more: number, body: Body<A>, args: A,
  ): Pid {
    const limits = limitsOf(options);
    const pid = this.spawn(parent, optionBits(options) | more, body, args);
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
    this.traces?.spawned(parent, pid);
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
    if (this.traces !== undefined) this.traces.spawned(parent, pid as Pid);
    if (!this.pumping) this.wake();
    return pid as Pid;
  }

  // ---- send ----

  /** Copies and sends: true if it lies in a mailbox. */
  send(from: Pid | 0, to: SendDestination, tag: number, ref: Ref | 0, message: unknown): boolean {
    const target = typeof to === "number" ? to : this.resolve(to);
    return target !== 0 && this.post(from, target, tag, ref, message) === Status.OK;
  }

  /** The same, with the reason of a failure. */
  trySend(from: Pid | 0, to: SendDestination, tag: number, ref: Ref | 0, message: unknown):
    SendResult {
    const target = typeof to === "number" ? to : this.resolve(to);
    if (target === 0) return "noproc";
    const status = this.post(from, target, tag, ref, message);
    return status === Status.OK ? "ok" : status === Status.MAILBOX_FULL ? "full" : "noproc";
  }

  /** OK, MAILBOX_FULL, or another status if nobody is there. */
  post(from: Pid | 0, to: Address, tag: number, ref: Ref | 0, message: unknown): number {
    if (this.traces !== undefined) return this.traces.send(from, to, tag, ref, message, false);
    if (typeof message === "number") {
      const status = this.kernel.sendNumber(from, to, this.#tagOf(tag), ref, message);
      return status === Status.OK ? this.#posted() : refused(status, to);
    }
    if (this.hasNatives && isBytes(message) && this.#isNative(to)) {
      const bytes = message.toUint8Array();
      const status = this.kernel.sendBytes(from, to, this.#tagOf(tag), ref, bytes);
      return status === Status.OK ? this.#posted() : refused(status, to);
    }
    return this.#sendValue(from, to, tag, ref, this.#copier.copy(message));
  }

  /** What somebody waits for comes in though the limits of its mailbox refuse messages. */
  #tagOf(tag: number): number {
    return this.hasLimits && tag >= Tag.REPLY && tag <= Tag.SYSTEM ? tag + SEND_EXEMPT : tag;
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
    return this.traces === undefined ? this.#sendValue(from, to, tag, ref, value)
      : this.traces.send(from, to, tag, ref, value, true);
  }

  #sendValue(from: Pid | 0, to: Address, tag: number, ref: Ref | 0, value: unknown): number {
    const handle = this.hold(value);
    const status = this.kernel.sendHandle(from, to, this.#tagOf(tag), ref, handle);
    if (status === Status.OK) return this.#posted();
    this.handles.free(handle);
    return refused(status, to);
  }

  /** A handle for a value, which is whoever's takes it next. Throws PIDGEON_HANDLES_FULL. */
  hold(value: unknown): number {
    const handle = this.handles.allocate(value);
    if (handle === 0) {
      throw new PidgeonError("PIDGEON_HANDLES_FULL", { limit: this.kernel.limit("handles") });
    }
    return handle;
  }

  /** Whether the process has sent a request with this reference and not yet seen its answer. */
  isRequest(pid: Pid, ref: Ref): boolean {
    const self = this.table.find(pid);
    return self !== undefined && this.requests.get(self)?.has(ref) === true;
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

  register(pid: Pid, name: string | Via): boolean {
    if (typeof name === "object") {
      return this.registryOf(name.registry).register(pid, name.key, name.value);
    }
    const status = this.kernel.register(pid, name);
    if (status === Status.OK) {
      this.traces?.named("register", pid, name);
      return true;
    }
    if (status === Status.TAKEN || isGone(status)) return false;
    throw refusal("register", status);
  }

  /** The running registry of this name. Throws PIDGEON_NO_REGISTRY. O(1). */
  registryOf(name: string): Names {
    const names = this.registries.get(name);
    if (names !== undefined && this.kernel.isAlive(names.owner)) return names;
    throw new PidgeonError("PIDGEON_NO_REGISTRY", { name });
  }

  /** Frees a name if it is this process's. */
  giveUp(pid: Pid, name: string | Via): void {
    if (typeof name === "object") this.registryOf(name.registry).unregister(pid, name.key);
    else if (this.kernel.whereis(name) === pid) this.kernel.unregister(name);
  }

  unregister(name: string): boolean {
    const pid = this.kernel.whereis(name);
    const isDone = this.kernel.unregister(name) === Status.OK;
    if (isDone && pid !== 0) this.traces?.named("unregister", pid, name);
    return isDone;
  }

  whereis(name: string): Pid | undefined {
    const pid = this.kernel.whereis(name);
    return pid === 0 ? undefined : pid;
  }

  /** The pid of a destination; 0 if nobody has the name. */
  resolve(to: Destination): Pid | 0 {
    if (typeof to === "number") return to;
    if (typeof to === "string") return this.kernel.whereis(to);
    return this.registryOf(to.registry).whereis(to.key);
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
    try {
      // By reference: the promise belongs to the process that waits.
      this.sendOwned(0, pid, tag, ref, value);
    } catch {
      // No room, and nobody here who could be told: the process would wait for ever.
      this.exit(0, pid, "kill");
    }
  }

  onEnd(pid: Pid, atEnd: () => void): () => void {
    return this.endings.add(pid, atEnd);
  }

  /** The kernel's time is that of the last step: told anew before a time counts from now. */
  tellTime(): number {
    const nowMs = this.clock.now();
    this.kernel.setClock(nowMs);
    return nowMs;
  }
}
