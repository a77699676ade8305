// Generator processes that receive past 1,000 messages which they do not want.
import { setImmediate as nextTurn } from "node:timers/promises";
import { GenServer, ok, reply } from "../../host/otp/index.ts";
import { receive, type Pid, type Process } from "../../host/runtime/index.ts";
import {
  SelectiveScheduler, type SelectiveBody, type SelectiveProcess,
} from "../baseline/selective-generators.ts";
import type { Size, TimeBenchmark, Work } from "../instrument/benchmark.ts";
import { ageSlots, assertAged, GENERATIONS, messageBytesFor, startRuntime } from "./aged.ts";

interface Message<Sender> {
  readonly tag: "unwanted" | "go" | "wanted" | "call" | "reply";
  readonly n: number;
  readonly from?: Sender;
}

interface Arrival {
  done: () => void;
}

const isGo = ({ tag }: Message<unknown>) => tag === "go";

/** Fills its own mailbox, and waits until it is told to begin. */
function* waitBehind(self: Process, { breadth }: Size) {
  for (let n = 0; n < breadth; n++) self.send(self.pid, { tag: "unwanted", n });
  yield* receive(isGo);
}

function* selector(self: Process, size: Size, arrival: Arrival) {
  yield* waitBehind(self, size);
  for (let left = size.operations; left > 0; left--) {
    self.send(self.pid, { tag: "wanted", n: left });
    yield* receive({ tag: "wanted", n: left });
  }
  arrival.done();
}

function* predicateSelector(self: Process, size: Size, arrival: Arrival) {
  yield* waitBehind(self, size);
  for (let left = size.operations; left > 0; left--) {
    self.send(self.pid, { tag: "wanted", n: left });
    yield* receive(({ tag, n }: Message<Pid>) => tag === "wanted" && n === left);
  }
  arrival.done();
}

const counter = {
  init: () => ok(0),
  handleCall: (_request: unknown, _from: unknown, count: number) => reply(count, count + 1),
};

function* caller(self: Process, size: Size, arrival: Arrival) {
  const server = yield* GenServer.start(self, counter, undefined);
  yield* waitBehind(self, size);
  for (let left = size.operations; left > 0; left--) {
    const count = yield* GenServer.call<number>(self, server, "count");
    if (count !== size.operations - left) throw new Error("a call was lost");
  }
  yield* GenServer.stop(self, server);
  arrival.done();
}

/** Each pass in a new process, which has filled its mailbox before the time is taken. */
async function pidgeon(size: Size, body: typeof selector | typeof caller): Promise<Work> {
  const runtime = startRuntime({
    messageBytes: messageBytesFor(size.breadth), handles: size.breadth + 65_536,
  });
  await ageSlots(runtime, 2, size.generations);
  const arrival: Arrival = { done: () => {} };
  let pid: Pid;
  const arrange = async () => {
    pid = runtime.spawn(body, size, arrival);
    assertAged([pid], size.generations);
    await nextTurn();
  };
  const run = () => {
    const arrived = new Promise<void>((resolve) => {
      arrival.done = resolve;
    });
    runtime.send(pid, { tag: "go", n: 0 });
    return arrived;
  };
  return { arrange, run };
}

type Plain = SelectiveProcess<Message<Plain>>;
type PlainScheduler = SelectiveScheduler<Message<Plain>>;

function* plainSelector(
  self: Plain, scheduler: PlainScheduler, size: Size, arrival: Arrival,
): SelectiveBody<Message<Plain>> {
  yield isGo;
  for (let left = size.operations; left > 0; left--) {
    scheduler.send(self, { tag: "wanted", n: left });
    yield ({ tag, n }) => tag === "wanted" && n === left;
  }
  arrival.done();
}

function* plainCaller(
  self: Plain, scheduler: PlainScheduler, size: Size, arrival: Arrival,
): SelectiveBody<Message<Plain>> {
  const server: Plain = scheduler.spawn(function* (): SelectiveBody<Message<Plain>> {
    for (;;) {
      const { from, n } = yield ({ tag }) => tag === "call";
      if (from !== undefined) scheduler.send(from, { tag: "reply", n });
    }
  });
  yield isGo;
  for (let left = size.operations; left > 0; left--) {
    scheduler.send(server, { tag: "call", n: left, from: self });
    yield ({ tag, n }) => tag === "reply" && n === left;
  }
  arrival.done();
}

function plainGenerators(size: Size, body: typeof plainSelector): Work {
  const scheduler: PlainScheduler = new SelectiveScheduler();
  let self: Plain;
  let done = 0;
  const arrival = { done: () => void done++ };
  const arrange = () => {
    self = scheduler.spawn((process) => body(process, scheduler, size, arrival));
    for (let n = 0; n < size.breadth; n++) scheduler.send(self, { tag: "unwanted", n });
    scheduler.run();
  };
  const run = () => {
    const before = done;
    scheduler.send(self, { tag: "go", n: 0 });
    scheduler.run();
    if (done !== before + 1) throw new Error("the process has not come to its end");
  };
  return { arrange, run };
}

export const generatorSelective: TimeBenchmark = {
  kind: "time",
  name: "generator-selective",
  work: "A generator process receives messages to itself, behind 1,000 that it does not want.",
  operation: "receive",
  size: { breadth: 1000, operations: 20_000, generations: GENERATIONS },
  tiny: { breadth: 10, operations: 20, generations: 2 },
  systems: {
    pidgeon: (size) => pidgeon(size, selector),
    generators: (size) => plainGenerators(size, plainSelector),
  },
  beam: "selective",
  bars: [{ against: "generators", atMost: 1 }],
};

/** The same where what is wanted is said by a function, which only asking it can tell. */
export const generatorSelectivePredicate: TimeBenchmark = {
  ...generatorSelective,
  name: "generator-selective-predicate",
  systems: {
    pidgeon: (size) => pidgeon(size, predicateSelector),
    generators: (size) => plainGenerators(size, plainSelector),
  },
  bars: [],
};

/** What a marked reference is for: no message that came before the call is looked at. */
export const generatorSelectiveRef: TimeBenchmark = {
  ...generatorSelective,
  name: "generator-selective-ref",
  work: "A generator process with 1,000 messages in its mailbox calls a GenServer again and again.",
  operation: "call",
  size: { breadth: 1000, operations: 100_000, generations: GENERATIONS },
  systems: {
    pidgeon: (size) => pidgeon(size, caller),
    generators: (size) => plainGenerators(size, plainCaller),
  },
  beam: "call",
};

/** The same behind 1,000,000; plain generators would take an hour. */
export const generatorSelectiveRefMillion: TimeBenchmark = {
  ...generatorSelectiveRef,
  name: "generator-selective-ref-million",
  work: "As generator-selective-ref, with 1,000,000 messages in its mailbox.",
  size: { ...generatorSelectiveRef.size, breadth: 1_000_000 },
  systems: { pidgeon: (size) => pidgeon(size, caller) },
};
