// Snapshots of a kernel full of native processes in a ring, each with a message under way: taking
// the image, and bringing it to life in a new instance.
import { readFileSync } from "node:fs";
import { Kernel } from "../../host/kernel/kernel.ts";
import type { Prepare, TimeBenchmark } from "../instrument/benchmark.ts";
import {
  Handler, loadBenchKernel, runUntilIdle, send, spawnNative, TAG_SET_WORD, type BenchKernel,
} from "../scheduler/native-kernel.ts";

/** A kernel with so many processes that know their neighbour and have a number to handle. */
function fill(count: number): BenchKernel {
  const kernel = loadBenchKernel({ processes: count + 8, messageBytes: 2 ** 21 + count * 40 });
  let before = 0;
  for (let index = 0; index < count; index++) {
    const pid = spawnNative(kernel, Handler.RING_NODE, 0);
    send(kernel, pid, TAG_SET_WORD, before);
    before = pid;
    if (index % 10_000 === 9_999) runUntilIdle(kernel);
  }
  runUntilIdle(kernel);
  for (const pid of kernel.processes()) send(kernel, pid, 0, 0);
  return kernel;
}

const take: Prepare = ({ operations }) => {
  const kernel = fill(operations);
  return {
    run: () => {
      if (kernel.snapshot().length < operations * 96) throw new Error("the image is too short");
    },
  };
};

const restore: Prepare = ({ operations }) => {
  const image = fill(operations).snapshot();
  const wasm = readFileSync(new URL("../../kernel.bench.wasm", import.meta.url));
  return {
    run: () => {
      const kernel = Kernel.restore(wasm, image, 0);
      if (kernel.counter(4) !== operations) throw new Error("a process is missing");
    },
  };
};

function benchmark(name: string, work: string, count: number, prepare: Prepare): TimeBenchmark {
  const size = { breadth: count, operations: count, generations: 0 };
  const tiny = { breadth: 50, operations: 50, generations: 0 };
  return {
    kind: "time", name, work, operation: "process", size, tiny, systems: { pidgeon: prepare },
  };
}

const WORK = "processes, native, each with a message to handle:";

export const snapshots: readonly TimeBenchmark[] = [
  benchmark("snapshot-1000", `1,000 ${WORK} taking an image.`, 1_000, take),
  benchmark("snapshot", `1,000,000 ${WORK} taking an image.`, 1_000_000, take),
  benchmark("restore-1000", `1,000 ${WORK} restoring an image.`, 1_000, restore),
  benchmark("restore", `1,000,000 ${WORK} restoring an image.`, 1_000_000, restore),
];
