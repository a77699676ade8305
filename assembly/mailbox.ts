// Mailboxes: FIFO chains of blocks with a cursor, which is where receive has got to.
//
//   head ─► b1 ─► b2 ─► b3 ─► b4 ◄─ tail
//                 ▲ cursor: receive has looked at b1 and b2 and looks at b3 next
//
// I1  messages = blocks between head and tail; head = 0 exactly if tail = 0.
// I2  The cursor is 0 or a block of the chain.
// Costs: append, look, advance, remove at the cursor are O(1).

import { invariant } from "./control";
import { Block, dropBlock } from "./block";
import { Process } from "./process";

/** Appends a block. O(1). */
export function append(process: Process, block: Block): void {
  const address = <u32>changetype<usize>(block);
  block.next = 0;
  if (process.tail) changetype<Block>(process.tail).next = address;
  else process.head = address;
  process.tail = address;
  process.messages += 1;
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
  return block;
}

/** Removes the oldest block; the mailbox must not be empty, the cursor at the head. O(1). */
export function shift(process: Process): Block {
  const block = changetype<Block>(process.head);
  process.head = block.next;
  if (process.head == 0) process.tail = 0;
  process.messages -= 1;
  return block;
}

/** Removes one given block, wherever it lies; false if it is not in this mailbox. O(n). */
export function removeBlock(process: Process, wanted: Block): bool {
  let before: u32 = 0;
  let address = process.head;
  while (address) {
    if (address == <u32>changetype<usize>(wanted)) {
      if (process.cursor == address) process.cursor = before;
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
}
