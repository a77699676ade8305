// The callbacks of a GenServer, with the types of what it takes where a module says them.
import type {
  Eventually, From, Kind, Process, Reason, ReplyOf, RequestOf, ServerMessages,
} from "../runtime/index.ts";
import type { SupervisedChild } from "./children.ts";
import type { CallResult, CastResult, InitResult, Ok, Stop } from "./results.ts";
import type { Status } from "./system.ts";

/**
 * The callbacks of a server with the state S, started with the arguments A: `init` is mandatory,
 * and each message that comes needs its own. With M, which says what the server takes, `handleCall`
 * and `handleCast` are a callback for each kind of request; without, one for all.
 * A result that a callback throws counts as its answer.
 */
export type GenServerModule<S, A = void, M = ServerMessages> =
  Lifecycle<S, A> & (ServerMessages extends M ? AnyHandlers<S> : Handlers<S, M>);

/** Where `sys` and crash reports find the state that users know, and how to replace it. */
export interface ShownState {
  get(state: any): unknown;
  set(state: any, shown: unknown): unknown;
}

interface Lifecycle<S, A> {
  /** For reports, and the default id in a supervisor. */
  readonly name?: string;
  /** Mandatory. Answers `ok(state)`, `ignore()` or `stop(reason)`; the starter waits for it. */
  init(args: A, self: Process): Eventually<InitResult<S>>;
  /** Runs at once after a callback that answered with `cont(term)`. */
  handleContinue?(term: any, state: S, self: Process): Eventually<CastResult<S>>;
  /**
   * Runs when a callback stops the server or throws, and on the parent's exit if exits are trapped.
   */
  terminate?(reason: Reason, state: S, self: Process): Eventually<unknown>;
  /**
   * Runs in a server that gets these callbacks by `GenServer.changeCode`, with the state that the
   * old ones left: answers `ok(state)`, or `stop(reason)`, with which the old ones go on.
   */
  codeChange?(old: any, extra: any, self: Process): Eventually<Ok<S> | Stop<unknown>>;
  /**
   * What `sys.getStatus` and crash reports show: leave secrets out.
   * @see gen_server:format_status/1
   */
  formatStatus?(status: Status<S>): Partial<Status<unknown>>;
  /** @internal Stopped first when the runtime stops. */
  readonly supervises?: boolean;
  /** @internal Of a behaviour made of this one: the part of the state that its users know. */
  readonly shownState?: ShownState;
  /** @internal The children of a supervisor. */
  supervised?(state: S): readonly SupervisedChild[];
}

interface AnyHandlers<S> {
  /** Answers `reply(value, state)`, `noreply(state)` or `stop(reason, state)`. */
  handleCall?(request: any, from: From, state: S, self: Process): Eventually<CallResult<S>>;
  handleCast?(message: any, state: S, self: Process): Eventually<CastResult<S>>;
  /** Any other message: plain ones, Exit, Down, and TIMEOUT (see `after`). Default: dropped. */
  handleInfo?(message: any, state: S, self: Process): Eventually<CastResult<S>>;
}

type Handlers<S, M> =
  ("calls" extends keyof M ? { readonly handleCall: CallHandlers<S, M> } : unknown) &
  ("casts" extends keyof M ? { readonly handleCast: CastHandlers<S, M> } : unknown) &
  (M extends { readonly infos: infer I } ? InfoHandler<S, I> : unknown);

/** One for each kind of call. */
export type CallHandlers<S, M> = {
  [K in Kind<M, "calls">]: (
    request: RequestOf<M, "calls", K>, from: From<ReplyOf<M, K>>, state: S, self: Process,
  ) => Eventually<CallResult<S, ReplyOf<M, K>>>;
};

/** One for each kind of cast. */
export type CastHandlers<S, M> = {
  [K in Kind<M, "casts">]: (
    message: RequestOf<M, "casts", K>, state: S, self: Process,
  ) => Eventually<CastResult<S>>;
};

interface InfoHandler<S, I> {
  handleInfo(message: I, state: S, self: Process): Eventually<CastResult<S>>;
}

/** As the server's process sees a module: functions or one for each kind, whichever. */
export interface AnyModule extends Lifecycle<any, any> {
  readonly handleCall?: AnyHandler | Readonly<Record<string, AnyHandler>>;
  readonly handleCast?: AnyHandler | Readonly<Record<string, AnyHandler>>;
  readonly handleInfo?: AnyHandler;
}

type AnyHandler = (...args: any[]) => unknown;
