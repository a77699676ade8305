// Process groups: names with members, as pg has them, and messages to all of them.
import { Status } from "../kernel/abi.ts";
import type { Pid } from "../kernel/abi.ts";
import { isBytes } from "./bytes.ts";
import type { Bytes } from "./bytes.ts";
import { immutable } from "./copy.ts";
import type { Core } from "./core.ts";
import { isGone, refusal } from "./statuses.ts";

/** False if the process is dead. O(1). */
export function join(core: Core, group: string, pid: Pid): boolean {
  const status = core.kernel.groupJoin(pid, group);
  if (status === Status.OK) return true;
  if (isGone(status)) return false;
  throw refusal("join", status);
}

/** False if it was no member. O(groups of the process). */
export function leave(core: Core, group: string, pid: Pid): boolean {
  const status = core.kernel.groupLeave(pid, group);
  if (status === Status.OK) return true;
  if (status === Status.NOT_FOUND || isGone(status)) return false;
  throw refusal("leave", status);
}

/** The members, each as often as it has joined. O(members × groups of each). */
export function getMembers(core: Core, group: string): Pid[] {
  return core.kernel.groupJoins(group);
}

/**
 * How many members got it. The message is copied once: they share what is frozen. O(members +
 * size of the message).
 */
export function sendToGroup(
  core: Core, from: Pid | 0, tag: number, group: string, message: unknown,
): number {
  const { kernel } = core;
  let sent: number = typeof message === "number"
    ? kernel.groupSendNumber(from, group, tag, 0, message)
    : core.hasNatives && isBytes(message) ? sendBytes(core, from, tag, group, message)
    : Status.TOO_LARGE;
  if (sent === Status.TOO_LARGE) {
    const handle = core.hold(immutable(message));
    sent = kernel.groupSendHandle(from, group, tag, 0, handle);
    if (sent <= 0) core.handles.free(handle);
  }
  if (sent === Status.NOT_FOUND) return 0;
  if (sent < 0) throw refusal("sendToGroup", sent);
  if (!core.pumping) core.wake();
  return sent;
}

/** Where there may be native members, all get the kernel's bytes, unless these are too many. */
function sendBytes(
  core: Core, from: Pid | 0, tag: number, group: string, bytes: Bytes,
): number {
  const { kernel } = core;
  const hold = kernel.share(bytes.toUint8Array());
  if (hold < 0) return hold;
  const sent = kernel.groupSendShared(from, group, tag, 0, hold);
  kernel.release(hold);
  return sent;
}
