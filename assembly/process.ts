// The process table: two parallel arrays of 64-byte records, indexed by slot.
//
//   hot   pid │ state kind priority flags │ handler │ queue links │ mailbox │ reductions …
//   cold  links │ monitors │ watchers │ timers │ name │ receive timeout
//
// I1  A live record's pid is generation × 2^24 + its slot; a free one keeps the pid it gets next.
// I2  A cold record without the flag COLD is all zero, so spawning never touches it.
// I3  A slot whose generations are used up is RETIRED and never on the free chain.
// I4  The bit of HALT is set in no other states than RUNNING, SUSPENDED and EXITING.
// Costs: allocate, release and find are O(1). 64 bytes a process; 128 once it has relations.

import {
  BAD_PID, COUNTER_EXITS, COUNTER_PROCESSES, COUNTER_RETIRED, COUNTER_SPAWNS, KIND_HOST,
  NO_PROCESS, STATE_EXITING, STATE_FREE, STATE_RETIRED, STATE_RUNNING,
} from "./abi";
import { control, count, counted, invariant } from "./control";
import { clearGuard, hasNotices } from "./guards";
import {
  COLD_BYTES, NUMBERED_END, PID_GENERATION_MAX, PROCESSES, PROCESS_BYTES, SLOT_BITS, SLOT_MASK,
  slotIn,
} from "./limits";

/*
 * Flags of a process. One bit has three names, each of its own states (I4):
 *
 *   RUNNING ─ HALT ─► SUSPENDED ─ READY ─►        EXITING ─ FINISHED
 *
 * requeue leaves the bit as it is: who had more to do when its turn was halted is READY then.
 */
export const FLAG_TRAP_EXIT: u8 = 1;
export const FLAG_COLD: u8 = 2; // its cold record is in use
export const FLAG_TIMED_OUT: u8 = 4; // the receive timeout has fired and was not told yet
export const FLAG_AWAITING: u8 = 8; // only a message as cold.waitRef says wakes it
export const FLAG_START: u8 = 16; // a native process whose handler was not called yet
export const FLAG_HALT: u8 = 32; // while running: it is suspended when its turn ends
export const FLAG_READY: u8 = 32; // while suspended: it has something to do when it is resumed
export const FLAG_FINISHED: u8 = 32; // once exiting: by its own host, which needs no EXITED event
export const FLAG_REPORTED: u8 = 64; // its EXITED event is written: the host may reap it
export const FLAG_GUARDED: u8 = 128; // its guard record is in use (guards.ts)

/* Who has none of these has no priority message, awaits nothing and is not guarded. */
export const FLAGS_PARTICULAR: u8 = FLAG_AWAITING | FLAG_COLD | FLAG_GUARDED;

@unmanaged
export class Process {
  /* identity: process.ts */
  pid: f64;
  state: u8; // written by scheduler.ts, signals.ts (EXITING) and process.ts (FREE) alone
  kind: u8;
  priority: u8; // and, above it, how often one of low is passed over yet: queue.ts
  flags: u8;
  handler: u32; // native: the registered handler id; once exiting: the reason's kind
  /* run queue: queue.ts; while free, dying or ended: that chain */
  queueNext: u32; // address
  queuePrev: u32; // address
  /* mailbox: mailbox.ts */
  head: u32; // oldest block, or 0
  tail: u32;
  cursor: u32; // the block before the one that receive looks at; 0: at the head
  messages: u32;
  /* accounting */
  reductions: f64;
  parent: f64; // pid, or 0; once exiting: the reason's atom or handle
  word: f64; // a native process's own state; spawn's argument at first
}
if (offsetof<Process>() != PROCESS_BYTES) ERROR("Process must have 64 bytes");

@unmanaged
export class Cold {
  links: u32; // relations: own link halves
  monitors: u32; // relations: monitors that this process holds
  watchers: u32; // relations: monitors that others hold on it
  timers: u32; // relations: timers that will send to it
  name: u32; // block with its registered name, or 0
  priorityTail: u32; // the last priority message in its mailbox, or 0
  waitRef: f64; // of the message that it waits for; negative: minus one minus its tag
  timerNext: u32; // receive timeout, linked into the wheel: a WheelNode (wheel.ts)
  timerPrev: u32;
  timerDeadline: u64;
  aliases: u32; // relations: its aliases
  groups: u32; // relations: its memberships
  suspending: u32; // relations: suspensions that this process holds
  suspenders: u32; // relations: suspensions that others hold on it
}
if (offsetof<Cold>() != COLD_BYTES) ERROR("Cold must have 64 bytes");
if (offsetof<Cold>("timerNext") != 32) ERROR("the receive timeout must be a WheelNode");

/** The record in a slot. O(1). */
export function processAt(slot: u32): Process {
  return changetype<Process>(PROCESSES + slot * PROCESS_BYTES);
}

/** The slot of a record. O(1). */
export function slotOf(process: Process): u32 {
  return (<u32>changetype<usize>(process) - <u32>PROCESSES) / PROCESS_BYTES;
}

/** The cold record of a process, for reading. O(1). */
export function coldOf(process: Process): Cold {
  return changetype<Cold>(changetype<usize>(process) - PROCESSES + control.cold);
}

/** The cold record of a process, for writing. O(1). */
export function coldForWriting(process: Process): Cold {
  process.flags |= FLAG_COLD;
  return coldOf(process);
}

/**
 * The record where a process with this pid would be, which may lie beyond the table: nobody but
 * `isLive` may look into it. Hot paths use the two: a pointer must not wait for its proof. O(1).
 */
export function recordFor(pid: f64): Process {
  return processAt(slotIn(pid));
}

/** Whether the record for a pid is its live process. O(1). */
export function isLive(process: Process, pid: f64): bool {
  if (<u32>changetype<usize>(process) >= control.processEnd) return false;
  return process.pid == pid && <u32>process.state - 1 < STATE_EXITING - 1;
}

/** The live process with this pid, or null. O(1). */
export function find(pid: f64): Process | null {
  const process = recordFor(pid);
  return isLive(process, pid) ? process : null;
}

/** The ended host process with this pid whose EXITED event is written, or null. O(1). */
export function findReported(pid: f64): Process | null {
  const slot = slotIn(pid);
  if (slot >= control.processFresh) return null;
  const process = processAt(slot);
  if (process.pid != pid || process.state != STATE_EXITING) return null;
  return process.flags & FLAG_REPORTED ? process : null;
}

/** Why `find` has found nothing: BAD_PID or NO_PROCESS. O(1). */
export function whyNotFound(pid: f64): i32 {
  const raw = <i64>pid;
  if (<f64>raw != pid || raw < 0 || pid >= NUMBERED_END) return BAD_PID;
  if (!(<u32>raw & SLOT_MASK)) return BAD_PID;
  return (<u32>raw & SLOT_MASK) < control.processLimit ? NO_PROCESS : BAD_PID;
}

/** Takes a slot, the last freed first; null when all are in use. O(1). */
export function allocateProcess(): Process | null {
  let process: Process;
  if (control.processFree) {
    process = changetype<Process>(control.processFree);
    control.processFree = process.queueNext;
    invariant(process.state == STATE_FREE && process.head == 0);
  } else {
    const fresh = control.processFresh;
    if (fresh == control.processLimit) return null;
    process = processAt(fresh);
    if (process.pid == 0) process.pid = <f64>fresh;
    control.processFresh = fresh + 1;
  }
  process.queueNext = 0;
  count(COUNTER_PROCESSES, 1);
  return process;
}

/** Gives a slot back and ages its pid; the last generation retires it. O(1). */
export function releaseProcess(process: Process): void {
  invariant(process.state != STATE_FREE && process.head == 0);
  if (process.flags & FLAG_COLD) memory.fill(changetype<usize>(coldOf(process)), 0, COLD_BYTES);
  if (process.flags & FLAG_GUARDED) clearGuard(process);
  process.flags = 0;
  count(COUNTER_PROCESSES, -1);
  if (process.pid >= PID_GENERATION_MAX * <f64>(1 << SLOT_BITS)) {
    process.state = STATE_RETIRED;
    count(COUNTER_RETIRED, 1);
    return;
  }
  process.pid += <f64>(1 << SLOT_BITS);
  process.state = STATE_FREE;
  process.queueNext = control.processFree;
  control.processFree = <u32>changetype<usize>(process);
}

/** Whether a process record of a slot that was ever used lies at this address. O(1). */
function isRecord(address: u32): bool {
  const offset = address - <u32>PROCESSES;
  return offset % PROCESS_BYTES == 0 && offset > 0 && offset / PROCESS_BYTES < control.processFresh;
}

/** Whether a cold record is all zero. O(1). */
function isColdZero(process: Process): bool {
  const address = changetype<usize>(coldOf(process));
  let bits: u64 = 0;
  for (let offset: usize = 0; offset < COLD_BYTES; offset += 8) bits |= load<u64>(address + offset);
  return bits == 0;
}

/** What holds of one record in use; 0 or the number of what is broken. */
function verifyRecord(process: Process): u32 {
  if (process.kind > KIND_HOST) return 106;
  if (process.state != STATE_EXITING) {
    if (process.flags & FLAG_REPORTED) return 107;
    return process.state == STATE_RUNNING && process.kind != KIND_HOST ? 108 : 0;
  }
  const isOver = process.kind != KIND_HOST || (process.flags & FLAG_FINISHED) != 0;
  if (isOver && !hasNotices(process)) return 109;
  if (process.head | process.tail | process.cursor | process.messages) return 110;
  const cold = coldOf(process);
  const lists = cold.links | cold.monitors | cold.watchers | cold.timers | cold.aliases
    | cold.groups | cold.suspending | cold.suspenders;
  return lists | cold.name | cold.timerNext ? 111 : 0;
}

/** The debug build's check of this structure: 0, or 100 + what is broken. O(slots). */
export function verifyProcesses(): u32 {
  let chained: u32 = 0;
  for (let at = control.processFree; at; at = changetype<Process>(at).queueNext) {
    if (!isRecord(at) || ++chained >= control.processFresh) return 101;
    if (changetype<Process>(at).state != STATE_FREE) return 102;
  }
  let free: u32 = 0;
  let retired: u32 = 0;
  let exiting: u32 = 0;
  let unreported: u32 = 0;
  for (let slot: u32 = 1; slot < control.processFresh; slot++) {
    const process = processAt(slot);
    if (slotIn(process.pid) != slot) return 103;
    if (!(process.flags & FLAG_COLD) && !isColdZero(process)) return 104;
    if (process.state == STATE_FREE || process.state == STATE_RETIRED) {
      if (process.head || process.flags) return 105;
      if (process.state == STATE_FREE) free++;
      else retired++;
      continue;
    }
    const broken = verifyRecord(process);
    if (broken) return broken;
    if (process.state == STATE_EXITING) {
      exiting++;
      const isToldOf = process.kind == KIND_HOST && !(process.flags & FLAG_FINISHED);
      if (isToldOf && !(process.flags & FLAG_REPORTED)) unreported++;
    }
  }
  if (free != chained) return 112;
  const inUse = control.processFresh - 1 - free - retired;
  if (counted(COUNTER_PROCESSES) != <f64>inUse) return 113;
  if (counted(COUNTER_RETIRED) != <f64>retired) return 114;
  if (counted(COUNTER_SPAWNS) - counted(COUNTER_EXITS) != <f64>(inUse - exiting)) return 115;
  if (control.dying | control.running | control.runningBlock) return 116;
  return verifyExited(unreported);
}

/** Whether the chain of processes whose end is to be told holds just those. O(chain). */
function verifyExited(expected: u32): u32 {
  let last: u32 = 0;
  for (let at = control.exitedHead; at; at = changetype<Process>(at).queueNext) {
    if (!isRecord(at) || changetype<Process>(at).state != STATE_EXITING) return 117;
    if (changetype<Process>(at).flags & FLAG_REPORTED || expected == 0) return 118;
    expected--;
    last = at;
  }
  return expected || last != control.exitedTail ? 119 : 0;
}
