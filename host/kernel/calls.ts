// The calls into the kernel that numbers alone go in and out of.

import type { Address, Pid, Ref, Status } from "./abi.ts";
import type { KernelExports } from "./exports.ts";

/**
 * Methods answer as the ABI does: a Status, or a pid, reference or time in whose place a negative
 * Status may stand. Each costs one call into wasm (≈ 3 ns) and what the ABI says.
 */
export class KernelCalls {
  readonly exports: KernelExports;

  protected constructor(exports: KernelExports) {
    this.exports = exports;
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

  /** False for a pid that is stale or none. O(1). */
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

  /** An Info item of a process, or a Status. O(1) but for the counts of its relations. */
  processInfo(pid: Pid, item: number): number {
    return this.exports.process_info(pid, item);
  }

  /** Shows the index-th message of a mailbox in `message`, whoever runs. SHOWN, OK. O(index). */
  inspect(pid: Pid, index: number): Status {
    return this.exports.inspect(pid, index);
  }

  /** Sets a ProcessFlag: the old value, or a Status. */
  processFlag(pid: Pid, flag: number, value: number): number {
    return this.exports.process_flag(pid, flag, value);
  }

  /** Sends a number. NO_PROCESS, BAD_PID, NO_MEMORY, MAILBOX_FULL. */
  sendNumber(from: Pid | 0, to: Address, tag: number, ref: Ref | 0, value: number): Status {
    return this.exports.send_number(from, to, tag, ref, value);
  }

  /** On a negative status the handle is still the caller's. */
  sendHandle(from: Pid | 0, to: Address, tag: number, ref: Ref | 0, handle: number): Status {
    return this.exports.send_handle(from, to, tag, ref, handle);
  }

  /** Sends the bytes of a hold without a copy; the hold stays the caller's. */
  sendShared(from: Pid | 0, to: Address, tag: number, ref: Ref | 0, hold: number): Status {
    return this.exports.send_shared(from, to, tag, ref, hold);
  }

  /** Gives a hold back: of `share`, or of bytes that `take` has handed out. */
  release(hold: number): Status {
    return this.exports.release(hold);
  }

  /**
   * Opens the turn that a RUN event has offered, or answers why there is none.
   */
  begin(pid: Pid): Status {
    return this.exports.begin(pid);
  }

  /** Shows the message at the cursor. SHOWN, OK (none). */
  peek(pid: Pid): Status {
    return this.exports.peek(pid);
  }

  /** Passes over the message at the cursor and shows the next. */
  skip(pid: Pid): Status {
    return this.exports.skip(pid);
  }

  /**
   * Takes the message at the cursor out, which ends the receive: the cursor is at the head again.
   */
  take(pid: Pid): Status {
    return this.exports.take(pid);
  }

  /** As take, but the cursor stays: shows the message behind the one that was taken. */
  takeHere(pid: Pid): Status {
    return this.exports.take_here(pid);
  }

  /** Puts the cursor behind the oldest `passed` messages and shows the next. O(passed). */
  seek(pid: Pid, passed: number): Status {
    return this.exports.seek(pid, passed);
  }

  /** Remembers the end of the mailbox: what a reference made now is awaited for comes behind it. */
  mark(pid: Pid): Status {
    return this.exports.mark(pid);
  }

  /** Puts the cursor at the oldest message. */
  rewind(pid: Pid): Status {
    return this.exports.rewind(pid);
  }

  /** Closes the turn until a message comes or the time is over. AGAIN, TIMED_OUT: it stays open. */
  wait(pid: Pid, timeoutMs: number, reductions: number): Status {
    return this.exports.wait(pid, timeoutMs, reductions);
  }

  /** As wait, for a message with this reference alone; the kernel passes over the others. */
  waitRef(pid: Pid, ref: Ref, timeoutMs: number, reductions: number): Status {
    return this.exports.wait_ref(pid, ref, timeoutMs, reductions);
  }

  /** As wait for any message, without time. */
  hibernate(pid: Pid, reductions: number): Status {
    return this.exports.hibernate(pid, reductions);
  }

  /** Closes the turn; the process is runnable, behind the others. */
  yieldTurn(pid: Pid, reductions: number): Status {
    return this.exports.yield_turn(pid, reductions);
  }

  /** Ends the process of the turn. Its links and monitors are told. O(relations). */
  finish(pid: Pid, reasonKind: number, value: number): Status {
    return this.exports.finish(pid, reasonKind, value);
  }

  /** Frees the slot of a process whose EXITED event was read. */
  reap(pid: Pid): Status {
    return this.exports.reap(pid);
  }

  /** Sends an exit signal. O(1), and what the end of the receiver costs. */
  exitSignal(from: Pid | 0, to: Address, reasonKind: number, value: number): Status {
    return this.exports.exit_signal(from, to, reasonKind, value);
  }

  /** Options are a LinkOption. */
  link(a: Pid, b: Pid, options = 0): Status {
    return this.exports.link(a, b, options);
  }

  /** Ends a link on both sides; an EXIT that has come stays. NOT_FOUND if there is none. */
  unlink(a: Pid, b: Pid): Status {
    return this.exports.unlink(a, b);
  }

  /** Options are a MonitorOption sum; the DOWN bears the tag. */
  monitor(watcher: Pid, target: Pid, options = 0, tag = 0): Ref {
    return this.exports.monitor(watcher, target, options, tag) as Ref;
  }

  /** Ends a monitor. NOT_FOUND if it is not active. O(1), with FLUSH O(mailbox). */
  demonitor(watcher: Pid, ref: Ref, options: number): Status {
    return this.exports.demonitor(watcher, ref, options);
  }

  /** Options are an AliasOption sum. */
  alias(pid: Pid, options: number): Ref {
    return this.exports.alias(pid, options) as Ref;
  }

  /** Ends an alias. NOT_FOUND if it is not active. O(1). */
  unalias(pid: Pid, ref: Ref): Status {
    return this.exports.unalias(pid, ref);
  }

  /** Options are a SuspendOption. */
  suspend(suspender: Pid, target: Pid, options = 0): Status {
    return this.exports.suspend(suspender, target, options);
  }

  /** Takes back one suspend. NOT_FOUND if there is none. */
  resume(suspender: Pid, target: Pid): Status {
    return this.exports.resume(suspender, target);
  }

  /** Sets a mark of the system monitor (Watch); the old one. */
  watch(item: number, value: number): number {
    return this.exports.watch(item, value);
  }

  /** A reference that no other call gives. O(1). */
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

  /** Milliseconds that were left, or NOT_FOUND. O(1). */
  cancelTimer(ref: Ref): number {
    return this.exports.cancel_timer(ref);
  }

  /** Milliseconds that are left, or NOT_FOUND. O(1). */
  readTimer(ref: Ref): number {
    return this.exports.read_timer(ref);
  }
}
