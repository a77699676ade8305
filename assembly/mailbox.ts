// Mailboxes: FIFO chains of blocks with a cursor, which is where receive has got to.
//
//   head ─► b1 ─► b2 ─► b3 ─► b4 ◄─ tail
//                 ▲ cursor: receive has looked at b1 and b2 and looks at b3 next
//
// Priority messages come first; `priorityTail` in the cold record is the last of them.
//
// I1  messages = blocks between head and tail; head = 0 exactly if tail = 0.
// I2  The cursor is 0 or a block of the chain.
// I3  Priority messages stand before all others; priorityTail is 0 exactly if there is none.
// Costs: append, look, advance, remove at the cursor are O(1).

import {
  KIND_NATIVE, MESSAGE_BYTES, MESSAGE_DOWN, MESSAGE_NUMBER, STATE_EXITING, STATE_FREE,
  STATE_SUSPENDED, STATE_WAITING,
} from "./abi";
import { Block, BLOCK_IN_RELATION, BLOCK_LOOSE, BLOCK_PRIORITY, dropBlock } from "./block";
import { control, invariant } from "./control";
import { entered, left } from "./guards";
import { isHead } from "./memory";
import { isWhole } from "./payload";
import {
  coldForWriting, coldOf, FLAG_AWAITING, FLAG_COLD, FLAG_GUARDED, Process, processAt, slotOf,
} from "./process";
import { isRelation, ownerOf, Relation, RELATION_SIGNAL, relationKind } from "./relation";

/** Appends a block. O(1). */
@inline
export function append(process: Process, block: Block): void {
  const address = <u32>changetype<usize>(block);
  block.next = 0;
  if (process.tail) changetype<Block>(process.tail).next = address;
  else process.head = address;
  process.tail = address;
  const messages = process.messages + 1;
  process.messages = messages;
  if (messages > control.queueHigh || process.flags & FLAG_GUARDED) entered(process, block);
}

/**
 * Puts a priority message behind the others of its kind. A receive that has passed over that place
 * looks at it next; one that awaits another message does not. O(1).
 */
export function appendPriority(process: Process, block: Block): void {
  const cold = coldForWriting(process);
  const before = cold.priorityTail;
  insertAfter(process, before, block);
  cold.priorityTail = <u32>changetype<usize>(block);
  if (<u32>changetype<usize>(process) == control.running) control.priorityCame = 1;
  const cursor = process.cursor;
  if (cursor == 0 || cursor == before) return; // the block is what it looks at, or comes later
  if (changetype<Block>(cursor).flags & BLOCK_PRIORITY) return; // it will come to the block
  const isAsleep = process.state == STATE_WAITING || process.state == STATE_SUSPENDED;
  const passes = isAsleep && process.flags & FLAG_AWAITING && !isAwaited(process, block);
  if (!passes) process.cursor = before;
}

/** The block at the cursor, or null at the end. O(1). */
export function atCursor(process: Process): Block | null {
  const cursor = process.cursor;
  return changetype<Block | null>(cursor ? changetype<Block>(cursor).next : process.head);
}

/** Moves the cursor past the block that it looks at, if there is one. O(1). */
export function advance(process: Process): void {
  const block = atCursor(process);
  if (block !== null) process.cursor = <u32>changetype<usize>(block);
}

/** Removes the block behind `before` (0: the head). The cursor must not be on it. O(1). */
export function removeAfter(process: Process, before: u32): Block {
  const address = before ? changetype<Block>(before).next : process.head;
  invariant(address != 0 && address != process.cursor);
  const block = changetype<Block>(address);
  if (before) changetype<Block>(before).next = block.next;
  else process.head = block.next;
  if (process.tail == address) process.tail = before;
  process.messages -= 1;
  block.next = 0;
  if ((process.flags & FLAG_GUARDED) | (block.flags & BLOCK_PRIORITY)) {
    afterRemoval(process, before, block);
  }
  return block;
}

/** The accounts of a block that has left its mailbox. O(1). */
function afterRemoval(process: Process, before: u32, block: Block): void {
  if (block.flags & BLOCK_PRIORITY) {
    const cold = coldOf(process);
    if (cold.priorityTail == <u32>changetype<usize>(block)) cold.priorityTail = before;
  }
  if (process.flags & FLAG_GUARDED) left(process, block);
}

/** Whether a block is one that an awaiting process waits for: by its reference or tag. O(1). */
export function isAwaited(process: Process, block: Block): bool {
  const awaited = coldOf(process).waitRef;
  return awaited < 0 ? <f64>block.tag == -1 - awaited : block.ref == awaited;
}

/** Puts a block in behind another (0: at the head). O(1). */
export function insertAfter(process: Process, before: u32, block: Block): void {
  const address = <u32>changetype<usize>(block);
  if (before) {
    block.next = changetype<Block>(before).next;
    changetype<Block>(before).next = address;
  } else {
    block.next = process.head;
    process.head = address;
  }
  if (process.tail == before) process.tail = address;
  process.messages += 1;
  if (process.messages > control.queueHigh || process.flags & FLAG_GUARDED) entered(process, block);
}

/**
 * Removes the oldest block of a mailbox that is not empty, has its cursor at the head, no guard and
 * no priority messages. O(1).
 */
export function shift(process: Process): Block {
  const block = changetype<Block>(process.head);
  process.head = block.next;
  if (process.head == 0) process.tail = 0;
  process.messages -= 1;
  return block;
}

/** The DOWN with this reference, or null. O(n). */
export function findDown(process: Process, ref: f64): Block | null {
  for (let at = process.head; at; at = changetype<Block>(at).next) {
    const block = changetype<Block>(at);
    if (block.kind == MESSAGE_DOWN && block.ref == ref) return block;
  }
  return null;
}

/** The n-th block, or null. O(n). */
export function blockAt(process: Process, n: u32): Block | null {
  let at = process.head;
  for (let left = n; at && left; left--) at = changetype<Block>(at).next;
  return changetype<Block | null>(at);
}

/** Removes one given block, wherever it lies; false if it is not in this mailbox. O(n). */
export function removeBlock(process: Process, wanted: Block): bool {
  let before: u32 = 0;
  let address = process.head;
  while (address) {
    if (address == <u32>changetype<usize>(wanted)) {
      if (process.cursor == address) process.cursor = before;
      if (control.runningAfter == address) control.runningAfter = before;
      removeAfter(process, before);
      return true;
    }
    before = address;
    address = changetype<Block>(address).next;
  }
  return false;
}

/** Drops every block with its payload. O(n). */
export function dropAll(process: Process): void {
  let address = process.head;
  while (address) {
    const block = changetype<Block>(address);
    address = block.next;
    dropBlock(block);
  }
  process.head = 0;
  process.tail = 0;
  process.cursor = 0;
  process.messages = 0;
  if (process.flags & FLAG_COLD) coldOf(process).priorityTail = 0;
}

/** Whether a block may lie in this process's mailbox. O(1). */
function isBlockOf(process: Process, address: u32): bool {
  const isSignal = isRelation(address);
  if (!isSignal && !isHead(address)) return false;
  const block = changetype<Block>(address);
  if (block.kind < MESSAGE_NUMBER || block.kind > MESSAGE_DOWN) return false;
  if (block.flags & BLOCK_LOOSE) return false;
  if (block.kind == MESSAGE_BYTES && (isSignal || !isWhole(block))) return false;
  if (((block.flags & BLOCK_IN_RELATION) != 0) != isSignal) return false;
  if (!isSignal) return true;
  const relation = changetype<Relation>(address);
  return relationKind(relation) == RELATION_SIGNAL && ownerOf(relation) == slotOf(process);
}

function verifyMailbox(process: Process): u32 {
  let before: u32 = 0;
  let left = process.messages;
  let cursorFound = process.cursor == 0;
  let lastPriority: u32 = 0;
  for (let at = process.head; at; at = changetype<Block>(at).next) {
    if (!isBlockOf(process, at)) return 301;
    if (left == 0) return 302;
    left--;
    if (at == process.cursor) cursorFound = true;
    if (changetype<Block>(at).flags & BLOCK_PRIORITY) {
      if (lastPriority != before) return 307;
      lastPriority = at;
    }
    before = at;
  }
  if (left || process.tail != before) return 303;
  if (!cursorFound) return 304;
  if (coldOf(process).priorityTail != lastPriority) return 308;
  const waits = process.state == STATE_WAITING;
  const mayAwait = waits || process.state == STATE_SUSPENDED || process.kind == KIND_NATIVE;
  if (process.flags & FLAG_AWAITING && !mayAwait) return 305;
  return waits && atCursor(process) !== null ? 306 : 0;
}

/** The debug build's check of this structure: 0, or 300 + what is broken. O(messages). */
export function verifyMailboxes(): u32 {
  for (let slot: u32 = 1; slot < control.processFresh; slot++) {
    const process = processAt(slot);
    if (process.state == STATE_FREE || process.state >= STATE_EXITING) continue;
    const broken = verifyMailbox(process);
    if (broken) return broken;
  }
  return 0;
}
