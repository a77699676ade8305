// Runs a benchmark on several systems in turn: warm children, interleaved rounds, paired ratios.
import { fileURLToPath } from "node:url";
import { startBeam } from "../peers/beam.ts";
import type {
  Benchmark, MemoryBenchmark, Row, RunOptions, System, TimeBenchmark,
} from "./benchmark.ts";
import { Contestant } from "./contestant.ts";
import { treeResidentBytes } from "./process-tree.ts";
import { ratios, summarize } from "./statistics.ts";

const childFile = fileURLToPath(new URL("./child.js", import.meta.url));

/** A child that is ready to be measured. */
async function start(
  benchmark: TimeBenchmark | MemoryBenchmark,
  system: System,
  options: RunOptions,
): Promise<Contestant> {
  if (system === "beam") return startBeam(benchmark.beam ?? "");
  const profile = options.profile !== undefined && system === "pidgeon"
    ? ["--cpu-prof", `--cpu-prof-dir=${options.profile}`]
    : [];
  const parameters = [...profile, childFile, benchmark.name, system];
  return Contestant.start(process.execPath, parameters);
}

function systemsOf(benchmark: TimeBenchmark | MemoryBenchmark, options: RunOptions): System[] {
  const ours = Object.keys(benchmark.systems) as System[];
  return options.peers && benchmark.beam !== undefined ? [...ours, "beam"] : ours;
}

function rowsOf(
  benchmark: string,
  unit: string,
  series: ReadonlyMap<System, readonly number[]>,
  more: (system: System) => Record<string, number>,
): Row[] {
  const ours = series.get("pidgeon") ?? [];
  return [...series].map(([system, values]) => {
    const row = { benchmark, system, unit, ...summarize(values), more: more(system) };
    if (system === "pidgeon") return row;
    const { median, lower, upper } = ratios(ours, values);
    return { ...row, ratio: { median, lower, upper } };
  });
}

async function measureTime(benchmark: TimeBenchmark, options: RunOptions): Promise<Row[]> {
  const systems = systemsOf(benchmark, options);
  const children = new Map<System, Contestant>();
  const cpu = new Map<System, number[]>();
  const wall = new Map<System, number[]>();
  try {
    for (const system of systems) {
      options.progress(`${benchmark.name}: preparing ${system}`);
      children.set(system, await start(benchmark, system, options));
      cpu.set(system, []);
      wall.set(system, []);
    }
    for (let round = 0; round < options.repeats; round++) {
      // Every other round goes backwards, so that no system always follows the same one.
      for (const system of round % 2 === 0 ? systems : [...systems].reverse()) {
        options.progress(`${benchmark.name}: round ${round + 1}, ${system}`);
        const sample = await (children.get(system) as Contestant).sample();
        cpu.get(system)?.push(sample.cpuNs / sample.operations);
        wall.get(system)?.push(sample.wallNs / sample.operations);
      }
    }
  } finally {
    for (const child of children.values()) await child.stop();
  }
  return rowsOf(benchmark.name, `CPU-ns/${benchmark.operation}`, cpu, (system) => ({
    wallNs: summarize(wall.get(system) ?? []).median,
  }));
}

async function measureMemory(benchmark: MemoryBenchmark, options: RunOptions): Promise<Row[]> {
  const series = new Map<System, number[]>();
  for (let round = 0; round < Math.min(options.repeats, 3); round++) {
    for (const system of systemsOf(benchmark, options)) {
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
  return rowsOf(benchmark.name, "bytes/process", series, () => ({}));
}

/** All rows of one benchmark; peers are measured only if the options ask for them. */
export async function measure(benchmark: Benchmark, options: RunOptions): Promise<readonly Row[]> {
  if (benchmark.kind === "time") return measureTime(benchmark, options);
  if (benchmark.kind === "memory") return measureMemory(benchmark, options);
  return benchmark.run(options);
}
