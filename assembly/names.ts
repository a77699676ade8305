// Registered names: a table of names (name-table.ts) whose keys lie in blocks with their owners.
//
//   hash ─► entry ─► block: │ owner │ key: the name │ ◄─ cold record of the owner
//
// I1  A process has at most one name; its cold record holds the block, the block its slot.
// Costs: register, look up and unregister are O(length) expected.

import {
  BAD_ARGUMENT, COUNTER_NAMES, LIMIT, NOT_FOUND, NO_MEMORY, OK, STATE_EXITING, STATE_FREE, TAKEN,
} from "./abi";
import { Control, control, count, counted, limits } from "./control";
import { freeBlock, isBlock } from "./memory";
import {
  bytesOfKey, createKeyBlock, entryAt, hashOf, insert, isNameLength, Key,
  NameTable, probe, remove, verifyKeys,
} from "./name-table";
import { coldForWriting, coldOf, Process, processAt, slotOf } from "./process";

const HEAD_BYTES: u32 = 4;

@unmanaged
class NameBlock {
  owner: u32; // slot
  /* then the key */
}
if (offsetof<NameBlock>() != HEAD_BYTES) ERROR("NameBlock must have a head of 4 bytes");

function names(): NameTable {
  return changetype<NameTable>(changetype<usize>(control) + offsetof<Control>("names"));
}

function keyOf(block: u32): Key {
  return changetype<Key>(block + HEAD_BYTES);
}

/** Gives a process a name, whose bytes lie at `address`. O(length) expected. */
export function registerName(process: Process, address: usize, length: u32): i32 {
  if (!isNameLength(length)) return BAD_ARGUMENT;
  if (coldOf(process).name) return TAKEN;
  const hash = hashOf(address, length);
  const entry = probe(names(), address, length, hash);
  if (entry.key) return TAKEN;
  if (counted(COUNTER_NAMES) == <f64>limits().names) return LIMIT;
  const block = <u32>createKeyBlock(HEAD_BYTES, address, length, hash);
  if (block == 0) return NO_MEMORY;
  changetype<NameBlock>(block).owner = slotOf(process);
  insert(entry, keyOf(block));
  coldForWriting(process).name = block;
  count(COUNTER_NAMES, 1);
  return OK;
}

/** The process that has a name whose hash is known, or null. O(length) expected. */
export function lookUpHashed(address: usize, length: u32, hash: u32): Process | null {
  const key = probe(names(), address, length, hash).key;
  return key ? processAt(changetype<NameBlock>(key - HEAD_BYTES).owner) : null;
}

/** The process that has a name, or null. O(length) expected. */
export function lookUp(address: usize, length: u32): Process | null {
  return isNameLength(length) ? lookUpHashed(address, length, hashOf(address, length)) : null;
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
  remove(names(), keyOf(cold.name));
  freeBlock(cold.name);
  cold.name = 0;
  count(COUNTER_NAMES, -1);
}

/** Copies a process's name to `address`; its length, 0 if it has none. O(length). */
export function copyName(process: Process, address: usize): u32 {
  const block = coldOf(process).name;
  if (block == 0) return 0;
  const key = keyOf(block);
  memory.copy(address, bytesOfKey(key), key.length);
  return key.length;
}

/** The block with a process's name, or 0. O(1). */
export function nameBlockOf(process: Process): u32 {
  return coldOf(process).name;
}

/** Whether a key lies in a block, whose owner knows of it. O(1). */
function isOwned(key: u32): bool {
  if (!isBlock(key - HEAD_BYTES)) return false;
  const owner = changetype<NameBlock>(key - HEAD_BYTES).owner;
  if (owner == 0 || owner >= control.processFresh) return false;
  const process = processAt(owner);
  if (process.state == STATE_FREE || process.state >= STATE_EXITING) return false;
  return coldOf(process).name == key - HEAD_BYTES;
}

/** The debug build's check of this structure: 0, or 700 + what is broken. O(table + slots). */
export function verifyNames(): u32 {
  let named: u32 = 0;
  for (let index: u32 = 0; index <= names().mask; index++) {
    const key = entryAt(names(), index).key;
    if (key && !isOwned(key)) return 701;
  }
  if (verifyKeys(names()) == u32.MAX_VALUE) return 702;
  for (let slot: u32 = 1; slot < control.processFresh; slot++) {
    if (coldOf(processAt(slot)).name) named++;
  }
  if (verifyKeys(names()) != named) return 703;
  return counted(COUNTER_NAMES) == <f64>named && named <= limits().names ? 0 : 704;
}
