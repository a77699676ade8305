// Runs a benchmark on several systems in turn: warm children, interleaved rounds, paired ratios.
import { fileURLToPath } from "node:url";
import { compileBaseline } from "../peers/baseline-c.ts";
import { startBeam } from "../peers/beam.ts";
import type {
  Bar, Benchmark, MemoryBenchmark, OwnSystem, Row, RunOptions, System, TimeBenchmark,
} from "./benchmark.ts";
import { Contestant, type Sampler } from "./contestant.ts";
import { treeResidentBytes } from "./process-tree.ts";
import { ratios, summarize } from "./statistics.ts";

const childFile = fileURLToPath(new URL("./child.js", import.meta.url));

async function start(
  benchmark: TimeBenchmark | MemoryBenchmark,
  system: OwnSystem | "beam",
  options: RunOptions,
): Promise<Contestant> {
  if (system === "beam") return startBeam(benchmark);
  const profile = options.profile !== undefined && system === "pidgeon"
    ? ["--cpu-prof", `--cpu-prof-dir=${options.profile}`]
    : [];
  const parameters = [...profile, childFile, benchmark.name, system];
  return Contestant.start(process.execPath, parameters);
}

/** One that is ready to be measured. */
async function startSampler(
  benchmark: TimeBenchmark, system: System, options: RunOptions,
): Promise<Sampler> {
  return system === "c" ? compileBaseline(benchmark.c ?? "") : start(benchmark, system, options);
}

function ownSystems(benchmark: TimeBenchmark | MemoryBenchmark): OwnSystem[] {
  return Object.keys(benchmark.systems) as OwnSystem[];
}

function isMet(row: Row, bar: Bar): boolean {
  return (row.ratio?.median ?? row.median) <= bar.atMost;
}

/** A row for each system; a peer's has the ratio to it, and what is asked of that. */
function rowsOf(
  { name, bars }: TimeBenchmark | MemoryBenchmark,
  unit: string,
  series: ReadonlyMap<System, readonly number[]>,
  more: (system: System) => Record<string, number>,
): Row[] {
  const ours = series.get("pidgeon") ?? [];
  return [...series].map(([system, values]) => {
    let row: Row = { benchmark: name, system, unit, ...summarize(values), more: more(system) };
    if (system !== "pidgeon") {
      const { median, lower, upper } = ratios(ours, values);
      row = { ...row, ratio: { median, lower, upper } };
    }
    const bar = bars?.find(({ against }) => (against ?? "pidgeon") === system);
    return bar === undefined ? row : { ...row, bar: { ...bar, met: isMet(row, bar) } };
  });
}

async function measureTime(benchmark: TimeBenchmark, options: RunOptions): Promise<Row[]> {
  const systems: System[] = ownSystems(benchmark);
  if (options.beam && benchmark.beam !== undefined) systems.push("beam");
  // The program in C warms up by itself: it has no cold figures.
  if (options.c && benchmark.c !== undefined && !benchmark.cold) systems.push("c");
  const ready = new Map<System, Sampler>();
  const cpu = new Map<System, number[]>(systems.map((system) => [system, []]));
  const wall = new Map<System, number[]>(systems.map((system) => [system, []]));
  try {
    for (let round = 0; round < options.repeats; round++) {
      // Every other round goes backwards, so that no system always follows the same one.
      for (const system of round % 2 === 0 ? systems : [...systems].reverse()) {
        options.progress(`${benchmark.name}: round ${round + 1}, ${system}`);
        const sampler = ready.get(system) ?? await startSampler(benchmark, system, options);
        ready.set(system, sampler);
        const sample = await sampler.sample();
        cpu.get(system)?.push(sample.cpuNs / sample.operations);
        wall.get(system)?.push(sample.wallNs / sample.operations);
        if (!benchmark.cold || system !== "beam") continue;
        ready.delete(system);
        await sampler.stop();
      }
    }
  } finally {
    for (const sampler of ready.values()) await sampler.stop();
  }
  return rowsOf(benchmark, `CPU-ns/${benchmark.operation}`, cpu, (system) => ({
    wallNs: summarize(wall.get(system) ?? []).median,
  }));
}

async function measureMemory(benchmark: MemoryBenchmark, options: RunOptions): Promise<Row[]> {
  const series = new Map<System, number[]>();
  const systems: (OwnSystem | "beam")[] = ownSystems(benchmark);
  if (options.beam && benchmark.beam !== undefined) systems.push("beam");
  for (let round = 0; round < Math.min(options.repeats, 3); round++) {
    for (const system of systems) {
      options.progress(`${benchmark.name}: round ${round + 1}, ${system}`);
      const child = await start(benchmark, system, options);
      try {
        const before = treeResidentBytes(child.pid);
        await child.hold(benchmark.count);
        const bytes = treeResidentBytes(child.pid) - before;
        series.set(system, [...(series.get(system) ?? []), bytes / benchmark.count]);
      } finally {
        await child.stop();
      }
    }
  }
  return rowsOf(benchmark, "bytes/process", series, () => ({}));
}

/** All rows of one benchmark; peers are measured only if the options ask for them. */
export async function measure(benchmark: Benchmark, options: RunOptions): Promise<readonly Row[]> {
  if (benchmark.kind === "time") return measureTime(benchmark, options);
  if (benchmark.kind === "memory") return measureMemory(benchmark, options);
  return benchmark.run(options);
}
