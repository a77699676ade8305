// For native handlers: spawning processes, and asking about them. native.ts exports all of this.
//
// Costs: O(1) where no other is said.

import { BAD_ARGUMENT, KIND_NATIVE, NO_HANDLER, OPTIONS_ALL } from "./abi";
import { control, PHASE_HANDLER, PHASE_KERNEL, WINDOW, Window } from "./control";
import { processFlag, processInfo as kernelProcessInfo } from "./info";
import { SPAWN_REDUCTIONS } from "./limits";
import { isHandler } from "./native";
import { find, Process, whyNotFound } from "./process";
import { spawn as kernelSpawn } from "./spawn";

/** Spawns a native process; its pid, or a negative Status. O(1). */
export function spawn(self: Process, handler: u32, argument: f64, options: u32): f64 {
  if (options > OPTIONS_ALL) return <f64>BAD_ARGUMENT;
  if (!isHandler(handler)) return <f64>NO_HANDLER;
  control.phase = PHASE_KERNEL;
  control.charged += SPAWN_REDUCTIONS;
  const pid = kernelSpawn(KIND_NATIVE, self.pid, handler, argument, options);
  control.phase = PHASE_HANDLER;
  return pid;
}

/** The monitor that the last spawn with OPTION_MONITOR has made. To be asked at once. O(1). */
export function spawnedRef(): f64 {
  return changetype<Window>(WINDOW).spawnedRef;
}

/** Whether a process is alive; of a number that is no pid, false. O(1). */
export function isAlive(pid: f64): bool {
  return find(pid) !== null;
}

/**
 * erlang:process_info/2 for one item (INFO_…), or a negative Status. Counts of relations cost
 * O(their number), INFO_MEMORY O(relations + messages).
 */
export function processInfo(pid: f64, item: u32): f64 {
  const process = find(pid);
  return process === null ? <f64>whyNotFound(pid) : kernelProcessInfo(process, item);
}

/**
 * erlang:process_flag/2: PROCESS_TRAP_EXIT …; the old value, or BAD_ARGUMENT. O(1), the first limit
 * of a mailbox O(its messages).
 */
export function setFlag(self: Process, flag: u32, value: u32): i32 {
  control.phase = PHASE_KERNEL;
  const old = processFlag(self, flag, value);
  control.phase = PHASE_HANDLER;
  return old;
}
