// Every benchmark, in the order of the report: one file each.
import { chatBenchmark, idleBenchmark } from "./chat/chat.ts";
import type { Benchmark } from "./instrument/benchmark.ts";

export const benchmarks: readonly Benchmark[] = [
  chatBenchmark("chat", 100, 10),
  chatBenchmark("chat-window-1", 100, 1),
  idleBenchmark("idle-connections", 10_000),
];
