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

import { KIND_NATIVE, NO_HANDLER } from "./abi";
import { Block } from "./block";
import { control, HANDLER_TABLE, PHASE_HANDLER, PHASE_KERNEL } from "./control";
import { HANDLERS_MAX, SPAWN_REDUCTIONS } from "./limits";
import { processFlag } from "./info";
import { link as kernelLink, unlink as kernelUnlink } from "./links";
import { demonitor as kernelDemonitor, monitor as kernelMonitor } from "./monitors";
import { coldForWriting, find, FLAG_AWAITING, Process, whyNotFound } from "./process";
import { makeRef as kernelMakeRef } from "./relation";
import { forwardNumber, sendNumber as kernelSendNumber } from "./send";
import { signalExit } from "./signals";
import { spawn as kernelSpawn } from "./spawn";

export { Block as Message, wordOf } from "./block";
export { releaseShared, sendBytes, sendShared, share } from "./native-bytes";
export {
  joinGroup, leaveGroup, register, sendAfterName, sendGroup, sendGroupShared, unregister, whereis,
} from "./native-names";
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

/** Sends a number to a process, with a tag and a reference if given; a Status. O(1). */
@inline
export function sendNumber(self: Process, to: f64, value: f64, tag: u8 = 0, ref: f64 = 0): i32 {
  control.phase = PHASE_KERNEL;
  const status = kernelSendNumber(self.pid, to, tag, ref, value);
  control.phase = PHASE_HANDLER;
  return status;
}

/** Spawns a native process; its pid, or a negative Status. O(1). */
export function spawn(self: Process, handler: u32, argument: f64, options: u32): f64 {
  if (!isHandler(handler)) return <f64>NO_HANDLER;
  control.phase = PHASE_KERNEL;
  control.charged += SPAWN_REDUCTIONS;
  const pid = kernelSpawn(KIND_NATIVE, self.pid, handler, argument, options);
  control.phase = PHASE_HANDLER;
  return pid;
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

/** erlang:process_flag/2: PROCESS_TRAP_EXIT …; the old value, or BAD_ARGUMENT. O(1). */
export function setFlag(self: Process, flag: u32, value: u32): i32 {
  control.phase = PHASE_KERNEL;
  const old = processFlag(self, flag, value);
  control.phase = PHASE_HANDLER;
  return old;
}

/** erlang:link/1; a Status. */
export function link(self: Process, pid: f64): i32 {
  control.phase = PHASE_KERNEL;
  const status = kernelLink(self, pid, 0);
  control.phase = PHASE_HANDLER;
  return status;
}

/** erlang:unlink/1; a Status. O(links of the shorter list). */
export function unlink(self: Process, pid: f64): i32 {
  control.phase = PHASE_KERNEL;
  const status = kernelUnlink(self, pid);
  control.phase = PHASE_HANDLER;
  return status;
}

/** erlang:monitor/2: a reference, or a negative Status. O(1). */
export function monitor(self: Process, pid: f64): f64 {
  control.phase = PHASE_KERNEL;
  const ref = kernelMonitor(self, pid, 0, 0);
  control.phase = PHASE_HANDLER;
  return ref;
}

/** erlang:demonitor/2; a Status. O(1), with DEMONITOR_FLUSH O(mailbox). */
export function demonitor(self: Process, ref: f64, options: u32): i32 {
  control.phase = PHASE_KERNEL;
  const status = kernelDemonitor(self, ref, options);
  control.phase = PHASE_HANDLER;
  return status;
}

/** erlang:exit/2 with an atom; a Status. O(1) but for what it ends. */
export function exit(self: Process, to: f64, atom: u32): i32 {
  control.phase = PHASE_KERNEL;
  const target = find(to);
  const status = target === null ? whyNotFound(to) : signalExit(self.pid, target, 0, atom);
  control.phase = PHASE_HANDLER;
  return status;
}
