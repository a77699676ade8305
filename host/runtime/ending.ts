// The end of a process as a value: a callback answers it, and nothing is thrown.
import { ExitReason } from "./messages.ts";
import type { Suspension } from "./suspension.ts";
import type { Operation, Reason } from "./types.ts";

/** The turn ends the process that has answered it; `yield*` throws as `exit` does. */
export class Ending implements Operation<never> {
  readonly reason: Reason;

  constructor(reason: Reason) {
    this.reason = reason;
  }

  [Symbol.iterator](): Iterator<Suspension, never> {
    throw new ExitReason(this.reason);
  }
}

/**
 * Ends the process with this reason when its callback answers it, or its generator returns it:
 * `return ending("normal")`. As `exit`, for half the time: nothing is thrown, no Error is made.
 * @see gen_server: `{stop, Reason, State}`
 */
export function ending(reason: Reason): Operation<never> {
  return new Ending(reason);
}
