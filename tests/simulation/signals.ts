// The model's spawn, exit signals and links, and what the end of a process sets off.
//
// Where Erlang leaves an order open the kernel's own is modelled, because its run must repeat: of
// one end the links are told newest first, then the watchers newest first; of several ends, the one
// condemned last is worked off first.
import {
  Atom, LinkOption, MessageKind, Option, ReasonKind, Status,
} from "../../host/kernel/abi.ts";
import { endMonitor } from "./aliases.ts";
import { mailboxBytes } from "./guards.ts";
import { Link, message, Process, type Message, type Monitor, type Reason } from "./records.ts";
import { deliver, leaveQueue } from "./scheduling.ts";
import { dropSuspensions } from "./suspensions.ts";
import { endTimeout } from "./time.ts";
import type { World } from "./world.ts";

const OPTIONS_ALL = 31;
export const NOPROC = { kind: ReasonKind.ATOM, value: Atom.NOPROC };

function isAtom({ kind, value }: Reason, atom: number): boolean {
  return kind === ReasonKind.ATOM && value === atom;
}

/** A new process, linked and monitored as asked, or a status. */
export function spawn(
  world: World, parent: number, isNative: boolean, options: number, ref: number,
): number {
  if (options > OPTIONS_ALL) return Status.BAD_ARGUMENT;
  if (parent !== 0 && world.whyNotFound(parent) === Status.BAD_PID) return Status.BAD_PID;
  const isLinked = (options & Option.LINK) !== 0;
  const isMonitored = (options & Option.MONITOR) !== 0;
  const relative = world.find(parent);
  if (isLinked || isMonitored) {
    if (relative === undefined) return world.whyNotFound(parent);
    const wanted = (isLinked ? 2 : 0) + (isMonitored ? 1 : 0);
    if (world.relationsLeft() < wanted) return Status.LIMIT;
  }
  const pid = world.takePid();
  if (pid === undefined) return Status.LIMIT;
  const child = new Process(pid, parent, isNative, options);
  world.processes.set(pid, child);
  world.runQueue.push(child);
  world.spawns++;
  if (isLinked) world.links.push(new Link(relative as Process, child));
  if (isMonitored) {
    if (!Number.isNaN(ref)) world.admitRef(ref);
    const watcher = relative as Process;
    const plain = { tag: 0, isPriority: false, alias: undefined };
    world.monitors.push({ ref, watcher, watched: child, ...plain });
  }
  return pid;
}

/** Ends a living process, and all that this brings down. */
export function die(world: World, process: Process, reason: Reason): void {
  condemn(world, process, reason);
  buryAll(world);
}

/** Works off the end of a native process that was condemned while its handler ran. */
export function settle(world: World, process: Process): void {
  bury(world, process);
  buryAll(world);
}

function buryAll(world: World): void {
  for (let one = world.dying.pop(); one !== undefined; one = world.dying.pop()) bury(world, one);
}

function condemn(world: World, process: Process, reason: Reason): void {
  leaveQueue(world, process);
  process.state = "exiting";
  process.reason = reason;
  world.processes.delete(process.pid);
  if (process !== world.running) world.dying.push(process);
}

/** Everything of it is gone before anybody is told. */
function bury(world: World, process: Process): void {
  const reason = process.reason as Reason;
  process.guard.bytesAtEnd = mailboxBytes(process);
  process.mailbox = [];
  process.name = undefined;
  world.memberships = world.memberships.filter((one) => one.process !== process);
  endTimeout(process);
  world.timers = world.timers.filter(({ to }) => to !== process);
  const own = world.monitors.filter(({ watcher }) => watcher === process);
  for (const monitor of own) endMonitor(world, monitor);
  world.aliases = world.aliases.filter(({ owner }) => owner !== process);
  dropSuspensions(world, process);
  const links = world.links.filter((one) => one.joins(process)).reverse();
  world.links = world.links.filter((one) => !one.joins(process));
  for (const one of links) tellLinked(world, one, process, reason);
  const monitors = world.monitors.filter(({ watched }) => watched === process).reverse();
  for (const monitor of monitors) tellDown(world, monitor, process.pid, reason);
  world.exits++;
  if (process.isNative || process.finished) {
    if (process.guard.notices.size === 0) {
      world.freePid(process.pid);
    } else {
      world.see("a slot waits for what the host is to be told");
      world.lingering.add(process);
    }
    return;
  }
  world.ended.set(process.pid, process);
  world.unreported.push(process);
}

function tellLinked(world: World, link: Link, from: Process, reason: Reason): void {
  const peer = link.peerOf(from);
  if (peer.state === "exiting") return;
  const isPriority = link.urgent.has(peer);
  if (peer.trapping) tellExit(world, peer, from.pid, reason, { isPriority, inRelation: true });
  else if (!isAtom(reason, Atom.NORMAL)) condemn(world, peer, reason);
}

function tellExit(
  world: World, to: Process, from: number, { kind: reasonKind, value }: Reason,
  fields: Partial<Message>,
): void {
  deliver(world, to, message({ kind: MessageKind.EXIT, from, reasonKind, value, ...fields }));
}

/** A monitor becomes its DOWN; one that is dying itself still counts it. */
export function tellDown(
  world: World, monitor: Monitor, from: number, { kind: reasonKind, value }: Reason,
): void {
  const { watcher, ref, tag, isPriority } = monitor;
  endMonitor(world, monitor);
  deliver(world, watcher, message({
    kind: MessageKind.DOWN, from, ref, tag, reasonKind, value, inRelation: true, isPriority,
  }));
}

/** erlang:exit/2 to a living process. */
export function signalExit(
  world: World, from: number, to: Process, reason: Reason, isPriority = false,
): void {
  if (isAtom(reason, Atom.KILL)) {
    die(world, to, { kind: ReasonKind.ATOM, value: Atom.KILLED });
  } else if (to.trapping) {
    tellExit(world, to, from, reason, { isPriority });
  } else if (!isAtom(reason, Atom.NORMAL) || from === to.pid) {
    die(world, to, reason);
  }
}

function findLink(world: World, a: Process, b: Process): Link | undefined {
  return world.links.find((one) => one.joins(a) && one.joins(b));
}

export function link(world: World, a: number, b: number, options: number): number {
  const process = world.find(a);
  if (process === undefined) return world.whyNotFound(a);
  if (options > 1) return Status.BAD_ARGUMENT;
  const other = world.find(b);
  const isPriority = options === LinkOption.PRIORITY;
  if (other === undefined) {
    if (world.whyNotFound(b) === Status.BAD_PID) return Status.BAD_PID;
    if (!process.trapping) return Status.NO_PROCESS;
    if (world.relationsLeft() < 1) return Status.LIMIT;
    tellExit(world, process, b, NOPROC, { isPriority, inRelation: true });
    return Status.OK;
  }
  if (process === other) return Status.OK;
  let found = findLink(world, process, other);
  if (found === undefined) {
    if (world.relationsLeft() < 2) return Status.LIMIT;
    found = new Link(process, other);
    world.links.push(found);
  }
  if (isPriority) found.urgent.add(process);
  else found.urgent.delete(process);
  return Status.OK;
}

export function unlink(world: World, a: number, b: number): number {
  const process = world.find(a);
  if (process === undefined) return world.whyNotFound(a);
  const other = world.find(b);
  if (other === undefined || process === other) return Status.NOT_FOUND;
  const found = findLink(world, process, other);
  if (found === undefined) return Status.NOT_FOUND;
  world.links = world.links.filter((one) => one !== found);
  return Status.OK;
}
