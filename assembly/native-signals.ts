// For native handlers: links, monitors, exits, aliases, suspension. native.ts exports all of this.
//
// Where a signal or message goes to, minus the reference of an alias stands for its owner.
// Costs: O(1) where no other is said.

import {
  ALIAS_PRIORITY, ALIAS_REPLY, BAD_ARGUMENT, BAD_PID, DEMONITOR_FLUSH, EXIT_PRIORITY, LINK_PRIORITY,
  REASON_ATOM, SUSPEND_UNLESS,
} from "./abi";
import {
  alias as kernelAlias, findAt, priorityAt, unalias as kernelUnalias, whyNotAt,
} from "./aliases";
import { control, PHASE_HANDLER, PHASE_KERNEL } from "./control";
import { link as kernelLink, unlink as kernelUnlink } from "./links";
import {
  demonitor as kernelDemonitor, monitor as kernelMonitor, MONITOR_OPTIONS,
} from "./monitors";
import { isNameLength } from "./name-table";
import { checkBytes } from "./native-bytes";
import { lookUp } from "./names";
import { find, Process, whyNotFound } from "./process";
import { signalExit } from "./signals";
import { resume as kernelResume, suspend as kernelSuspend } from "./suspension";

/** Whether a number is none that a process could have or have had. O(1). */
function isBadPid(pid: f64): bool {
  return find(pid) === null && whyNotFound(pid) == BAD_PID;
}

/**
 * erlang:link/1,2; a Status. With LINK_PRIORITY the EXIT that may come has priority. NO_PROCESS: it
 * is dead, and this process does not trap exits. O(links of the shorter list).
 */
export function link(self: Process, pid: f64, options: u32 = 0): i32 {
  if (options & ~LINK_PRIORITY) return BAD_ARGUMENT;
  if (isBadPid(pid)) return BAD_PID;
  control.phase = PHASE_KERNEL;
  const status = kernelLink(self, pid, options);
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

/**
 * erlang:monitor/3: a reference, which is an alias too if the options say so (MONITOR_…), or a
 * negative Status. The DOWN bears the tag. O(1).
 */
export function monitor(self: Process, pid: f64, options: u32 = 0, tag: u8 = 0): f64 {
  if (options & ~MONITOR_OPTIONS) return <f64>BAD_ARGUMENT;
  if (isBadPid(pid)) return <f64>BAD_PID;
  control.phase = PHASE_KERNEL;
  const ref = kernelMonitor(self, pid, options, tag);
  control.phase = PHASE_HANDLER;
  return ref;
}

/** The same of who has a name now; one that is nobody's causes DOWN noproc from 0. O(length). */
export function monitorName(
  self: Process, name: usize, length: u32, options: u32 = 0, tag: u8 = 0,
): f64 {
  checkBytes(name, length);
  if (options & ~MONITOR_OPTIONS || !isNameLength(length)) return <f64>BAD_ARGUMENT;
  control.phase = PHASE_KERNEL;
  const target = lookUp(name, length);
  const ref = kernelMonitor(self, target === null ? 0 : target.pid, options, tag);
  control.phase = PHASE_HANDLER;
  return ref;
}

/** erlang:demonitor/2; a Status. O(1), with DEMONITOR_FLUSH O(mailbox). */
export function demonitor(self: Process, ref: f64, options: u32 = 0): i32 {
  if (options & ~DEMONITOR_FLUSH) return BAD_ARGUMENT;
  control.phase = PHASE_KERNEL;
  const status = kernelDemonitor(self, ref, options);
  control.phase = PHASE_HANDLER;
  return status;
}

/**
 * erlang:exit/2,3 with an atom, the only reasons that need no host; a Status. Through an alias
 * EXIT_PRIORITY may be given. O(1) but for what it ends.
 */
export function exit(self: Process, to: f64, atom: u32, options: u32 = 0): i32 {
  if (options & ~EXIT_PRIORITY || (options && !(to < 0))) return BAD_ARGUMENT;
  control.phase = PHASE_KERNEL;
  const target = findAt(to);
  const status = target === null ? whyNotAt(to)
    : signalExit(self.pid, target, REASON_ATOM, atom, options ? priorityAt(to) : 0);
  control.phase = PHASE_HANDLER;
  return status;
}

/** erlang:alias/1: a reference, whose negative is the address; or LIMIT, BAD_ARGUMENT. O(1). */
export function alias(self: Process, options: u32 = 0): f64 {
  if (options & ~(ALIAS_REPLY | ALIAS_PRIORITY)) return <f64>BAD_ARGUMENT;
  control.phase = PHASE_KERNEL;
  const ref = kernelAlias(self, options);
  control.phase = PHASE_HANDLER;
  return ref;
}

/** erlang:unalias/1. OK: was active; NOT_FOUND. O(1). */
export function unalias(self: Process, ref: f64): i32 {
  control.phase = PHASE_KERNEL;
  const status = kernelUnalias(self, ref);
  control.phase = PHASE_HANDLER;
  return status;
}

/**
 * erlang:suspend_process/2; a Status. ALREADY, with SUSPEND_UNLESS; BAD_ARGUMENT: itself. As many
 * calls of resume end it, or its own end. O(suspensions of the shorter list).
 */
export function suspend(self: Process, pid: f64, options: u32 = 0): i32 {
  if (options & ~SUSPEND_UNLESS) return BAD_ARGUMENT;
  control.phase = PHASE_KERNEL;
  const target = find(pid);
  const status = target === null ? whyNotFound(pid) : kernelSuspend(self, target, options);
  control.phase = PHASE_HANDLER;
  return status;
}

/** erlang:resume_process/1; a Status. O(suspensions of the shorter list). */
export function resume(self: Process, pid: f64): i32 {
  control.phase = PHASE_KERNEL;
  const target = find(pid);
  const status = target === null ? whyNotFound(pid) : kernelResume(self, target);
  control.phase = PHASE_HANDLER;
  return status;
}
