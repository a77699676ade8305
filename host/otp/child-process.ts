// How a supervisor starts and stops the processes of its children.
import { AwaitRef } from "../runtime/call.ts";
import { endReason } from "../runtime/reasons.ts";
import { TIMEOUT } from "../runtime/index.ts";
import type { Operation, Pid, Process, Reason, Ref } from "../runtime/index.ts";
import type { CompleteSpec } from "./child-spec.ts";
import { StartFailed } from "./gen-server.ts";

/** What became of a start; without a pid: `init` has answered `ignore()`. */
export type Start = { readonly pid: Pid | undefined } | { readonly failed: Reason };

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

/** Sends the exit signal; a Down with the reference will tell of the end. */
function endWatched(self: Process, pid: Pid, spec: CompleteSpec): Ref {
  const ref = self.monitor(pid);
  // Its Exit would only pile up here.
  self.unlink(pid);
  self.exit(pid, spec.shutdown === "brutalKill" ? "kill" : "shutdown");
  return ref;
}
