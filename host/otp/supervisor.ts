// Supervisor: starts children in order, restarts those that end, stops them in reverse order.
//
//   const pid = yield* Supervisor.startLink(self, {
//     strategy: "restForOne",
//     intensity: 3,
//     children: [GenServer.spec(storage, path), Supervisor.spec("sessions", { intensity: 100 })],
//   });
//
// The order of children says what depends on what: each may use those before it. restart.ts draws
// how children are restarted.
//
// Ids that the compiler knows (`Supervisor.spec("sessions", …)`, `childSpec(spec, { id })`) are
// checked where the supervisor's pid is used; `Supervisor.startLink<string>` lets in every id.
import { CALL_TIMEOUT_MS, CallOperation } from "../runtime/call.ts";
import type { Destination, Operation, Pid, Process, Reason, Runtime } from "../runtime/index.ts";
import { specsProblem } from "./child-spec.ts";
import type { AutoShutdown, ChildSpec, SpecProblem } from "./child-spec.ts";
import type { ChildCounts, ChildInfo } from "./children.ts";
import { GenServer } from "./gen-server.ts";
import type { ServerOptions } from "./gen-server.ts";
import { supervisorModule } from "./supervisor-server.ts";
import { formatTree, supervisionTree } from "./supervision-tree.ts";
import type { SupervisionTree } from "./supervision-tree.ts";
import type { SupervisorRequest } from "./supervisor-server.ts";
import type {
  ChildResult, ChildSpecResult, RestartChildResult, StartChildResult, SupervisorChildOptions,
  SupervisorPid, SupervisorSpec,
} from "./supervisor-types.ts";

type Named<Id extends string> = SupervisorPid<Id> | Destination;

/**
 * A process that keeps its children alive, up to an intensity of restarts. @see supervisor
 * @namespace
 */
export const Supervisor = {
  /**
   * Starts a supervisor that is linked to this process, and its children, left to right.
   * Throws StartFailed if one fails (`{ shutdown: { failedToStartChild, reason } }`); those before
   * it are stopped then. A specification that can't be fails the start before any child is started
   * (`{ startSpec }`, `{ supervisorFlags }`). It traps exits, and ends with its parent.
   * @see supervisor:start_link/2,3
   */
  startLink<const Id extends string>(
    self: Process, spec: SupervisorSpec<Id>, options?: ServerOptions,
  ): Operation<SupervisorPid<Id>> {
    return GenServer.startLink(self, supervisorModule, spec, options) as
      Operation<SupervisorPid<Id>>;
  },

  /** As startLink without the link: a root, which ends when the runtime stops. */
  start<const Id extends string>(
    self: Process, spec: SupervisorSpec<Id>, options?: ServerOptions,
  ): Operation<SupervisorPid<Id>> {
    return GenServer.start(self, supervisorModule, spec, options) as Operation<SupervisorPid<Id>>;
  },

  /**
   * Stops the children from right to left, then the supervisor, and waits for its end.
   * Throws ExitReason "noproc" or "timeout". @see Elixir's Supervisor.stop/3
   */
  stop(
    self: Process, supervisor: Destination, reason: Reason = "normal", timeoutMs = Infinity,
  ): Operation<void> {
    return GenServer.stop(self, supervisor, reason, timeoutMs);
  },

  /** A supervisor as a child of another. */
  spec<const Id extends string>(
    id: Id, spec: SupervisorSpec, options: SupervisorChildOptions = {},
  ): ChildSpec<Id> {
    return supervisorChild(id, options, (self) => Supervisor.startLink(self, spec, options));
  },

  /**
   * A child specification with other keys: the same server twice under two ids, say.
   * @see Elixir's Supervisor.child_spec/2
   */
  childSpec<const Id extends string = string>(
    spec: ChildSpec, overrides: Partial<ChildSpec<Id>>,
  ): ChildSpec<Id> {
    return { ...spec, ...overrides } as ChildSpec<Id>;
  },

  /**
   * What is wrong with specifications, undefined if nothing. Without `autoShutdown` significant
   * children are taken as if the supervisor could have them.
   * @see supervisor:check_childspecs/1,2
   */
  checkChildSpecs(
    specs: readonly ChildSpec[], autoShutdown?: AutoShutdown,
  ): SpecProblem | undefined {
    return specsProblem(specs, autoShutdown);
  },

  /**
   * Adds a child and starts it. The specification is handed over, not copied. If the start fails
   * it is forgotten.
   * @see supervisor:start_child/2
   */
  startChild<Id extends string>(
    self: Process, supervisor: Named<Id>, spec: ChildSpec<NoInfer<Id>>, timeoutMs = Infinity,
  ): Operation<StartChildResult> {
    return ask(self, supervisor, { type: "startChild", spec }, timeoutMs);
  },

  /**
   * Stops a child, by id or by pid, or ends the tries to restart it. Its specification stays,
   * unless it is temporary. A significant child that is stopped so ends no supervisor.
   * @see supervisor:terminate_child/2
   */
  terminateChild<Id extends string>(
    self: Process, supervisor: Named<Id>, child: NoInfer<Id> | Pid, timeoutMs = Infinity,
  ): Operation<ChildResult> {
    return ask(self, supervisor, { type: "terminateChild", child }, timeoutMs);
  },

  /** Forgets a child that does not run. @see supervisor:delete_child/2 */
  deleteChild<Id extends string>(
    self: Process, supervisor: Named<Id>, id: NoInfer<Id>, timeoutMs = Infinity,
  ): Operation<ChildResult> {
    return ask(self, supervisor, { type: "deleteChild", id }, timeoutMs);
  },

  /** Starts a child again that does not run. @see supervisor:restart_child/2 */
  restartChild<Id extends string>(
    self: Process, supervisor: Named<Id>, id: NoInfer<Id>, timeoutMs = Infinity,
  ): Operation<RestartChildResult> {
    return ask(self, supervisor, { type: "restartChild", id }, timeoutMs);
  },

  /**
   * The specification of a child with its defaults, by id or by pid; not a copy.
   * @see supervisor:get_childspec/2
   */
  getChildSpec<Id extends string>(
    self: Process, supervisor: Named<Id>, child: NoInfer<Id> | Pid, timeoutMs = CALL_TIMEOUT_MS,
  ): Operation<ChildSpecResult<Id>> {
    return ask(self, supervisor, { type: "getChildSpec", child }, timeoutMs);
  },

  /**
   * All children in the order of their start (Erlang: the last one first). O(children).
   * @see supervisor:which_children/1
   */
  whichChildren<Id extends string>(
    self: Process, supervisor: Named<Id>, timeoutMs = CALL_TIMEOUT_MS,
  ): Operation<ChildInfo<Id>[]> {
    return ask(self, supervisor, { type: "whichChildren" }, timeoutMs);
  },

  /**
   * All that runs under a supervisor, as data: undefined if it is none, dead, or starts still. It
   * asks nobody, so that a supervisor that is busy is shown as well. O(processes in it).
   * `formatTree` prints it. @see observer's view of applications
   */
  tree(of: Process | Runtime, supervisor: Destination): SupervisionTree | undefined {
    return supervisionTree(of.core, supervisor);
  },

  /** A tree as text, a line for each process; children beyond `childrenMax` are counted. */
  formatTree(tree: SupervisionTree, childrenMax = 100): string {
    return formatTree(tree, childrenMax);
  },

  /** How many there are. O(children). @see supervisor:count_children/1 */
  countChildren(
    self: Process, supervisor: Destination, timeoutMs = CALL_TIMEOUT_MS,
  ): Operation<ChildCounts> {
    return ask(self, supervisor, { type: "countChildren" }, timeoutMs);
  },
};

/** The specification of a supervisor of any kind as a child. */
export function supervisorChild<Id extends string>(
  id: Id, options: SupervisorChildOptions, start: ChildSpec["start"],
): ChildSpec<Id> {
  const { restart, shutdown, significant } = options;
  return {
    id,
    type: "supervisor",
    start,
    ...(restart !== undefined && { restart }),
    ...(shutdown !== undefined && { shutdown }),
    ...(significant !== undefined && { significant }),
  };
}

function ask<T>(
  self: Process, supervisor: Destination, request: SupervisorRequest, timeoutMs: number,
): Operation<T> {
  return new CallOperation(self, supervisor, request, timeoutMs, true);
}
