// The debug build's accounts: every block and every reference of a handle belongs to somebody.
//
//   carved blocks of all slabs = free chains + quick chain + mailboxes + names + held by the host
//   a handle's count           = messages + timers + reasons of ended processes that name it
//
// Blocks are marked where they are found, so one that is found twice or never shows. Where the
// accounts are wrong the marks stay: the kernel is broken anyway.
// Costs: O(memory), O(messages + timers + processes).

import { MESSAGE_BYTES, REASON_HANDLE, STATE_EXITING, STATE_FREE } from "./abi";
import { Block, BLOCK_HELD, BLOCK_IN_RELATION, holdsHandle, wordOf } from "./block";
import { control } from "./control";
import { auditHandle, handleCount, isReleased } from "./handles";
import { SLAB_SHIFT } from "./limits";
import { classBytes, isBlock, quickBlocks, slabAt, slabCarved, slabClass } from "./memory";
import { nameBlockOf } from "./names";
import { processAt } from "./process";
import {
  Relation, RELATION_SIGNAL, RELATION_TIMER, relationAt, relationKind, relationsOfKind,
} from "./relation";

const MARK: u8 = 0x80; // in the flags of a block; a name's block has 0 there

/** Marks a block; false if it is marked already. O(1). */
function mark(address: u32): bool {
  const block = changetype<Block>(address);
  if (block.flags & MARK) return false;
  block.flags |= MARK;
  return true;
}

/** Marks the blocks of all slabs that are free. O(blocks). */
function markFree(): bool {
  for (let index: u32 = 0; index < control.slabFresh; index++) {
    for (let at = slabAt(index).free; at; at = load<u32>(at)) {
      if (!mark(at)) return false;
    }
  }
  for (let at = quickBlocks(); at; at = load<u32>(at)) {
    if (!mark(at)) return false;
  }
  return true;
}

/** Marks the blocks of all mailboxes and names. O(messages). */
function markUsed(): bool {
  let signals: u32 = 0;
  for (let slot: u32 = 1; slot < control.processFresh; slot++) {
    const process = processAt(slot);
    for (let at = process.head; at; at = changetype<Block>(at).next) {
      if (changetype<Block>(at).flags & BLOCK_IN_RELATION) signals++;
      else if (!mark(at)) return false;
    }
    const name = nameBlockOf(process);
    if (name && (!isBlock(name) || !mark(name))) return false;
  }
  return signals == relationsOfKind(RELATION_SIGNAL);
}

/** Takes the marks off; false if a block bears none and the host doesn't hold it. O(blocks). */
function unmark(): bool {
  for (let index: u32 = 0; index < control.slabFresh; index++) {
    const slab = slabAt(index);
    const start = control.slabs + (index << SLAB_SHIFT);
    for (let nth: u32 = 0; nth < slabCarved(slab); nth++) {
      const block = changetype<Block>(start + nth * classBytes(slabClass(slab)));
      if (block.flags & MARK) block.flags &= ~MARK;
      else if (block.kind != MESSAGE_BYTES || block.flags != BLOCK_HELD) return false;
    }
  }
  return true;
}

/** The account of blocks: 0, or 1100 + what is broken. */
export function verifyBlocks(): u32 {
  if (!markFree()) return 1101;
  if (!markUsed()) return 1102;
  return unmark() ? 0 : 1103;
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
    if (relationKind(relation) != RELATION_TIMER || !holdsHandle(block)) continue;
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
