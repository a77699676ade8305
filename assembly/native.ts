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
// and runs to completion. It answers CONTINUE or STOP (the process ends with reason normal). A trap
// inside it ends its process with reason `trap`. `self.word` (an f64) is the process's own state.
// The message is freed when the handler returns. A handler allocates no managed object.

import { KIND_NATIVE, NO_HANDLER } from "./abi";
import { Block, bytesOf as blockBytes, wordOf } from "./block";
import { control, HANDLER_TABLE, PHASE_HANDLER, PHASE_KERNEL } from "./control";
import { HANDLERS_MAX, SPAWN_REDUCTIONS } from "./limits";
import { find, Process, whyNotFound } from "./process";
import { sendNumber as kernelSendNumber } from "./send";
import { signalExit } from "./signals";
import { spawn as kernelSpawn } from "./spawn";

export { Block as Message, wordOf } from "./block";
export { cancelTimer, readTimer, sendAfter } from "./native-timers";
export { Process } from "./process";
export { CONTINUE, STOP } from "./scheduler";

/** Registers a handler under its stable id (1 to 255), at module start. */
export function defineHandler(id: u32, index: u32): void {
  if (id == 0 || id >= HANDLERS_MAX) unreachable();
  store<u32>(HANDLER_TABLE + (id << 2), index);
}

/** Whether a handler id is registered. O(1). */
export function isHandler(id: u32): bool {
  return id < HANDLERS_MAX && load<u32>(HANDLER_TABLE + (id << 2)) != 0;
}

/** Sends a number to a process; a Status. O(1). */
@inline
export function sendNumber(self: Process, to: f64, value: f64): i32 {
  control.phase = PHASE_KERNEL;
  const status = kernelSendNumber(self.pid, to, 0, 0, value);
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

/** erlang:exit/2 with an atom; a Status. O(1) but for what it ends. */
export function exit(self: Process, to: f64, atom: u32): i32 {
  control.phase = PHASE_KERNEL;
  const target = find(to);
  const status = target === null ? whyNotFound(to) : signalExit(self.pid, target, 0, atom);
  control.phase = PHASE_HANDLER;
  return status;
}

/** Address of a message's bytes. O(1). */
export function bytesOf(message: Block): usize {
  return blockBytes(message);
}

/** Length of a message's bytes. O(1). */
export function lengthOf(message: Block): u32 {
  return wordOf(message);
}
