// Aged pids: a slot that has been used a thousand times gives pids beyond 32 bits, as in a long-lived
// system. JavaScript holds those as heap numbers, so fresh pids would flatter us.
import { setImmediate as nextTurn } from "node:timers/promises";
import { SLOTS, type Pid } from "../../host/kernel/abi.ts";
import { Counter, type Runtime } from "../../host/runtime/index.ts";

/** How often each slot used has been given before the work begins. */
export const GENERATIONS = 1000;

export function generationOf(pid: Pid): number {
  return Math.floor(pid / SLOTS);
}

/** Throws unless every pid is old enough: a benchmark checks what it claims. */
export function assertAged(pids: readonly Pid[]): void {
  for (const pid of pids) {
    if (generationOf(pid) < GENERATIONS) throw new Error(`pid ${pid} is not aged`);
  }
}

// eslint-disable-next-line require-yield
function* endAtOnce(): Generator<never, void> {}

/** Spawns and ends `count` processes at a time, until their slots are old. */
export async function ageSlots(runtime: Runtime, count: number): Promise<void> {
  const base = runtime.counter(Counter.PROCESSES);
  for (let generation = 0; generation < GENERATIONS; generation++) {
    for (let index = 0; index < count; index++) runtime.spawn(endAtOnce);
    while (runtime.counter(Counter.PROCESSES) > base) await nextTurn();
  }
}
