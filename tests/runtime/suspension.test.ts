// Suspension and hibernation: processes that don't run, for a while.
import { receive, sleep, TIMEOUT } from "../../host/runtime/index.ts";
import type { Operation, Pid, Process } from "../../host/runtime/index.ts";
import { like, scenario } from "./harness.ts";

/** Says what it gets. */
function collector(got: unknown[]) {
  return function* (): Operation<void> {
    for (;;) got.push(yield* receive());
  };
}

scenario("a suspended process does nothing until it is resumed as often", (t, h) => {
  const got: unknown[] = [];
  h.run(function* (self) {
    const pid = self.spawn(collector(got));
    t.same([self.suspend(pid), self.suspend(pid)], [true, true]);
    self.send(pid, "a");
    yield* sleep(1);
    t.same(got, []);
    t.match(h.runtime.processInfo(pid), { status: "suspended", suspended: 1 });
    t.same(h.runtime.processInfo(self.pid, "suspending"), [pid]);
    t.equal(self.resume(pid), true);
    yield* sleep(1);
    t.same(got, []);
    t.same([self.resume(pid), self.resume(pid)], [true, false]);
    yield* sleep(1);
    t.same(got, ["a"]);
  });
});

scenario("unlessSuspending does not count again", (t, h) => {
  const got: unknown[] = [];
  h.run(function* (self) {
    const pid = self.spawn(collector(got));
    t.equal(self.suspend(pid, { unlessSuspending: true }), true);
    t.equal(self.suspend(pid, { unlessSuspending: true }), false);
    self.send(pid, "a");
    self.resume(pid);
    yield* sleep(1);
    t.same(got, ["a"]);
  });
});

scenario("the end of its suspender resumes a process", (t, h) => {
  const got: unknown[] = [];
  const pid = h.runtime.spawn(collector(got));
  const suspender = h.runtime.spawn(function* (self: Process) {
    self.suspend(pid);
    self.suspend(pid);
    yield* receive("end");
  });
  h.pump();
  h.runtime.send(pid, "a");
  h.pump();
  t.same(got, []);
  h.runtime.send(suspender, "end");
  h.pump();
  t.same(got, ["a"]);
});

scenario("a dead process can't be suspended, nor one suspend itself", (t, h) => {
  h.run(function* (self) {
    const dead = self.spawn(function* () {});
    yield* sleep(1);
    t.same([self.suspend(dead), self.resume(dead), self.resume(self.pid)], [false, false, false]);
    t.throws(() => self.suspend(self.pid), like({
      code: "PIDGEON_KERNEL_STATUS", details: { operation: "suspend", status: "BAD_ARGUMENT" },
    }));
  });
});

scenario("a process that is suspended before its first turn begins when it is resumed", (t, h) => {
  const order: string[] = [];
  h.run(function* (self) {
    const pid = self.spawn(function* () { order.push("child"); });
    self.suspend(pid);
    yield* sleep(1);
    order.push("resume");
    self.resume(pid);
    yield* sleep(1);
    t.notOk(h.runtime.isAlive(pid));
  });
  t.same(order, ["resume", "child"]);
});

scenario("a callback process can be suspended too", (t, h) => {
  const got: unknown[] = [];
  const pid = h.runtime.spawnCallback({ receive: (message) => got.push(message) });
  h.run(function* (self) {
    self.suspend(pid);
    for (const message of [1, { n: 2 }]) self.send(pid, message);
    yield* sleep(1);
    t.same(got, []);
    self.resume(pid);
    yield* sleep(1);
    t.same(got, [1, { n: 2 }]);
  });
});

scenario("a killed process ends while it is suspended, and its messages are freed", (t, h) => {
  h.run(function* (self) {
    const pid = self.spawn(collector([]));
    self.suspend(pid);
    self.send(pid, { some: "value" });
    self.exit(pid, "kill");
    t.notOk(h.runtime.isAlive(pid));
    t.same(h.runtime.processInfo(self.pid, "suspending"), []);
  });
});

scenario("hibernate waits for any message and leaves it in the mailbox", (t, h) => {
  const got: unknown[] = [];
  const pid = h.runtime.spawn(function* (self: Process) {
    for (;;) {
      yield* self.hibernate();
      got.push("awake", yield* receive());
    }
  });
  h.advance(1_000_000);
  t.same(got, []);
  t.equal(h.runtime.processInfo(pid, "status"), "waiting");
  h.runtime.send(pid, { n: 1 });
  h.pump();
  h.runtime.send(pid, 2);
  h.runtime.send(pid, 3);
  h.pump();
  t.same(got, ["awake", { n: 1 }, "awake", 2, "awake", 3]);
});

scenario("with passed over messages in its mailbox a process does not hibernate", (t, h) => {
  const got = h.run(function* (self) {
    for (const message of ["a", "b", "c"]) self.send(self.pid, message);
    const wanted = yield* receive("c");
    yield* self.hibernate();
    self.send(self.pid, "d");
    const other = yield* receive("d");
    return [wanted, other, yield* receive(), yield* receive("b"), yield* receive(undefined, 0)];
  });
  t.same(got, ["c", "d", "a", "b", TIMEOUT]);
});

scenario("a callback hibernates inside of an operation, and gets the message then", (t, h) => {
  const got: unknown[] = [];
  const pid: Pid = h.runtime.spawnCallback({
    *receive(message, self: Process) {
      got.push(message);
      yield* self.hibernate();
      got.push("awake");
    },
  });
  h.runtime.send(pid, 1);
  h.pump();
  t.same(got, [1]);
  h.runtime.send(pid, 2);
  h.pump();
  t.same(got, [1, "awake", 2]);
});

scenario("a process that is suspended while it hibernates sleeps on when it is resumed", (t, h) => {
  const got: unknown[] = [];
  const pid = h.runtime.spawn(function* (self: Process) {
    yield* self.hibernate();
    got.push(yield* receive());
  });
  h.run(function* (self) {
    self.suspend(pid);
    self.resume(pid);
    yield* sleep(1);
    t.same(got, []);
    self.send(pid, "x");
    yield* sleep(1);
    t.same(got, ["x"]);
  });
});
