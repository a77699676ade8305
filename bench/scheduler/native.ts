// Native processes: ring, ping-pong, spawn and exit inside the kernel.
import type { Pid } from "../../host/kernel/abi.ts";
import type { TimeBenchmark, Work } from "../instrument/benchmark.ts";
import { assertAged } from "./aged.ts";
import {
  ageNativeSlots, checked, Counter, Handler, loadBenchKernel, runUntilIdle, send, spawnNative,
  TAG_SET_WORD,
} from "./native-kernel.ts";

const RING = 1000;
const HOPS = 2_000_000;
const QUESTIONS = 1_000_000;
const SPAWNS = 1_000_000;
/** For a message; the spawner gives way when the reductions of its slice are used up. */
const SPAWNS_AT_ONCE = 1000;
/** More than are ever alive at once. */
const SPAWN_SLOTS = 8192;

function ring(): Work {
  const kernel = loadBenchKernel();
  ageNativeSlots(kernel, RING);
  const nodes: Pid[] = [];
  for (let index = 0; index < RING; index++) {
    nodes.push(spawnNative(kernel, Handler.RING_NODE, 0));
  }
  assertAged(nodes);
  nodes.forEach((node, index) => {
    send(kernel, node, TAG_SET_WORD, nodes[(index + 1) % RING] as Pid);
  });
  runUntilIdle(kernel);
  return () => {
    checked(kernel, Counter.SENDS, HOPS, () => {
      send(kernel, nodes[0] as Pid, 0, HOPS - 1);
      runUntilIdle(kernel);
    });
    return HOPS;
  };
}

function pingPong(): Work {
  const kernel = loadBenchKernel();
  ageNativeSlots(kernel, 2);
  const answerer = spawnNative(kernel, Handler.ANSWERER, 0);
  const asker = spawnNative(kernel, Handler.ASKER, answerer);
  assertAged([answerer, asker]);
  return () => {
    checked(kernel, Counter.SENDS, 2 * QUESTIONS + 1, () => {
      send(kernel, asker, 0, QUESTIONS);
      runUntilIdle(kernel);
    });
    return 2 * QUESTIONS;
  };
}

function spawnExit(): Work {
  const kernel = loadBenchKernel({ processes: SPAWN_SLOTS + 8 });
  ageNativeSlots(kernel, SPAWN_SLOTS);
  const spawner = spawnNative(kernel, Handler.SPAWNER, SPAWNS_AT_ONCE);
  assertAged([spawner]);
  return () => {
    checked(kernel, Counter.EXITS, SPAWNS, () => {
      send(kernel, spawner, 0, SPAWNS);
      runUntilIdle(kernel);
    });
    return SPAWNS;
  };
}

export const nativeRing: TimeBenchmark = {
  kind: "time",
  name: "native-ring",
  work: "A number makes 2,000,000 hops round 1,000 native processes.",
  operation: "hop",
  systems: { pidgeon: ring },
  beam: "ring",
};

export const nativePingPong: TimeBenchmark = {
  kind: "time",
  name: "native-ping-pong",
  work: "Two native processes exchange 1,000,000 questions and answers.",
  operation: "message",
  systems: { pidgeon: pingPong },
  beam: "ping_pong",
};

export const nativeSpawnExit: TimeBenchmark = {
  kind: "time",
  name: "native-spawn-exit",
  work: "A native process spawns 1,000,000 that end at once.",
  operation: "process",
  systems: { pidgeon: spawnExit },
  beam: "spawn_exit",
};
