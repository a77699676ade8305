// Exports of the kernel: turns of host processes.

import { BAD_ARGUMENT, NO_PROCESS, NOT_FOUND, OK } from "../abi";
import { leave } from "../control";
import { findReported } from "../process";
import * as signals from "../signals";
import * as turns from "../turns";
import { adoptReason, enter, settleReason } from "./gate";

/**
 * Opens the turn offered by RUN. SHOWN, OK (no message at the cursor), NONE, NO_PROCESS. What is
 * shown is in the window until the next call. Of its fields `length` means something for BYTES
 * alone, `reasonKind` for EXIT and DOWN alone, `last` for HANDLE, EXIT and DOWN alone.
 */
export function begin(pid: f64): i32 {
  const refused = enter();
  return refused == OK ? leave(turns.beginTurn(pid)) : refused;
}

/** Shows the message at the cursor. SHOWN, OK (none), NO_TURN, NO_PROCESS. */
export function peek(pid: f64): i32 {
  const refused = enter();
  return refused == OK ? leave(turns.peek(pid)) : refused;
}

/** Passes over the message at the cursor and shows the next. As peek. */
export function skip(pid: f64): i32 {
  const refused = enter();
  return refused == OK ? leave(turns.skip(pid)) : refused;
}

/**
 * Removes the message at the cursor, ends the receive, shows the oldest that is left. As peek, or
 * BAD_ARGUMENT if there is none. Read the window before: a handle (of HANDLE, or the reason of EXIT
 * or DOWN) becomes the host's again if `last` was 1; BYTES stay where `value` said until release.
 */
export function take(pid: f64): i32 {
  const refused = enter();
  return refused == OK ? leave(turns.take(pid)) : refused;
}

/** As take, but the cursor stays: shows the message behind the one that was taken. */
export function take_here(pid: f64): i32 {
  const refused = enter();
  return refused == OK ? leave(turns.takeHere(pid)) : refused;
}

/** Puts the cursor behind the oldest `passed` messages and shows the next. As peek. O(passed). */
export function seek(pid: f64, passed: u32): i32 {
  const refused = enter();
  return refused == OK ? leave(turns.seek(pid, passed)) : refused;
}

/** Puts the cursor behind all that is queued. OK, NO_TURN, NO_PROCESS. */
export function mark(pid: f64): i32 {
  const refused = enter();
  return refused == OK ? leave(turns.mark(pid)) : refused;
}

/** Puts the cursor at the oldest message and ends the receive timeout. As mark. */
export function rewind(pid: f64): i32 {
  const refused = enter();
  return refused == OK ? leave(turns.rewind(pid)) : refused;
}

/**
 * Closes the turn until a message comes or `ms` are over (infinite: never), counted from the first
 * wait of this receive. AGAIN, TIMED_OUT (the turn stays open), BAD_ARGUMENT, NO_TURN, NO_PROCESS.
 */
export function wait(pid: f64, ms: f64, reductions: u32): i32 {
  const refused = enter();
  return refused == OK ? leave(turns.waitTurn(pid, ms, reductions)) : refused;
}

/** As wait, for a message with this reference; others are passed over. O(newly come). */
export function wait_ref(pid: f64, ref: f64, ms: f64, reductions: u32): i32 {
  const refused = enter();
  return refused == OK ? leave(turns.waitTurnRef(pid, ref, ms, reductions)) : refused;
}

/** erlang:hibernate/3: closes the turn until any message comes. AGAIN, NO_TURN, NO_PROCESS. */
export function hibernate(pid: f64, reductions: u32): i32 {
  const refused = enter();
  return refused == OK ? leave(turns.hibernateTurn(pid, reductions)) : refused;
}

/** Closes the turn; the process queues up for the next. OK, NO_TURN, NO_PROCESS. */
export function yield_turn(pid: f64, reductions: u32): i32 {
  const refused = enter();
  return refused == OK ? leave(turns.yieldTurn(pid, reductions)) : refused;
}

/**
 * Ends the process whose turn is open, with a reason: an atom, or a handle that it takes over. No
 * EXITED event follows. OK; BAD_ARGUMENT (kind), BAD_HANDLE, NO_TURN, NO_PROCESS. O(what it ends).
 */
export function finish(pid: f64, reasonKind: u32, value: u32): i32 {
  const refused = enter();
  if (refused != OK) return refused;
  const status = adoptReason(reasonKind, value);
  if (status != OK) return leave(status);
  return leave(settleReason(turns.finishTurn(pid, <u8>reasonKind, value), reasonKind, value));
}

/** The host has read EXITED: frees the slot. OK; NOT_FOUND if that event was not written. */
export function reap(pid: f64): i32 {
  const refused = enter();
  if (refused != OK) return refused;
  const process = findReported(pid);
  if (process === null) return leave(NOT_FOUND);
  signals.reap(process);
  return leave(OK);
}
