// TaskSupervisor: tasks under a supervisor, which ends them in order when it is stopped.
//
//   yield* TaskSupervisor.startLink(self, {}, { name: "tasks" });
//   const task = yield* TaskSupervisor.asyncNolink(self, "tasks", fetchIt, url);
//   const outcome = yield* Task.yield(self, task, 1_000);   // { ok: false, reason } if it failed
//
// With `asyncNolink` the end of a task does nothing to its owner, nor the owner's end to the task.
import type {
  Body, Destination, Operation, Pid, Process, Reason,
} from "../runtime/index.ts";
import type { ChildSpec } from "./child-spec.ts";
import { DynamicSupervisor } from "./dynamic-supervisor.ts";
import type {
  DynamicSupervisorSpec, StartDynamicChildResult, TerminateDynamicChildResult,
} from "./dynamic-supervisor-server.ts";
import { StartFailed } from "./start-server.ts";
import type { ServerOptions } from "./start-server.ts";
import type { SupervisorChildOptions } from "./supervisor-types.ts";
import { letBegin, taskBody, taskOf } from "./task-process.ts";
import type { Assignment, Task } from "./task-process.ts";
import { TaskStream } from "./task-stream.ts";
import type { TaskStreamOptions } from "./task-stream.ts";

/** As a DynamicSupervisor's. */
type Spec = Omit<DynamicSupervisorSpec, "extraArguments">;

/**
 * Tasks that a supervisor has started. @see Elixir's Task.Supervisor
 * @namespace
 */
export const TaskSupervisor = {
  /**
   * Starts a supervisor without tasks, linked to this process. Throws StartFailed.
   * @see Elixir's Task.Supervisor.start_link/1
   */
  startLink(self: Process, spec: Spec = {}, options?: ServerOptions): Operation<Pid> {
    return DynamicSupervisor.startLink(self, spec, options);
  },

  /** As startLink without the link: a root, which ends when the runtime stops. */
  start(self: Process, spec: Spec = {}, options?: ServerOptions): Operation<Pid> {
    return DynamicSupervisor.start(self, spec, options);
  },

  /** It as a child of a supervisor. */
  spec<const Id extends string>(
    id: Id, spec: Spec = {}, options: SupervisorChildOptions = {},
  ): ChildSpec<Id> {
    return DynamicSupervisor.spec(id, spec, options);
  },

  /** Ends all tasks in order, then the supervisor. */
  stop(
    self: Process, supervisor: Destination, reason: Reason = "normal", timeoutMs = Infinity,
  ): Operation<void> {
    return DynamicSupervisor.stop(self, supervisor, reason, timeoutMs);
  },

  /**
   * A supervised task that is linked to this process, too. Throws StartFailed "max_children".
   * @see Elixir's Task.Supervisor.async/3
   */
  *async<T, A extends readonly unknown[]>(
    self: Process, supervisor: Destination, body: Body<A, T>, ...args: A
  ): Operation<Task<T>> {
    return yield* startTask(self, supervisor, true, body, args);
  },

  /**
   * A supervised task whose end is told to this process by `await` or `yield` alone.
   * @see Elixir's Task.Supervisor.async_nolink/3
   */
  *asyncNolink<T, A extends readonly unknown[]>(
    self: Process, supervisor: Destination, body: Body<A, T>, ...args: A
  ): Operation<Task<T>> {
    return yield* startTask(self, supervisor, false, body, args);
  },

  /** A task whose value nobody wants. @see Elixir's Task.Supervisor.start_child/3 */
  startChild<A extends readonly unknown[]>(
    self: Process, supervisor: Destination, body: Body<A>, ...args: A
  ): Operation<StartDynamicChildResult> {
    return DynamicSupervisor.startChild(self, supervisor, {
      restart: "temporary",
      *start(supervisor: Process) { return supervisor.spawnLink(body, ...args); },
    });
  },

  /** Ends a task. @see Elixir's Task.Supervisor.terminate_child/2 */
  terminateChild(
    self: Process, supervisor: Destination, pid: Pid,
  ): Operation<TerminateDynamicChildResult> {
    return DynamicSupervisor.terminateChild(self, supervisor, pid);
  },

  /** The tasks that run. O(tasks). @see Elixir's Task.Supervisor.children/1 */
  *children(self: Process, supervisor: Destination): Operation<Pid[]> {
    const children = yield* DynamicSupervisor.whichChildren(self, supervisor);
    return children.map(({ pid }) => pid).filter((pid) => typeof pid === "number");
  },

  /** As Task.asyncStream, supervised. @see Elixir's Task.Supervisor.async_stream/4 */
  asyncStream<I, T>(
    self: Process, supervisor: Destination, items: Iterable<I>, body: Body<[I], T>,
    options: TaskStreamOptions = {},
  ): TaskStream<I, T> {
    return new TaskStream(
      self, items, (item) => startTask(self, supervisor, true, body, [item]), options);
  },

  /**
   * The same without links: a task that fails is an outcome.
   * @see Elixir's Task.Supervisor.async_stream_nolink/4
   */
  asyncStreamNolink<I, T>(
    self: Process, supervisor: Destination, items: Iterable<I>, body: Body<[I], T>,
    options: TaskStreamOptions = {},
  ): TaskStream<I, T> {
    return new TaskStream(
      self, items, (item) => startTask(self, supervisor, false, body, [item]), options);
  },
};

function* startTask<T>(
  self: Process, supervisor: Destination, isLinked: boolean, body: Body<any, T>,
  args: readonly unknown[],
): Operation<Task<T>> {
  const assignment: Assignment = { owner: self.pid, isSupervised: true, ref: 0 };
  const started = yield* DynamicSupervisor.startChild(self, supervisor, {
    restart: "temporary",
    *start(parent: Process) { return parent.spawnLink(taskBody, assignment, body, args); },
  });
  if (!started.ok) throw new StartFailed(started.error);
  // It waits to begin, and lives if nobody has ended it meanwhile: then its Down tells.
  const task = taskOf<T>(self, started.pid!, assignment);
  if (isLinked) self.link(task.pid);
  letBegin(self, task);
  return task;
}
