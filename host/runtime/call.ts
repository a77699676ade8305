// A call: a request with a reference, and the wait for the reply with the same reference.
//
//   caller ── mark · monitor (makes the reference) · CALL(ref, request) ──► server
//   caller ◄── REPLY(ref, value), or DOWN(ref, reason), or the time runs out
//
// The kernel passes over everything else that is queued, at no cost per message. A reply that comes
// after the caller has given up is dropped when the caller looks at its mailbox the next time.
import { Status } from "../kernel/abi.ts";
import type { Ref } from "../kernel/abi.ts";
import { ExitReason, Tag } from "./messages.ts";
import type { Down } from "./messages.ts";
import type { Process } from "./process.ts";
import { demonitor, monitor } from "./signals.ts";
import { Suspension, Waiting } from "./suspension.ts";
import type { Resumption } from "./suspension.ts";
import type { Destination, Reason } from "./types.ts";

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

export class CallOperation extends Suspension {
  readonly #self: Process;
  readonly #server: Destination;
  readonly #request: unknown;
  readonly #owned: boolean;

  /** With `owned` the request is not copied: for what only trusted code hands over. */
  constructor(
    self: Process, server: Destination, request: unknown, timeoutMs: number, owned = false,
  ) {
    super(Waiting.REFERENCE, undefined, timeoutMs);
    this.#self = self;
    this.#server = server;
    this.#request = request;
    this.#owned = owned;
  }

  protected override begin() {
    const { core, pid } = this.#self;
    const server = core.resolve(this.#server);
    if (server === 0) throw new CallFailed(this.#server, "noproc");
    if (server === pid) throw new CallFailed(this.#server, "calling_self");
    core.mark(pid);
    const ref = monitor(core, pid, server);
    this.ref = ref;
    let status: number;
    try {
      status = this.#owned ? core.sendOwned(pid, server, Tag.CALL, ref, this.#request)
        : core.post(pid, server, Tag.CALL, ref, this.#request);
    } catch (error) {
      demonitor(core, pid, ref, true);
      throw error;
    }
    if (status === Status.MAILBOX_FULL) {
      demonitor(core, pid, ref, true);
      throw new CallFailed(this.#server, "mailbox_full");
    }
    return super.begin();
  }

  protected override end(resumption: Resumption) {
    if (resumption.tag === Tag.DOWN) {
      throw new CallFailed(this.#server, (resumption.value as Down).reason);
    }
    demonitor(this.#self.core, this.#self.pid, this.ref as Ref, true);
    if (resumption.tag === Tag.TIMED_OUT) throw new CallFailed(this.#server, "timeout");
    return resumption;
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
