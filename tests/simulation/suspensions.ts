// The model's suspensions.
import { Status, SuspendOption } from "../../host/kernel/abi.ts";
import type { Process, Suspension } from "./records.ts";
import { isWanted, leaveQueue, wake } from "./scheduling.ts";
import type { World } from "./world.ts";

function findSuspension(world: World, suspender: Process, suspended: Process) {
  return world.suspensions.find((one) => {
    return one.suspender === suspender && one.suspended === suspended;
  });
}

export function isSuspended(world: World, process: Process): boolean {
  return world.suspensions.some(({ suspended }) => suspended === process);
}

export function suspend(world: World, a: number, b: number, options: number): number {
  const suspender = world.find(a);
  if (suspender === undefined) return world.whyNotFound(a);
  const suspended = world.find(b);
  if (suspended === undefined) return world.whyNotFound(b);
  if (options > 1 || suspender === suspended) return Status.BAD_ARGUMENT;
  const held = findSuspension(world, suspender, suspended);
  if (held !== undefined) {
    if (options & SuspendOption.UNLESS) return Status.ALREADY;
    held.count++;
    return Status.OK;
  }
  if (world.relationsLeft() < 1) return Status.LIMIT;
  const isFirst = !isSuspended(world, suspended);
  world.suspensions.push({ suspender, suspended, count: 1 });
  if (isFirst) halt(world, suspended);
  return Status.OK;
}

/** At once, or when its open turn ends. */
function halt(world: World, process: Process): void {
  if (process.state === "running") {
    process.isHalted = true;
    return;
  }
  process.isReady = process.state === "runnable" || process.state === "offered";
  leaveQueue(world, process);
  process.state = "suspended";
}

export function resume(world: World, a: number, b: number): number {
  const suspender = world.find(a);
  if (suspender === undefined) return world.whyNotFound(a);
  const suspended = world.find(b);
  if (suspended === undefined) return world.whyNotFound(b);
  const held = findSuspension(world, suspender, suspended);
  if (held === undefined) return Status.NOT_FOUND;
  held.count--;
  if (held.count === 0) release(world, held);
  return Status.OK;
}

function release(world: World, held: Suspension): void {
  world.suspensions = world.suspensions.filter((one) => one !== held);
  const { suspended } = held;
  if (isSuspended(world, suspended) || suspended.state === "exiting") return;
  goOn(world, suspended);
}

function goOn(world: World, process: Process): void {
  const wasReady = process.isReady;
  const isReady = wasReady || process.timedOut;
  process.isReady = false;
  process.isHalted = false;
  if (process.state !== "suspended") return;
  if (isReady || isWanted(process)) {
    world.see("goes on with something to do");
    if (!wasReady) process.waitRef = undefined; // else a native one may await a message still
    wake(world, process);
  } else {
    process.state = "waiting";
  }
}

/** Of a process that ends: those that it holds, newest first, and those that are held on it. */
export function dropSuspensions(world: World, process: Process): void {
  for (const held of world.suspensions.filter((one) => one.suspender === process).reverse()) {
    world.see("the end of a suspender resumes");
    release(world, held);
  }
  for (const held of world.suspensions.filter((one) => one.suspended === process)) {
    release(world, held);
  }
}
