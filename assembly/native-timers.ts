// For native handlers: timers. native.ts exports all of this.
//
// Costs: O(1).

import { MESSAGE_NUMBER } from "./abi";
import { control, PHASE_HANDLER, PHASE_KERNEL } from "./control";
import { find, Process, whyNotFound } from "./process";
import {
  cancelTimer as kernelCancelTimer, readTimer as kernelReadTimer, startTimer,
} from "./timers";

/**
 * erlang:send_after/4 of a number: the timer's reference, or a negative Status. Options are
 * TIMER_ABSOLUTE or 0; with ref 0 the message bears the timer's reference. O(1).
 */
export function sendAfter(
  self: Process, to: f64, value: f64, ms: f64, tag: u8 = 0, ref: f64 = 0, options: u32 = 0,
): f64 {
  control.phase = PHASE_KERNEL;
  const target = find(to);
  const timer = target === null ? <f64>whyNotFound(to)
    : startTimer(target, MESSAGE_NUMBER, tag, self.pid, ref, value, ms, options);
  control.phase = PHASE_HANDLER;
  return timer;
}

/** erlang:cancel_timer/1: ms that were left, or NOT_FOUND. O(1). */
export function cancelTimer(_self: Process, ref: f64): f64 {
  control.phase = PHASE_KERNEL;
  const left = kernelCancelTimer(ref);
  control.phase = PHASE_HANDLER;
  return left;
}

/** erlang:read_timer/1: ms left, or NOT_FOUND. O(1). */
export function readTimer(_self: Process, ref: f64): f64 {
  control.phase = PHASE_KERNEL;
  const left = kernelReadTimer(ref);
  control.phase = PHASE_HANDLER;
  return left;
}
