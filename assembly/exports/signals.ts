// Exports of the kernel: signals: exit, link, monitor, alias, suspend.

import {
  ALIAS_PRIORITY, ALIAS_REPLY, BAD_ARGUMENT, BAD_PID, DEMONITOR_FLUSH, EXIT_PRIORITY, LINK_PRIORITY,
  OK, SUSPEND_UNLESS,
} from "../abi";
import * as aliases from "../aliases";
import { control, leave, leaveNumber } from "../control";
import * as links from "../links";
import * as monitors from "../monitors";
import { isNameLength } from "../name-table";
import { lookUp } from "../names";
import { find, whyNotFound } from "../process";
import { makeRef } from "../relation";
import * as signals from "../signals";
import * as suspension from "../suspension";
import { adoptReason, enter, settleReason } from "./gate";

/**
 * erlang:exit/2,3. `to` is a pid, or minus the reference of an alias, through which EXIT_PRIORITY
 * may be added to the kind. OK, NO_PROCESS, BAD_PID, NO_MEMORY (a trapping receiver), BAD_HANDLE,
 * BAD_ARGUMENT.
 */
export function exit_signal(from: f64, to: f64, reasonKind: u32, value: u32): i32 {
  const refused = enter();
  if (refused != OK) return refused;
  const kind = reasonKind & ~EXIT_PRIORITY;
  const isPriority = kind != reasonKind;
  if (isPriority && !(to < 0)) return leave(BAD_ARGUMENT);
  const target = aliases.findAt(to);
  if (target === null) return leave(aliases.whyNotAt(to));
  const status = adoptReason(kind, value);
  if (status != OK) return leave(status);
  const priority = isPriority ? aliases.priorityAt(to) : 0;
  const done = signals.signalExit(from, target, <u8>kind, value, priority);
  return leave(settleReason(done, kind, value));
}

/**
 * erlang:link/1,2 of `a` to `b`. With LINK_PRIORITY the EXIT that `a` may get has priority.
 * NO_PROCESS also where `b` is dead and `a` does not trap; LIMIT, BAD_ARGUMENT.
 */
export function link(a: f64, b: f64, options: u32): i32 {
  const refused = enter();
  if (refused != OK) return refused;
  const process = find(a);
  if (process === null) return leave(whyNotFound(a));
  if (options & ~LINK_PRIORITY) return leave(BAD_ARGUMENT);
  if (find(b) === null && whyNotFound(b) == BAD_PID) return leave(BAD_PID);
  return leave(links.link(process, b, options));
}

/** erlang:unlink/1. OK, NOT_FOUND (no link), NO_PROCESS (`a`). O(links of the shorter list). */
export function unlink(a: f64, b: f64): i32 {
  const refused = enter();
  if (refused != OK) return refused;
  const process = find(a);
  return leave(process === null ? whyNotFound(a) : links.unlink(process, b));
}

/**
 * erlang:monitor/3: a reference, which is an alias too if the options say so (MONITOR_…). The DOWN
 * bears `tag`, 0 to 255. LIMIT, BAD_PID, NO_PROCESS (the watcher), BAD_ARGUMENT.
 */
export function monitor(watcher: f64, target: f64, options: u32, tag: u32): f64 {
  const refused = enter();
  if (refused != OK) return <f64>refused;
  const process = find(watcher);
  if (process === null) return leaveNumber(whyNotFound(watcher));
  if (options & ~monitors.MONITOR_OPTIONS || tag > 255) return leaveNumber(BAD_ARGUMENT);
  if (find(target) === null && whyNotFound(target) == BAD_PID) return leaveNumber(BAD_PID);
  return leaveNumber(monitors.monitor(process, target, options, <u8>tag));
}

/**
 * erlang:monitor/2 of the name in the first `length` bytes of the scratch area, looked up now; one
 * that is nobody's causes DOWN noproc from 0. As monitor. O(length).
 */
export function monitor_name(watcher: f64, length: u32, options: u32, tag: u32): f64 {
  const refused = enter();
  if (refused != OK) return <f64>refused;
  const process = find(watcher);
  if (process === null) return leaveNumber(whyNotFound(watcher));
  if (options & ~monitors.MONITOR_OPTIONS || tag > 255) return leaveNumber(BAD_ARGUMENT);
  if (!isNameLength(length)) return leaveNumber(BAD_ARGUMENT);
  const target = lookUp(control.scratch, length);
  const pid = target === null ? 0 : target.pid;
  return leaveNumber(monitors.monitor(process, pid, options, <u8>tag));
}

/**
 * erlang:demonitor/2. OK: was active; NOT_FOUND: was not, and with DEMONITOR_FLUSH a DOWN that has
 * come is gone. NO_PROCESS (the watcher), BAD_ARGUMENT (options). Flushing costs O(mailbox).
 */
export function demonitor(watcher: f64, ref: f64, options: u32): i32 {
  const refused = enter();
  if (refused != OK) return refused;
  const process = find(watcher);
  if (process === null) return leave(whyNotFound(watcher));
  if (options & ~DEMONITOR_FLUSH) return leave(BAD_ARGUMENT);
  return leave(monitors.demonitor(process, ref, options));
}

/** erlang:alias/1: a reference. Options ALIAS_…. LIMIT, BAD_PID, NO_PROCESS, BAD_ARGUMENT. */
export function alias(pid: f64, options: u32): f64 {
  const refused = enter();
  if (refused != OK) return <f64>refused;
  const process = find(pid);
  if (process === null) return leaveNumber(whyNotFound(pid));
  if (options & ~(ALIAS_REPLY | ALIAS_PRIORITY)) return leaveNumber(BAD_ARGUMENT);
  return leaveNumber(aliases.alias(process, options));
}

/** erlang:unalias/1. OK: was active; NOT_FOUND: was not, or is another's. NO_PROCESS. */
export function unalias(pid: f64, ref: f64): i32 {
  const refused = enter();
  if (refused != OK) return refused;
  const process = find(pid);
  return leave(process === null ? whyNotFound(pid) : aliases.unalias(process, ref));
}

/**
 * erlang:suspend_process/2. OK; ALREADY, with SUSPEND_UNLESS; BAD_ARGUMENT (itself), LIMIT,
 * BAD_PID, NO_PROCESS (either). Counted: as many calls of resume end it. O(suspensions of the
 * shorter list).
 */
export function suspend(suspender: f64, target: f64, options: u32): i32 {
  const refused = enter();
  if (refused != OK) return refused;
  const process = find(suspender);
  if (process === null) return leave(whyNotFound(suspender));
  const suspended = find(target);
  if (suspended === null) return leave(whyNotFound(target));
  if (options & ~SUSPEND_UNLESS) return leave(BAD_ARGUMENT);
  return leave(suspension.suspend(process, suspended, options));
}

/** erlang:resume_process/1. OK, NOT_FOUND (not suspended by it), BAD_PID, NO_PROCESS (either). */
export function resume(suspender: f64, target: f64): i32 {
  const refused = enter();
  if (refused != OK) return refused;
  const process = find(suspender);
  if (process === null) return leave(whyNotFound(suspender));
  const suspended = find(target);
  if (suspended === null) return leave(whyNotFound(target));
  return leave(suspension.resume(process, suspended));
}

/** erlang:make_ref/0. */
export function make_ref(): f64 {
  const refused = enter();
  return refused == OK ? leaveNumber(makeRef()) : <f64>refused;
}
