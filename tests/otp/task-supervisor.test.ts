// TaskSupervisor: tasks that end with their supervisor, linked to their owners or not.
import { Down, exit, receive, sleep } from "../../host/runtime/index.ts";
import type { Operation, Process } from "../../host/runtime/index.ts";
import { StartFailed, Supervisor, Task, TaskSupervisor } from "../../host/otp/index.ts";
import { scenario } from "../runtime/harness.ts";

function* double(_self: Process, n: number, ms = 0): Operation<number> {
  if (ms > 0) yield* sleep(ms);
  return n < 0 ? exit("bad") : n * 2;
}

scenario("a task without a link fails alone, and its outcome says so", (t, h) => {
  const got = h.run(function* (self) {
    yield* TaskSupervisor.start(self, {}, { name: "tasks" });
    const good = yield* TaskSupervisor.asyncNolink(self, "tasks", double, 1);
    const bad = yield* TaskSupervisor.asyncNolink(self, "tasks", double, -1);
    return [yield* Task.await(self, good), yield* Task.yield(self, bad),
      self.runtime.processInfo(self.pid, "links"), yield* TaskSupervisor.children(self, "tasks")];
  });
  t.same(got, [2, { ok: false, reason: "bad" }, [], []]);
});

scenario("a linked one ends its owner, and no other task", (t, h) => {
  const got = h.run(function* (self) {
    yield* TaskSupervisor.start(self, {}, { name: "tasks" });
    const other = yield* TaskSupervisor.asyncNolink(self, "tasks", double, 5, 100);
    self.spawnMonitor(function* (self) {
      yield* Task.await(self, yield* TaskSupervisor.async(self, "tasks", double, -1));
    });
    return [(yield* receive(Down)).reason, yield* Task.await(self, other)];
  });
  t.same(got, ["bad", 10]);
});

scenario("an owner's end ends its linked tasks, and leaves the others", (t, h) => {
  const got = h.run(function* (self) {
    yield* TaskSupervisor.start(self, {}, { name: "tasks" });
    self.spawnMonitor(function* (self) {
      yield* TaskSupervisor.async(self, "tasks", double, 1, 500);
      yield* TaskSupervisor.asyncNolink(self, "tasks", double, 1, 500);
      exit("enough");
    });
    yield* receive(Down);
    yield* sleep(1);
    return (yield* TaskSupervisor.children(self, "tasks")).length;
  });
  t.equal(got, 1);
});

scenario("the body's own receive sees no message of the supervisor's", (t, h) => {
  const got = h.run(function* (self) {
    yield* TaskSupervisor.start(self, {}, { name: "tasks" });
    const task = yield* TaskSupervisor.async(self, "tasks", function* () {
      return yield* receive<string>();
    });
    self.send(task.pid, "hello");
    return yield* Task.await(self, task);
  });
  t.equal(got, "hello");
});

scenario("one task too many is refused; tasks are listed and ended", (t, h) => {
  const got = h.run(function* (self) {
    const pid = yield* TaskSupervisor.start(self, { maxChildren: 1 });
    const started = yield* TaskSupervisor.startChild(self, pid, double, 1, 1_000);
    let refused: unknown;
    try {
      yield* TaskSupervisor.async(self, pid, double, 1);
    } catch (error) {
      refused = error;
    }
    const before = yield* TaskSupervisor.children(self, pid);
    const task = started.ok ? started.pid! : exit("not started");
    const ended = yield* TaskSupervisor.terminateChild(self, pid, task);
    return [refused instanceof StartFailed && refused.reason, before.length,
      before[0] === task, ended, yield* TaskSupervisor.children(self, pid)];
  });
  t.same(got, ["max_children", 1, true, { ok: true }, []]);
});

scenario("streams are supervised; without links a failure is one outcome of them", (t, h) => {
  const got = h.run(function* (self) {
    const children = [TaskSupervisor.spec("tasks", {}, { name: "tasks" })];
    yield* Supervisor.start(self, { children });
    const options = { maxConcurrency: 2 };
    const all = yield* TaskSupervisor.asyncStream(self, "tasks", [1, 2, 3], double, options)
      .toArray();
    const some = yield* TaskSupervisor.asyncStreamNolink(self, "tasks", [1, -1, 3], double, options)
      .toArray();
    return [all.length, some];
  });
  t.same(got, [3, [{ ok: true, value: 2 }, { ok: false, reason: "bad" }, { ok: true, value: 6 }]]);
});

scenario("the end of the supervisor ends its tasks, and their owners hear of it", (t, h) => {
  const got = h.run(function* (self) {
    const pid = yield* TaskSupervisor.start(self);
    const task = yield* TaskSupervisor.asyncNolink(self, pid, double, 1, 1_000);
    yield* TaskSupervisor.stop(self, pid);
    return yield* Task.yield(self, task);
  });
  t.same(got, { ok: false, reason: "shutdown" });
});
