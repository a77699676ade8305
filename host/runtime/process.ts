// Process: what a process can do, handed to its code as `self`.
import { EXIT_PRIORITY, Option, refOfAlias, SEND_PRIORITY } from "../kernel/abi.ts";
import type { Address, Alias, Pid, Ref } from "../kernel/abi.ts";
import type { Core } from "./core.ts";
import { setFlag } from "./flags.ts";
import * as groups from "./groups.ts";
import { Tag } from "./messages.ts";
import { hibernation } from "./operations.ts";
import type { Runtime } from "./runtime.ts";
import * as signals from "./signals.ts";
import * as timers from "./timers.ts";
import type {
  AliasOptions, Body, Callbacks, Destination, MonitorOptions, Operation, ProcessFlags, Reason,
  SendDestination, SendOptions, SendResult, SpawnOptions, TimerOptions,
} from "./types.ts";

/** As in Erlang, what does not go to an alias is an ordinary message. */
function tagOf(to: SendDestination, options: SendOptions | undefined): number {
  const isUrgent = options?.priority === true && typeof to === "number" && to < 0;
  return isUrgent ? Tag.MESSAGE + SEND_PRIORITY : Tag.MESSAGE;
}

/**
 * A process from its own point of view. Valid as long as the process lives; keep `pid` otherwise.
 */
export class Process {
  /** @internal The machine below; behaviours use it. */
  readonly core: Core;
  readonly pid: Pid;

  constructor(core: Core, pid: Pid) {
    this.core = core;
    // An aged pid is no small integer. V8 would keep a field that has only seen numbers as a double
    // and box it anew at every read; one that has seen something else keeps the box: 20 ns a hop.
    this.pid = undefined as unknown as Pid;
    this.pid = pid;
  }

  /** The runtime that it lives in. */
  get runtime(): Runtime {
    return this.core.runtime;
  }

  // ---- messages ----

  /**
   * Puts a copy of a message into a mailbox. O(size of the message).
   * Answers false if the message is gone: there is no such process, name or active alias, as in
   * Erlang (which raises badarg for a local name that is not registered), or the mailbox is at its
   * limit and refuses it (`trySend` tells which). A mailbox that drops, or kills its process,
   * answers true.
   * Throws PIDGEON_NOT_SENDABLE with the path of what cannot be sent.
   * @see erlang:send/2
   */
  send(to: SendDestination, message: unknown, options?: SendOptions): boolean {
    const tag = options === undefined ? Tag.MESSAGE : tagOf(to, options);
    return this.core.send(this.pid, to, tag, 0, message);
  }

  /**
   * As `send`, and tells why a message was not taken.
   * @see erlang:send/3 with `nosuspend`, which tells so of a busy connection
   */
  trySend(to: SendDestination, message: unknown, options?: SendOptions): SendResult {
    return this.core.trySend(this.pid, to, tagOf(to, options), 0, message);
  }

  /**
   * An address of this process that it can take back: what is sent there later is lost, silently.
   * A process that has asked for `priority` here, or in a monitor or link, searches a long mailbox
   * more slowly: some 60 ns for each message that a receive passes over.
   * Throws PIDGEON_KERNEL_STATUS LIMIT. O(1). @see erlang:alias/1
   */
  alias(options?: AliasOptions): Alias {
    return signals.alias(this.core, this.pid, options);
  }

  /** Whether it was an active alias of this process. O(1). @see erlang:unalias/1 */
  unalias(alias: Alias): boolean {
    return signals.unalias(this.core, this.pid, refOfAlias(alias));
  }

  /**
   * Aborted, with an ExitReason, when this process ends: for fetch and whatever takes a signal. The
   * same one each time.
   */
  get abortSignal(): AbortSignal {
    return this.core.endings.signalOf(this.pid);
  }

  /**
   * Pauses until there is a message, without a time; `receive` then takes it. O(1).
   * Nothing is compacted: the heap is JavaScript's.
   * @see erlang:hibernate/0 of OTP 28: the code goes on behind it
   */
  hibernate(): Operation<void> {
    return hibernation;
  }

  // ---- spawn ----

  /** Starts a process. The arguments are passed by reference: hand over ownership. O(1). */
  spawn<A extends readonly unknown[]>(body: Body<A>, ...args: A): Pid {
    return this.core.spawn(this.pid, 0, body, args);
  }

  /** Starts and links in one step: its end is never missed. @see erlang:spawn_link/3 */
  spawnLink<A extends readonly unknown[]>(body: Body<A>, ...args: A): Pid {
    return this.core.spawn(this.pid, Option.LINK, body, args);
  }

  /** Starts and monitors in one step. @see erlang:spawn_monitor/3 */
  spawnMonitor<A extends readonly unknown[]>(body: Body<A>, ...args: A): { pid: Pid; ref: Ref } {
    const pid = this.core.spawn(this.pid, Option.MONITOR, body, args);
    return { pid, ref: this.core.spawnedRef as Ref };
  }

  /**
   * Starts with options, all in one step. With `monitor`: a pid and the monitor's reference.
   * Throws PIDGEON_BAD_OPTION, and PIDGEON_KERNEL_STATUS LIMIT: then nothing runs.
   * @see erlang:spawn_opt/4
   */
  spawnOpt<A extends readonly unknown[]>(
    options: SpawnOptions & { readonly monitor: MonitorOptions | true }, body: Body<A>, ...args: A
  ): { pid: Pid; ref: Ref };
  spawnOpt<A extends readonly unknown[]>(options: SpawnOptions, body: Body<A>, ...args: A): Pid;
  spawnOpt<A extends readonly unknown[]>(
    options: SpawnOptions & { readonly monitor?: MonitorOptions | true }, body: Body<A>, ...args: A
  ): Pid | { pid: Pid; ref: Ref } {
    const { core } = this;
    const { monitor } = options;
    if (monitor === undefined) return core.spawnOpt(this.pid, options, 0, body, args);
    const given = monitor === true ? undefined : monitor;
    const bits = signals.monitorBits(given);
    const tag = given?.tag ?? 0;
    const isPlain = bits === 0 && tag === 0;
    const pid = core.spawnOpt(this.pid, options, isPlain ? Option.MONITOR : 0, body, args);
    if (isPlain) return { pid, ref: core.spawnedRef as Ref };
    // Nothing runs between two calls: this is as atomic.
    try {
      return { pid, ref: signals.monitorWith(core, this.pid, pid, bits, tag) };
    } catch (error) {
      core.abandon(this.pid, pid);
      throw error;
    }
  }

  /** Starts a callback process. */
  spawnCallback(callbacks: Callbacks, options?: SpawnOptions): Pid {
    return this.core.spawnCallback(this.pid, callbacks, options);
  }

  /**
   * Starts a process of a handler that is compiled into the kernel, by its id; `argument` is its
   * state at first. It takes numbers and Bytes of up to 16,384 bytes; a longer message throws
   * PIDGEON_KERNEL_STATUS TOO_LARGE in its sender. A trap ends it with the reason "trap".
   * Throws PIDGEON_KERNEL_STATUS NO_HANDLER.
   */
  spawnNative(handler: number, argument = 0, options?: SpawnOptions): Pid {
    return this.core.spawnNative(this.pid, handler, argument, options);
  }

  // ---- links, monitors, exits ----

  /**
   * Links both processes; throws ExitReason "noproc" if the other is dead and exits are not
   * trapped. With `priority` the Exit that this process may get comes as a priority message.
   * @see erlang:link/2
   */
  link(pid: Pid, options?: { readonly priority?: boolean }): void {
    signals.link(this.core, this.pid, pid, options?.priority === true);
  }

  /** Ends the link; an Exit that has come already stays. @see erlang:unlink/1 */
  unlink(pid: Pid): void {
    this.core.kernel.unlink(this.pid, pid);
    this.core.traces?.linked("unlink", this.pid, pid);
  }

  /**
   * A `Down` with this ref comes once, when the process ends or at once if it is dead. A name is
   * looked up now. One of oneself never fires, and is no monitor.
   * @see erlang:monitor/3
   */
  monitor(target: Destination, options?: MonitorOptions): Ref {
    return signals.monitor(this.core, this.pid, target, options);
  }

  /**
   * Ends a monitor. With `flush`, a Down that has come already is taken out of the mailbox.
   * Answers true; with `info`, whether the monitor was active: false says that it was none of this
   * process's, or that its Down has come (and was taken out, with `flush`).
   * @see erlang:demonitor/2
   */
  demonitor(
    ref: Ref, options?: { readonly flush?: boolean; readonly info?: boolean },
  ): boolean {
    const wasActive = signals.demonitor(this.core, this.pid, ref, options?.flush === true);
    return wasActive || options?.info !== true;
  }

  /**
   * Sends an exit signal. "kill" can't be trapped and ends the process as "killed". With
   * `priority`, through an alias made for it, the Exit comes before ordinary messages.
   * @see erlang:exit/2 and, with `priority`, erlang:exit/3
   */
  exit(to: Address, reason: Reason, options?: { readonly priority?: boolean }): void {
    const isUrgent = options?.priority === true && to < 0;
    this.core.exit(this.pid, to, reason, isUrgent ? EXIT_PRIORITY : 0);
  }

  // ---- suspension ----

  /**
   * The other process does not run until it is resumed as often as it was suspended, or this one
   * has ended. Messages and signals reach it meanwhile, and its times run. A turn that is open goes
   * on to its end.
   * Answers true; false if it is dead (Erlang: badarg), or, with `unlessSuspending`, if this
   * process suspends it already: then it is not counted. Throws PIDGEON_KERNEL_STATUS
   * BAD_ARGUMENT for oneself, and LIMIT.
   * @see erlang:suspend_process/2
   */
  suspend(pid: Pid, options?: { readonly unlessSuspending?: boolean }): boolean {
    return signals.suspend(this.core, this.pid, pid, options?.unlessSuspending === true);
  }

  /**
   * Takes back one `suspend`; false if there is none (Erlang: badarg).
   * @see erlang:resume_process/1
   */
  resume(pid: Pid): boolean {
    return signals.resume(this.core, this.pid, pid);
  }

  // ---- flags ----

  /** While true, exit signals arrive as `Exit` messages. */
  get trapExit(): boolean {
    return this.core.trapsExit(this.pid);
  }

  /** As `processFlag("trapExit", value)`. */
  set trapExit(value: boolean) {
    this.processFlag("trapExit", value);
  }

  /**
   * Sets a flag; answers its old value. Throws PIDGEON_BAD_OPTION. O(1), the first limit of a
   * process O(its mailbox).
   * @see erlang:process_flag/2
   */
  processFlag<F extends keyof ProcessFlags>(flag: F, value: ProcessFlags[F]): ProcessFlags[F] {
    return setFlag(this.core, this.pid, flag, value) as ProcessFlags[F];
  }

  // ---- names and groups ----

  /**
   * Gives this process, or another, a name; false if the name is taken, the process has one, or is
   * dead (Erlang: badarg). @see erlang:register/2
   */
  register(name: string, pid: Pid = this.pid): boolean {
    return this.core.register(pid, name);
  }

  /**
   * Takes a name away from whoever has it; false if nobody has (Erlang: badarg). O(1).
   * @see erlang:unregister/1
   */
  unregister(name: string): boolean {
    return this.core.unregister(name);
  }

  /** The process that has a name now; undefined if there is none. O(1). @see erlang:whereis/1 */
  whereis(name: string): Pid | undefined {
    return this.core.whereis(name);
  }

  /**
   * Makes this process, or another, a member of a group, which needs no other making. Who joins k
   * times must leave k times; an end leaves all. False if it is dead. O(1) in the group's size.
   * @see pg:join/2
   */
  join(group: string, pid: Pid = this.pid): boolean {
    return groups.join(this.core, group, pid);
  }

  /** Leaves once; false if it was no member. O(groups of the process). @see pg:leave/2 */
  leave(group: string, pid: Pid = this.pid): boolean {
    return groups.leave(this.core, group, pid);
  }

  /**
   * The members, each as often as it has joined. O(members × groups of each).
   * @see pg:get_members/1
   */
  getMembers(group: string): Pid[] {
    return groups.getMembers(this.core, group);
  }

  /**
   * Sends a message to every member once, itself too if it is one. Answers how many got it: not
   * those whose mailbox was full. They share one frozen copy. O(members + size of the message).
   * Throws PIDGEON_NOT_SENDABLE, and PIDGEON_KERNEL_STATUS NO_MEMORY: then nobody got it.
   * Erlang has no such call: there one sends to each of pg:get_members/1.
   */
  sendToGroup(group: string, message: unknown): number {
    return groups.sendToGroup(this.core, this.pid, Tag.MESSAGE, group, message);
  }

  // ---- time and references ----

  /**
   * Sends a message after a time, if the receiver still lives; the timer outlives its starter.
   * A name is looked up when the time has come; if it is nobody's then, the message is lost.
   * Throws PIDGEON_BAD_TIME below 0 and beyond 49 days (Erlang takes longer ones).
   * @see erlang:send_after/4
   */
  sendAfter(ms: number, to: Pid | string, message: unknown, options?: TimerOptions): Ref {
    return timers.startTimer(this.core, this.pid, Tag.MESSAGE, ms, to, message, options);
  }

  /** As `sendAfter`; a `TimerTimeout` comes, with the reference. @see erlang:start_timer/4 */
  startTimer(ms: number, to: Pid | string, message: unknown, options?: TimerOptions): Ref {
    return timers.startTimer(this.core, this.pid, Tag.TIMER, ms, to, message, options);
  }

  /**
   * Milliseconds that were left; undefined (Erlang: false) if the timer has fired, was cancelled,
   * or is none. @see erlang:cancel_timer/1
   */
  cancelTimer(ref: Ref): number | undefined {
    return timers.cancelTimer(this.core, ref);
  }

  /** As `cancelTimer`, and the timer goes on. @see erlang:read_timer/1 */
  readTimer(ref: Ref): number | undefined {
    return timers.readTimer(this.core, ref);
  }

  /** A reference that no other call gives. @see erlang:make_ref/0 */
  makeRef(): Ref {
    return this.core.makeRef();
  }
}
