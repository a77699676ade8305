// GenServer.
import { ExitReason } from "../runtime/index.ts";
import type {
  Destination, Eventually, From, Operation, Pid, Process, Reason, Runtime, Timeout,
} from "../runtime/index.ts";
import type { CallResult, CastResult, InitResult } from "./results.ts";
import type { ChildSpec, Restart, Shutdown } from "./child-spec.ts";

/** The callbacks of a server; each may be a plain function or a generator. */
export interface GenServerModule<S, A = void> {
  /** For reports. */
  readonly name?: string;
  init(args: A, self: Process): Eventually<InitResult<S>>;
  handleCall?(request: any, from: From, state: S, self: Process): Eventually<CallResult<S>>;
  handleCast?(message: any, state: S, self: Process): Eventually<CastResult<S>>;
  /** Any other message: plain ones, Exit, Down, and TIMEOUT (see `after`). */
  handleInfo?(message: any | Timeout, state: S, self: Process): Eventually<CastResult<S>>;
  handleContinue?(term: any, state: S, self: Process): Eventually<CastResult<S>>;
  /** Runs when a callback stops the server or throws, and on the parent's exit if exits are trapped. */
  terminate?(reason: Reason, state: S, self: Process): Eventually<unknown>;
}

export interface ServerOptions {
  /** Registered before `init` runs; a taken name fails the start. */
  readonly name?: string;
  /** How long `init` may take; default Infinity. */
  readonly timeoutMs?: number;
}

export interface ChildOptions extends ServerOptions {
  readonly id?: string;
  readonly restart?: Restart;
  readonly shutdown?: Shutdown;
}

/** Thrown by a start that failed; uncaught, it ends the caller with the same reason. */
export class StartFailed extends ExitReason {}

/** Thrown by a call that got no reply; uncaught, it ends the caller. */
export class CallFailed extends ExitReason {
  readonly cause_: unknown = undefined;
}

export const GenServer = {
  startLink<S, A>(
    _self: Process, _module: GenServerModule<S, A>, _args: A, _options?: ServerOptions,
  ): Operation<Pid> { throw new Error("being written"); },

  start<S, A>(
    _self: Process, _module: GenServerModule<S, A>, _args: A, _options?: ServerOptions,
  ): Operation<Pid> { throw new Error("being written"); },

  /** A child specification: what a supervisor needs to start such a server. */
  spec<S, A>(
    _module: GenServerModule<S, A>, _args: A, _options?: ChildOptions,
  ): ChildSpec { throw new Error("being written"); },

  call<T = any>(
    _self: Process, _server: Destination, _request: unknown, _timeoutMs = 5000,
  ): Operation<T> { throw new Error("being written"); },

  cast(_self: Process | Runtime, _server: Destination, _message: unknown): boolean {
    throw new Error("being written");
  },

  reply(_self: Process, _from: From, _value: unknown): boolean {
    throw new Error("being written");
  },

  /** Ends a server in order and waits for its end. */
  stop(
    _self: Process, _server: Destination, _reason: Reason = "normal", _timeoutMs = Infinity,
  ): Operation<void> { throw new Error("being written"); },
};
