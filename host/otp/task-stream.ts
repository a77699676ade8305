// A task for each of many items, so many at a time: the outcomes come as somebody asks for them.
//
//   items ──► at most maxConcurrency tasks run ──► outcomes: in the items' order, or as they come
//
// Nothing runs before the first `next`, and no more is started while nobody asks.
import { availableParallelism } from "node:os";
import { badOption } from "../runtime/flags.ts";
import type { Operation, Process, Ref } from "../runtime/index.ts";
import { firstOutcome, kill, TaskFailed } from "./task-process.ts";
import type { Task, TaskOutcome } from "./task-process.ts";

/** How many tasks of a stream run, and what becomes of the late ones. */
export interface TaskStreamOptions {
  /** Tasks that run at a time; default: the cores that Node may use. Infinity for all. */
  readonly maxConcurrency?: number;
  /** Default true: outcomes come in the order of the items; those that are early are kept. */
  readonly ordered?: boolean;
  /** What a task may take; default 5,000. */
  readonly timeoutMs?: number;
  /** Default "exit": one that is late fails the stream. "killTask": its outcome is "timeout". */
  readonly onTimeout?: "exit" | "killTask";
}

const TASK_TIMEOUT_MS = 5_000;

interface Running<T> extends Task<T> {
  readonly index: number;
  readonly dueMs: number;
}

/** One process's: it alone may ask. @see Elixir's Task.async_stream/3 */
export class TaskStream<I, T> {
  readonly #self: Process;
  readonly #items: Iterator<I>;
  readonly #start: (item: I) => Operation<Task<T>>;
  readonly #options: Required<TaskStreamOptions>;
  /** In the order of their starts, which is that of their times. */
  readonly #running = new Map<Ref, Running<T>>();
  readonly #early = new Map<number, TaskOutcome<T>>();
  #started = 0;
  #given = 0;
  #isOver = false;

  /** Throws PIDGEON_BAD_OPTION. */
  constructor(
    self: Process, items: Iterable<I>, start: (item: I) => Operation<Task<T>>,
    options: TaskStreamOptions,
  ) {
    const {
      maxConcurrency = availableParallelism(), ordered = true, timeoutMs = TASK_TIMEOUT_MS,
      onTimeout = "exit",
    } = options;
    if (!(maxConcurrency === Infinity || Number.isInteger(maxConcurrency)) || maxConcurrency < 1) {
      throw badOption("maxConcurrency", maxConcurrency);
    }
    if (!(timeoutMs >= 0)) throw badOption("timeoutMs", timeoutMs);
    if (onTimeout !== "exit" && onTimeout !== "killTask") throw badOption("onTimeout", onTimeout);
    this.#self = self;
    this.#items = items[Symbol.iterator]();
    this.#start = start;
    this.#options = { maxConcurrency, ordered, timeoutMs, onTimeout };
  }

  /**
   * The next outcome; undefined at the end. Throws TaskFailed "timeout" if a task is late and
   * `onTimeout` is "exit", and what the items or a start throw: all tasks are ended then.
   * O(tasks that start + messages passed over).
   */
  *next(): Operation<TaskOutcome<T> | undefined> {
    for (;;) {
      const early = this.#early.get(this.#given);
      if (early !== undefined) {
        this.#early.delete(this.#given++);
        return early;
      }
      try {
        yield* this.#fill();
      } catch (error) {
        // No more items, or no more tasks: nobody asks for those that run.
        this.close();
        throw error;
      }
      const oldest = this.#running.values().next().value;
      if (oldest === undefined) return undefined;
      const leftMs = Math.max(0, oldest.dueMs - this.#self.core.clock.now());
      const first = yield* firstOutcome<T, Running<T>>(this.#self, this.#running, leftMs);
      const { task, outcome } = first ?? { task: oldest, outcome: this.#late(oldest) };
      this.#running.delete(task.ref);
      if (!this.#options.ordered) return outcome;
      this.#early.set(task.index, outcome);
    }
  }

  /** All outcomes that are left. */
  *toArray(): Operation<TaskOutcome<T>[]> {
    const outcomes: TaskOutcome<T>[] = [];
    for (;;) {
      const outcome = yield* this.next();
      if (outcome === undefined) return outcomes;
      outcomes.push(outcome);
    }
  }

  /** Ends the tasks that run; there are no more outcomes. */
  close(): void {
    for (const task of this.#running.values()) kill(this.#self, task);
    this.#running.clear();
    this.#early.clear();
    if (!this.#isOver) this.#items.return?.();
    this.#isOver = true;
  }

  *#fill(): Operation<void> {
    const { maxConcurrency, timeoutMs } = this.#options;
    while (!this.#isOver && this.#running.size < maxConcurrency) {
      const item = this.#items.next();
      if (item.done === true) {
        this.#isOver = true;
        return;
      }
      const task = yield* this.#start(item.value);
      const dueMs = this.#self.core.clock.now() + timeoutMs;
      this.#running.set(task.ref, { ...task, index: this.#started++, dueMs });
    }
  }

  #late(task: Running<T>): TaskOutcome<T> {
    if (this.#options.onTimeout === "exit") {
      this.close();
      throw new TaskFailed(task.pid, "timeout");
    }
    kill(this.#self, task);
    return { ok: false, reason: "timeout" };
  }
}
