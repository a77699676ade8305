// The model of the whole kernel: what each export answers, and what it does to the world.
//
// A model's call is told what the kernel has answered, because some answers are its own choice:
// a reference must be new, and NO_MEMORY is admitted where it can be true.
import { Counter, SLOTS, Status } from "../../host/kernel/abi.ts";
import type { KernelExports } from "../../host/kernel/exports.ts";
import { alias, demonitor, monitor, unalias } from "./aliases.ts";
import {
  groupCount, groupMember, groupsInUse, groupSend, groupSize, isName, join, leave, nameOf,
  namesInUse, register,
} from "./groups.ts";
import { setWatch } from "./guards.ts";
import { list, processFlag, processInfo } from "./information.ts";
import { message } from "./records.ts";
import { step } from "./scheduling.ts";
import { exitSignal, sendBytes, sendHandle, sendNumber, sendShared, share } from "./sends.ts";
import { link, spawn, unlink } from "./signals.ts";
import { resume, suspend } from "./suspensions.ts";
import {
  latestDeadline, lookAtTimer, setClock, startNamedTimer, startTimer,
} from "./time.ts";
import {
  begin, finish, hibernate, mark, peek, reap, rewind, seek, skip, take, takeHere, wait, yieldTurn,
} from "./turns.ts";
import type { World } from "./world.ts";

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
  watch: (world, _, item, value) => setWatch(world, item, value),
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
  process_info: (world, found, pid, item) => {
    const process = world.find(pid);
    if (process === undefined) return world.whyNotFound(pid);
    return processInfo(world, found, process, item);
  },
  process_flag: (world, _, pid, flag, value) => {
    const process = world.find(pid);
    if (process === undefined) return world.whyNotFound(pid);
    return processFlag(world, process, flag, value);
  },

  process_list: (world, _, pid, which, skip) => {
    const process = world.find(pid);
    if (process === undefined) return world.whyNotFound(pid);
    return list(world, process, which)?.slice(skip).length ?? Status.BAD_ARGUMENT;
  },
  process_name: (world, _, pid) => {
    const process = world.find(pid);
    return process === undefined ? world.whyNotFound(pid) : process.name?.length ?? 0;
  },
  inspect: (world, _, pid, index) => {
    const process = world.find(pid);
    if (process === undefined) return world.whyNotFound(pid);
    return index < process.mailbox.length ? Status.SHOWN : Status.OK;
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
  hibernate: (world, _, pid, reductions) => hibernate(world, pid, reductions),
  yield_turn: (world, _, pid, reductions) => yieldTurn(world, pid, reductions),
  finish: (world, _, pid, kind, value) => finish(world, pid, { kind, value }),
  reap: (world, _, pid) => reap(world, pid),

  exit_signal: (world, found, from, to, kind, value) => {
    return exitSignal(world, found, from, to, kind, value);
  },
  link: (world, _, a, b, options) => link(world, a, b, options),
  unlink: (world, _, a, b) => unlink(world, a, b),
  monitor: (world, found, watcher, watched, options, tag) => {
    const process = world.find(watcher);
    if (process === undefined) return world.whyNotFound(watcher);
    return monitor(world, found, process, world.find(watched), watched, options, tag);
  },
  monitor_name: (world, found, watcher, _length, options, tag) => {
    const process = world.find(watcher);
    if (process === undefined) return world.whyNotFound(watcher);
    if (!isName(nameOf(world))) return Status.BAD_ARGUMENT;
    const watched = world.named(nameOf(world));
    return monitor(world, found, process, watched, watched?.pid ?? 0, options, tag);
  },
  demonitor: (world, _, watcher, ref, options) => demonitor(world, watcher, ref, options),
  alias: (world, found, pid, options) => alias(world, found, pid, options),
  unalias: (world, _, pid, ref) => unalias(world, pid, ref),
  suspend: (world, _, suspender, target, options) => suspend(world, suspender, target, options),
  resume: (world, _, suspender, target) => resume(world, suspender, target),
  make_ref: (world, found) => {
    world.admitRef(found);
    return found;
  },

  send_after: (world, found, from, to, tag, ref, kind, value, ms, options) => {
    return startTimer(world, found, to, message({ kind, tag, from, ref, value }), ms, options);
  },
  send_after_name: (world, found, from, _length, tag, ref, kind, value, ms, options) => {
    return startNamedTimer(world, found, message({ kind, tag, from, ref, value }), ms, options);
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

  group_join: (world, found, pid) => join(world, found, pid),
  group_leave: (world, _, pid) => leave(world, pid),
  group_size: (world) => groupSize(world),
  group_count: (world, _, pid) => groupCount(world, pid),
  group_member: (world, _, _length, after) => groupMember(world, after),
  group_send: (world, found, from, _length, tag, ref, kind, value) => {
    return groupSend(world, found, from, tag, ref, kind, value);
  },
} as const satisfies Model;

/** What the counters must stand at. */
export function counters(world: World): ReadonlyMap<number, number> {
  return new Map<number, number>([
    [Counter.SENDS, world.sends],
    [Counter.DEAD_LETTERS, world.deadLetters],
    [Counter.SPAWNS, world.spawns],
    [Counter.EXITS, world.exits],
    [Counter.PROCESSES, world.processes.size + world.ended.size + world.lingering.size],
    [Counter.LIVE_HANDLES, world.underWay.size],
    [Counter.RELATIONS, world.relations()],
    [Counter.TIMERS, world.timers.length],
    [Counter.NAMES, namesInUse(world)],
    [Counter.GROUPS, groupsInUse(world).size],
    [Counter.TRAPS, world.traps],
    [Counter.RETIRED, 0],
    [Counter.HOLDS, world.holds.size],
  ]);
}
