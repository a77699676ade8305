// Sending: one function per kind of payload. On a negative status nothing was taken.
//
// Costs: O(1), bytes O(length).

import {
  COUNTER_DEAD_LETTERS, COUNTER_SENDS, MESSAGE_HANDLE, MESSAGE_NUMBER, NO_MEMORY, NO_PROCESS, OK,
  TOO_LARGE,
} from "./abi";
import { Block, BLOCK_IN_RELATION, createBlock, setWord } from "./block";
import { control, count } from "./control";
import { adoptHandle, checkHandle } from "./handles";
import { PAYLOAD_BYTES_MAX } from "./limits";
import { createBytes, createShared } from "./payload";
import { isLive, recordFor, whyNotFound } from "./process";
import { deliver } from "./scheduler";

/** Counts a message to nobody, and says why it had no receiver. O(1). */
function deadLetter(to: f64): i32 {
  const status = whyNotFound(to);
  if (status == NO_PROCESS) count(COUNTER_DEAD_LETTERS, 1);
  return status;
}

/** Sends a number. O(1). */
@inline
export function sendNumber(from: f64, to: f64, tag: u8, ref: f64, value: f64): i32 {
  const process = recordFor(to);
  if (!isLive(process, to)) return deadLetter(to);
  const block = createBlock(MESSAGE_NUMBER, tag, from, ref, 0);
  if (block === null) return NO_MEMORY;
  block.value = value;
  count(COUNTER_SENDS, 1);
  deliver(process, block);
  return OK;
}

/** Sends the number that is handled on in its own block; any other message in a new one. O(1). */
@inline
export function forwardNumber(from: f64, to: f64, block: Block, value: f64): i32 {
  const isWhole = block.kind == MESSAGE_NUMBER && !(block.flags & BLOCK_IN_RELATION)
    && <u32>changetype<usize>(block) == control.runningBlock;
  const process = recordFor(to);
  if (!isWhole || !isLive(process, to)) return sendNumber(from, to, block.tag, block.ref, value);
  block.from = from;
  block.value = value;
  control.runningBlock = 0;
  count(COUNTER_SENDS, 1);
  deliver(process, block);
  return OK;
}

/** Sends a value that stays in the host. The kernel takes the handle over. O(1). */
export function sendHandle(from: f64, to: f64, tag: u8, ref: f64, handle: u32): i32 {
  const process = recordFor(to);
  if (!isLive(process, to)) return deadLetter(to);
  const status = checkHandle(handle);
  if (status != OK) return status;
  const block = createBlock(MESSAGE_HANDLE, tag, from, ref, 0);
  if (block === null) return NO_MEMORY;
  adoptHandle(handle);
  setWord(block, handle);
  count(COUNTER_SENDS, 1);
  deliver(process, block);
  return OK;
}

/** Sends a copy of bytes. O(length). */
export function sendBytes(
  from: f64, to: f64, tag: u8, ref: f64, address: usize, length: u32,
): i32 {
  const process = recordFor(to);
  if (!isLive(process, to)) return deadLetter(to);
  if (length > PAYLOAD_BYTES_MAX) return TOO_LARGE;
  const block = createBytes(tag, from, ref, address, length);
  if (block === null) return NO_MEMORY;
  count(COUNTER_SENDS, 1);
  deliver(process, block);
  return OK;
}

/** Sends the bytes of a hold, or of the message that a handler works on, without a copy. O(1). */
@inline
export function sendShared(from: f64, to: f64, tag: u8, ref: f64, source: Block): i32 {
  const process = recordFor(to);
  if (!isLive(process, to)) return deadLetter(to);
  const block = createShared(tag, from, ref, source);
  if (block === null) return NO_MEMORY;
  count(COUNTER_SENDS, 1);
  deliver(process, block);
  return OK;
}
