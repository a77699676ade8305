// `npm run bench -- NAME…`: measures the named benchmarks and prints a table (and JSON).
import { mkdirSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { benchmarks } from "./benchmarks.ts";
import type { Benchmark, Row } from "./instrument/benchmark.ts";
import { describeMachine, hasCommand } from "./instrument/machine.ts";
import { measure } from "./instrument/measure.ts";
import { header, table } from "./instrument/report.ts";

const usage = `npm run bench -- [NAME…] [--peers] [--json FILE] [--repeats N] [--profile FOLDER]

  NAME       a benchmark, or a group: scheduler (the default), memory, servers, all
  --peers    measure the peers that are installed too, interleaved in the same run
  --json     write machine, rows and all samples
  --repeats  measured rounds (7)
  --profile  write V8's CPU profiles of our side there

${benchmarks.map(({ name, work }) => `  ${name.padEnd(24)} ${work}`).join("\n")}
`;

const groups: Record<string, (benchmark: Benchmark) => boolean> = {
  scheduler: ({ kind }) => kind === "time",
  memory: ({ kind }) => kind === "memory",
  servers: ({ kind }) => kind === "server",
  all: () => true,
};

function chosen(names: readonly string[]): readonly Benchmark[] {
  return names.flatMap((name) => {
    const group = groups[name];
    const found = benchmarks.filter(group ?? ((candidate) => candidate.name === name));
    if (found.length === 0) throw new Error(`no benchmark is called ${name}`);
    return found;
  });
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      peers: { type: "boolean", default: false },
      json: { type: "string" },
      repeats: { type: "string", default: "7" },
      profile: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return;
  }
  const selected = chosen(positionals.length > 0 ? positionals : ["scheduler"]);
  if (values.profile !== undefined) mkdirSync(values.profile, { recursive: true });
  const beam = hasCommand("erlc") && hasCommand("erl");
  if (values.peers && !beam) console.log("Erlang is not installed: its rows are left out.");
  const options = {
    peers: values.peers,
    repeats: Math.max(1, Number(values.repeats) || 7),
    profile: values.profile,
    progress,
  };
  const machine = describeMachine();
  console.log(header(machine));
  const rows: Row[] = [];
  for (const benchmark of selected) {
    const peers = options.peers && (benchmark.kind === "server" || beam);
    const measured = await measure(benchmark, { ...options, peers });
    progress("");
    console.log(`\n${benchmark.name}: ${benchmark.work}\n${table(measured)}`);
    rows.push(...measured);
  }
  if (values.json !== undefined) {
    writeFileSync(values.json, `${JSON.stringify({ machine, rows }, null, 1)}\n`);
  }
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.error(usage);
  process.exitCode = 1;
}
