// The model's answers to what can be asked of a process, and its flags.
import { Flag, Info, List, ProcessStatus, Status } from "../../host/kernel/abi.ts";
import { mailboxBytes, setGuard } from "./guards.ts";
import { LOW_PASSES, type Process } from "./records.ts";
import { leaveQueue } from "./scheduling.ts";
import type { World } from "./world.ts";

/** Of a process, hot or cold, and of a relation. */
const RECORD_BYTES = 64;

const states = {
  runnable: ProcessStatus.RUNNABLE, offered: ProcessStatus.OFFERED,
  running: ProcessStatus.RUNNING, waiting: ProcessStatus.WAITING,
  suspended: ProcessStatus.SUSPENDED, exiting: ProcessStatus.EXITING,
} as const;

export function processInfo(
  world: World, found: number, process: Process, item: number,
): number {
  switch (item) {
    case Info.STATUS: return states[process.state];
    case Info.MESSAGE_QUEUE_LENGTH: return process.mailbox.length;
    case Info.REDUCTIONS: return process.reductions;
    case Info.PRIORITY: return process.priority;
    case Info.TRAP_EXIT: return process.trapping ? 1 : 0;
    case Info.LINKS: return world.links.filter((one) => one.joins(process)).length;
    case Info.MONITORS: return world.monitors.filter((one) => one.watcher === process).length;
    case Info.MONITORED_BY: return world.monitors.filter((one) => one.watched === process).length;
    case Info.PARENT: return process.parent;
    case Info.KIND: return process.isNative ? 0 : 1;
    case Info.SUSPENDED:
      return world.suspensions.filter(({ suspended }) => suspended === process).length;
    case Info.MEMORY: return memoryOf(world, found, process);
    case Info.MAILBOX_LIMIT: return process.guard.mailboxLimit;
    case Info.ALIASES:
      return world.aliases.filter(({ owner, hasEnded }) => owner === process && !hasEnded).length;
    case Info.GROUPS: return world.memberships.filter((one) => one.process === process).length;
    case Info.TIMERS: return world.timers.filter(({ to }) => to === process).length;
    default: return Status.BAD_ARGUMENT;
  }
}

/** Bytes of mailbox, relations and records: whether there is a cold one is the kernel's affair. */
function memoryOf(world: World, found: number, process: Process): number {
  const owned = world.links.filter((one) => one.joins(process)).length
    + world.monitors.filter(({ watcher }) => watcher === process).length
    + world.timers.filter(({ to }) => to === process).length
    + world.aliases.filter(({ owner }) => owner === process).length
    + world.memberships.filter((one) => one.process === process).length
    + world.suspensions.filter(({ suspender }) => suspender === process).length;
  const bytes = RECORD_BYTES + owned * RECORD_BYTES + mailboxBytes(process);
  return owned === 0 && found === bytes ? bytes : bytes + RECORD_BYTES;
}

/** A list of process_list, newest first. */
export function list(world: World, process: Process, which: number): Process[] | undefined {
  const { links, monitors, suspensions } = world;
  switch (which) {
    case List.LINKS: return links.filter((one) => one.joins(process))
      .map((one) => one.peerOf(process)).reverse();
    case List.MONITORS: return monitors.filter(({ watcher }) => watcher === process)
      .map(({ watched }) => watched).reverse();
    case List.MONITORED_BY: return monitors.filter(({ watched }) => watched === process)
      .map(({ watcher }) => watcher).reverse();
    case List.SUSPENDING: return suspensions.filter(({ suspender }) => suspender === process)
      .map(({ suspended }) => suspended).reverse();
    default: return undefined;
  }
}

export function processFlag(world: World, process: Process, flag: number, value: number): number {
  if (flag === Flag.TRAP_EXIT && value <= 1) {
    const old = process.trapping ? 1 : 0;
    process.trapping = value === 1;
    return old;
  }
  if (flag !== Flag.PRIORITY || value > 3) return setGuard(process, flag, value);
  const old = process.priority;
  process.priority = value;
  process.passes = LOW_PASSES;
  if (process.state === "runnable") {
    leaveQueue(world, process);
    world.runQueue.push(process);
  }
  return old;
}
