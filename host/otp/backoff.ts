// Restart with back-off: how long a supervisor waits before it starts a child again.
//
//   end ── firstMs ──► start, end ── firstMs × factor ──► start, end ── … at most maxMs ──► start …
//
// A series ends with a life of `maxMs` or longer: the restart behind it waits `firstMs` again. A
// start that fails is a life of no length.
//
// What it means for intensity: each end, and each start that fails, counts when it happens, before
// the wait. So a supervisor that has reached its intensity gives up at once; and since the waits
// space restarts out, a child whose waits are longer than periodMs / intensity never brings it so
// far. A supervisor that shall give up needs a period longer than intensity × maxMs.
// Erlang has no such thing. Costs: O(1).
import type { Ref } from "../runtime/index.ts";

/** How long a supervisor waits before each restart of a child. */
export interface Backoff {
  /** Before the first restart of a series; above 0. */
  readonly firstMs: number;
  /** The longest wait; at least `firstMs`, at most 2^32 - 1. */
  readonly maxMs: number;
  /** How much longer each wait is than the one before; 1 or more. Default 2. */
  readonly factor?: number;
}

/** A child's place in its series. */
export interface Series {
  /** Restarts of this series. */
  restarts: number;
  /** How often its start function has run. */
  starts: number;
  /** When its start function has ended last, well or badly. */
  startedAtMs: number;
  /** Of the wait that goes on, 0 if none does. */
  timer: Ref | 0;
}

const FACTOR = 2;
const MS_MAX = 2 ** 32 - 1;

/** How long to wait before a restart at this time; 0 without a back-off. Counts it. */
export function nextDelayMs(
  backoff: Backoff | undefined, series: Omit<Series, "starts">, nowMs: number,
): number {
  if (backoff === undefined) return 0;
  const { firstMs, maxMs, factor = FACTOR } = backoff;
  if (nowMs - series.startedAtMs >= maxMs) series.restarts = 0;
  return Math.min(maxMs, firstMs * factor ** series.restarts++);
}

/** The key whose value can't be, undefined if all can. */
export function backoffProblem({ firstMs, maxMs, factor = FACTOR }: Backoff):
  keyof Backoff | undefined {
  if (!(firstMs > 0 && firstMs <= MS_MAX)) return "firstMs";
  if (!(maxMs >= firstMs && maxMs <= MS_MAX)) return "maxMs";
  return factor >= 1 && Number.isFinite(factor) ? undefined : "factor";
}
