// Stages: producers that make as many events as consumers ask for, with stages between them.
//
//   const numbers: StageModule<number, number, never, number> = {
//     init: (first) => Stage.producer(first),
//     handleDemand: (count, n) => emit(Array.from({ length: count }, (_, i) => n + i), n + count),
//   };
//   const printer: StageModule<null, void, number> = {
//     init: () => Stage.consumer(null, { subscribeTo: [["numbers", { maxDemand: 10 }]] }),
//     handleEvents: (events) => { console.log(events); return noreply(null); },
//   };
//
// @see Elixir's GenStage. Events are copied, but for those of a broadcast, which are shared.
import { badOption } from "../runtime/flags.ts";
import { CALL_TIMEOUT_MS, CallOperation } from "../runtime/call.ts";
import type { Destination, Operation, Pid, Process, Reason } from "../runtime/index.ts";
import type { ChildSpec } from "./child-spec.ts";
import { GenServer } from "./gen-server.ts";
import type { ChildOptions, ServerOptions } from "./gen-server.ts";
import { stageServer, StageRequest } from "./stage-server.ts";
import type {
  ConsumerOptions, Emit, ProducerOptions, StageInit, StageModule, SubscribeOptions, Subscription,
} from "./stage-types.ts";

/** From a callback: events for whoever asks, and the state. */
export function emit<S, const Out>(events: readonly Out[], state: S): Emit<S, Out> {
  return { type: "emit", events, state };
}

/**
 * Producers that make as many events as consumers ask for. @see Elixir's GenStage
 * @namespace
 */
export const Stage = {
  /** From `init`: a stage that makes events. */
  producer<S>(state: S, options: ProducerOptions = {}): StageInit<S> {
    return { type: "stage", kind: "producer", state, options };
  },

  /** From `init`: a stage that takes events, and makes others of them when it is asked. */
  producerConsumer<S>(state: S, options: ProducerOptions & ConsumerOptions = {}): StageInit<S> {
    checkAll(options);
    return { type: "stage", kind: "producerConsumer", state, options };
  },

  /** From `init`: a stage that takes events. */
  consumer<S>(state: S, options: ConsumerOptions = {}): StageInit<S> {
    checkAll(options);
    return { type: "stage", kind: "consumer", state, options };
  },

  /** Starts a stage that is linked to this process. Throws StartFailed, as GenServer.startLink. */
  startLink<S, A, In, Out>(
    self: Process, module: StageModule<S, A, In, Out>, args: NoInfer<A>, options?: ServerOptions,
  ): Operation<Pid> {
    const server = stageServer(module);
    return GenServer.startLink(self, server, { module, args }, options) as Operation<Pid>;
  },

  /** As startLink, without the link. */
  start<S, A, In, Out>(
    self: Process, module: StageModule<S, A, In, Out>, args: NoInfer<A>, options?: ServerOptions,
  ): Operation<Pid> {
    const server = stageServer(module);
    return GenServer.start(self, server, { module, args }, options) as Operation<Pid>;
  },

  /** A stage as a child of a supervisor. */
  spec<S, A, In, Out>(
    module: StageModule<S, A, In, Out>, args: NoInfer<A>, options: ChildOptions = {},
  ): ChildSpec {
    return GenServer.spec(stageServer(module), { module, args }, options);
  },

  /**
   * Has a consumer subscribe to a producer; undefined if nobody has that name. What the producer
   * refuses (a partition that is taken) comes to the consumer as the end of the subscription.
   * Throws PIDGEON_BAD_OPTION, CallFailed. @see GenStage.sync_subscribe/3
   */
  subscribe(
    self: Process, consumer: Destination, producer: Destination, options: SubscribeOptions = {},
  ): Operation<Subscription | undefined> {
    check(options);
    return request(self, consumer, new StageRequest("subscribe", { producer, options }));
  },

  /**
   * Asks for so many events more: of a subscription with `manual`. False if it is over.
   * @see GenStage.ask/3
   */
  ask(
    self: Process, consumer: Destination, { ref }: Subscription, count: number,
  ): Operation<boolean> {
    if (!isCount(count, 1)) throw badOption("count", count);
    return request(self, consumer, new StageRequest("ask", { ref, count }));
  },

  /** Ends a subscription; to the consumer it is the producer's end. @see GenStage.cancel/3 */
  cancel(
    self: Process, consumer: Destination, { ref }: Subscription, reason: Reason = "normal",
  ): Operation<boolean> {
    return request(self, consumer, new StageRequest("cancel", { ref, reason }));
  },
};

function request<T>(self: Process, to: Destination, asked: StageRequest): Operation<T> {
  return new CallOperation(self, to, asked, CALL_TIMEOUT_MS, true) as unknown as Operation<T>;
}

function checkAll({ subscribeTo = [] }: ConsumerOptions): void {
  for (const [, options = {}] of subscribeTo) check(options);
}

function check({ maxDemand = 1_000, minDemand, cancel = "permanent" }: SubscribeOptions): void {
  if (!isCount(maxDemand, 1)) throw badOption("maxDemand", maxDemand);
  const isMin = minDemand === undefined || (isCount(minDemand, 0) && minDemand < maxDemand);
  if (!isMin) throw badOption("minDemand", minDemand);
  if (!["permanent", "transient", "temporary"].includes(cancel)) throw badOption("cancel", cancel);
}

function isCount(count: number, least: number): boolean {
  return Number.isSafeInteger(count) && count >= least;
}
