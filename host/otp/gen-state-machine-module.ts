// The callbacks of a GenStateMachine, with the types of its states, its data and what it takes.
import type {
  Eventually, From, Kind, Process, Reason, ReplyOf, RequestOf, ServerMessages,
} from "../runtime/index.ts";
import type { Hibernate, Ignore, Stop } from "./results.ts";
import type {
  EventTimeout, GenericTimeout, KeepState, KeepStateAndData, ModuleChange, ModulePop, NextEvent,
  NextState, Postpone, ReplyTo, StateTimeout, StopAndReply,
} from "./state-machine-results.ts";
import type { Status } from "./system.ts";

/** What a machine takes, from others and from itself; this type itself says nothing. */
export interface MachineMessages extends ServerMessages {
  /** The content of the internal events that it inserts. */
  readonly internals?: unknown;
  /** The content of its event time-out, and of its state time-out. */
  readonly eventTimeout?: unknown;
  readonly stateTimeout?: unknown;
  /** The content of each time-out with a name. */
  readonly timeouts?: object;
}

/**
 * The callbacks of a machine with the states S and the data D, started with the arguments A. What
 * comes is for the callback of its state in `states`, then, if that has none, for `handleEvent`;
 * one of the two is enough. M says what the machine takes; without `handleEvent` each state needs
 * callbacks for what others may send. A result that a callback throws counts as its answer.
 */
export type GenStateMachineModule<S, D, A = void, M = MachineMessages> =
  Lifecycle<S, D, A, M> & (MachineMessages extends M ? Untyped<S, D> : Typed<S, D, M>);

interface Lifecycle<S, D, A, M> {
  /** For reports, and the default id in a supervisor. */
  readonly name?: string;
  /**
   * Mandatory. Answers `nextState(state, data)` with the first state, `ignore()` or
   * `stop(reason)`; the starter waits for it.
   */
  init(args: A, self: Process): Eventually<NextState<S, D, Action<M>> | Ignore | Stop<unknown>>;
  /** True: `handleEvent` gets an "enter" event for the states that have no `enter`. */
  readonly stateEnter?: boolean;
  /**
   * Runs when a callback stops the machine or throws, and on the parent's exit if exits are
   * trapped.
   */
  terminate?(reason: Reason, state: S, data: D, self: Process): Eventually<unknown>;
  /**
   * Runs in a machine that gets these callbacks by `GenStateMachine.changeCode`: answers
   * `nextState(state, data)` without actions, or `stop(reason)`, with which the old ones go on.
   * No state is entered by it.
   */
  codeChange?(
    state: any, data: any, extra: any, self: Process,
  ): Eventually<NextState<S, D> | Stop<unknown>>;
  /**
   * What `sys.getStatus` and crash reports show: leave secrets out. `status.state` is both, state
   * and data. @see gen_statem:format_status/1
   */
  formatStatus?(
    status: Status<{ readonly state: S; readonly data: D }>,
  ): Partial<Status<unknown>>;
  /** @internal Never so. */
  readonly supervises?: false;
}

interface Untyped<S, D> {
  readonly states?: { readonly [N in S & string]: AnyHandlers<S, D> };
  handleEvent?(event: any, state: S, data: D, self: Process): Eventually<StateResult<S, D>>;
}

interface AnyHandlers<S, D> {
  enter?(oldState: S, data: D, self: Process): Eventually<EnterResult<S, D>>;
  handleCall?(request: any, from: From, data: D, self: Process): Eventually<StateResult<S, D>>;
  handleCast?(message: any, data: D, self: Process): Eventually<StateResult<S, D>>;
  handleInfo?(message: any, data: D, self: Process): Eventually<StateResult<S, D>>;
  handleInternal?(content: any, data: D, self: Process): Eventually<StateResult<S, D>>;
  handleEventTimeout?(content: any, data: D, self: Process): Eventually<StateResult<S, D>>;
  handleStateTimeout?(content: any, data: D, self: Process): Eventually<StateResult<S, D>>;
  readonly handleTimeout?: Readonly<Record<string,
    (content: any, data: D, self: Process) => Eventually<StateResult<S, D>>>>;
}

type Typed<S, D, M> =
  | {
    readonly states: { readonly [N in S & string]: StateHandlers<S, D, M> };
    readonly handleEvent?: undefined;
  }
  | {
    readonly states?: { readonly [N in S & string]?: SomeHandlers<S, D, M> };
    handleEvent(
      event: MachineEvent<S, M>, state: S, data: D, self: Process,
    ): Eventually<StateResult<S, D, M>>;
  };

/** The callbacks of one state: all for what others send, any for what the machine does itself. */
export type StateHandlers<S, D, M> = Outer<S, D, M> & Inner<S, D, M>;

/** The callbacks of one state where `handleEvent` takes the rest. */
export type SomeHandlers<S, D, M> = Inner<S, D, M> & {
  readonly [K in keyof Outer<S, D, M>]?: K extends "handleCall" | "handleCast"
    ? Partial<Outer<S, D, M>[K]> : Outer<S, D, M>[K];
};

type Outer<S, D, M> =
  ("calls" extends keyof M ? { readonly handleCall: MachineCalls<S, D, M> } : unknown) &
  ("casts" extends keyof M ? { readonly handleCast: MachineCasts<S, D, M> } : unknown) &
  (M extends { readonly infos: infer I } ? {
    handleInfo(message: I, data: D, self: Process): Eventually<StateResult<S, D, M>>;
  } : unknown);

type MachineCalls<S, D, M> = {
  [K in Kind<M, "calls">]: (
    request: RequestOf<M, "calls", K>, from: From<ReplyOf<M, K>>, data: D, self: Process,
  ) => Eventually<StateResult<S, D, M>>;
};

type MachineCasts<S, D, M> = {
  [K in Kind<M, "casts">]: (
    message: RequestOf<M, "casts", K>, data: D, self: Process,
  ) => Eventually<StateResult<S, D, M>>;
};

interface Inner<S, D, M> {
  /** Runs whenever the state is entered, in the first state too, and when it is repeated. */
  enter?(oldState: S, data: D, self: Process): Eventually<EnterResult<S, D, M>>;
  handleInternal?(
    content: Of<M, "internals">, data: D, self: Process,
  ): Eventually<StateResult<S, D, M>>;
  handleEventTimeout?(
    content: Of<M, "eventTimeout">, data: D, self: Process,
  ): Eventually<StateResult<S, D, M>>;
  handleStateTimeout?(
    content: Of<M, "stateTimeout">, data: D, self: Process,
  ): Eventually<StateResult<S, D, M>>;
  readonly handleTimeout?: {
    readonly [N in keyof Of<M, "timeouts">]?:
    (content: Of<M, "timeouts">[N], data: D, self: Process) => Eventually<StateResult<S, D, M>>;
  };
}

type Of<M, Key extends keyof MachineMessages> =
  MachineMessages extends M ? any : M extends { readonly [K in Key]: infer C } ? C : never;

/** What a callback answers to an event. */
export type StateResult<S, D, M = MachineMessages> =
  | NextState<S, D, Action<M>> | KeepState<D, Action<M>> | KeepStateAndData<Action<M>>
  | Stop<D | undefined> | StopAndReply<D | undefined>;

/** What `enter` answers: it can't change the state, nor postpone or insert an event. */
export type EnterResult<S, D, M = MachineMessages> =
  | KeepState<D, EnterActionOf<M>> | KeepStateAndData<EnterActionOf<M>>
  | NextState<S, D, EnterActionOf<M>> | Stop<D | undefined> | StopAndReply<D | undefined>;

/** What a result may bring along; done in their order. */
export type Action<M> =
  EnterActionOf<M> | Postpone | NextEvent<InsertedEvent<M>> | ModuleChange | ModulePop;

type EnterActionOf<M> =
  | ReplyTo | Hibernate
  | EventTimeout<Of<M, "eventTimeout"> | undefined>
  | StateTimeout<Of<M, "stateTimeout"> | undefined>
  | (MachineMessages extends M ? GenericTimeout<string, any> : NamedTimeouts<Of<M, "timeouts">>);

type NamedTimeouts<T> =
  { [N in keyof T & string]: GenericTimeout<N, T[N] | undefined> }[keyof T & string];

/** A call as an event; `kind` is its request's. */
export interface CallEvent<K, Q, V> {
  readonly type: "call"; readonly kind: K; readonly request: Q; readonly from: From<V>;
}

type CallEvents<M> = {
  [K in Kind<M, "calls">]: CallEvent<K, RequestOf<M, "calls", K>, ReplyOf<M, K>>;
}[Kind<M, "calls">];

type CastsOf<M> =
  { [K in Kind<M, "casts">]: RequestOf<M, "casts", K> }[Kind<M, "casts">];

type OwnEvent<M> =
  | { readonly type: "cast"; readonly message: CastsOf<M> }
  | { readonly type: "info"; readonly message: M extends { readonly infos: infer I } ? I : never }
  | { readonly type: "internal"; readonly content: Of<M, "internals"> }
  | { readonly type: "eventTimeout"; readonly content: Of<M, "eventTimeout"> }
  | { readonly type: "stateTimeout"; readonly content: Of<M, "stateTimeout"> }
  | {
    [N in keyof Of<M, "timeouts">]: {
      readonly type: "timeout"; readonly name: N; readonly content: Of<M, "timeouts">[N];
    }
  }[keyof Of<M, "timeouts">];

/** What `handleEvent` gets; "enter" only with `stateEnter`. */
export type MachineEvent<S, M> =
  OwnEvent<M> | CallEvents<M> | { readonly type: "enter"; readonly oldState: S };

/** What `nextEvent` takes: the `kind` of a call is filled in. */
export type InsertedEvent<M> = MachineMessages extends M ? any : OwnEvent<M> |
  (CallEvents<M> extends infer C ? C extends unknown ? Omit<C, "kind"> : never : never);

/** As the machine's process sees an event. */
export type AnyEvent =
  | CallEvent<unknown, any, any>
  | { readonly type: "cast" | "info"; readonly message: unknown }
  | { readonly type: "internal" | "eventTimeout" | "stateTimeout"; readonly content: unknown }
  | { readonly type: "timeout"; readonly name: string; readonly content: unknown }
  | { readonly type: "enter"; readonly oldState: unknown };

/** As the machine's process sees a module. */
export interface AnyMachineModule extends Lifecycle<any, any, any, MachineMessages> {
  readonly states?: Readonly<Record<string, AnyState | undefined>>;
  readonly handleEvent?: Handler;
}

type Handler = (...args: any[]) => unknown;
type ByKind = Handler | Readonly<Record<string, Handler>>;

export interface AnyState {
  readonly enter?: Handler;
  readonly handleCall?: ByKind;
  readonly handleCast?: ByKind;
  readonly handleInfo?: Handler;
  readonly handleInternal?: Handler;
  readonly handleEventTimeout?: Handler;
  readonly handleStateTimeout?: Handler;
  readonly handleTimeout?: Readonly<Record<string, Handler>>;
}
