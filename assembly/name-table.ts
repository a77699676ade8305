// Tables of names: open addressing with linear probing, over keys that lie in blocks of memory.
//
//   hash ─► │ hash, key │ hash, key │ 0, 0 │ …      block: │ its structure's │ length hash bytes… │
//                                                                           └─ key
// I1  From a key's home to its place no entry is empty (removal shifts entries back).
// I2  No two keys of a table have the same bytes.
// Costs: probe, insert and remove are O(length) expected: a table is at most half full.

import { invariant } from "./control";
import { NAME_BYTES_MAX, NAME_RECORD_BYTES } from "./limits";
import { allocateBlock, classFor } from "./memory";

export const KEY_HEAD_BYTES: u32 = 8;

/** A table's root in the control block. */
@unmanaged
export class NameTable {
  entries: u32; // address
  mask: u32; // capacity - 1
}

@unmanaged
export class Entry {
  hash: u32;
  key: u32; // address; 0: empty
}
if (offsetof<Entry>() != NAME_RECORD_BYTES) ERROR("Entry must have 8 bytes");

@unmanaged
export class Key {
  length: u32; // bytes
  hash: u32;
}
if (offsetof<Key>() != KEY_HEAD_BYTES) ERROR("Key must have a head of 8 bytes");

/** Whether a name may have this length. O(1). */
export function isNameLength(length: u32): bool {
  return length - 1 < NAME_BYTES_MAX;
}

/** Address of a key's bytes. O(1). */
export function bytesOfKey(key: Key): usize {
  return changetype<usize>(key) + KEY_HEAD_BYTES;
}

/** Mixes the bytes four at a time. O(length). */
export function hashOf(address: usize, length: u32): u32 {
  let hash: u32 = length * 0x9e3779b1;
  let left = length;
  while (left >= 4) {
    hash = rotl<u32>(hash ^ (load<u32>(address) * 0x85ebca6b), 13) * 0xc2b2ae35;
    address += 4;
    left -= 4;
  }
  while (left) {
    hash = rotl<u32>(hash ^ (<u32>load<u8>(address) * 0x27d4eb2f), 11) * 0x9e3779b1;
    address++;
    left--;
  }
  hash ^= hash >> 15;
  return hash * 0x2c1b3c6d;
}

/**
 * A block of `head` bytes for its structure, not cleared, and behind them a key; 0 when the memory
 * is used up. O(length).
 */
export function createKeyBlock(head: u32, address: usize, length: u32, hash: u32): usize {
  const block = allocateBlock(classFor(head + KEY_HEAD_BYTES + length));
  if (block == 0) return 0;
  const key = changetype<Key>(block + head);
  key.length = length;
  key.hash = hash;
  memory.copy(bytesOfKey(key), address, length);
  return block;
}

export function entryAt(table: NameTable, index: u32): Entry {
  return changetype<Entry>(table.entries + (index & table.mask) * NAME_RECORD_BYTES);
}

function isKey(entry: Entry, address: usize, length: u32, hash: u32): bool {
  if (entry.hash != hash) return false;
  const key = changetype<Key>(entry.key);
  return key.length == length && memory.compare(bytesOfKey(key), address, length) == 0;
}

/** The index of a name's entry, or of the empty one where it would go. O(length) expected. */
function indexOf(table: NameTable, address: usize, length: u32, hash: u32): u32 {
  let index = hash & table.mask;
  while (entryAt(table, index).key && !isKey(entryAt(table, index), address, length, hash)) {
    index = (index + 1) & table.mask;
  }
  return index;
}

/** A name's entry, or the empty one where it would go. O(length) expected. */
export function probe(table: NameTable, address: usize, length: u32, hash: u32): Entry {
  return entryAt(table, indexOf(table, address, length, hash));
}

/** Puts a key into the empty entry that probe has found for it. O(1). */
export function insert(entry: Entry, key: Key): void {
  entry.hash = key.hash;
  entry.key = <u32>changetype<usize>(key);
}

/** Takes a key out and shifts back those that its place had pushed on. O(length) expected. */
export function remove(table: NameTable, key: Key): void {
  let hole = indexOf(table, bytesOfKey(key), key.length, key.hash);
  invariant(entryAt(table, hole).key == <u32>changetype<usize>(key));
  let next = (hole + 1) & table.mask;
  for (;;) {
    const entry = entryAt(table, next);
    if (entry.key == 0) break;
    const home = entry.hash & table.mask;
    if (((next - home) & table.mask) >= ((next - hole) & table.mask)) {
      const target = entryAt(table, hole);
      target.hash = entry.hash;
      target.key = entry.key;
      hole = next;
    }
    next = (next + 1) & table.mask;
  }
  const last = entryAt(table, hole);
  last.hash = 0;
  last.key = 0;
}

/** Whether an entry is empty, or holds a true key where a probe finds it. O(length) expected. */
function isSound(table: NameTable, index: u32): bool {
  const entry = entryAt(table, index);
  if (!entry.key) return entry.hash == 0;
  const key = changetype<Key>(entry.key);
  if (!isNameLength(key.length) || key.hash != entry.hash) return false;
  if (hashOf(bytesOfKey(key), key.length) != key.hash) return false;
  return indexOf(table, bytesOfKey(key), key.length, key.hash) == index;
}

/** Keys in a table, or u32.MAX_VALUE if it is broken. For verify. O(table). */
export function verifyKeys(table: NameTable): u32 {
  let keys: u32 = 0;
  for (let index: u32 = 0; index <= table.mask; index++) {
    if (!isSound(table, index)) return u32.MAX_VALUE;
    if (entryAt(table, index).key) keys++;
  }
  return keys;
}
