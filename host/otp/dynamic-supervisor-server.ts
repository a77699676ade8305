// The server under `DynamicSupervisor`: it starts children by request, and restarts each alone.
//
//   Exit of a child ── permanent, or transient and not in order? ── no ──► forget it
//                          │ yes
//                          ▼
//   one restart too many? ── yes ──► exit `shutdown`
//                          │ no
//                          ▼
//   wait if it has a back-off; start it; if that fails, try again by a message to itself, so that
//   the supervisor stays open to calls and each try counts
//   exit ── stop all children at the same time
import { Exit, isOrderly, TimerTimeout } from "../runtime/messages.ts";
import { immutable } from "../runtime/index.ts";
import type { Operation, Pid, Process } from "../runtime/index.ts";
import { nextDelayMs } from "./backoff.ts";
import type { Backoff } from "./backoff.ts";
import { startFailure, startProcess, stopProcess, stopTogether } from "./child-process.ts";
import type { ChildFailure } from "./child-process.ts";
import { completed, invalid, specProblem } from "./child-spec.ts";
import type { CompleteSpec, SpecProblem } from "./child-spec.ts";
import { DynamicChildren } from "./dynamic-children.ts";
import type { DynamicChild, DynamicChildSpec, StartDynamic } from "./dynamic-children.ts";
import { GenServer } from "./gen-server.ts";
import type { GenServerModule } from "./gen-server.ts";
import { Intensity } from "./intensity.ts";
import { noreply, ok, reply, stop } from "./results.ts";
import type { CallResult, CastResult, InitResult } from "./results.ts";
import { INTENSITY, limitsProblem, PERIOD_MS } from "./supervisor-flags.ts";

/** The limits of a dynamic supervisor. @see Elixir's DynamicSupervisor.init/1 */
export interface DynamicSupervisorSpec<Extra extends unknown[] = []> {
  /** Restarts allowed within the period, of all children; default 1. */
  readonly intensity?: number;
  /** Default 5,000. */
  readonly periodMs?: number;
  /** How many children there may be, those that are being restarted among them; no limit. */
  readonly maxChildren?: number;
  /** Given to each start function behind `self`. Handed over, not copied. */
  readonly extraArguments?: readonly [...Extra];
  /** For children that have none of their own. Default: they are restarted at once. */
  readonly backoff?: Backoff;
}

/** What became of `startChild`. */
export type StartDynamicChildResult =
  /** Undefined: the child's `init` has answered `ignore()`; it is forgotten. */
  | { readonly ok: true; readonly pid: Pid | undefined }
  | { readonly ok: false; readonly error: "max_children" }
  | { readonly ok: false; readonly error: "invalid_child_spec"; readonly reason: SpecProblem }
  | ChildFailure;

/** What became of `terminateChild`. */
export type TerminateDynamicChildResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly error: "not_found" };

/** What DynamicSupervisor's functions ask; handed over without a copy. */
export type DynamicRequest =
  | { readonly type: "startChild"; readonly spec: DynamicChildSpec<any> }
  | { readonly type: "terminateChild"; readonly pid: Pid }
  | { readonly type: "whichChildren" }
  | { readonly type: "countChildren" };

interface State {
  readonly children: DynamicChildren;
  readonly intensity: Intensity;
  readonly maxChildren: number;
  readonly extraArguments: readonly unknown[];
  readonly backoff: Backoff | undefined;
}

/** Casts to itself and messages of its timers: who is to be started again. */
interface Again {
  readonly startAgain: Pid;
}

export const dynamicSupervisorModule: GenServerModule<State, DynamicSupervisorSpec<any>> = {
  name: "dynamic supervisor",
  supervises: true,
  supervised: ({ children }) => children.supervised(),

  init(spec, self): InitResult<State> {
    self.trapExit = true;
    const { maxChildren = Infinity, extraArguments = [], backoff } = spec;
    const problem = maxChildren === Infinity || (Number.isInteger(maxChildren) && maxChildren >= 0)
      ? limitsProblem(spec) : invalid("maxChildren", maxChildren);
    if (problem !== undefined) return stop({ supervisorFlags: problem });
    const intensity = new Intensity(spec.intensity ?? INTENSITY, spec.periodMs ?? PERIOD_MS);
    return ok({
      children: new DynamicChildren(), intensity, maxChildren, extraArguments, backoff,
    });
  },

  *handleCall(request: DynamicRequest, _from, state, self): Operation<CallResult<State>> {
    const { children } = state;
    switch (request.type) {
      case "startChild": return reply(yield* startChild(self, state, request.spec), state);
      case "terminateChild":
        return reply(yield* terminateChild(self, children, request.pid), state);
      // Shared: a list may be longer than a message that is copied.
      case "whichChildren": return reply(immutable(children.list()), state);
      case "countChildren": return reply(children.count(), state);
    }
  },

  handleCast(message: Again, state, self) {
    const child = state.children.find(message.startAgain);
    // It may have been terminated meanwhile.
    if (child === undefined || child.runs) return noreply(state);
    return restart(self, state, child);
  },

  handleInfo(message: unknown, state, self) {
    if (message instanceof TimerTimeout) return waited(self, state, message);
    // Others than children may have ended: a start that failed, a process that was linked by hand.
    const child = message instanceof Exit ? state.children.find(message.from) : undefined;
    if (child === undefined || !child.runs) return noreply(state);
    child.runs = false;
    const type = child.spec.restart;
    const isInOrder = isOrderly((message as Exit).reason);
    if (type === "permanent" || (type === "transient" && !isInOrder)) {
      return restart(self, state, child);
    }
    state.children.remove(child);
    return noreply(state);
  },

  terminate(_reason, { children }, self) {
    const all = children.all();
    for (const { timer } of all) if (timer !== 0) self.cancelTimer(timer);
    return stopTogether(self, all.filter(({ runs }) => runs));
  },
};

function* startChild(
  self: Process, state: State, given: DynamicChildSpec<any>,
): Operation<StartDynamicChildResult> {
  const { children, maxChildren } = state;
  const named = { ...given, id: given?.id ?? "dynamic" };
  const problem = specProblem(named, "never");
  if (problem !== undefined) return { ok: false, error: "invalid_child_spec", reason: problem };
  if (children.size >= maxChildren) return { ok: false, error: "max_children" };
  const spec = completed(named, state.backoff);
  const started = yield* startDynamic(self, state, spec);
  if ("failed" in started) return startFailure(started.failed);
  if (started.pid !== undefined) children.add(spec, started.pid, self.core.clock.now());
  return { ok: true, pid: started.pid };
}

function startDynamic(self: Process, { extraArguments }: State, spec: CompleteSpec) {
  const start: StartDynamic<unknown[]> = spec.start;
  return startProcess(() => start(self, ...extraArguments));
}

function* terminateChild(
  self: Process, children: DynamicChildren, pid: Pid,
): Operation<TerminateDynamicChildResult> {
  const child = children.find(pid);
  if (child === undefined) return { ok: false, error: "not_found" };
  children.remove(child);
  if (child.timer !== 0) self.cancelTimer(child.timer);
  if (child.runs) yield* stopProcess(self, child);
  return { ok: true };
}

/** Counts a restart, and starts the child again now or later. */
function restart(
  self: Process, state: State, child: DynamicChild,
): CastResult<State> | Operation<CastResult<State>> {
  const nowMs = self.core.clock.now();
  if (!state.intensity.allows(nowMs)) {
    state.children.remove(child);
    return stop("shutdown", state);
  }
  const delayMs = nextDelayMs(child.spec.backoff, child, nowMs);
  if (delayMs === 0) return startAgain(self, state, child);
  const message: Again = { startAgain: child.pid };
  child.timer = self.startTimer(delayMs, self.pid, message);
  return noreply(state);
}

function waited(
  self: Process, state: State, { ref, message }: TimerTimeout,
): CastResult<State> | Operation<CastResult<State>> {
  const child = state.children.find((message as Again | undefined)?.startAgain ?? 0 as Pid);
  if (child === undefined || child.timer !== ref) return noreply(state);
  child.timer = 0;
  return startAgain(self, state, child);
}

function* startAgain(
  self: Process, state: State, child: DynamicChild,
): Operation<CastResult<State>> {
  const started = yield* startDynamic(self, state, child.spec);
  child.starts++;
  child.startedAtMs = self.core.clock.now();
  if ("failed" in started) {
    const again: Again = { startAgain: child.pid };
    GenServer.cast(self, self.pid, again);
  } else if (started.pid === undefined) {
    state.children.remove(child);
  } else {
    state.children.setPid(child, started.pid);
  }
  return noreply(state);
}
