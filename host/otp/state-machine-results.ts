// What callbacks of a GenStateMachine answer: the state that comes next, and actions on the way.
import { PidgeonError } from "../errors.ts";
import { TIME_MS_MAX } from "../runtime/clock.ts";
import type { From, Reason } from "../runtime/index.ts";
import type { GenStateMachineModule } from "./gen-state-machine-module.ts";
import type { Hibernate } from "./results.ts";

/** `nextState(state, data, …)`. */
export interface NextState<S, D, A = never> {
  readonly type: "nextState"; readonly state: S; readonly data: D; readonly actions: readonly A[];
}
/** `keepState(data, …)` and `repeatState(data, …)`. */
export interface KeepState<D, A = never> {
  readonly type: "keepState" | "repeatState"; readonly data: D; readonly actions: readonly A[];
}
/** `keepStateAndData(…)` and `repeatStateAndData(…)`. */
export interface KeepStateAndData<A = never> {
  readonly type: "keepStateAndData" | "repeatStateAndData"; readonly actions: readonly A[];
}
/** `stopAndReply(reason, replies, data)`. */
export interface StopAndReply<D> {
  readonly type: "stopAndReply"; readonly reason: Reason; readonly replies: readonly ReplyTo[];
  /** Undefined: the data are as they were. */
  readonly data: D | undefined;
}

/** `replyTo(from, value)`. */
export interface ReplyTo {
  readonly type: "replyTo"; readonly from: From; readonly value: unknown;
}
/** `postpone()`. */
export interface Postpone { readonly type: "postpone" }
/** `nextEvent(…)`. */
export interface NextEvent<E> { readonly type: "nextEvent"; readonly event: E }

/** When: a time, or what becomes of the one that runs. */
export type When = number | "update" | "cancel";
interface TimeoutOf<C> {
  readonly when: When; readonly content: C; readonly isAbsolute: boolean;
}
/** `eventTimeout(…)`. */
export interface EventTimeout<C> extends TimeoutOf<C> { readonly type: "eventTimeout" }
/** `stateTimeout(…)`. */
export interface StateTimeout<C> extends TimeoutOf<C> { readonly type: "stateTimeout" }
/** `genericTimeout(…)`. */
export interface GenericTimeout<N, C> extends TimeoutOf<C> {
  readonly type: "timeout"; readonly name: N;
}
/** Any of the three kinds. */
export type AnyTimeout =
  EventTimeout<unknown> | StateTimeout<unknown> | GenericTimeout<string, unknown>;

export interface ModuleChange {
  readonly type: "changeCallbackModule" | "pushCallbackModule";
  readonly module: GenStateMachineModule<any, any, any, any>;
}
export interface ModulePop { readonly type: "popCallbackModule" }

/** Actions that a state enter call may answer as well. */
export type EnterAction = ReplyTo | Hibernate | AnyTimeout;
export type AnyAction = EnterAction | Postpone | NextEvent<any> | ModuleChange | ModulePop;

/** How the time of a time-out is counted. */
export interface TimeoutOptions {
  /** The time is one of the runtime's clock (`monotonicTime`), not from now on. */
  readonly absolute?: boolean;
}

/**
 * The state that comes next: a change, unless it is the one that is. From `init`: the first.
 * @see gen_statem: `{next_state, State, Data, Actions}`
 */
export function nextState<const S, D, A extends readonly AnyAction[]>(
  state: S, data: D, ...actions: A
): NextState<S, D, A[number]> {
  return { type: "nextState", state, data, actions };
}

/** The state stays, with other data. */
export function keepState<D, A extends readonly AnyAction[]>(
  data: D, ...actions: A
): KeepState<D, A[number]> {
  return { type: "keepState", data, actions };
}

/** All stays as it is. */
export function keepStateAndData<A extends readonly AnyAction[]>(
  ...actions: A
): KeepStateAndData<A[number]> {
  return { type: "keepStateAndData", actions };
}

/** The state stays, and is entered anew. Postponed events are not tried again. */
export function repeatState<D, A extends readonly AnyAction[]>(
  data: D, ...actions: A
): KeepState<D, A[number]> {
  return { type: "repeatState", data, actions };
}

/** The same, with the data as they are. */
export function repeatStateAndData<A extends readonly AnyAction[]>(
  ...actions: A
): KeepStateAndData<A[number]> {
  return { type: "repeatStateAndData", actions };
}

/** Answers callers, then ends the machine as `stop` does. */
export function stopAndReply<D = undefined>(
  reason: Reason, replies: ReplyTo | readonly ReplyTo[], data?: D,
): StopAndReply<D> {
  const all = "type" in replies ? [replies] : replies;
  return { type: "stopAndReply", reason, replies: all, data };
}

/** Action: answers a call, this one or one of before. */
export function replyTo<V>(from: From<V>, value: NoInfer<V>): ReplyTo {
  return { type: "replyTo", from, value };
}

/** Action: this event waits for a change of state, and is tried again then, before newer ones. */
export function postpone(): Postpone {
  return { type: "postpone" };
}

/**
 * Action: an event that comes before all that are queued; several in their order. An internal one:
 * `nextEvent({ type: "internal", content })`.
 */
export function nextEvent<const E>(event: E): NextEvent<E> {
  return { type: "nextEvent", event };
}

/**
 * Action: a time-out that any event ends. 0: after the events that are queued in the machine,
 * before those in its mailbox. Infinity or "cancel" ends it; "update" changes the content of one
 * that runs, and is 0 if there is none. Throws PIDGEON_BAD_TIME. @see gen_statem, event_timeout
 */
export function eventTimeout<const C = undefined>(
  when: When, content?: C, options?: TimeoutOptions,
): EventTimeout<C> {
  return { type: "eventTimeout", ...timeoutOf(when, content as C, options) };
}

/** Action: a time-out that a change of state ends. @see eventTimeout; gen_statem, state_timeout */
export function stateTimeout<const C = undefined>(
  when: When, content?: C, options?: TimeoutOptions,
): StateTimeout<C> {
  return { type: "stateTimeout", ...timeoutOf(when, content as C, options) };
}

/**
 * Action: a time-out with a name, which goes on whatever happens; started anew, it takes the place
 * of the one that runs. @see eventTimeout; gen_statem, generic_timeout
 */
export function genericTimeout<const N extends string, const C = undefined>(
  name: N, when: When, content?: C, options?: TimeoutOptions,
): GenericTimeout<N, C> {
  return { type: "timeout", name, ...timeoutOf(when, content as C, options) };
}

/** Action: other callbacks go on from here. @see gen_statem, change_callback_module */
export function changeCallbackModule(
  module: GenStateMachineModule<any, any, any, any>,
): ModuleChange {
  return { type: "changeCallbackModule", module };
}

/** Action: other callbacks go on, until they are popped. @see gen_statem, push_callback_module */
export function pushCallbackModule(
  module: GenStateMachineModule<any, any, any, any>,
): ModuleChange {
  return { type: "pushCallbackModule", module };
}

/** Action: the callbacks of before the last push. @see gen_statem, pop_callback_module */
export function popCallbackModule(): ModulePop {
  return { type: "popCallbackModule" };
}

/** A bad time is refused where it is written. */
function timeoutOf<C>(
  when: When, content: C, options: TimeoutOptions | undefined,
): TimeoutOf<C> {
  const isAbsolute = options?.absolute === true;
  const isTime = typeof when === "number" &&
    (when === Infinity || (isAbsolute ? when === when : when >= 0 && when <= TIME_MS_MAX));
  if (!isTime && when !== "update" && when !== "cancel") {
    throw new PidgeonError("PIDGEON_BAD_TIME", { time: when });
  }
  return { when, content, isAbsolute };
}
