// Running native processes: a slice of messages, each handled by a call of the registered handler.
//
//   take the next that is wanted ─► handler ─► CONTINUE: freed │ KEEP: put back │ STOP: the end
//
// Costs: a message O(1) and what its handler does; a kept one is passed over by the cursor.

import {
  ATOM_TRAP, COUNTER_TRAPS, MESSAGE_NUMBER, REASON_ATOM, STATE_EXITING, STATE_RUNNING,
} from "./abi";
import { Block, BLOCK_IN_RELATION, BLOCK_PRIORITY, dropBlock } from "./block";
import { control, count, HANDLER_TABLE, PHASE_HANDLER, PHASE_KERNEL } from "./control";
import { noteSchedule, noteShort } from "./guards";
import { SLICE_REDUCTIONS } from "./limits";
import { atCursor, insertAfter, removeAfter, shift } from "./mailbox";
import {
  coldOf, FLAG_AWAITING, FLAG_COLD, FLAG_GUARDED, FLAG_START, FLAGS_PARTICULAR, Process,
} from "./process";
import { freeSmallBlock } from "./quick";
import { isAnyWanted, pause, requeue } from "./scheduler";
import { die, settleRunning, stopRunning } from "./signals";

/* What a native handler answers */
export const CONTINUE: u32 = 0; // the message is used up
export const STOP: u32 = 1; // the process ends with reason normal
export const KEEP: u32 = 2; // the message stays; the next is shown, and it again after a CONTINUE

/** Frees the message that a handler has seen. O(1). */
function endBlock(block: Block): void {
  if (block.kind == MESSAGE_NUMBER && !(block.flags & BLOCK_IN_RELATION)) {
    freeSmallBlock(changetype<usize>(block));
  } else {
    dropBlock(block);
  }
}

/** Takes the next message that a native process is to be shown; null if there is none. O(1). */
@inline
function takeNext(process: Process): Block | null {
  if (process.cursor | (process.flags & FLAGS_PARTICULAR)) return takeWanted(process);
  return process.head ? shift(process) : null;
}

/** The same of one that has passed over some, or in whose mailbox more matters. O(passed over). */
function takeWanted(process: Process): Block | null {
  if (process.flags & FLAG_GUARDED) noteShort(process);
  if (!isAnyWanted(process)) return null;
  if (process.flags & FLAG_AWAITING) process.flags &= ~FLAG_AWAITING;
  const before = process.cursor;
  process.cursor = 0;
  control.runningAfter = before;
  return removeAfter(process, before);
}

/** Where a message stood that is put back: behind priority messages that have come since. O(1). */
function placeOf(process: Process, block: Block, after: u32): u32 {
  const cold = coldOf(process);
  if (block.flags & BLOCK_PRIORITY) {
    if (cold.priorityTail == after) cold.priorityTail = <u32>changetype<usize>(block);
    return after;
  }
  const isFirst = after == 0 || (changetype<Block>(after).flags & BLOCK_PRIORITY) != 0;
  return isFirst ? cold.priorityTail : after;
}

/**
 * Puts a message back to where it stood; the receive goes on behind it, or begins anew if a
 * priority message has come. O(1).
 */
function keep(process: Process, block: Block): void {
  let after = control.runningAfter;
  if (process.flags & FLAG_COLD) after = placeOf(process, block, after);
  insertAfter(process, after, block);
  if (control.priorityCame) process.cursor = 0;
  else if (!process.cursor || process.cursor == after) {
    process.cursor = <u32>changetype<usize>(block);
  }
}

/** Calls the native handler of the running process. A trap inside it is found by `recover`. */
@inline
function callHandler(process: Process, block: usize): u32 {
  const index = load<u32>(HANDLER_TABLE + (process.handler << 2));
  control.runningBlock = <u32>block;
  control.phase = PHASE_HANDLER;
  const answer = call_indirect<u32>(index, process, block);
  control.phase = PHASE_KERNEL;
  const rest = control.runningBlock; // 0 if the handler has sent it on
  control.runningBlock = 0;
  if (rest) {
    if (answer == KEEP && process.state == STATE_RUNNING) keep(process, changetype<Block>(rest));
    else endBlock(changetype<Block>(rest));
  }
  control.runningAfter = 0;
  control.priorityCame = 0;
  return answer;
}

/** Runs a native process for a slice. Returns the reductions used. O(messages). */
@inline
export function runNative(process: Process): u32 {
  process.state = STATE_RUNNING;
  control.running = <u32>changetype<usize>(process);
  let answer = CONTINUE;
  let used: u32 = 0;
  control.charged = 0;
  if (process.flags & FLAG_START) {
    process.flags &= ~FLAG_START;
    answer = callHandler(process, 0);
    used = 1;
  }
  while (answer != STOP && process.state == STATE_RUNNING) {
    if (used + control.charged >= SLICE_REDUCTIONS) break;
    const block = takeNext(process);
    if (block === null) break;
    answer = callHandler(process, changetype<usize>(block));
    used++;
  }
  control.running = 0;
  used += control.charged;
  process.reductions += <f64>used;
  if (used > control.scheduleHigh && process.state != STATE_EXITING) noteSchedule(process, used);
  if (process.state == STATE_EXITING) settleRunning(process);
  else if (answer == STOP) stopRunning(process);
  else if (process.head && atCursor(process) !== null) requeue(process);
  else pause(process);
  return used;
}

/** Ends the native process whose handler has trapped, with reason `trap`. */
export function recover(): void {
  const process = changetype<Process>(control.running);
  if (control.runningBlock) dropBlock(changetype<Block>(control.runningBlock));
  control.running = 0;
  control.runningBlock = 0;
  control.runningAfter = 0;
  control.priorityCame = 0;
  count(COUNTER_TRAPS, 1);
  if (process.state == STATE_EXITING) settleRunning(process);
  else die(process, REASON_ATOM, ATOM_TRAP);
}
