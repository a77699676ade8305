// The server under `Supervisor`: a GenServer that starts children, and restarts or stops them.
//
//   init ── start children left to right (one that fails: stop the others, fail)
//   Exit of a child ── permanent, or transient and not in order? ── no ──► forget its pid
//                          │ yes
//                          ▼
//                  one restart too many? ── yes ──► stop all in reverse, exit `shutdown`
//                          │ no
//                          ▼
//                  start it; if that fails: "restarting", and try again by a message to itself,
//                  so that the supervisor stays open to calls and each try counts
import { AwaitRef } from "../runtime/call.ts";
import { Exit, isOrderly } from "../runtime/messages.ts";
import { endReason } from "../runtime/reasons.ts";
import { immutable, TIMEOUT } from "../runtime/index.ts";
import type { Operation, Pid, Process, Reason } from "../runtime/index.ts";
import { completed } from "./child-spec.ts";
import type { ChildSpec } from "./child-spec.ts";
import { Children } from "./children.ts";
import type { Child } from "./children.ts";
import { GenServer, StartFailed } from "./gen-server.ts";
import type { GenServerModule } from "./gen-server.ts";
import { Intensity } from "./intensity.ts";
import { noreply, ok, reply, stop } from "./results.ts";
import type { CallResult, CastResult, InitResult } from "./results.ts";
import type { ChildResult, StartChildResult, SupervisorSpec } from "./supervisor.ts";

/** What Supervisor's functions ask; handed over without a copy, since a spec holds a function. */
export type SupervisorRequest =
  | { readonly type: "startChild"; readonly spec: ChildSpec }
  | { readonly type: "terminateChild"; readonly child: string | Pid }
  | { readonly type: "deleteChild"; readonly id: string }
  | { readonly type: "restartChild"; readonly id: string }
  | { readonly type: "whichChildren" }
  | { readonly type: "countChildren" };

export interface SupervisorState {
  readonly children: Children;
  readonly intensity: Intensity;
}

/** A cast to itself: a restart has failed and is to be tried again. */
interface TryAgain {
  readonly tryAgain: string;
}

type Start = { readonly pid: Pid | undefined } | { readonly failed: Reason };

const INTENSITY = 1;
const PERIOD_MS = 5_000;

export const supervisorModule: GenServerModule<SupervisorState, SupervisorSpec> = {
  name: "supervisor",
  supervises: true,

  *init(spec, self): Operation<InitResult<SupervisorState>> {
    self.trapExit = true;
    const children = new Children();
    for (const given of spec.children ?? []) {
      const child = completed(given);
      if (children.find(child.id)) return stop({ duplicateChild: child.id });
      const started = yield* startOne(self, child);
      if ("failed" in started) {
        yield* stopAll(self, children);
        return stop({ shutdown: { failedToStartChild: child.id, reason: started.failed } });
      }
      if (started.pid !== undefined || child.restart !== "temporary") {
        children.add(child, started.pid);
      }
    }
    const intensity = new Intensity(spec.intensity ?? INTENSITY, spec.periodMs ?? PERIOD_MS);
    return ok({ children, intensity });
  },

  *handleCall(
    request: SupervisorRequest, _from, state, self,
  ): Operation<CallResult<SupervisorState>> {
    const { children } = state;
    switch (request.type) {
      case "startChild": return reply(yield* startChild(self, children, request.spec), state);
      case "terminateChild":
        return reply(yield* terminateChild(self, children, request.child), state);
      case "deleteChild": return reply(deleteChild(children, request.id), state);
      case "restartChild": return reply(yield* restartChild(self, children, request.id), state);
      // Shared: a list may be longer than a message that is copied.
      case "whichChildren": return reply(immutable(children.list()), state);
      case "countChildren": return reply(children.count(), state);
    }
  },

  *handleCast(message: TryAgain, state, self): Operation<CastResult<SupervisorState>> {
    const child = state.children.find(message.tryAgain);
    // It may have been terminated or deleted meanwhile.
    if (child?.pid !== "restarting") return noreply(state);
    return yield* restart(self, state, child);
  },

  handleInfo(message: unknown, state, self) {
    // Others than children may have ended: a start that failed, a process that was linked by hand.
    const child = message instanceof Exit ? state.children.find(message.from) : undefined;
    if (child === undefined) return noreply(state);
    const { reason } = message as Exit;
    state.children.setPid(child, undefined);
    const type = child.spec.restart;
    if (type === "permanent" || (type === "transient" && !isOrderly(reason))) {
      return restart(self, state, child);
    }
    if (type === "temporary") state.children.remove(child);
    return noreply(state);
  },

  terminate(_reason, state, self) {
    return stopAll(self, state.children);
  },
};

function* startOne(self: Process, spec: Required<ChildSpec>): Operation<Start> {
  try {
    return { pid: yield* spec.start(self) };
  } catch (error) {
    if (error instanceof StartFailed && error.ignored) return { pid: undefined };
    return { failed: endReason(error) };
  }
}

function* restart(
  self: Process, state: SupervisorState, child: Child,
): Operation<CastResult<SupervisorState>> {
  const { children, intensity } = state;
  if (!intensity.allows(self.core.clock.now())) {
    children.remove(child);
    return stop("shutdown", state);
  }
  const started = yield* startOne(self, child.spec);
  if ("failed" in started) {
    children.setPid(child, "restarting");
    const again: TryAgain = { tryAgain: child.spec.id };
    GenServer.cast(self, self.pid, again);
  } else {
    children.setPid(child, started.pid);
  }
  return noreply(state);
}

function* startChild(
  self: Process, children: Children, given: ChildSpec,
): Operation<StartChildResult> {
  const spec = completed(given);
  const present = children.find(spec.id);
  if (present !== undefined) {
    return typeof present.pid === "number"
      ? { ok: false, error: "already_started", pid: present.pid }
      : { ok: false, error: "already_present" };
  }
  const started = yield* startOne(self, spec);
  if ("failed" in started) return { ok: false, error: "failed", reason: started.failed };
  if (started.pid !== undefined || spec.restart !== "temporary") children.add(spec, started.pid);
  return { ok: true, pid: started.pid };
}

function* terminateChild(
  self: Process, children: Children, key: string | Pid,
): Operation<ChildResult> {
  const child = children.find(key);
  if (child === undefined) return { ok: false, error: "not_found" };
  yield* stopOne(self, children, child);
  if (child.spec.restart === "temporary") children.remove(child);
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
): Operation<StartChildResult | ChildResult> {
  const child = children.find(id);
  if (child === undefined) return { ok: false, error: "not_found" };
  if (child.pid === "restarting") return { ok: false, error: "restarting" };
  if (child.pid !== undefined) return { ok: false, error: "running" };
  const started = yield* startOne(self, child.spec);
  if ("failed" in started) return { ok: false, error: "failed", reason: started.failed };
  children.setPid(child, started.pid);
  return { ok: true, pid: started.pid };
}

/** Ends a child as its `shutdown` says and waits until it is gone. @see supervisor.erl, shutdown */
function* stopOne(self: Process, children: Children, child: Child): Operation<void> {
  const { pid, spec } = child;
  // First forgotten: an Exit of it that is queued already must not restart it.
  children.setPid(child, undefined);
  if (typeof pid !== "number") return;
  self.core.mark(self.pid);
  const ref = self.monitor(pid);
  // Its Exit would only pile up here; the Down tells of its end.
  self.unlink(pid);
  if (spec.shutdown === "brutal_kill") {
    self.exit(pid, "kill");
  } else {
    self.exit(pid, "shutdown");
    const limitMs = spec.shutdown === "infinity" ? Infinity : spec.shutdown;
    const down = yield* new AwaitRef(ref, limitMs);
    if (down !== TIMEOUT) return;
    self.exit(pid, "kill");
  }
  yield* new AwaitRef(ref);
}

function* stopAll(self: Process, children: Children): Operation<void> {
  for (const child of children.reversed()) yield* stopOne(self, children, child);
}
