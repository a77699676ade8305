// Rings: one token goes round 1,000 processes for 2,000,000 hops.
import { receive, type Pid, type Process } from "../../host/runtime/index.ts";
import { Box } from "../baseline/boxes.ts";
import { ClosureScheduler, type ClosureProcess } from "../baseline/closures.ts";
import { GeneratorScheduler, type GeneratorProcess } from "../baseline/generators.ts";
import type { Size, TimeBenchmark, Work } from "../instrument/benchmark.ts";
import { effectIntegerRing, effectObjectRing } from "../peers/effect.ts";
import { ageSlots, assertAged, GENERATIONS, startRuntime } from "./aged.ts";

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
  const next = ring[(index + 1) % ring.length] as Pid;
  for (;;) {
    const n: number = yield* receive<number>();
    if (n > 0) self.send(next, n - 1);
    else arrival.done();
  }
}

function* objectNode(self: Process, ring: readonly Pid[], index: number, arrival: Arrival) {
  const next = ring[(index + 1) % ring.length] as Pid;
  for (;;) {
    const token: Token<Pid> = yield* receive<Token<Pid>>();
    if (token.n > 0) self.send(next, { tag: "token", from: self.pid, n: token.n - 1 });
    else arrival.done();
  }
}

type Node = typeof integerNode;

async function pidgeonRing(
  size: Size, node: Node, token: (n: number) => unknown,
): Promise<Work> {
  const { breadth, operations, generations } = size;
  const runtime = startRuntime();
  await ageSlots(runtime, breadth, generations);
  const ring: Pid[] = [];
  const arrival: Arrival = { done: () => {} };
  for (let index = 0; index < breadth; index++) {
    ring.push(runtime.spawn(node, ring, index, arrival));
  }
  assertAged(ring, generations);
  const run = () => {
    const arrived = new Promise<void>((resolve) => {
      arrival.done = resolve;
    });
    runtime.send(ring[0] as Pid, token(operations));
    return arrived;
  };
  return { run };
}

function closureRing<Message>(
  { breadth, operations }: Size,
  handler: (message: Message, send: (message: Message) => void) => void,
  first: (n: number) => Message,
): Work {
  const scheduler = new ClosureScheduler<Message>();
  const ring: ClosureProcess<Message>[] = [];
  for (let index = 0; index < breadth; index++) {
    const next = () => ring[(index + 1) % ring.length] as ClosureProcess<Message>;
    const send = (message: Message) => scheduler.send(next(), message);
    ring.push(scheduler.spawn((message) => handler(message, send)));
  }
  const run = () => {
    scheduler.send(ring[0] as ClosureProcess<Message>, first(operations));
    scheduler.run();
  };
  return { run };
}

function generatorRing<Message>(
  { breadth, operations }: Size,
  handler: (message: Message, send: (message: Message) => void) => void,
  first: (n: number) => Message,
): Work {
  const scheduler = new GeneratorScheduler<Message>();
  const ring: GeneratorProcess<Message>[] = [];
  for (let index = 0; index < breadth; index++) {
    const next = () => ring[(index + 1) % ring.length] as GeneratorProcess<Message>;
    const send = (message: Message) => scheduler.send(next(), message);
    ring.push(scheduler.spawn(function* () {
      for (;;) handler(yield, send);
    }));
  }
  const run = () => {
    scheduler.send(ring[0] as GeneratorProcess<Message>, first(operations));
    scheduler.run();
  };
  return { run };
}

function asyncRing<Message>(
  { breadth, operations }: Size,
  next: (message: Message) => Message | undefined,
  first: (n: number) => Message,
): Work {
  const ring = Array.from({ length: breadth }, () => new Box<Message>());
  const arrival: Arrival = { done: () => {} };
  const node = async (box: Box<Message>, neighbour: Box<Message>) => {
    for (;;) {
      const message = next(await box.receive());
      if (message !== undefined) neighbour.send(message);
      else arrival.done();
    }
  };
  ring.forEach((box, index) => void node(box, ring[(index + 1) % breadth] as Box<Message>));
  const run = () => {
    const arrived = new Promise<void>((resolve) => {
      arrival.done = resolve;
    });
    ring[0]?.send(first(operations));
    return arrived;
  };
  return { run };
}

const nextInteger = (n: number) => n > 0 ? n - 1 : undefined;
const nextObject = ({ n }: Token<number>): Token<number> | undefined =>
  n > 0 ? { tag: "token", from: 1, n: n - 1 } : undefined;
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
  size: { breadth: 1000, operations: 2_000_000, generations: GENERATIONS },
  tiny: { breadth: 5, operations: 17, generations: 2 },
  systems: {
    pidgeon: (size) => pidgeonRing(size, integerNode, (n) => n),
    closures: (size) => closureRing<number>(size, passInteger, (n) => n),
    generators: (size) => generatorRing<number>(size, passInteger, (n) => n),
    async: (size) => asyncRing<number>(size, nextInteger, (n) => n),
    effect: effectIntegerRing,
  },
  beam: "ring",
  bars: [{ against: "beam", atMost: 1 / 3 }],
};

export const generatorObjectRing: TimeBenchmark = {
  kind: "time",
  name: "generator-ring-objects",
  work: "As generator-ring, with a new {tag, from, n} at every hop.",
  operation: "hop",
  size: { breadth: 1000, operations: 2_000_000, generations: GENERATIONS },
  tiny: { breadth: 5, operations: 17, generations: 2 },
  systems: {
    pidgeon: (size) => pidgeonRing(size, objectNode, (n) => ({ tag: "token", from: 0, n })),
    closures: (size) => closureRing(size, passObject, firstObject),
    generators: (size) => generatorRing(size, passObject, firstObject),
    async: (size) => asyncRing(size, nextObject, firstObject),
    effect: effectObjectRing,
  },
  beam: "ring_objects",
  bars: [{ against: "beam", atMost: 1 / 2 }],
};
