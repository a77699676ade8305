// For native handlers: AssemblyScript that is compiled together with the kernel.
//
//   import { CONTINUE, defineHandler, Message, Process, sendNumber } from "../assembly/native";
//
//   function echo(self: Process, message: usize): u32 {
//     if (message) sendNumber(self, changetype<Message>(message).from, 1);
//     return CONTINUE;
//   }
//   defineHandler(7, echo.index);
//
// A handler is called once with message 0 when its process starts, then once per message, in order,
// and runs to completion. It answers CONTINUE (the message is freed), KEEP (it stays, and is shown
// again after a CONTINUE) or STOP (the process ends with reason normal). A trap inside it ends its
// process with reason `trap`. `self.word` (an f64) is the process's own state. A handler allocates
// no managed object.

import { Block } from "./block";
import { control, HANDLER_TABLE, PHASE_HANDLER, PHASE_KERNEL } from "./control";
import { HANDLERS_MAX } from "./limits";
import { coldForWriting, FLAG_AWAITING, Process } from "./process";
import { makeRef as kernelMakeRef } from "./relation";
import { forwardNumber, sendNumber as kernelSendNumber } from "./send";

export { Block as Message, wordOf } from "./block";
export { releaseShared, sendBytes, sendShared, share } from "./native-bytes";
export {
  joinGroup, leaveGroup, register, sendAfterName, sendGroup, sendGroupShared, unregister, whereis,
} from "./native-names";
export { isAlive, processInfo, setFlag, spawn, spawnedRef } from "./native-processes";
export {
  alias, demonitor, exit, link, monitor, monitorName, resume, suspend, unalias, unlink,
} from "./native-signals";
export { cancelTimer, readTimer, sendAfter } from "./native-timers";
export { bytesOf, lengthOf } from "./payload";
export { Process } from "./process";
export { CONTINUE, KEEP, STOP } from "./handlers";

/** Registers a handler under its stable id (1 to 255), at module start. */
export function defineHandler(id: u32, index: u32): void {
  if (id == 0 || id >= HANDLERS_MAX) unreachable();
  store<u32>(HANDLER_TABLE + (id << 2), index);
}

/** Whether a handler id is registered. O(1). */
export function isHandler(id: u32): bool {
  return id < HANDLERS_MAX && load<u32>(HANDLER_TABLE + (id << 2)) != 0;
}

/**
 * Sends a number to a pid, or through an alias to minus its reference; a Status. Tag and reference
 * if given; SEND_PRIORITY + a tag goes through an alias alone. O(1).
 */
@inline
export function sendNumber(self: Process, to: f64, value: f64, tag: u32 = 0, ref: f64 = 0): i32 {
  control.phase = PHASE_KERNEL;
  const status = kernelSendNumber(self.pid, to, tag, ref, value);
  control.phase = PHASE_HANDLER;
  return status;
}

/**
 * Sends the number that is handled on, in its own block: from `self`, with another value; tag and
 * reference stay. The message is used up: it must not be looked at any more, unless the status is
 * negative. O(1), and quicker than sendNumber.
 */
@inline
export function forward(self: Process, message: Block, to: f64, value: f64): i32 {
  control.phase = PHASE_KERNEL;
  const status = forwardNumber(self.pid, to, message, value);
  control.phase = PHASE_HANDLER;
  return status;
}

/** erlang:make_ref/0. O(1). */
export function makeRef(): f64 {
  return kernelMakeRef();
}

/** Shows only what comes from now on, or was not shown yet, until a message is used up. O(1). */
export function mark(self: Process): void {
  self.cursor = self.tail;
}

/** The next message that is shown is one with this reference; others are passed over. O(1). */
export function awaitRef(self: Process, ref: f64): void {
  coldForWriting(self).waitRef = ref;
  self.flags |= FLAG_AWAITING;
}

/** The next message that is shown is one with this tag; others are passed over. O(1). */
export function awaitTag(self: Process, tag: u8): void {
  awaitRef(self, -1 - <f64>tag);
}
