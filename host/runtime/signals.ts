// Links, monitors, aliases and suspensions: what ties processes together, in the kernel's numbers.
// Costs: those of the kernel, O(1) if nothing else is said.
import {
  AliasOption, aliasOf, Demonitor, LinkOption, MonitorOption, Status, SuspendOption,
} from "../kernel/abi.ts";
import type { Alias, Pid, Ref } from "../kernel/abi.ts";
import type { Core } from "./core.ts";
import { badOption, codeOf } from "./flags.ts";
import { ExitReason } from "./messages.ts";
import { refusal } from "./statuses.ts";
import type { AliasOptions, Destination, MonitorOptions } from "./types.ts";

const aliasModes = {
  explicit_unalias: MonitorOption.ALIAS_EXPLICIT, demonitor: MonitorOption.ALIAS_DEMONITOR,
  reply_demonitor: MonitorOption.ALIAS_REPLY,
} as const;

/** The name of a process that there is none of: for keys that nobody has in a registry. */
const NOBODY = "\0";

/** Throws ExitReason "noproc" for a dead process if exits are not trapped. */
export function link(core: Core, a: Pid, b: Pid, priority: boolean): void {
  const status = core.kernel.link(a, b, priority ? LinkOption.PRIORITY : 0);
  if (status === Status.NO_PROCESS) throw new ExitReason("noproc");
  if (status < 0) throw refusal("link", status);
  if (priority) core.expectPriority(a);
  core.traces?.linked("link", a, b);
  if (!core.pumping) core.wake();
}

/** A MonitorOption sum, of options that are checked. Throws PIDGEON_BAD_OPTION. */
export function monitorBits(options: MonitorOptions | undefined): number {
  if (options === undefined) return 0;
  const { alias, priority, priorityAlias, tag = 0 } = options;
  if (!(Number.isInteger(tag) && tag >= 0 && tag <= 255)) throw badOption("tag", tag);
  return (alias === undefined ? 0 : codeOf(aliasModes, alias, "alias"))
    | (priority === true ? MonitorOption.PRIORITY : 0)
    | (priorityAlias === true ? MonitorOption.ALIAS_PRIORITY : 0);
}

/** O(1), by name O(its length). Throws PIDGEON_BAD_OPTION. */
export function monitor(
  core: Core, watcher: Pid, target: Destination, options?: MonitorOptions,
): Ref {
  return monitorWith(core, watcher, target, monitorBits(options), options?.tag ?? 0);
}

/** The same with a MonitorOption sum. */
export function monitorWith(
  core: Core, watcher: Pid, target: Destination, bits: number, tag: number,
): Ref {
  const pid = core.resolve(target);
  // As in Erlang the reference is no monitor's, and no alias.
  if (pid === watcher) return core.makeRef();
  const ref = pid === 0 && typeof target !== "number"
    ? core.kernel.monitorName(watcher, typeof target === "string" ? target : NOBODY, bits, tag)
    : core.kernel.monitor(watcher, pid as Pid, bits, tag);
  if (ref < 0) throw refusal("monitor", ref);
  if (bits >= MonitorOption.PRIORITY) core.expectPriority(watcher);
  if (!core.pumping) core.wake();
  return ref;
}

/** The reference of a request: the monitor of who shall answer, and the alias for one answer. */
export function monitorForReply(core: Core, watcher: Pid, target: Pid): Ref {
  const ref = core.kernel.monitor(watcher, target, MonitorOption.ALIAS_REPLY, 0);
  if (ref < 0) throw refusal("monitor", ref);
  return ref;
}

/** Whether the monitor was active. With `flush` O(mailbox) if it was not. */
export function demonitor(core: Core, watcher: Pid, ref: Ref, flush: boolean): boolean {
  const status = core.kernel.demonitor(watcher, ref, flush ? Demonitor.FLUSH : 0);
  const wasActive = status === Status.OK;
  if (flush && !wasActive) core.forgetBacklog(watcher);
  return wasActive;
}

export function alias(core: Core, pid: Pid, options: AliasOptions | undefined): Alias {
  const priority = options?.priority === true;
  const ref = core.kernel.alias(
    pid, (options?.reply === true ? AliasOption.REPLY : 0) | (priority ? AliasOption.PRIORITY : 0));
  if (ref < 0) throw refusal("alias", ref);
  if (priority) core.expectPriority(pid);
  return aliasOf(ref);
}

/** Whether it was an active one of this process. */
export function unalias(core: Core, pid: Pid, ref: Ref): boolean {
  return core.kernel.unalias(pid, ref) === Status.OK;
}

/** Whether it was counted; false also for a dead process. O(suspensions of the shorter list). */
export function suspend(core: Core, suspender: Pid, target: Pid, unless: boolean): boolean {
  const status = core.kernel.suspend(suspender, target, unless ? SuspendOption.UNLESS : 0);
  if (status === Status.OK) return true;
  if (status === Status.ALREADY || status === Status.NO_PROCESS) return false;
  throw refusal("suspend", status);
}

/** Whether this process did suspend the other. O(suspensions of the shorter list). */
export function resume(core: Core, suspender: Pid, target: Pid): boolean {
  const status = core.kernel.resume(suspender, target);
  if (status === Status.OK) {
    if (!core.pumping) core.wake();
    return true;
  }
  if (status === Status.NOT_FOUND || status === Status.NO_PROCESS) return false;
  throw refusal("resume", status);
}
