// What callbacks of a GenServer answer: closed unions, made by the functions here.
import type { Reason } from "../runtime/index.ts";

export interface Ok<S> { readonly type: "ok"; readonly state: S; readonly next: Next }
export interface Ignore { readonly type: "ignore" }
export interface Reply<S> {
  readonly type: "reply"; readonly value: unknown; readonly state: S; readonly next: Next;
}
export interface NoReply<S> { readonly type: "noreply"; readonly state: S; readonly next: Next }
export interface Stop<S> {
  readonly type: "stop"; readonly reason: Reason; readonly state: S;
  /** Undefined: the caller gets no reply. */
  readonly reply: { readonly value: unknown } | undefined;
}

/** What happens right after a callback, before any message that is queued. */
export type Next =
  | undefined
  /** handleContinue(term) runs at once. */
  | { readonly type: "continue"; readonly term: unknown }
  /** handleInfo(GenServer.TIMEOUT) runs if no message comes for so long. */
  | { readonly type: "timeout"; readonly ms: number };

export type InitResult<S> = Ok<S> | Ignore | Stop<unknown>;
export type CallResult<S> = Reply<S> | NoReply<S> | Stop<S>;
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
export function reply<S>(value: unknown, state: S, next?: Next): Reply<S> {
  return { type: "reply", value, state, next };
}

/** Goes on; a caller is answered later with `GenServer.reply`. */
export function noreply<S>(state: S, next?: Next): NoReply<S> {
  return { type: "noreply", state, next };
}

/** Ends the server: `terminate` runs, then the process exits with `reason`. */
export function stop<S = undefined>(reason: Reason, state?: S): Stop<S> {
  return { type: "stop", reason, state: state as S, reply: undefined };
}

/** Answers the caller, then ends the server. */
export function stopReply<S>(reason: Reason, value: unknown, state: S): Stop<S> {
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
