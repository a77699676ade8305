// Random programs on the whole kernel against a plain model of Erlang's rules: what every call
// answers, shows and tells is compared, and all invariants of the kernel are checked as they run.
//
//   SEED=… OPERATIONS=… node build/tests/simulation/simulation.test.js
import t from "tap";
import { buildNativeKernel } from "../assembly/native-build.ts";
import { fuzzOptions, Random, Tally } from "../assembly/random.ts";
import { mutant } from "../assembly/test-kernel.ts";
import { configure } from "./configuration.ts";
import { Program } from "./program.ts";
import { shrink } from "./shrink.ts";
import { Simulation } from "./simulation.ts";

const WORLD_OPERATIONS = 2500;

/** What is between two checks of all invariants: they cost more where much memory is in use. */
const checkEvery = (messageBytes: number) => messageBytes < 2 ** 18 ? 6 : 1;

/** What has to come up: a limit that is never reached is not tested. */
const EXPECTED = [
  "spawn_host LIMIT", "spawn_host BAD_PID", "spawn_host NO_PROCESS", "spawn_host BAD_ARGUMENT",
  "spawn_native LIMIT", "spawn_native NO_HANDLER", "step MORE", "step traps", "step BAD_ARGUMENT",
  "clock BAD_ARGUMENT", "event 1", "event 2", "event ring full",
  "send_number NO_MEMORY", "send_number NO_PROCESS", "send_number BAD_PID",
  "send_handle BAD_HANDLE", "send_bytes NO_MEMORY", "send_bytes TOO_LARGE",
  "share NO_MEMORY", "share answers", "share TOO_LARGE",
  "send_shared OK", "send_shared BAD_ARGUMENT", "send_shared NO_MEMORY",
  "release OK", "release BAD_ARGUMENT", "released_next answers",
  "begin NONE", "begin NO_PROCESS", "peek NO_TURN", "take BAD_ARGUMENT", "take answers",
  "take_here BAD_ARGUMENT", "take_here answers", "seek answers", "seek OK",
  "wait AGAIN", "wait TIMED_OUT", "wait OK", "wait BAD_ARGUMENT", "wait NO_TURN",
  "wait_ref AGAIN", "wait_ref OK", "wait_ref TIMED_OUT", "finish OK", "finish BAD_HANDLE",
  "finish NO_TURN", "reap OK", "reap NOT_FOUND",
  "exit_signal NO_MEMORY", "exit_signal BAD_HANDLE", "exit_signal NO_PROCESS", "exit_signal OK",
  "link LIMIT", "link NO_PROCESS", "link BAD_PID", "link OK", "unlink OK", "unlink NOT_FOUND",
  "monitor LIMIT", "monitor answers", "monitor BAD_PID", "demonitor OK", "demonitor NOT_FOUND",
  "send_after LIMIT", "send_after BAD_ARGUMENT", "send_after BAD_HANDLE", "send_after answers",
  "cancel_timer answers",
  "cancel_timer NOT_FOUND", "read_timer answers", "register LIMIT", "register TAKEN",
  "register NO_MEMORY", "register BAD_ARGUMENT", "unregister OK", "unregister NOT_FOUND",
];

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
  const { operations, random } = fuzzOptions(t, 300_000);
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
  if (operations < 50_000) return;
  for (const what of EXPECTED) t.ok(tally.of(what) > 0, `${what}: ${tally.of(what)} times`);
});
