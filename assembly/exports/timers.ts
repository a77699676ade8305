// Exports of the kernel: timers.

import { BAD_ARGUMENT, BAD_HANDLE, MESSAGE_HANDLE, MESSAGE_NUMBER, NOT_FOUND, OK } from "../abi";
import { leaveNumber } from "../control";
import { adoptHandle, checkHandle, yieldHandle } from "../handles";
import { find, whyNotFound } from "../process";
import * as timers from "../timers";
import { enter } from "./gate";

/**
 * erlang:send_after/4: the timer's reference. `kind` is MESSAGE_NUMBER or MESSAGE_HANDLE; with
 * ref 0 the message bears the timer's reference. `ms` counts from the time told last; with
 * TIMER_ABSOLUTE it is a time of the host's clock, and one that is past fires at the next step.
 * BAD_ARGUMENT: more than 2^32 - 1 ms ahead, or absolute before any time was told.
 */
export function send_after(
  from: f64, to: f64, tag: u32, ref: f64, kind: u32, value: f64, ms: f64, options: u32,
): f64 {
  const refused = enter();
  if (refused != OK) return <f64>refused;
  const process = find(to);
  if (process === null) return leaveNumber(whyNotFound(to));
  if (kind == MESSAGE_NUMBER) {
    return leaveNumber(
      timers.startTimer(process, <u8>kind, <u8>tag, from, ref, value, ms, options),
    );
  }
  if (kind != MESSAGE_HANDLE) return leaveNumber(BAD_ARGUMENT);
  if (<f64>(<u32>value) != value) return leaveNumber(BAD_HANDLE);
  const status = checkHandle(<u32>value);
  if (status != OK) return leaveNumber(status);
  adoptHandle(<u32>value);
  const timer = timers.startTimer(process, <u8>kind, <u8>tag, from, ref, value, ms, options);
  if (timer < 0) yieldHandle(<u32>value);
  return leaveNumber(timer);
}

/** erlang:cancel_timer/1: ms that were left, or NOT_FOUND. */
export function cancel_timer(ref: f64): f64 {
  const refused = enter();
  return refused == OK ? leaveNumber(timers.cancelTimer(ref)) : <f64>refused;
}

/** erlang:read_timer/1: ms left, or NOT_FOUND. */
export function read_timer(ref: f64): f64 {
  const refused = enter();
  return refused == OK ? leaveNumber(timers.readTimer(ref)) : <f64>refused;
}
