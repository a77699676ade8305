// Turns of host processes: their code is outside; the kernel gives them turns, not messages.
//
//   RUN event ─► begin ─► peek · skip · take · mark … ─► wait │ wait_ref │ yield │ finish
//
// These are the BEAM's own instructions of receive. Messages stay in the mailbox until they are
// taken, so exit, limits and the queue length mean what they mean in Erlang while a turn is open.
// wait answers AGAIN if something beyond the cursor has come: no wake-up is lost; and TIMED_OUT
// only after the whole mailbox was looked at. A process that dies meanwhile answers NO_PROCESS.
// Costs: O(1); wait_ref O(messages that came since mark); seek O(messages passed).

import {
  AGAIN, BAD_ARGUMENT, KIND_HOST, MESSAGE_BYTES, NONE, NO_TURN, OK, SHOWN, STATE_OFFERED,
  STATE_RUNNING, TIMED_OUT,
} from "./abi";
import { BLOCK_HELD, BLOCK_LAST, dropBlock, freeHead, showBlock, wordOf } from "./block";
import { control } from "./control";
import { noteSchedule } from "./guards";
import { yieldHandle } from "./handles";
import { advance, atCursor, removeAfter } from "./mailbox";
import { holdBytes } from "./payload";
import {
  coldForWriting, find, FLAG_AWAITING, FLAG_TIMED_OUT, isLive, Process, recordFor, whyNotFound,
} from "./process";
import { pause, requeue } from "./scheduler";
import { finish } from "./signals";
import { armTimeout, cancelTimeout, isTime } from "./timers";

/** Whether the record for a pid is a host process whose turn is open. O(1). */
function isOpen(process: Process, pid: f64): bool {
  return isLive(process, pid) && process.state == STATE_RUNNING && process.kind == KIND_HOST;
}

/** Why no turn is open. O(1). */
function whyNoTurn(pid: f64): i32 {
  return find(pid) === null ? whyNotFound(pid) : NO_TURN;
}

/** Shows the message at the cursor, if there is one. O(1). */
function show(process: Process): i32 {
  const block = atCursor(process);
  if (block === null) return OK;
  showBlock(block);
  return SHOWN;
}

/** Opens the turn that a RUN event has offered. SHOWN, OK (nothing at the cursor) or NONE. */
export function beginTurn(pid: f64): i32 {
  const process = recordFor(pid);
  if (!isLive(process, pid)) return whyNotFound(pid);
  if (process.state != STATE_OFFERED) return NONE;
  process.state = STATE_RUNNING;
  return show(process);
}

export function peek(pid: f64): i32 {
  const process = recordFor(pid);
  return isOpen(process, pid) ? show(process) : whyNoTurn(pid);
}

/** Passes over the message at the cursor and shows the next. */
export function skip(pid: f64): i32 {
  const process = recordFor(pid);
  if (!isOpen(process, pid)) return whyNoTurn(pid);
  advance(process);
  return show(process);
}

/**
 * Removes the message at the cursor, ends the receive (cursor to the head, timeout off) and shows
 * the oldest that is left. The window's handle is the host's if `last` was set; bytes are held
 * until release. BAD_ARGUMENT if there is no message at the cursor.
 */
export function take(pid: f64): i32 {
  return takeAndGo(pid, false);
}

/** As take, but the cursor stays, and the next message is shown. */
export function takeHere(pid: f64): i32 {
  return takeAndGo(pid, true);
}

function takeAndGo(pid: f64, stays: bool): i32 {
  const process = recordFor(pid);
  if (!isOpen(process, pid)) return whyNoTurn(pid);
  if (atCursor(process) === null) return BAD_ARGUMENT;
  const block = removeAfter(process, process.cursor);
  if (!stays) process.cursor = 0;
  cancelTimeout(process);
  if (block.kind == MESSAGE_BYTES) {
    holdBytes(block, BLOCK_HELD);
  } else if (block.flags & BLOCK_LAST) {
    yieldHandle(wordOf(block));
    freeHead(block);
  } else {
    dropBlock(block); // the host was not told that it is the last: it hears by the released chain
  }
  return show(process);
}

/** Puts the cursor behind the oldest `passed` messages, as far as there are, and shows the next. */
export function seek(pid: f64, passed: u32): i32 {
  const process = recordFor(pid);
  if (!isOpen(process, pid)) return whyNoTurn(pid);
  process.cursor = 0;
  for (let left = passed; left && process.cursor != process.tail; left--) advance(process);
  return show(process);
}

/** Puts the cursor behind everything that is queued now. */
export function mark(pid: f64): i32 {
  const process = recordFor(pid);
  if (!isOpen(process, pid)) return whyNoTurn(pid);
  process.cursor = process.tail;
  return OK;
}

/** Puts the cursor back to the head: the receive begins anew, its timeout is off. */
export function rewind(pid: f64): i32 {
  const process = recordFor(pid);
  if (!isOpen(process, pid)) return whyNoTurn(pid);
  process.cursor = 0;
  cancelTimeout(process);
  return OK;
}

/** Ends the turn until a message comes or the time is up. */
export function waitTurn(pid: f64, ms: f64, reductions: u32): i32 {
  const process = recordFor(pid);
  if (!isOpen(process, pid)) return whyNoTurn(pid);
  if (atCursor(process) !== null) return isTimeout(ms) ? AGAIN : BAD_ARGUMENT;
  return sleep(process, ms, reductions);
}

function isTimeout(ms: f64): bool {
  return ms == f64.POSITIVE_INFINITY || isTime(ms);
}

/** As waitTurn, but only a message with this reference counts; others are passed over. */
export function waitTurnRef(pid: f64, ref: f64, ms: f64, reductions: u32): i32 {
  const process = recordFor(pid);
  if (!isOpen(process, pid)) return whyNoTurn(pid);
  // What is awaited by a negative number is a tag; a refusal must come before the cursor moves.
  if (!(ref >= 0) || !isTimeout(ms)) return BAD_ARGUMENT;
  for (;;) {
    const block = atCursor(process);
    if (block === null) break;
    if (block.ref == ref) return AGAIN;
    advance(process);
  }
  coldForWriting(process).waitRef = ref;
  const status = sleep(process, ms, reductions);
  if (status == OK) process.flags |= FLAG_AWAITING;
  return status;
}

/** What a turn has cost its process. O(1). */
function charge(process: Process, reductions: u32): void {
  process.reductions += <f64>reductions;
  if (reductions > control.scheduleHigh) noteSchedule(process, reductions);
}

/** erlang:hibernate/3: as waitTurn for any message, without time; AGAIN if there is one. */
export function hibernateTurn(pid: f64, reductions: u32): i32 {
  const process = recordFor(pid);
  if (!isOpen(process, pid)) return whyNoTurn(pid);
  process.cursor = 0;
  cancelTimeout(process);
  if (process.head) return AGAIN;
  return sleep(process, f64.POSITIVE_INFINITY, reductions);
}

/** Closes the turn, or answers TIMED_OUT if the receive's time is up. O(1). */
function sleep(process: Process, ms: f64, reductions: u32): i32 {
  if (ms != f64.POSITIVE_INFINITY) {
    if (!isTime(ms)) return BAD_ARGUMENT;
    if (ms == 0 || process.flags & FLAG_TIMED_OUT) {
      process.cursor = 0;
      cancelTimeout(process);
      return TIMED_OUT;
    }
    armTimeout(process, ms);
  }
  charge(process, reductions);
  pause(process);
  return OK;
}

/** Ends the turn; the process queues up for another. */
export function yieldTurn(pid: f64, reductions: u32): i32 {
  const process = recordFor(pid);
  if (!isOpen(process, pid)) return whyNoTurn(pid);
  charge(process, reductions);
  requeue(process);
  return OK;
}

/** Ends the process whose turn is open; its host needs no EXITED event. The reason is adopted. */
export function finishTurn(pid: f64, reasonKind: u8, word: u32): i32 {
  const process = recordFor(pid);
  if (!isOpen(process, pid)) return whyNoTurn(pid);
  finish(process, reasonKind, word);
  return OK;
}
