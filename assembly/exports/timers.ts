// Exports of the kernel: timers.

import { BAD_ARGUMENT, MESSAGE_HANDLE, OK } from "../abi";
import { control, leaveNumber } from "../control";
import { adoptHandle, yieldHandle } from "../handles";
import { find, whyNotFound } from "../process";
import * as timers from "../timers";
import { checkPayload, enter, inScratch } from "./gate";

/** Leaves with a timer's reference, or with a refusal: then a handle is the host's again. */
function settle(timer: f64, kind: u32, value: f64): f64 {
  if (timer < 0 && kind == MESSAGE_HANDLE) yieldHandle(<u32>value);
  return leaveNumber(timer);
}

/**
 * erlang:send_after/4: the timer's reference. `kind` is MESSAGE_NUMBER or MESSAGE_HANDLE; with
 * ref 0 the message bears the timer's reference. `ms` counts from the time told last; with
 * TIMER_ABSOLUTE it is a time of the host's clock, and one that is past fires at the next step.
 * NO_PROCESS, LIMIT, BAD_HANDLE; BAD_ARGUMENT: tag, kind, options, more than 2^32 - 1 ms ahead, or
 * absolute before any time was told.
 */
export function send_after(
  from: f64, to: f64, tag: u32, ref: f64, kind: u32, value: f64, ms: f64, options: u32,
): f64 {
  const refused = enter();
  if (refused != OK) return <f64>refused;
  const process = find(to);
  if (process === null) return leaveNumber(whyNotFound(to));
  const status = checkPayload(tag, kind, value);
  if (status != OK) return leaveNumber(status);
  if (kind == MESSAGE_HANDLE) adoptHandle(<u32>value);
  const timer = timers.startTimer(process, <u8>kind, <u8>tag, from, ref, value, ms, options);
  return settle(timer, kind, value);
}

/**
 * The same to the name in the first `length` bytes of the scratch area, which is looked up when the
 * time has come; if it is nobody's then, the message is a dead letter. As send_after, or NO_MEMORY.
 * O(length).
 */
export function send_after_name(
  from: f64, length: u32, tag: u32, ref: f64, kind: u32, value: f64, ms: f64, options: u32,
): f64 {
  const refused = enter();
  if (refused != OK) return <f64>refused;
  if (!inScratch(control.scratch, length)) return leaveNumber(BAD_ARGUMENT);
  const status = checkPayload(tag, kind, value);
  if (status != OK) return leaveNumber(status);
  if (kind == MESSAGE_HANDLE) adoptHandle(<u32>value);
  const timer = timers.startTimerToName(
    control.scratch, length, <u8>kind, <u8>tag, from, ref, value, ms, options,
  );
  return settle(timer, kind, value);
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
