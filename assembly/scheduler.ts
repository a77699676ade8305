// The scheduler: who runs next, and for how long.
//
//   1. Work off the time: fire what is due.
//   2. Tell the host which of its processes were ended by signals.
//   3. Take the next runnable process: a native one runs its slice here, a host one is offered a
//      turn through the event ring. Again, until the queue, the reductions or the ring are used up.
//
// State changes; nobody else writes a process's state but for its birth and end:
//
//   FREE ─spawn─► RUNNABLE ─offer─► OFFERED ─begin─► RUNNING ─wait─► WAITING ─wake─► RUNNABLE
//                     ▲ └──── native: run ──────────────┘ │ yield           any ─die─► EXITING
//                     └───────────────────────────────────┘
//   RUNNABLE, OFFERED, WAITING, or RUNNING at the end of its turn ─halt─► SUSPENDED
//   SUSPENDED ─goOn─► RUNNABLE if there is something to do, else WAITING
//
// Costs: every operation is O(1); step is O(work done).

import {
  COUNTER_DEAD_LETTERS, EVENT_EXITED, EVENT_RUN, KIND_HOST, MORE, OK, STATE_OFFERED,
  STATE_RUNNABLE, STATE_RUNNING, STATE_SUSPENDED, STATE_WAITING,
} from "./abi";
import { Block, BLOCK_PRIORITY, dropBlock } from "./block";
import { control, count } from "./control";
import { eventRoom, putEvent } from "./events";
import { reportNotices } from "./guards";
import { runNative } from "./handlers";
import { COLD_BYTES } from "./limits";
import { advance, append, appendPriority, atCursor, isAwaited } from "./mailbox";
import {
  FLAG_AWAITING, FLAG_HALT, FLAG_READY, FLAG_REPORTED, FLAG_TIMED_OUT, Process, processAt, slotOf,
} from "./process";
import { barredBeside, beginRound, popRunnable, pushRunnable, removeRunnable } from "./queue";
import { makeSignalTo, refOf, Relation } from "./relation";
import { takeReceiver } from "./timers";
import { nextDue, WheelNode } from "./wheel";

/** Makes a process runnable from any state in which it is not queued. O(1). */
export function makeRunnable(process: Process): void {
  process.state = STATE_RUNNABLE;
  pushRunnable(process);
}

/** Takes a process out of the run queue if it is in it, before its end. O(1). */
export function leaveQueue(process: Process): void {
  if (process.state == STATE_RUNNABLE) removeRunnable(process);
}

/** Suspends a process: at once, or when its open turn ends. O(1). */
export function halt(process: Process): void {
  const state = process.state;
  if (state == STATE_RUNNING) {
    process.flags |= FLAG_HALT;
    return;
  }
  if (state == STATE_RUNNABLE) removeRunnable(process);
  if (state == STATE_RUNNABLE || state == STATE_OFFERED) process.flags |= FLAG_READY;
  process.state = STATE_SUSPENDED;
}

/** Ends the suspension of a process. O(1); one that awaits a message O(come meanwhile). */
export function goOn(process: Process): void {
  const wasReady = (process.flags & FLAG_READY) != 0;
  const isReady = wasReady || (process.flags & FLAG_TIMED_OUT) != 0;
  process.flags &= ~FLAG_READY; // or FLAG_HALT, where its turn is still open
  if (process.state != STATE_SUSPENDED) return;
  if (isReady || isAnyWanted(process)) {
    if (!wasReady) process.flags &= ~FLAG_AWAITING; // else a native one may await a message still
    makeRunnable(process);
  } else {
    process.state = STATE_WAITING;
  }
}

/** Whether a message that the process wants has come; the cursor passes over others. */
export function isAnyWanted(process: Process): bool {
  for (let block = atCursor(process); block !== null; block = atCursor(process)) {
    if (!(process.flags & FLAG_AWAITING) || isAwaited(process, block)) return true;
    advance(process);
  }
  return false;
}

/** Closes the turn of a process that waits now. O(1). */
export function pause(process: Process): void {
  if (process.flags & FLAG_HALT) {
    process.state = STATE_SUSPENDED;
    process.flags &= ~FLAG_HALT;
  } else {
    process.state = STATE_WAITING;
  }
}

/** Closes the turn of a process that has more to do. O(1). */
export function requeue(process: Process): void {
  if (process.flags & FLAG_HALT) process.state = STATE_SUSPENDED; // and the flag says READY now
  else makeRunnable(process);
}

/** Puts a block into a mailbox and wakes its process if it waits for such a one. O(1). */
@inline
export function deliver(process: Process, block: Block): void {
  append(process, block);
  if (process.state != STATE_WAITING) return;
  if (process.flags & FLAG_AWAITING) {
    if (!isAwaited(process, block)) {
      process.cursor = <u32>changetype<usize>(block);
      return;
    }
    process.flags &= ~FLAG_AWAITING;
  }
  makeRunnable(process);
}

/** Delivers a signal, a timer's message or one with priority. O(1). */
export function deliverSignal(process: Process, block: Block): void {
  if (!(block.flags & BLOCK_PRIORITY)) {
    deliver(process, block);
    return;
  }
  appendPriority(process, block);
  if (process.state != STATE_WAITING) return;
  if (process.flags & FLAG_AWAITING && !isAwaited(process, block)) {
    if (atCursor(process) !== null) advance(process);
    return;
  }
  process.flags &= ~FLAG_AWAITING;
  makeRunnable(process);
}

/** Fires what is due by now. O(due). */
function fireTimers(): void {
  for (;;) {
    const node = nextDue();
    if (node === null) return;
    const address = <u32>changetype<usize>(node);
    if (address >= control.relations) fireTimer(node);
    else fireTimeout(node);
  }
}

/** A receive timeout: its process must look at the rest of its mailbox, then it is told. O(1). */
function fireTimeout(node: WheelNode): void {
  const offset = <u32>changetype<usize>(node) - control.cold;
  const process = processAt(offset / COLD_BYTES);
  process.flags = (process.flags | FLAG_TIMED_OUT) & ~FLAG_AWAITING;
  if (process.state == STATE_WAITING) makeRunnable(process);
}

/** A timer: its relation becomes the message. O(1), to a name O(its length). */
function fireTimer(node: WheelNode): void {
  const timer = changetype<Relation>(changetype<usize>(node) - offsetof<Relation>("otherNext"));
  const process = takeReceiver(timer);
  if (process === null) {
    count(COUNTER_DEAD_LETTERS, 1);
    dropBlock(changetype<Block>(timer));
    return;
  }
  if (timer.ref == 0) timer.ref = refOf(timer);
  makeSignalTo(timer, slotOf(process));
  deliverSignal(process, changetype<Block>(timer));
}

/** Offers a host process a turn. O(1). */
function offerTurn(process: Process): void {
  process.state = STATE_OFFERED;
  putEvent(EVENT_RUN, 0, process.pid, 0);
}

/** Tells the host which of its processes signals have ended, while the ring has room. O(ended). */
function reportExits(): void {
  while (control.exitedHead && eventRoom()) {
    const process = changetype<Process>(control.exitedHead);
    control.exitedHead = process.queueNext;
    if (!control.exitedHead) control.exitedTail = 0;
    process.flags |= FLAG_REPORTED;
    putEvent(EVENT_EXITED, process.handler, process.pid, process.parent);
  }
}

/** Does what is due, for at most about this many reductions. MORE if there is more. */
export function runStep(reductions: u32): i32 {
  fireTimers();
  reportNotices();
  reportExits();
  beginRound();
  let barred: u32 = 0;
  let left = <i64>reductions;
  let room = eventRoom();
  while (left > 0 && room) {
    const process = popRunnable(barred);
    if (process === null) break;
    if (process.kind == KIND_HOST) {
      offerTurn(process);
      barred |= barredBeside(process);
      room--;
      left--;
    } else {
      left -= <i64>runNative(process);
    }
  }
  reportNotices();
  reportExits();
  return control.occupied || control.exitedHead || control.noticeHead ? MORE : OK;
}
