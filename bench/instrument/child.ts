// The child process of our side: prepares one benchmark for one system and runs it when told.
import { setFlagsFromString } from "node:v8";
import { createInterface } from "node:readline";
import { runInNewContext } from "node:vm";
import { benchmarks } from "../benchmarks.ts";
import type { MemoryBenchmark, TimeBenchmark, Work } from "./benchmark.ts";

/** A sample shorter than this repeats the work, so that clocks and pipes do not count. */
const SAMPLE_MS_MIN = 150;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

async function pass(work: Work, times: number): Promise<[number, number, number]> {
  collect();
  let operations = 0;
  const cpu = process.cpuUsage();
  const start = process.hrtime.bigint();
  for (let round = 0; round < times; round++) operations += await work();
  const wallNs = Number(process.hrtime.bigint() - start);
  const used = process.cpuUsage(cpu);
  return [operations, wallNs, (used.user + used.system) * 1000];
}

async function serveTime(benchmark: TimeBenchmark, system: "pidgeon"): Promise<void> {
  const prepare = benchmark.systems[system];
  if (prepare === undefined) throw new Error(`${benchmark.name} has no ${system}`);
  const work = await prepare();
  const [, firstNs] = await pass(work, 1);
  const [, secondNs] = await pass(work, 1);
  const times = Math.max(1, Math.ceil((SAMPLE_MS_MIN * 1e6) / Math.min(firstNs, secondNs)));
  console.log("ready");
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === "run") console.log(`sample ${(await pass(work, times)).join(" ")}`);
  }
}

async function serveMemory(benchmark: MemoryBenchmark, system: "pidgeon"): Promise<void> {
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
if (benchmark?.kind === "time") await serveTime(benchmark, system as "pidgeon");
else if (benchmark?.kind === "memory") await serveMemory(benchmark, system as "pidgeon");
else throw new Error(`no such benchmark: ${name}`);
process.exit(0);
