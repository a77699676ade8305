// Birth of a process: all its relations are had before it exists, or it does not come to be.
//
// Costs: O(1).

import {
  COUNTER_SPAWNS, KIND_HOST, KIND_NATIVE, LIMIT, OPTION_LINK, OPTION_MONITOR, OPTION_TRAP_EXIT,
  PRIORITY_MASK,
} from "./abi";
import { count, WINDOW, Window } from "./control";
import { joinProcesses } from "./links";
import { monitor } from "./monitors";
import {
  allocateProcess, find, FLAG_START, FLAG_TRAP_EXIT, Process, whyNotFound,
} from "./process";
import { fresh } from "./queue";
import { relationsLeft } from "./relation";
import { makeRunnable } from "./scheduler";

/**
 * A new runnable process, linked to and monitored by its parent as asked, atomically. Returns its
 * pid; LIMIT, or the parent's BAD_PID or NO_PROCESS. The monitor's reference is in the window.
 */
export function spawn(
  kind: u8, parentPid: f64, handler: u32, argument: f64, options: u32,
): f64 {
  const related = options & (OPTION_LINK | OPTION_MONITOR);
  const parent = related ? find(parentPid) : null;
  if (related) {
    if (parent === null) return <f64>whyNotFound(parentPid);
    if (!relationsLeft((options & OPTION_LINK ? 2 : 0) + (options & OPTION_MONITOR ? 1 : 0))) {
      return <f64>LIMIT;
    }
  }
  const process = allocateProcess();
  if (process === null) return <f64>LIMIT;
  const child = process as Process;
  child.kind = kind;
  child.priority = fresh(options & PRIORITY_MASK);
  child.handler = handler;
  child.reductions = 0;
  child.parent = parentPid;
  child.word = argument;
  if (options & OPTION_TRAP_EXIT) child.flags |= FLAG_TRAP_EXIT;
  if (kind == KIND_NATIVE) child.flags |= FLAG_START;
  makeRunnable(child);
  if (related) {
    if (options & OPTION_LINK) joinProcesses(parent as Process, child);
    if (options & OPTION_MONITOR) {
      changetype<Window>(WINDOW).spawnedRef = monitor(parent as Process, child.pid, 0, 0);
    }
  }
  count(COUNTER_SPAWNS, 1);
  return child.pid;
}

export function spawnHost(parent: f64, options: u32): f64 {
  return spawn(KIND_HOST, parent, 0, 0, options);
}
