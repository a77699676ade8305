// Exports of the kernel: messages: sending, and what comes back to the host.

import { BAD_ARGUMENT, BAD_PID, NO_PROCESS, OK } from "../abi";
import { Block } from "../block";
import { leave, leaveNumber } from "../control";
import { takeReleased } from "../handles";
import { isBlock } from "../memory";
import * as send from "../send";
import * as turns from "../turns";
import { enter, inScratch } from "./gate";

/** Sends a number. `from` and `ref` may be 0. NO_PROCESS (a dead letter), BAD_PID, NO_MEMORY. */
export function send_number(from: f64, to: f64, tag: u32, ref: f64, value: f64): i32 {
  const refused = enter();
  return refused == OK ? leave(send.sendNumber(from, to, <u8>tag, ref, value)) : refused;
}

/** Sends a host value by its handle, which becomes the kernel's. As send_number, or BAD_HANDLE. */
export function send_handle(from: f64, to: f64, tag: u32, ref: f64, handle: u32): i32 {
  const refused = enter();
  return refused == OK ? leave(send.sendHandle(from, to, <u8>tag, ref, handle)) : refused;
}

/** Sends a copy of bytes that lie in the scratch area. O(length). As send_number, or TOO_LARGE. */
export function send_bytes(
  from: f64, to: f64, tag: u32, ref: f64, pointer: u32, length: u32,
): i32 {
  const refused = enter();
  if (refused != OK) return refused;
  if (!inScratch(pointer, length)) return leave(BAD_ARGUMENT);
  return leave(send.sendBytes(from, to, <u8>tag, ref, pointer, length));
}

/** Gives back bytes that take has handed out. BAD_ARGUMENT if they are not held. */
export function release(pointer: u32): i32 {
  const refused = enter();
  if (refused != OK) return refused;
  return leave(isBlock(pointer - 32) && turns.releaseHeld(changetype<Block>(pointer - 32))
    ? OK : BAD_ARGUMENT);
}

/** A handle that the kernel has dropped, now the host's again; 0: there is none. */
export function released_next(): f64 {
  const refused = enter();
  return refused == OK ? leaveNumber(<f64>takeReleased()) : <f64>refused;
}
