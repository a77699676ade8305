// Exports of the kernel: registered names.

import { BAD_ARGUMENT, NOT_FOUND, OK } from "../abi";
import { control, leave, leaveNumber } from "../control";
import { lookUp, registerName, unregisterName } from "../names";
import { find, whyNotFound } from "../process";
import { enter, inScratch } from "./gate";

/**
 * erlang:register/2 under the first `length` bytes of the scratch area. OK; TAKEN (the name, or the
 * process has one), LIMIT, NO_MEMORY, BAD_ARGUMENT (length), NO_PROCESS. O(length).
 */
export function register(pid: f64, length: u32): i32 {
  const refused = enter();
  if (refused != OK) return refused;
  const process = find(pid);
  if (process === null) return leave(whyNotFound(pid));
  if (!inScratch(control.scratch, length)) return leave(BAD_ARGUMENT);
  return leave(registerName(process, control.scratch, length));
}

/** Takes a name away from whoever has it. OK, NOT_FOUND, BAD_ARGUMENT (length). O(length). */
export function unregister(length: u32): i32 {
  const refused = enter();
  if (refused != OK) return refused;
  if (!inScratch(control.scratch, length)) return leave(BAD_ARGUMENT);
  return leave(unregisterName(control.scratch, length));
}

/** The pid that has a name, or 0. BAD_ARGUMENT (length). O(length). */
export function whereis(length: u32): f64 {
  const refused = enter();
  if (refused != OK) return <f64>refused;
  if (!inScratch(control.scratch, length)) return leaveNumber(BAD_ARGUMENT);
  const process = lookUp(control.scratch, length);
  return leaveNumber(process === null ? 0 : process.pid);
}
