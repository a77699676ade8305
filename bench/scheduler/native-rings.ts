// Native processes that pass one message on: rings, ping-pong.
import type { Pid } from "../../host/kernel/abi.ts";
import type { Size, TimeBenchmark, Work } from "../instrument/benchmark.ts";
import { assertAged, GENERATIONS } from "./aged.ts";
import {
  checked, Counter, Handler, loadAgedKernel, runUntilIdle, send, spawnNative, TAG_SET_WORD,
} from "./native-kernel.ts";

function ring({ breadth, operations, generations }: Size): Work {
  const kernel = loadAgedKernel(breadth, generations);
  const nodes: Pid[] = [];
  for (let index = 0; index < breadth; index++) {
    nodes.push(spawnNative(kernel, Handler.RING_NODE, 0));
  }
  assertAged(nodes, generations);
  nodes.forEach((node, index) => {
    send(kernel, node, TAG_SET_WORD, nodes[(index + 1) % breadth] as Pid);
  });
  runUntilIdle(kernel);
  const run = () => {
    send(kernel, nodes[0] as Pid, 0, operations - 1);
    runUntilIdle(kernel);
  };
  return { run: () => checked(kernel, Counter.SENDS, operations, run) };
}

/** Half of the operations are questions, half answers. */
function pingPong({ operations, generations }: Size): Work {
  const kernel = loadAgedKernel(2, generations);
  const answerer = spawnNative(kernel, Handler.ANSWERER, 0);
  const asker = spawnNative(kernel, Handler.ASKER, answerer);
  assertAged([answerer, asker], generations);
  const run = () => {
    send(kernel, asker, 0, operations / 2);
    runUntilIdle(kernel);
  };
  return { run: () => checked(kernel, Counter.SENDS, operations + 1, run) };
}

export const nativeRing: TimeBenchmark = {
  kind: "time",
  name: "native-ring",
  work: "A number makes 2,000,000 hops round 1,000 native processes.",
  operation: "hop",
  size: { breadth: 1000, operations: 2_000_000, generations: GENERATIONS },
  tiny: { breadth: 5, operations: 17, generations: 2 },
  systems: { pidgeon: ring },
  beam: "ring",
  c: "ring_1k",
  bars: [{ against: "beam", atMost: 1 / 25 }, { against: "c", atMost: 4 }],
};

export const nativeLongRing: TimeBenchmark = {
  ...nativeRing,
  name: "native-ring-100k",
  work: "A number makes 2,000,000 hops round 100,000 native processes.",
  size: { breadth: 100_000, operations: 2_000_000, generations: GENERATIONS },
  c: "ring_100k",
  bars: [{ against: "beam", atMost: 1 / 25 }],
};

export const nativeLongRingCold: TimeBenchmark = {
  ...nativeLongRing,
  name: "native-ring-100k-cold",
  work: "As native-ring-100k: the first pass, in a new kernel.",
  cold: true,
};

export const nativePingPong: TimeBenchmark = {
  kind: "time",
  name: "native-ping-pong",
  work: "Two native processes exchange 1,000,000 questions and answers.",
  operation: "message",
  size: { breadth: 2, operations: 2_000_000, generations: GENERATIONS },
  tiny: { breadth: 2, operations: 20, generations: 2 },
  systems: { pidgeon: pingPong },
  beam: "ping_pong",
  c: "ping_pong",
  bars: [{ against: "beam", atMost: 1 / 25 }, { against: "c", atMost: 4 }],
};
