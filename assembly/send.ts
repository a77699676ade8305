// Sending: one function per kind of payload. On a negative status nothing was taken.
//
//   to ≥ 0: a pid ─┐
//   to < 0: an alias ─► its owner ─► admitted by its guard? ─► block ─► mailbox
//
// The plain case, a live process without a guard, is tried first; the others go by `resolve`.
// Costs: O(1), bytes O(length).

import {
  BAD_ARGUMENT, COUNTER_DEAD_LETTERS, COUNTER_SENDS, MESSAGE_HANDLE, MESSAGE_NUMBER, NO_MEMORY,
  NO_PROCESS, OK, SEND_EXEMPT, SEND_PRIORITY, TOO_LARGE,
} from "./abi";
import {
  admitsPriority, afterMessage, aliasFor, ownerOfAlias, whyNoAlias,
} from "./aliases";
import {
  Block, BLOCK_HEAD_BYTES, BLOCK_PRIORITY, createBlock, setWord,
} from "./block";
import { control, count } from "./control";
import { admit, DROPPED } from "./guards";
import { adoptHandle, checkHandle, dropHandle } from "./handles";
import { PAYLOAD_BYTES_MAX } from "./limits";
import { bytesNeeded, createBytes, createShared } from "./payload";
import { FLAG_GUARDED, isLive, Process, recordFor, whyNotFound } from "./process";
import { deliver, deliverSignal } from "./scheduler";

const TAG_MAX: u32 = SEND_EXEMPT + SEND_PRIORITY + 255;

/** Whether a message goes to a live process that nothing guards, with a plain tag. O(1). */
@inline
function isPlain(process: Process, to: f64, tag: u32): bool {
  return isLive(process, to) && !(process.flags & FLAG_GUARDED) && tag < SEND_PRIORITY;
}

/** Nobody gets the message: the status is in `control.refusal`. */
function refuse(status: i32): Process | null {
  if (status == NO_PROCESS) count(COUNTER_DEAD_LETTERS, 1);
  control.refusal = status;
  return null;
}

/** Who is meant by an address; null, and `control.refusal` says why. O(1). */
function resolve(to: f64, tag: u32): Process | null {
  if (tag > TAG_MAX || (tag & SEND_PRIORITY && to >= 0)) return refuse(BAD_ARGUMENT);
  if (to < 0) {
    const alias = aliasFor(to);
    return alias === null ? refuse(whyNoAlias(to)) : ownerOfAlias(alias);
  }
  const process = recordFor(to);
  return isLive(process, to) ? process : refuse(whyNotFound(to));
}

/** Whether a message of so many bytes is let in; else `control.refusal` says what it does. */
export function isAdmitted(process: Process, tag: u32, bytes: u32): bool {
  if (!(process.flags & FLAG_GUARDED) || tag & SEND_EXEMPT) return true;
  control.refusal = admit(process, bytes);
  return control.refusal == OK;
}

/** The status of a send that was not admitted: the sender of a dropped message hears OK. */
function refused(): i32 {
  return control.refusal == DROPPED ? OK : control.refusal;
}

/** Delivers to who was found by `resolve`. O(1). */
function deliverTo(process: Process, to: f64, tag: u32, block: Block): i32 {
  count(COUNTER_SENDS, 1);
  const alias = to < 0 ? aliasFor(to) : null;
  const isUrgent = alias !== null && (tag & SEND_PRIORITY) != 0 && admitsPriority(alias);
  if (isUrgent) block.flags |= BLOCK_PRIORITY;
  deliverSignal(process, block);
  if (alias !== null) afterMessage(alias);
  return OK;
}

/** Sends a number. O(1). */
@inline
export function sendNumber(from: f64, to: f64, tag: u32, ref: f64, value: f64): i32 {
  const process = recordFor(to);
  if (!isPlain(process, to, tag)) return sendNumberBy(from, to, tag, ref, value);
  const block = createBlock(MESSAGE_NUMBER, <u8>tag, from, ref, 0);
  if (block === null) return NO_MEMORY;
  block.value = value;
  count(COUNTER_SENDS, 1);
  deliver(process, block);
  return OK;
}

/** The same through an alias, past a guard, or to nobody. O(1). */
function sendNumberBy(from: f64, to: f64, tag: u32, ref: f64, value: f64): i32 {
  const process = resolve(to, tag);
  if (process === null) return control.refusal;
  if (!isAdmitted(process, tag, BLOCK_HEAD_BYTES)) return refused();
  const block = createBlock(MESSAGE_NUMBER, <u8>tag, from, ref, 0);
  if (block === null) return NO_MEMORY;
  block.value = value;
  return deliverTo(process, to, tag, block);
}

/** Sends the number that is handled on in its own block; any other message in a new one. O(1). */
@inline
export function forwardNumber(from: f64, to: f64, block: Block, value: f64): i32 {
  const isWhole = block.kind == MESSAGE_NUMBER && block.flags == 0
    && <u32>changetype<usize>(block) == control.runningBlock;
  const process = recordFor(to);
  if (!isWhole || !isPlain(process, to, 0)) {
    return sendNumber(from, to, block.tag, block.ref, value);
  }
  block.from = from;
  block.value = value;
  control.runningBlock = 0;
  count(COUNTER_SENDS, 1);
  deliver(process, block);
  return OK;
}

/** Sends a value that stays in the host. The kernel takes the handle over. O(1). */
export function sendHandle(from: f64, to: f64, tag: u32, ref: f64, handle: u32): i32 {
  const process = recordFor(to);
  if (!isPlain(process, to, tag)) return sendHandleBy(from, to, tag, ref, handle);
  const status = checkHandle(handle);
  if (status != OK) return status;
  const block = createBlock(MESSAGE_HANDLE, <u8>tag, from, ref, 0);
  if (block === null) return NO_MEMORY;
  adoptHandle(handle);
  setWord(block, handle);
  count(COUNTER_SENDS, 1);
  deliver(process, block);
  return OK;
}

/** The same through an alias, past a guard, or to nobody. O(1). */
function sendHandleBy(from: f64, to: f64, tag: u32, ref: f64, handle: u32): i32 {
  const process = resolve(to, tag);
  if (process === null) return control.refusal;
  const status = checkHandle(handle);
  if (status != OK) return status;
  if (!isAdmitted(process, tag, BLOCK_HEAD_BYTES)) {
    if (control.refusal != DROPPED) return control.refusal;
    adoptHandle(handle);
    dropHandle(handle);
    return OK;
  }
  const block = createBlock(MESSAGE_HANDLE, <u8>tag, from, ref, 0);
  if (block === null) return NO_MEMORY;
  adoptHandle(handle);
  setWord(block, handle);
  return deliverTo(process, to, tag, block);
}

/** Sends a copy of bytes. O(length). */
export function sendBytes(
  from: f64, to: f64, tag: u32, ref: f64, address: usize, length: u32,
): i32 {
  const process = resolve(to, tag);
  if (process === null) return control.refusal;
  if (length > PAYLOAD_BYTES_MAX) return TOO_LARGE;
  if (!isAdmitted(process, tag, bytesNeeded(length))) return refused();
  const block = createBytes(<u8>tag, from, ref, address, length);
  if (block === null) return NO_MEMORY;
  return deliverTo(process, to, tag, block);
}

/** Sends the bytes of a hold, or of the message that a handler works on, without a copy. O(1). */
@inline
export function sendShared(from: f64, to: f64, tag: u32, ref: f64, source: Block): i32 {
  const process = recordFor(to);
  if (!isPlain(process, to, tag)) return sendSharedBy(from, to, tag, ref, source);
  const block = createShared(<u8>tag, from, ref, source);
  if (block === null) return NO_MEMORY;
  count(COUNTER_SENDS, 1);
  deliver(process, block);
  return OK;
}

/** The same through an alias, past a guard, or to nobody. O(1). */
function sendSharedBy(from: f64, to: f64, tag: u32, ref: f64, source: Block): i32 {
  const process = resolve(to, tag);
  if (process === null) return control.refusal;
  if (!isAdmitted(process, tag, BLOCK_HEAD_BYTES)) return refused();
  const block = createShared(<u8>tag, from, ref, source);
  if (block === null) return NO_MEMORY;
  return deliverTo(process, to, tag, block);
}
