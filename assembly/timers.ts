// Timers: messages that come later, and the receive timeouts of host processes.
//
// A timer is a relation that its *destination* owns: it dies with the destination, not with its
// starter. A timer to a name is nobody's; its relation has no list, and the name lies in a block:
//
//   process ─ timers ─► timer ⇄ timer          timer to a name ─ ownNext ─► block: │ timer │ name │
//
// A receive timeout lies in the process's cold record, so that waiting never fails.
// Costs: start, cancel and read are O(1); to a name, start and fire O(its length) expected.

import {
  BAD_ARGUMENT, COUNTER_TIMERS, LIMIT, MESSAGE_HANDLE, NOT_FOUND, NO_MEMORY, TIMER_ABSOLUTE,
} from "./abi";
import { Block, dropBlock, setWord } from "./block";
import { control, count, counted } from "./control";
import { CLOCK_MS_MAX, TIMER_MS_MAX } from "./limits";
import { freeBlock, isBlock } from "./memory";
import { bytesOfKey, createKeyBlock, hashOf, isNameLength, Key } from "./name-table";
import { lookUpHashed } from "./names";
import {
  Cold, coldForWriting, coldOf, FLAG_COLD, FLAG_TIMED_OUT, Process, processAt, slotOf,
} from "./process";
import {
  allocateRelation, findRelation, ownerOf, pushOwn, refOf, Relation, RELATION_NAMED_TIMER,
  RELATION_TIMER, relationAt, relationKind, relationsLeft, relationsOfKind, removeOwn,
} from "./relation";
import { arm, deadlineAt, deadlineIn, disarm, WheelNode, wheelNodes } from "./wheel";

const NAME_HEAD_BYTES: u32 = 4; // the timer's address, before the key

function timersOf(process: Process): usize {
  return changetype<usize>(coldOf(process)) + offsetof<Cold>("timers");
}

function nodeOf(timer: Relation): WheelNode {
  return changetype<WheelNode>(changetype<usize>(timer) + offsetof<Relation>("otherNext"));
}

function timeoutOf(process: Process): WheelNode {
  return changetype<WheelNode>(changetype<usize>(coldOf(process)) + offsetof<Cold>("timerNext"));
}

/** Whether a length of time is one: a number of ms from 0 to 2^32 - 1. O(1). */
export function isTime(ms: f64): bool {
  return ms >= 0 && ms <= TIMER_MS_MAX;
}

const NO_DEADLINE: u64 = u64.MAX_VALUE;

/**
 * The tick at which a timer fires: after `ms`, or with TIMER_ABSOLUTE when the host's clock shows
 * `ms`, at once if that is past. NO_DEADLINE if the time is none, lies more than 2^32 - 1 ms ahead,
 * or is absolute when no time was told yet. O(1).
 */
function deadlineOf(ms: f64, options: u32): u64 {
  if (options == 0) return isTime(ms) ? deadlineIn(ms) : NO_DEADLINE;
  if (options != TIMER_ABSOLUTE || !control.ticking) return NO_DEADLINE;
  if (!(abs(ms) <= CLOCK_MS_MAX) || ms - control.now > TIMER_MS_MAX) return NO_DEADLINE;
  return deadlineAt(ms);
}

/**
 * erlang:send_after/3,4: a reference, or LIMIT. With ref 0 the message bears the timer's own. A
 * handle must have been adopted. O(1).
 */
export function startTimer(
  to: Process, kind: u8, tag: u8, from: f64, ref: f64, value: f64, ms: f64, options: u32,
): f64 {
  const deadline = deadlineOf(ms, options);
  if (deadline == NO_DEADLINE) return <f64>BAD_ARGUMENT;
  const timer = allocateRelation(RELATION_TIMER, slotOf(to));
  if (timer === null) return <f64>LIMIT;
  fill(timer, kind, tag, from, ref, value);
  coldForWriting(to);
  pushOwn(timersOf(to), timer);
  return start(timer, deadline);
}

/** The same to a name, which is looked up when the time has come. NO_MEMORY. O(length). */
export function startTimerToName(
  name: usize, length: u32, kind: u8, tag: u8, from: f64, ref: f64, value: f64, ms: f64,
  options: u32,
): f64 {
  const deadline = deadlineOf(ms, options);
  if (deadline == NO_DEADLINE || !isNameLength(length)) return <f64>BAD_ARGUMENT;
  if (!relationsLeft(1)) return <f64>LIMIT;
  const block = createKeyBlock(NAME_HEAD_BYTES, name, length, hashOf(name, length));
  if (block == 0) return <f64>NO_MEMORY;
  const timer = allocateRelation(RELATION_NAMED_TIMER, 0) as Relation;
  fill(timer, kind, tag, from, ref, value);
  timer.ownNext = <u32>block;
  store<u32>(block, <u32>changetype<usize>(timer));
  return start(timer, deadline);
}

/** Makes a relation the message that it will be. O(1). */
function fill(timer: Relation, kind: u8, tag: u8, from: f64, ref: f64, value: f64): void {
  timer.kind = kind;
  timer.tag = tag;
  timer.reasonKind = 0;
  timer.from = from;
  timer.ref = ref;
  if (kind == MESSAGE_HANDLE) setWord(changetype<Block>(timer), <u32>value);
  else timer.value = value;
}

/** Arms a timer; its reference. O(1). */
function start(timer: Relation, deadline: u64): f64 {
  arm(nodeOf(timer), deadline);
  count(COUNTER_TIMERS, 1);
  return refOf(timer);
}

/** Whether a relation is a timer, to a process or to a name. O(1). */
export function isTimer(relation: Relation): bool {
  const kind = relationKind(relation);
  return kind == RELATION_TIMER || kind == RELATION_NAMED_TIMER;
}

/** The timer that a reference names, unless it has fired or was cancelled; else null. O(1). */
function findTimer(ref: f64): Relation | null {
  const relation = findRelation(ref);
  return relation !== null && isTimer(relation) ? relation : null;
}

/**
 * Who gets the message of a timer that fires: the relation is in no list then, the block with a
 * name is freed. Null if the name is nobody's now. O(1), to a name O(length) expected.
 */
export function takeReceiver(timer: Relation): Process | null {
  count(COUNTER_TIMERS, -1);
  if (relationKind(timer) == RELATION_TIMER) {
    const process = processAt(ownerOf(timer));
    removeOwn(timersOf(process), timer);
    return process;
  }
  const key = changetype<Key>(timer.ownNext + NAME_HEAD_BYTES);
  const process = lookUpHashed(bytesOfKey(key), key.length, key.hash);
  freeBlock(timer.ownNext);
  timer.ownNext = 0;
  return process;
}

/** Ms until the deadline, 0 if it is past. O(1). */
function msLeft(timer: Relation): f64 {
  const left = control.epoch + <f64>nodeOf(timer).deadline - control.now;
  return left > 0 ? ceil(left) : 0;
}

/** erlang:read_timer/1: ms left, or NOT_FOUND. O(1). */
export function readTimer(ref: f64): f64 {
  const timer = findTimer(ref);
  return timer === null ? <f64>NOT_FOUND : msLeft(timer);
}

/** erlang:cancel_timer/1: ms left, or NOT_FOUND if it has fired or never was. O(1). */
export function cancelTimer(ref: f64): f64 {
  const timer = findTimer(ref);
  if (timer === null) return <f64>NOT_FOUND;
  const left = msLeft(timer);
  dropTimer(timer);
  return left;
}

function dropTimer(timer: Relation): void {
  disarm(nodeOf(timer));
  count(COUNTER_TIMERS, -1);
  if (relationKind(timer) == RELATION_TIMER) removeOwn(timersOf(processAt(ownerOf(timer))), timer);
  else freeBlock(timer.ownNext);
  dropBlock(changetype<Block>(timer));
}

/** Drops the timers that would send to this process. O(timers). */
export function dropTimers(process: Process): void {
  const cold = coldOf(process);
  while (cold.timers) dropTimer(changetype<Relation>(cold.timers));
}

/** Arms the receive timeout if it is not running. O(1). */
export function armTimeout(process: Process, ms: f64): void {
  const node = timeoutOf(process);
  if (node.next) return;
  coldForWriting(process);
  arm(node, deadlineIn(ms));
}

/** Ends the receive timeout, run out or not: the receive is over. O(1). */
export function cancelTimeout(process: Process): void {
  process.flags &= ~FLAG_TIMED_OUT;
  if (!(process.flags & FLAG_COLD)) return;
  const node = timeoutOf(process);
  if (node.next) disarm(node);
}

/** The block with the name that a timer goes to, or 0. For the accounts. O(1). */
export function nameBlockOfTimer(relation: Relation): u32 {
  return relationKind(relation) == RELATION_NAMED_TIMER ? relation.ownNext : 0;
}

/** Whether the blocks of timers to names are theirs, with true names. O(relations). */
function areNamesSound(): bool {
  for (let slot: u32 = 1; slot < control.relationFresh; slot++) {
    const timer = relationAt(slot);
    const block = nameBlockOfTimer(timer);
    if (relationKind(timer) != RELATION_NAMED_TIMER) continue;
    if (!isBlock(block) || load<u32>(block) != <u32>changetype<usize>(timer)) return false;
    const key = changetype<Key>(block + NAME_HEAD_BYTES);
    if (!isNameLength(key.length) || ownerOf(timer) != 0) return false;
    if (hashOf(bytesOfKey(key), key.length) != key.hash) return false;
  }
  return true;
}

/** The debug build's check of this structure: 0, or 1000 + what is broken. O(slots + timers). */
export function verifyTimers(): u32 {
  const timers = relationsOfKind(RELATION_TIMER) + relationsOfKind(RELATION_NAMED_TIMER);
  if (counted(COUNTER_TIMERS) != <f64>timers) return 1001;
  let timeouts: u32 = 0;
  for (let slot: u32 = 1; slot < control.processFresh; slot++) {
    const process = processAt(slot);
    const node = timeoutOf(process);
    if ((node.next == 0) != (node.prev == 0)) return 1002;
    if (node.next == 0) continue;
    if (process.flags & FLAG_TIMED_OUT) return 1003;
    timeouts++;
  }
  if (wheelNodes() != timers + timeouts) return 1004;
  return areNamesSound() ? 0 : 1005;
}
