// What the runtime's files share: process bodies, operations, options and reports.
import type { Alias, Pid, Ref } from "../kernel/abi.ts";
import type { Process } from "./process.ts";
import type { Suspension } from "./suspension.ts";

export type { Alias, Pid, Ref } from "../kernel/abi.ts";

/** What a registry's keys may be: what JavaScript compares by value. */
export type Key = string | number | bigint | boolean | null;

/**
 * A name that a registry keeps, as plain data: `Registry.via(registry, key)` makes it. A server
 * that is started under it has `value` beside its key.
 * @see {via, Module, ViaName} of gen_server
 */
export interface Via {
  readonly registry: string;
  readonly key: Key;
  readonly value?: unknown;
}

/** A process by its pid, its registered name, or a name that a registry keeps. */
export type Destination = Pid | string | Via;

/** Where a message may go: a process, or one of its aliases. @see erlang:send/2 */
export type SendDestination = Destination | Alias;

/**
 * Something that a process does with `yield*` and that may take time: `receive`, `sleep`, `wait`, a
 * call, or your own generator function (`function* ask(self: Process): Operation<string>`).
 */
export interface Operation<T> {
  /** For `yield*` alone. */
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
  /**
   * A plain function, or a generator (`*receive`): the next message waits until it has ended.
   * `ending(reason)` as its answer ends the process.
   */
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

declare const answerType: unique symbol;

/**
 * Who waits for the answer of a call; plain data, so it may be handed to another process. V is the
 * answer's type.
 */
export interface From<V = any> {
  readonly pid: Pid;
  readonly ref: Ref;
  /** Types only. */
  readonly [answerType]?: V;
}

/**
 * When a runnable process runs: all of "max" before "high", before the others; "low" every eighth
 * turn of "normal". @see erlang:process_flag/2, priority
 */
export type Priority = "low" | "normal" | "high" | "max";

/** @see erlang:spawn_opt/4, whose max_heap_size is `memoryLimit` here. */
export interface SpawnOptions {
  readonly link?: boolean;
  readonly trapExit?: boolean;
  readonly priority?: Priority;
  readonly mailboxLimit?: MailboxLimit;
  readonly memoryLimit?: MemoryLimit;
}

/** How many messages a mailbox takes, and what happens to one more. Erlang has no such limit. */
export interface MailboxLimit {
  /**
   * 0: no limit. Exit, Down and what timers send are not counted and always come in. Replies of
   * calls and the outcomes of `wait` always come in as well, and count while they lie there.
   */
  readonly messages: number;
  /**
   * Default "refuse": `send` answers false, `trySend` "full", a call fails with "mailbox_full".
   * "drop": the message is a dead letter, and its sender is not told. "kill": the receiver ends as
   * "killed", the message with it.
   */
  readonly policy?: "refuse" | "drop" | "kill";
}

/**
 * How many bytes of the kernel a mailbox may take (values themselves stay in JavaScript's heap: a
 * message of a host process counts 32 bytes, whatever it holds), and what one message more does.
 * @see max_heap_size of erlang:process_flag/2
 */
export interface MemoryLimit {
  /** 0: no limit. */
  readonly bytes: number;
  /** Default true: the process ends as "killed". False: the message comes in all the same. */
  readonly kill?: boolean;
  /** Default true: the logger gets a MemoryLimitReport. */
  readonly errorLogger?: boolean;
}

/** The flags of a process and their values. @see erlang:process_flag/2 */
export interface ProcessFlags {
  readonly trapExit: boolean;
  readonly priority: Priority;
  readonly mailboxLimit: MailboxLimit;
  readonly memoryLimit: MemoryLimit;
}

/** @see erlang:monitor/3 */
export interface MonitorOptions {
  /**
   * The reference is an alias too (`aliasOf(ref)`): until `unalias`; until `demonitor` or the Down;
   * or until the first message through it, which ends the monitor as well, or the Down.
   */
  readonly alias?: "explicit_unalias" | "demonitor" | "reply_demonitor";
  /** The `tag` of the Down, 0 to 255; in Erlang any term takes the place of 'DOWN'. */
  readonly tag?: number;
  /** The Down comes as a priority message. */
  readonly priority?: boolean;
  /** The alias admits priority messages. */
  readonly priorityAlias?: boolean;
}

/** @see erlang:alias/1 */
export interface AliasOptions {
  /** It ends with the first message through it. Else with `unalias` or its process. */
  readonly reply?: boolean;
  /** It admits priority messages. */
  readonly priority?: boolean;
}

/** @see erlang:send/3 and EEP 76 */
export interface SendOptions {
  /** Before all ordinary messages, if it goes to an alias that was made with `priority`. */
  readonly priority?: boolean;
}

/** What became of a message: it is in a mailbox, nobody is there, or the mailbox is full. */
export type SendResult = "ok" | "noproc" | "full";

/** @see erlang:send_after/4 */
export interface TimerOptions {
  /** The time is one of the runtime's clock (`monotonicTime`), not from now on. */
  readonly absolute?: boolean;
}

/** What the runtime tells its logger. */
export type Report =
  CrashReport | DroppedReport | HandlerCrashReport | LongScheduleReport | MemoryLimitReport |
  TrapReport;

/**
 * A process has ended by an error, or a behaviour with a reason that is not an orderly one.
 * @see proc_lib, crash_report
 */
export interface CrashReport {
  readonly type: "crash";
  readonly pid: Pid;
  readonly registeredName: string | undefined;
  /** What ran: the behaviour module's name, or the outermost function of the error's stack. */
  readonly label: string | undefined;
  readonly reason: Reason;
  /** Who has started it, and whoever that one, the nearest first, by name if one has one; 10. */
  readonly ancestors: readonly (Pid | string)[];
  readonly links: readonly Pid[];
  /** What it has taken last, if that was a message: mostly what it was about to handle. */
  readonly lastMessage: unknown;
  /** Of a behaviour; reason, message and state are as its module's `formatStatus` shows them. */
  readonly state: unknown;
  readonly messageQueueLength: number;
  /** Copies of the oldest messages of its mailbox, at most 10. */
  readonly messages: readonly unknown[];
}

/** There were more reports in a second than `reportsPerSecond`. */
export interface DroppedReport {
  readonly type: "dropped";
  /** How many were not told. */
  readonly reports: number;
}

/** A handler of an event manager has failed and is removed; the manager goes on. */
export interface HandlerCrashReport {
  readonly type: "handler_crash";
  /** The manager. */
  readonly pid: Pid;
  /** The handler's id. */
  readonly handler: string;
  readonly reason: Reason;
}

/** Something ran so long that every other process waited: JavaScript cannot be preempted. */
export interface LongScheduleReport {
  readonly type: "long_schedule";
  /** The process; several if the sampled interval had several turns (later ones are exact). */
  readonly pids: readonly Pid[];
  readonly durationMs: number;
}

/** A mailbox has gone beyond its memory limit; told once as long as the process lives. */
export interface MemoryLimitReport {
  readonly type: "memory_limit";
  readonly pid: Pid;
  /** What the mailbox has taken when that was told. */
  readonly bytes: number;
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

/**
 * What a process is and does now. Lists cost their length.
 * @see erlang:process_info/1
 */
export interface ProcessInfo {
  readonly status: "runnable" | "running" | "waiting" | "suspended" | "exiting";
  readonly registeredName: string | undefined;
  /** The name of its behaviour's module, where it has one. */
  readonly label: string | undefined;
  /** Who spawned it; 0: nobody. */
  readonly parent: Pid | 0;
  readonly kind: "host" | "native";
  readonly messageQueueLength: number;
  readonly reductions: number;
  readonly trapExit: boolean;
  readonly priority: Priority;
  readonly links: readonly Pid[];
  /** Whom it watches, one for each monitor. */
  readonly monitors: readonly Pid[];
  readonly monitoredBy: readonly Pid[];
  /** Whom it suspends. */
  readonly suspending: readonly Pid[];
  /** How many processes suspend it. */
  readonly suspended: number;
  /** Bytes of the kernel: its records and its mailbox. */
  readonly memory: number;
  /** Messages; 0: no limit. */
  readonly mailboxLimit: number;
  readonly aliases: number;
  /** How many groups it is in. */
  readonly groups: number;
  /** Timers that will send to it. */
  readonly timers: number;
}

/** What `processInfo(pid, item)` answers besides: what costs more than its length. */
export interface ProcessInfoItems extends ProcessInfo {
  /** Copies of the oldest messages of its mailbox, at most 1,000. O(messages²). */
  readonly messages: readonly unknown[];
}
