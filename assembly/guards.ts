// Guards: what limits and watches a mailbox. A record of 32 bytes for each process that has any.
//
//   │ limits │ used │ policies │ notices: what the host is to be told, in a list by itself │
//
//   admit ─ one more message? ─► OK │ MAILBOX_FULL │ dropped │ its process ends
//   entered, left ─ the account of a mailbox ─► LONG_QUEUE, SHORT_QUEUE
//
// Limits are looked at when a message is sent. Signals and timers always come in: they count for
// the memory and the marks, not for the limit of messages.
//
// I1  A guard record without the flag GUARDED is all zero.
// I2  memoryUsed and signals are those of the blocks in the mailbox.
// I3  A process is in the list of notices exactly if its notices are not 0.
// Costs: O(1); the first guard of a process O(its mailbox).

import {
  ATOM_KILLED, BAD_ARGUMENT, COUNTER_DEAD_LETTERS, EVENT_LONG_QUEUE, EVENT_LONG_SCHEDULE,
  EVENT_MEMORY_LIMIT, EVENT_SHORT_QUEUE, KIND_NATIVE, MAILBOX_FULL, MEMORY_KILL, MEMORY_REPORT, OK,
  POLICY_DROP, POLICY_REFUSE, REASON_ATOM, STATE_EXITING, STATE_FREE, STATE_RETIRED,
  WATCH_QUEUE_HIGH, WATCH_QUEUE_LOW, WATCH_SCHEDULE,
} from "./abi";
import { Block, BLOCK_IN_RELATION, blockBytes } from "./block";
import { control, count } from "./control";
import { eventRoom, putEvent } from "./events";
import { GUARD_BYTES } from "./limits";
import { FLAG_FINISHED, FLAG_GUARDED, Process, processAt, slotOf } from "./process";
import { die, reap } from "./signals";

/** Sets a mark of the system monitor; the old one, or BAD_ARGUMENT. O(1). */
export function setWatch(item: u32, value: u32): f64 {
  let old: u32 = 0;
  if (item == WATCH_QUEUE_LOW) {
    old = control.queueLow;
    control.queueLow = value;
    return old;
  }
  const mark = value ? value : u32.MAX_VALUE;
  if (item == WATCH_QUEUE_HIGH) {
    old = control.queueHigh;
    control.queueHigh = mark;
  } else if (item == WATCH_SCHEDULE) {
    old = control.scheduleHigh;
    control.scheduleHigh = mark;
  } else {
    return <f64>BAD_ARGUMENT;
  }
  return old == u32.MAX_VALUE ? 0 : old;
}

/** What `admit` answers when the message is a dead letter and its sender hears nothing of it. */
export const DROPPED: i32 = 3;

@unmanaged
export class Guard {
  mailboxLimit: u32; // messages, 0: none
  memoryLimit: u32; // bytes, 0: none
  memoryUsed: u32; // bytes of the blocks in the mailbox
  signals: u32; // of them, how many are not ordinary messages
  mailboxPolicy: u8;
  memoryPolicy: u8;
  notices: u8; // bit n: the event of kind LONG_QUEUE + n is due
  isLong: u8; // LONG_QUEUE was the last of the two
  next: u32; // process in the list of notices
  prev: u32;
  cost: u32; // reductions of the longest turn that is due
}
if (offsetof<Guard>() != GUARD_BYTES) ERROR("Guard must have 32 bytes");

/** The guard record of a process, for reading. O(1). */
export function guardOf(process: Process): Guard {
  return changetype<Guard>(control.guards + slotOf(process) * GUARD_BYTES);
}

/** The guard record of a process, for writing. O(1), the first time O(mailbox). */
export function guardForWriting(process: Process): Guard {
  const guard = guardOf(process);
  if (process.flags & FLAG_GUARDED) return guard;
  process.flags |= FLAG_GUARDED;
  guard.memoryPolicy = <u8>(MEMORY_KILL | MEMORY_REPORT);
  for (let at = process.head; at; at = changetype<Block>(at).next) {
    add(guard, changetype<Block>(at));
  }
  return guard;
}

function add(guard: Guard, block: Block): void {
  guard.memoryUsed += blockBytes(block);
  if (block.flags & BLOCK_IN_RELATION) guard.signals += 1;
}

/** After a block has come into a mailbox that is guarded or beyond the high-water mark. O(1). */
export function entered(process: Process, block: Block): void {
  const guard = guardOf(process);
  if (process.flags & FLAG_GUARDED) add(guard, block);
  else guardForWriting(process);
  if (process.messages <= control.queueHigh || guard.isLong) return;
  guard.isLong = 1;
  notify(process, EVENT_LONG_QUEUE);
  guard.notices &= ~noticeBit(EVENT_SHORT_QUEUE); // it is long again before that was told
}

/** After a block has left a guarded mailbox. O(1). */
export function left(process: Process, block: Block): void {
  const guard = guardOf(process);
  guard.memoryUsed -= blockBytes(block);
  if (block.flags & BLOCK_IN_RELATION) guard.signals -= 1;
  // What a native handler has been shown may come back: then handlers.ts asks later.
  if (<u32>changetype<usize>(process) != control.running) noteShort(process);
}

/** Whether a queue that was long is short again: then the host is to be told. O(1). */
export function noteShort(process: Process): void {
  const guard = guardOf(process);
  if (!guard.isLong || process.messages > control.queueLow) return;
  guard.isLong = 0;
  notify(process, EVENT_SHORT_QUEUE);
}

/** Whether one more message of so many bytes may be sent: OK, MAILBOX_FULL or DROPPED. */
export function admit(process: Process, bytes: u32): i32 {
  const guard = guardOf(process);
  if (guard.memoryLimit && <u64>guard.memoryUsed + bytes > <u64>guard.memoryLimit) {
    const policy = guard.memoryPolicy;
    if (policy & <u8>MEMORY_REPORT) notify(process, EVENT_MEMORY_LIMIT);
    if (policy & <u8>MEMORY_KILL) return kill(process);
  }
  if (!guard.mailboxLimit || process.messages - guard.signals < guard.mailboxLimit) return OK;
  if (guard.mailboxPolicy == POLICY_REFUSE) return MAILBOX_FULL;
  if (guard.mailboxPolicy != POLICY_DROP) return kill(process);
  count(COUNTER_DEAD_LETTERS, 1);
  return DROPPED;
}

function kill(process: Process): i32 {
  count(COUNTER_DEAD_LETTERS, 1);
  die(process, REASON_ATOM, ATOM_KILLED);
  return DROPPED;
}

/** After a turn or slice that has cost more than the system monitor watches for. O(1). */
export function noteSchedule(process: Process, cost: u32): void {
  const guard = guardForWriting(process);
  guard.cost = max(guard.cost, cost);
  notify(process, EVENT_LONG_SCHEDULE);
}

function noticeBit(event: u32): u8 {
  return <u8>((<u32>1) << (event - EVENT_LONG_QUEUE));
}

/** Puts an event on the list of what the host is to be told. O(1). */
function notify(process: Process, event: u32): void {
  const guard = guardOf(process);
  const isListed = guard.notices != 0;
  guard.notices |= noticeBit(event);
  if (isListed) return;
  const address = <u32>changetype<usize>(process);
  guard.next = 0;
  guard.prev = control.noticeTail;
  if (control.noticeTail) guardOf(changetype<Process>(control.noticeTail)).next = address;
  else control.noticeHead = address;
  control.noticeTail = address;
}

/** Takes a process off the list of notices, wherever it stands. O(1). */
function unlist(guard: Guard): void {
  if (guard.prev) guardOf(changetype<Process>(guard.prev)).next = guard.next;
  else control.noticeHead = guard.next;
  if (guard.next) guardOf(changetype<Process>(guard.next)).prev = guard.prev;
  else control.noticeTail = guard.prev;
}

/** Whether the host is still to be told of a process. O(1). */
export function hasNotices(process: Process): bool {
  return (process.flags & FLAG_GUARDED) != 0 && guardOf(process).notices != 0;
}

/** Writes an event if it is due; false if the ring has no room for it. O(1). */
function report(process: Process, event: u32, value: f64): bool {
  const guard = guardOf(process);
  if (!(guard.notices & noticeBit(event))) return true;
  if (!eventRoom()) return false;
  guard.notices &= ~noticeBit(event);
  putEvent(event, 0, process.pid, value);
  return true;
}

/** Tells the host what guards have noticed, while the ring has room. O(noticed). */
export function reportNotices(): void {
  while (control.noticeHead) {
    const process = changetype<Process>(control.noticeHead);
    const guard = guardOf(process);
    if (!report(process, EVENT_LONG_QUEUE, process.messages)) return;
    if (!report(process, EVENT_SHORT_QUEUE, process.messages)) return;
    if (!report(process, EVENT_LONG_SCHEDULE, guard.cost)) return;
    guard.cost = 0;
    if (!report(process, EVENT_MEMORY_LIMIT, guard.memoryUsed)) return;
    unlist(guard);
    if (process.state != STATE_EXITING) continue;
    if (process.kind == KIND_NATIVE || process.flags & FLAG_FINISHED) reap(process);
  }
}

/** Clears the record of a process that has ended, and drops what was not told of it. O(1). */
export function clearGuard(process: Process): void {
  const guard = guardOf(process);
  if (guard.notices) unlist(guard);
  memory.fill(changetype<usize>(guard), 0, GUARD_BYTES);
}

/** Whether a guard record is all zero. O(1). */
function isZero(process: Process): bool {
  const address = changetype<usize>(guardOf(process));
  let bits: u64 = 0;
  for (let at: usize = 0; at < GUARD_BYTES; at += 8) bits |= load<u64>(address + at);
  return bits == 0;
}

/** Whether the account of a mailbox is right. O(mailbox). */
function verifyAccount(process: Process): bool {
  let bytes: u32 = 0;
  let signals: u32 = 0;
  for (let at = process.head; at; at = changetype<Block>(at).next) {
    bytes += blockBytes(changetype<Block>(at));
    if (changetype<Block>(at).flags & BLOCK_IN_RELATION) signals++;
  }
  return guardOf(process).memoryUsed == bytes && guardOf(process).signals == signals;
}

/** The debug build's check of this structure: 0, or 1400 + what is broken. O(slots + messages). */
export function verifyGuards(): u32 {
  let due: u32 = 0;
  for (let slot: u32 = 1; slot < control.processFresh; slot++) {
    const process = processAt(slot);
    if (!(process.flags & FLAG_GUARDED)) {
      if (!isZero(process)) return 1401;
      continue;
    }
    if (process.state == STATE_FREE || process.state == STATE_RETIRED) return 1402;
    if (process.state != STATE_EXITING && !verifyAccount(process)) return 1403;
    if (guardOf(process).notices) due++;
  }
  let before: u32 = 0;
  for (let at = control.noticeHead; at; at = guardOf(changetype<Process>(at)).next) {
    const guard = guardOf(changetype<Process>(at));
    if (guard.prev != before || guard.notices == 0 || due == 0) return 1404;
    due--;
    before = at;
  }
  return due || control.noticeTail != before ? 1405 : 0;
}
