// The child process of our side: prepares one benchmark for one system and runs it when told.
import { setFlagsFromString } from "node:v8";
import { createInterface } from "node:readline";
import { runInNewContext } from "node:vm";
import { benchmarks } from "../benchmarks.ts";
import type { MemoryBenchmark, OwnSystem, TimeBenchmark, Work } from "./benchmark.ts";

/** A sample shorter than this repeats the work, so that clocks and pipes do not count. */
const SAMPLE_MS_MIN = 150;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Runs the work so often; the operations done, and the nanoseconds of wall and CPU time. */
async function pass(work: Work, operations: number, times: number): Promise<number[]> {
  collect();
  let wallNs = 0;
  let cpuUs = 0;
  for (let round = 0; round < times; round++) {
    await work.arrange?.();
    const cpu = process.cpuUsage();
    const start = process.hrtime.bigint();
    await work.run();
    wallNs += Number(process.hrtime.bigint() - start);
    const used = process.cpuUsage(cpu);
    cpuUs += used.user + used.system;
    await work.clear?.();
  }
  return [operations * times, wallNs, cpuUs * 1000];
}

async function serveTime(benchmark: TimeBenchmark, system: OwnSystem): Promise<void> {
  const prepare = benchmark.systems[system];
  if (prepare === undefined) throw new Error(`${benchmark.name} has no ${system}`);
  const { size, cold } = benchmark;
  const work = await prepare(size);
  const first = await pass(work, size.operations, 1);
  const second = await pass(work, size.operations, 1);
  const passMs = Math.min(first[1] as number, second[1] as number) / 1e6;
  const times = cold ? 1 : Math.max(1, Math.ceil(SAMPLE_MS_MIN / passMs));
  console.log("ready");
  for await (const line of createInterface({ input: process.stdin })) {
    if (line !== "run") continue;
    // The first work stays: V8 shares the optimised code of modules of the same bytes.
    const measured = cold ? await prepare(size) : work;
    const operations = measured.operations ?? size.operations;
    console.log(`sample ${(await pass(measured, operations, times)).join(" ")}`);
  }
}

async function serveMemory(benchmark: MemoryBenchmark, system: OwnSystem): Promise<void> {
  const hold = benchmark.systems[system];
  if (hold === undefined) throw new Error(`${benchmark.name} has no ${system}`);
  const kept: unknown[] = [];
  collect();
  console.log("ready");
  for await (const line of createInterface({ input: process.stdin })) {
    kept.push(await hold(Number(line.split(" ")[1])));
    collect();
    collect();
    console.log("held");
  }
}

const [name, system] = process.argv.slice(2);
const benchmark = benchmarks.find((candidate) => candidate.name === name);
if (benchmark?.kind === "time") await serveTime(benchmark, system as OwnSystem);
else if (benchmark?.kind === "memory") await serveMemory(benchmark, system as OwnSystem);
else throw new Error(`no such benchmark: ${name}`);
process.exit(0);
