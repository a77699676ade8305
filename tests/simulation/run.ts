// Runs simulated worlds one after the other. What fails is shrunk and shown.
import type { Test } from "tap";
import { Random, Tally } from "../assembly/random.ts";
import { mutant } from "../assembly/test-kernel.ts";
import type { Configuration } from "./configuration.ts";
import { Program } from "./program.ts";
import { shrink } from "./shrink.ts";
import { Simulation } from "./simulation.ts";

const WORLD_OPERATIONS = 2500;

/** What is between two checks of all invariants: they cost more where much memory is in use. */
const checkEvery = (messageBytes: number) => messageBytes < 2 ** 18 ? 6 : 1;

export interface Run {
  readonly wasm: BufferSource;
  readonly operations: number;
  readonly random: Random;
  /** Limits and weights of a world. */
  readonly configure: (random: Random) => Configuration;
}

/** Runs one world, whose operations are a seed each; tells in which one it failed. */
function runWorld({ wasm, configure }: Run, seed: number, seeds: readonly number[], tally: Tally) {
  const configuration = configure(new Random(seed));
  const simulation = new Simulation(wasm, configuration.limits, tally);
  const every = checkEvery(configuration.limits.messageBytes);
  let index = 0;
  try {
    const program = new Program(simulation, configuration);
    for (const operation of seeds) {
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

/** What was seen how often; undefined, and the test has failed, if a world went wrong. */
export function simulate(t: Test, run: Run): Tally | undefined {
  const { operations, random } = run;
  const tally = new Tally();
  for (let left = operations; left > 0; left -= WORLD_OPERATIONS) {
    const seed = random.bits();
    const seeds = Array.from({ length: Math.min(left, WORLD_OPERATIONS) }, () => random.bits());
    const failure = runWorld(run, seed, seeds, tally);
    if (failure === undefined) continue;
    t.comment(`world ${seed}, operation ${failure.index} of ${operations - left} on`);
    t.comment(failure.log);
    if (mutant !== undefined) {
      t.fail(failure.reason);
      return undefined;
    }
    const fails = (some: readonly number[]) => runWorld(run, seed, some, new Tally());
    const fewer = shrink(seeds.slice(0, failure.index + 1), (some) => fails(some) !== undefined);
    const again = fails(fewer);
    t.fail(`${failure.reason}; in ${fewer.length} operations: ${again?.reason}\n${again?.log}`);
    return undefined;
  }
  tally.report(t);
  return tally;
}
