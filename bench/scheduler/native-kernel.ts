// The kernel with the benchmarks' native handlers: build/kernel.bench.wasm.
import { readFileSync } from "node:fs";
import { Counter, Status, type Limits, type Pid } from "../../host/kernel/abi.ts";
import { Kernel } from "../../host/kernel/kernel.ts";
import { GENERATIONS } from "./aged.ts";

/** The ids of bench/native/handlers.ts. */
export const Handler = {
  RING_NODE: 1, ASKER: 2, ANSWERER: 3, SPAWNER: 4, FINISHER: 5, IDLER: 6,
} as const;

/** The tag that tells a ring node its neighbour. */
export const TAG_SET_WORD = 1;

/** Reductions a step: enough that leaving and entering the kernel does not count. */
const REDUCTIONS = 100_000;

export function loadBenchKernel(limits: Partial<Limits> = {}): Kernel {
  const file = new URL("../../kernel.bench.wasm", import.meta.url);
  return Kernel.instantiate(readFileSync(file), limits);
}

/** Runs until nothing is left to do. Native processes raise no events. */
export function runUntilIdle(kernel: Kernel): void {
  while (kernel.step(0, REDUCTIONS) === Status.MORE) ;
}

/** A native process; throws when the kernel refuses. */
export function spawnNative(kernel: Kernel, handler: number, argument: number): Pid {
  const pid = kernel.spawnNative(0, handler, argument, 0);
  if (pid < 0) throw new Error(`the kernel refused to spawn: ${pid}`);
  return pid as Pid;
}

/** Sends a number from outside; throws when the kernel refuses. */
export function send(kernel: Kernel, to: Pid, tag: number, value: number): void {
  const status = kernel.sendNumber(0, to, tag, 0, value);
  if (status !== Status.OK) throw new Error(`the kernel refused to send: ${status}`);
}

/** Spawns and ends `count` processes at a time, until their slots are old. */
export function ageNativeSlots(kernel: Kernel, count: number): void {
  const spawner = spawnNative(kernel, Handler.SPAWNER, count);
  for (let generation = 0; generation < GENERATIONS; generation++) {
    send(kernel, spawner, 0, count);
    runUntilIdle(kernel);
  }
}

/** Does `work` and throws unless a counter of the kernel has moved by exactly `expected`. */
export function checked(
  kernel: Kernel,
  counter: number,
  expected: number,
  work: () => void,
): void {
  const before = kernel.counter(counter);
  work();
  const counted = kernel.counter(counter) - before;
  if (counted !== expected) throw new Error(`${counted} instead of ${expected} were counted`);
}

export { Counter };
