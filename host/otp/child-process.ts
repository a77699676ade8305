// How a supervisor starts and stops the processes of its children.
import { AwaitRef } from "../runtime/call.ts";
import { endReason } from "../runtime/reasons.ts";
import { TIMEOUT } from "../runtime/index.ts";
import type { Operation, Pid, Process, Reason, Ref } from "../runtime/index.ts";
import type { CompleteSpec } from "./child-spec.ts";
import { StartFailed } from "./gen-server.ts";

/** What became of a start; without a pid: `init` has answered `ignore()`. */
export type Start = { readonly pid: Pid | undefined } | { readonly failed: Reason };

/** Why a child could not be started, as the functions of supervisors answer it. */
export type ChildFailure =
  /** As its start function says: somebody else has its name. */
  | { readonly ok: false; readonly error: "already_started"; readonly pid: Pid }
  | { readonly ok: false; readonly error: "failed"; readonly reason: Reason };

/** A child that is to be stopped. */
interface Stopping {
  readonly pid: Pid;
  readonly spec: CompleteSpec;
}

/** Runs a start function and answers what came of it; nothing is thrown. */
export function* startProcess(operation: () => Operation<Pid>): Operation<Start> {
  try {
    return { pid: yield* operation() };
  } catch (error) {
    if (error instanceof StartFailed && error.ignored) return { pid: undefined };
    return { failed: endReason(error) };
  }
}

export function startFailure(reason: Reason): ChildFailure {
  const holder = typeof reason === "object" && reason !== null && "alreadyStarted" in reason
    ? reason.alreadyStarted as Pid : undefined;
  return holder === undefined
    ? { ok: false, error: "failed", reason } : { ok: false, error: "already_started", pid: holder };
}

/**
 * Ends a child as its `shutdown` says and waits until it is gone.
 * @see supervisor.erl, shutdown/1
 */
export function* stopProcess(self: Process, { pid, spec }: Stopping): Operation<void> {
  self.core.mark(self.pid);
  const ref = endWatched(self, pid, spec);
  if (spec.shutdown !== "brutalKill") {
    const limitMs = spec.shutdown === "infinity" ? Infinity : spec.shutdown;
    const down = yield* new AwaitRef(ref, limitMs);
    if (down !== TIMEOUT) return;
    self.exit(pid, "kill");
  }
  yield* new AwaitRef(ref);
}

/**
 * Ends children all at the same time, each as its `shutdown` says, and waits until they are gone.
 * O(children log children).
 * @see supervisor.erl, terminate_dynamic_children/1
 */
export function* stopTogether(self: Process, children: readonly Stopping[]): Operation<void> {
  self.core.mark(self.pid);
  const begunAtMs = self.core.clock.now();
  const waits = children.map(({ pid, spec }) =>
    ({ pid, ref: endWatched(self, pid, spec), limitMs: limitOf(spec) }));
  // Those with the least time first: so each is killed when its own time is over. The sort keeps
  // the order of equals, in which their ends come: each Down is the first of the mailbox then.
  waits.sort((a, b) => a.limitMs === b.limitMs ? 0 : a.limitMs - b.limitMs);
  const killed: Ref[] = [];
  for (const { pid, ref, limitMs } of waits) {
    const leftMs = Math.max(0, begunAtMs + limitMs - self.core.clock.now());
    if ((yield* new AwaitRef(ref, leftMs)) !== TIMEOUT) continue;
    self.exit(pid, "kill");
    killed.push(ref);
  }
  for (const ref of killed) yield* new AwaitRef(ref);
}

/** Sends the exit signal; a Down with the reference will tell of the end. */
function endWatched(self: Process, pid: Pid, spec: CompleteSpec): Ref {
  const ref = self.monitor(pid);
  // Its Exit would only pile up here.
  self.unlink(pid);
  self.exit(pid, spec.shutdown === "brutalKill" ? "kill" : "shutdown");
  return ref;
}

function limitOf({ shutdown }: CompleteSpec): number {
  return typeof shutdown === "number" ? shutdown : Infinity;
}
