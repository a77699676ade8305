// Random programs on the whole kernel against a plain model of Erlang's rules: what every call
// answers, shows and tells is compared, and all invariants of the kernel are checked as they run.
//
//   SEED=… OPERATIONS=… node build/tests/simulation/simulation.test.js
import t from "tap";
import { buildNativeKernel } from "../assembly/native-build.ts";
import { fuzzOptions } from "../assembly/random.ts";
import { configure } from "./configuration.ts";
import { EXPECTED } from "./expected.ts";
import { simulate } from "./run.ts";

t.setTimeout(300_000);

t.test("the kernel does what the model does, whatever programs run", async (t) => {
  const { operations, random } = fuzzOptions(t, 400_000);
  const tally = simulate(t, { wasm: await buildNativeKernel(), operations, random, configure });
  if (tally === undefined || operations < 150_000) return;
  for (const what of EXPECTED) t.ok(tally.of(what) > 0, `${what}: ${tally.of(what)} times`);
});
