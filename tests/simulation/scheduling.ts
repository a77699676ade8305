// The model's mailboxes, run queue and step.
import { EventKind, Option, SLOTS, Status } from "../../host/kernel/abi.ts";
import { handle } from "./natives.ts";
import { die, settle } from "./signals.ts";
import { noteLong, noteSchedule, noteShort, reportNotices } from "./guards.ts";
import { LOW_PASSES, priorityCount, type Message, type Process } from "./records.ts";
import { fire, setClock } from "./time.ts";
import type { World } from "./world.ts";

const SLICE_REDUCTIONS = 4000;
const NO_REASON = { kind: 0, value: 0 };

/** What `step` answers when a native handler traps: the call itself ends with the trap. */
export const TRAPPED = 1e9;

export function wake(world: World, process: Process): void {
  process.state = "runnable";
  world.runQueue.push(process);
}

export function leaveQueue(world: World, process: Process): void {
  world.runQueue = world.runQueue.filter((one) => one !== process);
}

/** Closes the turn of a process that waits now. */
export function pause(process: Process): void {
  process.state = process.isHalted ? "suspended" : "waiting";
  process.isHalted = false;
}

/** Closes the turn of a process that has more to do. */
export function requeue(world: World, process: Process): void {
  if (!process.isHalted) {
    wake(world, process);
    return;
  }
  process.state = "suspended";
  process.isHalted = false;
  process.isReady = true;
}

function isAwaited({ waitRef }: Process, { ref, tag }: Message): boolean {
  if (waitRef === undefined) return true;
  return waitRef < 0 ? tag === -1 - waitRef : waitRef === ref;
}

/** Whether a message that the process waits for is there; the cursor passes over others. */
export function isWanted(process: Process): boolean {
  for (let next = process.mailbox[process.cursor]; next; next = process.mailbox[process.cursor]) {
    if (isAwaited(process, next)) return true;
    process.cursor++;
  }
  return false;
}

/** Puts a message into a mailbox; wakes its process if it waits for such a one. */
export function deliver(world: World, process: Process, message: Message): void {
  if (message.isPriority) insertPriority(world, process, message);
  else process.mailbox.push(message);
  noteLong(world, process);
  if (process.state !== "waiting") return;
  if (!isAwaited(process, message)) {
    process.cursor = process.mailbox.length;
    return;
  }
  process.waitRef = undefined;
  wake(world, process);
}

/** Before all ordinary messages; a receive that has passed over that place looks at it next. */
function insertPriority(world: World, process: Process, message: Message): void {
  const place = priorityCount(process);
  process.mailbox.splice(place, 0, message);
  world.see(process.mailbox.length > place + 1 ? "priority goes before others" : "priority");
  if (process === world.running) world.priorityCame = true;
  if (process.cursor <= place) return;
  const isAsleep = process.state === "waiting" || process.state === "suspended";
  if (isAsleep && !isAwaited(process, message)) {
    world.see("priority is passed over by who awaits");
    process.cursor++;
  } else {
    world.see("priority sets a cursor back");
    process.cursor = place;
  }
}

/** Priorities as the host must be done with the higher ones first. */
const RANKS = [1, 0, 2, 3];

/**
 * The next to run, by priority. Low is passed over, to the back, LOW_PASSES times. What runs in the
 * host, when the step is over, keeps back what is lower; normal only those passed over already.
 */
function next(world: World): Process | undefined {
  const first = (...priorities: number[]) =>
    world.runQueue.find(({ priority }) => priorities.includes(priority));
  const isOpen = (priority: number) => world.offered < 2 || RANKS[priority]! >= world.offered;
  const urgent = first(Option.PRIORITY_MAX) ?? first(Option.PRIORITY_HIGH);
  if (urgent !== undefined && isOpen(urgent.priority)) return urgent;
  if (!isOpen(Option.PRIORITY_NORMAL)) return undefined;
  for (;;) {
    const process = first(Option.PRIORITY_NORMAL, Option.PRIORITY_LOW);
    if (process?.priority !== Option.PRIORITY_LOW) return process;
    if (slotOf(process) === world.passedFirst && world.offered >= 1) {
      world.see("low waits for what the host has to run");
      return undefined;
    }
    if (process.passes === 0) {
      process.passes = LOW_PASSES;
      return process;
    }
    world.passedFirst ??= slotOf(process);
    process.passes--;
    leaveQueue(world, process);
    world.runQueue.push(process);
  }
}

function slotOf({ pid }: Process): number {
  return pid % SLOTS;
}

function hasRoom(world: World): boolean {
  return world.ring.length < world.limits.events;
}

function reportExits(world: World): void {
  while (world.unreported.length > 0 && hasRoom(world)) {
    const { pid, reason = NO_REASON } = world.unreported.shift() as Process;
    world.ring.push({ type: EventKind.EXITED, pid, reason });
  }
}

/** Puts a message back to where it stood, behind another; priority ones may have come meanwhile. */
function keep(
  world: World, process: Process, message: Message, before: Message | undefined,
): void {
  const { mailbox, cursor } = process;
  const isFirst = !message.isPriority && (before === undefined || before.isPriority);
  const index = isFirst ? priorityCount(process)
    : before === undefined ? 0 : mailbox.indexOf(before) + 1;
  mailbox.splice(index, 0, message);
  noteLong(world, process);
  world.see(index > 0 ? "a message is kept behind others" : "a message is kept");
  if (world.priorityCame) process.cursor = 0;
  else if (cursor === 0 || cursor === index) process.cursor = index + 1;
  else if (cursor > index) process.cursor++;
}

/** Runs a native process for a slice: the reductions used, or TRAPPED. */
function runNative(world: World, process: Process): number {
  process.state = "running";
  world.running = process;
  const used = { calls: 0, charged: 0 };
  let answer = "continue";
  const call = (message: Message | undefined) => {
    answer = handle(world, process, message, used);
    used.calls++;
  };
  if (process.isNew) {
    process.isNew = false;
    call(undefined);
  }
  while (answer !== "stop" && answer !== "trap" && isRunning(process)) {
    if (used.calls + used.charged >= SLICE_REDUCTIONS) break;
    noteShort(world, process);
    if (!isWanted(process)) break;
    const index = process.cursor;
    process.cursor = 0;
    process.waitRef = undefined;
    world.priorityCame = false;
    const before = process.mailbox[index - 1];
    const [message] = process.mailbox.splice(index, 1) as [Message];
    call(message);
    if (answer === "keep" && isRunning(process)) keep(world, process, message, before);
  }
  world.running = undefined;
  if (answer === "trap") {
    world.traps++;
    if (!isRunning(process)) settle(world, process);
    else die(world, process, { kind: 0, value: 5 });
    return TRAPPED;
  }
  process.reductions += used.calls + used.charged;
  if (isRunning(process)) noteSchedule(world, process, used.calls + used.charged);
  if (!isRunning(process)) settle(world, process);
  else if (answer === "stop") die(world, process, NO_REASON);
  else if (process.cursor < process.mailbox.length) requeue(world, process);
  else pause(process);
  return used.calls + used.charged;
}

/** Whether its handler has not ended it; a function, for the compiler can't see what it did. */
function isRunning(process: Process): boolean {
  return process.state === "running";
}

export function step(world: World, nowMs: number, reductions: number): number {
  if (!setClock(world, nowMs)) return Status.BAD_ARGUMENT;
  fire(world);
  reportNotices(world);
  reportExits(world);
  world.offered = -1;
  world.passedFirst = undefined;
  for (let left = reductions; left > 0 && hasRoom(world); ) {
    const process = next(world);
    if (process === undefined) break;
    leaveQueue(world, process);
    if (process.isNative) {
      const used = runNative(world, process);
      if (used === TRAPPED) return TRAPPED;
      left -= used;
    } else {
      process.state = "offered";
      world.offered = Math.max(world.offered, RANKS[process.priority]!);
      world.ring.push({ type: EventKind.RUN, pid: process.pid, reason: NO_REASON });
      left--;
    }
  }
  reportNotices(world);
  reportExits(world);
  const left = world.runQueue.length + world.unreported.length + world.noticed.length;
  return left > 0 ? Status.MORE : Status.OK;
}
