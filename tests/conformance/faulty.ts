// A worker that plays scenarios with a fault in the behaviours.
import { register } from "node:module";
import { parentPort, workerData } from "node:worker_threads";
import type { FaultyFile } from "./fault-hook.ts";
import type { Fault } from "./faults.ts";

/** Without a fault: as it should be. */
export interface Order {
  readonly fault: Fault | undefined;
  readonly ids: readonly string[];
}

/** What a worker tells: of each scenario in turn its trace, or what failed. */
export interface Played {
  readonly trace?: readonly string[];
  readonly failed?: string;
}

const { fault, ids } = workerData as Order;
if (fault !== undefined) {
  const url = new URL(`../../host/${fault.file}.js`, import.meta.url).href;
  const data: FaultyFile = { url, text: fault.text, fault: fault.fault };
  register(new URL("./fault-hook.js", import.meta.url), { data });
}
// Loaded only now, with the fault in it.
const { play } = await import("./play.ts");
const { scenarios } = await import("./cases/index.ts");
for (const id of ids) {
  const scenario = scenarios.find((one) => one.id === id);
  if (scenario === undefined) throw new Error(`no scenario ${id}`);
  try {
    tell({ trace: await play(scenario, "plain") });
  } catch (error) {
    tell({ failed: String(error) });
  }
}

function tell(played: Played): void {
  parentPort?.postMessage(played);
}
