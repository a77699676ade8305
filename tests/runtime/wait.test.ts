// Processes and promises: wait, run, call from outside, callback processes.
import { test } from "tap";
import {
  Call, CallFailed, Cast, Down, ExitReason, ManualClock, receive, Runtime, sleep, wait,
} from "../../host/runtime/index.ts";
import type { Operation, Pid, Process, Report } from "../../host/runtime/index.ts";
import { GenServer } from "../../host/otp/index.ts";
import { like, scenario, smallLimits, stopEmpty } from "./harness.ts";

/** A runtime that runs by itself, as in production, but whose time stands still. */
function live(
  title: string, body: (
    t: import("tap").Test, runtime: Runtime, clock: ManualClock, reports: Report[],
  ) => Promise<void>,
): void {
  void test(title, async (t) => {
    const clock = new ManualClock();
    const reports: Report[] = [];
    const logger = (report: Report) => { reports.push(report); };
    const runtime = Runtime.start({ clock, logger, limits: smallLimits });
    await body(t, runtime, clock, reports);
    await stopEmpty(runtime);
  });
}

live("wait answers with the promise's value, by reference", async (t, runtime) => {
  const value = new Map([[1, 2]]);
  const got = await runtime.run(function* () {
    return [yield* wait(Promise.resolve(value)), yield* wait(7)] as const;
  });
  t.equal(got[0], value);
  t.equal(got[1], 7);
});

live("a rejection is thrown where the process waits", async (t, runtime, _clock, reports) => {
  const error = new Error("rejected");
  const caught = await runtime.run(function* () {
    try {
      yield* wait(Promise.reject(error));
    } catch (thrown) {
      return thrown;
    }
    return undefined;
  });
  t.equal(caught, error);
  const pid = runtime.spawn(function* () { yield* wait(Promise.reject(error)); });
  await runtime.run(function* (self) {
    self.monitor(pid);
    yield* receive(Down);
  });
  t.match(reports, [{ type: "crash", pid, reason: { error: { message: "rejected" } } }]);
});

live("messages wait while a process waits for a promise", async (t, runtime) => {
  let resolve: (value: string) => void = () => {};
  const promise = new Promise<string>((done) => { resolve = done; });
  const result = runtime.run(function* (self) {
    self.send(self.pid, "first");
    const value = yield* wait(promise);
    return [value, yield* receive(), yield* receive()];
  });
  await new Promise(setImmediate);
  resolve("settled");
  runtime.send(1 as Pid, "second");
  t.same(await result, ["settled", "first", "second"]);
});

live("a wait ends with its process: what settles later is dropped", async (t, runtime) => {
  let reject: (error: Error) => void = () => {};
  const promise = new Promise((_, fail) => { reject = fail; });
  const pid = runtime.spawn(function* () { yield* wait(promise); });
  await new Promise(setImmediate);
  runtime.exit(pid, "kill");
  reject(new Error("nobody is left to hear it"));
  await new Promise(setImmediate);
  t.notOk(runtime.isAlive(pid));
});

live("run rejects with the error that ended the process, and reports no crash",
  async (t, runtime, _clock, reports) => {
    const error = new Error("inside");
    await t.rejects(runtime.run(function* () { throw error; }), error);
    await t.rejects(runtime.run(function* () { throw new ExitReason({ code: 1 }); }),
      like({ reason: { code: 1 } }));
    const killed = runtime.run(function* (self): Operation<void> {
      self.exit(self.pid, "kill");
      yield* receive();
    });
    await t.rejects(killed, like({ reason: "killed" }));
    t.same(reports, []);
  });

function* echo(self: Process): Operation<void> {
  for (;;) {
    const call = yield* receive(Call);
    if (call.request === "end") return;
    if (call.request !== "silence") GenServer.reply(self, call.from, { echo: call.request });
  }
}

live("call from outside: the reply, noproc, the end, a timeout", async (t, runtime, clock) => {
  const pid = runtime.spawn(echo);
  t.same(await runtime.call(pid, { a: 1 }), { echo: { a: 1 } });
  const late = runtime.call(pid, "silence", { timeoutMs: 50 });
  await new Promise(setImmediate);
  clock.advance(50);
  await t.rejects(late, { cause: "timeout" });
  const ended = runtime.call(pid, "end");
  await t.rejects(ended, { cause: "normal", reason: { call: { server: pid, cause: "normal" } } });
  const dead = runtime.call(pid, 1);
  await t.rejects(dead, { cause: "noproc" });
  await t.rejects(dead, CallFailed);
  await t.rejects(runtime.call("nobody", 1), { cause: "noproc" });
  await t.rejects(runtime.call("nobody", 1), like({ reason: { call: { server: "nobody" } } }));
});

live("a request that can't be sent rejects the call", async (t, runtime) => {
  const pid = runtime.spawn(echo);
  await t.rejects(runtime.call(pid, { f: () => 1 }), { code: "PIDGEON_NOT_SENDABLE" });
});

scenario("a late reply is dropped, and does not lengthen a later timeout", (t, h) => {
  const result = h.run(function* (self) {
    const slow = self.spawn(function* (own: Process) {
      const call = yield* receive(Call);
      yield* sleep(100);
      GenServer.reply(own, call.from, "late");
      yield* sleep(1000);
    });
    let cause: unknown;
    try {
      yield* GenServer.call(self, slow, "question", 50);
    } catch (error) {
      cause = (error as CallFailed).cause;
    }
    const before = h.clock.now();
    const nothing = yield* receive(undefined, 80);
    const waitedMs = h.clock.now() - before;
    self.exit(slow, "kill");
    return [cause, String(nothing), waitedMs];
  });
  t.same(result, ["timeout", "Symbol(pidgeon.timeout)", 80]);
});

scenario("a call to oneself fails instead of waiting for ever", (t, h) => {
  t.throws(() => h.run(function* (self) { yield* GenServer.call(self, self.pid, 1); }),
    { cause: "calling_self" });
});

scenario("a callback process gets each message in order, calls and casts as such", (t, h) => {
  const got: unknown[] = [];
  const pid = h.runtime.spawnCallback({
    receive(message, self) {
      if (message instanceof Call) GenServer.reply(self, message.from, "answer");
      else got.push(message instanceof Cast ? ["cast", message.request] : message);
    },
  });
  h.runtime.send(pid, 1);
  h.runtime.send(pid, { two: 2 });
  h.runtime.cast(pid, 3);
  t.equal(h.run((self) => GenServer.call(self, pid, "?")), "answer");
  t.same(got, [1, { two: 2 }, ["cast", 3]]);
  h.runtime.exit(pid, "kill");
});

scenario("a generator callback keeps the next message waiting", (t, h) => {
  const got: unknown[] = [];
  const pid = h.runtime.spawnCallback({
    *receive(message) {
      got.push(["begin", message]);
      yield* sleep(10);
      got.push(["end", message]);
    },
  });
  h.runtime.send(pid, 1);
  h.runtime.send(pid, 2);
  h.advance(30);
  t.same(got, [["begin", 1], ["end", 1], ["begin", 2], ["end", 2]]);
  h.runtime.exit(pid, "kill");
});

live("a promise that a callback answers is waited for; its rejection ends the process",
  async (t, runtime, _clock, reports) => {
    const got: unknown[] = [];
    const pid = runtime.spawnCallback({
      async receive(message) {
        await Promise.resolve();
        if (message === "fail") throw new Error("async");
        got.push(message);
      },
    }, { priority: "high", trapExit: true });
    t.match(runtime.processInfo(pid), { priority: "high", trapExit: true, messageQueueLength: 0 });
    runtime.send(pid, 1);
    runtime.send(pid, "fail");
    await runtime.run(function* (self) {
      self.monitor(pid);
      return (yield* receive(Down)).reason;
    });
    t.same(got, [1]);
    t.match(reports, [{ type: "crash", pid, reason: { error: { message: "async" } } }]);
  });

scenario("a callback that throws ends its process and its links", (t, h) => {
  const result = h.run(function* (self) {
    const { pid } = self.spawnMonitor(function* (own: Process) {
      const throwing = { receive() { throw new Error("callback"); } };
      const child = own.spawnCallback(throwing, { link: true });
      own.send(child, 1);
      yield* receive("never");
    });
    void pid;
    return (yield* receive(Down)).reason;
  });
  t.match(result, { error: { message: "callback" } });
});
