// The backlog of a process: what its receives have passed over, against a mailbox that is a list.
import { test } from "tap";
import {
  Down, GenServer, ok, pattern, receive, reply, TIMEOUT,
} from "../../host/index.ts";
import type { Operation, Pid, Process, Ref, Shape } from "../../host/index.ts";
import { Backlog } from "../../host/runtime/backlog.ts";
import { AwaitRef } from "../../host/runtime/call.ts";
import { fuzzOptions, Tally, type Random } from "../assembly/random.ts";
import { Harness, scenario } from "./harness.ts";

/** Of one process. */
const STEPS = 500;
const TYPES = ["data", "ack", "stop"] as const;

/** What may be received, and which messages of a plain list that takes. */
interface Want {
  readonly name: string;
  readonly shape: Shape | undefined;
  takes(message: any): boolean;
}

const hoisted = pattern({ type: "ack" });

function anyWant(random: Random): Want {
  const type = random.pick(TYPES) as string;
  const n = random.below(4);
  switch (random.below(8)) {
    case 0: return { name: "any", shape: undefined, takes: () => true };
    case 1: return { name: "string", shape: String, takes: (m) => typeof m === "string" };
    case 2: {
      const takes = (message: any) => typeof message === "object" && message.n > n;
      return { name: "predicate", shape: takes, takes };
    }
    case 3: return { name: "hoisted shape", shape: hoisted, takes: (m) => m.type === "ack" };
    case 4: return { name: "down", shape: Down, takes: (m) => m instanceof Down };
    case 5: return { name: "two strings", shape: { type, of: "x" }, takes: () => false };
    default: return {
      name: "shape", shape: { type, n }, takes: (m) => m.type === type && m.n === n,
    };
  }
}

const counter = {
  init: () => ok(0),
  handleCall: (_request: unknown, _from: unknown, count: number) => reply(count, count + 1),
};

/** A process that does at random what a process can do with its mailbox, and its model. */
class Program {
  readonly #self: Process;
  readonly #random: Random;
  readonly #tally: Tally;
  readonly #server: Pid;
  readonly #dead: Pid;
  /** The mailbox as it must be. */
  readonly #messages: unknown[] = [];
  readonly #refs: Ref[] = [];
  #calls = 0;

  constructor(self: Process, random: Random, tally: Tally, server: Pid, dead: Pid) {
    this.#self = self;
    this.#random = random;
    this.#tally = tally;
    this.#server = server;
    this.#dead = dead;
  }

  *step(): Operation<void> {
    const random = this.#random;
    if (this.#messages.length > 40) return yield* this.#drain();
    switch (random.below(12)) {
      case 0: case 1: case 2: case 3: return this.#send();
      case 4: return this.#monitor();
      case 5: return this.#demonitor();
      case 6: return yield* this.#call();
      case 7: return yield* this.#await();
      default: return yield* this.#receive();
    }
  }

  /** Leaves nothing. */
  *#drain(): Operation<void> {
    while (this.#messages.length > 0) this.#check(yield* receive(), 0);
    this.#tally.add("drained");
  }

  #message(): unknown {
    const random = this.#random;
    if (random.chance(0.2)) return random.pick(["x", 7, true]);
    return { type: random.pick(TYPES), n: random.below(4) };
  }

  #send(): void {
    const message = this.#message();
    this.#self.send(this.#self.pid, message);
    this.#messages.push(message);
  }

  /** The DOWN of the dead comes at once. */
  #monitor(): void {
    const ref = this.#self.monitor(this.#dead);
    this.#refs.push(ref);
    this.#messages.push(new Down(ref, this.#dead, "noproc"));
  }

  #placeOfDown(ref: Ref | undefined): number {
    return this.#messages.findIndex((one) => one instanceof Down && one.ref === ref);
  }

  #demonitor(): void {
    const ref = this.#random.pick(this.#refs);
    if (ref === undefined) return;
    const flush = this.#random.chance(0.5);
    this.#self.demonitor(ref, { flush });
    const place = this.#placeOfDown(ref);
    if (!flush || place < 0) return;
    this.#messages.splice(place, 1);
    this.#tally.add("flushed");
  }

  *#call(): Operation<void> {
    const count = yield* GenServer.call<number>(this.#self, this.#server, "count");
    if (count !== this.#calls++) throw new Error("a call was lost");
    this.#tally.add("called");
  }

  /** By its reference, wherever it lies. */
  *#await(): Operation<void> {
    const ref = this.#random.pick(this.#refs);
    const place = this.#placeOfDown(ref);
    if (ref === undefined || place < 0) return;
    const down = yield* new AwaitRef(ref) as unknown as Operation<unknown>;
    this.#check(down, place);
    this.#tally.add("awaited");
  }

  *#receive(): Operation<void> {
    const want = anyWant(this.#random);
    const place = this.#messages.findIndex((message) => want.takes(message));
    const isAny = want.shape === undefined;
    if (place < 0 && !isAny) return yield* this.#receiveLate(want);
    if (isAny && this.#messages.length === 0) return;
    this.#tally.add(`${want.name} ${place === 0 || isAny ? "at the head" : "behind others"}`);
    const message = this.#random.chance(0.5) || want.shape === undefined
      ? yield* receive(want.shape as string)
      : yield* receive(want.shape as string, this.#random.below(100));
    this.#check(message, isAny ? 0 : place);
  }

  /** Nothing that is wanted is there: it comes later, or the time runs out. */
  *#receiveLate(want: Want): Operation<void> {
    for (let more = this.#random.below(3); more > 0; more--) {
      const message = this.#message();
      this.#self.sendAfter(10, this.#self.pid, message);
      this.#messages.push(message);
    }
    const message = yield* receive(want.shape as string, 50);
    const place = this.#messages.findIndex((one) => want.takes(one));
    this.#tally.add(`${want.name} ${place < 0 ? "in vain" : "late"}`);
    if (place >= 0) {
      this.#check(message, place);
      if (this.#messages.length > 0) yield* receive(() => false, 20); // the others have come too
    } else if (message !== TIMEOUT) {
      throw new Error(`received ${JSON.stringify(message)} where nothing matches`);
    }
  }

  #check(message: unknown, place: number): void {
    const [expected] = this.#messages.splice(place, 1);
    const found = JSON.stringify(message);
    if (found === JSON.stringify(expected)) return;
    throw new Error(`received ${found} instead of ${JSON.stringify(expected)}`);
  }
}

void test("receives agree with a list that is searched from its beginning", async (t) => {
  const { operations, random } = fuzzOptions(t, 60_000);
  const tally = new Tally();
  const harness = new Harness();
  for (let left = operations; left > 0; left -= STEPS) {
    harness.run(function* (self) {
      const server = yield* GenServer.start(self, counter, undefined);
      const dead = self.spawn(function* () { yield* receive(); });
      self.exit(dead, "kill");
      const program = new Program(self, random, tally, server, dead);
      for (let step = 0; step < STEPS; step++) yield* program.step();
      yield* GenServer.stop(self, server);
    });
  }
  tally.report(t);
  for (const seen of [
    "drained", "flushed", "called", "awaited", "any at the head", "string behind others",
    "predicate behind others", "hoisted shape behind others", "down behind others",
    "shape behind others", "shape late", "shape in vain", "two strings in vain",
  ]) t.not(tally.of(seen), 0, seen);
  await harness.runtime.stop({ timeoutMs: 100 });
  t.equal(harness.runtime.core.handles.live, 0, "no value is left");
});

void test("a message is looked at once for the string that a shape names", (t) => {
  let looks = 0;
  const backlog = new Backlog();
  const wanted = pattern({ type: "wanted", n: 1 }).suspension;
  const other = () => ({ get type() { looks++; return "other"; } });
  for (let n = 0; n < 100; n++) backlog.push(other());
  t.equal(backlog.search(wanted), -1);
  t.equal(looks, 100);
  t.equal(backlog.search(wanted), -1);
  backlog.push({ type: "wanted", n: 2 });
  backlog.push(other());
  backlog.push({ type: "wanted", n: 1 });
  t.equal(backlog.search(wanted), 102);
  t.equal(looks, 101, "only what is new");
  backlog.remove(50);
  t.equal(backlog.search(wanted), 101);
  t.equal(backlog.search(pattern({ type: "third" }).suspension), -1);
  t.equal(looks, 202, "another string: from the beginning");
  t.end();
});

scenario("a predicate that changes its mind takes nothing twice, and loses nothing", (t, h) => {
  const answers = [false, true, false, true];
  const got = h.run(function* (self) {
    self.send(self.pid, "a");
    self.send(self.pid, "b");
    yield* receive("c", 0);
    const first = yield* receive(() => answers.shift() ?? true);
    return [first, yield* receive()];
  });
  t.same([...got].sort(), ["a", "b"]);
});

scenario("messages leave a long backlog from the front, the middle and the end", (t, h) => {
  const got = h.run(function* (self) {
    for (let n = 0; n < 500; n++) self.send(self.pid, n);
    yield* receive("none", 0);
    const taken = [];
    for (const n of [499, 250, 1, 2, 251, 498]) taken.push(yield* receive(n));
    while (true) {
      const message = yield* receive(undefined, 0);
      if (message === TIMEOUT) return taken;
      taken.push(message);
    }
  });
  const first = [499, 250, 1, 2, 251, 498];
  const others = [...Array(500).keys()].filter((n) => !first.includes(n));
  t.same(got, [...first, ...others]);
});
