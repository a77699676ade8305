// The memory map, laid out once at init from the limits; memory never grows again.
//
//   CONTROL │ processes │ events │ scratch │ cold │ guards │ relations │ handles │ names
//   │ slabs' records │ slabs
//
// The process table begins at a fixed address: finding a process needs no load. Untouched pages
// cost nothing on engines that reserve memory.

import { BAD_ARGUMENT, BAD_STATE, NO_MEMORY, OK } from "./abi";
import { control, PHASE_HOST, PHASE_UNBORN, WINDOW } from "./control";
import {
  COLD_BYTES, CONTROL, DEFAULT_EVENTS, DEFAULT_GROUPS, DEFAULT_HANDLES, DEFAULT_MESSAGE_BYTES,
  DEFAULT_NAMES, DEFAULT_PROCESSES, DEFAULT_RELATIONS, DEFAULT_SCRATCH_BYTES, EVENT_BYTES,
  GUARD_BYTES, Limits, MEMORY_BYTES_MAX, NAME_BYTES_MAX, NAME_RECORD_BYTES, PROCESS_BYTES,
  PROCESSES, RELATION_BYTES, SLAB_BYTES, SLAB_RECORD_BYTES, TABLE_SLOTS_MAX,
} from "./limits";
import { initMemory } from "./memory";
import { initWheel } from "./wheel";

const PAGE_BYTES: u64 = 65536;
const ALIGNMENT: u64 = 64;

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

/** Entries of the name table: a power of two, at most half full. */
function nameCapacity(limits: Limits): u32 {
  return 1 << (33 - <u32>clz(limits.names));
}

/** Where the next table begins when one of `bytes` begins at `address`. */
function behind(address: u64, bytes: u64): u64 {
  return (address + bytes + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
}

/** Lays the map out; returns where it ends. */
function layOut(limits: Limits): u64 {
  let at = behind(PROCESSES, (<u64>limits.processes + 1) * PROCESS_BYTES);
  control.events = <u32>at;
  at = behind(at, <u64>limits.events * EVENT_BYTES);
  control.scratch = <u32>at;
  at = behind(at, limits.scratchBytes);
  control.cold = <u32>at;
  at = behind(at, (<u64>limits.processes + 1) * COLD_BYTES);
  control.guards = <u32>at;
  at = behind(at, (<u64>limits.processes + 1) * GUARD_BYTES);
  control.relations = <u32>at;
  at = behind(at, (<u64>limits.relations + 1) * RELATION_BYTES);
  control.handles = <u32>at;
  at = behind(at, (<u64>limits.handles + 1) * 4);
  control.names = <u32>at;
  at = behind(at, <u64>nameCapacity(limits) * NAME_RECORD_BYTES);
  control.slabRecords = <u32>at;
  at = behind(at, <u64>slabCount(limits) * SLAB_RECORD_BYTES);
  control.slabs = <u32>at;
  return behind(at, <u64>slabCount(limits) * SLAB_BYTES);
}

/** Bytes of memory that init will ask for, or BAD_ARGUMENT. Before init only. */
export function memoryNeeded(): f64 {
  if (control.phase != PHASE_UNBORN) return <f64>BAD_STATE;
  const limits = limitsRecord();
  applyDefaults(limits);
  if (!areValid(limits)) return <f64>BAD_ARGUMENT;
  const bytes = layOut(limits);
  return <f64>((bytes + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES);
}

/** Lays memory out and grows it, once. */
export function initialize(): i32 {
  const needed = memoryNeeded();
  if (needed < 0) return <i32>needed;
  if (needed > MEMORY_BYTES_MAX) return NO_MEMORY;
  const missing = <i32>(<u64>needed / PAGE_BYTES) - memory.size();
  if (missing > 0 && memory.grow(missing) < 0) return NO_MEMORY;
  const limits = limitsRecord();
  control.eventMask = limits.events - 1;
  control.scratchBytes = limits.scratchBytes;
  control.window = <u32>WINDOW;
  control.processLimit = limits.processes + 1;
  control.processEnd = <u32>PROCESSES + control.processLimit * PROCESS_BYTES;
  control.processFresh = 1;
  control.relationLimit = limits.relations + 1;
  control.relationFresh = 1;
  control.handleLimit = limits.handles + 1;
  control.nameMask = nameCapacity(limits) - 1;
  control.slabLimit = slabCount(limits);
  initMemory();
  initWheel();
  control.phase = PHASE_HOST;
  return OK;
}
