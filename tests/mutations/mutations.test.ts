// Are the tests any good? Faults are seeded in the kernel's source, one at a time (table.ts,
// second-abi.ts); the named test must fail with each, and pass without. So must scenarios
// (by-scenario.ts), through the raw ABI: neither the BEAM nor the runtime would run the fault.
//
//   node build/tests/mutations/mutations.test.js [part of a file or of what it breaks]
import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import t from "tap";
import { root } from "../assembly/test-kernel.ts";
import { scenarioFor } from "./by-scenario.ts";
import type { Order } from "./compile.ts";
import { laterMutations } from "./second-abi.ts";
import { mutations as firstMutations, type Mutation } from "./table.ts";

/** Fuzz tests run the same operations each time, and few. */
const FUZZ = { SEED: "7", OPERATIONS: "20000" };
/** A fault may make a loop endless; what loops does not hear SIGTERM, for which tap listens. */
const TIMEOUT_MS = 60_000;

const SCENARIOS = "tests/scenarios/scenarios";

const mutations: readonly Mutation[] = [...firstMutations, ...laterMutations].map((one) => {
  const scenario = scenarioFor[one.breaks];
  return scenario === undefined ? one : { ...one, scenario };
});

interface Outcome {
  readonly passed: boolean;
  readonly output: string;
}

/** Runs a test file on the kernel in a folder; of scenarios these. */
function run(file: string, folder: string, ids: readonly string[] = []): Promise<Outcome> {
  const env = { ...process.env, ...FUZZ, MUTANT: folder, TAP: "1" };
  const parameters = [join(root, "build", `${file}.test.js`), ...ids];
  return new Promise((resolve) => {
    const limits = { timeout: TIMEOUT_MS, killSignal: "SIGKILL", maxBuffer: 2 ** 26 } as const;
    execFile(process.execPath, parameters, { env, ...limits }, (error, stdout, stderr) => {
      resolve({ passed: error === null, output: stdout + stderr });
    });
  });
}

/** Whether the test with this title has failed. */
function hasFailed(output: string, title: string): boolean {
  return output.split("\n").some((line) => {
    return /^not ok \d+ - /.test(line) && line.includes(` - ${title}`);
  });
}

function hasScenarioFailed(output: string, id: string): boolean {
  return new RegExp(`^ +not ok \\d+ - ${id}: `, "m").test(output);
}

/** Compiles kernels one after the other. */
class Compiler {
  readonly #worker = new Worker(new URL("./compile.js", import.meta.url));

  /** Fills the folder; why it could not. */
  async compile(order: Order): Promise<string | undefined> {
    this.#worker.postMessage(order);
    const [refusal] = await once(this.#worker, "message") as [string | undefined];
    return refusal;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}

/** Does all jobs, as many at a time as there are cores, each with a compiler. */
async function inParallel(jobs: readonly ((compiler: Compiler) => Promise<void>)[]): Promise<void> {
  const left = [...jobs];
  const work = async () => {
    const compiler = new Compiler();
    for (let job = left.shift(); job !== undefined; job = left.shift()) await job(compiler);
    await compiler.close();
  };
  await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, work));
}

t.setTimeout(900_000);

t.test("every seeded fault is caught by the test that is named for it", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "pidgeon-mutations-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const wanted = process.argv[2] ?? "";
  const chosen = mutations.filter(({ file, breaks }) => `${file} ${breaks}`.includes(wanted));
  const folderOf = (name: string) => {
    const path = join(folder, name);
    mkdirSync(path);
    return path;
  };
  const check = async (compiler: Compiler, mutation: Mutation, index: number) => {
    const { file, breaks, caughtBy, title, scenario } = mutation;
    const mutant = folderOf(String(index));
    const refused = await compiler.compile({ folder: mutant, mutation });
    if (refused !== undefined) return void t.fail(`${file}, ${breaks}: ${refused}`);
    const { passed, output } = await run(caughtBy, mutant);
    const isCaught = !passed && hasFailed(output, title);
    t.ok(isCaught, `${file}, ${breaks}: caught by ${caughtBy}, ${title}`);
    const told = output.split("\n").filter((line) => line.startsWith("not ok "));
    if (!isCaught) t.comment(`${breaks}: ${told.join("; ") || "nothing fails"}`);
    if (scenario !== undefined) {
      const played = await run(SCENARIOS, mutant, [scenario]);
      const isSeen = !played.passed && hasScenarioFailed(played.output, scenario);
      t.ok(isSeen, `${file}, ${breaks}: caught by scenario ${scenario}`);
    }
    rmSync(mutant, { recursive: true });
  };
  const checkHealthy = async (compiler: Compiler) => {
    const healthy = folderOf("healthy");
    t.equal(await compiler.compile({ folder: healthy, mutation: undefined }), undefined);
    for (const file of new Set(chosen.map(({ caughtBy }) => caughtBy))) {
      const { passed, output } = await run(file, healthy);
      t.ok(passed, `${file} passes on the healthy kernel`);
      if (!passed) t.comment(output);
    }
    const ids = chosen.flatMap(({ scenario }) => scenario ?? []);
    const { passed, output } = await run(SCENARIOS, healthy, ids);
    t.ok(passed, "the scenarios pass on the healthy kernel");
    for (const id of ids) t.match(output, ` - ${id}: `, `${id} is played`);
    if (!passed) t.comment(output);
  };
  await inParallel([
    checkHealthy,
    ...chosen.map((one, index) => (compiler: Compiler) => check(compiler, one, index)),
  ]);
  t.ok(mutations.length >= 70, `${mutations.length} faults`);
  const named = mutations.flatMap(({ scenario }) => scenario ?? []);
  const expected = Object.values(scenarioFor).toSorted();
  t.same(named.toSorted(), expected, "each names a fault of the tables");
  t.ok(named.length >= 20, `${named.length} of them caught by scenarios too`);
});
