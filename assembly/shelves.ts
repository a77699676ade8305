// Shelves: which relations are free, a bit each, 64 neighbours a shelf.
//
//   control.relationShelf ─► shelf 7 ─► shelf 2 ─► 0         those with a free relation
//                            │ free (u64) │ next │
//
// A chain through the free records would hand them out in the order in which they were freed: when
// a million timers have fired, at random, and each next one lies in memory that is not cached. A
// shelf hands its free ones out in the order of their addresses, and its bits say where the next
// lies before that record is read. The shelf that had one freed last comes first (warm).
//
// I1  Bit b of a shelf is set exactly if its relation b was used and is free.
// I2  A shelf is in the chain exactly if it has a bit set.
// Costs: O(1).

import { control } from "./control";
import { SHELF_BYTES } from "./limits";

const SHELF_SHIFT: u32 = 6; // 64 relations a shelf

@unmanaged
class Shelf {
  free: u64;
  next: u32; // address of the next shelf that has a free one, or 0
  reserved: u32;
}
if (offsetof<Shelf>() != SHELF_BYTES) ERROR("Shelf must have 16 bytes");

function shelfOf(slot: u32): Shelf {
  return changetype<Shelf>(control.relationShelves + (slot >> SHELF_SHIFT) * SHELF_BYTES);
}

/** The slot of the first relation on a shelf. O(1). */
function firstSlot(shelf: u32): u32 {
  return (shelf - control.relationShelves) / SHELF_BYTES << SHELF_SHIFT;
}

/** Takes a free relation that was used before: its slot, or 0 if there is none. O(1). */
@inline
export function takeFree(): u32 {
  const address = control.relationShelf;
  if (!address) return 0;
  const shelf = changetype<Shelf>(address);
  const free = shelf.free;
  const rest = free & (free - 1);
  shelf.free = rest;
  if (!rest) control.relationShelf = shelf.next;
  return firstSlot(address) + <u32>ctz(free);
}

/** Gives a relation back by its slot. O(1). */
@inline
export function putFree(slot: u32): void {
  const shelf = shelfOf(slot);
  const free = shelf.free;
  if (!free) {
    shelf.next = control.relationShelf;
    control.relationShelf = <u32>changetype<usize>(shelf);
  }
  shelf.free = free | ((<u64>1) << (slot & 63));
}

/** Whether so many used relations are free. O(count). */
export function areFree(wanted: u32): bool {
  let found: u32 = 0;
  let address = control.relationShelf;
  while (found < wanted && address) {
    const shelf = changetype<Shelf>(address);
    found += <u32>popcnt(shelf.free);
    address = shelf.next;
  }
  return found >= wanted;
}

/** Whether a relation is free by its bit. O(1). */
export function isFree(slot: u32): bool {
  return ((shelfOf(slot).free >> (slot & 63)) & 1) != 0;
}

/** The debug build's count of the free ones on chained shelves; u32.MAX_VALUE if it is broken. */
export function countFree(): u32 {
  let found: u32 = 0;
  let left = (control.relationFresh >> SHELF_SHIFT) + 1;
  for (let address = control.relationShelf; address; address = changetype<Shelf>(address).next) {
    const offset = address - control.relationShelves;
    if (offset % SHELF_BYTES || firstSlot(address) >= control.relationFresh) return u32.MAX_VALUE;
    if (changetype<Shelf>(address).free == 0 || left-- == 0) return u32.MAX_VALUE;
    found += <u32>popcnt(changetype<Shelf>(address).free);
  }
  return found;
}
