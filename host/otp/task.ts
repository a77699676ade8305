// Task: a process that works one thing out, and the value that its owner awaits.
//
//   const task = Task.async(self, function* () { return yield* wait(fetchText(url)); });
//   … something else …
//   const text = yield* Task.await(self, task);          // what the body returns
//
// A task is linked to its owner: if one fails, so does the other. The owner alone may await it,
// once. task-supervisor.ts has tasks that nobody's end depends on.
import { Option } from "../kernel/abi.ts";
import { badOption } from "../runtime/flags.ts";
import { abandon } from "../runtime/requests.ts";
import type { Body, Operation, Pid, Process, Ref } from "../runtime/index.ts";
import type { ChildSpec } from "./child-spec.ts";
import {
  assertOwner, firstOutcome, kill, outcomeOf, release, taskBody, TaskFailed, taskOf,
} from "./task-process.ts";
import type { Assignment, Task as TaskHandle, TaskOutcome } from "./task-process.ts";
import { TaskStream } from "./task-stream.ts";
import type { TaskStreamOptions } from "./task-stream.ts";

/** A task as its owner has it: what `Task.async` answers. */
export type Task<T = any> = TaskHandle<T>;

/** Elixir's default for await, yield and shutdown. */
const TIMEOUT_MS = 5_000;

/** How long several tasks are waited for, and what becomes of the late ones. */
export interface YieldManyOptions {
  /** For all together; default 5,000. */
  readonly timeoutMs?: number;
  /** Of those that are late; default "nothing": they may be waited for again. */
  readonly onTimeout?: "nothing" | "ignore" | "killTask";
}

/**
 * Work in a process of its own, awaited by its owner. @see Elixir's Task
 * @namespace
 */
export const Task = {
  /**
   * Starts a task of this process, linked to it; what the body returns is copied to it. The
   * arguments are handed over. O(1). @see Elixir's Task.async/1,3
   */
  async<T, A extends readonly unknown[]>(
    self: Process, body: Body<A, T>, ...args: A
  ): Task<T> {
    const assignment: Assignment = { owner: self.pid, isSupervised: false, ref: 0 };
    const pid = self.core.spawn(self.pid, Option.LINK, taskBody, [assignment, body, args]);
    // Nothing runs between the two: it is there when the task begins.
    return taskOf(self, pid, assignment);
  },

  /**
   * Waits for a task's value. Throws TaskFailed: the task's reason, or "timeout": it is given up
   * then, and, linked, ends with its owner if nobody catches that. Throws PIDGEON_NOT_OWNER.
   * @see Elixir's Task.await/2
   */
  *await<T>(self: Process, task: Task<T>, timeoutMs = TIMEOUT_MS): Operation<T> {
    const outcome = yield* outcomeOf(self, task, timeoutMs);
    if (outcome?.ok === true) return outcome.value;
    if (outcome === undefined) abandon(self, task.ref);
    throw new TaskFailed(task.pid, outcome === undefined ? "timeout" : outcome.reason);
  },

  /**
   * The values of several tasks, in their order, for one time together; as `await` as soon as one
   * has failed. O(tasks × messages passed over). @see Elixir's Task.await_many/2
   */
  *awaitMany<const T extends readonly Task[]>(
    self: Process, tasks: T, timeoutMs = TIMEOUT_MS,
  ): Operation<{ -readonly [K in keyof T]: T[K] extends Task<infer V> ? V : never }> {
    const outcomes = new Map<Ref, unknown>();
    const late = yield* collect(self, tasks, timeoutMs, (task, outcome) => {
      if (!outcome.ok) throw new TaskFailed(task.pid, outcome.reason);
      outcomes.set(task.ref, outcome.value);
    });
    for (const task of late) abandon(self, task.ref);
    if (late.length > 0) throw new TaskFailed(late[0]!.pid, "timeout");
    return tasks.map(({ ref }) => outcomes.get(ref)) as never;
  },

  /**
   * Waits for a task without failing; undefined if it is late, and may be waited for again.
   * @see Elixir's Task.yield/2
   */
  yield<T>(
    self: Process, task: Task<T>, timeoutMs = TIMEOUT_MS,
  ): Operation<TaskOutcome<T> | undefined> {
    return outcomeOf(self, task, timeoutMs);
  },

  /**
   * What became of several tasks, in their order. Throws PIDGEON_BAD_OPTION.
   * @see Elixir's Task.yield_many/2
   */
  *yieldMany<T>(
    self: Process, tasks: readonly Task<T>[], options: YieldManyOptions = {},
  ): Operation<(TaskOutcome<T> | undefined)[]> {
    const { timeoutMs = TIMEOUT_MS, onTimeout = "nothing" } = options;
    if (!["nothing", "ignore", "killTask"].includes(onTimeout)) {
      throw badOption("onTimeout", onTimeout);
    }
    const outcomes = new Map<Ref, TaskOutcome<T>>();
    const late = yield* collect(self, tasks, timeoutMs,
      (task, outcome) => { outcomes.set(task.ref, outcome); });
    for (const task of late) {
      if (onTimeout === "ignore") release(self, task);
      else if (onTimeout === "killTask") kill(self, task);
    }
    return tasks.map(({ ref }) => outcomes.get(ref));
  },

  /**
   * Ends a task in order, and waits for its end; by "kill" after a time, or with "brutalKill".
   * Answers what it came to if it was done before; undefined if it has ended by this.
   * Throws PIDGEON_BAD_OPTION.
   * @see Elixir's Task.shutdown/2
   */
  *shutdown<T>(
    self: Process, task: Task<T>, shutdown: number | "brutalKill" | "infinity" = TIMEOUT_MS,
  ): Operation<TaskOutcome<T> | undefined> {
    if (typeof shutdown !== "number" && shutdown !== "brutalKill" && shutdown !== "infinity") {
      throw badOption("shutdown", shutdown);
    }
    const done = yield* outcomeOf(self, task, 0);
    if (done !== undefined) return done;
    self.unlink(task.pid);
    let reason = shutdown === "brutalKill" ? "kill" : "shutdown";
    self.exit(task.pid, reason);
    const limitMs = typeof shutdown === "number" ? shutdown : Infinity;
    let outcome = yield* outcomeOf(self, task, limitMs);
    if (outcome === undefined) {
      self.exit(task.pid, reason = "kill");
      outcome = (yield* outcomeOf(self, task, Infinity))!;
    }
    const own = reason === "kill" ? "killed" : reason;
    return !outcome.ok && outcome.reason === own ? undefined : outcome;
  },

  /**
   * Unlinks a task and gives it up: it goes on, and nobody hears of its end. Answers what it came
   * to if it was done already. @see Elixir's Task.ignore/1
   */
  *ignore<T>(self: Process, task: Task<T>): Operation<TaskOutcome<T> | undefined> {
    const done = yield* outcomeOf(self, task, 0);
    if (done === undefined) release(self, task);
    return done;
  },

  /** Starts a process whose value nobody wants. @see Elixir's Task.start/1 */
  start<A extends readonly unknown[]>(self: Process, body: Body<A>, ...args: A): Pid {
    return self.spawn(body, ...args);
  },

  /** As start, linked. @see Elixir's Task.start_link/1 */
  startLink<A extends readonly unknown[]>(self: Process, body: Body<A>, ...args: A): Pid {
    return self.spawnLink(body, ...args);
  },

  /** A task as a child of a supervisor: temporary if nothing else is said. */
  spec<A extends readonly unknown[]>(
    options: Partial<Omit<ChildSpec, "start">>, body: Body<A>, ...args: A
  ): ChildSpec {
    return {
      id: "task", restart: "temporary", ...options,
      *start(self) { return self.spawnLink(body, ...args); },
    };
  },

  /**
   * A linked task for each item, so many at a time. Throws PIDGEON_BAD_OPTION.
   * @see Elixir's Task.async_stream/3
   */
  asyncStream<I, T>(
    self: Process, items: Iterable<I>, body: Body<[I], T>, options: TaskStreamOptions = {},
  ): TaskStream<I, T> {
    return new TaskStream(self, items, function* (item) {
      return Task.async(self, body, item);
    }, options);
  },
};

/** Waits for several tasks, for one time together; answers those that are late. */
function* collect<T>(
  self: Process, tasks: readonly Task<T>[], timeoutMs: number,
  done: (task: Task<T>, outcome: TaskOutcome<T>) => void,
): Operation<Task<T>[]> {
  for (const task of tasks) assertOwner(self, task);
  const { clock } = self.core;
  const left = new Map(tasks.map((task) => [task.ref, task]));
  const endMs = clock.now() + timeoutMs;
  while (left.size > 0) {
    const leftMs = Math.max(0, endMs - clock.now());
    const first = yield* firstOutcome<T, Task<T>>(self, left, leftMs);
    if (first === undefined) break;
    left.delete(first.task.ref);
    done(first.task, first.outcome);
  }
  return [...left.values()];
}
