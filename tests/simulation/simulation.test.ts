// Random programs on the whole kernel against a plain model of Erlang's rules: what every call
// answers, shows and tells is compared, and all invariants of the kernel are checked as they run.
//
//   SEED=… OPERATIONS=… node build/tests/simulation/simulation.test.js
import t from "tap";
import { buildNativeKernel } from "../assembly/native-build.ts";
import { fuzzOptions, Random, Tally } from "../assembly/random.ts";
import { mutant } from "../assembly/test-kernel.ts";
import { configure } from "./configuration.ts";
import { EXPECTED } from "./expected.ts";
import { Program } from "./program.ts";
import { shrink } from "./shrink.ts";
import { Simulation } from "./simulation.ts";

const WORLD_OPERATIONS = 2500;

/** What is between two checks of all invariants: they cost more where much memory is in use. */
const checkEvery = (messageBytes: number) => messageBytes < 2 ** 18 ? 6 : 1;

/** Runs one world, whose operations are a seed each; tells in which one it failed. */
function runWorld(wasm: BufferSource, seed: number, operations: readonly number[], tally: Tally) {
  const configuration = configure(new Random(seed));
  const simulation = new Simulation(wasm, configuration.limits, tally);
  const every = checkEvery(configuration.limits.messageBytes);
  let index = 0;
  try {
    const program = new Program(simulation, configuration);
    for (const operation of operations) {
      program.perform(new Random(operation));
      if (index % every === 0) simulation.check();
      index++;
    }
    simulation.close();
    return undefined;
  } catch (error) {
    return { index, reason: (error as Error).message, log: simulation.log() };
  }
}

t.test("the kernel does what the model does, whatever programs run", async (t) => {
  const { operations, random } = fuzzOptions(t, 400_000);
  const wasm = await buildNativeKernel();
  const tally = new Tally();
  for (let left = operations; left > 0; left -= WORLD_OPERATIONS) {
    const seed = random.bits();
    const seeds = Array.from({ length: Math.min(left, WORLD_OPERATIONS) }, () => random.bits());
    const failure = runWorld(wasm, seed, seeds, tally);
    if (failure === undefined) continue;
    t.comment(`world ${seed}, operation ${failure.index} of ${operations - left} on`);
    t.comment(failure.log);
    if (mutant !== undefined) return t.fail(failure.reason);
    const run = (some: readonly number[]) => runWorld(wasm, seed, some, new Tally());
    const fewer = shrink(seeds.slice(0, failure.index + 1), (some) => run(some) !== undefined);
    const again = run(fewer);
    t.fail(`${failure.reason}; in ${fewer.length} operations: ${again?.reason}\n${again?.log}`);
    return;
  }
  tally.report(t);
  if (operations < 150_000) return;
  for (const what of EXPECTED) t.ok(tally.of(what) > 0, `${what}: ${tally.of(what)} times`);
});
