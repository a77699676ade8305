// The benchmarks run, beside the BEAM, and say what they measured.
// needs: erlang
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import t from "tap";
import { benchmarks } from "../../bench/benchmarks.ts";
import { startBeam } from "../../bench/peers/beam.ts";
import { root } from "../tidy/sources.ts";

interface Row {
  readonly benchmark: string;
  readonly system: string;
  readonly median: number;
  readonly samples: readonly number[];
}

t.setTimeout(120_000);

t.test("a benchmark measures Pidgeon and the BEAM in one run and writes both down", async (t) => {
  const file = join(t.testdir(), "result.json");
  const program = join(root, "build/bench/main.js");
  const { stdout } = await promisify(execFile)(process.execPath, [
    program, "native-spawn-exit", "--peers", "--repeats", "1", "--json", file,
  ]);
  t.match(stdout, /Pidgeon \/ system/);
  const { rows, machine } = JSON.parse(readFileSync(file, "utf8")) as {
    rows: readonly Row[]; machine: { readonly erlang: string };
  };
  t.match(machine.erlang, /OTP/);
  for (const system of ["pidgeon", "beam"]) {
    const row = rows.find((candidate) => candidate.system === system);
    t.ok(row !== undefined && row.median > 0 && row.samples.length === 1, `${system} has a figure`);
  }
});

t.test("the BEAM does what it is compared by, in a tiny size", async (t) => {
  const clauses = new Map(
    benchmarks.flatMap((each) => each.kind === "time" ? [[each.beam, each] as const] : []),
  );
  t.ok(clauses.size >= 10);
  for (const [clause, benchmark] of clauses) {
    if (clause === undefined) continue;
    const beam = await startBeam(benchmark, benchmark.tiny);
    const { operations } = await beam.sample();
    await beam.stop();
    t.equal(operations, benchmark.tiny.operations, clause);
  }
});

t.test("a benchmark that doesn't exist is an error that lists those that do", async (t) => {
  const run = promisify(execFile)(process.execPath, [join(root, "build/bench/main.js"), "nope"]);
  await t.rejects(run, { code: 1, stderr: /no benchmark is called nope[^]*native-ring/ });
});
