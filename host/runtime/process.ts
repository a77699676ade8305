// Process: what a process can do, handed to its code as `self`.
import { Option } from "../kernel/abi.ts";
import type { Pid, Ref } from "../kernel/abi.ts";
import { Tag } from "./messages.ts";
import type { Core } from "./core.ts";
import type { Runtime } from "./runtime.ts";
import type { Body, Callbacks, Destination, Reason, SpawnOptions } from "./types.ts";

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

  get runtime(): Runtime {
    return this.core.runtime;
  }

  /**
   * Puts a copy of a message into a mailbox. O(size of the message).
   * Answers false if there is no such process or name: the message is gone, as in Erlang (which
   * raises badarg for a local name that is not registered).
   * Throws PIDGEON_NOT_SENDABLE with the path of what cannot be sent.
   * @see erlang:send/2
   */
  send(to: Destination, message: unknown): boolean {
    return this.core.send(this.pid, to, Tag.MESSAGE, 0, message);
  }

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
    return { pid, ref: this.core.kernel.lastRef };
  }

  /** Starts a callback process. */
  spawnCallback(callbacks: Callbacks, options?: SpawnOptions): Pid {
    return this.core.spawnCallback(this.pid, callbacks, options);
  }

  /**
   * Starts a process of a handler that is compiled into the kernel, by its id; `argument` is its
   * state at first. It takes numbers and Bytes; a trap ends it with the reason "trap".
   * Throws PIDGEON_KERNEL_STATUS NO_HANDLER.
   */
  spawnNative(handler: number, argument = 0, options?: SpawnOptions): Pid {
    return this.core.spawnNative(this.pid, handler, argument, options);
  }

  /**
   * Links both processes; throws ExitReason "noproc" if the other is dead and exits are not
   * trapped.
   */
  link(pid: Pid): void {
    this.core.link(this.pid, pid);
  }

  /** Ends the link; an Exit that has come already stays. @see erlang:unlink/1 */
  unlink(pid: Pid): void {
    this.core.kernel.unlink(this.pid, pid);
  }

  /** A `Down` with this ref comes once, when the process ends or at once if it is dead. */
  monitor(target: Destination): Ref {
    return this.core.monitor(this.pid, target);
  }

  /**
   * Ends a monitor. With `flush`, a Down that has come already is taken out of the mailbox.
   * Answers whether the monitor was active. @see erlang:demonitor/2 with `info`
   */
  demonitor(ref: Ref, options?: { readonly flush?: boolean }): boolean {
    return this.core.demonitor(this.pid, ref, options?.flush === true);
  }

  /**
   * Sends an exit signal. "kill" can't be trapped and ends the process as "killed". @see
   * erlang:exit/2
   */
  exit(pid: Pid, reason: Reason): void {
    this.core.exit(this.pid, pid, reason);
  }

  /** While true, exit signals arrive as `Exit` messages. */
  get trapExit(): boolean {
    return this.core.trapsExit(this.pid);
  }

  set trapExit(value: boolean) {
    this.core.setTrapExit(this.pid, value);
  }

  /** Gives this process a name; false if the name is taken or the process has one. */
  register(name: string): boolean {
    return this.core.register(this.pid, name);
  }

  unregister(name: string): boolean {
    return this.core.unregister(name);
  }

  whereis(name: string): Pid | undefined {
    return this.core.whereis(name);
  }

  /**
   * Sends a message after a time, if the receiver still lives; the timer outlives its starter.
   * A name is looked up now, where Erlang looks it up when the time has come.
   */
  sendAfter(ms: number, to: Destination, message: unknown): Ref {
    return this.core.sendAfter(this.pid, ms, to, message);
  }

  /** Milliseconds that were left; undefined if the timer has fired or been cancelled. */
  cancelTimer(ref: Ref): number | undefined {
    return this.core.cancelTimer(ref);
  }

  makeRef(): Ref {
    return this.core.makeRef();
  }
}
