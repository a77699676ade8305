// The kernel with the benchmarks' native handlers: build/kernel.bench.wasm.
import { readFileSync } from "node:fs";
import { Counter, Status, type Limits, type Pid } from "../../host/kernel/abi.ts";
import { Kernel } from "../../host/kernel/kernel.ts";
import { presetAge } from "../memory/preset-age.ts";

/** The ids of bench/native/. */
export const Handler = {
  RING_NODE: 1, ASKER: 2, ANSWERER: 3, SPAWNER: 4, FINISHER: 5, IDLER: 6, PRODUCER: 7,
  COLLECTOR: 8, MONITORER: 9, TREE_NODE: 10, TREE_OWNER: 11, TIMER_STARTER: 12, TIMER_KEEPER: 13,
  TIMER_CANCELLER: 14, SELECTOR: 15, SELECTIVE_KEEPER: 16, REF_SELECTOR: 17,
  DISTRIBUTOR: 18, LISTENER: 19,
} as const;

/** The tag that tells a ring node its neighbour. */
export const TAG_SET_WORD = 1;
/** The tag of messages that a selective process does not want. */
export const TAG_UNWANTED = 2;
/** The tag that tells a distributor a receiver. */
export const TAG_ADD = 4;

/** Reductions a step: enough that leaving and entering the kernel does not count. */
const REDUCTIONS = 100_000;
/** More processes than these are not aged by living. */
const LIVED_MAX = 10_000;

/** What bench/native/index.ts exports beside the kernel's ABI. */
interface BenchExports {
  bench_record_address(slot: number): number;
  bench_record_bytes(): number;
  bench_word(pid: Pid): number;
}

export type BenchKernel = Kernel & { readonly exports: BenchExports };

export function loadBenchKernel(limits: Partial<Limits> = {}): BenchKernel {
  const file = new URL("../../kernel.bench.wasm", import.meta.url);
  return Kernel.instantiate(readFileSync(file), limits) as BenchKernel;
}

/**
 * One with room for so many processes, whose slots were used so often before. Of very many that is
 * only written.
 */
export function loadAgedKernel(
  slots: number, generations: number, limits: Partial<Limits> = {},
): BenchKernel {
  const kernel = loadBenchKernel({ ...limits, processes: slots + 8 });
  if (slots <= LIVED_MAX) ageNativeSlots(kernel, slots, generations);
  else if (generations > 0) presetAge(kernel, kernel, slots, generations);
  return kernel;
}

/** Runs until nothing is left to do now. Native processes raise no events. */
export function runUntilIdle(kernel: Kernel, nowMs = () => 0): void {
  while (kernel.step(nowMs(), REDUCTIONS) === Status.MORE) ;
}

/** A native process; throws when the kernel refuses. */
export function spawnNative(
  kernel: Kernel, handler: number, argument: number, parent: Pid | 0 = 0, options = 0,
): Pid {
  const pid = kernel.spawnNative(parent, handler, argument, options);
  if (pid < 0) throw new Error(`the kernel refused to spawn: ${pid}`);
  return pid as Pid;
}

/** Sends a number from outside; throws when the kernel refuses. */
export function send(kernel: Kernel, to: Pid, tag: number, value: number): void {
  const status = kernel.sendNumber(0, to, tag, 0, value);
  if (status !== Status.OK) throw new Error(`the kernel refused to send: ${status}`);
}

/** Spawns and ends `count` processes at a time, until their slots are old. */
function ageNativeSlots(kernel: Kernel, count: number, generations: number): void {
  const spawner = spawnNative(kernel, Handler.SPAWNER, count);
  for (let generation = 0; generation < generations; generation++) {
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
  checkEqual(kernel.counter(counter) - before, expected);
}

/** Throws unless what was counted is what was to be. */
export function checkEqual(found: number, expected: number): void {
  if (found !== expected) throw new Error(`${found} instead of ${expected} were counted`);
}

export { Counter };
