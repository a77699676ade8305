// Mailboxes: order, selective receive, patterns, timeouts.
import { test } from "tap";
import {
  Counter, Down, Exit, messages, oneOf, pattern, receive, sleep, TIMEOUT,
} from "../../host/runtime/index.ts";
import type { Pid, Process } from "../../host/runtime/index.ts";
import { scenario } from "./harness.ts";

scenario("a sender's messages keep their order, whatever their kind", (t, h) => {
  const got: unknown[] = [];
  const pid = h.runtime.spawn(function* () {
    for (let count = 0; count < 5; count++) got.push(yield* receive());
  });
  for (const message of [1, "two", { three: 3 }, [4], 5]) h.runtime.send(pid, message);
  h.pump();
  t.same(got, [1, "two", { three: 3 }, [4], 5]);
});

scenario("the receiver owns a copy", (t, h) => {
  const message = { list: [1] };
  const got: (typeof message)[] = [];
  const pid = h.runtime.spawn(function* () { got.push(yield* receive()); });
  h.runtime.send(pid, message);
  message.list.push(2);
  h.pump();
  t.same(got, [{ list: [1] }]);
});

scenario("a selective receive passes over others, which keep their order", (t, h) => {
  const wanted = pattern({ tag: "wanted" });
  const got = h.run(function* (self) {
    for (const message of [1, { tag: "other" }, { tag: "wanted", n: 1 }, 2]) {
      self.send(self.pid, message);
    }
    const first = yield* receive(wanted);
    return [first, yield* receive(), yield* receive(), yield* receive()];
  });
  t.same(got, [{ tag: "wanted", n: 1 }, 1, { tag: "other" }, 2]);
});

scenario("a message that comes while the process waits for another one is kept", (t, h) => {
  const got: unknown[] = [];
  const pid = h.runtime.spawn(function* () {
    got.push(yield* receive("b"));
    got.push(yield* receive());
  });
  h.runtime.send(pid, "a");
  h.pump();
  t.same(got, []);
  t.equal(h.runtime.processInfo(pid)?.messageQueueLength, 1);
  h.runtime.send(pid, "b");
  h.pump();
  t.same(got, ["b", "a"]);
});

scenario("a timeout of 0 polls the whole mailbox", (t, h) => {
  const got = h.run(function* (self) {
    self.send(self.pid, 1);
    self.send(self.pid, "x");
    return [
      yield* receive("x", 0), yield* receive("x", 0), yield* receive(undefined, 0),
      yield* receive(undefined, 0),
    ];
  });
  t.same(got, ["x", TIMEOUT, 1, TIMEOUT]);
});

scenario("a timeout counts from entering receive, whatever else arrives", (t, h) => {
  const got: unknown[] = [];
  const pid = h.runtime.spawn(function* () { got.push(yield* receive("wanted", 100)); });
  for (let ms = 0; ms < 90; ms += 30) {
    h.advance(30);
    h.runtime.send(pid, "other");
  }
  h.advance(9);
  t.same(got, []);
  h.advance(1);
  t.same(got, [TIMEOUT]);
});

scenario("a timeout never fires early, and a message in time wins", (t, h) => {
  const got: unknown[] = [];
  const pid = h.runtime.spawn(function* () {
    got.push(yield* receive(undefined, 50));
    got.push(yield* receive(undefined, 50));
  });
  h.advance(49);
  h.runtime.send(pid, "in time");
  h.advance(49);
  t.same(got, ["in time"]);
  h.advance(1);
  t.same(got, ["in time", TIMEOUT]);
});

scenario("after a timeout the mailbox is looked at from its head", (t, h) => {
  const got = h.run(function* (self) {
    self.send(self.pid, "first");
    self.send(self.pid, "second");
    const none = yield* receive("never", 10);
    return [none, yield* receive(), yield* receive()];
  });
  t.same(got, [TIMEOUT, "first", "second"]);
});

scenario("sleep lets messages wait, and takes its time", (t, h) => {
  const pid = h.runtime.spawn(function* (self: Process) {
    yield* sleep(100);
    self.runtime.send(self.pid, "awake");
    while ((yield* receive()) !== "awake");
  });
  for (let count = 0; count < 10; count++) h.runtime.send(pid, count);
  h.advance(99);
  t.equal(h.runtime.processInfo(pid)?.messageQueueLength, 10);
  h.advance(1);
  t.notOk(h.runtime.isAlive(pid));
});

scenario("a wrong time is the caller's mistake", (t, h) => {
  for (const ms of [-1, NaN]) {
    t.throws(() => sleep(ms), { code: "PIDGEON_BAD_TIME" });
    t.throws(() => receive(undefined, ms), { code: "PIDGEON_BAD_TIME" });
  }
  t.throws(() => h.run(function* (self) { self.sendAfter(-1, self.pid, 1); }),
    { code: "PIDGEON_BAD_TIME" });
});

scenario("sendAfter sends once, in order of time, and can be cancelled", (t, h) => {
  const got: unknown[] = [];
  const pid = h.runtime.spawn(function* (self: Process) {
    self.sendAfter(20, self.pid, { at: 20 });
    self.sendAfter(10, self.pid, 10);
    const ref = self.sendAfter(15, self.pid, { never: true });
    got.push(self.cancelTimer(ref), self.cancelTimer(ref));
    for (;;) got.push(yield* receive());
  });
  h.advance(100);
  t.same(got, [15, undefined, 10, { at: 20 }]);
  h.runtime.exit(pid, "kill");
});

scenario("a timer for a dead process is gone, with its message", (t, h) => {
  const result = h.run(function* (self) {
    const dead = self.spawn(function* () {});
    const waiting = self.spawn(function* () { yield* receive(); });
    self.sendAfter(1_000_000, waiting, { big: "message" });
    yield* sleep(1);
    self.exit(waiting, "kill");
    return self.cancelTimer(self.sendAfter(5, dead, { x: 1 }));
  });
  t.equal(result, undefined);
});

scenario("one process can't hold up the others by its own messages", (t, h) => {
  const order: string[] = [];
  const spinner = h.runtime.spawn(function* (self: Process) {
    for (let count = 0; count < 1_000; count++) {
      self.send(self.pid, count);
      yield* receive();
    }
    order.push("spinner");
  });
  h.runtime.spawn(function* () { order.push("other"); });
  h.pump();
  t.same(order, ["other", "spinner"]);
  t.notOk(h.runtime.isAlive(spinner));
});

scenario("a full handle table refuses the send and loses nothing", (t, h) => {
  const pid = h.runtime.spawn(function* () { yield* receive("never"); });
  let sent = 0;
  t.throws(() => { for (;;) { h.runtime.send(pid, { n: sent }); sent++; } },
    { code: "PIDGEON_HANDLES_FULL" });
  t.equal(sent, 31);
  t.equal(h.runtime.counter(Counter.LIVE_HANDLES), 31);
}, { limits: { processes: 64, handles: 32 } });

scenario("a send to a dead process or an unknown name answers false", (t, h) => {
  const pid = h.runtime.spawn(function* () {});
  h.pump();
  t.equal(h.runtime.send(pid, { x: 1 }), false);
  t.equal(h.runtime.send(pid, 1), false);
  t.equal(h.runtime.send("nobody", { x: 1 }), false);
  t.throws(() => h.runtime.send(-5.5 as Pid, 1), { code: "PIDGEON_KERNEL_STATUS" });
  t.equal(h.runtime.counter(Counter.DEAD_LETTERS), 2);
});

void test("patterns: literals, types, arrays, objects, guards, alternatives", async (t) => {
  const cases: [string, { matches(message: unknown): boolean }, unknown[], unknown[]][] = [
    ["literal", pattern("a"), ["a"], ["b", 1, null]],
    ["NaN", pattern(NaN), [NaN], [0]],
    ["null", pattern(null), [null], [undefined, {}]],
    ["String", pattern(String), ["", "x"], [1, null]],
    ["Number", pattern(Number), [0, 1.5], ["0"]],
    ["Boolean", pattern(Boolean), [true, false], [0]],
    ["BigInt", pattern(BigInt), [1n], [1]],
    ["Array", pattern(Array), [[], [1]], [{}]],
    ["Object", pattern(Object), [{}, [1]], [null, 1]],
    ["tuple", pattern(["ping", Number]), [["ping", 1]],
      [["ping"], ["ping", "x"], ["ping", 1, 2], 1]],
    ["object", pattern({ a: { b: 1 } }), [{ a: { b: 1, c: 2 }, d: 1 }],
      [{ a: {} }, { a: 1 }, null]],
    ["own property", pattern({ toString: Function.prototype.call as never }), [], [{}]],
    ["guard", pattern((message: number) => message > 3), [4], [3]],
    ["nested pattern", pattern({ a: pattern(String) }), [{ a: "x" }], [{ a: 1 }]],
    ["oneOf", oneOf("a", { b: Number }), ["a", { b: 2 }], ["b", { b: "2" }]],
    ["Exit", pattern(Exit), [], [{ from: 1, reason: "normal" }]],
    ["Down", pattern(Down), [], [{ ref: 1, pid: 1, reason: "normal" }]],
  ];
  for (const [name, compiled, matching, others] of cases) {
    for (const message of matching) t.ok(compiled.matches(message), `${name} takes a match`);
    for (const message of others) t.notOk(compiled.matches(message), `${name} refuses`);
  }
});

scenario("patterns of a message type narrow it", (t, h) => {
  type Request = { type: "add"; n: number } | { type: "say"; text: string };
  const { pattern: of, receive: next } = messages<Request>();
  const say = of({ type: "say" });
  const text = h.run(function* (self) {
    self.send(self.pid, { type: "add", n: 1 });
    self.send(self.pid, { type: "say", text: "hello" });
    const said: string = (yield* receive(say)).text;
    const rest = yield* next();
    return [said, rest.type === "add" ? rest.n : 0];
  });
  t.same(text, ["hello", 1]);
});

scenario("a guard that throws ends its own process only", (t, h) => {
  const pid = h.runtime.spawn(function* () {
    yield* receive(() => { throw new Error("guard"); });
  });
  h.runtime.send(pid, 1);
  h.pump();
  t.notOk(h.runtime.isAlive(pid));
  t.match(h.reports, [{ type: "crash", pid, reason: { error: { message: "guard" } } }]);
});
