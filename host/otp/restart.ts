// How a supervisor restarts children: whom, in which order, when.
//
//   the end of a child that is to be restarted
//        │
//   one restart too many? ── yes ──► the supervisor exits `shutdown`
//        │ no
//   has it a back-off? ── yes ──► stop whom it concerns now, wait, "restarting" meanwhile
//        │ no                                  │
//        ▼                                     ▼
//   stop whom it concerns from right to left (temporary children are forgotten),
//   start them from left to right; one that fails is "restarting", those behind it don't run;
//   a message to itself tries again from the top, so that the supervisor stays open to calls and
//   each try counts
import type { Operation, Process } from "../runtime/index.ts";
import { nextDelayMs } from "./backoff.ts";
import { startProcess, stopProcess } from "./child-process.ts";
import type { Child, Children } from "./children.ts";
import type { Intensity } from "./intensity.ts";
import { GenServer } from "./gen-server.ts";

/**
 * Whom the restart of a child concerns. oneForOne: itself. oneForAll: all children. restForOne:
 * itself and those that were started after it.
 */
export type Strategy = "oneForOne" | "oneForAll" | "restForOne";

export interface Restarting {
  readonly strategy: Strategy;
  readonly children: Children;
  readonly intensity: Intensity;
}

/** A cast to itself: a start has failed and is to be tried again. */
export interface TryAgain {
  readonly tryAgain: string;
}

/** The message of a timer: the wait before a restart is over. */
export interface WaitIsOver {
  readonly waitIsOver: string;
}

/** Restarts a child, now or later; false if that is one restart too many. */
export function* restart(self: Process, state: Restarting, child: Child): Operation<boolean> {
  const { children, intensity } = state;
  const nowMs = self.core.clock.now();
  if (!intensity.allows(nowMs)) {
    children.setPid(child, undefined);
    return false;
  }
  const delayMs = nextDelayMs(child.spec.backoff, child, nowMs);
  if (delayMs === 0) {
    yield* startAgain(self, state, child);
    return true;
  }
  yield* stopAll(self, children, concerned(state, child));
  children.setPid(child, "restarting");
  const message: WaitIsOver = { waitIsOver: child.spec.id };
  child.timer = self.startTimer(delayMs, self.pid, message);
  return true;
}

/** Stops what runs of those whom a child's restart concerns, and starts them all. */
export function* startAgain(self: Process, state: Restarting, child: Child): Operation<void> {
  const { children } = state;
  const group = yield* stopAll(self, children, concerned(state, child));
  for (const one of group) {
    const started = yield* startChildProcess(self, one);
    if ("failed" in started) {
      children.setPid(one, "restarting");
      const again: TryAgain = { tryAgain: one.spec.id };
      GenServer.cast(self, self.pid, again);
      return;
    }
    children.setPid(one, started.pid);
  }
}

/** Runs a child's start function. */
export function* startChildProcess(self: Process, child: Child) {
  const started = yield* startProcess(() => child.spec.start(self));
  child.starts++;
  child.startedAtMs = self.core.clock.now();
  return started;
}

/** Ends one child, or the wait for its restart. */
function* stopChild(self: Process, children: Children, child: Child): Operation<void> {
  const { pid, spec } = child;
  // First forgotten: an Exit of it that is queued already must not restart it.
  children.setPid(child, undefined);
  if (child.timer !== 0) self.cancelTimer(child.timer);
  child.timer = 0;
  if (typeof pid === "number") yield* stopProcess(self, { pid, spec });
}

/** Ends children, the last one first; answers those that may be started again, in their order. */
export function* stopAll(
  self: Process, children: Children, group: readonly Child[],
): Operation<Child[]> {
  for (const child of group.toReversed()) yield* stopChild(self, children, child);
  return group.filter((child) => {
    if (child.spec.restart !== "temporary") return true;
    children.remove(child);
    return false;
  });
}

function concerned({ strategy, children }: Restarting, child: Child): Child[] {
  switch (strategy) {
    case "oneForOne": return [child];
    case "oneForAll": return children.inOrder();
    case "restForOne": return children.from(child);
  }
}
