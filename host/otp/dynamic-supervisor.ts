// DynamicSupervisor: any number of children that come and go, each restarted alone.
//
//   const sessions = yield* DynamicSupervisor.startLink(self, { maxChildren: 10_000 });
//   const started = yield* DynamicSupervisor.startChild(self, sessions,
//     GenServer.spec(session, user, { restart: "temporary" }));
//
// It starts without children and stops them all at the same time, so it is for children that do
// not need each other.
import { CALL_TIMEOUT_MS, CallOperation } from "../runtime/call.ts";
import type { Destination, Operation, Pid, Process, Reason } from "../runtime/index.ts";
import type { ChildSpec } from "./child-spec.ts";
import type { ChildCounts, ChildInfo } from "./children.ts";
import type { DynamicChildSpec } from "./dynamic-children.ts";
import { dynamicSupervisorModule } from "./dynamic-supervisor-server.ts";
import type {
  DynamicRequest, DynamicSupervisorSpec, StartDynamicChildResult, TerminateDynamicChildResult,
} from "./dynamic-supervisor-server.ts";
import { GenServer } from "./gen-server.ts";
import type { ServerOptions } from "./gen-server.ts";
import { supervisorChild } from "./supervisor.ts";
import type { SupervisorChildOptions } from "./supervisor-types.ts";

declare const extraArguments: unique symbol;

/** The pid of a dynamic supervisor that gives each start function these arguments. */
export type DynamicSupervisorPid<Extra extends unknown[] = []> =
  Pid & {
    /** Types only. */
    readonly [extraArguments]?: (extra: Extra) => Extra;
  };

/**
 * Children that come and go, known by their pids. @see Elixir's DynamicSupervisor
 * @namespace
 */
export const DynamicSupervisor = {
  /**
   * Starts a supervisor without children that is linked to this process.
   * Throws StartFailed: `{ supervisorFlags }` for an option that can't be. It traps exits, and ends
   * with its parent. @see Elixir's DynamicSupervisor.start_link/1
   */
  startLink<Extra extends unknown[] = []>(
    self: Process, spec: DynamicSupervisorSpec<Extra> = {}, options?: ServerOptions,
  ): Operation<DynamicSupervisorPid<Extra>> {
    return GenServer.startLink(self, dynamicSupervisorModule, spec, options) as
      Operation<DynamicSupervisorPid<Extra>>;
  },

  /** As startLink without the link: a root, which ends when the runtime stops. */
  start<Extra extends unknown[] = []>(
    self: Process, spec: DynamicSupervisorSpec<Extra> = {}, options?: ServerOptions,
  ): Operation<DynamicSupervisorPid<Extra>> {
    return GenServer.start(self, dynamicSupervisorModule, spec, options) as
      Operation<DynamicSupervisorPid<Extra>>;
  },

  /**
   * Stops all children at the same time, then the supervisor, and waits for its end.
   * Throws ExitReason "noproc" or "timeout". @see Elixir's DynamicSupervisor.stop/3
   */
  stop(
    self: Process, supervisor: Destination, reason: Reason = "normal", timeoutMs = Infinity,
  ): Operation<void> {
    return GenServer.stop(self, supervisor, reason, timeoutMs);
  },

  /** A dynamic supervisor as a child of a supervisor. */
  spec<const Id extends string, Extra extends unknown[] = []>(
    id: Id, spec: DynamicSupervisorSpec<Extra> = {}, options: SupervisorChildOptions = {},
  ): ChildSpec<Id> {
    return supervisorChild(id, options,
      (self) => DynamicSupervisor.startLink(self, spec, options));
  },

  /**
   * Starts a child. The specification is handed over, not copied. O(1).
   * Answers max_children if there are as many as there may be, and failed, with the reason, if the
   * start fails; a child whose start has failed is forgotten.
   * @see Elixir's DynamicSupervisor.start_child/2
   */
  startChild<Extra extends unknown[] = any>(
    self: Process, supervisor: DynamicSupervisorPid<Extra> | Destination,
    spec: DynamicChildSpec<NoInfer<Extra>>, timeoutMs = Infinity,
  ): Operation<StartDynamicChildResult> {
    return ask(self, supervisor, { type: "startChild", spec }, timeoutMs);
  },

  /**
   * Stops a child and forgets it. A child that is to be started again is known by its last pid.
   * @see Elixir's DynamicSupervisor.terminate_child/2
   */
  terminateChild(
    self: Process, supervisor: Destination, pid: Pid, timeoutMs = Infinity,
  ): Operation<TerminateDynamicChildResult> {
    return ask(self, supervisor, { type: "terminateChild", pid }, timeoutMs);
  },

  /** All children. O(children). @see Elixir's DynamicSupervisor.which_children/1 */
  whichChildren(
    self: Process, supervisor: Destination, timeoutMs = CALL_TIMEOUT_MS,
  ): Operation<ChildInfo[]> {
    return ask(self, supervisor, { type: "whichChildren" }, timeoutMs);
  },

  /** How many there are. O(children). @see Elixir's DynamicSupervisor.count_children/1 */
  countChildren(
    self: Process, supervisor: Destination, timeoutMs = CALL_TIMEOUT_MS,
  ): Operation<ChildCounts> {
    return ask(self, supervisor, { type: "countChildren" }, timeoutMs);
  },
};

function ask<T>(
  self: Process, supervisor: Destination, request: DynamicRequest, timeoutMs: number,
): Operation<T> {
  return new CallOperation(self, supervisor, request, timeoutMs, true);
}
