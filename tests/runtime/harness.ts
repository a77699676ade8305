// Runtimes for tests: a clock that stands still, nothing runs but in `pump`, and no value may be
// left.
import { test } from "tap";
import type { Test } from "tap";
import { Counter, ManualClock, Runtime } from "../../host/runtime/index.ts";
import type { Operation, Process, Report, RuntimeOptions } from "../../host/runtime/index.ts";

/** Small tables, and a small ring so that `step` answers MORE in many tests. */
export const smallLimits = {
  processes: 4096, relations: 8192, messageBytes: 1 << 20, handles: 8192, events: 16, names: 512,
} as const;

export class Harness {
  readonly clock = new ManualClock(1_000);
  readonly reports: Report[] = [];
  readonly runtime: Runtime;

  constructor(options: RuntimeOptions = {}) {
    this.runtime = Runtime.start({
      clock: this.clock, manual: true, limits: smallLimits,
      logger: (report) => this.reports.push(report), ...options,
    });
  }

  pump(): void {
    this.runtime.pump();
  }

  /** Time passes, and everything that it makes due runs. */
  advance(ms: number): void {
    this.runtime.pump();
    this.clock.advance(ms);
    this.runtime.pump();
  }

  /** Runs a process to its end, moving time on while it waits for it. */
  run<T>(body: (self: Process) => Operation<T>): T {
    const outcome: { value?: T; error?: unknown; ended?: "well" | "badly" } = {};
    this.runtime.spawn(function* (self: Process): Operation<void> {
      try {
        outcome.value = yield* body(self);
        outcome.ended = "well";
      } catch (error) {
        outcome.error = error;
        outcome.ended = "badly";
      }
    });
    this.pump();
    for (let round = 0; outcome.ended === undefined && round < 1000; round++) this.advance(100);
    if (outcome.ended === "badly") throw outcome.error;
    if (outcome.ended === undefined) throw new Error("the process has not ended");
    return outcome.value as T;
  }
}

/** A test with a runtime of its own; at its end all processes end and no value is left behind. */
export function scenario(
  title: string, body: (t: Test, harness: Harness) => void | Promise<void>,
  options: RuntimeOptions = {},
): void {
  void test(title, async (t) => {
    const harness = new Harness(options);
    await body(t, harness);
    await stopEmpty(harness.runtime);
  });
}

/** Stops a runtime; fails if a process or a value is left behind. */
export async function stopEmpty(runtime: Runtime, timeoutMs = 100): Promise<void> {
  await runtime.stop({ timeoutMs });
  const left = {
    processes: runtime.counter(Counter.PROCESSES),
    handlesOfTheKernel: runtime.counter(Counter.LIVE_HANDLES),
    handlesOfTheHost: runtime.core.handles.live,
  };
  if (Object.values(left).some((count) => count !== 0)) {
    throw new Error(`left behind: ${JSON.stringify(left)}`);
  }
}

/** A small seeded generator of numbers: the same seed, the same test. */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** What a thrown error must look like, for fields that tap's types don't know. */
export function like(fields: Readonly<Record<string, unknown>>): Error {
  return fields as unknown as Error;
}
