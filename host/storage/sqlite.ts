// Storage in SQLite, which runs in a worker thread: this is the side that stays on the main thread.
//
//   execute ─▶ waiting ─(end of the turn)─▶ posted ─(answers)─▶ promise settled
//                 ▲                            │
//                 └── kept over a restart      └── rejected when the worker ends

import { Worker } from "node:worker_threads";
import { PidgeonError } from "../errors.ts";
import type { Durability } from "./database.ts";
import type { FromWorker, Numbered, Reply, ToWorker, WorkerOptions } from "./protocol.ts";
import { storageOver, type Engine, type ReadResults, type Request } from "./requests.ts";
import type { Storage, Write, Written } from "./storage.ts";

export interface StorageLimits {
  /** Requests that may wait for their answers; more get PIDGEON_STORAGE_OVERLOADED. */
  readonly requestsMax: number;
  /** Requests that share one transaction. */
  readonly groupRequestsMax: number;
  /** Pause before an ended worker is started again; doubles with each end without an answer. */
  readonly restartDelayFirstMs: number;
  readonly restartDelayMaxMs: number;
}

const LIMITS: StorageLimits = {
  requestsMax: 65_536,
  groupRequestsMax: 1_024,
  restartDelayFirstMs: 50,
  restartDelayMaxMs: 5_000,
};

export interface StorageOptions {
  /** Made if it's not there. One server at a time. */
  readonly directory: string;
  /** Default "process": what is answered survives kill -9; "power": also a power cut. */
  readonly durability?: Durability;
  readonly limits?: Partial<StorageLimits>;
  /** Is told when the worker has ended unasked, and when it serves again: for the log. */
  readonly report?: (event: StorageEvent) => void;
}

export type StorageEvent =
  | { readonly kind: "down"; readonly error: PidgeonError; readonly restartInMs: number }
  | { readonly kind: "up" };

/** Counts since the start. */
export interface StorageStatistics {
  readonly answered: number;
  readonly commits: number;
  readonly workersEnded: number;
}

export interface SqliteStorage extends Storage {
  statistics(): StorageStatistics;
  /**
   * Makes the worker thread fail with an uncaught error and lose all that it has not executed:
   * fault injection for tests. Worker.terminate is no way: libsql 0.5 aborts the whole process if
   * it is interrupted in a call.
   */
  crashWorker(): void;
}

/**
 * Opens or makes the database in a directory. Rejects with PidgeonError: PIDGEON_STORAGE_IN_USE,
 * _CORRUPT, _FOREIGN, _NEWER, _FULL, _FAILED or _WORKER_DIED.
 *
 * If the worker ends later, the requests that it had are rejected with PIDGEON_STORAGE_WORKER_DIED
 * and it is started again; requests wait for that, but if the database can't be opened they are
 * rejected with the reason. The open storage keeps the process alive until `close`; process.exit
 * before that may end in an abort (but loses nothing that was answered).
 */
export async function openStorage(options: StorageOptions): Promise<SqliteStorage> {
  const engine = new WorkerEngine(options);
  await engine.opened;
  return {
    ...storageOver(engine),
    statistics: () => engine.statistics(),
    crashWorker: () => engine.crash(),
  };
}

interface Waiter {
  readonly request: Request;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

class WorkerEngine implements Engine {
  /** Settles when the first worker has opened the database or ended. */
  readonly opened: Promise<void>;
  #settleOpened: ((error?: PidgeonError) => void) | undefined;

  readonly #options: WorkerOptions;
  readonly #limits: StorageLimits;
  readonly #report: (event: StorageEvent) => void;

  #worker: Worker | undefined;
  /** Whether the worker has the database open. */
  #serving = false;
  /** Why the present worker ends, as soon as that is known. */
  #failure: PidgeonError | undefined;
  #restartDelayMs: number;
  #restartTimer: NodeJS.Timeout | undefined;
  #closed: Promise<void> | undefined;
  #settleClosed: () => void = () => {};

  #waiting: Waiter[] = [];
  #flushScheduled = false;
  readonly #posted = new Map<number, Waiter>();
  #lastId = 0;
  #answered = 0;
  #commits = 0;
  #workersEnded = 0;

  constructor({ directory, durability = "process", limits, report }: StorageOptions) {
    this.#limits = { ...LIMITS, ...limits };
    const { groupRequestsMax, restartDelayFirstMs } = this.#limits;
    this.#options = { directory, durability, groupRequestsMax };
    this.#report = report ?? (() => {});
    this.#restartDelayMs = restartDelayFirstMs;
    this.opened = new Promise((resolve, reject) => {
      this.#settleOpened = (error) => error === undefined ? resolve() : reject(error);
    });
    this.#start();
  }

  read<Kind extends keyof ReadResults>(kind: Kind, key: string): Promise<ReadResults[Kind]> {
    return this.#execute({ kind, key }) as Promise<ReadResults[Kind]>;
  }

  write(writes: readonly Write[]): Promise<Written> {
    return this.#execute({ kind: "write", writes }) as Promise<Written>;
  }

  /** Resolves when the worker has answered everything, closed the database and ended. */
  close(): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      this.#settleClosed = resolve;
      clearTimeout(this.#restartTimer);
      if (this.#worker === undefined) this.#start();
      else if (this.#serving) this.#finish();
    });
    return this.#closed;
  }

  statistics(): StorageStatistics {
    return {
      answered: this.#answered,
      commits: this.#commits,
      workersEnded: this.#workersEnded,
    };
  }

  crash(): void {
    this.#worker?.postMessage("crash" satisfies ToWorker);
  }

  #execute(request: Request): Promise<unknown> {
    if (this.#closed !== undefined) {
      return Promise.reject(new PidgeonError("PIDGEON_STORAGE_CLOSED"));
    }
    const { requestsMax } = this.#limits;
    if (this.#waiting.length + this.#posted.size >= requestsMax) {
      return Promise.reject(new PidgeonError("PIDGEON_STORAGE_OVERLOADED", { limit: requestsMax }));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ request, resolve, reject });
      if (this.#flushScheduled) return;
      // One message to the worker for all requests of a turn: posting costs more than storing.
      this.#flushScheduled = true;
      queueMicrotask(() => this.#flush());
    });
  }

  #finish(): void {
    this.#flush();
    this.#worker?.postMessage("close" satisfies ToWorker);
  }

  #flush(): void {
    this.#flushScheduled = false;
    if (!this.#serving || this.#waiting.length === 0) return;
    this.#post(this.#waiting);
    this.#waiting = [];
  }

  #post(waiters: readonly Waiter[]): void {
    const firstId = this.#lastId + 1;
    this.#lastId += waiters.length;
    waiters.forEach((waiter, index) => this.#posted.set(firstId + index, waiter));
    const message = waiters.map(
      ({ request }, index): Numbered => ({ id: firstId + index, request }),
    );
    try {
      this.#worker?.postMessage(message);
    } catch (error) {
      // Something in there can't be copied: only the request that holds it is to fail.
      for (const { id } of message) this.#posted.delete(id);
      if (waiters.length > 1) return waiters.forEach((waiter) => this.#post([waiter]));
      const detail = String(error);
      waiters[0]?.reject(new PidgeonError("PIDGEON_STORAGE_FAILED", { detail }));
    }
  }

  #start(): void {
    this.#failure = undefined;
    const worker = new Worker(new URL("./worker.js", import.meta.url), {
      workerData: this.#options,
    });
    this.#worker = worker;
    worker.on("message", (message: FromWorker) => this.#receive(message));
    worker.on("error", (error: Error) => {
      this.#failure = diedOf(error.message);
    });
    worker.on("exit", () => this.#ended());
  }

  #receive(message: FromWorker): void {
    switch (message.kind) {
      case "opened":
        this.#serving = true;
        if (this.#settleOpened === undefined) this.#report({ kind: "up" });
        this.#settleOpened?.();
        this.#settleOpened = undefined;
        this.#flush();
        if (this.#closed !== undefined) this.#finish();
        return;
      case "refused":
        this.#failure = new PidgeonError(message.fault.code, message.fault.details);
        return;
      case "answers":
        this.#restartDelayMs = this.#limits.restartDelayFirstMs;
        if (message.committed) this.#commits++;
        for (const reply of message.replies) this.#settle(reply);
        return;
    }
  }

  #settle(reply: Reply): void {
    const waiter = this.#posted.get(reply.id)!;
    this.#posted.delete(reply.id);
    this.#answered++;
    if ("fault" in reply) waiter.reject(new PidgeonError(reply.fault.code, reply.fault.details));
    else waiter.resolve(reply.value);
  }

  /** The worker has ended and released the database. */
  #ended(): void {
    const couldOpen = this.#serving;
    const error = this.#failure ?? diedOf("its thread was ended");
    this.#worker = undefined;
    this.#serving = false;
    const lost = [...this.#posted.values()];
    this.#posted.clear();
    // What waits for a worker that can't open the database must hear so; else it waits on.
    if (!couldOpen) lost.push(...this.#waiting.splice(0));
    for (const waiter of lost) waiter.reject(error);

    if (this.#settleOpened !== undefined) return this.#settleOpened(error);
    if (this.#closed !== undefined) return this.#settleClosed();
    this.#workersEnded++;
    const restartInMs = this.#restartDelayMs;
    this.#restartDelayMs = Math.min(restartInMs * 2, this.#limits.restartDelayMaxMs);
    this.#restartTimer = setTimeout(() => this.#start(), restartInMs);
    this.#report({ kind: "down", error, restartInMs });
  }
}

function diedOf(detail: string): PidgeonError {
  return new PidgeonError("PIDGEON_STORAGE_WORKER_DIED", { detail });
}
