// Resident bytes of an idle GenServer, in a runtime that holds 1,000,000 of them.
import { GenServer, noreply, ok } from "../../host/otp/index.ts";
import { Runtime, type Process } from "../../host/runtime/index.ts";
import type { MemoryBenchmark } from "../instrument/benchmark.ts";
import { assertAged } from "../scheduler/aged.ts";
import { loadBenchKernel } from "../scheduler/native-kernel.ts";
import { presetAge } from "./preset-age.ts";

const server = { init: () => ok(0), handleCast: (_: unknown, state: number) => noreply(state + 1) };

/** Each has counted one cast before it waits. */
function* start(self: Process, count: number) {
  for (let index = 0; index < count; index++) {
    const pid = yield* GenServer.start(self, server, undefined);
    if (index === 0) assertAged([pid]);
    GenServer.cast(self, pid, 1);
  }
}

async function hold(count: number): Promise<unknown> {
  const limits = { processes: count + 64 };
  const runtime = Runtime.start({ limits });
  presetAge(runtime.core.kernel, loadBenchKernel(limits), count);
  await runtime.run(start, count);
  runtime.pump();
  return runtime;
}

export const idleGenServers: MemoryBenchmark = {
  kind: "memory",
  name: "memory-genserver",
  work: "1,000,000 GenServers have each handled one cast and wait for the next message.",
  count: 1_000_000,
  systems: { pidgeon: hold },
  bars: [{ atMost: 250 }],
};
