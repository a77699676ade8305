// For native handlers: names and groups. native.ts exports all of this. A name is given by the
// address and length of its bytes, wherever they lie.
//
// Costs: O(length); joining and leaving as in groups.ts, sending O(members).

import { BAD_ARGUMENT, MESSAGE_BYTES, MESSAGE_NUMBER } from "./abi";
import { BLOCK_OWNED } from "./block";
import { control, PHASE_HANDLER, PHASE_KERNEL } from "./control";
import { sendToGroup } from "./group-send";
import { findGroup, joinGroup as kernelJoinGroup, leaveGroup as kernelLeaveGroup } from "./groups";
import { checkBytes } from "./native-bytes";
import { lookUp, registerName, unregisterName } from "./names";
import { isHold } from "./payload";
import { find, Process, whyNotFound } from "./process";
import { startTimerToName } from "./timers";

/** Registers a process under a name; a Status. O(length). */
export function register(_self: Process, pid: f64, name: usize, length: u32): i32 {
  checkBytes(name, length);
  control.phase = PHASE_KERNEL;
  const process = find(pid);
  const status = process === null ? whyNotFound(pid) : registerName(process, name, length);
  control.phase = PHASE_HANDLER;
  return status;
}

/** Takes a name away from whoever has it. OK, NOT_FOUND. O(length). */
export function unregister(_self: Process, name: usize, length: u32): i32 {
  checkBytes(name, length);
  control.phase = PHASE_KERNEL;
  const status = unregisterName(name, length);
  control.phase = PHASE_HANDLER;
  return status;
}

/** The pid that has a name, or 0. O(length). */
export function whereis(_self: Process, name: usize, length: u32): f64 {
  checkBytes(name, length);
  const process = lookUp(name, length);
  return process === null ? 0 : process.pid;
}

/** As sendAfter, to who has this name when the time has come. O(length). */
export function sendAfterName(
  self: Process, name: usize, length: u32, value: f64, ms: f64, tag: u8 = 0, ref: f64 = 0,
  options: u32 = 0,
): f64 {
  checkBytes(name, length);
  control.phase = PHASE_KERNEL;
  const timer = startTimerToName(
    name, length, MESSAGE_NUMBER, tag, self.pid, ref, value, ms, options,
  );
  control.phase = PHASE_HANDLER;
  return timer;
}

/** pg:join/2 of the process itself; a Status. */
export function joinGroup(self: Process, name: usize, length: u32): i32 {
  checkBytes(name, length);
  control.phase = PHASE_KERNEL;
  const status = kernelJoinGroup(self, name, length);
  control.phase = PHASE_HANDLER;
  return status;
}

/** pg:leave/2 of the process itself. OK, NOT_FOUND. */
export function leaveGroup(self: Process, name: usize, length: u32): i32 {
  checkBytes(name, length);
  control.phase = PHASE_KERNEL;
  const status = kernelLeaveGroup(self, name, length);
  control.phase = PHASE_HANDLER;
  return status;
}

/** Sends a number to every member of a group: how many got it, or NO_MEMORY. O(members). */
export function sendGroup(
  self: Process, name: usize, length: u32, value: f64, tag: u8 = 0, ref: f64 = 0,
): i32 {
  checkBytes(name, length);
  return send(self, name, length, MESSAGE_NUMBER, value, tag, ref);
}

/** The same of the bytes of a hold, without a copy; BAD_ARGUMENT if it is none. O(members). */
export function sendGroupShared(
  self: Process, name: usize, length: u32, hold: usize, tag: u8 = 0, ref: f64 = 0,
): i32 {
  checkBytes(name, length);
  if (!isHold(<u32>hold, BLOCK_OWNED)) return BAD_ARGUMENT;
  return send(self, name, length, MESSAGE_BYTES, <f64>hold, tag, ref);
}

function send(
  self: Process, name: usize, length: u32, kind: u8, value: f64, tag: u8, ref: f64,
): i32 {
  control.phase = PHASE_KERNEL;
  const group = findGroup(name, length);
  const sent = group === null ? 0 : sendToGroup(group, self.pid, tag, ref, kind, value);
  control.phase = PHASE_HANDLER;
  return sent;
}
