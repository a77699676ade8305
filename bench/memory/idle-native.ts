// Resident bytes of an idle native process, in a kernel that holds 2,000,000 of them.
import type { MemoryBenchmark } from "../instrument/benchmark.ts";
import { assertAged } from "../scheduler/aged.ts";
import {
  Handler, loadBenchKernel, runUntilIdle, send, spawnNative,
} from "../scheduler/native-kernel.ts";
import { presetAge } from "./preset-age.ts";

const BATCH = 10_000;

/** Each has handled one message before it waits, so that nothing is left for later. */
async function hold(count: number): Promise<unknown> {
  const limits = { processes: count + 64 };
  const kernel = loadBenchKernel(limits);
  presetAge(kernel, kernel, count);
  for (let done = 0; done < count; done += BATCH) {
    for (let index = 0; index < Math.min(BATCH, count - done); index++) {
      const pid = spawnNative(kernel, Handler.IDLER, 0);
      if (index === 0) assertAged([pid]);
      send(kernel, pid, 0, 1);
    }
    runUntilIdle(kernel);
  }
  return kernel;
}

export const idleNatives: MemoryBenchmark = {
  kind: "memory",
  name: "memory-native",
  work: "2,000,000 native processes have each taken one message and wait for the next.",
  count: 2_000_000,
  systems: { pidgeon: hold },
  beam: "idle",
  bars: [{ atMost: 128 }],
};
