// The process of a task, and what its owner knows of it.
//
//   owner ── spawn · monitor (makes the reference, an alias for one answer) ──► task
//   owner ◄── the value, through the alias ── the body returns; the task ends as normal
//   owner ◄── Down, if the body throws or the task is ended; a linked owner ends with it
import { PidgeonError } from "../errors.ts";
import { answer } from "../runtime/call.ts";
import { ExitReason } from "../runtime/messages.ts";
import { abandon, close, expectFrom, isAnswer } from "../runtime/requests.ts";
import { Down, oneOf, receive, TIMEOUT } from "../runtime/index.ts";
import type { Body, Operation, Pid, Process, Reason, Ref } from "../runtime/index.ts";

/** A process that works something out for its owner, whose type is T. Not to be sent. */
export interface Task<T = any> {
  readonly pid: Pid;
  readonly ref: Ref;
  readonly owner: Pid;
  /** Types only. */
  readonly value?: T;
}

/** What became of a task: its value, or why there is none. @see Task.yield/2: {ok, V}, {exit, R} */
export type TaskOutcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: Reason };

/**
 * Thrown where the value of a task was awaited; uncaught, it ends the owner.
 * `cause` is "timeout" or the task's reason; the exit reason is `{ task: { pid, cause } }`.
 */
export class TaskFailed extends ExitReason {
  override readonly cause: Reason;

  constructor(pid: Pid, cause: Reason) {
    super({ task: { pid, cause } });
    this.name = "TaskFailed";
    this.cause = cause;
  }
}

/** Whom a task answers; the reference is filled in when its owner knows the task. */
export interface Assignment {
  readonly owner: Pid;
  /** It begins when its owner says so. */
  readonly isSupervised: boolean;
  ref: Ref | 0;
}

const begin = "pidgeon.task.begin";
const beginning = oneOf(begin, Down);

/** The code of a task's process. An owner that ends before the task has begun ends it. */
export function* taskBody(
  self: Process, assignment: Assignment, body: Body<any, any>, args: readonly unknown[],
): Operation<void> {
  if (assignment.isSupervised) {
    const watch = self.monitor(assignment.owner);
    if ((yield* receive(beginning)) !== begin) return;
    self.demonitor(watch, { flush: true });
  }
  const value: unknown = yield* body(self, ...args);
  answer(self.core, self.pid, { pid: assignment.owner, ref: assignment.ref as Ref }, value);
}

/** Makes the task of a process that waits to begin, or has not run yet. O(1). */
export function taskOf<T>(self: Process, pid: Pid, assignment: Assignment): Task<T> {
  const ref = expectFrom(self, pid);
  assignment.ref = ref;
  return { pid, ref, owner: self.pid };
}

/** Lets a supervised task begin. */
export function letBegin(self: Process, { pid }: Task): void {
  self.send(pid, begin);
}

/** Throws PIDGEON_NOT_OWNER. */
export function assertOwner(self: Process, { pid, owner }: Task): void {
  if (owner === self.pid) return;
  throw new PidgeonError("PIDGEON_NOT_OWNER", { pid, owner, self: self.pid });
}

/** Waits for a task; undefined if it takes longer, and may be waited for again then. */
export function* outcomeOf<T>(
  self: Process, task: Task<T>, timeoutMs: number,
): Operation<TaskOutcome<T> | undefined> {
  assertOwner(self, task);
  const first = yield* firstOutcome<T, Task<T>>(self, new Map([[task.ref, task]]), timeoutMs);
  return first?.outcome;
}

/** The first of several tasks that is done; undefined if none is in time. */
export function* firstOutcome<T, U extends Task<T>>(
  self: Process, tasks: ReadonlyMap<Ref, U>, timeoutMs: number,
): Operation<{ readonly task: U; readonly outcome: TaskOutcome<T> } | undefined> {
  const found = yield* receive(
    (message: unknown) => isAnswer(message) && tasks.has(message.ref), timeoutMs);
  // An answer, by the guard.
  if (found === TIMEOUT || !isAnswer(found)) return undefined;
  const task = tasks.get(found.ref)!;
  close(self, task.pid, found);
  return {
    task, outcome: found instanceof Down
      ? { ok: false, reason: found.reason } : { ok: true, value: found.value as T },
  };
}

/** Gives a task up: it goes on, nobody hears of its end. */
export function release(self: Process, task: Task): void {
  self.unlink(task.pid);
  abandon(self, task.ref);
}

/** Ends a task at once; nobody hears of it. */
export function kill(self: Process, task: Task): void {
  release(self, task);
  self.exit(task.pid, "kill");
}
