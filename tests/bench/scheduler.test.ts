// Every benchmark of processes does its work, in a tiny size and without a clock.
import t from "tap";
import { benchmarks } from "../../bench/benchmarks.ts";
import type { Prepare, Size } from "../../bench/instrument/benchmark.ts";

const TINY_HOLD = 100;

async function runTwice(prepare: Prepare, size: Size): Promise<void> {
  const work = await prepare(size);
  for (let pass = 0; pass < 2; pass++) {
    await work.arrange?.();
    await work.run();
    await work.clear?.();
  }
}

for (const benchmark of benchmarks) {
  if (benchmark.kind === "server") continue;
  t.test(`${benchmark.name} does its work`, async (t) => {
    if (benchmark.kind === "memory") {
      for (const [system, hold] of Object.entries(benchmark.systems)) {
        await t.resolves(hold(TINY_HOLD), system);
      }
      return;
    }
    for (const [system, prepare] of Object.entries(benchmark.systems)) {
      await t.resolves(runTwice(prepare, benchmark.tiny), system);
    }
  });
}
