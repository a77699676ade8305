// Payloads: the bytes of BYTES messages, in their block, beside it, or shared by many.
//
//   inline    │ head │ bytes … │            up to 1,600
//   external  │ head │──► │ bytes … │       up to 16,384, in a block of its own that fits exactly
//   shared    │ head │─┐
//             │ head │─┴► │ head, 2 references │ bytes … │    … of which either form is referred to
//
// A *hold* is a block of BYTES that the host has: taken, or made by `share`. It may be sent as
// often as one likes, without a copy: then it is counted, and the messages refer to it. Native
// processes have holds of their own (OWNED), which outlive the host in an image.
//
// I1  word = length. Not SHARED: the word behind it is the address of the bytes. SHARED: of a
//     block that is COUNTED and not SHARED itself.
// I2  references of a COUNTED block = blocks that refer to it, + 1 if it is HELD or OWNED. It is
//     in no mailbox: `next` is the count.
// Costs: O(1), but for copying bytes in.

import { COUNTER_HOLDS, MESSAGE_BYTES } from "./abi";
import {
  Block, BLOCK_COUNTED, BLOCK_EXTERNAL, BLOCK_HEAD_BYTES, BLOCK_HELD, BLOCK_LOOSE, BLOCK_OWNED,
  BLOCK_PRIORITY, BLOCK_SHARED, createBlock, dropBlock, setWord, wordOf,
} from "./block";
import { count, invariant } from "./control";
import { INLINE_BYTES_MAX, PAYLOAD_BYTES_MAX } from "./limits";
import {
  allocateBlock, classBytes, classFor, classOf, freeBlock, isBlock, isHead, LARGE_CLASS,
} from "./memory";
import { freeSmallBlock } from "./quick";

/** What stands behind the length: the address of the bytes, or of the block referred to. O(1). */
function addressOf(block: Block): u32 {
  return load<u32>(changetype<usize>(block), offsetof<Block>("value") + 4);
}

function setAddress(block: Block, address: u32): void {
  store<u32>(changetype<usize>(block), address, offsetof<Block>("value") + 4);
}

/** Address of the bytes of a block of BYTES. O(1). */
export function bytesOf(block: Block): usize {
  const address = addressOf(block);
  return block.flags & BLOCK_SHARED ? addressOf(changetype<Block>(address)) : address;
}

/** Length of the bytes of a block of BYTES. O(1). */
export function lengthOf(block: Block): u32 {
  return wordOf(block);
}

/** Bytes of memory that a message with so many bytes takes. O(1). */
export function bytesNeeded(length: u32): u32 {
  if (length <= INLINE_BYTES_MAX) return classBytes(classFor(BLOCK_HEAD_BYTES + length));
  return BLOCK_HEAD_BYTES + classBytes(largeClassFor(length));
}

/** The block that counts the references of these bytes, or would. O(1). */
export function payloadOf(block: Block): Block {
  return block.flags & BLOCK_SHARED ? changetype<Block>(addressOf(block)) : block;
}

/** A block with a copy of bytes, at most PAYLOAD_BYTES_MAX; null: no memory. O(length). */
export function createBytes(
  tag: u8, from: f64, ref: f64, address: usize, length: u32,
): Block | null {
  const isInline = length <= INLINE_BYTES_MAX;
  const block = createBlock(MESSAGE_BYTES, tag, from, ref, isInline ? length : 0);
  if (block === null) return null;
  let bytes = changetype<usize>(block) + BLOCK_HEAD_BYTES;
  if (!isInline) {
    bytes = allocateBlock(largeClassFor(length));
    if (bytes == 0) {
      freeSmallBlock(changetype<usize>(block));
      return null;
    }
    block.flags = BLOCK_EXTERNAL;
  }
  setWord(block, length);
  setAddress(block, <u32>bytes);
  memory.copy(bytes, address, length);
  return block;
}

/** The class of a block of bare bytes. O(1). */
function largeClassFor(length: u32): u32 {
  return max(classFor(length), LARGE_CLASS);
}

/** A block that refers to the bytes of another, which is in no mailbox; null: no memory. O(1). */
@inline
export function createShared(tag: u8, from: f64, ref: f64, source: Block): Block | null {
  const block = createBlock(MESSAGE_BYTES, tag, from, ref, 0);
  if (block === null) return null;
  const payload = payloadOf(source);
  if (!(payload.flags & BLOCK_COUNTED)) {
    payload.flags |= BLOCK_COUNTED;
    payload.next = 1;
  }
  payload.next += 1;
  refer(block, payload);
  return block;
}

/**
 * Another head for the message that a handler works on, in whose place it comes, so that the block
 * itself can be counted: it does not go back into a mailbox. Null: no memory. O(1).
 */
export function detachBytes(payload: Block): Block | null {
  const block = createBlock(MESSAGE_BYTES, payload.tag, payload.from, payload.ref, 0);
  if (block === null) return null;
  refer(block, payload);
  block.flags |= payload.flags & BLOCK_PRIORITY;
  payload.flags = (payload.flags & ~BLOCK_PRIORITY) | BLOCK_COUNTED;
  payload.next = 1;
  return block;
}

/** Makes a block refer to a counted one. O(1). */
function refer(block: Block, payload: Block): void {
  block.flags = BLOCK_SHARED;
  setWord(block, wordOf(payload));
  setAddress(block, <u32>changetype<usize>(payload));
}

/** Drops a block of BYTES, and the bytes with their last reference. O(1). */
@inline
export function dropBytes(block: Block): void {
  let payload = block;
  if (block.flags & BLOCK_SHARED) {
    payload = changetype<Block>(addressOf(block));
    freeSmallBlock(changetype<usize>(block));
  }
  if (payload.flags & BLOCK_COUNTED) {
    invariant(payload.next != 0);
    payload.next -= 1;
    if (payload.next) return;
  }
  const flags = payload.flags;
  payload.flags = 0; // no free block looks like a hold
  if (flags & BLOCK_EXTERNAL) {
    freeBlock(addressOf(payload));
    freeSmallBlock(changetype<usize>(payload));
  } else {
    freeBlock(changetype<usize>(payload));
  }
}

/** Hands a block of BYTES that is in no mailbox to the host, or to a native process. O(1). */
export function holdBytes(block: Block, flag: u8): void {
  block.flags = (block.flags & ~BLOCK_PRIORITY) | flag;
  count(COUNTER_HOLDS, 1);
}

/** Whether this address is a hold of the host (BLOCK_HELD), or of native ones (OWNED). O(1). */
export function isHold(address: u32, flag: u8): bool {
  if (!isHead(address)) return false;
  const block = changetype<Block>(address);
  return block.kind == MESSAGE_BYTES && (block.flags & flag) != 0;
}

/** Takes a hold back. O(1). */
export function releaseHold(hold: Block): void {
  hold.flags &= ~(BLOCK_HELD | BLOCK_OWNED);
  count(COUNTER_HOLDS, -1);
  dropBlock(hold);
}

/** Bytes of message memory that a block of BYTES keeps in use, of shared ones its own. O(1). */
export function memoryOf(block: Block): u32 {
  const own = classBytes(classOf(<u32>changetype<usize>(block)));
  return block.flags & BLOCK_EXTERNAL ? own + classBytes(classOf(addressOf(block))) : own;
}

/** Whether a block is a hold or counted: in no mailbox, and in use. O(1). */
export function isLoose(block: Block): bool {
  return block.kind == MESSAGE_BYTES && (block.flags & BLOCK_LOOSE) != 0;
}

/** Address of the block of the bytes if they have one of their own, else 0. O(1). */
export function ownBytesOf(block: Block): u32 {
  return block.flags & BLOCK_EXTERNAL ? addressOf(block) : 0;
}

/** Adds to the count of the block that this one refers to; false if that is none. O(1). */
export function auditShared(block: Block, by: i32): bool {
  if (block.kind != MESSAGE_BYTES || !(block.flags & BLOCK_SHARED)) return true;
  if (!isWhole(block)) return false;
  const payload = payloadOf(block);
  if (by < 0 && payload.next == 0) return false;
  payload.next += by;
  return true;
}

/** Whether a block of BYTES is whole. Of the debug build's checks. O(1). */
export function isWhole(block: Block): bool {
  const head = <u32>changetype<usize>(block);
  const length = wordOf(block);
  const address = addressOf(block);
  const flags = block.flags;
  if (flags & BLOCK_SHARED) {
    if (flags & (BLOCK_COUNTED | BLOCK_EXTERNAL) || !isHead(address)) return false;
    const payload = changetype<Block>(address);
    return payload.kind == MESSAGE_BYTES && (payload.flags & BLOCK_COUNTED) != 0
      && wordOf(payload) == length;
  }
  if (!(flags & BLOCK_EXTERNAL)) {
    return address == head + BLOCK_HEAD_BYTES && length <= INLINE_BYTES_MAX
      && classOf(head) == classFor(BLOCK_HEAD_BYTES + length);
  }
  return length > INLINE_BYTES_MAX && length <= PAYLOAD_BYTES_MAX && isBlock(address)
    && classOf(address) == largeClassFor(length);
}
