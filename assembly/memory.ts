// Message memory: blocks of fixed size classes, carved out of 16 KiB slabs of one pool.
//
//   pool ──► slab 0 │ slab 1 │ slab 2 │ …          a record of 16 bytes per slab beside them
//             32 B     4 KiB   (empty)
//
// A class keeps the slabs that have room in a list; an empty slab goes back to the pool, so that a
// burst of small messages does not starve large ones. Blocks are reused last in first out (warm).
// Classes below LARGE_CLASS hold what begins with a head, the others names and bare bytes: so bytes
// that somebody has sent are never taken for a head, whatever address an embedder passes in.
//
// Before all that comes the quick chain of the smallest blocks (quick.ts).
//
// I1  used = blocks handed out of the slab; free chain + used + uncarved = its capacity.
// I2  A slab is in its class's list exactly if it has room; an empty one is there alone.
// Costs: allocate and free are O(1).

import { COUNTER_SLABS } from "./abi";
import { CLASS_TABLE, control, count, counted, invariant, PARTIAL_SLABS } from "./control";
import { SLAB_BYTES, SLAB_RECORD_BYTES, SLAB_SHIFT } from "./limits";
import { emptyQuick, verifyQuick } from "./quick";

export const CLASSES: u32 = 26;
export const LARGE_CLASS: u32 = 18;

@unmanaged
export class Slab {
  free: u32; // chain of free blocks through their first word
  next: u32; // slab record in the class's list, or in the pool's chain
  prev: u32;
  used: u16; // blocks handed out
  uncarved: u16; // blocks never handed out since the slab left the pool; top 6 bits: the class
}
if (offsetof<Slab>() != SLAB_RECORD_BYTES) ERROR("Slab must have 16 bytes");

const UNCARVED_MASK: u32 = 0x3ff;
const CLASS_SHIFT: u32 = 10;

/** Bytes of a block of each class: what fills a slab well. */
const CLASS_BYTES = memory.data<u16>([
  32, 64, 96, 128, 160, 192, 256, 320, 384, 448, 512, 640, 768, 896, 1024, 1152, 1344, 1632,
  2048, 2336, 2720, 3264, 4096, 5440, 8192, 16384,
]);

export function classBytes(sizeClass: u32): u32 {
  return load<u16>(CLASS_BYTES + (sizeClass << 1));
}

/** Fills the table from size to class. Once, at init. */
export function initMemory(): void {
  let sizeClass: u32 = 0;
  for (let step: u32 = 0; step <= SLAB_BYTES / 32; step++) {
    while (classBytes(sizeClass) < step * 32) sizeClass++;
    store<u8>(CLASS_TABLE + step, <u8>sizeClass);
  }
}

/** The class that holds `bytes`, at most SLAB_BYTES. O(1). */
export function classFor(bytes: u32): u32 {
  return load<u8>(CLASS_TABLE + ((bytes + 31) >> 5));
}

export function slabAt(index: u32): Slab {
  return changetype<Slab>(control.slabRecords + index * SLAB_RECORD_BYTES);
}

export function slabIndex(slab: Slab): u32 {
  return (<u32>changetype<usize>(slab) - control.slabRecords) / SLAB_RECORD_BYTES;
}

export function slabClass(slab: Slab): u32 {
  return <u32>slab.uncarved >> CLASS_SHIFT;
}

/** Blocks of a slab that were handed out at least once. O(1). */
export function slabCarved(slab: Slab): u32 {
  return capacity(slabClass(slab)) - (<u32>slab.uncarved & UNCARVED_MASK);
}

/** Where the block of a slab lies that was handed out or carved as the nth. O(1). */
export function slabBlock(slab: Slab, nth: u32): u32 {
  return control.slabs + (slabIndex(slab) << SLAB_SHIFT) + nth * classBytes(slabClass(slab));
}

/** Whether a slab has no room. O(1). */
export function isFull(slab: Slab): bool {
  return (slab.free | (<u32>slab.uncarved & UNCARVED_MASK)) == 0;
}

/** The record of the first slab with room for a class, or 0. O(1). */
export function partial(sizeClass: u32): u32 {
  return load<u32>(PARTIAL_SLABS + (sizeClass << 2));
}

function setPartial(sizeClass: u32, slab: u32): void {
  store<u32>(PARTIAL_SLABS + (sizeClass << 2), slab);
}

function pushPartial(slab: Slab, sizeClass: u32): void {
  const first = partial(sizeClass);
  slab.next = first;
  slab.prev = 0;
  if (first) changetype<Slab>(first).prev = <u32>changetype<usize>(slab);
  setPartial(sizeClass, <u32>changetype<usize>(slab));
}

/** Takes a slab out of its class's list. O(1). */
export function removePartial(slab: Slab, sizeClass: u32): void {
  if (slab.prev) changetype<Slab>(slab.prev).next = slab.next;
  else setPartial(sizeClass, slab.next);
  if (slab.next) changetype<Slab>(slab.next).prev = slab.prev;
}

/** Gives an empty slab of a class back to the pool. O(1). */
function closeSlab(slab: Slab, sizeClass: u32): void {
  removePartial(slab, sizeClass);
  slab.next = control.slabFree;
  control.slabFree = <u32>changetype<usize>(slab);
  count(COUNTER_SLABS, -1);
}

/** When the pool is empty: gives it the quick chain and the classes' last, empty slabs. O(1). */
function reclaim(): void {
  emptyQuick();
  for (let sizeClass: u32 = 0; sizeClass < CLASSES; sizeClass++) {
    const slab = changetype<Slab | null>(partial(sizeClass));
    if (slab !== null && slab.used == 0) closeSlab(slab, sizeClass);
  }
}

/** A slab with room for a class that has none; null when the memory is used up. O(1). */
export function openSlab(sizeClass: u32): Slab | null {
  if (!control.slabFree && control.slabFresh == control.slabLimit) {
    reclaim();
    if (partial(sizeClass)) return changetype<Slab>(partial(sizeClass));
    if (!control.slabFree) return null;
  }
  let slab: Slab;
  if (control.slabFree) {
    slab = changetype<Slab>(control.slabFree);
    control.slabFree = slab.next;
  } else {
    slab = slabAt(control.slabFresh++);
  }
  slab.free = 0;
  slab.used = 0;
  slab.uncarved = <u16>((sizeClass << CLASS_SHIFT) | capacity(sizeClass));
  pushPartial(slab, sizeClass);
  count(COUNTER_SLABS, 1);
  return slab;
}

/** A block of a class, not cleared; 0 when the memory is used up. O(1). */
export function allocateBlock(sizeClass: u32): usize {
  let slab = changetype<Slab | null>(partial(sizeClass));
  if (slab === null) {
    slab = openSlab(sizeClass);
    if (slab === null) return 0;
  }
  let block: u32 = slab.free;
  slab.used += 1;
  if (block) {
    slab.free = load<u32>(block);
  } else {
    block = slabBlock(slab, slabCarved(slab));
    slab.uncarved -= 1;
  }
  if (isFull(slab)) removePartial(slab, sizeClass);
  return block;
}

/** Blocks of a class in one slab. O(1). */
export function capacity(sizeClass: u32): u32 {
  return SLAB_BYTES / classBytes(sizeClass);
}

/** Gives a block back; an empty slab goes back to the pool unless it is its class's last. O(1). */
export function freeBlock(block: usize): void {
  const slab = slabAt((<u32>block - control.slabs) >> SLAB_SHIFT);
  const sizeClass = slabClass(slab);
  invariant(slab.used > 0);
  const wasFull = isFull(slab);
  store<u32>(block, slab.free);
  slab.free = <u32>block;
  slab.used -= 1;
  if (wasFull) {
    pushPartial(slab, sizeClass);
    const second = changetype<Slab | null>(slab.next);
    if (second !== null && second.used == 0) closeSlab(second, sizeClass);
  }
  if (slab.used == 0 && (slab.next | slab.prev)) closeSlab(slab, sizeClass);
}

/** Whether this address is a block that begins with a head, or a free one that did so. O(1). */
export function isHead(address: u32): bool {
  return isBlock(address) && classOf(address) < LARGE_CLASS;
}

/** The class of a block. O(1). */
export function classOf(block: u32): u32 {
  return slabClass(slabAt((block - control.slabs) >> SLAB_SHIFT));
}

/** Whether this address is a block that was handed out since its slab was opened. O(1). */
export function isBlock(address: u32): bool {
  const offset = address - control.slabs;
  if (address < control.slabs || offset >> SLAB_SHIFT >= control.slabFresh) return false;
  const slab = slabAt(offset >> SLAB_SHIFT);
  const inSlab = offset & (SLAB_BYTES - 1);
  const bytes = classBytes(slabClass(slab));
  return slab.used > 0 && inSlab % bytes == 0 && inSlab / bytes < slabCarved(slab);
}

function isSlabRecord(address: u32): bool {
  const offset = address - control.slabRecords;
  return offset % SLAB_RECORD_BYTES == 0 && offset / SLAB_RECORD_BYTES < control.slabFresh;
}

/** Whether free chain, used and uncarved blocks of a slab make up its capacity. O(blocks). */
function verifySlab(slab: Slab): u32 {
  const start = slabBlock(slab, 0);
  const bytes = classBytes(slabClass(slab));
  const carved = slabCarved(slab);
  if (carved > capacity(slabClass(slab)) || carved < <u32>slab.used) return 401;
  let free = carved - slab.used;
  for (let at = slab.free; at; at = load<u32>(at)) {
    const offset = at - start;
    if (at < start || offset % bytes || offset / bytes >= carved) return 402;
    if (free == 0) return 403;
    free--;
  }
  return free ? 404 : 0;
}

/** The debug build's check of this structure: 0, or 400 + what is broken. O(blocks). */
export function verifyMemory(): u32 {
  let withRoom: u32 = 0;
  for (let index: u32 = 0; index < control.slabFresh; index++) {
    const broken = verifySlab(slabAt(index));
    if (broken) return broken;
    if (!isFull(slabAt(index))) withRoom++;
  }
  let pooled: u32 = 0;
  for (let at = control.slabFree; at; at = changetype<Slab>(at).next) {
    if (!isSlabRecord(at) || changetype<Slab>(at).used) return 405;
    if (++pooled > control.slabFresh) return 406;
  }
  if (counted(COUNTER_SLABS) != <f64>(control.slabFresh - pooled)) return 407;
  for (let sizeClass: u32 = 0; sizeClass < CLASSES; sizeClass++) {
    let before: u32 = 0;
    for (let at = partial(sizeClass); at; at = changetype<Slab>(at).next) {
      const slab = changetype<Slab>(at);
      if (!isSlabRecord(at) || slabClass(slab) != sizeClass || isFull(slab)) return 408;
      if (slab.prev != before || withRoom == 0) return 409;
      if (slab.used == 0 && (slab.next | slab.prev)) return 413;
      withRoom--;
      before = at;
    }
  }
  if (withRoom != pooled) return 410;
  return verifyQuick();
}
