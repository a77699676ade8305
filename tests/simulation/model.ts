// The model of the whole kernel: what each export answers, and what it does to the world.
//
// A model's call is told what the kernel has answered, because some answers are its own choice:
// a reference must be new, and NO_MEMORY is admitted where it can be true.
import {
  Counter, Flag, Info, ProcessStatus, SLOTS, Status,
} from "../../host/kernel/abi.ts";
import type { KernelExports } from "../../host/kernel/exports.ts";
import { leaveQueue, step } from "./scheduling.ts";
import { exitSignal, sendBytes, sendHandle, sendNumber, sendShared, share } from "./sends.ts";
import { demonitor, link, monitor, spawn, unlink } from "./signals.ts";
import { latestDeadline, lookAtTimer, setClock, startTimer } from "./time.ts";
import {
  begin, finish, mark, peek, reap, rewind, seek, skip, take, takeHere, wait,
  yieldTurn,
} from "./turns.ts";
import { message, type Process, type World } from "./world.ts";

type Calls = Omit<KernelExports, "memory" | "verify">;

type Model = {
  readonly [Name in keyof Calls]?: (
    world: World, found: number, ...args: Parameters<Calls[Name]>
  ) => number;
};

/** A call that the model knows. */
export type CallName = keyof typeof model;

/** The calls whose answer may be a message in the window. */
export const SHOWING: ReadonlySet<string> = new Set([
  "begin", "peek", "skip", "take", "take_here", "seek",
]);

export const model = {
  clock: (world, _, nowMs) => setClock(world, nowMs) ? Status.OK : Status.BAD_ARGUMENT,
  step: (world, _, nowMs, reductions) => step(world, nowMs, reductions),
  next_deadline: (world, found) => {
    const latest = latestDeadline(world);
    return found <= latest && Number.isFinite(found) === Number.isFinite(latest) ? found : latest;
  },
  counter: (world, found, id) => counters(world).get(id) ?? found,

  spawn_host: (world, _, parent, options) => {
    return spawn(world, parent, false, options, world.spawnedRef);
  },
  spawn_native: (world, _, parent, handler, _argument, options) => {
    if (options > 31) return Status.BAD_ARGUMENT;
    if (handler > 255) return Status.NO_HANDLER;
    return spawn(world, parent, true, options, world.spawnedRef);
  },
  is_alive: (world, _, pid) => {
    if (world.find(pid) !== undefined) return 1;
    const why = world.whyNotFound(pid);
    return why === Status.NO_PROCESS ? 0 : why;
  },
  process_next: (world, _, pid) => {
    const slots = [...world.processes.keys()].sort((a, b) => a % SLOTS - b % SLOTS);
    return slots.find((one) => one % SLOTS > pid % SLOTS) ?? 0;
  },
  process_info: (world, _, pid, item) => {
    const process = world.find(pid);
    if (process === undefined) return world.whyNotFound(pid);
    return processInfo(world, process, item);
  },
  process_flag: (world, _, pid, flag, value) => {
    const process = world.find(pid);
    if (process === undefined) return world.whyNotFound(pid);
    return processFlag(world, process, flag, value);
  },

  send_number: (world, found, from, to, tag, ref, value) => {
    return sendNumber(world, found, from, to, tag, ref, value);
  },
  send_handle: (world, found, from, to, tag, ref, handle) => {
    return sendHandle(world, found, from, to, tag, ref, handle);
  },
  send_bytes: (world, found, from, to, tag, ref) => sendBytes(world, found, from, to, tag, ref),
  share: (world, found) => share(world, found),
  send_shared: (world, found, from, to, tag, ref, hold) => {
    return sendShared(world, found, from, to, tag, ref, hold);
  },
  release: (world, _, hold) => world.holds.delete(hold) ? Status.OK : Status.BAD_ARGUMENT,
  released_next: (world, found) => {
    if (world.released.size === 0) return 0;
    return world.released.delete(found) ? found : Status.BAD_HANDLE;
  },

  begin: (world, _, pid) => begin(world, pid),
  peek: (world, _, pid) => peek(world, pid),
  skip: (world, _, pid) => skip(world, pid),
  take: (world, _, pid) => take(world, pid),
  take_here: (world, _, pid) => takeHere(world, pid),
  seek: (world, _, pid, passed) => seek(world, pid, passed),
  mark: (world, _, pid) => mark(world, pid),
  rewind: (world, _, pid) => rewind(world, pid),
  wait: (world, _, pid, ms, reductions) => wait(world, pid, undefined, ms, reductions),
  wait_ref: (world, _, pid, ref, ms, reductions) => wait(world, pid, ref, ms, reductions),
  yield_turn: (world, _, pid, reductions) => yieldTurn(world, pid, reductions),
  finish: (world, _, pid, kind, value) => finish(world, pid, { kind, value }),
  reap: (world, _, pid) => reap(world, pid),

  exit_signal: (world, found, from, to, kind, value) => {
    return exitSignal(world, found, from, to, { kind, value });
  },
  link: (world, _, a, b) => link(world, a, b),
  unlink: (world, _, a, b) => unlink(world, a, b),
  monitor: (world, found, watcher, watched) => monitor(world, found, watcher, watched),
  demonitor: (world, _, watcher, ref, options) => demonitor(world, watcher, ref, options),
  make_ref: (world, found) => {
    world.admitRef(found);
    return found;
  },

  send_after: (world, found, from, to, tag, ref, kind, value, ms, options) => {
    return startTimer(world, found, to, message({ kind, tag, from, ref, value }), ms, options);
  },
  cancel_timer: (world, _, ref) => lookAtTimer(world, ref, true),
  read_timer: (world, _, ref) => lookAtTimer(world, ref, false),

  register: (world, found, pid) => register(world, found, pid),
  unregister: (world) => {
    const process = world.named(nameOf(world));
    if (process === undefined) return Status.NOT_FOUND;
    process.name = undefined;
    return Status.OK;
  },
  whereis: (world) => world.named(nameOf(world))?.pid ?? 0,
} as const satisfies Model;

/** What the counters must stand at. */
export function counters(world: World): ReadonlyMap<number, number> {
  return new Map<number, number>([
    [Counter.SENDS, world.sends],
    [Counter.DEAD_LETTERS, world.deadLetters],
    [Counter.SPAWNS, world.spawns],
    [Counter.EXITS, world.exits],
    [Counter.PROCESSES, world.processes.size + world.ended.size],
    [Counter.LIVE_HANDLES, world.underWay.size],
    [Counter.RELATIONS, world.relations()],
    [Counter.TIMERS, world.timers.length],
    [Counter.NAMES, namesInUse(world)],
    [Counter.TRAPS, world.traps],
    [Counter.RETIRED, 0],
    [Counter.HOLDS, world.holds.size],
  ]);
}

const states = {
  runnable: ProcessStatus.RUNNABLE, offered: ProcessStatus.OFFERED,
  running: ProcessStatus.RUNNING, waiting: ProcessStatus.WAITING, exiting: ProcessStatus.EXITING,
} as const;

function processInfo(world: World, process: Process, item: number): number {
  switch (item) {
    case Info.STATUS: return states[process.state];
    case Info.MESSAGE_QUEUE_LENGTH: return process.mailbox.length;
    case Info.REDUCTIONS: return process.reductions;
    case Info.PRIORITY: return process.priority;
    case Info.TRAP_EXIT: return process.trapping ? 1 : 0;
    case Info.LINKS: return world.links.filter((pair) => pair.includes(process)).length;
    case Info.MONITORS: return world.monitors.filter((one) => one.watcher === process).length;
    case Info.MONITORED_BY: return world.monitors.filter((one) => one.watched === process).length;
    case Info.PARENT: return process.parent;
    case Info.KIND: return process.isNative ? 0 : 1;
    default: return Status.BAD_ARGUMENT;
  }
}

function processFlag(world: World, process: Process, flag: number, value: number): number {
  if (flag === Flag.TRAP_EXIT && value <= 1) {
    const old = process.trapping ? 1 : 0;
    process.trapping = value === 1;
    return old;
  }
  if (flag !== Flag.PRIORITY || value > 3) return Status.BAD_ARGUMENT;
  const old = process.priority;
  process.priority = value;
  if (process.state === "runnable") {
    leaveQueue(world, process);
    world.runQueue.push(process);
  }
  return old;
}

const NAME_BYTES_MAX = 3072;

function nameOf(world: World): string {
  return Buffer.from(world.scratch).toString("latin1");
}

function namesInUse(world: World): number {
  let names = 0;
  for (const { name } of world.processes.values()) if (name !== undefined) names++;
  return names;
}

function register(world: World, found: number, pid: number): number {
  const process = world.find(pid);
  if (process === undefined) return world.whyNotFound(pid);
  const name = nameOf(world);
  if (name.length === 0 || name.length > NAME_BYTES_MAX) return Status.BAD_ARGUMENT;
  if (process.name !== undefined || world.named(name) !== undefined) return Status.TAKEN;
  if (namesInUse(world) === world.limits.names) return Status.LIMIT;
  if (found === Status.NO_MEMORY) return world.admitNoMemory();
  process.name = name;
  return Status.OK;
}
