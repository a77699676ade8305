// The server under a stage: it keeps what is asked for and what is under way.
//
//   consumer                         producer
//   subscribe ───────────────────►   monitors it, adds it to the dispatcher
//   ask(n) ──────────────────────►   handleDemand(n) ─► emits ─► dispatcher; the rest: buffer
//   handleEvents ◄── events ─────    at most as many as were asked for
//   ask(n), when minDemand is reached …
//   cancel ──────────────────────►   cancelled, or the Down of either: it is over
import { PidgeonError } from "../errors.ts";
import { SEND_EXEMPT } from "../kernel/abi.ts";
import { eventually } from "../runtime/behaviour.ts";
import { badOption } from "../runtime/flags.ts";
import { Down, immutable, isOrderly } from "../runtime/index.ts";
import type {
  Destination, From, Operation, Pid, Process, Reason, Ref,
} from "../runtime/index.ts";
import { DemandDispatcher } from "./dispatchers.ts";
import type { Demand, Dispatcher } from "./dispatchers.ts";
import type { GenServerModule } from "./gen-server-module.ts";
import { unknownCallback } from "./module-process.ts";
import { noreply, ok, stop } from "./results.ts";
import type { CallResult, CastResult, InitResult } from "./results.ts";
import type {
  CancelMode, Emit, StageInit, StageModule, StageResult, SubscribeOptions, Subscription,
} from "./stage-types.ts";

/** GenStage's defaults. */
const BUFFER_SIZE = 10_000;
const MAX_DEMAND = 1_000;

type AnyStage = StageModule<any, any, any, any>;

/** What stages send each other: no data of users can be taken for it. */
class StageMessage {
  readonly type: "subscribe" | "ask" | "events" | "cancel" | "cancelled";
  readonly ref: Ref;
  readonly value: any;

  constructor(type: StageMessage["type"], ref: Ref, value: unknown) {
    this.type = type;
    this.ref = ref;
    this.value = value;
  }
}

/** What Stage's functions ask a consumer, by a call without a copy. */
export class StageRequest {
  readonly type: "subscribe" | "ask" | "cancel";
  readonly value: any;

  constructor(type: StageRequest["type"], value: unknown) {
    this.type = type;
    this.value = value;
  }
}

interface Source extends Subscription {
  readonly monitor: Ref;
  readonly max: number;
  readonly min: number;
  readonly cancel: CancelMode;
  readonly isManual: boolean;
  /** Taken since it was asked last. */
  taken: number;
}

interface State {
  readonly module: AnyStage;
  readonly kind: StageInit<unknown>["kind"];
  readonly dispatcher: Dispatcher;
  readonly bufferSize: number;
  readonly keepsFirst: boolean;
  readonly consumers: Map<Ref, Demand & { readonly monitor: Ref }>;
  readonly sources: Map<Ref, Source>;
  /** Of a producer-consumer: events that wait until somebody asks. */
  readonly incoming: { source: Source; events: readonly unknown[] }[];
  buffer: readonly unknown[];
  /** Asked for by consumers, and not emitted. */
  demand: number;
  user: any;
}

/** A stop of the stage, which leaves the work that is under way. */
class Stopped {
  readonly result: CastResult<any>;
  constructor(result: CastResult<any>) {
    this.result = result;
  }
}

function send(
  self: Process, to: Pid, type: StageMessage["type"], ref: Ref, value: unknown,
): void {
  const message = Object.freeze(new StageMessage(type, ref, value));
  self.core.sendOwned(self.pid, to, SEND_EXEMPT, 0, message);
}

type StageServer = GenServerModule<State, { module: AnyStage; args: unknown }>;

/** The server that a stage of this module is, under its name. O(1). */
export function stageServer(module: AnyStage): StageServer {
  return { ...stage, name: module.name ?? "stage" };
}

const stage: StageServer = {
  shownState: {
    get: ({ user }) => user as unknown,
    set: (state: State, user) => Object.assign(state, { user }),
  },

  *init({ module, args }, self): Operation<InitResult<State>> {
    const answer = yield* eventually(module.init(args, self));
    if (answer.type !== "stage") return answer;
    const { kind, options } = answer;
    const { bufferSize = kind === "producer" ? BUFFER_SIZE : Infinity } = options;
    if (!(bufferSize >= 0)) throw badOption("bufferSize", bufferSize);
    const state: State = {
      module, kind, dispatcher: options.dispatcher ?? new DemandDispatcher(), bufferSize,
      keepsFirst: options.bufferKeep === "first", consumers: new Map(), sources: new Map(),
      incoming: [], buffer: [], demand: 0, user: answer.state,
    };
    for (const [producer, how] of options.subscribeTo ?? []) subscribe(state, self, producer, how);
    return ok(state);
  },

  *handleCall(request: unknown, from: From, state, self): Operation<CallResult<State>> {
    if (request instanceof StageRequest) return asked(state, self, request);
    const { module } = state;
    if (module.handleCall === undefined) throw unknownCallback("handleCall");
    const answer = yield* eventually(module.handleCall(request, from, state.user, self));
    if (answer.type === "emit") return yield* emitted(state, self, answer);
    state.user = answer.state;
    return { ...answer, state } as CallResult<State>;
  },

  *handleCast(message: unknown, state, self): Operation<CastResult<State>> {
    const { module } = state;
    if (module.handleCast === undefined) throw unknownCallback("handleCast");
    return yield* emitted(state, self,
      yield* eventually(module.handleCast(message, state.user, self)));
  },

  *handleInfo(message: unknown, state, self): Operation<CastResult<State>> {
    try {
      if (message instanceof StageMessage) yield* received(state, self, message);
      else if (!(message instanceof Down && (yield* ended(state, self, message)))) {
        if (state.module.handleInfo === undefined) return noreply(state);
        return yield* emitted(state, self,
          yield* eventually(state.module.handleInfo(message, state.user, self)));
      }
      return noreply(state);
    } catch (error) {
      if (error instanceof Stopped) return error.result;
      throw error;
    }
  },

  terminate: (reason, { module, user }, self) => module.terminate?.(reason, user, self),
};

/** After a callback of the module: its events, its state, or its stop. */
function* emitted(
  state: State, self: Process, answer: StageResult<any, any>,
): Operation<CastResult<State>> {
  try {
    yield* apply(state, self, answer);
    return noreply(state, answer.type === "noreply" ? answer.next : undefined);
  } catch (error) {
    if (error instanceof Stopped) return error.result;
    throw error;
  }
}

function* apply(
  state: State, self: Process, answer: StageResult<any, any> | Emit<any, any>,
): Operation<void> {
  if (answer.type === "stop") {
    if (answer.state !== undefined) state.user = answer.state;
    throw new Stopped({ ...answer, state });
  }
  state.user = answer.state;
  if (answer.type === "emit") emit(state, self, answer.events);
  yield* work(state, self);
}

/** To whoever has asked; the rest into the buffer, and what is too much there is lost. */
function emit(state: State, self: Process, events: readonly unknown[]): void {
  if (events.length === 0) return;
  if (state.kind === "consumer") throw badOption("events", "those of a consumer");
  state.demand = Math.max(0, state.demand - events.length);
  const all = state.buffer.length === 0 ? events : [...state.buffer, ...events];
  const left = dispatch(state, self, all);
  const { bufferSize, keepsFirst } = state;
  state.buffer = left.length <= bufferSize ? left
    : keepsFirst ? left.slice(0, bufferSize) : left.slice(left.length - bufferSize);
}

function dispatch(state: State, self: Process, events: readonly unknown[]): readonly unknown[] {
  return state.dispatcher.dispatch(events, deliverFrom(self));
}

function deliverFrom(self: Process) {
  return ({ pid, ref }: Demand, events: readonly unknown[], isShared: boolean): void => {
    // A part that is large is shared as well: a message has a limit of values.
    const copies = isShared ? immutable(events) : events.map((event) => self.core.copy(event));
    send(self, pid, "events", ref, copies);
  };
}

// ---- as a producer ----

function* wanted(state: State, self: Process, count: number): Operation<void> {
  const before = state.buffer.length;
  if (before > 0) state.buffer = dispatch(state, self, state.buffer);
  // What the buffer had need not be made.
  const demand = count - (before - state.buffer.length);
  if (demand <= 0) return;
  state.demand += demand;
  if (state.kind === "producerConsumer") return yield* work(state, self);
  const { module } = state;
  if (module.handleDemand === undefined) return;
  yield* apply(state, self, yield* eventually(module.handleDemand(demand, state.user, self)));
}

function* received(state: State, self: Process, message: StageMessage): Operation<void> {
  const { ref, type, value } = message;
  if (type === "events") return yield* arrived(state, self, ref, value);
  if (type === "cancelled") return cancelled(state, self, ref, value);
  if (type === "subscribe") return accept(state, self, ref, value);
  const consumer = state.consumers.get(ref);
  if (consumer === undefined) return;
  if (type === "ask") {
    const count = state.dispatcher.ask(consumer, value);
    return yield* wanted(state, self, count);
  }
  send(self, consumer.pid, "cancelled", ref, value);
  yield* wanted(state, self, leave(state, self, ref));
}

function accept(
  state: State, self: Process, ref: Ref, { pid, partition }: { pid: Pid; partition: undefined },
): void {
  const consumer = { ref, pid, partition, asked: 0, monitor: self.monitor(pid) };
  try {
    if (state.kind === "consumer") throw badOption("producer", "a consumer");
    state.dispatcher.add(consumer);
  } catch (error) {
    self.demonitor(consumer.monitor, { flush: true });
    if (!(error instanceof PidgeonError)) throw error;
    return send(self, pid, "cancelled", ref, { refused: error.message });
  }
  state.consumers.set(ref, consumer);
}

/** A consumer is gone; how many events are to be asked for now. */
function leave(state: State, self: Process, ref: Ref): number {
  const consumer = state.consumers.get(ref)!;
  state.consumers.delete(ref);
  self.demonitor(consumer.monitor, { flush: true });
  return state.dispatcher.remove(consumer);
}

// ---- as a consumer ----

function asked(state: State, self: Process, { type, value }: StageRequest): CallResult<State> {
  const answered = (answer: unknown): CallResult<State> =>
    ({ type: "reply", value: answer, state, next: undefined });
  if (type === "subscribe") return answered(subscribe(state, self, value.producer, value.options));
  const source = state.sources.get(value.ref);
  if (source === undefined) return answered(false);
  if (type === "ask") send(self, source.producer, "ask", source.ref, value.count);
  else send(self, source.producer, "cancel", source.ref, immutable(value.reason));
  return answered(true);
}

/** Undefined: there is no such producer. Options are checked by whoever asked. */
function subscribe(
  state: State, self: Process, to: Destination, options: SubscribeOptions = {},
): Subscription | undefined {
  const { maxDemand: max = MAX_DEMAND, cancel = "permanent", partition } = options;
  const min = options.minDemand ?? Math.floor(max / 2);
  const producer = self.core.resolve(to);
  if (producer === 0) return undefined;
  const monitor = self.monitor(producer);
  const isManual = options.manual === true;
  const ref = self.makeRef();
  state.sources.set(ref, { ref, producer, monitor, max, min, cancel, isManual, taken: 0 });
  send(self, producer, "subscribe", ref, { pid: self.pid, partition });
  if (!isManual) send(self, producer, "ask", ref, max);
  return { ref, producer };
}

/** In batches of what lies between minDemand and maxDemand, so that more comes meanwhile. */
function* arrived(
  state: State, self: Process, ref: Ref, events: readonly unknown[],
): Operation<void> {
  const source = state.sources.get(ref);
  if (source === undefined) return;
  const size = source.max - source.min;
  for (let index = 0; index < events.length; index += size) {
    state.incoming.push({ source, events: events.slice(index, index + size) });
  }
  yield* work(state, self);
}

/** Handles what has come: a producer-consumer only as long as somebody asks. */
function* work(state: State, self: Process): Operation<void> {
  while (state.incoming.length > 0 && (state.kind === "consumer" || state.demand > 0)) {
    const { source, events } = state.incoming.shift()!;
    const { ref, producer } = source;
    const { module } = state;
    if (module.handleEvents === undefined) throw unknownCallback("handleEvents");
    const answer = yield* eventually(
      module.handleEvents(events, { ref, producer }, state.user, self));
    replenish(state, self, source, events.length);
    if (answer.type === "stop") return yield* apply(state, self, answer);
    state.user = answer.state;
    if (answer.type === "emit") emit(state, self, answer.events);
  }
}

function replenish(state: State, self: Process, source: Source, count: number): void {
  if (source.isManual || !state.sources.has(source.ref)) return;
  source.taken += count;
  if (source.taken < source.max - source.min) return;
  send(self, source.producer, "ask", source.ref, source.taken);
  source.taken = 0;
}

function cancelled(state: State, self: Process, ref: Ref, reason: Reason): void {
  const source = state.sources.get(ref);
  if (source === undefined) return;
  state.sources.delete(ref);
  self.demonitor(source.monitor, { flush: true });
  const ends = source.cancel === "permanent" ||
    (source.cancel === "transient" && !isOrderly(reason));
  if (ends) throw new Stopped(stop(reason, state));
}

/** Whether the Down was a consumer's or a producer's. */
function* ended(state: State, self: Process, down: Down): Operation<boolean> {
  for (const [ref, source] of state.sources) {
    if (source.monitor !== down.ref) continue;
    cancelled(state, self, ref, down.reason);
    return true;
  }
  for (const [ref, consumer] of state.consumers) {
    if (consumer.monitor !== down.ref) continue;
    // Where the slowest has left, the others may have asked for more.
    yield* wanted(state, self, leave(state, self, ref));
    return true;
  }
  return false;
}
