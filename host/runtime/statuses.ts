// Which of the kernel's refusals are no errors.
import { Status } from "../kernel/abi.ts";
import type { Address } from "../kernel/abi.ts";

export { refusal } from "../kernel/statuses.ts";

/** True if the other process is dead or was never there: no error, as in Erlang. */
export function isGone(status: number): boolean {
  return status === Status.NO_PROCESS;
}

/**
 * True if a signal was not taken for a reason that is no error: nobody is there, the mailbox is
 * full, or the address is minus a reference that is no alias.
 */
export function isRefused(status: number, to: Address): boolean {
  return isGone(status) || status === Status.MAILBOX_FULL ||
    (status === Status.BAD_PID && to < 0 && Number.isInteger(to));
}
