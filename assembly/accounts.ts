// The debug build's accounts: every block and every reference belongs to somebody.
//
//   carved blocks of all slabs   = free chains + quick chain + mailboxes + loose payloads
//                                  + names of processes, of groups and of timers
//   a handle's count             = messages + timers + reasons of ended processes that name it
//   a counted block's references = messages and holds that refer to it, + 1 if it is a hold itself
//
// Blocks are marked in a bitmap where they are found, a part of the memory at a time: so one that
// is found twice or never shows.
// Costs: O(memory × parts), O(messages + timers + processes).

import { COUNTER_HOLDS, REASON_HANDLE, STATE_EXITING, STATE_FREE } from "./abi";
import {
  Block, BLOCK_COUNTED, BLOCK_HELD, BLOCK_IN_RELATION, BLOCK_OWNED, holdsHandle, wordOf,
} from "./block";
import { control, counted } from "./control";
import { groupBlockAt } from "./groups";
import { auditHandle, handleCount, isReleased } from "./handles";
import { SLAB_SHIFT } from "./limits";
import { isBlock, LARGE_CLASS, slabAt, slabBlock, slabCarved, slabClass } from "./memory";
import { nameBlockOf } from "./names";
import { auditShared, isLoose, isWhole, ownBytesOf } from "./payload";
import { processAt } from "./process";
import { quickBlocks } from "./quick";
import { Relation, RELATION_SIGNAL, relationAt, relationsOfKind } from "./relation";
import { isTimer, nameBlockOfTimer } from "./timers";

const PART_SLABS: u32 = 128;
const PART_SHIFT: u32 = SLAB_SHIFT + 7;
const BITMAP_BYTES: u32 = PART_SLABS << (SLAB_SHIFT - 8); // a bit for 32 bytes
const BITMAP = memory.data(BITMAP_BYTES);

/** Marks a block if it lies in this part; false if it is none, or marked already. O(1). */
function mark(part: u32, address: u32): bool {
  if (!isBlock(address)) return false;
  return markFree(part, address);
}

/** As mark, for blocks that lie in a chain of free ones. O(1). */
function markFree(part: u32, address: u32): bool {
  const offset = address - control.slabs;
  if (offset >> PART_SHIFT != part) return true;
  const index = (offset & ((1 << PART_SHIFT) - 1)) >> 5;
  const byte = BITMAP + (index >> 3);
  const bit: u32 = 1 << (index & 7);
  if (load<u8>(byte) & bit) return false;
  store<u8>(byte, load<u8>(byte) | bit);
  return true;
}

/** Marks the blocks of all slabs that are free. O(blocks). */
function markAllFree(part: u32): bool {
  for (let index: u32 = 0; index < control.slabFresh; index++) {
    for (let at = slabAt(index).free; at; at = load<u32>(at)) {
      if (!markFree(part, at)) return false;
    }
  }
  for (let at = quickBlocks(); at; at = load<u32>(at)) {
    if (!mark(part, at)) return false;
  }
  return true;
}

/** Marks the blocks of all mailboxes and names. O(messages). */
function markOwned(part: u32): bool {
  let signals: u32 = 0;
  for (let slot: u32 = 1; slot < control.processFresh; slot++) {
    const process = processAt(slot);
    for (let at = process.head; at; at = changetype<Block>(at).next) {
      const block = changetype<Block>(at);
      if (block.flags & BLOCK_IN_RELATION) signals++;
      else if (!mark(part, at) || !markBytes(part, block)) return false;
    }
    const name = nameBlockOf(process);
    if (name && !mark(part, name)) return false;
  }
  for (let index: u32 = 0; index <= control.groupMask; index++) {
    const group = groupBlockAt(index);
    if (group && !mark(part, group)) return false;
  }
  for (let slot: u32 = 1; slot < control.relationFresh; slot++) {
    const name = nameBlockOfTimer(relationAt(slot));
    if (name && !mark(part, name)) return false;
  }
  return signals == relationsOfKind(RELATION_SIGNAL);
}

/** Marks the block that a message's bytes have for themselves. O(1). */
function markBytes(part: u32, block: Block): bool {
  const bytes = ownBytesOf(block);
  return bytes == 0 || mark(part, bytes);
}

/** Marks holds and counted blocks, which are in no mailbox. O(blocks). */
function markLoose(part: u32): bool {
  for (let index: u32 = 0; index < control.slabFresh; index++) {
    const slab = slabAt(index);
    if (slabClass(slab) >= LARGE_CLASS) continue;
    for (let nth: u32 = 0; nth < slabCarved(slab); nth++) {
      const block = changetype<Block>(slabBlock(slab, nth));
      if (!isLoose(block)) continue;
      if (!isWhole(block) || !mark(part, <u32>changetype<usize>(block))) return false;
      if (!markBytes(part, block)) return false;
    }
  }
  return true;
}

/** Whether every block of a part is marked. O(blocks). */
function isMarked(part: u32): bool {
  const end = min(control.slabFresh, (part + 1) * PART_SLABS);
  for (let index = part * PART_SLABS; index < end; index++) {
    const slab = slabAt(index);
    for (let nth: u32 = 0; nth < slabCarved(slab); nth++) {
      if (markFree(part, slabBlock(slab, nth))) return false;
    }
  }
  return true;
}

/** The account of blocks: 0, or 1100 + what is broken. */
export function verifyBlocks(): u32 {
  for (let part: u32 = 0; part * PART_SLABS < control.slabFresh; part++) {
    memory.fill(BITMAP, 0, BITMAP_BYTES);
    if (!markAllFree(part)) return 1101;
    if (!markOwned(part)) return 1102;
    if (!markLoose(part)) return 1103;
    if (!isMarked(part)) return 1104;
  }
  if (!auditPayloads(-1)) return 1105;
  if (!areSettled()) return 1106;
  return auditPayloads(1) ? 0 : 1107;
}

/** Adds `by` to the count of every counted block, once for each reference that is found. */
function auditPayloads(by: i32): bool {
  for (let slot: u32 = 1; slot < control.processFresh; slot++) {
    for (let at = processAt(slot).head; at; at = changetype<Block>(at).next) {
      if (!auditShared(changetype<Block>(at), by)) return false;
    }
  }
  for (let index: u32 = 0; index < control.slabFresh; index++) {
    const slab = slabAt(index);
    if (slabClass(slab) >= LARGE_CLASS) continue;
    for (let nth: u32 = 0; nth < slabCarved(slab); nth++) {
      const block = changetype<Block>(slabBlock(slab, nth));
      if (isLoose(block) && !auditShared(block, by)) return false;
    }
  }
  return true;
}

/** Whether no counted block has references left but its holder's, and holds are counted. */
function areSettled(): bool {
  let holds: f64 = 0;
  for (let index: u32 = 0; index < control.slabFresh; index++) {
    const slab = slabAt(index);
    if (slabClass(slab) >= LARGE_CLASS) continue;
    for (let nth: u32 = 0; nth < slabCarved(slab); nth++) {
      const block = changetype<Block>(slabBlock(slab, nth));
      if (!isLoose(block)) continue;
      const isHeld = (block.flags & (BLOCK_HELD | BLOCK_OWNED)) != 0;
      if (isHeld) holds += 1;
      if (block.flags & BLOCK_COUNTED && block.next != <u32>isHeld) return false;
    }
  }
  return counted(COUNTER_HOLDS) == holds;
}

/** Adds `by` to the count of every handle, once for each reference that is found. */
function auditReferences(by: i32): bool {
  for (let slot: u32 = 1; slot < control.processFresh; slot++) {
    const process = processAt(slot);
    if (process.state == STATE_FREE) continue;
    for (let at = process.head; at; at = changetype<Block>(at).next) {
      const block = changetype<Block>(at);
      if (holdsHandle(block) && !auditHandle(wordOf(block), by)) return false;
    }
    if (process.state != STATE_EXITING || process.handler != REASON_HANDLE) continue;
    if (!auditHandle(<u32>process.parent, by)) return false;
  }
  for (let slot: u32 = 1; slot < control.relationFresh; slot++) {
    const relation: Relation = relationAt(slot);
    const block = changetype<Block>(relation);
    if (!isTimer(relation) || !holdsHandle(block)) continue;
    if (!auditHandle(wordOf(block), by)) return false;
  }
  return true;
}

/** The account of handles: 0, or 1200 + what is broken. */
export function verifyReferences(): u32 {
  if (!auditReferences(-1)) return 1201;
  for (let handle: u32 = 1; handle < control.handleLimit; handle++) {
    if (handleCount(handle) && !isReleased(handle)) return 1202;
  }
  return auditReferences(1) ? 0 : 1203;
}
