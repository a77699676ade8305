// Exports of the kernel: what a process is related to, and what is in its mailbox.

import { OK } from "../abi";
import { control, leave } from "../control";
import * as lists from "../lists";
import { copyName } from "../names";
import { find, whyNotFound } from "../process";
import { enter } from "./gate";

/**
 * Writes pids (f64) of a list (LIST_…) into the scratch area, without the first `skip`: how many.
 * A scratch area that is full may mean more. BAD_ARGUMENT, NO_PROCESS. O(skip + answer).
 */
export function process_list(pid: f64, list: u32, skip: u32): i32 {
  const refused = enter();
  if (refused != OK) return refused;
  const process = find(pid);
  return leave(process === null ? whyNotFound(pid) : lists.listProcesses(process, list, skip));
}

/**
 * Writes a process's registered name into the scratch area: its length, 0 if it has none.
 * NO_PROCESS. O(length).
 */
export function process_name(pid: f64): i32 {
  const refused = enter();
  if (refused != OK) return refused;
  const process = find(pid);
  return leave(process === null ? whyNotFound(pid) : copyName(process, control.scratch));
}

/**
 * Shows the index-th message of a mailbox in the window until the next call, whoever runs; nothing
 * is handed over: `last` is 0, bytes need no release. SHOWN, OK (there is none), NO_PROCESS.
 * O(index).
 */
export function inspect(pid: f64, index: u32): i32 {
  const refused = enter();
  if (refused != OK) return refused;
  const process = find(pid);
  return leave(process === null ? whyNotFound(pid) : lists.inspect(process, index));
}
