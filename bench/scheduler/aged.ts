// Aged pids: a slot that was used a thousand times gives pids beyond 32 bits, as in a system that
// runs for long. JavaScript holds those as heap numbers, so fresh pids would flatter us.
import { setImmediate as nextTurn } from "node:timers/promises";
import { SLOTS, type Pid } from "../../host/kernel/abi.ts";
import { Counter, Runtime, type Report, type RuntimeOptions } from "../../host/runtime/index.ts";

/** How often each slot used has been given before the work begins. */
export const GENERATIONS = 1000;

/** A runtime as people start it, but that it only reports crashes: a busy machine makes it wait. */
export function startRuntime(limits: RuntimeOptions["limits"] = {}): Runtime {
  const logger = (report: Report) => {
    if (report.type === "crash") console.error(report);
  };
  return Runtime.start({ logger, limits });
}

/** Room for so many messages that wait, and as much as by default for all else. */
export function messageBytesFor(waiting: number): number {
  return 2 ** 24 + waiting * 64;
}

export function generationOf(pid: Pid): number {
  return Math.floor(pid / SLOTS);
}

/** Throws unless every pid is old enough: a benchmark checks what it claims. */
export function assertAged(pids: readonly Pid[], generations = GENERATIONS): void {
  for (const pid of pids) {
    if (generationOf(pid) < generations) throw new Error(`pid ${pid} is not aged`);
  }
}

function* endAtOnce(): Generator<never, void> {}

/** Spawns and ends `count` processes at a time, until their slots are old. */
export async function ageSlots(
  runtime: Runtime, count: number, generations: number,
): Promise<void> {
  const base = runtime.counter(Counter.PROCESSES);
  for (let generation = 0; generation < generations; generation++) {
    for (let index = 0; index < count; index++) runtime.spawn(endAtOnce);
    while (runtime.counter(Counter.PROCESSES) > base) await nextTurn();
  }
}
