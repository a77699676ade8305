// Snapshots: native processes go on in a new instance as if nothing had been; what can't go on is
// refused with its status.
//
//   SEED=… OPERATIONS=… node build/tests/assembly/snapshots.test.js
import t, { type Test } from "tap";
import { Counter } from "../../host/kernel/abi.ts";
import { Kernel } from "../../host/kernel/kernel.ts";
import { fuzzOptions } from "./random.ts";
import { buildTravellers, buildWithStranger } from "./traveller-build.ts";
import { run, travellerLimits } from "./travellers.ts";

const wasm = await buildTravellers();
/** Where the control block begins; behind its 64 KiB lie the tables. */
const CONTROL = 65536;
const laterWasm = await buildWithStranger();

/** Fractional, as performance.now() is. */
const clock = (tick: number) => 1_000_000.25 + tick * 37.7;

/** A run that is never disturbed, and one that is taken over by a build half way. */
function compareRuns(t: Test, seed: number, half: number, end: number, later: BufferSource): void {
  const undisturbed = Kernel.instantiate(wasm, travellerLimits);
  const first = run(undisturbed, seed, 0, half, clock);
  const image = undisturbed.snapshot();
  const rest = run(undisturbed, seed, half, end, clock);
  const restored = Kernel.restore(later, image, clock(half - 1));
  t.equal(restored.exports.verify?.(), 0);
  t.equal(restored.snapshot().join(), image.join(), "its image is the one that it came from");
  t.same(run(restored, seed, half, end, clock), rest, `seed ${seed}, snapshot at ${half}`);
  t.equal(first.length, half);
}

t.test("native processes go on from a snapshot as if nothing had been", (t) => {
  const { operations, random } = fuzzOptions(t, 20_000);
  for (let ticks = 0; ticks < operations; ticks += 1000) {
    compareRuns(t, random.bits(), 1 + random.below(60), 80, wasm);
  }
  t.end();
});

t.test("a build with one more native handler takes a snapshot over", (t) => {
  const { random } = fuzzOptions(t, 1);
  compareRuns(t, random.bits(), 20, 60, laterWasm);
  t.end();
});

t.test("an image holds every table: a restored memory is the old one, byte for byte", (t) => {
  const kernel = Kernel.instantiate(wasm, travellerLimits);
  run(kernel, 3, 0, 200, clock);
  const restored = Kernel.restore(wasm, kernel.snapshot(), clock(199));
  const face = new Uint32Array(kernel.exports.memory.buffer, kernel.exports.face_address(), 8);
  const [events = 0, scratch = 0, scratchBytes = 0] = [...face].slice(3, 6);
  const old = Buffer.from(kernel.exports.memory.buffer);
  const restoredBytes = Buffer.from(restored.exports.memory.buffer);
  const isSame = (from: number, to: number, what: string) =>
    t.equal(Buffer.compare(old.subarray(from, to), restoredBytes.subarray(from, to)), 0, what);
  t.equal(old.length, restoredBytes.length);
  isSame(CONTROL, CONTROL + 32, "the limits");
  isSame(CONTROL + 40, CONTROL + 32768, "the face but for the ring, and the state");
  isSame(2 * CONTROL, events, "the processes");
  isSame(scratch + scratchBytes, old.length, "all other tables");
  t.ok(2 * CONTROL < events && events < scratch);
  for (const counter of ["RELATIONS", "TIMERS", "SLABS", "NAMES", "GROUPS"] as const) {
    t.ok(kernel.counter(Counter[counter]) > 0, `there are ${counter}`);
  }
  t.end();
});
