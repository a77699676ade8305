// The memory map, laid out once at init from the limits; memory never grows again.
//
//   CONTROL │ processes │ events │ scratch │ cold │ guards │ relations │ shelves │ handles │ names
//   │ groups │ slabs' records │ slabs
//
// The process table begins at a fixed address: finding a process needs no load. Untouched pages
// cost nothing on engines that reserve memory. A new table is a constant below and a line in
// `tableBytes`, `imageBytes` and `map`; images then hold it (snapshot.ts).

import { BAD_ARGUMENT, BAD_STATE, NO_MEMORY, OK } from "./abi";
import { control, DIRECTORY, PHASE_HOST, PHASE_UNBORN, WINDOW } from "./control";
import {
  COLD_BYTES, CONTROL, DEFAULT_EVENTS, DEFAULT_GROUPS, DEFAULT_HANDLES, DEFAULT_MESSAGE_BYTES,
  DEFAULT_NAMES, DEFAULT_PROCESSES, DEFAULT_RELATIONS, DEFAULT_SCRATCH_BYTES, EVENT_BYTES,
  GUARD_BYTES, Limits, MEMORY_BYTES_MAX, NAME_BYTES_MAX, NAME_RECORD_BYTES, PROCESS_BYTES,
  PROCESSES, RELATION_BYTES, SHELF_BYTES, SLAB_BYTES, SLAB_RECORD_BYTES, TABLE_SLOTS_MAX,
} from "./limits";
import { initMemory } from "./memory";
import { initWheel } from "./wheel";

const PAGE_BYTES: u64 = 65536;
const ALIGNMENT: u64 = 64;

/** Whoever restores an image must know its layout: to be raised with every change of a record. */
export const LAYOUT_VERSION: u32 = 4;

/* The tables, in the order of their addresses */
const TABLE_PROCESSES: u32 = 0;
const TABLE_EVENTS: u32 = 1;
const TABLE_SCRATCH: u32 = 2;
const TABLE_COLD: u32 = 3;
const TABLE_GUARDS: u32 = 4;
const TABLE_RELATIONS: u32 = 5;
const TABLE_SHELVES: u32 = 6;
const TABLE_HANDLES: u32 = 7;
const TABLE_NAMES: u32 = 8;
const TABLE_GROUPS: u32 = 9;
const TABLE_SLAB_RECORDS: u32 = 10;
const TABLE_SLABS: u32 = 11;
export const TABLES: u32 = 12;

export function limitsRecord(): Limits {
  return changetype<Limits>(CONTROL);
}

/** Puts the default where the host has left 0. */
function applyDefaults(limits: Limits): void {
  if (!limits.processes) limits.processes = DEFAULT_PROCESSES;
  if (!limits.relations) limits.relations = DEFAULT_RELATIONS;
  if (!limits.messageBytes) limits.messageBytes = DEFAULT_MESSAGE_BYTES;
  if (!limits.handles) limits.handles = DEFAULT_HANDLES;
  if (!limits.events) limits.events = DEFAULT_EVENTS;
  if (!limits.names) limits.names = DEFAULT_NAMES;
  if (!limits.scratchBytes) limits.scratchBytes = DEFAULT_SCRATCH_BYTES;
  if (!limits.groups) limits.groups = DEFAULT_GROUPS;
}

function areValid(limits: Limits): bool {
  return limits.processes <= TABLE_SLOTS_MAX && limits.relations <= TABLE_SLOTS_MAX
    && limits.handles <= TABLE_SLOTS_MAX && limits.names <= TABLE_SLOTS_MAX
    && limits.groups <= TABLE_SLOTS_MAX && limits.events <= TABLE_SLOTS_MAX
    && popcnt(limits.events) == 1
    && limits.scratchBytes >= NAME_BYTES_MAX && limits.messageBytes >= SLAB_BYTES;
}

function slabCount(limits: Limits): u32 {
  return limits.messageBytes / SLAB_BYTES;
}

/** Entries of a table for so many names: a power of two, at most half full. */
function nameCapacity(names: u32): u32 {
  return 1 << (33 - <u32>clz(names));
}

/** Bytes of a table. */
function tableBytes(table: u32, limits: Limits): u64 {
  switch (table) {
    case TABLE_PROCESSES: return (<u64>limits.processes + 1) * PROCESS_BYTES;
    case TABLE_EVENTS: return <u64>limits.events * EVENT_BYTES;
    case TABLE_SCRATCH: return limits.scratchBytes;
    case TABLE_COLD: return (<u64>limits.processes + 1) * COLD_BYTES;
    case TABLE_GUARDS: return (<u64>limits.processes + 1) * GUARD_BYTES;
    case TABLE_RELATIONS: return (<u64>limits.relations + 1) * RELATION_BYTES;
    case TABLE_SHELVES: return (<u64>limits.relations / 64 + 1) * SHELF_BYTES;
    case TABLE_HANDLES: return (<u64>limits.handles + 1) * 4;
    case TABLE_NAMES: return <u64>nameCapacity(limits.names) * NAME_RECORD_BYTES;
    case TABLE_GROUPS: return <u64>nameCapacity(limits.groups) * NAME_RECORD_BYTES;
    case TABLE_SLAB_RECORDS: return <u64>slabCount(limits) * SLAB_RECORD_BYTES;
    default: return <u64>slabCount(limits) * SLAB_BYTES;
  }
}

/** Bytes of a table that an image needs: what was ever used; a table not named here is whole. */
export function imageBytes(table: u32): u32 {
  switch (table) {
    case TABLE_EVENTS: case TABLE_SCRATCH: case TABLE_HANDLES: return 0; // this host's
    case TABLE_PROCESSES: return control.processFresh * PROCESS_BYTES;
    case TABLE_COLD: return control.processFresh * COLD_BYTES;
    case TABLE_GUARDS: return control.processFresh * GUARD_BYTES;
    case TABLE_RELATIONS: return control.relationFresh * RELATION_BYTES;
    case TABLE_SHELVES: return (control.relationFresh / 64 + 1) * SHELF_BYTES;
    case TABLE_SLAB_RECORDS: return control.slabFresh * SLAB_RECORD_BYTES;
    case TABLE_SLABS: return control.slabFresh * SLAB_BYTES;
    default: return tableSize(table);
  }
}

/** Bytes of a table as it was laid out. O(1). */
export function tableSize(table: u32): u32 {
  return load<u32>(DIRECTORY + (table << 3), 4);
}

/** Where a table begins. O(1). */
export function tableAddress(table: u32): u32 {
  return load<u32>(DIRECTORY + (table << 3));
}

/** Fills the directory of tables; returns where the map ends. */
function layOut(limits: Limits): u64 {
  let at: u64 = PROCESSES;
  for (let table: u32 = 0; table < TABLES; table++) {
    const bytes = tableBytes(table, limits);
    store<u32>(DIRECTORY + (table << 3), <u32>at);
    store<u32>(DIRECTORY + (table << 3), <u32>bytes, 4);
    at = (at + bytes + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
  }
  return at;
}

/** Writes down what follows from the limits record alone. */
export function map(): void {
  const limits = limitsRecord();
  control.window = <u32>WINDOW;
  control.events = tableAddress(TABLE_EVENTS);
  control.eventMask = limits.events - 1;
  control.scratch = tableAddress(TABLE_SCRATCH);
  control.scratchBytes = limits.scratchBytes;
  control.processLimit = limits.processes + 1;
  control.processEnd = <u32>PROCESSES + control.processLimit * PROCESS_BYTES;
  control.cold = tableAddress(TABLE_COLD);
  control.guards = tableAddress(TABLE_GUARDS);
  control.relations = tableAddress(TABLE_RELATIONS);
  control.relationShelves = tableAddress(TABLE_SHELVES);
  control.relationLimit = limits.relations + 1;
  control.handles = tableAddress(TABLE_HANDLES);
  control.handleLimit = limits.handles + 1;
  control.names = tableAddress(TABLE_NAMES);
  control.nameMask = nameCapacity(limits.names) - 1;
  control.groups = tableAddress(TABLE_GROUPS);
  control.groupMask = nameCapacity(limits.groups) - 1;
  control.slabRecords = tableAddress(TABLE_SLAB_RECORDS);
  control.slabs = tableAddress(TABLE_SLABS);
  control.slabLimit = slabCount(limits);
}

/** Fills the directory for these limits: the bytes of memory that it takes, or BAD_ARGUMENT. */
export function measure(limits: Limits): f64 {
  if (!areValid(limits)) return <f64>BAD_ARGUMENT;
  const bytes = layOut(limits);
  return <f64>((bytes + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES);
}

/** Grows memory to what `measure` has said, once, and takes the limits over. NO_MEMORY. */
export function occupy(limits: Limits, bytes: f64): i32 {
  if (bytes > MEMORY_BYTES_MAX) return NO_MEMORY;
  const missing = <i32>(<u64>bytes / PAGE_BYTES) - memory.size();
  if (missing > 0 && memory.grow(missing) < 0) return NO_MEMORY;
  memory.copy(CONTROL, changetype<usize>(limits), offsetof<Limits>());
  map();
  return OK;
}

/** Bytes of memory that init will ask for, or BAD_ARGUMENT. Before init only. */
export function memoryNeeded(): f64 {
  if (control.phase != PHASE_UNBORN) return <f64>BAD_STATE;
  applyDefaults(limitsRecord());
  return measure(limitsRecord());
}

/** Lays memory out and grows it, once. */
export function initialize(): i32 {
  const needed = memoryNeeded();
  if (needed < 0) return <i32>needed;
  const status = occupy(limitsRecord(), needed);
  if (status != OK) return status;
  control.processFresh = 1;
  control.relationFresh = 1;
  control.queueHigh = u32.MAX_VALUE;
  control.scheduleHigh = u32.MAX_VALUE;
  initMemory();
  initWheel();
  control.phase = PHASE_HOST;
  return OK;
}
