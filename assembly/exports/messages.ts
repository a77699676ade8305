// Exports of the kernel: messages: sending, and what comes back to the host.

import { BAD_ARGUMENT, NO_MEMORY, OK, TOO_LARGE } from "../abi";
import { Block, BLOCK_HELD } from "../block";
import { leave, leaveNumber } from "../control";
import { takeReleased } from "../handles";
import { PAYLOAD_BYTES_MAX } from "../limits";
import { createBytes, holdBytes, isHold, releaseHold } from "../payload";
import * as send from "../send";
import { enter, inScratch } from "./gate";

/**
 * Sends a number. `to` is a pid, or minus the reference of an alias; `tag` is 0 to 255, with
 * SEND_PRIORITY only through an alias, with SEND_EXEMPT past the limits of the receiver; `from` and
 * `ref` may be 0. NO_PROCESS (a dead letter), BAD_PID, NO_MEMORY, MAILBOX_FULL, BAD_ARGUMENT.
 */
export function send_number(from: f64, to: f64, tag: u32, ref: f64, value: f64): i32 {
  const refused = enter();
  return refused == OK ? leave(send.sendNumber(from, to, tag, ref, value)) : refused;
}

/** Sends a host value by its handle, which becomes the kernel's. As send_number, or BAD_HANDLE. */
export function send_handle(from: f64, to: f64, tag: u32, ref: f64, handle: u32): i32 {
  const refused = enter();
  return refused == OK ? leave(send.sendHandle(from, to, tag, ref, handle)) : refused;
}

/** Sends a copy of bytes that lie in the scratch area. O(length). As send_number, or TOO_LARGE. */
export function send_bytes(
  from: f64, to: f64, tag: u32, ref: f64, pointer: u32, length: u32,
): i32 {
  const refused = enter();
  if (refused != OK) return refused;
  if (!inScratch(pointer, length)) return leave(BAD_ARGUMENT);
  return leave(send.sendBytes(from, to, tag, ref, pointer, length));
}

/**
 * Copies bytes out of the scratch area to be sent often: a hold, the host's until release.
 * BAD_ARGUMENT, TOO_LARGE, NO_MEMORY. O(length).
 */
export function share(pointer: u32, length: u32): f64 {
  const refused = enter();
  if (refused != OK) return <f64>refused;
  if (!inScratch(pointer, length)) return leaveNumber(BAD_ARGUMENT);
  if (length > PAYLOAD_BYTES_MAX) return leaveNumber(TOO_LARGE);
  const block = createBytes(0, 0, 0, pointer, length);
  if (block === null) return leaveNumber(NO_MEMORY);
  holdBytes(block, BLOCK_HELD);
  return leaveNumber(changetype<usize>(block));
}

/**
 * Sends the bytes of a hold (of `share`, or of BYTES that were taken) without a copy; the hold
 * stays the host's. As send_number, or BAD_ARGUMENT if it is none.
 */
export function send_shared(from: f64, to: f64, tag: u32, ref: f64, hold: u32): i32 {
  const refused = enter();
  if (refused != OK) return refused;
  if (!isHold(hold, BLOCK_HELD)) return leave(BAD_ARGUMENT);
  return leave(send.sendShared(from, to, tag, ref, changetype<Block>(hold)));
}

/**
 * Gives a hold back: what `share` has answered, or the window's `hold` of BYTES that were taken.
 * The bytes stay for as long as messages refer to them. BAD_ARGUMENT if it is not held.
 */
export function release(hold: u32): i32 {
  const refused = enter();
  if (refused != OK) return refused;
  if (!isHold(hold, BLOCK_HELD)) return leave(BAD_ARGUMENT);
  releaseHold(changetype<Block>(hold));
  return leave(OK);
}

/** A handle that the kernel has dropped, now the host's again; 0: there is none. */
export function released_next(): f64 {
  const refused = enter();
  return refused == OK ? leaveNumber(<f64>takeReleased()) : <f64>refused;
}
