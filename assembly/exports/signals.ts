// Exports of the kernel: signals: exit, link, monitor.

import { BAD_ARGUMENT, BAD_PID, NO_PROCESS, NOT_FOUND, OK } from "../abi";
import { control, leave, leaveNumber } from "../control";
import { isNameLength } from "../name-table";
import { lookUp } from "../names";
import { find, whyNotFound } from "../process";
import { makeRef } from "../relation";
import * as signals from "../signals";
import { adoptReason, enter, settleReason } from "./gate";

/** erlang:exit/2. OK, NO_PROCESS, BAD_PID, NO_MEMORY (a trapping receiver), BAD_HANDLE. */
export function exit_signal(from: f64, to: f64, reasonKind: u32, value: u32): i32 {
  const refused = enter();
  if (refused != OK) return refused;
  const target = find(to);
  if (target === null) return leave(whyNotFound(to));
  const status = adoptReason(reasonKind, value);
  if (status != OK) return leave(status);
  const done = signals.signalExit(from, target, <u8>reasonKind, value);
  return leave(settleReason(done, reasonKind, value));
}

/** erlang:link/1 of `a` to `b`. NO_PROCESS also where `b` is dead and `a` does not trap; LIMIT. */
export function link(a: f64, b: f64): i32 {
  const refused = enter();
  if (refused != OK) return refused;
  const process = find(a);
  if (process === null) return leave(whyNotFound(a));
  if (find(b) === null && whyNotFound(b) == BAD_PID) return leave(BAD_PID);
  return leave(signals.link(process, b));
}

/** erlang:unlink/1. OK, or NOT_FOUND where there was no link. O(links of the shorter list). */
export function unlink(a: f64, b: f64): i32 {
  const refused = enter();
  if (refused != OK) return refused;
  const process = find(a);
  return leave(process === null ? whyNotFound(a) : signals.unlink(process, b));
}

/** erlang:monitor/2: a reference; LIMIT, BAD_PID, NO_PROCESS (the watcher). */
export function monitor(watcher: f64, target: f64): f64 {
  const refused = enter();
  if (refused != OK) return <f64>refused;
  const process = find(watcher);
  if (process === null) return leaveNumber(whyNotFound(watcher));
  if (find(target) === null && whyNotFound(target) == BAD_PID) return leaveNumber(BAD_PID);
  return leaveNumber(signals.monitor(process, target));
}

/**
 * erlang:monitor/2 of the name in the first `length` bytes of the scratch area, looked up now; one
 * that is nobody's causes DOWN noproc from 0. As monitor, or BAD_ARGUMENT. O(length).
 */
export function monitor_name(watcher: f64, length: u32): f64 {
  const refused = enter();
  if (refused != OK) return <f64>refused;
  const process = find(watcher);
  if (process === null) return leaveNumber(whyNotFound(watcher));
  if (!isNameLength(length)) return leaveNumber(BAD_ARGUMENT);
  const target = lookUp(control.scratch, length);
  return leaveNumber(signals.monitor(process, target === null ? 0 : target.pid));
}

/** erlang:demonitor/2. OK: was active; NOT_FOUND: was not. Flushing costs O(mailbox). */
export function demonitor(watcher: f64, ref: f64, options: u32): i32 {
  const refused = enter();
  if (refused != OK) return refused;
  const process = find(watcher);
  return leave(process === null ? whyNotFound(watcher) : signals.demonitor(process, ref, options));
}

/** erlang:make_ref/0. */
export function make_ref(): f64 {
  const refused = enter();
  return refused == OK ? leaveNumber(makeRef()) : <f64>refused;
}
