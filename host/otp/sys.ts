// sys: looks into the processes of behaviours, and holds them up, while they run.
//
//   yield* sys.suspend(self, "counter");          // its callers wait from now on
//   const total = yield* sys.getState(self, "counter");
//   yield* sys.replaceState(self, "counter", (total: number) => total + 1);
//   yield* sys.resume(self, "counter");
//
// Each request is handled between two messages, in its turn; a suspended process handles them at
// once. For debugging, tests and repairs: a server's own messages are the way to its state.
import { CALL_TIMEOUT_MS, CallOperation } from "../runtime/call.ts";
import { ExitReason, Tag } from "../runtime/messages.ts";
import type { Destination, Operation, Process } from "../runtime/index.ts";
import type { ServerStatus, SystemAnswer, SystemRequest } from "./system.ts";

/**
 * Looks into a running server, and holds it up. @see sys
 * @namespace
 */
export const sys = {
  /**
   * The state of a server: a copy (functions in it stay as they are, private fields of instances
   * are left out). Throws CallFailed, as every function here, if there is no such process or it
   * does not answer in time, as one that runs no behaviour. O(size of the state).
   * @see sys:get_state/1,2
   */
  getState<S = any>(
    self: Process, server: Destination, timeoutMs: number = CALL_TIMEOUT_MS,
  ): Operation<S> {
    return ask(self, server, { sys: "getState" }, timeoutMs);
  },

  /**
   * Gives a server the state that `change` makes of its own; answers a copy of it. `change` runs in
   * the server's process; what it throws leaves the state as it was, and is thrown here as
   * ExitReason `{ callbackFailed: reason }`. @see sys:replace_state/2,3
   */
  replaceState<S = any>(
    self: Process, server: Destination, change: (state: S) => S,
    timeoutMs: number = CALL_TIMEOUT_MS,
  ): Operation<S> {
    return ask(self, server, { sys: "replaceState", change }, timeoutMs);
  },

  /** What it says of itself, its state as `formatStatus` shows it. @see sys:get_status/1,2 */
  getStatus<S = unknown>(
    self: Process, server: Destination, timeoutMs: number = CALL_TIMEOUT_MS,
  ): Operation<ServerStatus<S>> {
    return ask(self, server, { sys: "getStatus" }, timeoutMs);
  },

  /**
   * From now on it handles system messages alone (and its parent's exit); all others wait. Once
   * suspended it stays so, however often it is asked, until one `resume`. @see sys:suspend/1,2
   */
  suspend(
    self: Process, server: Destination, timeoutMs: number = CALL_TIMEOUT_MS,
  ): Operation<void> {
    return ask(self, server, { sys: "suspend" }, timeoutMs);
  },

  /** It goes on with its messages, a time-out of its own begins anew. @see sys:resume/1,2 */
  resume(
    self: Process, server: Destination, timeoutMs: number = CALL_TIMEOUT_MS,
  ): Operation<void> {
    return ask(self, server, { sys: "resume" }, timeoutMs);
  },
};

function* ask(
  self: Process, server: Destination, request: SystemRequest, timeoutMs: number,
): Operation<any> {
  const answered: SystemAnswer =
    yield* new CallOperation(self, server, request, timeoutMs, true, Tag.SYSTEM) as
      Operation<SystemAnswer>;
  if (answered.ok) return answered.value;
  throw new ExitReason(answered.reason);
}
