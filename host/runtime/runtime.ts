// Runtime: one kernel with its processes, driven by Node's event loop.
import { PidgeonError } from "../errors.ts";
import type { Limits, Pid } from "../kernel/abi.ts";
import { Kernel, loadKernel } from "../kernel/kernel.ts";
import { Behaviour } from "./behaviour.ts";
import { AwaitRef, CALL_TIMEOUT_MS, CallOperation } from "./call.ts";
import type { CallOptions } from "./call.ts";
import { SystemClock } from "./clock.ts";
import type { Clock } from "./clock.ts";
import { Core } from "./core.ts";
import { badOption } from "./flags.ts";
import * as groups from "./groups.ts";
import { processInfo, processItem } from "./information.ts";
import { guarded, limited, logToConsole } from "./logging.ts";
import { Inbox } from "./inbox.ts";
import type { InboxOptions } from "./inbox.ts";
import { Down, ExitReason, Tag } from "./messages.ts";
import { receive } from "./operations.ts";
import type { Process } from "./process.ts";
import { Pump } from "./pump.ts";
import { stopOnSignals } from "./stop-signals.ts";
import type { StopSignalOptions } from "./stop-signals.ts";
import type {
  Kind, ReplyOf, RequestOf, ServerRef, UntypedServer,
} from "./server-types.ts";
import type { SystemMonitorSettings } from "./system-monitor.ts";
import { Traces } from "./trace.ts";
import type { Trace, TraceOptions, Tracer } from "./trace.ts";
import { Turns } from "./turns.ts";
import type {
  Body, Callbacks, Destination, Logger, Operation, ProcessInfo, ProcessInfoItems, Reason,
  SendDestination, SendResult, SpawnOptions,
} from "./types.ts";

/** What a runtime is started with: sizes, clock, logger, kernel. All have defaults. */
export interface RuntimeOptions {
  /** Sizes of the kernel's tables; see host/kernel/abi.ts. */
  readonly limits?: Partial<Limits>;
  /** Gets crash and long_schedule reports. Default: one line each by console.error. */
  readonly logger?: Logger;
  /** Default: SystemClock. Tests give a ManualClock. */
  readonly clock?: Clock;
  /**
   * True: nothing runs by itself, only in `pump()`, and when a clock that you gave rings its alarm.
   * For tests and for hosts with their own loop.
   */
  readonly manual?: boolean;
  /** A turn that takes longer is reported as long_schedule. Default 250 ms. */
  readonly longScheduleMs?: number;
  /** More reports are dropped, and counted in a DroppedReport. Default 500. */
  readonly reportsPerSecond?: number;
  /** Another kernel.wasm: one compiled together with native processes of yours. */
  readonly kernel?: BufferSource;
}

const LONG_SCHEDULE_MS = 250;
/** As the burst limit of OTP's logger. */
const REPORTS_PER_SECOND = 500;
const STOP_TIMEOUT_MS = 5_000;

/** A kernel with its processes, from outside of them. Several in one program share nothing. */
export class Runtime {
  /** @internal */
  readonly core: Core;
  readonly #turns: Turns;
  readonly #pump: Pump;
  readonly #manual: boolean;
  #stopping: Promise<void> | undefined;
  #stopped = false;

  private constructor(options: RuntimeOptions) {
    const kernel = options.kernel === undefined
      ? loadKernel(options.limits) : Kernel.instantiate(options.kernel, options.limits);
    const clock = options.clock ?? new SystemClock();
    const perSecond = options.reportsPerSecond ?? REPORTS_PER_SECOND;
    if (!(perSecond >= 0)) throw badOption("reportsPerSecond", perSecond);
    const logger = limited(guarded(options.logger ?? logToConsole), clock, perSecond);
    this.core = new Core(this, kernel, clock, logger);
    this.#turns = new Turns(this.core);
    this.#manual = options.manual === true;
    this.#pump = new Pump(this.core, this.#turns, {
      manual: this.#manual,
      alarms: !this.#manual || options.clock !== undefined,
      longScheduleMs: options.longScheduleMs ?? LONG_SCHEDULE_MS,
      logger,
    });
    this.core.tellTime();
  }

  /** Loads kernel.wasm and starts. Synchronous. */
  static start(options: RuntimeOptions = {}): Runtime {
    return new Runtime(options);
  }

  /** Starts a process from outside; it has no parent. */
  spawn<A extends readonly unknown[]>(body: Body<A>, ...args: A): Pid {
    this.assertRunning();
    return this.core.spawn(0, 0, body, args);
  }

  /**
   * Starts a callback process from outside; it has no parent. Throws as `Process.spawnOpt`. O(1).
   */
  spawnCallback(callbacks: Callbacks, options?: SpawnOptions): Pid {
    this.assertRunning();
    return this.core.spawnCallback(0, callbacks, options);
  }

  /** Starts a process of a handler in kernel.wasm; see Process.spawnNative. */
  spawnNative(handler: number, argument = 0, options?: SpawnOptions): Pid {
    this.assertRunning();
    return this.core.spawnNative(0, handler, argument, options);
  }

  /**
   * Runs a body as a process and answers with what it returns (by reference).
   * Rejects with the error that ended it, or with ExitReason if it was ended from elsewhere.
   */
  run<T, A extends readonly unknown[]>(body: Body<A, T>, ...args: A): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const pid = this.spawn(body, ...args);
      this.#turns.outcomes.set(pid, { resolve: resolve as (value: unknown) => void, reject });
    });
  }

  /** Sends from outside of all processes: see Process.send. */
  send(to: SendDestination, message: unknown): boolean {
    return this.core.send(0, to, Tag.MESSAGE, 0, message);
  }

  /** The same, and tells why a message was not taken: see Process.trySend. */
  trySend(to: SendDestination, message: unknown): SendResult {
    return this.core.trySend(0, to, Tag.MESSAGE, 0, message);
  }

  /**
   * GenServer.call from outside; the reply is the caller's.
   * Rejects with CallFailed: "noproc", "timeout", or why the server ended; with the reason of
   * `signal` if that is aborted first.
   */
  call<M, K extends Kind<M, "calls">>(
    server: ServerRef<M>, request: RequestOf<M, "calls", K>, options?: CallOptions,
  ): Promise<ReplyOf<M, K>>;
  call<T = any>(server: UntypedServer, request: unknown, options?: CallOptions): Promise<T>;
  call(server: Destination, request: unknown, options?: CallOptions): Promise<unknown> {
    return this.run(callingBody, server, request, options);
  }

  /** A mailbox outside of processes: `for await (const message of runtime.inbox())`. */
  inbox<T = any>(options: InboxOptions = {}): Inbox<T> {
    this.assertRunning();
    return new Inbox<T>(this, options);
  }

  /**
   * A signal that is aborted, with an ExitReason, when the process has ended, or if it is dead.
   * It takes a process that watches. Inside of processes: `self.abortSignal`.
   */
  abortSignal(pid: Pid): AbortSignal {
    const controller = new AbortController();
    this.spawn(function* (self): Operation<void> {
      self.monitor(pid);
      const { reason } = yield* receive(Down);
      controller.abort(new ExitReason(reason));
    });
    return controller.signal;
  }

  /** Sends from outside to every member of a group: see Process.sendToGroup. */
  sendToGroup(group: string, message: unknown): number {
    return groups.sendToGroup(this.core, 0, Tag.MESSAGE, group, message);
  }

  /** See Process.getMembers. */
  getMembers(group: string): Pid[] {
    return groups.getMembers(this.core, group);
  }

  /** GenServer.cast from outside. */
  cast<M, K extends Kind<M, "casts">>(
    server: ServerRef<M>, message: RequestOf<M, "casts", K>,
  ): boolean;
  cast(server: UntypedServer, message: unknown): boolean;
  cast(server: Destination, request: unknown): boolean {
    return this.core.send(0, server, Tag.CAST, 0, request);
  }

  /** The process that has a name now; undefined if there is none. O(1). @see erlang:whereis/1 */
  whereis(name: string): Pid | undefined {
    return this.core.whereis(name);
  }

  /** False as soon as the process has ended. O(1). @see erlang:is_process_alive/1 */
  isAlive(pid: Pid): boolean {
    return this.core.kernel.isAlive(pid);
  }

  /** Sends an exit signal from outside. */
  exit(pid: Pid, reason: Reason): void {
    this.core.exit(0, pid, reason);
  }

  /**
   * What a process is and does, or one item of it: the only way to its messages, and cheaper.
   * Undefined if it is dead. O(its relations).
   * @see erlang:process_info/2
   */
  processInfo(pid: Pid): ProcessInfo | undefined;
  processInfo<I extends keyof ProcessInfoItems>(
    pid: Pid, item: I,
  ): ProcessInfoItems[I] | undefined;
  processInfo(pid: Pid, item?: keyof ProcessInfoItems): unknown {
    return item === undefined ? processInfo(this.core, pid) : processItem(this.core, pid, item);
  }

  /** All live processes, native ones too. O(slots). @see erlang:processes/0 */
  processes(): Pid[] {
    return [...this.core.kernel.processes()];
  }

  /**
   * The time in ms on the runtime's clock, as absolute timers count.
   * @see erlang:monotonic_time/1
   */
  monotonicTime(): number {
    return this.core.clock.now();
  }

  /**
   * Has a process be told of long mailboxes and turns: it gets SystemMonitorMessages. There is one;
   * a new call takes the place of the old one, `undefined` ends it, and so does its own end.
   * Answers what was set before. Throws PIDGEON_BAD_OPTION.
   * @see erlang:system_monitor/2; nothing is told of the monitor itself
   */
  systemMonitor(settings: SystemMonitorSettings | undefined): SystemMonitorSettings | undefined {
    return this.core.systemMonitor.set(settings);
  }

  /**
   * Tells a function or a process what processes do, until a limit is reached (1,000 events, 500 in
   * a second, if you say nothing) or `stop()`. Several may be on. Sends to groups, sends of native
   * processes, and to names that nobody has are not told. Throws PIDGEON_BAD_OPTION.
   * @see erlang:trace/3, whose `receive` is told when a message comes, not when it is taken; and
   * recon_trace, for the limits
   */
  trace(options: TraceOptions, tracer: Tracer): Trace {
    return (this.core.traces ?? new Traces(this.core)).add(options, tracer);
  }

  /**
   * A counter of the kernel: `Counter.SENDS`, `Counter.DEAD_LETTERS` (messages whose receiver was
   * gone, or whose mailbox dropped them) … of host/kernel/abi.ts.
   */
  counter(id: number): number {
    return this.core.kernel.counter(id);
  }

  /** Runs everything that is due now, without giving way to the event loop. */
  pump(): void {
    this.#pump.runToIdle();
  }

  /**
   * Ends in order: root supervisors get `shutdown` and stop their children, then the rest is
   * killed.
   * After `timeoutMs` (default 5,000) of waiting for supervisors everything is killed.
   */
  stop(options?: { readonly timeoutMs?: number }): Promise<void> {
    this.#stopping ??= this.#stop(options?.timeoutMs ?? STOP_TIMEOUT_MS);
    return this.#stopping;
  }

  /**
   * Stops the runtime in order on SIGTERM and SIGINT, then sends the process the signal again: it
   * ends by it, or others who handle it hear it twice. A second one ends it at once. Answers a
   * function that takes this back. Nothing is installed without this call.
   */
  stopOnSignals(options: StopSignalOptions = {}): () => void {
    const { signals = ["SIGTERM", "SIGINT"], timeoutMs = STOP_TIMEOUT_MS, echoMs } = options;
    // The runtime's own time comes first: then what is left is killed, and the stop is done.
    const stop = options.stop ?? (() => this.stop({ timeoutMs: timeoutMs * 0.9 }));
    return stopOnSignals(stop, signals, timeoutMs, echoMs);
  }

  async #stop(timeoutMs: number): Promise<void> {
    const roots = this.#rootSupervisors();
    if (roots.length > 0) await this.#shutDown(roots, timeoutMs);
    for (const pid of [...this.core.kernel.processes()]) this.core.exit(0, pid, "kill");
    this.#pump.runToIdle();
    this.#pump.stop();
    this.#stopped = true;
  }

  /** Supervisors that no other supervisor will stop. */
  #rootSupervisors(): Behaviour[] {
    const { table } = this.core;
    return table.selves.filter((self): self is Behaviour => {
      if (!(self instanceof Behaviour) || !self.supervises) return false;
      const parent = self.parent === 0 ? undefined : table.find(self.parent);
      return !(parent instanceof Behaviour && parent.supervises);
    });
  }

  async #shutDown(roots: readonly Behaviour[], timeoutMs: number): Promise<void> {
    const ended = this.run(function* (self: Process): Operation<void> {
      const refs = roots.map((root) => {
        const ref = self.monitor(root.pid);
        // As from its parent: that is what makes a supervisor end in order.
        self.core.exit(root.parent, root.pid, "shutdown");
        return ref;
      });
      for (const ref of refs) yield* new AwaitRef(ref);
    });
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => { timer = setTimeout(resolve, timeoutMs); });
    if (this.#manual) this.pump();
    await Promise.race([ended, late]);
    clearTimeout(timer);
  }

  /** @internal */
  assertRunning(): void {
    if (this.#stopped) throw new PidgeonError("PIDGEON_RUNTIME_STOPPED");
  }
}

function* callingBody(
  self: Process, server: Destination, request: unknown, options: CallOptions = {},
): Operation<unknown> {
  const { timeoutMs = CALL_TIMEOUT_MS, signal } = options;
  return yield* new CallOperation(self, server, request, timeoutMs, false, Tag.CALL, signal);
}
