// Every benchmark, in the order of the report.
import { chatBenchmark, idleBenchmark } from "./chat/chat.ts";
import type { Benchmark } from "./instrument/benchmark.ts";
import { idleGenerators } from "./memory/idle-generator.ts";
import { idleGenServers } from "./memory/idle-genserver.ts";
import { idleNatives } from "./memory/idle-native.ts";
import { snapshots } from "./memory/snapshot.ts";
import {
  generatorSelective, generatorSelectivePredicate, generatorSelectiveRef,
  generatorSelectiveRefMillion,
} from "./scheduler/generator-selective.ts";
import { guestFuel, guestPingPongs } from "./scheduler/guest.ts";
import { genServerCall } from "./scheduler/genserver-call.ts";
import { nativeCounting, nativeFanIn, nativeFanOut } from "./scheduler/native-flow.ts";
import {
  nativeLinkCascade, nativeLinkCascadeCold, nativeSkynet, nativeSkynetCold, nativeSpawnExit,
  nativeSpawnMonitor,
} from "./scheduler/native-lives.ts";
import {
  nativeLongRing, nativeLongRingCold, nativePingPong, nativeRing,
} from "./scheduler/native-rings.ts";
import {
  nativeSelective, nativeSelectiveKeep, nativeSelectiveRef, nativeSelectiveRefMillion,
} from "./scheduler/native-selective.ts";
import { nativeTimerCancel, nativeTimerStart } from "./scheduler/native-timers.ts";
import { generatorIntegerRing, generatorObjectRing } from "./scheduler/ring.ts";
import { callbackSpawnExit, generatorSpawnExit } from "./scheduler/spawn-exit.ts";
import { dynamicChildren, supervisorChildren } from "./scheduler/supervision.ts";

export const benchmarks: readonly Benchmark[] = [
  nativeRing,
  nativePingPong,
  nativeLongRing,
  nativeLongRingCold,
  nativeCounting,
  nativeFanIn,
  nativeFanOut,
  nativeSpawnExit,
  nativeSpawnMonitor,
  nativeLinkCascade,
  nativeLinkCascadeCold,
  nativeSkynet,
  nativeSkynetCold,
  nativeTimerStart,
  nativeTimerCancel,
  nativeSelective,
  nativeSelectiveKeep,
  nativeSelectiveRef,
  nativeSelectiveRefMillion,
  generatorIntegerRing,
  generatorObjectRing,
  generatorSelective,
  generatorSelectivePredicate,
  generatorSelectiveRef,
  generatorSelectiveRefMillion,
  genServerCall,
  generatorSpawnExit,
  callbackSpawnExit,
  supervisorChildren,
  dynamicChildren,
  guestPingPongs,
  guestFuel,
  ...snapshots,
  idleNatives,
  idleGenerators,
  idleGenServers,
  chatBenchmark("chat", 100, 10),
  chatBenchmark("chat-window-1", 100, 1),
  idleBenchmark("idle-connections", 10_000),
];
