// Supervisor: starts children in order, restarts those that end, stops them in reverse order.
//
//   const pid = yield* Supervisor.startLink(self, {
//     intensity: 3,
//     children: [GenServer.spec(storage, path), Supervisor.spec("sessions", { intensity: 100 })],
//   });
//
// The strategy is one_for_one: only the child that has ended is restarted.
import { CALL_TIMEOUT_MS, CallOperation } from "../runtime/call.ts";
import type { Destination, Operation, Pid, Process, Reason } from "../runtime/index.ts";
import type { ChildSpec } from "./child-spec.ts";
import type { ChildCounts, ChildInfo } from "./children.ts";
import { GenServer } from "./gen-server.ts";
import type { ServerOptions } from "./gen-server.ts";
import { supervisorModule } from "./supervisor-server.ts";
import type { SupervisorRequest } from "./supervisor-server.ts";

export interface SupervisorSpec {
  /** Default "one_for_one", the only one. */
  readonly strategy?: "one_for_one";
  /** Restarts allowed within the period; default 1. One more, and the supervisor ends. */
  readonly intensity?: number;
  /** Default 5,000. */
  readonly periodMs?: number;
  readonly children?: readonly ChildSpec[];
}

export type StartChildResult =
  /** Undefined: the child's `init` has answered `ignore()`. */
  | { readonly ok: true; readonly pid: Pid | undefined }
  | { readonly ok: false; readonly error: "already_started"; readonly pid: Pid }
  /** It is known, but does not run. */
  | { readonly ok: false; readonly error: "already_present" }
  | { readonly ok: false; readonly error: "failed"; readonly reason: Reason };

export type ChildResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly error: "not_found" | "running" | "restarting" };

export interface SupervisorChildOptions extends ServerOptions {
  readonly restart?: ChildSpec["restart"];
  readonly shutdown?: ChildSpec["shutdown"];
}

export const Supervisor = {
  /**
   * Starts a supervisor that is linked to this process, and its children, left to right.
   * Throws StartFailed if one fails; those before it are stopped then. It traps exits, and ends
   * with its parent. @see supervisor:start_link/2,3
   */
  startLink(self: Process, spec: SupervisorSpec, options?: ServerOptions): Operation<Pid> {
    return GenServer.startLink(self, supervisorModule, spec, options);
  },

  /** As startLink without the link: a root, which ends when the runtime stops. */
  start(self: Process, spec: SupervisorSpec, options?: ServerOptions): Operation<Pid> {
    return GenServer.start(self, supervisorModule, spec, options);
  },

  /** A supervisor as a child of another. */
  spec(id: string, spec: SupervisorSpec, options: SupervisorChildOptions = {}): ChildSpec {
    const { restart, shutdown } = options;
    return {
      id,
      type: "supervisor",
      start: (self) => Supervisor.startLink(self, spec, options),
      ...(restart !== undefined && { restart }),
      ...(shutdown !== undefined && { shutdown }),
    };
  },

  /**
   * Adds a child and starts it. The specification is handed over, not copied.
   * @see supervisor:start_child/2
   */
  startChild(
    self: Process, supervisor: Destination, spec: ChildSpec, timeoutMs = Infinity,
  ): Operation<StartChildResult> {
    return ask(self, supervisor, { type: "startChild", spec }, timeoutMs);
  },

  /**
   * Stops a child, by id or by pid. Its specification stays, unless it is temporary.
   * @see supervisor:terminate_child/2
   */
  terminateChild(
    self: Process, supervisor: Destination, child: string | Pid, timeoutMs = Infinity,
  ): Operation<ChildResult> {
    return ask(self, supervisor, { type: "terminateChild", child }, timeoutMs);
  },

  /** Forgets a child that does not run. @see supervisor:delete_child/2 */
  deleteChild(
    self: Process, supervisor: Destination, id: string, timeoutMs = Infinity,
  ): Operation<ChildResult> {
    return ask(self, supervisor, { type: "deleteChild", id }, timeoutMs);
  },

  /** Starts a child again that was terminated. @see supervisor:restart_child/2 */
  restartChild(
    self: Process, supervisor: Destination, id: string, timeoutMs = Infinity,
  ): Operation<StartChildResult | ChildResult> {
    return ask(self, supervisor, { type: "restartChild", id }, timeoutMs);
  },

  /** All children in the order of their start. O(children). @see supervisor:which_children/1 */
  whichChildren(
    self: Process, supervisor: Destination, timeoutMs = CALL_TIMEOUT_MS,
  ): Operation<ChildInfo[]> {
    return ask(self, supervisor, { type: "whichChildren" }, timeoutMs);
  },

  /** @see supervisor:count_children/1 */
  countChildren(
    self: Process, supervisor: Destination, timeoutMs = CALL_TIMEOUT_MS,
  ): Operation<ChildCounts> {
    return ask(self, supervisor, { type: "countChildren" }, timeoutMs);
  },
};

function ask<T>(
  self: Process, supervisor: Destination, request: SupervisorRequest, timeoutMs: number,
): Operation<T> {
  return new CallOperation(self, supervisor, request, timeoutMs, true);
}
