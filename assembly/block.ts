// A block: one message, or a signal that has become one. 32 bytes of head, then inline bytes.
//
//   │ next │ kind tag reasonKind flags │ from (f64) │ ref (f64) │ value (f64 │ u32, u32) │ bytes…
//
// A block lies in a slab (memory.ts) or is the first half of a relation (relation.ts), which
// carries the storage of the signal that it may cause: so signals never allocate. The value is a
// number, a handle or a reason (u32), or a length and an address (payload.ts).

import {
  MESSAGE_BYTES, MESSAGE_DOWN, MESSAGE_EXIT, MESSAGE_HANDLE, MESSAGE_NUMBER, REASON_HANDLE,
} from "./abi";
import { WINDOW, Window } from "./control";
import { dropHandle, handleCount } from "./handles";
import { RELATION_BYTES } from "./limits";
import { allocateBlock, classFor } from "./memory";
import { bytesOf, dropBytes, memoryOf } from "./payload";
import { allocateSmallBlock, freeSmallBlock } from "./quick";
import { Relation, releaseRelation } from "./relation";

export const BLOCK_HEAD_BYTES: u32 = 32;

/* Flags of a block */
export const BLOCK_IN_RELATION: u8 = 1; // the first half of a relation
export const BLOCK_HELD: u8 = 2; // taken by the host, until release
export const BLOCK_LAST: u8 = 4; // shown as the last that refers to its handle
export const BLOCK_EXTERNAL: u8 = 8; // its bytes lie in a block of their own
export const BLOCK_SHARED: u8 = 16; // it refers to a block whose bytes others refer to as well
export const BLOCK_COUNTED: u8 = 32; // in place of `next` it has the number of its references
export const BLOCK_PRIORITY: u8 = 64; // a priority message, or the relation that will be one
export const BLOCK_OWNED: u8 = 128; // shared by a native process, until releaseShared
export const BLOCK_LOOSE: u8 = BLOCK_HELD | BLOCK_OWNED | BLOCK_COUNTED; // it is in no mailbox

@unmanaged
export class Block {
  next: u32; // in the mailbox; of a counted block: references
  kind: u8;
  tag: u8; // the host's, uninterpreted
  reasonKind: u8; // of EXIT and DOWN
  flags: u8;
  from: f64;
  ref: f64;
  value: f64; // NUMBER; else the two words below lie here
}
if (offsetof<Block>() != BLOCK_HEAD_BYTES) ERROR("Block must have a head of 32 bytes");

/** The handle, reason or length of a block that is not a NUMBER. O(1). */
export function wordOf(block: Block): u32 {
  return load<u32>(changetype<usize>(block), offsetof<Block>("value"));
}

export function setWord(block: Block, word: u32): void {
  store<u32>(changetype<usize>(block), word, offsetof<Block>("value"));
}

/** A block with its head filled but for the value; null when the memory is used up. O(1). */
@inline
export function createBlock(kind: u8, tag: u8, from: f64, ref: f64, bytes: u32): Block | null {
  const address = bytes == 0
    ? allocateSmallBlock() : allocateBlock(classFor(BLOCK_HEAD_BYTES + bytes));
  if (address == 0) return null;
  const block = changetype<Block>(address);
  // kind, tag, reasonKind, flags in one store
  store<u32>(address, <u32>kind | (<u32>tag << 8), offsetof<Block>("kind"));
  block.from = from;
  block.ref = ref;
  return block;
}

/** Whether the block's word is a handle of which the block holds a reference. O(1). */
export function holdsHandle(block: Block): bool {
  if (block.kind == MESSAGE_HANDLE) return true;
  return block.kind >= MESSAGE_EXIT && block.reasonKind == REASON_HANDLE;
}

/** Bytes that a message in a mailbox takes: of its relation or of its size classes. O(1). */
export function blockBytes(block: Block): u32 {
  if (block.flags & BLOCK_IN_RELATION) return RELATION_BYTES;
  return block.kind == MESSAGE_BYTES ? memoryOf(block) : BLOCK_HEAD_BYTES;
}

/** Frees a block, not of BYTES, whose payload was passed on. O(1). */
export function freeHead(block: Block): void {
  if (block.flags & BLOCK_IN_RELATION) releaseRelation(changetype<Relation>(block));
  else freeSmallBlock(changetype<usize>(block));
}

/** Drops a block with its payload: every path on which a message ends untaken. O(1). */
export function dropBlock(block: Block): void {
  if (block.kind == MESSAGE_BYTES) {
    dropBytes(block);
    return;
  }
  if (holdsHandle(block)) dropHandle(wordOf(block));
  freeHead(block);
}

/** Shows a block in the window. O(1). */
export function showBlock(block: Block): void {
  const window = changetype<Window>(WINDOW);
  const kind = block.kind;
  window.kind = kind;
  window.tag = block.tag;
  window.from = block.from;
  window.ref = block.ref;
  if (kind == MESSAGE_NUMBER) {
    window.value = block.value;
  } else if (kind == MESSAGE_BYTES) {
    window.length = wordOf(block);
    window.value = <f64>bytesOf(block);
    window.hold = <u32>changetype<usize>(block);
  } else {
    const word = wordOf(block);
    window.value = <f64>word;
    window.reasonKind = block.reasonKind;
    const last = holdsHandle(block) && handleCount(word) == 1;
    window.last = <u8>last;
    if (last) block.flags |= BLOCK_LAST;
    invariantKind(kind);
  }
}

function invariantKind(kind: u8): void {
  if (kind != MESSAGE_HANDLE && kind != MESSAGE_EXIT && kind != MESSAGE_DOWN) unreachable();
}
