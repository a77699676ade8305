// The server under `Supervisor`: a GenServer that starts children, and restarts or stops them.
//
//   init ── check all specifications, start children left to right (one that fails: stop the
//           others, fail)
//   Exit of a child ── permanent, or transient and not in order? ── yes ──► restart.ts
//                          │ no
//                          ▼
//          forget its pid; a temporary child is forgotten whole
//          was it significant, and does autoShutdown ask for it? ── yes ──► exit `shutdown`
//   exit ── stop all children from right to left
import { mark } from "../runtime/mark.ts";
import { Exit, isOrderly, TimerTimeout } from "../runtime/messages.ts";
import { immutable } from "../runtime/index.ts";
import type { Operation, Pid, Process } from "../runtime/index.ts";
import type { Backoff } from "./backoff.ts";
import { completed, specProblem, specsProblem } from "./child-spec.ts";
import type { AutoShutdown, ChildSpec } from "./child-spec.ts";
import { startFailure } from "./child-process.ts";
import { childOf, Children } from "./children.ts";
import type { Child } from "./children.ts";
import type { GenServerModule } from "./gen-server.ts";
import { Intensity } from "./intensity.ts";
import { restart, startAgain, startChildProcess, stopAll } from "./restart.ts";
import type { Restarting, TryAgain, WaitIsOver } from "./restart.ts";
import { noreply, ok, reply, stop } from "./results.ts";
import type { CallResult, CastResult, InitResult } from "./results.ts";
import { flagsProblem, INTENSITY, PERIOD_MS } from "./supervisor-flags.ts";
import type {
  ChildResult, ChildSpecResult, RestartChildResult, StartChildResult, SupervisorSpec,
} from "./supervisor-types.ts";

/** What Supervisor's functions ask; handed over without a copy, since a spec holds a function. */
export type SupervisorRequest =
  | { readonly type: "startChild"; readonly spec: ChildSpec }
  | { readonly type: "terminateChild"; readonly child: string | Pid }
  | { readonly type: "deleteChild"; readonly id: string }
  | { readonly type: "restartChild"; readonly id: string }
  | { readonly type: "getChildSpec"; readonly child: string | Pid }
  | { readonly type: "whichChildren" }
  | { readonly type: "countChildren" };

const { freeze } = Object;

export interface SupervisorState extends Restarting {
  readonly autoShutdown: AutoShutdown;
  readonly backoff: Backoff | undefined;
}

export const supervisorModule: GenServerModule<SupervisorState, SupervisorSpec> = {
  name: "supervisor",
  supervises: true,
  supervised: ({ children }) => children.supervised(),

  *init(spec, self): Operation<InitResult<SupervisorState>> {
    self.trapExit = true;
    const flags = flagsProblem(spec);
    if (flags !== undefined) return stop({ supervisorFlags: flags });
    const { autoShutdown = "never", strategy = "oneForOne", backoff } = spec;
    const problem = specsProblem(spec.children ?? [], autoShutdown);
    if (problem !== undefined) return stop({ startSpec: problem });
    const children = new Children();
    for (const given of spec.children ?? []) {
      const child = childOf(completed(given, backoff), undefined, 0);
      const started = yield* startChildProcess(self, child);
      if ("failed" in started) {
        yield* stopAll(self, children, children.inOrder());
        return stop({ shutdown: { failedToStartChild: child.spec.id, reason: started.failed } });
      }
      addStarted(children, child, started.pid);
    }
    const intensity = new Intensity(spec.intensity ?? INTENSITY, spec.periodMs ?? PERIOD_MS);
    return ok({ strategy, autoShutdown, backoff, children, intensity });
  },

  *handleCall(
    request: SupervisorRequest, _from, state, self,
  ): Operation<CallResult<SupervisorState>> {
    const { children } = state;
    switch (request.type) {
      case "startChild": return reply(yield* startChild(self, state, request.spec), state);
      case "terminateChild":
        return reply(yield* terminateChild(self, children, request.child), state);
      case "deleteChild": return reply(deleteChild(children, request.id), state);
      case "restartChild": return reply(yield* restartChild(self, children, request.id), state);
      case "getChildSpec": return reply(getChildSpec(children, request.child), state);
      // Shared: a list may be longer than a message that is copied.
      case "whichChildren": return reply(immutable(children.list()), state);
      case "countChildren": return reply(children.count(), state);
    }
  },

  handleCast(message: TryAgain, state, self) {
    const child = state.children.find(message.tryAgain);
    // It may have been terminated or deleted meanwhile.
    return child?.pid === "restarting" ? restarted(self, state, child) : noreply(state);
  },

  handleInfo(message: unknown, state, self) {
    if (message instanceof TimerTimeout) return waited(self, state, message);
    // Others than children may have ended: a start that failed, a process that was linked by hand.
    const child = message instanceof Exit ? state.children.find(message.from) : undefined;
    if (child === undefined) return noreply(state);
    const isInOrder = isOrderly((message as Exit).reason);
    state.children.setPid(child, undefined);
    const type = child.spec.restart;
    if (type === "permanent" || (type === "transient" && !isInOrder)) {
      return restarted(self, state, child);
    }
    if (type === "temporary") state.children.remove(child);
    return endsWith(state, child) ? stop("shutdown", state) : noreply(state);
  },

  terminate(_reason, { children }, self) {
    return stopAll(self, children, children.inOrder());
  },
};

/** Whether the end of a child, by itself, ends the supervisor. @see supervisor, auto_shutdown */
function endsWith({ autoShutdown, children }: SupervisorState, child: Child): boolean {
  if (autoShutdown === "never" || !child.spec.significant) return false;
  return autoShutdown === "anySignificant" || !children.hasActiveSignificant();
}

function* restarted(
  self: Process, state: SupervisorState, child: Child,
): Operation<CastResult<SupervisorState>> {
  return (yield* restart(self, state, child)) ? noreply(state) : stop("shutdown", state);
}

function waited(
  self: Process, state: SupervisorState, { ref, message }: TimerTimeout,
): CastResult<SupervisorState> | Operation<CastResult<SupervisorState>> {
  const child = state.children.find((message as WaitIsOver | undefined)?.waitIsOver ?? "");
  // Its wait may have been ended meanwhile, and another one begun.
  if (child === undefined || child.timer !== ref) return noreply(state);
  child.timer = 0;
  return startedAgain(self, state, child);
}

function* startedAgain(
  self: Process, state: SupervisorState, child: Child,
): Operation<CastResult<SupervisorState>> {
  yield* startAgain(self, state, child);
  return noreply(state);
}

/** A temporary child without a process is none. */
function addStarted(children: Children, child: Child, pid: Child["pid"]): void {
  if (pid === undefined && child.spec.restart === "temporary") return;
  child.pid = pid;
  children.add(child);
}

function* startChild(
  self: Process, { children, autoShutdown, backoff }: SupervisorState, given: ChildSpec,
): Operation<StartChildResult> {
  const problem = specProblem(given, autoShutdown);
  if (problem !== undefined) return { ok: false, error: "invalid_child_spec", reason: problem };
  const present = children.find(given.id);
  if (present !== undefined) {
    return typeof present.pid === "number"
      ? { ok: false, error: "already_started", pid: present.pid }
      : { ok: false, error: "already_present" };
  }
  const child = childOf(completed(given, backoff), undefined, 0);
  const started = yield* startChildProcess(self, child);
  if ("failed" in started) return startFailure(started.failed);
  addStarted(children, child, started.pid);
  return { ok: true, pid: started.pid };
}

function* terminateChild(
  self: Process, children: Children, key: string | Pid,
): Operation<ChildResult> {
  const child = children.find(key);
  if (child === undefined) return { ok: false, error: "not_found" };
  yield* stopAll(self, children, [child]);
  return { ok: true };
}

function deleteChild(children: Children, id: string): ChildResult {
  const child = children.find(id);
  if (child === undefined) return { ok: false, error: "not_found" };
  if (child.pid === "restarting") return { ok: false, error: "restarting" };
  if (child.pid !== undefined) return { ok: false, error: "running" };
  children.remove(child);
  return { ok: true };
}

function* restartChild(
  self: Process, children: Children, id: string,
): Operation<RestartChildResult> {
  const child = children.find(id);
  if (child === undefined) return { ok: false, error: "not_found" };
  if (child.pid === "restarting") return { ok: false, error: "restarting" };
  if (child.pid !== undefined) return { ok: false, error: "running" };
  const started = yield* startChildProcess(self, child);
  if ("failed" in started) return startFailure(started.failed);
  children.setPid(child, started.pid);
  return { ok: true, pid: started.pid };
}

function getChildSpec(children: Children, key: string | Pid): ChildSpecResult {
  const child = children.find(key);
  if (child === undefined) return { ok: false, error: "not_found" };
  const { backoff } = child.spec;
  const spec = { ...child.spec, backoff: backoff === undefined ? backoff : freeze({ ...backoff }) };
  const result = freeze({ ok: true, spec: freeze(spec) } as const);
  // It goes as it is: it holds a function, which no copy can, and nothing that could be changed.
  mark(result);
  return result;
}
