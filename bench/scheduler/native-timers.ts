// Native processes that start and cancel timers.
import type { Pid } from "../../host/kernel/abi.ts";
import type { Size, TimeBenchmark, Work } from "../instrument/benchmark.ts";
import { assertAged, GENERATIONS } from "./aged.ts";
import {
  checkEqual, Counter, Handler, loadAgedKernel, runUntilIdle, send, spawnNative, type BenchKernel,
} from "./native-kernel.ts";

/** Longer than any delay of a timer that is to fire. */
const ALL_FIRED_MS = 2000;

interface Timers {
  readonly kernel: BenchKernel;
  readonly receiver: Pid;
  readonly spawn: (handler: number, word: number) => Pid;
  /** Real time, so that timers fire while others are started, as on the BEAM. */
  readonly nowMs: () => number;
}

function prepare({ operations, generations }: Size): Timers {
  const limits = { relations: operations + 8, scratchBytes: 8 * operations + 65_536 };
  const kernel = loadAgedKernel(8, generations, limits);
  const spawn = (handler: number, word: number) => {
    const pid = spawnNative(kernel, handler, word);
    assertAged([pid], generations);
    return pid;
  };
  return { kernel, receiver: spawn(Handler.COLLECTOR, 0), spawn, nowMs: () => performance.now() };
}

function timerStart(size: Size): Work {
  const { kernel, receiver, spawn, nowMs } = prepare(size);
  const starter = spawn(Handler.TIMER_STARTER, receiver);
  let skippedMs = 0;
  const run = () => {
    send(kernel, starter, 0, size.operations);
    runUntilIdle(kernel, () => nowMs() + skippedMs);
  };
  let received = 0;
  const clear = () => {
    skippedMs += ALL_FIRED_MS;
    runUntilIdle(kernel, () => nowMs() + skippedMs);
    checkEqual(kernel.counter(Counter.TIMERS), 0);
    received += size.operations;
    checkEqual(kernel.exports.bench_word(receiver), received);
  };
  return { run, clear };
}

function timerCancel(size: Size): Work {
  const { kernel, receiver, spawn, nowMs } = prepare(size);
  const keeper = spawn(Handler.TIMER_KEEPER, receiver);
  const canceller = spawn(Handler.TIMER_CANCELLER, 0);
  const arrange = () => {
    send(kernel, keeper, 0, size.operations);
    runUntilIdle(kernel, nowMs);
    checkEqual(kernel.counter(Counter.TIMERS), size.operations);
  };
  const run = () => {
    send(kernel, canceller, 0, size.operations);
    runUntilIdle(kernel, nowMs);
    checkEqual(kernel.counter(Counter.TIMERS), 0);
  };
  const clear = () => checkEqual(kernel.exports.bench_word(receiver), 0);
  return { arrange, run, clear };
}

export const nativeTimerStart: TimeBenchmark = {
  kind: "time",
  name: "native-timer-start",
  work: "A native process starts 1,000,000 timers of 1 to 1,024 ms that send to another.",
  operation: "timer",
  size: { breadth: 1, operations: 1_000_000, generations: GENERATIONS },
  tiny: { breadth: 1, operations: 1500, generations: 2 },
  systems: { pidgeon: timerStart },
  beam: "timer_start",
  bars: [{ against: "beam", atMost: 1 / 6 }],
};

export const nativeTimerCancel: TimeBenchmark = {
  ...nativeTimerStart,
  name: "native-timer-cancel",
  work: "A native process cancels 1,000,000 timers of 20 to 21 s, the last one first.",
  systems: { pidgeon: timerCancel },
  beam: "timer_cancel",
};
