// What the kernel's refusals become: errors with the status by name.
import { PidgeonError } from "../errors.ts";
import { Status } from "../kernel/abi.ts";
import type { Address } from "../kernel/abi.ts";

const names: ReadonlyMap<number, string> = new Map(
  Object.entries(Status).map(([name, code]) => [code, name]),
);

/** The error for a call that the kernel has refused for a reason that is misuse or a limit. */
export function refusal(operation: string, status: number): PidgeonError {
  return new PidgeonError("PIDGEON_KERNEL_STATUS", {
    operation, status: names.get(status) ?? status,
  });
}

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
