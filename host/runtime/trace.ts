// Trace: what processes do, told to a function or a process while it happens.
//
//   runtime.trace({ processes: ["counter"], kinds: ["receive"], total: 10 }, (event) => …)
//
//   send, receive, spawn … ── any trace on? ── no ──► one test of a field, nothing else
//                                │ yes
//                  kind · process · match ──► limits ──► tracer ──► too many: it ends itself
//
// As recon_trace, a trace is safe to leave alone: it ends by its limits. A tracer itself is not
// traced. Costs: while one is on, O(size of the message) for each event that its filters let in.
import { Status } from "../kernel/abi.ts";
import type { Alias, Pid, Ref } from "../kernel/abi.ts";
import { messageOf } from "./behaviour.ts";
import type { Core } from "./core.ts";
import { badOption } from "./flags.ts";
import { shownCopy } from "./information.ts";
import { Tag } from "./messages.ts";
import type { Reason } from "./types.ts";

/** What can be traced. @see erlang:trace/3 */
export type TraceKind =
  "send" | "receive" | "call" | "spawn" | "exit" | "link" | "unlink" | "register" | "unregister";

/**
 * What a process, `pid` (0: from outside), has done; `atMs` is on the runtime's clock. Messages are
 * copies, as a plain process sees them (Call, Cast, Down …).
 */
export type TraceEvent = { readonly pid: Pid | 0; readonly atMs: number } & (
  /** `delivered` false: nobody was there, or the mailbox was full. A call is a request. */
  | {
    readonly kind: "send" | "call"; readonly to: Pid | Alias; readonly message: unknown;
    readonly delivered: boolean;
  }
  /** It has taken a message out of its mailbox, from this sender (0: none). */
  | { readonly kind: "receive"; readonly from: Pid | 0; readonly message: unknown }
  | { readonly kind: "spawn"; readonly child: Pid }
  | { readonly kind: "exit"; readonly reason: Reason }
  | { readonly kind: "link" | "unlink"; readonly other: Pid }
  | { readonly kind: "register" | "unregister"; readonly name: string }
);

/** The last that a tracer hears: why the trace has ended. */
export interface TraceStopped {
  readonly kind: "stopped";
  /** One of its limits, `stop()`, or the tracer: it has ended, is full, or has thrown. */
  readonly reason: "total" | "perSecond" | "stop" | "tracer";
}

/** Whom and what a trace tells of, and when it ends. */
export interface TraceOptions {
  /** Whom: pids and names, which are looked up at each event. Default: all, and outside. */
  readonly processes?: readonly (Pid | string)[];
  /** Processes that a traced one starts are traced as well. @see set_on_spawn */
  readonly setOnSpawn?: boolean;
  /** Default: all. */
  readonly kinds?: readonly TraceKind[];
  /** Asked last; only events that it answers true for count and are told. */
  readonly match?: (event: TraceEvent) => boolean;
  /** The trace ends with so many events; default 1,000. */
  readonly total?: number;
  /** It ends when there are more in a second; default 500. */
  readonly perSecond?: number;
}

/** A function, which may not throw, or a process, which gets the events as messages. */
export type Tracer = Pid | ((event: TraceEvent | TraceStopped) => void);

const TOTAL = 1_000;
const PER_SECOND = 500;
const WINDOW_MS = 1_000;

const kinds: readonly TraceKind[] =
  ["send", "receive", "call", "spawn", "exit", "link", "unlink", "register", "unregister"];

/** A trace that is on until a limit, or `stop()`. */
export class Trace {
  readonly #traces: Traces;
  readonly #options: TraceOptions;
  readonly #kinds: ReadonlySet<TraceKind>;
  readonly #pids: Set<Pid | string> | undefined;
  readonly #tracer: Tracer;
  readonly #total: number;
  readonly #perSecond: number;
  #told = 0;
  #windowEndsAtMs = -Infinity;
  #inWindow = 0;
  #isOn = true;

  /** @internal */
  constructor(traces: Traces, options: TraceOptions, tracer: Tracer) {
    this.#traces = traces;
    this.#options = options;
    this.#kinds = new Set((options.kinds ?? kinds).map(checkedKind));
    this.#pids = options.processes === undefined ? undefined : new Set(options.processes);
    this.#tracer = tracer;
    this.#total = limit("total", options.total ?? TOTAL);
    this.#perSecond = limit("perSecond", options.perSecond ?? PER_SECOND);
  }

  /** False once it has ended. */
  get isOn(): boolean {
    return this.#isOn;
  }

  /** Ends it; the tracer is told. Nothing if it has ended. */
  stop(): void {
    this.#end("stop");
  }

  /** @internal Whether events of this kind and process are wanted. */
  wants(kind: TraceKind, pid: Pid | 0): boolean {
    if (!this.#kinds.has(kind) && !(kind === "spawn" && this.#options.setOnSpawn === true)) {
      return false;
    }
    if (pid === this.#tracer) return false;
    const pids = this.#pids;
    if (pids === undefined || pids.has(pid as Pid)) return true;
    const name = pid === 0 ? "" : this.#traces.core.kernel.processName(pid);
    return name !== "" && pids.has(name);
  }

  /** @internal */
  tell(event: TraceEvent): void {
    if (event.kind === "spawn" && this.#options.setOnSpawn === true) this.#pids?.add(event.child);
    if (!this.#kinds.has(event.kind)) return;
    try {
      if (this.#options.match !== undefined && !this.#options.match(event)) return;
      if (event.atMs >= this.#windowEndsAtMs) {
        this.#windowEndsAtMs = event.atMs + WINDOW_MS;
        this.#inWindow = 0;
      }
      if (++this.#inWindow > this.#perSecond) return this.#end("perSecond");
      if (!this.#give(event)) return this.#end("tracer");
    } catch {
      return this.#end("tracer");
    }
    if (++this.#told >= this.#total) this.#end("total");
  }

  #give(event: TraceEvent | TraceStopped): boolean {
    if (typeof this.#tracer === "number") {
      const { core } = this.#traces;
      return core.sendOwned(0, this.#tracer, Tag.MESSAGE, 0, event) === Status.OK;
    }
    this.#tracer(event);
    return true;
  }

  #end(reason: TraceStopped["reason"]): void {
    if (!this.#isOn) return;
    this.#isOn = false;
    this.#traces.remove(this);
    try {
      this.#give({ kind: "stopped", reason });
    } catch {
      // Nobody is left who could be told.
    }
  }
}

/** All traces of a runtime that are on. */
export class Traces {
  /** @internal */
  readonly core: Core;
  readonly #on = new Set<Trace>();
  /** What a tracer does itself, while it is told, is not traced. */
  #isTelling = false;

  constructor(core: Core) {
    this.core = core;
  }

  add(options: TraceOptions, tracer: Tracer): Trace {
    const trace = new Trace(this, options, tracer);
    this.#on.add(trace);
    this.core.traces = this;
    return trace;
  }

  remove(trace: Trace): void {
    this.#on.delete(trace);
    if (this.#on.size === 0) this.core.traces = undefined;
  }

  /** Sends as without traces, and tells of it; the status of the send. */
  send(
    pid: Pid | 0, to: Pid | Alias, tag: number, ref: Ref | 0, message: unknown, isOwned: boolean,
  ): number {
    const { core } = this;
    let status: number;
    core.traces = undefined;
    try {
      status = isOwned ? core.sendOwned(pid, to, tag, ref, message)
        : core.post(pid, to, tag, ref, message);
    } finally {
      core.traces = this;
    }
    if (isInternal(tag)) return status;
    const delivered = status === Status.OK;
    this.#tell(tag === Tag.CALL ? "call" : "send", pid, (kind, atMs) =>
      ({ kind, pid, atMs, to, message: sentCopy(core, pid, tag, ref, message), delivered }));
    return status;
  }

  /** The message that is shown now is being taken. */
  received(pid: Pid): void {
    const { tag, from } = this.core.kernel.message;
    if (isInternal(tag)) return;
    this.#tell("receive", pid, (kind, atMs) =>
      ({ kind, pid, atMs, from: from as Pid | 0, message: shownCopy(this.core) }));
  }

  spawned(pid: Pid | 0, child: Pid): void {
    this.#tell("spawn", pid, (kind, atMs) => ({ kind, pid, atMs, child }));
  }

  ended(pid: Pid, reason: Reason): void {
    this.#tell("exit", pid, (kind, atMs) => ({ kind, pid, atMs, reason }));
  }

  linked(kind: "link" | "unlink", pid: Pid, other: Pid): void {
    this.#tell(kind, pid, (_kind, atMs) => ({ kind, pid, atMs, other }));
  }

  named(kind: "register" | "unregister", pid: Pid, name: string): void {
    this.#tell(kind, pid, (_kind, atMs) => ({ kind, pid, atMs, name }));
  }

  /** Each trace that wants it gets an event of its own. */
  #tell<K extends TraceKind>(
    kind: K, pid: Pid | 0, make: (kind: K, atMs: number) => TraceEvent,
  ): void {
    if (this.#isTelling) return;
    this.#isTelling = true;
    try {
      for (const trace of [...this.#on]) {
        if (trace.wants(kind, pid)) trace.tell(make(kind, this.core.clock.now()));
      }
    } finally {
      this.#isTelling = false;
    }
  }
}

/** What settles promises, and system messages, are nobody's messages. */
function isInternal(tag: number): boolean {
  return tag === Tag.SYSTEM || tag === Tag.RESOLVED || tag === Tag.REJECTED;
}

function sentCopy(
  core: Core, pid: Pid | 0, tag: number, ref: Ref | 0, message: unknown,
): unknown {
  let copy: unknown;
  try {
    copy = core.copy(message);
  } catch {
    copy = Object.prototype.toString.call(message);
  }
  return messageOf(tag, pid as Pid, ref as Ref, copy);
}

function limit(name: string, value: number): number {
  if (value >= 1) return value;
  throw badOption(name, value);
}

function checkedKind(kind: TraceKind): TraceKind {
  if (kinds.includes(kind)) return kind;
  throw badOption("kinds", kind);
}
