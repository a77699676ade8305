// Stages: demand, buffers, dispatchers, cancels. Nothing is made that nobody has asked for.
import {
  BroadcastDispatcher, emit, GenServer, noreply, PartitionDispatcher, Stage, stop,
  Supervisor, sys,
} from "../../host/otp/index.ts";
import type { ProducerOptions, StageModule, SubscribeOptions } from "../../host/otp/index.ts";
import { Down, receive, wait } from "../../host/runtime/index.ts";
import type { Operation, Pid, Process } from "../../host/runtime/index.ts";
import { scenario } from "../runtime/harness.ts";

/** Counts upward, and notes what it was asked for. */
function counting(
  demands: number[], options?: ProducerOptions,
): StageModule<number, void, never, number> {
  return {
    init: () => Stage.producer(0, options),
    handleDemand: (demand, next) => {
      demands.push(demand);
      return emit(Array.from({ length: demand }, (_, index) => next + index), next + demand);
    },
  };
}

type Way = readonly [producer: Pid | string, options?: SubscribeOptions];

/** Keeps what it gets, up to a number; then it takes no more. */
function keeping(
  got: number[][], upTo = Infinity, ...ways: Way[]
): StageModule<null, void, number> {
  let count = 0;
  return {
    init: () => Stage.consumer(null, { subscribeTo: ways }),
    handleEvents: function* (events) {
      got.push([...events]);
      count += events.length;
      if (count >= upTo) yield* wait(new Promise(() => {}));
      return noreply(null);
    },
  };
}

const endAll = (self: Process, ...pids: Pid[]): void => {
  for (const pid of pids) self.exit(pid, "kill");
};

scenario("a consumer asks for maxDemand, and for more when minDemand is reached", (t, h) => {
  const demands: number[] = [];
  const got: number[][] = [];
  h.run(function* (self) {
    const producer = yield* Stage.start(self, counting(demands), undefined);
    const consumer = yield* Stage.start(
      self, keeping(got, 20, [producer, { maxDemand: 10, minDemand: 6 }]), undefined);
    yield* receive(undefined, 10);
    endAll(self, consumer, producer);
  });
  t.equal(demands[0], 10);
  t.ok(demands.slice(1).every((demand) => demand >= 4 && demand < 8), `${demands}`);
  t.same(got.flat(), Array.from({ length: got.flat().length }, (_, index) => index));
  t.ok(got.every((events) => events.length <= 4), "in batches of what lies between");
  t.ok(demands.reduce((sum, demand) => sum + demand) <= 20 + 10, "no more than asked for");
});

scenario("several consumers share by demand: each event once", (t, h) => {
  const got = [[], []] as number[][][];
  h.run(function* (self) {
    const producer = yield* Stage.start(self, counting([]), undefined);
    const consumers: Pid[] = [];
    for (const mine of got) {
      consumers.push(yield* Stage.start(
        self, keeping(mine, 30, [producer, { maxDemand: 10 }]), undefined));
    }
    yield* receive(undefined, 10);
    endAll(self, producer, ...consumers);
  });
  const all = got.flat(2).sort((a, b) => a - b);
  t.ok(got.every((mine) => mine.flat().length >= 30));
  t.same(all, [...new Set(all)]);
});

/** Emits what it is sent: whether somebody has asked or not. */
const relay = (options: ProducerOptions): StageModule<null, void, never, number> => ({
  init: () => Stage.producer(null, options),
  handleInfo: (events: number[]) => emit(events, null),
  handleDemand: () => noreply(null),
});

scenario("what nobody has asked for is buffered; which stays is the policy", (t, h) => {
  const results: Record<string, number[]> = {};
  h.run(function* (self) {
    for (const bufferKeep of ["first", "last"] as const) {
      const got: number[][] = [];
      const producer = yield* Stage.start(self, relay({ bufferSize: 3, bufferKeep }), undefined);
      self.send(producer, [1, 2]);
      self.send(producer, [3, 4, 5]);
      const consumer = yield* Stage.start(self, keeping(got, Infinity, [producer]), undefined);
      yield* receive(undefined, 10);
      results[bufferKeep] = got.flat();
      endAll(self, consumer, producer);
    }
  });
  t.same(results, { first: [1, 2, 3], last: [3, 4, 5] });
});

scenario("a broadcast goes to all, as fast as the slowest; one that leaves holds up nobody",
  (t, h) => {
    const [fast, slow] = [[], []] as number[][][];
    const before: number[] = [];
    h.run(function* (self) {
      const producer = yield* Stage.start(
        self, counting([], { dispatcher: new BroadcastDispatcher() }), undefined);
      const one = yield* Stage.start(self, keeping(slow!), undefined);
      const other = yield* Stage.start(self, keeping(fast!, 40), undefined);
      const options = { manual: true, cancel: "temporary" } as const;
      const manual = yield* Stage.subscribe(self, one, producer, options);
      yield* Stage.subscribe(self, other, producer, { maxDemand: 10 });
      yield* Stage.ask(self, one, manual!, 3);
      yield* receive(undefined, 10);
      before.push(...fast!.flat());
      t.equal(yield* Stage.cancel(self, one, manual!), true);
      yield* receive(undefined, 10);
      t.equal(yield* Stage.ask(self, one, manual!, 1), false, "it is over");
      endAll(self, producer, one, other);
    });
    t.same(before, [0, 1, 2]);
    t.same(slow!.flat(), [0, 1, 2]);
    t.ok(fast!.flat().length >= 40, `${fast!.flat().length}`);
  });

scenario("partitions: each event to its consumer; a taken or unknown one is refused", (t, h) => {
  const got = [[], []] as number[][][];
  const refusals: unknown[] = [];
  h.run(function* (self) {
    const dispatcher = new PartitionDispatcher(2, (n: number) => n % 2);
    const producer = yield* Stage.start(self, counting([], { dispatcher }), undefined);
    const consumers: Pid[] = [];
    for (const [partition, mine] of got.entries()) {
      consumers.push(yield* Stage.start(
        self, keeping(mine, 20, [producer, { maxDemand: 8, partition }]), undefined));
    }
    for (const partition of [0, 7]) {
      const third = yield* Stage.start(self, keeping([]), undefined);
      self.monitor(third);
      yield* Stage.subscribe(self, third, producer, { partition });
      refusals.push((yield* receive(Down)).reason);
    }
    yield* receive(undefined, 10);
    endAll(self, producer, ...consumers);
  });
  const [even, odd] = got.map((mine) => mine.flat());
  t.same(even, Array.from({ length: even!.length }, (_, index) => 2 * index));
  t.same(odd, Array.from({ length: odd!.length }, (_, index) => 2 * index + 1));
  t.ok(even!.length >= 16 && odd!.length >= 16);
  t.match(refusals, [{ refused: /partition can't be 0/ }, { refused: /partition can't be 7/ }]);
});

scenario("a producer-consumer works only when it is asked, and loses nothing", (t, h) => {
  const demands: number[] = [];
  const got: number[][] = [];
  const handled: number[] = [];
  h.run(function* (self) {
    const producer = yield* Stage.start(self, counting(demands), undefined);
    const doubling: StageModule<null, void, number, number> = {
      init: () => Stage.producerConsumer(null, { subscribeTo: [[producer, { maxDemand: 4 }]] }),
      handleEvents: (events) => {
        handled.push(...events);
        return emit(events.flatMap((n) => [n, n]), null);
      },
    };
    const middle = yield* Stage.start(self, doubling, undefined);
    yield* receive(undefined, 10);
    t.same([demands, handled], [[4], []], "nobody has asked yet");
    const consumer = yield* Stage.start(self, keeping(got), undefined);
    const manual = yield* Stage.subscribe(self, consumer, middle, { manual: true });
    yield* Stage.ask(self, consumer, manual!, 3);
    yield* receive(undefined, 10);
    t.same(got.flat(), [0, 0, 1]);
    yield* Stage.ask(self, consumer, manual!, 4);
    yield* receive(undefined, 10);
    t.same(got.flat(), [0, 0, 1, 1, 2, 2, 3]);
    endAll(self, consumer, middle, producer);
  });
});

scenario("permanent, transient, temporary: what a producer's end is to its consumer", (t, h) => {
  const rows: unknown[] = [];
  h.run(function* (self): Operation<void> {
    for (const cancel of ["permanent", "transient", "temporary"] as const) {
      for (const reason of ["shutdown", "broken"]) {
        const producer = yield* Stage.start(self, counting([]), undefined);
        const consumer = yield* Stage.start(
          self, keeping([], 1, [producer, { cancel, manual: true }]), undefined);
        self.monitor(consumer);
        self.exit(producer, reason);
        const down = yield* receive(Down, 10);
        rows.push([cancel, reason, down instanceof Down ? down.reason : "lives"]);
        endAll(self, consumer);
        if (!(down instanceof Down)) yield* receive(Down);
      }
    }
  });
  t.same(rows, [
    ["permanent", "shutdown", "shutdown"], ["permanent", "broken", "broken"],
    ["transient", "shutdown", "lives"], ["transient", "broken", "broken"],
    ["temporary", "shutdown", "lives"], ["temporary", "broken", "lives"],
  ]);
});

scenario("events are copies, and a stage takes calls, casts and stops as a server", (t, h) => {
  const event = { n: [1] };
  const got: { n: number[] }[] = [];
  const result = h.run(function* (self) {
    const own: StageModule<number, void, never, { n: number[] }> = {
      init: () => Stage.producer(7),
      handleDemand: (_demand, state) => emit([event], state),
      handleCall: (_request, from, state, server) => {
        GenServer.reply(server, from, state);
        return emit([event], state + 1);
      },
      handleCast: (_message, state) => stop("done", state),
    };
    const producer = yield* Stage.start(self, own, undefined);
    const taking: StageModule<null, void, { n: number[] }> = {
      init: () => Stage.consumer(null, { subscribeTo: [[producer, { maxDemand: 5 }]] }),
      handleEvents: (events) => {
        got.push(...events);
        events[0]!.n.push(2);
        return noreply(null);
      },
    };
    const consumer = yield* Stage.start(self, taking, undefined);
    const answers: unknown[] = [];
    for (let count = 0; count < 2; count++) answers.push(yield* GenServer.call(self, producer, 1));
    self.monitor(consumer);
    GenServer.cast(self, producer, 1);
    return [answers, (yield* receive(Down)).reason];
  });
  t.same(result, [[7, 8], "done"]);
  t.same(event, { n: [1] });
  t.same(got, Array(3).fill({ n: [1, 2] }));
});

scenario("sys and crash reports show a stage's own state, under its module's name", (t, h) => {
  const numbers = { ...counting([]), name: "numbers" };
  h.run(function* (self) {
    const producer = yield* Stage.start(self, numbers, undefined);
    t.equal(yield* sys.getState(self, producer), 0);
    t.equal(yield* sys.replaceState(self, producer, (n: number) => n + 7), 7);
    const got: number[][] = [];
    const consumer = keeping(got, 2, [producer, { maxDemand: 2 }]);
    yield* Stage.start(self, consumer, undefined);
    yield* receive(undefined, 10);
    t.same(got.flat(), [7, 8], "all else of the stage is as it was");
    GenServer.cast(self, producer, "it takes none");
    yield* receive(undefined, 10);
  });
  t.match(h.reports, [
    { type: "crash", label: "numbers", state: Number, reason: { undefined: "handleCast" } },
  ]);
});

scenario("a stage is a supervisor's child, under its module's name or another", (t, h) => {
  const module = { ...counting([]), name: "numbers" };
  const ids = [
    Stage.spec(module, undefined).id, Stage.spec(module, undefined, { id: "own" }).id,
    Stage.spec(counting([]), undefined).id,
  ];
  t.same(ids, ["numbers", "own", "stage"]);
  const got: number[][] = [];
  h.run(function* (self) {
    const root = yield* Supervisor.start(self, {
      children: [
        Stage.spec(module, undefined, { name: "numbers" }),
        Stage.spec(keeping(got, 5, ["numbers", { maxDemand: 5 }]), undefined, { id: "keeper" }),
      ],
    });
    yield* receive(undefined, 10);
    for (const pid of h.runtime.processes()) if (pid !== self.pid) self.exit(pid, "kill");
    void root;
  });
  t.ok(got.flat().length >= 5);
});

scenario("options that can't be are refused; an unknown producer is undefined", (t, h) => {
  const bad: SubscribeOptions[] = [
    { maxDemand: 0 }, { maxDemand: 1.5 }, { maxDemand: 2, minDemand: 2 }, { minDemand: -1 },
    { cancel: "never" as never },
  ];
  for (const options of bad) {
    t.throws(() => h.run(function* (self) {
      yield* Stage.subscribe(self, self.pid, self.pid, options);
    }), { code: "PIDGEON_BAD_OPTION" });
    t.throws(() => Stage.consumer(1, { subscribeTo: [["name", options]] }),
      { code: "PIDGEON_BAD_OPTION" });
  }
  h.run(function* (self) {
    const consumer = yield* Stage.start(self, keeping([]), undefined);
    t.equal(yield* Stage.subscribe(self, consumer, "nobody"), undefined);
    endAll(self, consumer);
  });
});
