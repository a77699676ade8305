// What callbacks of a GenServer answer: closed unions, made by the functions here.
import type { Reason } from "../runtime/index.ts";

/** `ok(state, next)`. */
export interface Ok<S> { readonly type: "ok"; readonly state: S; readonly next: Next }
/** `ignore()`. */
export interface Ignore { readonly type: "ignore" }
/** `reply(value, state, next)`. */
export interface Reply<S, V = unknown> {
  readonly type: "reply"; readonly value: V; readonly state: S; readonly next: Next;
}
/** `noreply(state, next)`. */
export interface NoReply<S> { readonly type: "noreply"; readonly state: S; readonly next: Next }
/** `stop(reason, state)` and `stopReply(reason, value, state)`. */
export interface Stop<S, V = unknown> {
  readonly type: "stop"; readonly reason: Reason; readonly state: S;
  /** Undefined: the caller gets no reply. */
  readonly reply: { readonly value: V } | undefined;
}

/** What happens right after a callback, before any message that is queued. */
export type Next =
  | undefined
  /** handleContinue(term) runs at once. */
  | { readonly type: "continue"; readonly term: unknown }
  /** handleInfo(GenServer.TIMEOUT) runs if no message comes for so long. */
  | { readonly type: "timeout"; readonly ms: number }
  /** Sleeps until any message comes. */
  | Hibernate;

/** `hibernate()`. */
export interface Hibernate { readonly type: "hibernate" }

/** What `init` answers. */
export type InitResult<S> = Ok<S> | Ignore | Stop<unknown>;
/** What `handleCall` answers. */
export type CallResult<S, V = unknown> = Reply<S, V> | NoReply<S> | Stop<S, V>;
/** What `handleCast`, `handleInfo` and `handleContinue` answer. */
export type CastResult<S> = NoReply<S> | Stop<S>;
/** What any callback after init may have answered. */
export type Result<S> = Reply<S> | NoReply<S> | Stop<S>;

/** From `init`: the server is up. */
export function ok<S>(state: S, next?: Next): Ok<S> {
  return { type: "ok", state, next };
}

/** From `init`: no server is wanted; it ends as `normal`. */
export function ignore(): Ignore {
  return { type: "ignore" };
}

/** Answers the caller. */
export function reply<S, const V>(value: V, state: S, next?: Next): Reply<S, V> {
  return { type: "reply", value, state, next };
}

/** Goes on; a caller is answered later with `GenServer.reply`. */
export function noreply<S>(state: S, next?: Next): NoReply<S> {
  return { type: "noreply", state, next };
}

/** Ends the server: `terminate` runs, then the process exits with `reason`. */
export function stop<S = undefined>(reason: Reason, state?: S): Stop<S, never> {
  return { type: "stop", reason, state: state as S, reply: undefined };
}

/** Answers the caller, then ends the server. */
export function stopReply<S, const V>(reason: Reason, value: V, state: S): Stop<S, V> {
  return { type: "stop", reason, state, reply: { value } };
}

/** As `next`: `handleContinue(term)` runs before any message. */
export function cont(term: unknown): Next {
  return { type: "continue", term };
}

/** As `next`: `handleInfo(TIMEOUT)` runs if no message comes for `ms`. */
export function after(ms: number): Next {
  return { type: "timeout", ms };
}

/**
 * As `next`, or an action of a state machine: the server sleeps until any message comes, without a
 * time. It costs no less than other waiting: an idle server holds nothing but its state.
 * @see proc_lib:hibernate/3
 */
export function hibernate(): Hibernate {
  return { type: "hibernate" };
}

/**
 * The result that a callback has thrown, which counts as if it had answered it; else undefined.
 * @see gen_server: `catch throw:R -> {ok, R}`
 */
export function thrownResult(thrown: unknown): { readonly type: string } | undefined {
  try {
    // What these functions make is plain data with these very fields.
    if (Object.getPrototypeOf(thrown) !== Object.prototype) return undefined;
    const keys = Object.keys(thrown as object).join();
    return shapes.get((thrown as Ignore).type) === keys ? thrown as Ignore : undefined;
  } catch {
    // Nothing that has a prototype, or a proxy that can't be asked.
    return undefined;
  }
}

const shapes: ReadonlyMap<string, string> = new Map([
  ["ok", "type,state,next"], ["ignore", "type"], ["reply", "type,value,state,next"],
  ["noreply", "type,state,next"], ["stop", "type,reason,state,reply"],
  ["nextState", "type,state,data,actions"], ["keepState", "type,data,actions"],
  ["keepStateAndData", "type,actions"], ["repeatState", "type,data,actions"],
  ["repeatStateAndData", "type,actions"], ["stopAndReply", "type,reason,replies,data"],
]);
