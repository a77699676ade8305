// The simulation's model beside one structure at a time: programs that do little else, in worlds in
// which its limits are near, and all invariants are checked after every operation.
//
//   SEED=… OPERATIONS=… node build/tests/simulation/structures.test.js
import t from "tap";
import type { Limits } from "../../host/kernel/abi.ts";
import { expectHits, fuzzOptions, type Random } from "../assembly/random.ts";
import { readDebugKernel } from "../assembly/test-kernel.ts";
import { focus, type Action } from "./configuration.ts";
import { simulate } from "./run.ts";

interface Structure {
  readonly name: string;
  readonly weights: Partial<Record<Action, number>>;
  readonly limits: (random: Random) => Partial<Limits>;
  /** What must come up at least once in 10,000 operations. */
  readonly hits: readonly string[];
}

const STRUCTURES: readonly Structure[] = [
  {
    name: "aliases, and monitors with one",
    weights: { alias: 7, monitor: 12, send: 16, exit: 1, look: 1 },
    limits: (random) => ({ processes: 3 + random.below(5), relations: 2 + random.below(12) }),
    hits: [
      "alias LIMIT", "alias answers", "monitor LIMIT", "monitor answers", "unalias OK",
      "unalias NOT_FOUND", "demonitor OK", "demonitor NOT_FOUND", "a reply ends an alias",
      "a reply ends a monitor", "send_number NO_PROCESS",
    ],
  },
  {
    name: "priority messages",
    weights: { alias: 6, send: 20, link: 4, monitor: 4, exit: 3 },
    limits: (random) => ({ processes: 2 + random.below(4), relations: 12 + random.below(30) }),
    hits: [
      "priority goes before others", "priority sets a cursor back",
      "priority is passed over by who awaits", "take answers", "skip answers", "wait_ref OK",
      "exit_signal OK",
    ],
  },
  {
    name: "suspensions",
    weights: { suspend: 20, send: 8, exit: 0.6, timer: 1 },
    limits: (random) => ({ processes: 2 + random.below(5), relations: 2 + random.below(8) }),
    hits: [
      "suspend LIMIT", "suspend OK", "suspend answers", "suspend BAD_ARGUMENT", "resume OK",
      "resume NOT_FOUND", "goes on with something to do", "begin NONE",
      "the end of a suspender resumes",
    ],
  },
  {
    name: "guards and what is watched",
    weights: { guard: 7, watch: 1.5, send: 22, timer: 2, monitor: 2, groupSend: 2, group: 2 },
    limits: (random) => ({ processes: 2 + random.below(5), events: 2 ** random.below(4) }),
    hits: [
      "send_number MAILBOX_FULL", "send_bytes MAILBOX_FULL", "mailbox limit drops",
      "mailbox limit kills", "memory limit kills", "memory limit is reported alone", "event 3",
      "event 4", "event 5", "event 6", "event ring full", "process_flag BAD_ARGUMENT",
    ],
  },
];

t.setTimeout(300_000);

for (const { name, weights, limits, hits } of STRUCTURES) {
  t.test(`${name}: the kernel does what the model does`, (t) => {
    const { operations, random } = fuzzOptions(t, 50_000);
    const configure = (random: Random) => focus(random, weights, limits(random));
    const tally = simulate(t, { wasm: readDebugKernel(), operations, random, configure });
    if (tally !== undefined) expectHits(t, tally, operations, 10_000, hits);
    t.end();
  });
}
