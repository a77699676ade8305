// The callbacks of an event handler, and what they answer.
import type {
  Eventually, Kind, Pid, Process, Reason, ReplyOf, RequestOf, ServerMessages,
} from "../runtime/index.ts";
import type { Ok, Reply, Stop } from "./results.ts";

/**
 * The callbacks of a handler with the state S, added with the arguments A, for events E. M says
 * which calls it takes, as a server's messages do. What a callback throws, or an answer that is
 * none, removes the handler; the manager and the other handlers go on.
 */
export type EventHandler<S, A = void, E = any, M = ServerMessages> = HandlerBase<S, A, E> &
  (ServerMessages extends M
    ? {
      /** Answers `reply(value, state)`, `removeHandler(value)` or `swapHandler(…)`. */
      handleCall?(request: any, state: S, self: Process): Eventually<HandlerCallResult<S>>;
    }
    : "calls" extends keyof M ? { readonly handleCall: HandlerCalls<S, M> } : unknown);

interface HandlerBase<S, A, E> {
  /** Its id in the manager, unless it is added with another. */
  readonly name: string;
  /**
   * Answers `ok(state)`, or `stop(reason)`: then it is not added. A handler that takes the place of
   * another gets the arguments `{ args, from }`: from is what the other's `terminate` has answered,
   * undefined if there was none.
   */
  init(args: A, self: Process): Eventually<Ok<S> | Stop<unknown>>;
  /** Answers `ok(state)`, `removeHandler()` or `swapHandler(…)`. */
  readonly handleEvent: (event: E, state: S, self: Process) => Eventually<HandlerResult<S>>;
  /** Any other message that the manager gets. Default: dropped. */
  handleInfo?(message: any, state: S, self: Process): Eventually<HandlerResult<S>>;
  /** Runs whenever it is removed; its answer goes to who has deleted or swapped it. */
  terminate?(why: HandlerEnd, state: S, self: Process): Eventually<unknown>;
}

type HandlerCalls<S, M> = {
  [K in Kind<M, "calls">]: (request: RequestOf<M, "calls", K>, state: S, self: Process) =>
  Eventually<HandlerCallResult<S, ReplyOf<M, K>>>;
};

/** Why `terminate` runs: the first two with the arguments that they were asked with. */
export type HandlerEnd =
  | { readonly type: "deleted"; readonly args: unknown }
  | { readonly type: "swapped"; readonly args: unknown }
  /** It has asked for that. */
  | { readonly type: "removed" }
  /** The manager ends. */
  | { readonly type: "stopped" }
  /** Who has added it, supervised, has ended. */
  | { readonly type: "supervisorEnded"; readonly reason: Reason }
  | { readonly type: "failed"; readonly reason: Reason };

/** What comes to who has added a handler supervised, when it is gone. */
export interface HandlerExit {
  readonly type: "handlerExit";
  readonly manager: Pid;
  readonly handler: string;
  /** "normal", "shutdown", `{ swapped: id }`, or why it has failed. */
  readonly reason: Reason;
}

export interface RemoveHandler<V = unknown> {
  readonly type: "removeHandler"; readonly value: V;
}
export interface SwapHandler<S, V = unknown> {
  readonly type: "swapHandler"; readonly state: S; readonly swap: Swap; readonly value: V;
}
/** Another handler for the place of one. */
export interface Swap<A = any> {
  /** For the old one's `terminate`. */
  readonly oldArgs?: unknown;
  readonly handler: EventHandler<any, SwapArgs<A>, any, any>;
  /** For the new one's `init`. */
  readonly args: A;
  /** Default: the handler's name. */
  readonly id?: string;
}
/** What `init` of a handler gets that takes the place of another. */
export interface SwapArgs<A> { readonly args: A; readonly from: unknown }

/** What the other callbacks of a handler answer. */
export type HandlerResult<S> = Ok<S> | RemoveHandler | SwapHandler<S>;
/** What `handleCall` of a handler answers. */
export type HandlerCallResult<S, V = unknown> = Reply<S, V> | RemoveHandler<V> | SwapHandler<S, V>;

/** Removes this handler; from `handleCall` with the reply. */
export function removeHandler(): RemoveHandler<undefined>;
export function removeHandler<const V>(value: V): RemoveHandler<V>;
export function removeHandler(value?: unknown): RemoveHandler {
  return { type: "removeHandler", value };
}

/** Another handler takes this one's place; from `handleCall` with the reply. */
export function swapHandler<S>(state: S, swap: Swap): SwapHandler<S, undefined>;
export function swapHandler<S, const V>(state: S, swap: Swap, value: V): SwapHandler<S, V>;
export function swapHandler(state: unknown, swap: Swap, value?: unknown): SwapHandler<unknown> {
  return { type: "swapHandler", state, swap, value };
}

/** As the manager sees a handler's module. */
export interface AnyEventHandler extends HandlerBase<any, any, any> {
  readonly handleCall?: Callback | Readonly<Record<string, Callback>>;
}
type Callback = (...args: any[]) => unknown;

declare const messagesOf: unique symbol;
/** The id of a handler of which it is known what calls it takes. */
export type HandlerId<M> = string & { readonly [messagesOf]: M };
export type UntypedHandler = string & { readonly [messagesOf]?: never };
