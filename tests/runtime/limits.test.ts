// Flags and limits: what a full mailbox does to its senders, and what the logger hears.
import { Counter } from "../../host/kernel/abi.ts";
import {
  CallFailed, Down, GenServer, immutable, noreply, ok, receive, reply, sleep, wait,
} from "../../host/index.ts";
import type {
  GenServerModule, MailboxLimit, MemoryLimit, Operation, Pid, Priority, Process,
} from "../../host/index.ts";
import { Harness, like, scenario } from "./harness.ts";

function* never(): Operation<void> {
  yield* receive("never");
}

scenario("a full mailbox refuses: send is false, trySend says why, nothing is lost", (t, h) => {
  const { runtime } = h;
  h.run(function* (self) {
    const pid = self.spawnOpt({ mailboxLimit: { messages: 2 } }, function* () {
      yield* receive("go");
      t.equal(yield* receive(), 1);
      yield* receive("never");
    });
    self.send(pid, 1);
    t.equal(self.trySend(pid, { n: 2 }), "ok");
    t.equal(self.send(pid, 3), false);
    t.equal(self.send(pid, { n: 3 }), false);
    t.equal(self.trySend(pid, 3), "full");
    t.equal(self.trySend(pid, { n: 3 }), "full");
    t.same([runtime.send(pid, 3), runtime.trySend(pid, 3)], [false, "full"]);
    t.equal(runtime.processInfo(pid, "messageQueueLength"), 2);
    t.equal(runtime.processInfo(pid, "mailboxLimit"), 2);
    self.exit(pid, "kill");
    t.equal(self.trySend(pid, 4), "noproc");
    t.equal(self.trySend("nobody", 4), "noproc");
  });
});

scenario("a mailbox that has room again takes messages again", (t, h) => {
  const got: unknown[] = [];
  const pid = h.runtime.spawn(function* (self: Process) {
    self.processFlag("mailboxLimit", { messages: 1 });
    for (;;) got.push(yield* receive());
  });
  h.pump();
  for (let n = 0; n < 3; n++) {
    t.same([h.runtime.send(pid, n), h.runtime.send(pid, "too much")], [true, false]);
    h.pump();
  }
  t.same(got, [0, 1, 2]);
});

scenario("a call of a server whose mailbox is full fails at once", async (t, h) => {
  const pid = h.runtime.spawn(function* (self: Process) {
    self.processFlag("mailboxLimit", { messages: 1 });
    yield* receive("never");
  });
  h.pump();
  h.runtime.send(pid, "one");
  const failed = h.runtime.call(pid, "question");
  h.pump();
  await t.rejects(failed, new CallFailed(pid, "mailbox_full"));
  t.same(h.runtime.processInfo(pid, "monitoredBy"), []);
});

scenario("who has a full mailbox still gets what it waits for", async (t, h) => {
  const echo: GenServerModule<undefined, undefined> = {
    name: "echo",
    init: () => ok(undefined),
    handleCall: (request, _from, state) => reply({ request }, state),
  };
  for (const policy of ["refuse", "drop", "kill"] as const) {
    const got: unknown[] = [];
    const promise = Promise.resolve({ value: policy });
    const pid = h.runtime.spawn(function* (self: Process): Operation<void> {
      self.send(self.pid, "fills it");
      self.processFlag("mailboxLimit", { messages: 1, policy });
      const server = yield* GenServer.start(self, echo, undefined);
      got.push(yield* GenServer.call(self, server, 1));
      yield* sleep(1);
      got.push(yield* wait(promise));
      yield* GenServer.stop(self, server);
      got.push(yield* receive());
    });
    h.advance(5);
    await promise;
    h.advance(5);
    t.same(got, [{ request: 1 }, { value: policy }, "fills it"], policy);
    t.notOk(h.runtime.isAlive(pid));
  }
});

scenario("a server whose mailbox is full can be stopped", (t, h) => {
  h.run(function* (self) {
    const busy: GenServerModule<undefined, undefined> = {
      name: "busy",
      init(_args, own) {
        own.processFlag("mailboxLimit", { messages: 1 });
        return ok(undefined);
      },
      *handleCast(_message, state) {
        yield* sleep(100);
        return noreply(state);
      },
    };
    const server = yield* GenServer.start(self, busy, undefined);
    GenServer.cast(self, server, 1);
    yield* sleep(1);
    t.same([GenServer.cast(self, server, 2), GenServer.cast(self, server, 3)], [true, false]);
    yield* GenServer.stop(self, server);
    t.notOk(h.runtime.isAlive(server));
  });
});

scenario("dropped messages are dead letters, and their sender is not told", (t, h) => {
  h.run(function* (self) {
    const pid = self.spawnOpt({ mailboxLimit: { messages: 1, policy: "drop" } }, never);
    const before = h.runtime.counter(Counter.DEAD_LETTERS);
    t.same([self.send(pid, { n: 1 }), self.send(pid, { n: 2 }), self.trySend(pid, 3)],
      [true, true, "ok"]);
    t.equal(h.runtime.processInfo(pid, "messageQueueLength"), 1);
    t.equal(h.runtime.counter(Counter.DEAD_LETTERS) - before, 2);
  });
});

scenario("a mailbox may kill its process when it is full", (t, h) => {
  h.run(function* (self) {
    const limit: MailboxLimit = { messages: 1, policy: "kill" };
    const { pid } = self.spawnOpt({ mailboxLimit: limit, monitor: true }, never);
    t.same([self.send(pid, { n: 1 }), self.send(pid, { n: 2 })], [true, true]);
    const { reason } = yield* receive(Down);
    t.equal(reason, "killed");
  });
});

scenario("Exits, Downs and timers come into a full mailbox", (t, h) => {
  h.run(function* (self) {
    self.processFlag("mailboxLimit", { messages: 1 });
    self.send(self.pid, "full");
    self.monitor(self.spawn(function* () {}));
    self.sendAfter(1, self.pid, "timer");
    yield* sleep(5);
    t.equal(h.runtime.processInfo(self.pid, "messageQueueLength"), 3);
    t.equal(self.send(self.pid, "one more"), false);
  });
});

scenario("beyond its memory a process ends as killed, which is reported once", (t, h) => {
  h.run(function* (self) {
    const { pid } = self.spawnOpt({ memoryLimit: { bytes: 100 }, monitor: true }, never);
    for (let n = 0; n < 10; n++) self.send(pid, n);
    const { reason } = yield* receive(Down);
    t.equal(reason, "killed");
    yield* sleep(1);
    t.same(h.reports.map(({ type }) => type), ["memory_limit"]);
    t.match(h.reports, [{ pid, bytes: Number }]);
  });
});

scenario("without kill a mailbox grows, and is reported once", (t, h) => {
  h.run(function* (self) {
    const limit: MemoryLimit = { bytes: 100, kill: false };
    const pid = self.spawnOpt({ memoryLimit: limit }, never);
    for (let round = 0; round < 3; round++) {
      for (let n = 0; n < 10; n++) t.equal(self.send(pid, { n }), true);
      yield* sleep(1);
    }
    t.equal(h.runtime.processInfo(pid, "messageQueueLength"), 30);
    t.equal(h.reports.length, 1);
  });
});

scenario("a process may be killed for its memory without a report", (t, h) => {
  h.run(function* (self) {
    const limit: MemoryLimit = { bytes: 100, errorLogger: false };
    const { pid } = self.spawnOpt({ memoryLimit: limit, monitor: true }, never);
    for (let n = 0; n < 10; n++) self.send(pid, n);
    yield* receive(Down);
    t.same(h.reports, []);
  });
});

scenario("a flag answers its old value", (t, h) => {
  h.run(function* (self) {
    t.equal(self.processFlag("trapExit", true), false);
    t.equal(self.processFlag("trapExit", false), true);
    t.equal(self.processFlag("priority", "high"), "normal");
    t.equal(self.processFlag("priority", "low"), "high");
    t.same(self.processFlag("mailboxLimit", { messages: 5, policy: "drop" }),
      { messages: 0, policy: "refuse" });
    t.same(self.processFlag("mailboxLimit", { messages: 0 }), { messages: 5, policy: "drop" });
    t.same(self.processFlag("memoryLimit", { bytes: 1_000, kill: false }),
      { bytes: 0, kill: true, errorLogger: true });
    t.same(self.processFlag("memoryLimit", { bytes: 0 }),
      { bytes: 1_000, kill: false, errorLogger: true });
  });
});

scenario("options that make no sense are refused, and nothing is spawned", (t, h) => {
  h.run(function* (self) {
    const before = h.runtime.counter(Counter.SPAWNS);
    const bad = like({ code: "PIDGEON_BAD_OPTION" });
    const limits: MailboxLimit[] = [
      { messages: -1 }, { messages: 1.5 }, { messages: 2 ** 31 }, { messages: NaN },
      { messages: 1, policy: "explode" as "drop" },
    ];
    for (const mailboxLimit of limits) {
      t.throws(() => self.spawnOpt({ mailboxLimit }, never), bad);
      t.throws(() => self.spawnCallback({ receive() {} }, { mailboxLimit }), bad);
      t.throws(() => self.processFlag("mailboxLimit", mailboxLimit), bad);
    }
    t.throws(() => self.spawnOpt({ memoryLimit: { bytes: -5 } }, never), bad);
    for (const priority of ["urgent", "__proto__", "toString"] as unknown as Priority[]) {
      t.throws(() => self.spawnOpt({ priority }, never), bad);
    }
    t.throws(() => self.processFlag("speed" as "priority", "high"), bad);
    t.equal(h.runtime.counter(Counter.SPAWNS), before);
  });
});

scenario("spawnOpt sets priority, trapping and link from the start", (t, h) => {
  h.run(function* (self) {
    self.trapExit = true;
    const options = { priority: "max", trapExit: true, link: true } as const;
    const { pid, ref } = self.spawnOpt({ ...options, monitor: true }, function* (_, n: number) {
      yield* receive(n);
    }, 5);
    t.match(h.runtime.processInfo(pid), {
      priority: "max", trapExit: true, links: [self.pid], monitoredBy: [self.pid],
    });
    self.send(pid, 5);
    t.equal((yield* receive(Down)).ref, ref);
  });
});

scenario("a callback process has limits from its first message on", (t, h) => {
  const got: unknown[] = [];
  const pid: Pid = h.runtime.spawnCallback(
    { receive: (message) => got.push(message) }, { mailboxLimit: { messages: 2 } });
  const sent = [1, 2, 3].map((n) => h.runtime.send(pid, immutable({ n })));
  h.pump();
  t.same(sent, [true, true, false]);
  t.same(got, [{ n: 1 }, { n: 2 }]);
});

scenario("limits of tables: what is misspelt or none is refused, others have defaults", (t, h) => {
  const start = (limits: object) => () => new Harness({ limits });
  t.throws(start({ proceses: 5 }), like({ code: "PIDGEON_BAD_OPTION" }));
  for (const handles of [0, -1, 1.5, NaN, 2 ** 32]) {
    t.throws(start({ handles }), like({ code: "PIDGEON_KERNEL_LIMIT" }));
  }
  const { kernel } = h.runtime.core;
  t.equal(kernel.limit("processes"), 64);
  t.equal(kernel.limit("handles"), 262_144);
}, { limits: { processes: 64 } });
