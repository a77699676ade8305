// Do the scenarios notice faults? Each is seeded in our compiled behaviours, and the trace of its
// scenario must be another then; without a fault it is as stated.
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import t from "tap";
import { scenarios } from "./cases/index.ts";
import { faults } from "./faults.ts";
import type { Fault } from "./faults.ts";
import type { Order, Played } from "./faulty.ts";
import { same } from "./world.ts";

/** A fault may make a loop endless. */
const TIMEOUT_MS = 20_000;

t.setTimeout(300_000);

async function playWith(fault: Fault | undefined, ids: readonly string[]): Promise<Played[]> {
  const order: Order = { fault, ids };
  const worker = new Worker(new URL("./faulty.js", import.meta.url), { workerData: order });
  const timer = setTimeout(() => void worker.terminate(), TIMEOUT_MS);
  const told: Played[] = [];
  worker.on("message", (message: object) => {
    // tap has messages of its own.
    if ("trace" in message || "failed" in message) told.push(message as Played);
  });
  await once(worker, "exit");
  clearTimeout(timer);
  return told;
}

function expected(id: string): readonly string[] {
  const scenario = scenarios.find((one) => one.id === id);
  return scenario?.differs?.trace ?? scenario?.trace ?? [];
}

t.test("without a fault the scenarios are as stated", async (t) => {
  const ids = [...new Set(faults.map(({ caughtBy }) => caughtBy))];
  const played = await playWith(undefined, ids);
  t.same(played.map(({ trace }) => trace), ids.map(expected));
  t.ok(faults.length >= 20, `${faults.length} faults`);
});

for (const fault of faults) {
  t.test(`${fault.file}, ${fault.breaks}: caught by ${fault.caughtBy}`, async (t) => {
    const [played] = await playWith(fault, [fault.caughtBy]);
    if (played === undefined) return void t.pass("it never ended");
    t.notMatch(played.failed ?? "", /times in file:/, "the fault has its place");
    t.not(same(played.trace ?? [], expected(fault.caughtBy)), true, played.failed ?? "caught");
  });
}
