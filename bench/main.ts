// `npm run bench -- NAME…`: measures the named benchmarks and prints a table (and JSON).
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { benchmarks } from "./benchmarks.ts";
import type { Benchmark, Row } from "./instrument/benchmark.ts";
import { describeMachine, hasCommand } from "./instrument/machine.ts";
import { markdown, type Results } from "./instrument/markdown.ts";
import { measure } from "./instrument/measure.ts";
import { header, table } from "./instrument/report.ts";
import { baselineSource } from "./peers/baseline-c.ts";

const usage = `npm run bench -- [NAME…] [--peers] [--json FILE] [--repeats N] [--profile FOLDER]
npm run bench -- table FILE

  NAME       a benchmark, or a group: scheduler (the default), memory, servers, all
  --peers    measure the peers that are installed too, interleaved in the same run
  --json     write machine, rows and all samples
  --repeats  measured rounds (7)
  --profile  write V8's CPU profiles of our side there
  table      print what --json has written as the tables of docs/benchmarks.md

${benchmarks.map(({ name, work }) => `  ${name.padEnd(24)} ${work}`).join("\n")}
`;

const groups: Record<string, (benchmark: Benchmark) => boolean> = {
  scheduler: ({ kind }) => kind === "time",
  memory: ({ kind }) => kind === "memory",
  servers: ({ kind }) => kind === "server",
  all: () => true,
};

class UsageError extends Error {}

function chosen(names: readonly string[]): readonly Benchmark[] {
  return names.flatMap((name) => {
    const found = benchmarks.filter(groups[name] ?? ((candidate) => candidate.name === name));
    if (found.length === 0) throw new UsageError(`no benchmark is called ${name}`);
    return found;
  });
}

function parse(): ReturnType<typeof parseOptions> {
  try {
    return parseOptions();
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function parseOptions() {
  return parseArgs({
    allowPositionals: true,
    options: {
      peers: { type: "boolean", default: false },
      json: { type: "string" },
      repeats: { type: "string", default: "7" },
      profile: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
}

/** An error's message with those of its causes, innermost first. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${explain(error.cause)}; ${error.message}`;
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}

async function main(): Promise<void> {
  const { values, positionals } = parse();
  if (values.help) {
    console.log(usage);
    return;
  }
  if (positionals[0] === "table") {
    if (positionals[1] === undefined) throw new UsageError("table wants a file of --json");
    console.log(markdown(JSON.parse(readFileSync(positionals[1], "utf8")) as Results));
    return;
  }
  const selected = chosen(positionals.length > 0 ? positionals : ["scheduler"]);
  const repeats = Number(values.repeats);
  if (!(repeats >= 1)) throw new UsageError("--repeats wants a number from 1 on");
  if (values.profile !== undefined) mkdirSync(values.profile, { recursive: true });
  const hasBeam = hasCommand("erlc") && hasCommand("erl");
  const hasBaseline = baselineSource() !== undefined && hasCommand("gcc");
  if (values.peers && !hasBeam) console.log("Erlang is not installed: its rows are left out.");
  if (values.peers && !hasBaseline) {
    console.log("No gcc, or no PEERS folder with actors/c/baseline.c: the rows of C are left out.");
  }
  const machine = describeMachine();
  console.log(header(machine));
  const { peers, profile } = values;
  const options = {
    peers, beam: peers && hasBeam, c: peers && hasBaseline, repeats, profile, progress,
  };
  const rows: Row[] = [];
  for (const benchmark of selected) {
    console.log(`\n${benchmark.name}: ${benchmark.work}`);
    try {
      const measured = await measure(benchmark, options);
      progress("");
      console.log(table(measured));
      rows.push(...measured);
    } catch (error) {
      progress("");
      console.log(`  failed: ${explain(error)}`);
      process.exitCode = 1;
    }
  }
  if (values.json !== undefined) {
    const results: Results = { machine, rows };
    writeFileSync(values.json, `${JSON.stringify(results, null, 1)}\n`);
  }
}

try {
  await main();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`${error.message}\n\n${usage}`);
  process.exitCode = 1;
}
