// Process: what a process can do, handed to its code as `self`.
import type { Pid, Ref } from "../kernel/abi.ts";
import type { Body, Callbacks, Destination, Reason, SpawnOptions } from "./types.ts";
import type { Runtime } from "./runtime.ts";

/** A process from its own point of view. Valid as long as the process lives; keep `pid` otherwise. */
export class Process {
  readonly runtime: Runtime;
  readonly pid: Pid;

  constructor(runtime: Runtime, pid: Pid) {
    this.runtime = runtime;
    this.pid = pid;
  }

  /**
   * Puts a copy of a message into a mailbox. O(size of the message).
   * Answers false if there is no such process or name: the message is gone, as in Erlang (which
   * raises badarg for a local name that is not registered).
   * Throws PIDGEON_NOT_SENDABLE with the path of what cannot be sent.
   * @see erlang:send/2
   */
  send(to: Destination, message: unknown): boolean { throw new Error("being written"); }

  /** Starts a process. The arguments are passed by reference: hand over ownership. O(1). */
  spawn<A extends readonly unknown[]>(body: Body<A>, ...args: A): Pid { throw new Error("being written"); }
  /** Starts and links in one step: its end is never missed. @see erlang:spawn_link/3 */
  spawnLink<A extends readonly unknown[]>(body: Body<A>, ...args: A): Pid { throw new Error("being written"); }
  /** Starts and monitors in one step. @see erlang:spawn_monitor/3 */
  spawnMonitor<A extends readonly unknown[]>(body: Body<A>, ...args: A): { pid: Pid; ref: Ref } { throw new Error("being written"); }
  /** Starts a callback process. */
  spawnCallback(callbacks: Callbacks, options?: SpawnOptions): Pid { throw new Error("being written"); }

  /** Links both processes; throws ExitReason "noproc" if the other is dead and exits are not trapped. */
  link(pid: Pid): void { throw new Error("being written"); }
  unlink(pid: Pid): void { throw new Error("being written"); }
  /** A `Down` with this ref comes once, when the process ends or at once if it is dead. */
  monitor(target: Destination): Ref { throw new Error("being written"); }
  /** With `flush`, a Down that has come already is taken out of the mailbox. */
  demonitor(ref: Ref, options?: { readonly flush?: boolean }): void { throw new Error("being written"); }

  /** Sends an exit signal. "kill" can't be trapped and ends the process as "killed". @see erlang:exit/2 */
  exit(pid: Pid, reason: Reason): void { throw new Error("being written"); }
  /** While true, exit signals arrive as `Exit` messages. */
  get trapExit(): boolean { throw new Error("being written"); }
  set trapExit(_value: boolean) {}

  /** Gives this process a name; false if the name is taken or the process has one. */
  register(name: string): boolean { throw new Error("being written"); }
  unregister(name: string): boolean { throw new Error("being written"); }
  whereis(name: string): Pid | undefined { throw new Error("being written"); }

  /** Sends a message after a time, if the receiver still lives; the timer outlives its starter. */
  sendAfter(ms: number, to: Destination, message: unknown): Ref { throw new Error("being written"); }
  /** Milliseconds that were left; undefined if the timer has fired or been cancelled. */
  cancelTimer(ref: Ref): number | undefined { throw new Error("being written"); }
  makeRef(): Ref { throw new Error("being written"); }
}
