// The run queue: a doubly linked FIFO of records per priority, and a bitmap of those in use.
//
//   occupied 0b0011      max ∅   high ∅   low: 9   normal: 4 ⇄ 7 ⇄ 2
//
// max comes before high, high before the rest; low has one turn for LOW_PASSES of normal.
//
// I1  A process is in a queue exactly if its state is RUNNABLE.
// I2  Bit p of `occupied` is set exactly if the queue of priority p is not empty.
// Costs: push, remove and pop are O(1).

import {
  PRIORITY_HIGH, PRIORITY_LOW, PRIORITY_MAX, PRIORITY_NORMAL, STATE_RUNNABLE,
} from "./abi";
import { control, QUEUES } from "./control";
import { LOW_PASSES } from "./limits";
import { Process, processAt } from "./process";

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
  const priority = <u32>process.priority;
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
  const priority = <u32>process.priority;
  const next = process.queueNext;
  const prev = process.queuePrev;
  if (prev) changetype<Process>(prev).queueNext = next;
  else setHead(priority, next);
  if (next) changetype<Process>(next).queuePrev = prev;
  else setTail(priority, prev);
  if (!(next | prev)) control.occupied &= ~(1 << priority);
}

/** The priority whose turn it is; the queue must not be empty. O(1). */
function nextPriority(): u32 {
  const occupied = control.occupied;
  if (occupied == 1 << PRIORITY_NORMAL) return PRIORITY_NORMAL;
  if (occupied & (1 << PRIORITY_MAX)) return PRIORITY_MAX;
  if (occupied & (1 << PRIORITY_HIGH)) return PRIORITY_HIGH;
  if (!(occupied & (1 << PRIORITY_LOW))) return PRIORITY_NORMAL;
  if (!(occupied & (1 << PRIORITY_NORMAL)) || control.lowPassed >= LOW_PASSES) {
    control.lowPassed = 0;
    return PRIORITY_LOW;
  }
  control.lowPassed += 1;
  return PRIORITY_NORMAL;
}

/** Takes the next process to run; null when none is runnable. O(1). */
export function popRunnable(): Process | null {
  if (!control.occupied) return null;
  const priority = nextPriority();
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
  }
  if (control.occupied >> (PRIORITY_MAX + 1)) return 201;
  if (control.lowPassed > LOW_PASSES) return 202;
  for (let priority: u32 = 0; priority <= PRIORITY_MAX; priority++) {
    let before: u32 = 0;
    for (let at = queueHead(priority); at; at = changetype<Process>(at).queueNext) {
      const process = changetype<Process>(at);
      if (process.state != STATE_RUNNABLE || <u32>process.priority != priority) return 203;
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
