// The timer wheel: seven levels of 64 slots; a slot of level n spans 64^n ms.
//
//   level 0   │0│1│2│ … │63│      1 ms a slot      a timer lies in the level of the highest
//   level 1   │0│1│2│ … │63│     64 ms a slot      group of 6 bits in which its deadline and
//   …                                              the elapsed time differ
//   level 6   │0│1│2│ … │63│    2.2 years a slot
//
// When time reaches a slot of an upper level, its timers move down in order; those of level 0 fire.
// A slot is a circular list whose head is a WheelNode without deadline.
//
// I1  Bit s of level n's bitmap is set exactly if that slot's list is not empty.
// I2  Deadlines are ≥ elapsed; equal deadlines fire in the order in which they were armed.
// Costs: arm and cancel O(1); fire O(1), with at most 6 moves down in its life.

import { control, invariant, WHEEL_BITMAPS, WHEEL_SLOTS } from "./control";
import { CLOCK_MS_MAX, UPTIME_MS_MAX } from "./limits";

export const WHEEL_LEVELS: u32 = 7;
const LEVEL_BITS: u32 = 6;
const LEVEL_SLOTS: u32 = 64;

@unmanaged
export class WheelNode {
  next: u32;
  prev: u32;
  deadline: u64; // in ticks of 1 ms since the epoch
}
if (offsetof<WheelNode>() != 16) ERROR("WheelNode must have 16 bytes");

function slotHead(level: u32, slot: u32): WheelNode {
  return changetype<WheelNode>(WHEEL_SLOTS + ((level * LEVEL_SLOTS + slot) << 3));
}

function bitmap(level: u32): u64 {
  return load<u64>(WHEEL_BITMAPS + (level << 3));
}

function setBitmap(level: u32, bits: u64): void {
  store<u64>(WHEEL_BITMAPS + (level << 3), bits);
}

/** Makes every slot an empty list. Once, at init. */
export function initWheel(): void {
  for (let level: u32 = 0; level < WHEEL_LEVELS; level++) {
    for (let slot: u32 = 0; slot < LEVEL_SLOTS; slot++) {
      const head = slotHead(level, slot);
      head.next = <u32>changetype<usize>(head);
      head.prev = head.next;
    }
  }
}

/** The tick at which something due in `ms` fires: never early. O(1). */
export function deadlineIn(ms: f64): u64 {
  return <u64>ceil(control.now - control.epoch + ms);
}

/** The tick of a time of the host's clock, past or to come. O(1). */
export function deadlineAt(time: f64): u64 {
  return <u64>max<f64>(ceil(time - control.epoch), 0);
}

/** Links a node into the wheel. O(1). */
export function arm(node: WheelNode, deadline: u64): void {
  if (deadline < control.elapsed) deadline = control.elapsed;
  control.firedAt = NaN;
  node.deadline = deadline;
  const differing = (deadline ^ control.elapsed) | (LEVEL_SLOTS - 1);
  const level: u32 = (63 - <u32>clz(differing)) / LEVEL_BITS;
  invariant(level < WHEEL_LEVELS);
  const slot = <u32>(deadline >> (level * LEVEL_BITS)) & (LEVEL_SLOTS - 1);
  const head = slotHead(level, slot);
  const last = changetype<WheelNode>(head.prev);
  node.next = <u32>changetype<usize>(head);
  node.prev = head.prev;
  last.next = <u32>changetype<usize>(node);
  head.prev = <u32>changetype<usize>(node);
  setBitmap(level, bitmap(level) | ((<u64>1) << slot));
}

/** Unlinks a node. O(1). */
export function disarm(node: WheelNode): void {
  changetype<WheelNode>(node.prev).next = node.next;
  changetype<WheelNode>(node.next).prev = node.prev;
  if (node.next == node.prev) clearIfHead(node.next);
  node.next = 0;
  node.prev = 0;
}

/** Clears a slot's bit if this address is the head of a list that is empty now. O(1). */
function clearIfHead(address: u32): void {
  const offset = address - <u32>WHEEL_SLOTS;
  if (offset >= WHEEL_LEVELS * LEVEL_SLOTS * 8) return;
  if (changetype<WheelNode>(address).next != address) return;
  const level = offset / (LEVEL_SLOTS * 8);
  const slot = (offset >> 3) & (LEVEL_SLOTS - 1);
  setBitmap(level, bitmap(level) & ~((<u64>1) << slot));
}

/** The level of the first slot in use, or WHEEL_LEVELS if there is none. O(1). */
function firstLevel(): u32 {
  let level: u32 = 0;
  while (level < WHEEL_LEVELS && bitmap(level) == 0) level++;
  return level;
}

/** The first slot in use of a level, which lies at or after the elapsed time. O(1). */
function firstSlot(level: u32): u32 {
  return <u32>ctz(bitmap(level));
}

/** The tick at which a slot begins. O(1). */
function slotStart(level: u32, slot: u32): u64 {
  const shift = level * LEVEL_BITS;
  const above = control.elapsed >> (shift + LEVEL_BITS);
  return ((above << LEVEL_BITS) | <u64>slot) << shift;
}

/** Tells the time; false if it can't be one. A clock that goes back stands still. O(1). */
export function setClock(nowMs: f64): bool {
  if (!(abs(nowMs) <= CLOCK_MS_MAX)) return false;
  if (control.ticking && nowMs - control.epoch > UPTIME_MS_MAX) return false;
  if (!control.ticking) {
    control.ticking = 1;
    control.epoch = nowMs;
    control.now = nowMs;
  } else if (nowMs > control.now) {
    control.now = nowMs;
  }
  return true;
}

/**
 * Tells a restored kernel the time, maybe of another clock. What is later than the time told last
 * has gone by; earlier, nothing has: deadlines are as far off as they were, to the precision of an
 * f64. O(1).
 */
export function resumeClock(nowMs: f64): bool {
  if (!control.ticking || !(nowMs < control.now)) return setClock(nowMs);
  if (nowMs < -CLOCK_MS_MAX) return false;
  let epoch = nowMs - (control.now - control.epoch);
  while (nowMs - epoch < <f64>control.elapsed) epoch -= max(abs(epoch), 1) * f64.EPSILON;
  control.epoch = epoch;
  control.now = nowMs;
  control.firedAt = NaN;
  return true;
}

/**
 * When the host must call step again for a timer, in ms on its clock; infinite if never,
 * minus infinite (now) if it has told no time yet. O(1).
 */
export function nextDeadline(): f64 {
  const level = firstLevel();
  if (level == WHEEL_LEVELS) return f64.POSITIVE_INFINITY;
  if (!control.ticking) return f64.NEGATIVE_INFINITY;
  return control.epoch + <f64>slotStart(level, firstSlot(level));
}

/** Moves a slot's nodes to lower levels: all at once, or one moved down would hide the rest. */
function moveDown(head: WheelNode): void {
  while (head.next != <u32>changetype<usize>(head)) {
    const node = changetype<WheelNode>(head.next);
    disarm(node);
    arm(node, node.deadline);
  }
}

/**
 * The next node that is due by now, unlinked; null when the wheel has caught up with the time.
 * Moves timers down on its way. O(1) amortised.
 */
export function nextDue(): WheelNode | null {
  if (control.now == control.firedAt) return null;
  const due = <u64>(control.now - control.epoch);
  for (;;) {
    const level = firstLevel();
    if (level == WHEEL_LEVELS) break;
    const slot = firstSlot(level);
    const start = slotStart(level, slot);
    if (start > due) break;
    if (start > control.elapsed) control.elapsed = start;
    const head = slotHead(level, slot);
    if (level == 0) {
      const node = changetype<WheelNode>(head.next);
      disarm(node);
      return node;
    }
    moveDown(head);
  }
  if (due > control.elapsed) control.elapsed = due;
  control.firedAt = control.now;
  return null;
}

/** The debug build's count of the nodes in the wheel. O(slots + nodes). */
export function wheelNodes(): u32 {
  let nodes: u32 = 0;
  for (let index: u32 = 0; index < WHEEL_LEVELS * LEVEL_SLOTS; index++) {
    const head = slotHead(index / LEVEL_SLOTS, index % LEVEL_SLOTS);
    for (let at = head.next; at != <u32>changetype<usize>(head); nodes++) {
      at = changetype<WheelNode>(at).next;
    }
  }
  return nodes;
}

/** Whether a slot's list is circular and holds what belongs into it, in order. O(nodes). */
function verifySlot(level: u32, slot: u32): u32 {
  const head = slotHead(level, slot);
  let before = <u32>changetype<usize>(head);
  for (let at = head.next; at != <u32>changetype<usize>(head);) {
    const node = changetype<WheelNode>(at);
    if (node.prev != before) return 801;
    if (node.deadline < control.elapsed) return 802;
    const differing = (node.deadline ^ control.elapsed) | (LEVEL_SLOTS - 1);
    if ((63 - <u32>clz(differing)) / LEVEL_BITS != level) return 803;
    if ((<u32>(node.deadline >> (level * LEVEL_BITS)) & (LEVEL_SLOTS - 1)) != slot) return 804;
    before = at;
    at = node.next;
  }
  if (head.prev != before) return 805;
  const isUsed = head.next != <u32>changetype<usize>(head);
  return <u32>((bitmap(level) >> slot) & 1) == <u32>isUsed ? 0 : 806;
}

/** The debug build's check of this structure: 0, or 800 + what is broken. O(slots + nodes). */
export function verifyWheel(): u32 {
  for (let index: u32 = 0; index < WHEEL_LEVELS * LEVEL_SLOTS; index++) {
    const broken = verifySlot(index / LEVEL_SLOTS, index % LEVEL_SLOTS);
    if (broken) return broken;
  }
  if (!(control.now >= control.epoch)) return 807;
  return control.elapsed <= <u64>(control.now - control.epoch) ? 0 : 808;
}
