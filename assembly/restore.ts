// Restoring an image in a new instance: native processes go on, host processes end `restored`.
//
//   the header to image_address ─► restore_begin ─► the other extents to where its table says
//   ─► restore(now)
//
// Until restore has answered OK every other call answers BAD_STATE. The hashes guard against
// damage, not against malice: an image is trusted as the code is.
//
// The new host has never heard of the old one's processes, handles and holds: so no EXITED events
// are owed to it; messages and timers that bear handles are dead letters, a reason that is a handle
// becomes `restored`, bytes that the old host held are freed. What the ends of its processes set
// off follows the ordinary rules, in the order of the slots.
// Costs: O(image).

import {
  ATOM_RESTORED, BAD_ARGUMENT, BAD_IMAGE, BAD_STATE, COUNTER_DEAD_LETTERS, COUNTER_HOLDS,
  COUNTER_LIVE_HANDLES, KIND_HOST, KIND_NATIVE, MESSAGE_HANDLE, MESSAGE_NUMBER, NO_HANDLER, OK,
  REASON_ATOM, STATE_EXITING, STATE_FREE,
} from "./abi";
import { Block, BLOCK_HELD, freeHead, holdsHandle, setWord } from "./block";
import {
  control, count, counted, PHASE_HOST, PHASE_KERNEL, PHASE_RESTORING, PHASE_UNBORN,
} from "./control";
import { LAYOUT_VERSION, map, measure, occupy } from "./layout";
import { HANDLERS_MAX, Limits, SLAB_SHIFT } from "./limits";
import { removeAfter } from "./mailbox";
import { classBytes, slabAt, slabCarved, slabClass } from "./memory";
import { isHandler } from "./native";
import { isHold, releaseHold } from "./payload";
import { Process, processAt } from "./process";
import { refOf, relationAt } from "./relation";
import { die, reap } from "./signals";
import {
  EXTENTS, extentNeeded, hashBody, hashHeader, header, HEADER_HANDLERS, HEADER_LIMITS, IMAGE_MAGIC,
  isPossible, toldBytes,
} from "./snapshot";
import { cancelTimer, isTimer } from "./timers";
import { resumeClock } from "./wheel";

/** Whether this build has every handler that the header names. */
function hasHandlers(): bool {
  for (let id: u32 = 0; id < HANDLERS_MAX; id++) {
    const isUsed = (load<u8>(HEADER_HANDLERS + (id >> 3)) >> <u8>(id & 7)) & 1;
    if (isUsed && !isHandler(id)) return false;
  }
  return true;
}

/**
 * Takes the header that the host has written, and lays memory out for its limits. The number of its
 * extents; BAD_STATE (not a new instance), BAD_IMAGE, NO_HANDLER, NO_MEMORY: then nothing was done.
 */
export function beginRestore(): i32 {
  if (control.phase != PHASE_UNBORN) return BAD_STATE;
  if (header.magic != IMAGE_MAGIC || header.layoutVersion != LAYOUT_VERSION) return BAD_IMAGE;
  if (header.extents != EXTENTS || header.headerHash != hashHeader()) return BAD_IMAGE;
  if (!hasHandlers()) return NO_HANDLER;
  const bytes = measure(changetype<Limits>(HEADER_LIMITS));
  if (bytes < 0) return BAD_IMAGE;
  for (let index: u32 = 0; index < EXTENTS; index++) {
    if (!isPossible(index)) return BAD_IMAGE;
  }
  const status = occupy(changetype<Limits>(HEADER_LIMITS), bytes);
  if (status != OK) return status;
  control.phase = PHASE_RESTORING;
  return EXTENTS;
}

/**
 * Brings the written image to life. BAD_STATE (no image was begun), BAD_IMAGE (the extents are not
 * what the header says), BAD_ARGUMENT (no time): then the host may write the extents again.
 */
export function finishRestore(nowMs: f64): i32 {
  if (control.phase != PHASE_RESTORING) return BAD_STATE;
  if (hashBody() != header.bodyHash) return BAD_IMAGE;
  map();
  for (let index: u32 = 0; index < EXTENTS; index++) {
    if (extentNeeded(index) != toldBytes(index)) return BAD_IMAGE;
  }
  if (!resumeClock(nowMs)) return BAD_ARGUMENT;
  control.phase = PHASE_KERNEL;
  forgetHandles();
  forgetHolds();
  endHostProcesses();
  control.phase = PHASE_HOST;
  return OK;
}

/** Lets go of all handles of the old host, without telling it. O(messages + relations). */
function forgetHandles(): void {
  for (let slot: u32 = 1; slot < control.processFresh; slot++) {
    const process = processAt(slot);
    if (process.state == STATE_EXITING) {
      if (process.handler != REASON_ATOM) process.parent = ATOM_RESTORED;
      process.handler = REASON_ATOM;
    } else if (process.state != STATE_FREE) {
      forgetMessages(process);
    }
  }
  for (let slot: u32 = 1; slot < control.relationFresh; slot++) {
    const timer = relationAt(slot);
    if (!isTimer(timer) || timer.kind != MESSAGE_HANDLE) continue;
    timer.kind = MESSAGE_NUMBER; // so that no handle is dropped with it
    cancelTimer(refOf(timer));
    count(COUNTER_DEAD_LETTERS, 1);
  }
  count(COUNTER_LIVE_HANDLES, -counted(COUNTER_LIVE_HANDLES));
  control.released = 0;
}

/** Drops the messages of a mailbox that bear handles; reasons become `restored`. O(messages). */
function forgetMessages(process: Process): void {
  let before: u32 = 0;
  let at = process.head;
  while (at) {
    const block = changetype<Block>(at);
    const next = block.next;
    if (block.kind == MESSAGE_HANDLE) {
      if (process.cursor == at) process.cursor = before;
      freeHead(removeAfter(process, before));
      if (process.kind == KIND_NATIVE) count(COUNTER_DEAD_LETTERS, 1);
    } else {
      if (holdsHandle(block)) {
        block.reasonKind = REASON_ATOM;
        setWord(block, ATOM_RESTORED);
      }
      before = at;
    }
    at = next;
  }
}

/** Frees the bytes that the old host has taken and not released. O(blocks). */
function forgetHolds(): void {
  for (let index: u32 = 0; index < control.slabFresh && counted(COUNTER_HOLDS) > 0; index++) {
    const slab = slabAt(index);
    const start = control.slabs + (index << SLAB_SHIFT);
    for (let nth: u32 = 0; nth < slabCarved(slab); nth++) {
      const address = start + nth * classBytes(slabClass(slab));
      if (isHold(address, BLOCK_HELD)) releaseHold(changetype<Block>(address));
    }
  }
}

/** Ends the processes whose code was in the old host, and frees their slots. O(slots + ends). */
function endHostProcesses(): void {
  for (let slot: u32 = 1; slot < control.processFresh; slot++) {
    const process = processAt(slot);
    if (process.kind == KIND_HOST && process.state != STATE_FREE && process.state < STATE_EXITING) {
      die(process, REASON_ATOM, ATOM_RESTORED);
    }
  }
  for (let slot: u32 = 1; slot < control.processFresh; slot++) {
    if (processAt(slot).state == STATE_EXITING) reap(processAt(slot)); // no EXITED event is owed
  }
  control.exitedHead = 0;
  control.exitedTail = 0;
}
