// Host processes that end at once: generators, and callback processes, which end in their first
// message.
import { setImmediate as nextTurn } from "node:timers/promises";
import { Counter, ending, type Runtime } from "../../host/runtime/index.ts";
import { GeneratorScheduler, type Body } from "../baseline/generators.ts";
import type { Prepare, Size, TimeBenchmark } from "../instrument/benchmark.ts";
import { effectLives } from "../peers/effect.ts";
import { ageSlots, assertAged, startRuntime } from "./aged.ts";

function* end(): Generator<never, void> {}

const endAtMessage = {
  receive: () => ending("normal"),
};

const spawnGenerator = (runtime: Runtime) => runtime.spawn(end);

function spawnCallback(runtime: Runtime) {
  const pid = runtime.spawnCallback(endAtMessage);
  runtime.send(pid, 0);
  return pid;
}

/** `breadth` at a time: then the spawner waits until they have ended. */
function lives(spawn: typeof spawnGenerator): Prepare {
  return async ({ breadth, operations, generations }: Size) => {
    const runtime = startRuntime();
    await ageSlots(runtime, breadth, generations);
    assertAged([runtime.spawn(end)], generations);
    await nextTurn();
    return {
      run: async () => {
        const before = runtime.counter(Counter.EXITS);
        for (let spawned = 0; spawned < operations; spawned++) {
          spawn(runtime);
          if (spawned % breadth < breadth - 1) continue;
          while (runtime.counter(Counter.PROCESSES) > 0) await nextTurn();
        }
        const ended = runtime.counter(Counter.EXITS) - before;
        if (ended !== operations) throw new Error(`${ended} processes have ended`);
      },
    };
  };
}

function* endAfterMessage(): Body<number> {
  yield;
}

const plainGenerators: Prepare = ({ breadth, operations }) => {
  const scheduler = new GeneratorScheduler<number>();
  return {
    run: () => {
      for (let spawned = 0; spawned < operations; spawned++) {
        scheduler.send(scheduler.spawn(endAfterMessage), 0);
        if (spawned % breadth === breadth - 1) scheduler.run();
      }
      scheduler.run();
    },
  };
};

/** The resolved promise of an async function that starts in a later turn. */
const plainAsync: Prepare = ({ breadth, operations }) => ({
  run: async () => {
    let left = operations;
    const life = async () => {
      await undefined;
      left--;
    };
    for (let spawned = 0; spawned < operations; spawned++) {
      void life();
      if (spawned % breadth === breadth - 1) await undefined;
    }
    while (left > 0) await undefined;
  },
});

export const generatorSpawnExit: TimeBenchmark = {
  kind: "time",
  name: "generator-spawn-exit",
  work: "500,000 generator processes are spawned, 1,000 at a time, and end at once.",
  operation: "process",
  size: { breadth: 1000, operations: 500_000, generations: 1000 },
  tiny: { breadth: 5, operations: 20, generations: 2 },
  systems: {
    pidgeon: lives(spawnGenerator),
    generators: plainGenerators,
    async: plainAsync,
    effect: effectLives,
  },
  beam: "spawn_exit",
  bars: [{ against: "beam", atMost: 1 / 3 }],
};

export const callbackSpawnExit: TimeBenchmark = {
  kind: "time",
  name: "callback-spawn-exit",
  work: "500,000 callback processes are spawned, 1,000 at a time, and end in their first message.",
  operation: "process",
  size: generatorSpawnExit.size,
  tiny: generatorSpawnExit.tiny,
  systems: { pidgeon: lives(spawnCallback) },
  beam: "spawn_exit",
  bars: [{ against: "beam", atMost: 1 / 4 }],
};
