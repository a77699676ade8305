// Task: values that are worked out by other processes, and awaited by who has started them.
import { Down, Exit, exit, receive, sleep } from "../../host/runtime/index.ts";
import type { Operation, Process } from "../../host/runtime/index.ts";
import { Task, TaskFailed } from "../../host/otp/index.ts";
import { like, scenario } from "../runtime/harness.ts";

function* double(_self: Process, n: number, ms = 0): Operation<number> {
  if (ms > 0) yield* sleep(ms);
  return n * 2;
}

function* fail(_self: Process, ms = 0): Operation<number> {
  if (ms > 0) yield* sleep(ms);
  return exit("bad");
}

/** What an operation throws. */
function* thrown(operation: Operation<unknown>): Operation<any> {
  try {
    return { answered: yield* operation };
  } catch (error) {
    return error;
  }
}

scenario("await answers what the body returns, late or early, others' messages stay", (t, h) => {
  const got = h.run(function* (self) {
    const slow = Task.async(self, double, 1, 50);
    const fast = Task.async(self, double, 2);
    self.send(self.pid, "other");
    yield* sleep(10);
    const values = [yield* Task.await(self, slow), yield* Task.await(self, fast)];
    return [values, yield* receive(), self.runtime.processInfo(self.pid, "monitors")];
  });
  t.same(got, [[2, 4], "other", []]);
});

scenario("the value is a copy; one that can't be sent fails the task", (t, h) => {
  const got = h.run(function* (self) {
    self.trapExit = true;
    const made = { list: [1] };
    const value = yield* Task.await(self, Task.async(self, function* () { return made; }));
    const error = yield* thrown(Task.await(self, Task.async(self, function* () {
      return () => 1;
    })));
    return [value, value !== made && value.list !== made.list, error.cause.error.message];
  });
  t.same(got, [{ list: [1] }, true, "a message can't hold a function, at (the message)"]);
});

scenario("a task that fails ends its owner, and an owner its task", (t, h) => {
  const got = h.run(function* (self) {
    const owner = self.spawnMonitor(function* (self) {
      yield* Task.await(self, Task.async(self, fail));
    });
    const first = (yield* receive(Down)).reason;
    const pids: number[] = [];
    const other = self.spawn(function* (self) {
      pids.push(Task.async(self, double, 1, 1_000).pid);
      exit("enough");
    });
    yield* sleep(1);
    return [first, self.runtime.isAlive(owner.pid), self.runtime.isAlive(other),
      self.runtime.isAlive(pids[0] as typeof other)];
  });
  t.same(got, ["bad", false, false, false]);
});

scenario("an owner that traps exits gets TaskFailed, and the Exit", (t, h) => {
  const got = h.run(function* (self) {
    self.trapExit = true;
    const task = Task.async(self, fail);
    const error = yield* thrown(Task.await(self, task));
    t.ok(error instanceof TaskFailed);
    return [error.reason, (yield* receive(Exit)).reason, task.pid];
  });
  t.same(got.slice(0, 2), [{ task: { pid: got[2], cause: "bad" } }, "bad"]);
});

scenario("await after its time fails, and a late value is lost", (t, h) => {
  const got = h.run(function* (self) {
    const task = Task.async(self, double, 1, 100);
    const error = yield* thrown(Task.await(self, task, 50));
    yield* sleep(100);
    return [error.cause, yield* receive(undefined, 0),
      self.runtime.processInfo(self.pid, "messageQueueLength")];
  });
  t.same([got[0], typeof got[1], got[2]], ["timeout", "symbol", 0]);
});

scenario("only the owner may await, yield, shut down or ignore", (t, h) => {
  for (const use of [Task.await, Task.yield, Task.shutdown, Task.ignore]) {
    t.throws(() => h.run(function* (self) {
      const task = Task.async(self, double, 1, 10);
      const other = { error: undefined as unknown };
      self.spawn(function* (self) { other.error = yield* thrown(use(self, task)); });
      yield* Task.await(self, task);
      throw other.error;
    }), like({ code: "PIDGEON_NOT_OWNER" }));
  }
});

scenario("awaitMany keeps the order, shares one time, and fails with the first failure", (t, h) => {
  const got = h.run(function* (self) {
    self.trapExit = true;
    const many = yield* Task.awaitMany(self, [
      Task.async(self, double, 1, 40), Task.async(self, double, 2, 20), Task.async(self, double, 3),
    ]);
    const begun = h.clock.now();
    const late = yield* thrown(Task.awaitMany(
      self, [Task.async(self, double, 1, 90), Task.async(self, double, 1, 2_000)], 100));
    const tookMs = h.clock.now() - begun;
    const bad = yield* thrown(Task.awaitMany(
      self, [Task.async(self, double, 1, 900), Task.async(self, fail, 10)]));
    return [many, late.cause, tookMs, bad.cause, h.clock.now() - begun - tookMs < 500,
      yield* Task.awaitMany(self, [])];
  });
  t.same(got, [[2, 4, 6], "timeout", 100, "bad", true, []]);
});

scenario("yield answers nothing when it is late, and may be asked again", (t, h) => {
  const got = h.run(function* (self) {
    self.trapExit = true;
    const task = Task.async(self, double, 1, 100);
    const failing = Task.async(self, fail);
    return [yield* Task.yield(self, task, 50), yield* Task.yield(self, task),
      yield* Task.yield(self, failing)];
  });
  t.same(got, [undefined, { ok: true, value: 2 }, { ok: false, reason: "bad" }]);
});

scenario("yieldMany tells of each, and leaves, ignores or kills those that are late", (t, h) => {
  for (const [onTimeout, lives] of [
    ["nothing", true], ["ignore", true], ["killTask", false],
  ] as const) {
    const got = h.run(function* (self) {
      self.trapExit = true;
      const tasks = [Task.async(self, double, 1), Task.async(self, double, 2, 500),
        Task.async(self, fail)];
      const outcomes = yield* Task.yieldMany(self, tasks, { timeoutMs: 100, onTimeout });
      const isAlive = self.runtime.isAlive(tasks[1]!.pid);
      return [outcomes, isAlive, yield* Task.yield(self, tasks[1]!, 1_000)];
    });
    t.same(got, [
      [{ ok: true, value: 2 }, undefined, { ok: false, reason: "bad" }], lives,
      onTimeout === "nothing" ? { ok: true, value: 4 } : undefined,
    ], onTimeout);
  }
});

scenario("shutdown ends in order, kills who does not end, and keeps what was done", (t, h) => {
  const got = h.run(function* (self) {
    const stubborn = (self: Process) => (function* (): Operation<void> {
      self.trapExit = true;
      for (;;) yield* receive();
    })();
    const shutDown = Task.async(self, double, 1, 1_000);
    const slow = Task.async(self, stubborn);
    const killed = Task.async(self, stubborn);
    const done = Task.async(self, double, 4);
    yield* sleep(1);
    const answers = [
      yield* Task.shutdown(self, shutDown), yield* Task.shutdown(self, slow, 50),
      yield* Task.shutdown(self, killed, "brutalKill"), yield* Task.shutdown(self, done),
    ];
    return [...answers, [shutDown, slow, killed].some(({ pid }) => self.runtime.isAlive(pid))];
  });
  t.same(got, [undefined, undefined, undefined, { ok: true, value: 8 }, false]);
});

scenario("an ignored task goes on, whatever becomes of its owner", (t, h) => {
  const got = h.run(function* (self) {
    const log: string[] = [];
    const owner = self.spawn(function* (self) {
      yield* Task.ignore(self, Task.async(self, function* () {
        yield* sleep(50);
        log.push("done");
      }));
      exit("enough");
    });
    yield* sleep(10);
    const isAlive = self.runtime.isAlive(owner);
    yield* sleep(100);
    return [isAlive, log];
  });
  t.same(got, [false, ["done"]]);
});

/** How many run at a time, and which have run. */
function counting() {
  const seen = { now: 0, most: 0, items: [] as number[] };
  return {
    seen,
    *body(_self: Process, ms: number): Operation<number> {
      seen.items.push(ms);
      seen.most = Math.max(seen.most, ++seen.now);
      yield* sleep(ms);
      seen.now--;
      return ms;
    },
  };
}

scenario("a stream runs no more tasks than it may, and keeps the items' order", (t, h) => {
  const { seen, body } = counting();
  const got = h.run(function* (self) {
    const stream = Task.asyncStream(self, [50, 10, 30, 20], body, { maxConcurrency: 2 });
    const outcomes = yield* stream.toArray();
    return outcomes.map((outcome) => outcome.ok && outcome.value);
  });
  t.same(got, [50, 10, 30, 20]);
  t.equal(seen.most, 2);
});

scenario("a stream without order tells of who is done first, and starts as it is asked", (t, h) => {
  const { seen, body } = counting();
  const got = h.run(function* (self) {
    const options = { maxConcurrency: 2, ordered: false };
    const stream = Task.asyncStream(self, [50, 10, 30, 20], body, options);
    t.equal(seen.items.length, 0, "nothing runs before it is asked");
    const first = yield* stream.next();
    yield* sleep(100);
    const started = seen.items.length;
    const others = yield* stream.toArray();
    return [first, started, others.map((outcome) => outcome.ok && outcome.value)];
  });
  t.same(got, [{ ok: true, value: 10 }, 2, [50, 20, 30]]);
});

scenario("a late task of a stream fails it, or is killed and told of", (t, h) => {
  const { seen, body } = counting();
  const got = h.run(function* (self) {
    const items = [10, 500, 20];
    const killing = yield* Task.asyncStream(
      self, items, body, { maxConcurrency: 1, timeoutMs: 100, onTimeout: "killTask" }).toArray();
    const failing = yield* thrown(Task.asyncStream(
      self, items, body, { maxConcurrency: 3, timeoutMs: 100 }).toArray());
    const links = self.runtime.processInfo(self.pid, "links")!.length;
    return [killing, failing.cause, links];
  });
  t.same(got, [
    [{ ok: true, value: 10 }, { ok: false, reason: "timeout" }, { ok: true, value: 20 }],
    "timeout", 0,
  ]);
  t.equal(seen.items.length, 6);
});

scenario("a stream that is closed ends its tasks and its items", (t, h) => {
  const got = h.run(function* (self) {
    let isClosed = false;
    const items = (function* () {
      try {
        for (;;) yield 1_000;
      } finally {
        isClosed = true;
      }
    })();
    const stream = Task.asyncStream(self, items, double as never, { maxConcurrency: 3 });
    yield* stream.next();
    stream.close();
    return [isClosed, yield* stream.next()];
  });
  t.same(got, [true, undefined]);
});

scenario("items that fail end the tasks that run, and the stream", (t, h) => {
  const got = h.run(function* (self) {
    const items = (function* () {
      yield 1;
      exit("no more");
    })();
    const error = yield* thrown(Task.asyncStream(
      self, items, (_self, n) => double(_self, n, 900), { maxConcurrency: 2 }).next());
    return [error.reason, self.runtime.processInfo(self.pid, "links")];
  });
  t.same(got, ["no more", []]);
});

scenario("options that can't be are refused; tasks without an owner and specs run", (t, h) => {
  const got = h.run(function* (self) {
    const log: string[] = [];
    const note = function* (_self: Process, text: string): Operation<void> { log.push(text); };
    Task.start(self, note, "start");
    Task.startLink(self, note, "startLink");
    yield* Task.spec({ id: "spec" }, note, "spec").start(self);
    yield* sleep(1);
    return [log, Task.spec({}, note, "").restart];
  });
  t.same(got, [["start", "startLink", "spec"], "temporary"]);
  for (const options of [
    { maxConcurrency: 0 }, { maxConcurrency: 1.5 }, { maxConcurrency: NaN }, { timeoutMs: -1 },
    { onTimeout: "never" as "exit" },
  ]) {
    t.throws(() => h.run(function* (self) {
      return yield* Task.asyncStream(self, [1], double, options).toArray();
    }), like({ code: "PIDGEON_BAD_OPTION" }));
  }
  t.throws(() => h.run((self) => Task.yieldMany(self, [], { onTimeout: "exit" as "ignore" })),
    like({ code: "PIDGEON_BAD_OPTION" }));
  t.throws(() => h.run((self) =>
    Task.shutdown(self, Task.async(self, double, 1), "brutal_kill" as "brutalKill")),
  like({ code: "PIDGEON_BAD_OPTION" }));
});
