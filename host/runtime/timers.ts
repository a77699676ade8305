// Timers: a message after a time, to a process or to a name.
import { PidgeonError } from "../errors.ts";
import { MessageKind, TimerOption } from "../kernel/abi.ts";
import type { Pid, Ref } from "../kernel/abi.ts";
import { TIME_MS_MAX } from "./clock.ts";
import type { Core } from "./core.ts";
import { isGone, refusal } from "./statuses.ts";
import type { TimerOptions } from "./types.ts";

/**
 * Starts a timer; the message bears its reference. O(size of the message), O(1) to a pid.
 * Throws PIDGEON_BAD_TIME, PIDGEON_NOT_SENDABLE, PIDGEON_HANDLES_FULL.
 */
export function startTimer(
  core: Core, from: Pid, tag: number, ms: number, to: Pid | string, message: unknown,
  options: TimerOptions | undefined,
): Ref {
  const isAbsolute = options?.absolute === true;
  const nowMs = core.tellTime();
  const mostMs = isAbsolute ? nowMs + TIME_MS_MAX : TIME_MS_MAX;
  if (!(ms >= (isAbsolute ? -Infinity : 0) && ms <= mostMs)) {
    throw new PidgeonError("PIDGEON_BAD_TIME", { time: ms });
  }
  // What is past is past, however long.
  const time = Math.max(ms, 0);
  const bits = isAbsolute ? TimerOption.ABSOLUTE : 0;
  const isNumber = typeof message === "number";
  const value = isNumber ? message : core.hold(core.copy(message));
  const kind = isNumber ? MessageKind.NUMBER : MessageKind.HANDLE;
  const { kernel } = core;
  const ref = typeof to === "number"
    ? kernel.sendAfter(from, to, tag, 0, kind, value, time, bits)
    : kernel.sendAfterName(from, to, tag, 0, kind, value, time, bits);
  if (ref < 0) {
    if (!isNumber) core.handles.free(value);
    // A timer for a dead process is gone at once, and nobody is told.
    if (isGone(ref)) return core.makeRef();
    throw refusal("sendAfter", ref);
  }
  if (!core.pumping) core.wake();
  return ref;
}

/** Milliseconds that were left; undefined if it has fired or been cancelled, or is none. */
export function cancelTimer(core: Core, ref: Ref): number | undefined {
  core.tellTime();
  const left = core.kernel.cancelTimer(ref);
  return left < 0 ? undefined : left;
}

/** The same, and the timer goes on. */
export function readTimer(core: Core, ref: Ref): number | undefined {
  core.tellTime();
  const left = core.kernel.readTimer(ref);
  return left < 0 ? undefined : left;
}
