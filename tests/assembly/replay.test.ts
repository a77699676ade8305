// A recorded sequence of calls gives the identical image wherever it is replayed: in a new
// instance, and in C. An image that is restored in C goes on there as an undisturbed run does.
// needs: wabt, gcc
//
//   SEED=… OPERATIONS=… node build/tests/assembly/replay.test.js
import t from "tap";
import { Kernel } from "../../host/kernel/kernel.ts";
import { Recorder, replay } from "../../host/kernel/recorder.ts";
import { fuzzOptions } from "./random.ts";
import { buildTravellers, buildWithStranger } from "./traveller-build.ts";
import { run, travellerLimits } from "./travellers.ts";
import { buildReplayer } from "./wasm2c.ts";

const wasm = await buildTravellers();
const laterWasm = await buildWithStranger();
const clock = (tick: number) => 1_000_000.25 + tick * 37.7;

/** The hashes of a trace, one a tick. */
function hashesOf(trace: readonly string[]): string[] {
  return trace.map((entry) => /^\d+ ([0-9a-f]{16})\n/.exec(entry)?.[1] ?? entry);
}

t.test("a recording replays to the identical image, in another instance and in C", (t) => {
  const replayInC = buildReplayer(t, wasm);
  const { operations, random } = fuzzOptions(t, 6_000);
  for (let ticks = 0; ticks < operations; ticks += 1000) {
    const seed = random.bits();
    const recorder = new Recorder();
    const kernel = Kernel.instantiate(wasm, travellerLimits, recorder.observe);
    const trace = run(kernel, seed, 0, 60, clock);
    const recording = recorder.recording();
    const image = kernel.snapshot();
    t.equal(Buffer.compare(replay(wasm, recording).snapshot(), image), 0, `seed ${seed}`);
    const { hashes, problem } = replayInC(recording);
    t.equal(problem, "");
    t.same(hashes, hashesOf(trace), "in C, after each tick");
  }
  t.end();
});

t.test("an image restored in C, in a build with more handlers, goes on undisturbed", (t) => {
  const replayInC = buildReplayer(t, laterWasm);
  const { operations, random } = fuzzOptions(t, 6_000);
  for (let ticks = 0; ticks < operations; ticks += 1000) {
    const seed = random.bits();
    const undisturbed = Kernel.instantiate(wasm, travellerLimits);
    const half = 10 + random.below(40);
    run(undisturbed, seed, 0, half, clock);
    const image = undisturbed.snapshot();
    const rest = run(undisturbed, seed, half, 70, clock);
    const recorder = new Recorder();
    const restored = Kernel.restore(laterWasm, image, clock(half - 1), recorder.observe);
    t.same(run(restored, seed, half, 70, clock), rest, `seed ${seed}, restored at ${half}`);
    const { hashes, problem } = replayInC(recorder.recording());
    t.equal(problem, "");
    t.same(hashes, hashesOf(rest), "in C");
  }
  t.end();
});
