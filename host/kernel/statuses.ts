// What the statuses mean, in words, and the errors that a refusal becomes.

import { PidgeonError } from "../errors.ts";
import { Status, statusName } from "./abi.ts";

/** The text of each status, in lower case and without a full stop. docs/abi.md has the same. */
export const statusTexts: Readonly<Record<keyof typeof Status, string>> = {
  OK: "done",
  MORE: "step: there is more to do now",
  SHOWN: "begin, peek, skip, take …: the window shows a message",
  ALREADY: "suspend: it is suspended by this process already",
  AGAIN: "wait: a message stands beyond the cursor; the turn stays open",
  TIMED_OUT: "wait: the receive ran out of time; the turn stays open",
  NO_PROCESS: "the process is dead, or the pid was never given",
  BAD_PID: "not a number that could be a pid",
  NO_MEMORY: "the message memory is used up",
  LIMIT: "a table is full: processes, relations, names or groups",
  BAD_HANDLE: "the handle is out of range, or already under way",
  NONE: "begin: no turn is offered to this process",
  NO_TURN: "no turn is open for this process",
  BAD_ARGUMENT: "an argument is out of its range",
  TAKEN: "the name is taken, or the process has one already",
  NOT_FOUND: "no such timer, monitor, alias, link, name or member",
  TOO_LARGE: "more bytes than a message can have",
  MAILBOX_FULL: "the receiver's mailbox is at its limit",
  CORRUPT: "the kernel trapped inside itself: its tables can't be trusted",
  BAD_STATE: "init has not been called, or was called twice",
  NO_HANDLER: "no native handler with this id is registered",
  BUSY: "snapshot: a turn is open, or events are unread",
  BAD_IMAGE: "restore: of another layout, other limits, or damaged",
};

/** The details of an error for a call that the kernel has refused. */
function detailsOf(status: Status): { status: string; meaning: string } {
  const name = statusName(status);
  const meaning = statusTexts[name as keyof typeof Status] ?? "no status that this host knows";
  return { status: name, meaning };
}

/** The error for a call that the kernel has refused for a reason that is misuse or a limit. */
export function refusal(operation: string, status: Status): PidgeonError {
  return new PidgeonError("PIDGEON_KERNEL_STATUS", { operation, ...detailsOf(status) });
}

/** The error for an image that the kernel does not restore. */
export function refusedImage(status: Status): PidgeonError {
  return new PidgeonError("PIDGEON_KERNEL_IMAGE", detailsOf(status));
}
