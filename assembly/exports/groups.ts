// Exports of the kernel: process groups. A group's name is the first `length` bytes of the scratch
// area. Costs are O(length), and O(the shorter of the process's groups and the group's members)
// where a call is about one process.

import { BAD_ARGUMENT, BAD_PID, MESSAGE_BYTES, NOT_FOUND, OK } from "../abi";
import { BLOCK_HELD } from "../block";
import { control, leave, leaveNumber } from "../control";
import { sendToGroup } from "../group-send";
import * as groups from "../groups";
import { isHold } from "../payload";
import { find, whyNotFound } from "../process";
import { checkPayload, enter, inScratch } from "./gate";

/** pg:join/2; a process may join k times. OK; LIMIT, NO_MEMORY, BAD_ARGUMENT, NO_PROCESS. */
export function group_join(pid: f64, length: u32): i32 {
  const refused = enter();
  if (refused != OK) return refused;
  const process = find(pid);
  if (process === null) return leave(whyNotFound(pid));
  if (!inScratch(control.scratch, length)) return leave(BAD_ARGUMENT);
  return leave(groups.joinGroup(process, control.scratch, length));
}

/**
 * pg:leave/2: once. OK; NOT_FOUND (no member), BAD_ARGUMENT (length), NO_PROCESS. A process that
 * ends leaves all.
 */
export function group_leave(pid: f64, length: u32): i32 {
  const refused = enter();
  if (refused != OK) return refused;
  const process = find(pid);
  if (process === null) return leave(whyNotFound(pid));
  if (!inScratch(control.scratch, length)) return leave(BAD_ARGUMENT);
  return leave(groups.leaveGroup(process, control.scratch, length));
}

/** How many processes are members; 0: there is no such group. BAD_ARGUMENT (length). */
export function group_size(length: u32): i32 {
  const refused = enter();
  if (refused != OK) return refused;
  if (!inScratch(control.scratch, length)) return leave(BAD_ARGUMENT);
  const group = groups.findGroup(control.scratch, length);
  return leave(group === null ? 0 : group.size);
}

/** How often a process has joined and not left. BAD_ARGUMENT (length), NO_PROCESS. */
export function group_count(pid: f64, length: u32): f64 {
  const refused = enter();
  if (refused != OK) return <f64>refused;
  const process = find(pid);
  if (process === null) return leaveNumber(whyNotFound(pid));
  if (!inScratch(control.scratch, length)) return leaveNumber(BAD_ARGUMENT);
  return leaveNumber(groups.joinsOfProcess(process, control.scratch, length));
}

/**
 * The member after one (0: the first), the last to join first; 0 at the end. NOT_FOUND: `after` is
 * no member, or no longer.
 */
export function group_member(length: u32, after: f64): f64 {
  const refused = enter();
  if (refused != OK) return <f64>refused;
  if (!inScratch(control.scratch, length)) return leaveNumber(BAD_ARGUMENT);
  const group = groups.findGroup(control.scratch, length);
  const process = find(after);
  if (after == 0) return leaveNumber(group === null ? 0 : groups.nextMember(group, null));
  if (process === null && whyNotFound(after) == BAD_PID) return leaveNumber(BAD_PID);
  if (process === null || group === null) return leaveNumber(NOT_FOUND);
  return leaveNumber(groups.nextMember(group, process));
}

/** Whether a group may be sent this: what checkPayload says, or the bytes of a hold. */
function checkForAll(tag: u32, kind: u32, value: f64): i32 {
  if (kind != MESSAGE_BYTES || tag > 255) return checkPayload(tag, kind, value);
  return <f64>(<u32>value) == value && isHold(<u32>value, BLOCK_HELD) ? OK : BAD_ARGUMENT;
}

/**
 * Sends to every member: how many got it. MESSAGE_NUMBER; MESSAGE_HANDLE, which after 0, as after
 * a refusal, is still the host's; MESSAGE_BYTES: `value` is a hold, which stays the host's.
 * NO_MEMORY: nobody got it. BAD_HANDLE, BAD_ARGUMENT. O(members).
 */
export function group_send(
  from: f64, length: u32, tag: u32, ref: f64, kind: u32, value: f64,
): i32 {
  const refused = enter();
  if (refused != OK) return refused;
  if (!inScratch(control.scratch, length)) return leave(BAD_ARGUMENT);
  const status = checkForAll(tag, kind, value);
  if (status != OK) return leave(status);
  const group = groups.findGroup(control.scratch, length);
  return leave(group === null ? 0 : sendToGroup(group, from, <u8>tag, ref, <u8>kind, value));
}
