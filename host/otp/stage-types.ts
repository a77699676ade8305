// What the callbacks of a stage are given and answer.
import type { Eventually, From, Pid, Process, Reason, Ref } from "../runtime/index.ts";
import type { Dispatcher } from "./dispatchers.ts";
import type { CallResult, CastResult, Ignore, Stop } from "./results.ts";

/**
 * What the end of a subscription by its producer is to the consumer: permanent, it ends with the
 * same reason; transient, only if that is not an orderly one; temporary, it goes on.
 */
export type CancelMode = "permanent" | "transient" | "temporary";

/** How much a consumer asks a producer for. */
export interface SubscribeOptions {
  /** Events under way at most. Default 1,000. */
  readonly maxDemand?: number;
  /** More are asked for when no more than so many are under way. Default half of `maxDemand`. */
  readonly minDemand?: number;
  /** Default "permanent". */
  readonly cancel?: CancelMode;
  /** For a producer that dispatches by partition. */
  readonly partition?: string | number;
  /** True: nothing is asked for but by `Stage.ask`. Default false. */
  readonly manual?: boolean;
}

/** How a producer hands out and keeps events. */
export interface ProducerOptions {
  /** A new one: it is the stage's own. Default: a DemandDispatcher. */
  readonly dispatcher?: Dispatcher;
  /** Events that nobody has asked for; default 10,000, of a producer-consumer no limit. */
  readonly bufferSize?: number;
  /** Which stay if there are more: the last ones (default), or the first. */
  readonly bufferKeep?: "first" | "last";
}

/** Where a consumer gets its events. */
export interface ConsumerOptions {
  /** Producers, by pid or name, that it subscribes to when it starts. */
  readonly subscribeTo?: readonly (readonly [producer: Pid | string, options?: SubscribeOptions])[];
}

/** What `init` of a stage answers: made by `Stage.producer` and its like. */
export interface StageInit<S> {
  readonly type: "stage";
  readonly kind: "producer" | "producerConsumer" | "consumer";
  readonly state: S;
  readonly options: ProducerOptions & ConsumerOptions;
}

/** Events for whoever asks, and the state. */
export interface Emit<S, Out> {
  readonly type: "emit"; readonly events: readonly Out[]; readonly state: S;
}

/** What the callbacks of a stage answer. */
export type StageResult<S, Out> = Emit<S, Out> | CastResult<S>;

/** A subscription as its consumer has it. */
export interface Subscription { readonly ref: Ref; readonly producer: Pid }

/** The callbacks of a stage that takes events In and emits Out. */
export interface StageModule<S, A = void, In = never, Out = never> {
  readonly name?: string;
  /** Mandatory. Answers what `Stage.producer`, `producerConsumer` or `consumer` make. */
  init(args: A, self: Process): Eventually<StageInit<S> | Ignore | Stop<unknown>>;
  /** Of a producer: so many more events are wanted. It may emit fewer, and the rest later. */
  handleDemand?(demand: number, state: S, self: Process): Eventually<StageResult<S, Out>>;
  /** Of a consumer: events have come. */
  handleEvents?(
    events: readonly In[], from: Subscription, state: S, self: Process,
  ): Eventually<StageResult<S, Out>>;
  /** As a GenServer's; may emit as well. */
  handleCall?(
    request: any, from: From, state: S, self: Process,
  ): Eventually<CallResult<S> | Emit<S, Out>>;
  /** As a GenServer's; may emit as well. */
  handleCast?(message: any, state: S, self: Process): Eventually<StageResult<S, Out>>;
  /** As a GenServer's; may emit as well. */
  handleInfo?(message: any, state: S, self: Process): Eventually<StageResult<S, Out>>;
  /** As a GenServer's. */
  terminate?(reason: Reason, state: S, self: Process): Eventually<unknown>;
}
