// Every benchmark, in the order of the report.
import { chatBenchmark, idleBenchmark } from "./chat/chat.ts";
import type { Benchmark } from "./instrument/benchmark.ts";
import { idleGenerators } from "./memory/idle-generator.ts";
import { idleNatives } from "./memory/idle-native.ts";
import { genServerCall } from "./scheduler/genserver-call.ts";
import { nativePingPong, nativeRing, nativeSpawnExit } from "./scheduler/native.ts";
import { generatorIntegerRing, generatorObjectRing } from "./scheduler/ring.ts";

export const benchmarks: readonly Benchmark[] = [
  nativeRing,
  nativePingPong,
  nativeSpawnExit,
  generatorIntegerRing,
  generatorObjectRing,
  genServerCall,
  idleNatives,
  idleGenerators,
  chatBenchmark("chat", 100, 10),
  chatBenchmark("chat-window-1", 100, 1),
  idleBenchmark("idle-connections", 10_000),
];
