// Registered names: a hash table of blocks, open addressing with linear probing.
//
//   hash ─► │ hash, block │ hash, block │ 0, 0 │ …      block: │ owner │ length │ hash │ bytes… │
//
// I1  From a name's home to its place no entry is empty (deletion shifts entries back).
// I2  A process has at most one name; its cold record holds the block, the block its slot.
// Costs: register, look up and unregister are O(length) expected.

import {
  BAD_ARGUMENT, COUNTER_NAMES, LIMIT, NOT_FOUND, NO_MEMORY, OK, STATE_EXITING, STATE_FREE, TAKEN,
} from "./abi";
import { control, COUNTER_ARRAY, count, counted, invariant } from "./control";
import { Limits, NAME_BYTES_MAX, NAME_RECORD_BYTES } from "./limits";
import { allocateBlock, classFor, freeBlock, isBlock } from "./memory";
import {
  coldForWriting, coldOf, Process, processAt, slotOf,
} from "./process";

const HEAD_BYTES: u32 = 12;

@unmanaged
class Entry {
  hash: u32;
  block: u32; // 0: empty
}
if (offsetof<Entry>() != NAME_RECORD_BYTES) ERROR("Entry must have 8 bytes");

@unmanaged
class NameBlock {
  owner: u32; // slot
  length: u32; // bytes
  hash: u32;
}
if (offsetof<NameBlock>() != HEAD_BYTES) ERROR("NameBlock must have a head of 12 bytes");

function entryAt(index: u32): Entry {
  return changetype<Entry>(control.names + (index & control.nameMask) * NAME_RECORD_BYTES);
}

/** Mixes the bytes four at a time. O(length). */
function hashOf(address: usize, length: u32): u32 {
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

/** The index of a name's entry, or of the empty one where it would go. O(length) expected. */
function probe(address: usize, length: u32, hash: u32): u32 {
  let index = hash & control.nameMask;
  while (entryAt(index).block && !isNamed(entryAt(index), address, length, hash)) {
    index = (index + 1) & control.nameMask;
  }
  return index;
}

function isNamed(entry: Entry, address: usize, length: u32, hash: u32): bool {
  if (entry.hash != hash) return false;
  const block = changetype<NameBlock>(entry.block);
  const bytes = changetype<usize>(block) + HEAD_BYTES;
  return block.length == length && memory.compare(bytes, address, length) == 0;
}

/** Gives a process a name, whose bytes lie at `address`. O(length) expected. */
export function registerName(process: Process, address: usize, length: u32): i32 {
  if (length == 0 || length > NAME_BYTES_MAX) return BAD_ARGUMENT;
  if (coldOf(process).name) return TAKEN;
  const hash = hashOf(address, length);
  const entry = entryAt(probe(address, length, hash));
  if (entry.block) return TAKEN;
  if (namesInUse() == nameLimit()) return LIMIT;
  const memoryBlock = allocateBlock(classFor(HEAD_BYTES + length));
  if (memoryBlock == 0) return NO_MEMORY;
  const block = changetype<NameBlock>(memoryBlock);
  block.owner = slotOf(process);
  block.length = length;
  block.hash = hash;
  memory.copy(memoryBlock + HEAD_BYTES, address, length);
  entry.hash = hash;
  entry.block = <u32>memoryBlock;
  coldForWriting(process).name = <u32>memoryBlock;
  count(COUNTER_NAMES, 1);
  return OK;
}

function namesInUse(): u32 {
  return <u32>load<f64>(COUNTER_ARRAY + ((<usize>COUNTER_NAMES) << 3));
}

function nameLimit(): u32 {
  return changetype<Limits>(changetype<usize>(control) - 32).names;
}

/** The process that has a name, or null. O(length) expected. */
export function lookUp(address: usize, length: u32): Process | null {
  if (length == 0 || length > NAME_BYTES_MAX) return null;
  const block = entryAt(probe(address, length, hashOf(address, length))).block;
  return block ? processAt(changetype<NameBlock>(block).owner) : null;
}

/** Takes a name from whoever has it. O(length) expected. */
export function unregisterName(address: usize, length: u32): i32 {
  const process = lookUp(address, length);
  if (process === null) return NOT_FOUND;
  forgetName(process);
  return OK;
}

/** Takes the name from a process that has one. O(length) expected. */
export function forgetName(process: Process): void {
  const cold = coldOf(process);
  const block = changetype<NameBlock>(cold.name);
  const bytes = changetype<usize>(block) + HEAD_BYTES;
  const index = probe(bytes, block.length, block.hash);
  invariant(entryAt(index).block == cold.name);
  removeEntry(index);
  freeBlock(changetype<usize>(block));
  cold.name = 0;
  count(COUNTER_NAMES, -1);
}

/** Empties an entry and shifts back those that its place had pushed on. O(1) expected. */
function removeEntry(index: u32): void {
  let hole = index;
  let next = (index + 1) & control.nameMask;
  for (;;) {
    const entry = entryAt(next);
    if (entry.block == 0) break;
    const home = entry.hash & control.nameMask;
    if (((next - home) & control.nameMask) >= ((next - hole) & control.nameMask)) {
      const target = entryAt(hole);
      target.hash = entry.hash;
      target.block = entry.block;
      hole = next;
    }
    next = (next + 1) & control.nameMask;
  }
  const last = entryAt(hole);
  last.hash = 0;
  last.block = 0;
}

/** The block with a process's name, or 0. O(1). */
export function nameBlockOf(process: Process): u32 {
  return coldOf(process).name;
}

/** Whether an entry is a true one, and no entry between its home and it is empty. O(distance). */
function verifyEntry(index: u32): u32 {
  const entry = entryAt(index);
  if (!isBlock(entry.block)) return 701;
  const block = changetype<NameBlock>(entry.block);
  if (block.owner == 0 || block.owner >= control.processFresh) return 702;
  const process = processAt(block.owner);
  if (process.state == STATE_FREE || process.state >= STATE_EXITING) return 703;
  if (coldOf(process).name != entry.block) return 704;
  if (block.length == 0 || block.length > NAME_BYTES_MAX || block.hash != entry.hash) return 705;
  if (hashOf(changetype<usize>(block) + HEAD_BYTES, block.length) != entry.hash) return 706;
  return probe(changetype<usize>(block) + HEAD_BYTES, block.length, block.hash) == index ? 0 : 707;
}

/** The debug build's check of this structure: 0, or 700 + what is broken. O(table + slots). */
export function verifyNames(): u32 {
  let entries: u32 = 0;
  for (let index: u32 = 0; index <= control.nameMask; index++) {
    if (!entryAt(index).block) {
      if (entryAt(index).hash) return 708;
      continue;
    }
    entries++;
    const broken = verifyEntry(index);
    if (broken) return broken;
  }
  if (counted(COUNTER_NAMES) != <f64>entries || entries > nameLimit()) return 709;
  for (let slot: u32 = 1; slot < control.processFresh; slot++) {
    if (coldOf(processAt(slot)).name) entries--;
  }
  return entries ? 710 : 0;
}
