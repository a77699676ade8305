// A call: a request with a reference, and the wait for the reply with the same reference.
//
//   caller ── mark · monitor (makes the reference, an alias) · CALL(ref, request) ──► server
//   caller ◄── REPLY(ref, value) through the alias, or DOWN(ref, reason), or the time runs out
//
// The kernel passes over everything else that is queued, at no cost per message. The first reply
// ends alias and monitor; giving up ends them too, so that a later one is lost before it is queued.
import { aliasOf, Status } from "../kernel/abi.ts";
import type { Pid, Ref } from "../kernel/abi.ts";
import { abortWait } from "./abort-wait.ts";
import type { Core } from "./core.ts";
import { ExitReason, Tag } from "./messages.ts";
import type { Down } from "./messages.ts";
import type { Process } from "./process.ts";
import { demonitor, monitorForReply } from "./signals.ts";
import { Suspension, Waiting } from "./suspension.ts";
import type { Resumption } from "./suspension.ts";
import type { Destination, From, Reason } from "./types.ts";

/** OTP's default. */
export const CALL_TIMEOUT_MS = 5_000;

/**
 * Thrown by a call that got no reply; uncaught, it ends the caller.
 * `cause` is "noproc", "timeout", "mailbox_full" if its mailbox refuses more, or the reason with
 * which the server ended; the exit reason is `{ call: { server, cause } }`. @see gen_server:call/3
 */
export class CallFailed extends ExitReason {
  override readonly cause: Reason;

  constructor(server: Destination, cause: Reason) {
    super({ call: { server, cause } });
    this.name = "CallFailed";
    this.cause = cause;
  }
}

/** How a call from outside of processes waits. */
export interface CallOptions {
  /** Default 5,000. */
  readonly timeoutMs?: number;
  /** Aborted, it ends the wait: its reason is thrown, and a late reply is lost. */
  readonly signal?: AbortSignal;
}

export class CallOperation extends Suspension {
  readonly #self: Process;
  readonly #server: Destination;
  readonly #request: unknown;
  readonly #owned: boolean;
  readonly #tag: number;
  readonly #signal: AbortSignal | undefined;
  #release: (() => void) | undefined;
  #pid: Pid | 0 = 0;

  /** With `owned` the request is not copied: for what only trusted code hands over. */
  constructor(
    self: Process, server: Destination, request: unknown, timeoutMs: number, owned = false,
    tag: number = Tag.CALL, signal?: AbortSignal,
  ) {
    super(Waiting.REFERENCE, undefined, timeoutMs);
    this.#self = self;
    this.#server = server;
    this.#request = request;
    this.#owned = owned;
    this.#tag = tag;
    this.#signal = signal;
  }

  protected override begin() {
    this.#signal?.throwIfAborted();
    const { core, pid } = this.#self;
    const server = core.resolve(this.#server);
    if (server === 0) throw new CallFailed(this.#server, "noproc");
    if (server === pid) throw new CallFailed(this.#server, "calling_self");
    core.mark(pid);
    const ref = monitorForReply(core, pid, server);
    this.ref = ref;
    this.#pid = server;
    let status: number;
    try {
      status = this.#owned ? core.sendOwned(pid, server, this.#tag, ref, this.#request)
        : core.post(pid, server, this.#tag, ref, this.#request);
    } catch (error) {
      demonitor(core, pid, ref, true);
      throw error;
    }
    if (status === Status.MAILBOX_FULL) {
      demonitor(core, pid, ref, true);
      throw new CallFailed(this.#server, "mailbox_full");
    }
    if (this.#signal !== undefined) this.#release = abortWait(core, pid, ref, this.#signal);
    return super.begin();
  }

  protected override end(resumption: Resumption) {
    this.#release?.();
    if (resumption.tag === Tag.DOWN) {
      throw new CallFailed(this.#server, (resumption.value as Down).reason);
    }
    const { core, pid } = this.#self;
    if (resumption.tag === Tag.REJECTED) {
      demonitor(core, pid, this.ref as Ref, true);
      throw resumption.value;
    }
    if (resumption.tag === Tag.TIMED_OUT) {
      demonitor(core, pid, this.ref as Ref, true);
      throw new CallFailed(this.#server, "timeout");
    }
    if (core.answersDirectly) endMonitor(core, pid, this.ref as Ref, this.#pid as Pid);
    return resumption;
  }
}

/**
 * Answers a call; false if nobody waits for it any more. O(size of the value).
 * It goes through the alias: the first one ends the call, and a later one is lost.
 */
export function answer(core: Core, sender: Pid | 0, from: From, value: unknown): boolean {
  return core.send(sender, aliasOf(from.ref), Tag.REPLY, from.ref, value);
}

/**
 * After a reply that may not have come through the alias: the monitor may be active still, or its
 * Down be queued. O(1), O(mailbox) if the server is dead.
 */
export function endMonitor(core: Core, pid: Pid, ref: Ref, server: Pid): void {
  if (!demonitor(core, pid, ref, false) && !core.kernel.isAlive(server)) {
    demonitor(core, pid, ref, true);
  }
}

/**
 * Waits for the message that bears a reference, wherever it is queued: Down, a reply, or TIMEOUT.
 */
export class AwaitRef extends Suspension {
  constructor(ref: Ref, timeoutMs = Infinity) {
    super(Waiting.REFERENCE, undefined, timeoutMs);
    this.ref = ref;
  }
}
