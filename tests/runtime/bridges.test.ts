// Bridges: abort signals, feeds, inboxes, events, and rejections that belong to their process.
import { EventEmitter, getEventListeners, once } from "node:events";
import { test } from "tap";
import type { Test } from "tap";
import { GenServer, noreply, ok, reply } from "../../host/otp/index.ts";
import type { GenServerModule } from "../../host/otp/index.ts";
import {
  Call, Down, ExitReason, feed, FeedEnd, FeedItem, listen, receive, Runtime, sleep, wait,
} from "../../host/runtime/index.ts";
import type { Operation, Pid, Process, Report } from "../../host/runtime/index.ts";
import { like, smallLimits, stopEmpty } from "./harness.ts";

/** A runtime as in production; at its end no value and no rejection is left behind. */
function live(
  title: string, body: (t: Test, runtime: Runtime, reports: Report[]) => Promise<void>,
): void {
  void test(title, async (t) => {
    const unhandled: unknown[] = [];
    const note = (error: unknown): void => { unhandled.push(error); };
    process.on("unhandledRejection", note);
    const reports: Report[] = [];
    const runtime = Runtime.start({
      logger: (report) => { reports.push(report); }, limits: smallLimits,
    });
    await body(t, runtime, reports);
    await turnOfLoop();
    t.equal(runtime.core.handles.live, 0, "no value is left in the runtime");
    await stopEmpty(runtime);
    await turnOfLoop();
    process.off("unhandledRejection", note);
    t.same(unhandled, [], "no rejection is nobody's");
  });
}

/** Microtasks, the pump, and what Node says of rejections are over. */
async function turnOfLoop(): Promise<void> {
  for (let count = 0; count < 3; count++) await new Promise(setImmediate);
}

const silent = function* (): Operation<void> { yield* receive("never"); };

live("an abort ends a call from outside with its reason, and its late reply is lost",
  async (t, runtime) => {
    let asked: Call | undefined;
    const server = runtime.spawn(function* (self) {
      asked = yield* receive(Call);
      yield* receive("answer");
      t.equal(GenServer.reply(self, asked.from, "late"), false);
    });
    const controller = new AbortController();
    const { signal } = controller;
    const call = runtime.call(server, "?", { signal, timeoutMs: 60_000 });
    await turnOfLoop();
    t.ok(asked);
    t.equal(getEventListeners(signal, "abort").length, 1);
    const reason = new Error("nobody waits");
    controller.abort(reason);
    await t.rejects(call, reason);
    t.equal(getEventListeners(signal, "abort").length, 0);
    runtime.send(server, "answer");
    await turnOfLoop();
    t.same(runtime.processes(), []);
    await t.rejects(runtime.call("nobody", 1, { signal }), reason, "not even looked for");
  });

live("a call that ends, or its caller, leaves no listener at the signal", async (t, runtime) => {
  const { signal } = new AbortController();
  const count = () => getEventListeners(signal, "abort").length;
  const echo = runtime.spawn(function* (self) {
    for (;;) GenServer.reply(self, (yield* receive(Call)).from, "reply");
  });
  t.equal(await runtime.call(echo, 1, { signal }), "reply");
  t.equal(count(), 0);
  const deaf = runtime.spawn(silent);
  const caller = runtime.spawn(function* (self) {
    yield* GenServer.call(self, deaf, 1, { signal });
  });
  const waiter = runtime.spawn(function* () {
    yield* wait(new Promise(() => {}), { signal });
  });
  await turnOfLoop();
  t.equal(count(), 2);
  runtime.exit(caller, "kill");
  runtime.exit(waiter, "kill");
  await turnOfLoop();
  t.equal(count(), 0);
  for (const pid of [echo, deaf]) runtime.exit(pid, "kill");
  await turnOfLoop();
});

live("inside of processes an abort ends a call and a wait, and the process goes on",
  async (t, runtime) => {
    const deaf = runtime.spawn(silent);
    const result = await runtime.run(function* (self) {
      const caught: unknown[] = [];
      for (const doing of [
        (signal: AbortSignal) => GenServer.call(self, deaf, 1, { signal, timeoutMs: Infinity }),
        (signal: AbortSignal) => wait(new Promise(() => {}), { signal }),
      ]) {
        const controller = new AbortController();
        setImmediate(() => controller.abort("aborted"));
        try {
          yield* doing(controller.signal);
        } catch (error) {
          caught.push(error);
        }
      }
      self.send(self.pid, "next");
      return [...caught, yield* receive()];
    });
    t.same(result, ["aborted", "aborted", "next"]);
    runtime.exit(deaf, "kill");
    await turnOfLoop();
  });

live("the signal of a process is aborted by its end, inside and outside", async (t, runtime) => {
  const seen: string[] = [];
  let inner: AbortSignal | undefined;
  const pid = runtime.spawn(function* (self) {
    inner = self.abortSignal;
    t.equal(self.abortSignal, inner, "the same one");
    inner.addEventListener("abort", () => seen.push("inner"));
    yield* receive("end");
  });
  const outer = runtime.abortSignal(pid);
  outer.addEventListener("abort", () => seen.push("outer"));
  await turnOfLoop();
  t.same([inner?.aborted, outer.aborted], [false, false]);
  runtime.exit(pid, { why: 1 });
  await turnOfLoop();
  t.same(seen, ["inner", "outer"]);
  for (const signal of [inner!, outer, runtime.abortSignal(pid)]) {
    if (!signal.aborted) await once(signal, "abort");
    t.ok(signal.reason instanceof ExitReason);
  }
  t.same((outer.reason as ExitReason).reason, { why: 1 });
});

live("what throws at the end of a process is reported, and the others are done",
  async (t, runtime, reports) => {
    const seen: unknown[] = [];
    const pid = runtime.spawn(function* (self) {
      const broken = { on() {}, off() { throw new Error("broken off"); } };
      listen(self, broken, "event", () => undefined);
      self.abortSignal.addEventListener("abort", () => seen.push(1));
      yield* receive("never");
    });
    await turnOfLoop();
    runtime.exit(pid, "kill");
    await turnOfLoop();
    t.same(seen, [1]);
    t.match(reports, [{ pid, reason: { error: { message: "broken off" } } }]);
  });

/** Counts how far it was read, and whether it was told to end. */
function numbers(upTo: number) {
  const state = { read: 0, returned: 0 };
  const source = {
    state,
    async *[Symbol.asyncIterator]() {
      try {
        while (state.read < upTo) yield ++state.read;
      } finally {
        state.returned++;
      }
    },
  };
  return source;
}

live("a feed reads an iterable as far as it is asked, and tells its end", async (t, runtime) => {
  const source = numbers(5);
  const result = await runtime.run(function* (self) {
    const items = feed(self, source, { demand: 2 });
    yield* sleep(5);
    const ahead = [source.state.read, self.runtime.processInfo(self.pid, "messageQueueLength")];
    const got: unknown[] = [];
    for (;;) {
      const message = yield* receive<FeedItem | FeedEnd>();
      if (message.feed !== items.ref) throw new Error("another feed's");
      if (message instanceof FeedEnd) return [ahead, got, message.reason];
      got.push(message.value);
      items.ask();
    }
  });
  t.same(result, [[2, 2], [1, 2, 3, 4, 5], "normal"]);
});

live("a feed ends with its process, and by stop: the iterable is told", async (t, runtime) => {
  const [first, second] = [numbers(9), numbers(9)];
  const pid = runtime.spawn(function* (self) {
    feed(self, first);
    const other = feed(self, second, { demand: 0 });
    other.ask(1);
    yield* receive(FeedItem);
    yield* receive(FeedItem);
    other.stop();
    yield* receive("never");
  });
  await turnOfLoop();
  t.same([first.state, second.state], [{ read: 1, returned: 0 }, { read: 1, returned: 1 }]);
  runtime.exit(pid, "kill");
  await turnOfLoop();
  t.same(first.state, { read: 1, returned: 1 });
});

live("a feed tells what its iterable throws, and what can't be sent", async (t, runtime) => {
  const ends = await runtime.run(function* (self) {
    feed(self, (async function* () { throw new Error("broken"); })());
    feed(self, [new Map()]);
    return [(yield* receive(FeedEnd)).reason, (yield* receive(FeedEnd)).reason];
  });
  t.match(ends, [
    { error: { message: "broken" } }, { error: { message: /an instance of Map/ } },
  ]);
  await t.rejects(runtime.run(function* (self) { feed(self, [], { demand: -1 }); }),
    { code: "PIDGEON_BAD_OPTION" });
});

live("items that were asked for come into a full mailbox; they are copies", async (t, runtime) => {
  const value = { n: 1 };
  let got: FeedItem | undefined;
  const pid = runtime.spawn(function* (self) {
    self.processFlag("mailboxLimit", { messages: 1 });
    self.send(self.pid, "full");
    feed(self, [value]);
    yield* sleep(5);
    got = yield* receive(FeedItem);
  });
  await once(runtime.abortSignal(pid), "abort");
  t.same(got?.value, { n: 1 });
  t.not(got?.value, value);
});

live("an inbox is read outside, holds so many messages, and ends with the loop",
  async (t, runtime) => {
    const inbox = runtime.inbox<number>({ name: "inbox", mailboxLimit: { messages: 3 } });
    const taken = like({ reason: { alreadyStarted: inbox.pid } });
    t.throws(() => runtime.inbox({ name: "inbox" }), taken);
    const sent = [1, 2, 3, 4].map((n) => runtime.trySend("inbox", n));
    t.same(sent, ["ok", "ok", "ok", "full"]);
    const got: number[] = [];
    for await (const message of inbox) {
      got.push(message);
      if (message === 2) break;
    }
    t.same(got, [1, 2]);
    await turnOfLoop();
    t.notOk(runtime.isAlive(inbox.pid));
    t.same(await inbox.next(), { done: true, value: undefined });
  });

live("an inbox whose process is ended from elsewhere is done, or throws", async (t, runtime) => {
  const orderly = runtime.inbox();
  const waiting = [orderly.next(), orderly.next()];
  await turnOfLoop();
  runtime.exit(orderly.pid, "shutdown");
  t.same(await Promise.all(waiting), Array(2).fill({ done: true, value: undefined }));
  const killed = runtime.inbox();
  await turnOfLoop();
  runtime.exit(killed.pid, "kill");
  await turnOfLoop();
  await t.rejects(killed.next(), like({ reason: "killed" }));
  t.same(await killed.next(), { done: true, value: undefined }, "it is thrown once");
});

live("events become messages until the process ends, or the listener is removed",
  async (t, runtime) => {
    const emitter = new EventEmitter();
    const target = new EventTarget();
    const got: unknown[] = [];
    const pid = runtime.spawn(function* (self) {
      listen(self, emitter, "data", (n: number, text: string) => ({ n, text }));
      listen(self, target, "ping", (event: Event) => event.type);
      const remove = listen(self, emitter, "other", () => 1);
      remove();
      for (;;) got.push(yield* receive());
    });
    await turnOfLoop();
    t.equal(emitter.listenerCount("other"), 0);
    emitter.emit("data", 7, "seven");
    target.dispatchEvent(new Event("ping"));
    await turnOfLoop();
    t.same(got, [{ n: 7, text: "seven" }, "ping"]);
    runtime.exit(pid, "shutdown");
    await turnOfLoop();
    t.equal(emitter.listenerCount("data") + getEventListeners(target, "ping").length, 0);
  });

live("an event that can't be a message ends the process, never the emitter", async (t, runtime) => {
  const emitter = new EventEmitter();
  const end = runtime.run(function* (self) {
    const { pid } = self.spawnMonitor(function* (own: Process) {
      listen(own, emitter, "data", (value: unknown) => value);
      self.send(self.pid, "listening");
      yield* receive("never");
    });
    yield* receive("listening");
    emitter.emit("data", new Map());
    void pid;
    return (yield* receive(Down)).reason;
  });
  t.match(await end, { error: { message: /an instance of Map, at \(the message\)/ } });
  t.equal(emitter.listenerCount("data"), 0);
});

const later: GenServerModule<number, number> = {
  init: (state) => ok(state),
  async handleCall(request: string, _from, state) {
    await turnOfLoop();
    if (request === "reject") throw new Error("rejected in a callback");
    return reply(request, state);
  },
  async handleCast(_message, _state, self) {
    self.exit(self.pid, "kill");
    throw new Error("rejected after the end");
  },
  handleInfo: (_message, state) => noreply(state),
};

live("a rejection of a callback's promise ends its process, and is nobody else's",
  async (t, runtime, reports) => {
    const start = () => runtime.run((self): Operation<Pid> => GenServer.start(self, later, 0));
    const server = await start();
    t.equal(await runtime.call(server, "hello"), "hello");
    await t.rejects(runtime.call(server, "reject"),
      like({ cause: { error: { message: "rejected in a callback" } } }));
    t.match(reports, [{ type: "crash", pid: server }]);
    const other = await start();
    runtime.cast(other, 1);
    await turnOfLoop();
    t.notOk(runtime.isAlive(other));
    const killed = await start();
    const call = runtime.call(killed, "reject");
    await new Promise(process.nextTick);
    runtime.exit(killed, "kill");
    await t.rejects(call, { cause: "killed" });
  });

live("outcomes of waits whose processes have ended leave nothing", async (t, runtime) => {
  const settle: [(value: unknown) => void, (error: Error) => void][] = [];
  const pids = Array.from({ length: 1_000 }, () => runtime.spawn(function* () {
    yield* wait(new Promise((resolve, reject) => { settle.push([resolve, reject]); }));
  }));
  runtime.pump();
  t.equal(settle.length, 1_000);
  for (const pid of pids) runtime.exit(pid, "kill");
  runtime.pump();
  settle.forEach(([resolve, reject], index) =>
    index % 2 === 0 ? resolve({ index }) : reject(new Error("late")));
  await turnOfLoop();
  t.equal(runtime.core.handles.live, 0);
});

void test("an outcome for which there is no room ends its process: it would wait for ever",
  async (t) => {
    const runtime = Runtime.start({ limits: { ...smallLimits, handles: 4 }, logger() {} });
    let resolve: (value: unknown) => void = () => {};
    const waiting = runtime.run(function* () {
      yield* wait(new Promise((done) => { resolve = done; }));
    });
    const full = runtime.spawn(silent);
    await turnOfLoop();
    for (let count = 0; count < 3; count++) runtime.send(full, { count });
    resolve({ large: true });
    await t.rejects(waiting, like({ reason: "killed" }));
    await stopEmpty(runtime);
  });
