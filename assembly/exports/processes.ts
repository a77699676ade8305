// Exports of the kernel: processes: spawn, look at, set flags.

import {
  BAD_ARGUMENT, BAD_PID, KIND_NATIVE, NO_HANDLER, NO_PROCESS, OK, OPTIONS_ALL,
} from "../abi";
import { control, leave, leaveNumber } from "../control";
import * as info from "../info";
import { slotIn } from "../limits";
import { isHandler } from "../native";
import { find, processAt, whyNotFound } from "../process";
import { spawn, spawnHost } from "../spawn";
import { enter } from "./gate";

/** Whether a spawner may name this parent: nobody, or somebody who lives or has lived. */
function isParent(pid: f64): bool {
  return pid == 0 || whyNotFound(pid) != BAD_PID;
}

/**
 * Spawns a host process: its first RUN event follows. Options are a PRIORITY_… and OPTION_….
 * A pid; LIMIT, BAD_ARGUMENT (options), BAD_PID, NO_PROCESS (a parent to link or monitor).
 */
export function spawn_host(parent: f64, options: u32): f64 {
  const refused = enter();
  if (refused != OK) return <f64>refused;
  if (options > OPTIONS_ALL) return leaveNumber(BAD_ARGUMENT);
  if (!isParent(parent)) return leaveNumber(BAD_PID);
  return leaveNumber(spawnHost(parent, options));
}

/** Spawns a native process whose `word` is the argument. As spawn_host, or NO_HANDLER. */
export function spawn_native(parent: f64, handler: u32, argument: f64, options: u32): f64 {
  const refused = enter();
  if (refused != OK) return <f64>refused;
  if (options > OPTIONS_ALL) return leaveNumber(BAD_ARGUMENT);
  if (!isHandler(handler)) return leaveNumber(NO_HANDLER);
  if (!isParent(parent)) return leaveNumber(BAD_PID);
  return leaveNumber(spawn(KIND_NATIVE, parent, handler, argument, options));
}

/** 1 if the process is alive, 0 if it is not, or BAD_PID. */
export function is_alive(pid: f64): i32 {
  const refused = enter();
  if (refused != OK) return refused;
  if (find(pid) !== null) return leave(1);
  const why = whyNotFound(pid);
  return leave(why == NO_PROCESS ? 0 : why);
}

/** The live process of the lowest slot above that of `pid` (0: the first); 0: no more. O(slots). */
export function process_next(pid: f64): f64 {
  const refused = enter();
  if (refused != OK) return <f64>refused;
  for (let slot = slotIn(pid) + 1; slot < control.processFresh; slot++) {
    const next = processAt(slot).pid;
    if (find(next) !== null) return leaveNumber(next);
  }
  return leaveNumber(0);
}

/**
 * One item of a process (INFO_…); BAD_ARGUMENT, NO_PROCESS. Counts of relations cost O(their
 * number), INFO_MEMORY O(relations + messages).
 */
export function process_info(pid: f64, item: u32): f64 {
  const refused = enter();
  if (refused != OK) return <f64>refused;
  const process = find(pid);
  return leaveNumber(process === null ? <f64>whyNotFound(pid) : info.processInfo(process, item));
}

/**
 * Sets a flag of a process (PROCESS_…): the old value; BAD_ARGUMENT, NO_PROCESS. The first limit of
 * a mailbox costs O(its messages).
 */
export function process_flag(pid: f64, flag: u32, value: u32): i32 {
  const refused = enter();
  if (refused != OK) return refused;
  const process = find(pid);
  return leave(process === null ? whyNotFound(pid) : info.processFlag(process, flag, value));
}
