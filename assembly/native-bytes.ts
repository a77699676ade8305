// For native handlers: sending bytes. native.ts exports these functions.

import { BAD_ARGUMENT, MESSAGE_BYTES, NO_MEMORY, OK } from "./abi";
import { Block, BLOCK_OWNED, BLOCK_SHARED } from "./block";
import { control, PHASE_HANDLER, PHASE_KERNEL } from "./control";
import { PAYLOAD_BYTES_MAX } from "./limits";
import { createBytes, detachBytes, holdBytes, isHold, payloadOf, releaseHold } from "./payload";
import { Process } from "./process";
import { sendBytes as kernelSendBytes, sendShared as kernelSendShared } from "./send";

/** Traps in the handler where bytes don't lie in memory: only its process must end. O(1). */
export function checkBytes(pointer: usize, length: u32): void {
  const end = <usize>memory.size() << 16;
  if (pointer > end || <usize>length > end - pointer) unreachable();
}

/** Sends a copy of bytes, wherever they lie, at most 16,384; as sendNumber. O(length). */
export function sendBytes(
  self: Process, to: f64, pointer: usize, length: u32, tag: u32 = 0, ref: f64 = 0,
): i32 {
  checkBytes(pointer, length);
  control.phase = PHASE_KERNEL;
  const status = kernelSendBytes(self.pid, to, tag, ref, pointer, length);
  control.phase = PHASE_HANDLER;
  return status;
}

/**
 * Copies bytes to be sent often: a hold, 0 where there are too many or no memory is left. It stays
 * until `releaseShared`, also when the process ends before. O(length).
 */
export function share(pointer: usize, length: u32): usize {
  checkBytes(pointer, length);
  if (length > PAYLOAD_BYTES_MAX) return 0;
  control.phase = PHASE_KERNEL;
  const block = createBytes(0, 0, 0, pointer, length);
  if (block !== null) holdBytes(block, BLOCK_OWNED);
  control.phase = PHASE_HANDLER;
  return changetype<usize>(block);
}

/** Gives the handled message another head, so that its block can be referred to. O(1). */
function detachRunning(block: Block): bool {
  if (block.flags & BLOCK_SHARED) return true;
  const head = detachBytes(block);
  if (head === null) return false;
  control.runningBlock = <u32>changetype<usize>(head);
  return true;
}

/** Whether an address is the handled message, or was before it got another head. O(1). */
@inline
function isHandled(address: u32): bool {
  const running = control.runningBlock;
  if (running == 0 || changetype<Block>(running).kind != MESSAGE_BYTES) return false;
  return address == running
    || address == <u32>changetype<usize>(payloadOf(changetype<Block>(running)));
}

/**
 * Sends the bytes of a hold, or of the handled message, without a copy; as sendNumber.
 * BAD_ARGUMENT: neither, or released. O(1).
 */
@inline
export function sendShared(self: Process, to: f64, hold: usize, tag: u32 = 0, ref: f64 = 0): i32 {
  if (!isHandled(<u32>hold) && !isHold(<u32>hold, BLOCK_OWNED)) return BAD_ARGUMENT;
  const source = changetype<Block>(hold);
  control.phase = PHASE_KERNEL;
  const isReady = <u32>hold != control.runningBlock || detachRunning(source);
  const status = isReady ? kernelSendShared(self.pid, to, tag, ref, source) : NO_MEMORY;
  control.phase = PHASE_HANDLER;
  return status;
}

/** Gives back what `share` has answered; a Status: BAD_ARGUMENT if it is not held. O(1). */
export function releaseShared(hold: usize): i32 {
  if (!isHold(<u32>hold, BLOCK_OWNED)) return BAD_ARGUMENT;
  control.phase = PHASE_KERNEL;
  releaseHold(changetype<Block>(hold));
  control.phase = PHASE_HANDLER;
  return OK;
}
