// What the runtime's files share: process bodies, operations, options and reports.
import type { Pid, Ref } from "../kernel/abi.ts";
import type { Process } from "./process.ts";
import type { Suspension } from "./suspension.ts";

export type { Pid, Ref } from "../kernel/abi.ts";

/** A process by its pid or its registered name. */
export type Destination = Pid | string;

/**
 * Something that a process does with `yield*` and that may take time: `receive`, `sleep`, `wait`, a
 * call, or your own generator function (`function* ask(self: Process): Operation<string>`).
 */
export interface Operation<T> {
  // The reply type of a generator cannot be expressed per `yield`; every operation has its own.
  [Symbol.iterator](): Iterator<Suspension, T, any>;
}

/**
 * The code of a process: a generator function; its return ends the process with reason `normal`.
 */
export type Body<Args extends readonly unknown[] = readonly unknown[], T = unknown> =
  (self: Process, ...args: Args) => Operation<T>;

/** What a callback may answer: a value, or something to wait for before the next message. */
export type Eventually<T> = T | Operation<T> | PromiseLike<T>;

/** A process without a generator: `receive` is called with each message in order. */
export interface Callbacks {
  /** A plain function, or a generator (`*receive`): the next message waits until it has ended. */
  receive(message: any, self: Process): Eventually<unknown>;
}

/**
 * Why a process ended: plain data. The strings "normal", "kill", "killed", "noproc", "shutdown",
 * "timeout", "trap", "restored" and "noconnection" are the kernel's own atoms.
 * `{ shutdown: … }` is OTP's `{shutdown, Term}`; an uncaught error is `{ error: … }`.
 */
export type Reason = unknown;

/** The reason of a process that an uncaught error has ended. */
export interface ErrorReason {
  readonly error: { readonly name: string; readonly message: string; readonly stack: string };
}

/** Who waits for the answer of a call; plain data, so it may be handed to another process. */
export interface From {
  readonly pid: Pid;
  readonly ref: Ref;
}

export type Priority = "low" | "normal" | "high" | "max";

export interface SpawnOptions {
  readonly link?: boolean;
  readonly trapExit?: boolean;
  readonly priority?: Priority;
}

/** What the runtime tells its logger. */
export type Report = CrashReport | LongScheduleReport | TrapReport;

/** A process has ended by an error, or a behaviour with a reason that is not an orderly one. */
export interface CrashReport {
  readonly type: "crash";
  readonly pid: Pid;
  /** What ran: the generator function's or the behaviour module's name, where it has one. */
  readonly label: string | undefined;
  readonly reason: Reason;
}

/** Something ran so long that every other process waited: JavaScript cannot be preempted. */
export interface LongScheduleReport {
  readonly type: "long_schedule";
  /** The process; several if the sampled interval had several turns (later ones are exact). */
  readonly pids: readonly Pid[];
  readonly durationMs: number;
}

/** The code of a native process or of a guest has trapped, which ends the process. */
export interface TrapReport {
  readonly type: "trap";
  /** A guest's process. The kernel doesn't say which of its native processes it was. */
  readonly pid?: Pid;
  /** A guest's label. */
  readonly label?: string;
  /** What trapped and where, as the engine says it: message and stack of functions. */
  readonly error: string;
}

/** Where reports go; called synchronously; what it throws goes to console.error. */
export type Logger = (report: Report) => void;

export interface ProcessInfo {
  readonly messageQueueLength: number;
  readonly reductions: number;
  readonly trapExit: boolean;
  readonly priority: Priority;
  readonly links: number;
  readonly monitors: number;
}
