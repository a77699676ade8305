// The model's spawn, exit signals, links and monitors, and what the end of a process sets off.
//
// Where Erlang leaves an order open the kernel's own is modelled, because its run must repeat: of
// one end the links are told newest first, then the watchers newest first; of several ends, the one
// condemned last is worked off first.
import { Atom, Demonitor, MessageKind, Option, ReasonKind, Status } from "../../host/kernel/abi.ts";
import { deliver, leaveQueue } from "./scheduling.ts";
import { endTimeout } from "./time.ts";
import { message, Process, type Reason, type World } from "./world.ts";

const OPTIONS_ALL = 31;
const NOPROC = { kind: ReasonKind.ATOM, value: Atom.NOPROC };

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
  if (isLinked) world.links.push([relative as Process, child]);
  if (isMonitored) {
    if (!Number.isNaN(ref)) world.admitRef(ref);
    world.monitors.push({ ref, watcher: relative as Process, watched: child });
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
  process.mailbox = [];
  process.name = undefined;
  endTimeout(process);
  world.timers = world.timers.filter(({ to }) => to !== process);
  world.monitors = world.monitors.filter(({ watcher }) => watcher !== process);
  const links = world.links.filter((pair) => pair.includes(process)).reverse();
  world.links = world.links.filter((pair) => !pair.includes(process));
  for (const [a, b] of links) tellLinked(world, a === process ? b : a, process, reason);
  const monitors = world.monitors.filter(({ watched }) => watched === process).reverse();
  world.monitors = world.monitors.filter(({ watched }) => watched !== process);
  for (const { watcher, ref } of monitors) tell(world, watcher, "DOWN", process.pid, ref, reason);
  world.exits++;
  if (process.isNative || process.finished) {
    world.freePid(process.pid);
    return;
  }
  world.ended.set(process.pid, process);
  world.unreported.push(process);
}

function tellLinked(world: World, peer: Process, from: Process, reason: Reason): void {
  if (peer.state === "exiting") return;
  if (peer.trapping) tell(world, peer, "EXIT", from.pid, 0, reason);
  else if (!isAtom(reason, Atom.NORMAL)) condemn(world, peer, reason);
}

/** An EXIT or DOWN, which lies in the link or monitor that caused it. */
function tell(
  world: World, to: Process, kind: "EXIT" | "DOWN", from: number, ref: number, reason: Reason,
): void {
  if (to.state === "exiting") return;
  deliver(world, to, message({
    kind: MessageKind[kind], from, ref, reasonKind: reason.kind, value: reason.value,
    inRelation: true,
  }));
}

/** erlang:exit/2 to a living process. */
export function signalExit(world: World, from: number, to: Process, reason: Reason): void {
  if (isAtom(reason, Atom.KILL)) {
    die(world, to, { kind: ReasonKind.ATOM, value: Atom.KILLED });
  } else if (to.trapping) {
    const { kind: reasonKind, value } = reason;
    deliver(world, to, message({ kind: MessageKind.EXIT, from, reasonKind, value }));
  } else if (!isAtom(reason, Atom.NORMAL) || from === to.pid) {
    die(world, to, reason);
  }
}

function isLinked(world: World, a: Process, b: Process): boolean {
  return world.links.some((pair) => pair.includes(a) && pair.includes(b));
}

export function link(world: World, a: number, b: number): number {
  const process = world.find(a);
  if (process === undefined) return world.whyNotFound(a);
  const other = world.find(b);
  if (other === undefined) {
    if (world.whyNotFound(b) === Status.BAD_PID) return Status.BAD_PID;
    if (!process.trapping) return Status.NO_PROCESS;
    if (world.relationsLeft() < 1) return Status.LIMIT;
    tell(world, process, "EXIT", b, 0, NOPROC);
    return Status.OK;
  }
  if (process === other || isLinked(world, process, other)) return Status.OK;
  if (world.relationsLeft() < 2) return Status.LIMIT;
  world.links.push([process, other]);
  return Status.OK;
}

export function unlink(world: World, a: number, b: number): number {
  const process = world.find(a);
  if (process === undefined) return world.whyNotFound(a);
  const other = world.find(b);
  if (other === undefined || process === other || !isLinked(world, process, other)) {
    return Status.NOT_FOUND;
  }
  world.links = world.links.filter((pair) => !(pair.includes(process) && pair.includes(other)));
  return Status.OK;
}

export function monitor(world: World, found: number, watcher: number, watched: number): number {
  const process = world.find(watcher);
  if (process === undefined) return world.whyNotFound(watcher);
  const other = world.find(watched);
  if (other === undefined && world.whyNotFound(watched) === Status.BAD_PID) return Status.BAD_PID;
  if (world.relationsLeft() < 1) return Status.LIMIT;
  world.admitRef(found);
  if (other === undefined) tell(world, process, "DOWN", watched, found, NOPROC);
  else world.monitors.push({ ref: found, watcher: process, watched: other });
  return found;
}

export function demonitor(world: World, watcher: number, ref: number, options: number): number {
  const process = world.find(watcher);
  if (process === undefined) return world.whyNotFound(watcher);
  const active = world.monitors.find((one) => one.ref === ref && one.watcher === process);
  if (active !== undefined) {
    world.monitors = world.monitors.filter((one) => one !== active);
    return Status.OK;
  }
  if ((options & Demonitor.FLUSH) === 0) return Status.NOT_FOUND;
  const index = process.mailbox.findIndex((one) => {
    return one.kind === MessageKind.DOWN && one.ref === ref;
  });
  if (index >= 0) {
    process.mailbox.splice(index, 1);
    if (index < process.cursor) process.cursor--;
  }
  return Status.NOT_FOUND;
}
