// Timers: to names, absolute, with a reference, and what is left of them.
import { Counter } from "../../host/kernel/abi.ts";
import { pattern, receive, TimerTimeout } from "../../host/runtime/index.ts";
import type { Process } from "../../host/runtime/index.ts";
import { like, scenario } from "./harness.ts";

scenario("a timer's name is looked up when the time has come", (t, h) => {
  const got: string[] = [];
  const [first, second] = ["first", "second"].map((who) => h.runtime.spawn(function* () {
    for (;;) got.push(`${who} ${(yield* receive<{ n: number }>()).n}`);
  }));
  h.run(function* (self) {
    self.register("worker", first);
    self.sendAfter(10, "worker", { n: 1 });
    self.sendAfter(30, "worker", { n: 2 });
    self.sendAfter(50, "worker", { n: 3 });
  });
  h.advance(20);
  h.run(function* (self) {
    self.unregister("worker");
    self.register("worker", second);
  });
  h.advance(20);
  t.same(got, ["first 1", "second 2"]);
  h.run(function* (self) { self.unregister("worker"); });
  const before = h.runtime.counter(Counter.DEAD_LETTERS);
  h.advance(20);
  t.equal(h.runtime.counter(Counter.DEAD_LETTERS), before + 1, "nobody has the name");
  t.equal(got.length, 2);
});

scenario("a timer to a name can be read and cancelled, with its message freed", (t, h) => {
  h.run(function* (self) {
    const ref = self.sendAfter(100, "nobody", { big: "value" });
    t.equal(self.readTimer(ref), 100);
    t.equal(self.cancelTimer(ref), 100);
    t.same([self.readTimer(ref), self.cancelTimer(ref)], [undefined, undefined]);
  });
});

scenario("readTimer says what is left, and the timer goes on", (t, h) => {
  const left: unknown[] = [];
  h.runtime.spawn(function* (self: Process) {
    const ref = self.sendAfter(100, self.pid, "x");
    left.push(self.readTimer(ref));
    yield* receive("look", 30);
    left.push(self.readTimer(ref), yield* receive(), self.readTimer(ref));
  });
  h.advance(1_000);
  t.same(left, [100, 70, "x", undefined]);
});

scenario("an absolute timer fires when the clock shows its time", (t, h) => {
  const got: [unknown, number][] = [];
  const begunAtMs = h.runtime.monotonicTime();
  h.runtime.spawn(function* (self: Process) {
    yield* receive(undefined, 10);
    const to = self.pid;
    self.sendAfter(begunAtMs + 50, to, "later", { absolute: true });
    self.sendAfter(begunAtMs - 500, to, "past", { absolute: true });
    self.sendAfter(-Infinity, to, "long past", { absolute: true });
    for (;;) got.push([yield* receive(), h.runtime.monotonicTime() - begunAtMs]);
  });
  h.advance(100);
  t.same(got, [["past", 10], ["long past", 10], ["later", 50]]);
});

scenario("startTimer sends its reference along", (t, h) => {
  h.run(function* (self) {
    const first = self.startTimer(10, self.pid, { n: 1 });
    const second = self.startTimer(5, self.pid, 2);
    self.send(self.pid, "between");
    const timeout = yield* receive(TimerTimeout);
    t.same(timeout, new TimerTimeout(second, 2));
    const own = pattern((one: unknown) => one instanceof TimerTimeout && one.ref === first);
    t.same(yield* receive(own), new TimerTimeout(first, { n: 1 }));
    t.equal(yield* receive(), "between");
  });
});

scenario("a callback process gets the timeouts of its timers whole", (t, h) => {
  const got: unknown[] = [];
  const pid = h.runtime.spawnCallback({ receive: (message) => got.push(message) });
  const ref = h.run(function* (self) { return self.startTimer(5, pid, "due"); });
  h.advance(10);
  t.same(got, [new TimerTimeout(ref, "due")]);
});

scenario("times beyond 49 days are refused, not cut", (t, h) => {
  const bad = like({ code: "PIDGEON_BAD_TIME" });
  h.run(function* (self) {
    for (const ms of [2 ** 32, Infinity, NaN, -1]) {
      t.throws(() => self.sendAfter(ms, self.pid, { n: 1 }), bad);
      t.throws(() => self.startTimer(ms, "me", 1), bad);
    }
    const farMs = h.runtime.monotonicTime() + 2 ** 32;
    for (const ms of [farMs, Infinity, NaN]) {
      t.throws(() => self.sendAfter(ms, self.pid, 1, { absolute: true }), bad);
    }
    t.throws(() => receive(undefined, 2 ** 32), bad);
    const ref = self.sendAfter(2 ** 32 - 1, self.pid, 1);
    t.equal(self.cancelTimer(ref), 2 ** 32 - 1);
  });
});
