// Resident bytes of an idle generator process, in a runtime that holds 1,000,000 of them.
import { setImmediate as nextTurn } from "node:timers/promises";
import { receive, Runtime, type Process } from "../../host/runtime/index.ts";
import type { MemoryBenchmark } from "../instrument/benchmark.ts";
import { assertAged } from "../scheduler/aged.ts";
import { loadBenchKernel } from "../scheduler/native-kernel.ts";
import { presetAge } from "./preset-age.ts";

const BATCH = 10_000;

function* idle(_self: Process) {
  for (;;) yield* receive();
}

/** Each has handled one message before it waits, so that nothing is left for later. */
async function hold(count: number): Promise<unknown> {
  const limits = { processes: count + 64 };
  const runtime = Runtime.start({ limits });
  presetAge(runtime.core.kernel, loadBenchKernel(limits), count);
  for (let done = 0; done < count; done += BATCH) {
    for (let index = 0; index < Math.min(BATCH, count - done); index++) {
      const pid = runtime.spawn(idle);
      if (index === 0) assertAged([pid]);
      runtime.send(pid, 1);
    }
    await nextTurn();
  }
  runtime.pump();
  return runtime;
}

export const idleGenerators: MemoryBenchmark = {
  kind: "memory",
  name: "memory-generator",
  work: "1,000,000 generator processes have each taken one message and wait for the next.",
  count: 1_000_000,
  systems: { pidgeon: hold },
  beam: "idle",
  bars: [{ atMost: 400 }],
};
