// The model's turns of host processes.
import { MessageKind, Status } from "../../host/kernel/abi.ts";
import { forgetNotices, noteSchedule, removeMessage } from "./guards.ts";
import { handleOf, type Message, type Process, type Reason } from "./records.ts";
import { pause, requeue } from "./scheduling.ts";
import { adoptReason } from "./sends.ts";
import { die } from "./signals.ts";
import { deadlineIn, endTimeout, isTime } from "./time.ts";
import type { World } from "./world.ts";

/** A process whose turn is open, or why there is none. */
function open(world: World, pid: number): Process | number {
  const process = world.find(pid);
  if (process === undefined) return world.whyNotFound(pid);
  return process.state === "running" && !process.isNative ? process : Status.NO_TURN;
}

export function shownMessage(process: Process): Message | undefined {
  return process.mailbox[process.cursor];
}

/** SHOWN if there is a message at the cursor, which then knows whether it holds the last handle. */
function show(world: World, process: Process): number {
  const message = shownMessage(process);
  if (message === undefined) return Status.OK;
  const handle = handleOf(message);
  if (handle !== 0 && world.references().get(handle) === 1) message.shownLast = true;
  return Status.SHOWN;
}

export function begin(world: World, pid: number): number {
  const process = world.find(pid);
  if (process === undefined) return world.whyNotFound(pid);
  if (process.state !== "offered") return Status.NONE;
  process.state = "running";
  return show(world, process);
}

export function peek(world: World, pid: number): number {
  const process = open(world, pid);
  return typeof process === "number" ? process : show(world, process);
}

export function skip(world: World, pid: number): number {
  const process = open(world, pid);
  if (typeof process === "number") return process;
  if (shownMessage(process) !== undefined) process.cursor++;
  return show(world, process);
}

export function take(world: World, pid: number): number {
  return takeAndGo(world, pid, false);
}

export function takeHere(world: World, pid: number): number {
  return takeAndGo(world, pid, true);
}

export function seek(world: World, pid: number, passed: number): number {
  const process = open(world, pid);
  if (typeof process === "number") return process;
  process.cursor = Math.min(passed, process.mailbox.length);
  return show(world, process);
}

function takeAndGo(world: World, pid: number, stays: boolean): number {
  const process = open(world, pid);
  if (typeof process === "number") return process;
  const message = shownMessage(process);
  if (message === undefined) return Status.BAD_ARGUMENT;
  removeMessage(world, process, process.cursor);
  if (!stays) process.cursor = 0;
  endTimeout(process);
  if (message.kind === MessageKind.BYTES) {
    world.holds.set(message.hold, message.bytes ?? new Uint8Array());
  } else if (message.shownLast) {
    world.underWay.delete(handleOf(message));
  }
  return show(world, process);
}

export function mark(world: World, pid: number): number {
  const process = open(world, pid);
  if (typeof process === "number") return process;
  process.cursor = process.mailbox.length;
  return Status.OK;
}

export function rewind(world: World, pid: number): number {
  const process = open(world, pid);
  if (typeof process === "number") return process;
  process.cursor = 0;
  endTimeout(process);
  return Status.OK;
}

/** Waits for any message, or for one with a reference. */
export function wait(
  world: World, pid: number, ref: number | undefined, ms: number, reductions: number,
): number {
  const process = open(world, pid);
  if (typeof process === "number") return process;
  if (!(ms === Infinity || isTime(ms)) || !((ref ?? 0) >= 0)) return Status.BAD_ARGUMENT;
  if (ref !== undefined) {
    while (process.cursor < process.mailbox.length && shownMessage(process)?.ref !== ref) {
      process.cursor++;
    }
  }
  if (shownMessage(process) !== undefined) return Status.AGAIN;
  if (ms !== Infinity) {
    if (ms === 0 || process.timedOut) {
      process.cursor = 0;
      endTimeout(process);
      return Status.TIMED_OUT;
    }
    process.timeout ??= deadlineIn(world, ms);
  }
  charge(world, process, reductions);
  process.waitRef = ref;
  pause(process);
  return Status.OK;
}

/** What a turn has cost. */
function charge(world: World, process: Process, reductions: number): void {
  process.reductions += reductions;
  noteSchedule(world, process, reductions);
}

/** As wait for any message, without time; the receive begins anew. */
export function hibernate(world: World, pid: number, reductions: number): number {
  const process = open(world, pid);
  if (typeof process === "number") return process;
  process.cursor = 0;
  endTimeout(process);
  return wait(world, pid, undefined, Infinity, reductions);
}

export function yieldTurn(world: World, pid: number, reductions: number): number {
  const process = open(world, pid);
  if (typeof process === "number") return process;
  charge(world, process, reductions);
  requeue(world, process);
  return Status.OK;
}

export function finish(world: World, pid: number, reason: Reason): number {
  const status = adoptReason(world, reason);
  if (status !== Status.OK) return status;
  const process = open(world, pid);
  if (typeof process === "number") {
    if (reason.kind === 1) world.underWay.delete(reason.value);
    return process;
  }
  process.finished = true;
  die(world, process, reason);
  return Status.OK;
}

/** The host has heard of an end: the slot is free. */
export function reap(world: World, pid: number): number {
  const process = world.ended.get(pid);
  if (process === undefined || world.unreported.includes(process)) return Status.NOT_FOUND;
  world.ended.delete(pid);
  forgetNotices(world, process);
  world.freePid(pid);
  return Status.OK;
}
