// Rings: one token goes round 1,000 processes for 2,000,000 hops.
import { receive, type Pid, type Process } from "../../host/runtime/index.ts";
import { ClosureScheduler, type ClosureProcess } from "../baseline/closures.ts";
import { GeneratorScheduler, type GeneratorProcess } from "../baseline/generators.ts";
import type { TimeBenchmark, Work } from "../instrument/benchmark.ts";
import { ageSlots, assertAged, startRuntime } from "./aged.ts";

const PROCESSES = 1000;
const HOPS = 2_000_000;

/** A token that is a new object at every hop; Pidgeon copies it, plain Node passes it on. */
interface Token<Sender> {
  readonly tag: "token";
  readonly from: Sender;
  readonly n: number;
}

interface Arrival {
  done: () => void;
}

function* integerNode(self: Process, ring: readonly Pid[], index: number, arrival: Arrival) {
  const next = ring[(index + 1) % PROCESSES] as Pid;
  for (;;) {
    const n: number = yield* receive<number>();
    if (n > 0) self.send(next, n - 1);
    else arrival.done();
  }
}

function* objectNode(self: Process, ring: readonly Pid[], index: number, arrival: Arrival) {
  const next = ring[(index + 1) % PROCESSES] as Pid;
  for (;;) {
    const token: Token<Pid> = yield* receive<Token<Pid>>();
    if (token.n > 0) self.send(next, { tag: "token", from: self.pid, n: token.n - 1 });
    else arrival.done();
  }
}

type Node = typeof integerNode;

async function pidgeonRing(node: Node, token: (n: number) => unknown): Promise<Work> {
  const runtime = startRuntime();
  await ageSlots(runtime, PROCESSES);
  const ring: Pid[] = [];
  const arrival: Arrival = { done: () => {} };
  for (let index = 0; index < PROCESSES; index++) {
    ring.push(runtime.spawn(node, ring, index, arrival));
  }
  assertAged(ring);
  return async () => {
    const arrived = new Promise<void>((resolve) => {
      arrival.done = resolve;
    });
    runtime.send(ring[0] as Pid, token(HOPS));
    await arrived;
    return HOPS;
  };
}

function closureRing<Message>(
  handler: (message: Message, send: (message: Message) => void) => void,
  first: (n: number) => Message,
): Work {
  const scheduler = new ClosureScheduler<Message>();
  const ring: ClosureProcess<Message>[] = [];
  for (let index = 0; index < PROCESSES; index++) {
    const next = () => ring[(index + 1) % PROCESSES] as ClosureProcess<Message>;
    const send = (message: Message) => scheduler.send(next(), message);
    ring.push(scheduler.spawn((message) => handler(message, send)));
  }
  return () => {
    scheduler.send(ring[0] as ClosureProcess<Message>, first(HOPS));
    scheduler.run();
    return HOPS;
  };
}

function generatorRing<Message>(
  handler: (message: Message, send: (message: Message) => void) => void,
  first: (n: number) => Message,
): Work {
  const scheduler = new GeneratorScheduler<Message>();
  const ring: GeneratorProcess<Message>[] = [];
  for (let index = 0; index < PROCESSES; index++) {
    const next = () => ring[(index + 1) % PROCESSES] as GeneratorProcess<Message>;
    const send = (message: Message) => scheduler.send(next(), message);
    ring.push(scheduler.spawn(function* () {
      for (;;) handler(yield, send);
    }));
  }
  return () => {
    scheduler.send(ring[0] as GeneratorProcess<Message>, first(HOPS));
    scheduler.run();
    return HOPS;
  };
}

const passInteger = (n: number, send: (n: number) => void) => {
  if (n > 0) send(n - 1);
};
const passObject = (token: Token<number>, send: (token: Token<number>) => void) => {
  if (token.n > 0) send({ tag: "token", from: 1, n: token.n - 1 });
};
const firstObject = (n: number): Token<number> => ({ tag: "token", from: 1, n });

export const generatorIntegerRing: TimeBenchmark = {
  kind: "time",
  name: "generator-ring",
  work: "An integer makes 2,000,000 hops round 1,000 generator processes.",
  operation: "hop",
  systems: {
    pidgeon: () => pidgeonRing(integerNode, (n) => n),
    closures: () => closureRing<number>(passInteger, (n) => n),
    generators: () => generatorRing<number>(passInteger, (n) => n),
  },
  beam: "ring",
};

export const generatorObjectRing: TimeBenchmark = {
  kind: "time",
  name: "generator-ring-objects",
  work: "As generator-ring, with a new {tag, from, n} at every hop.",
  operation: "hop",
  systems: {
    pidgeon: () => pidgeonRing(objectNode, (n) => ({ tag: "token", from: 0, n })),
    closures: () => closureRing(passObject, firstObject),
    generators: () => generatorRing(passObject, firstObject),
  },
  beam: "ring_objects",
};
