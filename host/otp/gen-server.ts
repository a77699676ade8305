// GenServer: a process that answers calls, one at a time, from a state that only it holds.
//
//   const counter: GenServerModule<number, number> = {
//     init: (start) => ok(start),
//     handleCall: (n: number, from, total) => reply(total + n, total + n),
//   };
//   const pid = yield* GenServer.startLink(self, counter, 0);
//   const total = yield* GenServer.call(self, pid, 5);
//
// server-process.ts draws the flow. Callbacks may be plain functions, generators (which may wait
// and call) or async. `self` in a callback is the server's process.
import { Option } from "../kernel/abi.ts";
import { answer, AwaitRef, CALL_TIMEOUT_MS, CallOperation } from "../runtime/call.ts";
import { ExitReason, Tag } from "../runtime/messages.ts";
import { Suspension, Waiting } from "../runtime/suspension.ts";
import type { Resumption } from "../runtime/suspension.ts";
import { Runtime, TIMEOUT } from "../runtime/index.ts";
import type {
  Destination, Down, Eventually, From, Operation, Pid, Process, Reason, Ref, Timeout,
} from "../runtime/index.ts";
import type { ChildSpec, Restart, Shutdown } from "./child-spec.ts";
import type { CallResult, CastResult, InitResult } from "./results.ts";
import { ServerProcess } from "./server-process.ts";
import type { Started, StopRequest } from "./server-process.ts";

/** The callbacks of a server: `init` is mandatory, and each message that comes needs its own. */
export interface GenServerModule<S, A = void> {
  /** For reports, and the default id in a supervisor. */
  readonly name?: string;
  /** Mandatory. Answers `ok(state)`, `ignore()` or `stop(reason)`; the starter waits for it. */
  init(args: A, self: Process): Eventually<InitResult<S>>;
  /** Answers `reply(value, state)`, `noreply(state)` or `stop(reason, state)`. */
  handleCall?(request: any, from: From, state: S, self: Process): Eventually<CallResult<S>>;
  handleCast?(message: any, state: S, self: Process): Eventually<CastResult<S>>;
  /** Any other message: plain ones, Exit, Down, and TIMEOUT (see `after`). Default: dropped. */
  handleInfo?(message: any, state: S, self: Process): Eventually<CastResult<S>>;
  /** Runs at once after a callback that answered with `cont(term)`. */
  handleContinue?(term: any, state: S, self: Process): Eventually<CastResult<S>>;
  /**
   * Runs when a callback stops the server or throws, and on the parent's exit if exits are trapped.
   */
  terminate?(reason: Reason, state: S, self: Process): Eventually<unknown>;
  /** @internal Stopped first when the runtime stops. */
  readonly supervises?: boolean;
}

export interface ServerOptions {
  /** Registered before `init` runs; a taken name fails the start with `{ alreadyStarted: pid }`. */
  readonly name?: string;
  /** How long `init` may take; default Infinity. Then the server is killed. */
  readonly timeoutMs?: number;
}

export interface ChildOptions extends ServerOptions {
  /** Default: the options' name, then the module's. */
  readonly id?: string;
  readonly restart?: Restart;
  readonly shutdown?: Shutdown;
}

/** Thrown by a start that failed, with the server's reason; uncaught, it ends the starter. */
export class StartFailed extends ExitReason {
  /** True if `init` has answered `ignore()`. */
  readonly ignored: boolean;

  constructor(reason: Reason, ignored = false) {
    super(reason);
    this.name = "StartFailed";
    this.ignored = ignored;
  }
}

/** Spawns a server and waits until its `init` has ended. */
class StartOperation extends Suspension {
  readonly #self: Process;
  readonly #module: GenServerModule<any, any>;
  readonly #args: unknown;
  readonly #name: string | undefined;
  readonly #linked: boolean;
  #pid: Pid | 0 = 0;

  constructor(
    self: Process, module: GenServerModule<any, any>, args: unknown, linked: boolean,
    options: ServerOptions | undefined,
  ) {
    super(Waiting.REFERENCE, undefined, options?.timeoutMs ?? Infinity);
    this.#self = self;
    this.#module = module;
    this.#args = args;
    this.#name = options?.name;
    this.#linked = linked;
  }

  protected override begin() {
    const self = this.#self;
    const { core, pid: starter } = self;
    const options = Option.MONITOR | (this.#linked ? Option.LINK : 0);
    core.mark(starter);
    this.#pid = core.spawnBehaviour(starter, options, (machine, pid) => {
      const ref = machine.kernel.lastRef;
      this.ref = ref;
      const birth = { args: this.#args, starter, ref, name: this.#name };
      return new ServerProcess(machine, pid, this.#module, this.#linked ? starter : 0, birth);
    });
    return super.begin();
  }

  protected override end(resumption: Resumption) {
    const self = this.#self;
    const pid = this.#pid as Pid;
    if (resumption.tag === Tag.DOWN) throw new StartFailed((resumption.value as Down).reason);
    self.demonitor(this.ref as Ref, { flush: true });
    if (resumption.tag === Tag.TIMED_OUT) {
      if (this.#linked) self.unlink(pid);
      self.exit(pid, "kill");
      throw new StartFailed("timeout");
    }
    const answer = resumption.value as Started;
    if (answer.type === "failed") throw new StartFailed(answer.reason);
    if (answer.type === "ignored") throw new StartFailed("ignore", true);
    resumption.value = pid;
    return resumption;
  }
}

export const GenServer = {
  /**
   * Starts a server that is linked to this process; answers its pid when `init` has answered `ok`.
   * Throws StartFailed otherwise: the server is gone then, its name is free, and no Exit of it
   * comes.
   * @see gen_server:start_link/3,4, which answers {error, Reason} instead
   */
  startLink<S, A>(
    self: Process, module: GenServerModule<S, A>, args: A, options?: ServerOptions,
  ): Operation<Pid> {
    return new StartOperation(self, module, args, true, options);
  },

  /** As startLink, without the link. @see gen_server:start/3,4 */
  start<S, A>(
    self: Process, module: GenServerModule<S, A>, args: A, options?: ServerOptions,
  ): Operation<Pid> {
    return new StartOperation(self, module, args, false, options);
  },

  /** A child specification: what a supervisor needs to start such a server. */
  spec<S, A>(module: GenServerModule<S, A>, args: A, options: ChildOptions = {}): ChildSpec {
    const { restart, shutdown } = options;
    return {
      id: options.id ?? options.name ?? module.name ?? "server",
      start: (self) => GenServer.startLink(self, module, args, options),
      ...(restart !== undefined && { restart }),
      ...(shutdown !== undefined && { shutdown }),
    };
  },

  /**
   * Asks a server and waits for its reply: a copy, the caller's own.
   * Throws CallFailed if the server is dead ("noproc"), ends before it replies, refuses the request
   * because its mailbox is full ("mailbox_full"), or takes longer than `timeoutMs` (a reply that
   * comes later is dropped). @see gen_server:call/2,3
   */
  call<T = any>(
    self: Process, server: Destination, request: unknown, timeoutMs: number = CALL_TIMEOUT_MS,
  ): Operation<T> {
    return new CallOperation(self, server, request, timeoutMs);
  },

  /**
   * Sends without waiting; false if there is no such server, or its mailbox is full.
   * @see gen_server:cast/2
   */
  cast(self: Process | Runtime, server: Destination, message: unknown): boolean {
    if (self instanceof Runtime) return self.cast(server, message);
    return self.core.send(self.pid, server, Tag.CAST, 0, message);
  },

  /**
   * Answers a call later, from any process; false if the caller is dead. @see gen_server:reply/2
   */
  reply(self: Process, from: From, value: unknown): boolean {
    return answer(self.core, self.pid, from, value);
  },

  /**
   * Ends a server in order (`terminate` runs) and waits until it is gone.
   * Throws ExitReason "noproc" or "timeout". @see gen_server:stop/1,3
   */
  *stop(
    self: Process, server: Destination, reason: Reason = "normal", timeoutMs = Infinity,
  ): Operation<void> {
    self.core.mark(self.pid);
    const ref = self.monitor(server);
    const request: StopRequest = { stop: reason };
    self.core.send(self.pid, server, Tag.SYSTEM, ref, request);
    const down: Down | Timeout = yield* new AwaitRef(ref, timeoutMs);
    if (down === TIMEOUT) {
      self.demonitor(ref, { flush: true });
      throw new ExitReason("timeout");
    }
    if (down.reason === "noproc") throw new ExitReason("noproc");
  },
};
