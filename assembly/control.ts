// The control block: everything that other kernels keep in globals, at one fixed address.
//
//   CONTROL ─► │ Limits │ face (hosts read it) │ roots of each structure │ queues │ counters │
//              │ partial slabs │ size classes │ timer wheel │
//   + 32 KiB   │ handlers │ window │ directory of tables │ header of an image │
//
// So a copy of the memory is the whole state (DESIGN K2): of this block, what lies between the face
// and the upper half, which belongs to the build and to the call. Each structure owns its roots;
// others only read them.

import { CONTROL, CONTROL_BYTES, HANDLERS_MAX, Limits } from "./limits";

/* Who is running. A trap leaves its mark here for the next call to find. */
export const PHASE_UNBORN: u32 = 0; // init has not been called
export const PHASE_HOST: u32 = 1; // nobody inside
export const PHASE_KERNEL: u32 = 2; // kernel code: a trap here is a corruption
export const PHASE_HANDLER: u32 = 3; // a native handler: a trap ends its process
export const PHASE_RESTORING: u32 = 4; // an image is being written: restore.ts

/**
 * A message as it is shown to the host by begin, peek, skip, take … 48 bytes. Showing writes only
 * what the kind has; the rest keeps what an earlier message left there:
 *
 *   NUMBER  from, ref, value           HANDLE  from, ref, value, last
 *   BYTES   from, ref, value, length, hold
 *   EXIT, DOWN  from, ref, value, last, reasonKind
 */
@unmanaged
export class Window {
  kind: u8;
  tag: u8; // the sender's; of DOWN the monitor's; of EXIT 0
  reasonKind: u8; // of EXIT and DOWN
  last: u8; // of HANDLE, EXIT, DOWN. 1: the only reference to the handle; take gives it to the host
  length: u32; // of BYTES
  from: f64;
  ref: f64;
  value: f64;
  spawnedRef: f64; // the monitor that the last spawn made
  hold: u32; // of BYTES: what release wants once it is taken
  reserved: u32;
}

/** The roots of every structure. Its first 32 bytes, the *face*, are read by hosts. */
@unmanaged
export class Control {
  eventHead: u32; // records written so far, free-running; step alone writes it
  eventTail: u32; // records read so far; the host alone writes it
  eventMask: u32; // capacity - 1
  events: u32; // address of the ring
  scratch: u32; // address of the scratch area
  scratchBytes: u32;
  window: u32; // address of the Window
  phase: u32;

  /* Process table (process.ts) */
  cold: u32; // address of the cold records
  guards: u32; // address of the guard records
  processLimit: u32; // slots, slot 0 included
  processFresh: u32; // slots from here on were never used
  processEnd: u32; // address behind the last slot
  processFree: u32; // chain of free slots through queueNext, last in first out
  dying: u32; // chain of records whose end is not worked off yet (signals.ts)
  exitedHead: u32; // host processes whose EXITED event is due, oldest first
  exitedTail: u32;

  /* Run queue (queue.ts); the lists are at QUEUES */
  occupied: u32; // bit p: the queue of priority p is not empty
  passedFirst: u32; // the first process of low that this step has passed over, or 0

  /* Message memory (memory.ts, handles.ts) */
  slabs: u32; // address of the first slab
  slabRecords: u32; // address of the slab records
  slabLimit: u32; // number of slabs
  slabFresh: u32; // slabs from here on were never used
  slabFree: u32; // chain of empty slabs' records
  handles: u32; // address of the reference counts
  handleLimit: u32;
  released: u32; // chain of handles that the kernel dropped

  /* Relations and references (relation.ts) */
  relations: u32; // address of the records
  relationLimit: u32; // slots, slot 0 included
  relationFresh: u32; // slots from here on were never used
  relationShelves: u32; // address of the bits that say which are free (shelves.ts)
  relationShelf: u32; // chain of shelves with a free one

  /* Names (names.ts) */
  names: u32; // address of the hash table: this and the next are a NameTable (name-table.ts)
  nameMask: u32; // its capacity - 1

  /* Groups (groups.ts) */
  groups: u32; // address of the hash table: this and the next are a NameTable
  groupMask: u32; // its capacity - 1
  /* What is watched (guards.ts) */
  queueHigh: u32; // messages: a mailbox with more is reported
  queueLow: u32;
  scheduleHigh: u32; // reductions: a turn that costs more is reported
  noticeHead: u32; // processes of which the host is to be told, oldest first
  noticeTail: u32;
  refusal: i32; // why there is nobody to send to (send.ts)

  /* The running native process (scheduler.ts) */
  running: u32; // address of its record, or 0
  runningBlock: u32; // the message that its handler works on, or 0
  runningAfter: u32; // the block behind which that message stood; 0: at the head
  priorityCame: u32; // 1: it has got a priority message since

  /* Time (wheel.ts) */
  now: f64; // ms on the host's clock
  epoch: f64; // the first time that was told; 0 before it
  firedAt: f64; // the time at which nothing was due any more; NaN since a timer was armed
  elapsed: u64; // ticks of 1 ms since the epoch that the wheel has worked off
  plainRefs: f64; // plain references given so far
  ticking: u32; // 1: a time has been told
  charged: u32; // reductions that the running native process was charged for calls

  /* The quick chain of freed blocks (memory.ts) */
  quick: u32;
  quickLength: u32;
}

/** The one control block, behind the limits record. */
export const control = changetype<Control>(CONTROL + 32);

/* What else lies in the control block's 64 KiB. */
export const QUEUES: usize = CONTROL + 512; // a head and a tail per priority, u32
export const COUNTER_ARRAY: usize = CONTROL + 1152; // COUNTERS × f64
export const PARTIAL_SLABS: usize = CONTROL + 1536; // a slab record's address per size class
export const CLASS_TABLE: usize = CONTROL + 2048; // size class per 32 bytes of size, u8
export const WHEEL_BITMAPS: usize = CONTROL + 4096; // a u64 per level
export const WHEEL_SLOTS: usize = CONTROL + 8192; // list heads, 8 bytes each

/* Of the block, images hold what lies between these two. */
export const STATE: usize = CONTROL + 64; // behind the limits and the face
export const STATE_END: usize = CONTROL + 32768;

/* Of this build or of one call; in no image. */
export const HANDLER_TABLE: usize = STATE_END; // function table index per handler id, u32
export const WINDOW: usize = HANDLER_TABLE + 4 * HANDLERS_MAX;
export const DIRECTORY: usize = STATE_END + 4096; // address and bytes per table, u32 (layout.ts)
export const IMAGE: usize = STATE_END + 8192; // the header of an image (snapshot.ts)

if (offsetof<Control>() > 448) ERROR("Control must end before the queues");
if (IMAGE + 4096 > CONTROL + CONTROL_BYTES) ERROR("the control block must hold them all");
if (offsetof<Window>() != 48) ERROR("Window must have 48 bytes");

/** The limits record. */
export function limits(): Limits {
  return changetype<Limits>(CONTROL);
}

/** Adds to a counter. O(1). */
export function count(counter: u32, by: f64): void {
  const address = COUNTER_ARRAY + ((<usize>counter) << 3);
  store<f64>(address, load<f64>(address) + by);
}

/** A counter's value. O(1). */
export function counted(counter: u32): f64 {
  return load<f64>(COUNTER_ARRAY + ((<usize>counter) << 3));
}

/** Leaves the kernel with the call's answer. O(1). */
export function leave(status: i32): i32 {
  control.phase = PHASE_HOST;
  return status;
}

/** Leaves the kernel with the call's answer. O(1). */
export function leaveNumber(value: f64): f64 {
  control.phase = PHASE_HOST;
  return value;
}

/** Asserts what only a programmer's mistake can break. Traps, and the kernel is CORRUPT. */
export function invariant(holds: bool): void {
  if (!holds) unreachable();
}
