// Native processes that send many messages to one, or one to many.
import { Status, type Pid } from "../../host/kernel/abi.ts";
import type { Size, TimeBenchmark, Work } from "../instrument/benchmark.ts";
import { assertAged, GENERATIONS } from "./aged.ts";
import {
  checkEqual, checked, Counter, Handler, loadAgedKernel, runUntilIdle, send, spawnNative,
  TAG_ADD,
} from "./native-kernel.ts";

/** What a producer sends before it gives way; the collector takes 4,000 before it does. */
const BATCH = 1000;
/** Of a number. All of a pass can wait at once: the collector has one turn while each has one. */
const BLOCK_BYTES = 32;

/** A producer gives way by a message to itself: so many are sent beside the counted ones. */
function selfSends(messages: number): number {
  return Math.ceil(messages / BATCH) - 1;
}

function fanIn({ breadth, operations, generations }: Size): Work {
  const messageBytes = 1.1 * operations * BLOCK_BYTES + 2 ** 20;
  const kernel = loadAgedKernel(breadth + 1, generations, { messageBytes });
  const collector = spawnNative(kernel, Handler.COLLECTOR, 0);
  const producers: Pid[] = [];
  for (let index = 0; index < breadth; index++) {
    producers.push(spawnNative(kernel, Handler.PRODUCER, collector));
  }
  assertAged([collector, ...producers], generations);
  runUntilIdle(kernel);
  const each = operations / breadth;
  const run = () => {
    for (const producer of producers) send(kernel, producer, 0, each);
    runUntilIdle(kernel);
  };
  return {
    run: () => {
      const before = kernel.exports.bench_word(collector);
      checked(kernel, Counter.SENDS, operations + breadth * (1 + selfSends(each)), run);
      checkEqual(kernel.exports.bench_word(collector) - before, operations);
    },
  };
}

const SHARED_BYTES = 256;

function fanOut({ breadth, operations, generations }: Size): Work {
  const kernel = loadAgedKernel(breadth + 1, generations, { scratchBytes: 8 * breadth + 65_536 });
  const distributor = spawnNative(kernel, Handler.DISTRIBUTOR, 0);
  const listeners: Pid[] = [];
  for (let index = 0; index < breadth; index++) {
    listeners.push(spawnNative(kernel, Handler.LISTENER, 0));
  }
  assertAged([distributor, ...listeners], generations);
  const bytes = new Uint8Array(SHARED_BYTES).fill(7);
  checkEqual(kernel.sendBytes(0, distributor, 0, 0, bytes), Status.OK);
  runUntilIdle(kernel);
  for (const listener of listeners) send(kernel, distributor, TAG_ADD, listener);
  runUntilIdle(kernel);
  const rounds = operations / breadth;
  const run = () => {
    send(kernel, distributor, 0, rounds);
    runUntilIdle(kernel);
  };
  let heard = 0;
  return {
    run: () => checked(kernel, Counter.SENDS, operations + rounds, run),
    clear: () => {
      heard += rounds;
      for (const listener of listeners) checkEqual(kernel.exports.bench_word(listener), heard);
    },
  };
}

export const nativeCounting: TimeBenchmark = {
  kind: "time",
  name: "native-counting",
  work: "A native process sends 2,000,000 numbers to one that counts them.",
  operation: "message",
  size: { breadth: 1, operations: 2_000_000, generations: GENERATIONS },
  tiny: { breadth: 1, operations: 2500, generations: 2 },
  systems: { pidgeon: fanIn },
  beam: "fan_in",
  c: "counting",
  bars: [{ against: "beam", atMost: 1 / 6 }],
};

export const nativeFanIn: TimeBenchmark = {
  ...nativeCounting,
  name: "native-fan-in",
  work: "1,000 native processes each send 2,000 numbers to one that counts them.",
  size: { breadth: 1000, operations: 2_000_000, generations: GENERATIONS },
  tiny: { breadth: 3, operations: 3 * 1500, generations: 2 },
  c: "fan_in",
  bars: [{ against: "beam", atMost: 1 / 12 }],
};

export const nativeFanOut: TimeBenchmark = {
  ...nativeCounting,
  name: "native-fan-out",
  work: "The same 256 bytes, shared, go to each of 10,000 native processes, 200 times.",
  size: { breadth: 10_000, operations: 2_000_000, generations: GENERATIONS },
  tiny: { breadth: 3, operations: 12, generations: 2 },
  systems: { pidgeon: fanOut },
  beam: "fan_out",
  c: "fan_out",
  bars: [{ against: "beam", atMost: 1 / 15 }],
};
