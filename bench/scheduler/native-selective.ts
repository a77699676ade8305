// Native processes that receive past 1,000 messages which they do not want.
import type { Size, TimeBenchmark, Work } from "../instrument/benchmark.ts";
import { assertAged, GENERATIONS, messageBytesFor } from "./aged.ts";
import {
  checkEqual, Handler, loadAgedKernel, runUntilIdle, send, spawnNative, TAG_UNWANTED,
} from "./native-kernel.ts";

function selective({ breadth, operations, generations }: Size, handler: number): Work {
  const kernel = loadAgedKernel(2, generations, { messageBytes: messageBytesFor(breadth) });
  const process = spawnNative(kernel, handler, 0);
  assertAged([process], generations);
  for (let index = 0; index < breadth; index++) send(kernel, process, TAG_UNWANTED, index);
  runUntilIdle(kernel);
  return {
    run: () => {
      const before = kernel.exports.bench_word(process);
      send(kernel, process, 0, operations - 1);
      runUntilIdle(kernel);
      checkEqual(kernel.exports.bench_word(process) - before, operations);
    },
  };
}

export const nativeSelective: TimeBenchmark = {
  kind: "time",
  name: "native-selective",
  work: "A native process awaits messages to itself by tag, behind 1,000 others that stay.",
  operation: "receive",
  size: { breadth: 1000, operations: 50_000, generations: GENERATIONS },
  tiny: { breadth: 10, operations: 20, generations: 2 },
  systems: { pidgeon: (size) => selective(size, Handler.SELECTOR) },
  beam: "selective",
  bars: [{ against: "beam", atMost: 1 }],
};

/** For what no tag or reference can say; it has no bar. */
export const nativeSelectiveKeep: TimeBenchmark = {
  ...nativeSelective,
  name: "native-selective-keep",
  work: "As native-selective, but its handler is shown every message and keeps the others.",
  systems: { pidgeon: (size) => selective(size, Handler.SELECTIVE_KEEPER) },
  bars: [],
};

export const nativeSelectiveRef: TimeBenchmark = {
  ...nativeSelective,
  name: "native-selective-ref",
  work: "As native-selective, by a new reference each time that is marked first.",
  size: { ...nativeSelective.size, operations: 1_000_000 },
  systems: { pidgeon: (size) => selective(size, Handler.REF_SELECTOR) },
  beam: "selective_ref",
};

/** A marked reference costs the same, however much waits before it; it has no bar of its own. */
export const nativeSelectiveRefMillion: TimeBenchmark = {
  ...nativeSelectiveRef,
  name: "native-selective-ref-million",
  work: "As native-selective-ref, behind 1,000,000 others.",
  size: { ...nativeSelectiveRef.size, breadth: 1_000_000 },
};
