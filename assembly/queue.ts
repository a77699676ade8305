// The run queue: a doubly linked FIFO of records for max, for high, and for normal and low
// together, and a bitmap of those in use.
//
//   occupied 0b0101      max ∅   high: 9   normal and low: 4 ⇄ 7 ⇄ 2
//
// max comes before high, high before the rest. A process of low is passed over, and goes to the
// back, LOW_PASSES times before it runs: so it has an eighth of what one of normal has, however
// many there are of each. Its record counts that in `priority`, above the priority itself.
//
// Host processes run when a step is over. So what is offered bars what must not run beside it from
// the rest of the step: max all others, high normal and low; and one of normal bars those of low
// that the step has passed over already.
//
// I1  A process is in a queue exactly if its state is RUNNABLE.
// I2  Bit p of `occupied` is set exactly if the queue of priority p is not empty.
// Costs: push and remove are O(1), pop is O(1) amortized: low is passed over LOW_PASSES times.

import {
  PRIORITY_HIGH, PRIORITY_LOW, PRIORITY_MASK, PRIORITY_MAX, PRIORITY_NORMAL, STATE_RUNNABLE,
} from "./abi";
import { control, QUEUES } from "./control";
import { LOW_PASSES } from "./limits";
import { Process, processAt } from "./process";

const PASS: u32 = 1 << 2; // in a record's `priority`: one time more to be passed over

/* What an offered process bars, a bit a queue, and LOW for those of low in the queue of normal */
const BARS_NORMAL: u32 = 1 << PRIORITY_LOW;
const BARS_HIGH: u32 = 1 << PRIORITY_NORMAL; // low shares the queue
const BARS_MAX: u32 = BARS_HIGH | (1 << PRIORITY_HIGH);
/** By priority, four bits each, low none; a shift leaves those above, which no queue has. */
const BARRED: u32 = BARS_NORMAL | (BARS_HIGH << (PRIORITY_HIGH << 2))
  | (BARS_MAX << (PRIORITY_MAX << 2));

/** The queue of a record's priority. O(1). */
@inline
function queueOf(priority: u8): u32 {
  return priority & <u8>PRIORITY_HIGH ? <u32>priority : PRIORITY_NORMAL;
}

/** What a record's `priority` is at first. O(1). */
export function fresh(priority: u32): u8 {
  return <u8>(priority == PRIORITY_LOW ? PRIORITY_LOW + PASS * LOW_PASSES : priority);
}

/** Whether a record's priority is one, and is passed over no more often than it may be. O(1). */
function isPriority(priority: u8): bool {
  const isLow = (priority & <u8>PRIORITY_MASK) == <u8>PRIORITY_LOW;
  return <u32>priority / PASS <= (isLow ? LOW_PASSES : 0);
}

/** Forgets what was passed over, at the begin of a step. O(1). */
export function beginRound(): void {
  control.passedFirst = 0;
}

/** What must not run beside a process that is offered to the host, a bit a priority. O(1). */
@inline
export function barredBeside(process: Process): u32 {
  return BARRED >> ((process.priority & PRIORITY_MASK) << 2);
}

/** Address of the first record, or 0. O(1). */
export function queueHead(priority: u32): u32 {
  return load<u32>(QUEUES + (priority << 3));
}

function setHead(priority: u32, address: u32): void {
  store<u32>(QUEUES + (priority << 3), address);
}

function queueTail(priority: u32): u32 {
  return load<u32>(QUEUES + (priority << 3), 4);
}

function setTail(priority: u32, address: u32): void {
  store<u32>(QUEUES + (priority << 3), address, 4);
}

/** Appends a process to the queue of its priority. O(1). */
@inline
export function pushRunnable(process: Process): void {
  if (process.priority & <u8>PRIORITY_HIGH) pushUrgent(process);
  else pushTo(process, PRIORITY_NORMAL);
}

/** The same of high and max. O(1). */
function pushUrgent(process: Process): void {
  pushTo(process, process.priority);
}

@inline
function pushTo(process: Process, priority: u32): void {
  const address = <u32>changetype<usize>(process);
  const tail = queueTail(priority);
  process.queueNext = 0;
  process.queuePrev = tail;
  if (tail) changetype<Process>(tail).queueNext = address;
  else setHead(priority, address);
  setTail(priority, address);
  control.occupied |= 1 << priority;
}

/** Takes a process out of the queue of its priority, wherever it stands. O(1). */
export function removeRunnable(process: Process): void {
  const priority = queueOf(process.priority);
  const next = process.queueNext;
  const prev = process.queuePrev;
  if (prev) changetype<Process>(prev).queueNext = next;
  else setHead(priority, next);
  if (next) changetype<Process>(next).queuePrev = prev;
  else setTail(priority, prev);
  if (!(next | prev)) control.occupied &= ~(1 << priority);
}

/** Changes a record's `priority`; one that is queued goes to the back. O(1). */
export function changePriority(process: Process, priority: u8): void {
  const isQueued = process.state == STATE_RUNNABLE;
  if (isQueued) removeRunnable(process);
  process.priority = priority;
  if (isQueued) pushRunnable(process);
}

/**
 * Takes the next process to run; null when none is, or what is must wait. `barred` is what the
 * step has offered so far bars, 0 at its begin. O(1) amortized.
 */
export function popRunnable(barred: u32): Process | null {
  const open = control.occupied & ~barred;
  if (open == 1 << PRIORITY_NORMAL) return popNormal(barred);
  if (!open) return null;
  return takeFirst(open & (1 << PRIORITY_MAX) ? PRIORITY_MAX : PRIORITY_HIGH);
}

/** The next of normal and low, whose queue is not empty. O(1) amortized. */
function popNormal(barred: u32): Process | null {
  for (;;) {
    const process = changetype<Process>(queueHead(PRIORITY_NORMAL));
    if (!(process.priority & <u8>PRIORITY_LOW)) break;
    const address = <u32>changetype<usize>(process);
    if (barred & (1 << PRIORITY_LOW) && address == control.passedFirst) return null;
    if (<u32>process.priority < PASS) {
      process.priority = fresh(PRIORITY_LOW);
      break;
    }
    if (!control.passedFirst) control.passedFirst = address;
    changePriority(process, process.priority - <u8>PASS);
  }
  return takeFirst(PRIORITY_NORMAL);
}

/** Takes the first of a queue that is not empty. O(1). */
@inline
function takeFirst(priority: u32): Process {
  const process = changetype<Process>(queueHead(priority));
  const next = process.queueNext;
  setHead(priority, next);
  if (next) {
    changetype<Process>(next).queuePrev = 0;
  } else {
    setTail(priority, 0);
    control.occupied &= ~(1 << priority);
  }
  return process;
}

/** The debug build's check of this structure: 0, or 200 + what is broken. O(slots). */
export function verifyQueue(): u32 {
  let runnable: u32 = 0;
  for (let slot: u32 = 1; slot < control.processFresh; slot++) {
    if (processAt(slot).state == STATE_RUNNABLE) runnable++;
    if (!isPriority(processAt(slot).priority)) return 209;
  }
  if (control.occupied >> (PRIORITY_MAX + 1) || control.occupied & 1 << PRIORITY_LOW) return 201;
  for (let priority: u32 = 0; priority <= PRIORITY_MAX; priority++) {
    let before: u32 = 0;
    for (let at = queueHead(priority); at; at = changetype<Process>(at).queueNext) {
      const process = changetype<Process>(at);
      if (process.state != STATE_RUNNABLE || queueOf(process.priority) != priority) return 203;
      if (process.queuePrev != before) return 204;
      if (runnable == 0) return 205;
      runnable--;
      before = at;
    }
    if (queueTail(priority) != before) return 206;
    if (((control.occupied >> priority) & 1) != <u32>(before != 0)) return 207;
  }
  return runnable ? 208 : 0;
}
