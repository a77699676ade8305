// The quick chain: blocks of the smallest class, in front of the slabs.
//
//   quick ─► block ─► block ─► …        free: push, up to QUICK_BLOCKS_MAX, then into its slab
//     allocate: pop; when it is empty, all that is free in one slab becomes the chain
//
// Most messages are one such block, and the next send takes the warmest; a burst of sends takes a
// slab's blocks one by one without looking at the slab.
//
// I1  Blocks of the chain count as used in their slabs; it has at most a slab's capacity.
// Costs: O(1).

import { control } from "./control";
import { QUICK_BLOCKS_MAX, SLAB_BYTES, SLAB_SHIFT } from "./limits";
import {
  freeBlock, isBlock, isFull, openSlab, partial, removePartial, Slab, slabAt, slabBlock, slabCarved,
} from "./memory";

const SMALL_BYTES: u32 = 32;
const SMALL_CAPACITY: u32 = SLAB_BYTES / SMALL_BYTES;
const CARVED_AT_ONCE: u32 = 32;

/** A block of the smallest class, not cleared; 0 when the memory is used up. O(1). */
@inline
export function allocateSmallBlock(): usize {
  if (!control.quick) refillQuick();
  const block = control.quick;
  if (!block) return 0;
  control.quick = load<u32>(block);
  control.quickLength -= 1;
  return block;
}

/** Gives a block of the smallest class back. O(1). */
export function freeSmallBlock(block: usize): void {
  if (control.quickLength < QUICK_BLOCKS_MAX) {
    store<u32>(block, control.quick);
    control.quick = <u32>block;
    control.quickLength += 1;
    return;
  }
  const slab = slabAt((<u32>block - control.slabs) >> SLAB_SHIFT);
  const used = <u32>slab.used;
  if (used - 2 >= SMALL_CAPACITY - 2) { // full, or empty now: the slab's list changes
    freeBlock(block);
    return;
  }
  store<u32>(block, slab.free);
  slab.free = <u32>block;
  slab.used = <u16>(used - 1);
}

/** Fills the empty quick chain: with all that was freed in one slab, or newly carved. O(1). */
function refillQuick(): void {
  let slab = changetype<Slab | null>(partial(0));
  if (slab === null) {
    slab = openSlab(0);
    if (slab === null) return;
  }
  if (!slab.free) carve(slab);
  control.quick = slab.free;
  control.quickLength = slabCarved(slab) - slab.used;
  slab.free = 0;
  slab.used = <u16>slabCarved(slab);
  if (isFull(slab)) removePartial(slab, 0);
}

/** Chains some of the smallest blocks that were never handed out. O(1). */
function carve(slab: Slab): void {
  const carved = slabCarved(slab);
  const end = min(carved + CARVED_AT_ONCE, SMALL_CAPACITY);
  let next: u32 = 0;
  for (let nth = end; nth > carved; nth--) {
    const block = slabBlock(slab, nth - 1);
    store<u64>(block, next); // kind and flags are 0: what lay there before must not be one's head
    next = block;
  }
  slab.free = next;
  slab.uncarved -= <u16>(end - carved);
}

/** Gives all blocks of the chain back to their slabs. O(1): at most a slab's capacity. */
export function emptyQuick(): void {
  while (control.quick) {
    const block = control.quick;
    control.quick = load<u32>(block);
    freeBlock(block);
  }
  control.quickLength = 0;
}

/** The first block of the chain, or 0; the others follow through their first word. O(1). */
export function quickBlocks(): u32 {
  return control.quick;
}

/** The debug build's check of this structure, a part of memory's. O(length). */
export function verifyQuick(): u32 {
  let length: u32 = 0;
  for (let at = control.quick; at; at = load<u32>(at)) {
    if (!isBlock(at) || ++length > SMALL_CAPACITY) return 411;
  }
  return length == control.quickLength ? 0 : 412;
}
