// Exports of the kernel: birth of a kernel, its time and running.

import { ABI_VERSION, BAD_ARGUMENT, BAD_STATE, COUNTERS, OK } from "../abi";
import { control, COUNTER_ARRAY, leave, leaveNumber } from "../control";
import { initialize, memoryNeeded } from "../layout";
import { CONTROL } from "../limits";
import { runStep } from "../scheduler";
import { nextDeadline, setClock } from "../wheel";
import { setWatch } from "../guards";
import { enter } from "./gate";

/** The version of this ABI; callable at any time. */
export function abi_version(): u32 {
  return ABI_VERSION;
}

/** Where the host writes the limits before init: eight u32, see Limits; 0 means the default. */
export function limits_address(): usize {
  return CONTROL;
}

/**
 * Bytes of memory that there will be after init with these limits, in which it puts the defaults.
 * BAD_ARGUMENT (a limit), BAD_STATE (after init).
 */
export function memory_needed(): f64 {
  return memoryNeeded();
}

/**
 * Lays memory out and grows it, once. OK; BAD_ARGUMENT (a limit) and NO_MEMORY, after which it may
 * be called again; BAD_STATE (twice).
 */
export function init(): i32 {
  return initialize();
}

/**
 * The face: event head, event tail, ring mask, ring, scratch, scratch bytes, window (u32 each);
 * callable at any time.
 */
export function face_address(): usize {
  return changetype<usize>(control);
}

/**
 * Tells the time in ms on any clock; one that goes back stands still. BAD_ARGUMENT: beyond ±2^53,
 * or more than 139 years after the first.
 */
export function clock(nowMs: f64): i32 {
  const refused = enter();
  if (refused != OK) return refused;
  return leave(setClock(nowMs) ? OK : BAD_ARGUMENT);
}

/**
 * Does what is due: fires timers, runs native processes, writes events. OK: nothing is left to do;
 * MORE: call again, when the events are read; BAD_ARGUMENT as clock. O(reductions).
 */
export function step(nowMs: f64, reductions: u32): i32 {
  const refused = enter();
  if (refused != OK) return refused;
  if (!setClock(nowMs)) return leave(BAD_ARGUMENT);
  return leave(runStep(reductions));
}

/**
 * When step must be called next for a timer, in ms on the host's clock; infinite: never, minus
 * infinite: at once, as no time was told yet. Maybe early, never late.
 */
export function next_deadline(): f64 {
  const refused = enter();
  return refused == OK ? leaveNumber(nextDeadline()) : <f64>refused;
}

/**
 * erlang:system_monitor/2: sets what is watched (WATCH_…); the old value, or BAD_ARGUMENT. The high
 * marks are off at 0; what goes beyond them is told by events.
 */
export function watch(item: u32, value: u32): f64 {
  const refused = enter();
  return refused == OK ? leaveNumber(setWatch(item, value)) : <f64>refused;
}

/**
 * A counter of the whole kernel (COUNTER_…); callable at any time. 0: 14 and 15, which are kept for
 * counters to come; BAD_ARGUMENT: 16 and up.
 */
export function counter(id: u32): f64 {
  if (id >= COUNTERS) return <f64>BAD_ARGUMENT;
  return load<f64>(COUNTER_ARRAY + ((<usize>id) << 3));
}
