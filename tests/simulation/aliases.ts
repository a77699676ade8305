// The model's aliases and monitors, one of which may be the other's.
import { AliasOption, MessageKind, MonitorOption, Status } from "../../host/kernel/abi.ts";
import { removeMessage } from "./guards.ts";
import type { Alias, Monitor, Process } from "./records.ts";
import { NOPROC, tellDown } from "./signals.ts";
import type { World } from "./world.ts";

const MONITOR_OPTIONS = 15;

export function alias(world: World, found: number, pid: number, options: number): number {
  const owner = world.find(pid);
  if (owner === undefined) return world.whyNotFound(pid);
  if (options > 3) return Status.BAD_ARGUMENT;
  if (world.relationsLeft() < 1) return Status.LIMIT;
  world.admitRef(found);
  world.aliases.push({
    ref: found, owner, isReply: (options & AliasOption.REPLY) !== 0,
    admitsPriority: (options & AliasOption.PRIORITY) !== 0, untilDemonitor: false,
    monitor: undefined, hasEnded: false,
  });
  return found;
}

export function unalias(world: World, pid: number, ref: number): number {
  const owner = world.find(pid);
  if (owner === undefined) return world.whyNotFound(pid);
  const alias = world.aliasAt(-ref);
  if (alias?.owner !== owner) return Status.NOT_FOUND;
  end(world, alias);
  return Status.OK;
}

function end(world: World, alias: Alias): void {
  if (alias.monitor !== undefined) alias.hasEnded = true;
  else world.aliases = world.aliases.filter((one) => one !== alias);
}

/** After a message has gone through an alias. */
export function afterMessage(world: World, alias: Alias): void {
  if (!alias.isReply) return;
  world.see(`a reply ends ${alias.monitor === undefined ? "an alias" : "a monitor"}`);
  if (alias.monitor !== undefined && alias.untilDemonitor) endMonitor(world, alias.monitor);
  else end(world, alias);
}

/** Ends a monitor, active or about to be a DOWN, and its alias with it if that is its way. */
export function endMonitor(world: World, monitor: Monitor): void {
  world.monitors = world.monitors.filter((one) => one !== monitor);
  const { alias } = monitor;
  if (alias === undefined) return;
  monitor.alias = undefined;
  alias.monitor = undefined;
  if (!alias.untilDemonitor && !alias.hasEnded) return;
  world.aliases = world.aliases.filter((one) => one !== alias);
}

/** `from`: the pid that a DOWN noproc names if nobody is meant. */
export function monitor(
  world: World, found: number, watcher: Process, watched: Process | undefined, from: number,
  options: number, tag: number,
): number {
  if (options > MONITOR_OPTIONS || tag > 255) return Status.BAD_ARGUMENT;
  if (watched === undefined && from !== 0 && world.whyNotFound(from) === Status.BAD_PID) {
    return Status.BAD_PID;
  }
  const mode = options & 3;
  if (world.relationsLeft() < (mode === 0 ? 1 : 2)) return Status.LIMIT;
  world.admitRef(found);
  const isPriority = (options & MonitorOption.PRIORITY) !== 0;
  // Nobody reads whom a monitor watches that is a DOWN at once.
  const made: Monitor = {
    ref: found, watcher, watched: watched ?? watcher, tag, isPriority, alias: undefined,
  };
  if (mode !== 0) {
    const alias: Alias = {
      ref: found, owner: watcher, isReply: mode === MonitorOption.ALIAS_REPLY,
      admitsPriority: (options & MonitorOption.ALIAS_PRIORITY) !== 0,
      untilDemonitor: mode >= MonitorOption.ALIAS_DEMONITOR, monitor: made, hasEnded: false,
    };
    made.alias = alias;
    world.aliases.push(alias);
  }
  if (watched === undefined) tellDown(world, made, from, NOPROC);
  else world.monitors.push(made);
  return found;
}

export function demonitor(world: World, watcher: number, ref: number, options: number): number {
  const process = world.find(watcher);
  if (process === undefined) return world.whyNotFound(watcher);
  const active = world.monitors.find((one) => one.ref === ref && one.watcher === process);
  if (active !== undefined) {
    endMonitor(world, active);
    return Status.OK;
  }
  if ((options & 1) === 0) return Status.NOT_FOUND;
  const index = process.mailbox.findIndex((one) => {
    return one.kind === MessageKind.DOWN && one.ref === ref;
  });
  if (index >= 0) {
    if (index < process.cursor) process.cursor--;
    removeMessage(world, process, index);
  }
  return Status.NOT_FOUND;
}
