// DynamicSupervisor: children that come and go; limits, extra arguments, ends at the same time.
// A title names the case of OTP's supervisor_SUITE, or of Elixir's tests, whose meaning it has.
import { exit, receive, sleep } from "../../host/runtime/index.ts";
import type { Operation, Pid, Process } from "../../host/runtime/index.ts";
import {
  DynamicSupervisor, GenServer, ignore, ok, StartFailed, Supervisor,
} from "../../host/otp/index.ts";
import type {
  ChildSpec, DynamicSupervisorSpec, GenServerModule, StartDynamicChildResult,
} from "../../host/otp/index.ts";
import { scenario } from "../runtime/harness.ts";
import { child, downOf, end, flaky, taken } from "./supervision.ts";

/** Starts a dynamic supervisor and runs a process beside it. */
function beside<T>(
  spec: DynamicSupervisorSpec, body: (self: Process, supervisor: Pid) => Operation<T>,
): (self: Process) => Operation<T> {
  return function* (self) {
    return yield* body(self, yield* DynamicSupervisor.start(self, spec));
  };
}

function pidOf(result: StartDynamicChildResult): Pid {
  if (!result.ok || result.pid === undefined) throw new Error(JSON.stringify(result));
  return result.pid;
}

/** A process that ends so many ms after it was told to; Infinity: never. */
function lingering(afterMs: number, shutdown: ChildSpec["shutdown"]) {
  function* body(self: Process): Operation<void> {
    self.trapExit = true;
    yield* receive();
    yield* sleep(afterMs === Infinity ? 1_000_000 : afterMs);
  }
  return {
    ...(shutdown !== undefined && { shutdown }),
    *start(self: Process): Operation<Pid> { return self.spawnLink(body); },
  };
}

scenario("children are started, counted and told of (simple_one_for_one, child_adm_simple)",
  (t, h) => {
    const log: string[] = [];
    const got = h.run(beside({}, function* (self, pid) {
      const a = pidOf(yield* DynamicSupervisor.startChild(self, pid, child(log, "a")));
      const inner = Supervisor.spec("inner", {}, { restart: "temporary" });
      const b = pidOf(yield* DynamicSupervisor.startChild(self, pid, inner));
      t.equal(self.whereis("a"), a);
      t.same(yield* DynamicSupervisor.whichChildren(self, pid), [
        { id: "a", pid: a, type: "worker", restart: "permanent" },
        { id: "inner", pid: b, type: "supervisor", restart: "temporary" },
      ]);
      return yield* DynamicSupervisor.countChildren(self, pid);
    }));
    t.same(got, { specs: 2, active: 2, supervisors: 1, workers: 1 });
  });

scenario("the same id is no obstacle", (t, h) => {
  const spec = GenServer.spec({ init: () => ok(null) }, undefined, { id: "same" });
  const got = h.run(beside({}, function* (self, pid) {
    yield* DynamicSupervisor.startChild(self, pid, spec);
    yield* DynamicSupervisor.startChild(self, pid, spec);
    yield* DynamicSupervisor.startChild(self, pid, lingering(0, 10));
    return (yield* DynamicSupervisor.whichChildren(self, pid)).map(({ id }) => id);
  }));
  t.same(got, ["same", "same", "dynamic"]);
});

scenario("more than maxChildren are refused, those being restarted count (Elixir: max_children)",
  (t, h) => {
    const log: string[] = [];
    const backoff = { firstMs: 10, maxMs: 10 };
    h.run(beside({ maxChildren: 1, backoff }, function* (self, pid) {
      const refused = { ok: false, error: "max_children" };
      pidOf(yield* DynamicSupervisor.startChild(self, pid, child(log, "a")));
      t.same(yield* DynamicSupervisor.startChild(self, pid, child(log, "b")), refused);
      yield* end(self, "a", "odd");
      t.same(yield* DynamicSupervisor.startChild(self, pid, child(log, "b")), refused);
      yield* sleep(20);
      yield* DynamicSupervisor.terminateChild(self, pid, self.whereis("a")!);
      pidOf(yield* DynamicSupervisor.startChild(self, pid, child(log, "b")));
      t.equal(taken(log), "+a -a +a -a +b");
    }));
    const none = h.run(beside({ maxChildren: 0 }, (self, pid) =>
      DynamicSupervisor.startChild(self, pid, child([], "a"))));
    t.same(none, { ok: false, error: "max_children" });
  });

scenario("each start function is given the extra arguments, restarts too " +
  "(simple_one_for_one_extra)", (t, h) => {
  const seen: unknown[] = [];
  const module: GenServerModule<null> = { init: () => ok(null) };
  h.run(function* (self) {
    const extraArguments = ["shard", { n: 7 }] as const;
    const pid = yield* DynamicSupervisor.start(self, { extraArguments });
    const a = pidOf(yield* DynamicSupervisor.startChild(self, pid, {
      *start(own, shard, options) {
        seen.push([shard, options.n]);
        return yield* GenServer.startLink(own, module, undefined);
      },
    }));
    self.exit(a, "kill");
    yield* sleep(1);
  });
  t.same(seen, [["shard", 7], ["shard", 7]]);
});

scenario("permanent, transient and temporary children (Elixir: handle_info/2)", (t, h) => {
  const log: string[] = [];
  h.run(beside({ intensity: 10 }, function* (self, pid) {
    for (const restart of ["permanent", "transient", "temporary"] as const) {
      yield* DynamicSupervisor.startChild(self, pid, child(log, restart, { restart }));
    }
    taken(log);
    yield* end(self, "permanent", "normal");
    t.equal(taken(log), "-permanent +permanent");
    yield* end(self, "transient", "odd");
    t.equal(taken(log), "-transient +transient");
    yield* end(self, "transient", { shutdown: 1 });
    yield* end(self, "temporary", "odd");
    t.equal(taken(log), "-transient -temporary");
    t.same(yield* DynamicSupervisor.countChildren(self, pid),
      { specs: 1, active: 1, supervisors: 0, workers: 1 });
  }));
});

scenario("one restart too many: all are stopped, it exits shutdown " +
  "(simple_one_for_one_escalation)", (t, h) => {
  const log: string[] = [];
  const reason = h.run(beside({}, function* (self, pid) {
    const ref = self.monitor(pid);
    yield* DynamicSupervisor.startChild(self, pid, child(log, "a"));
    yield* DynamicSupervisor.startChild(self, pid, child(log, "b"));
    yield* end(self, "a", "odd");
    self.send("a", "odd");
    return yield* downOf(ref);
  }));
  t.equal(reason, "shutdown");
  t.equal(taken(log), "+a +b -a +a -a -b");
});

scenario("a restart that fails is tried again and counts; the supervisor answers meanwhile " +
  "(hanging_restart_loop_simple)", (t, h) => {
  const log: string[] = [];
  h.run(beside({ intensity: 1_000 }, function* (self, pid) {
    const { start } = flaky(log, "a", (nth) => nth === 1);
    const a = pidOf(yield* DynamicSupervisor.startChild(self, pid, {
      *start(own) {
        if (log.length > 0) yield* sleep(5);
        return yield* start(own);
      },
    }));
    self.send("a", "odd");
    yield* sleep(50);
    t.same((yield* DynamicSupervisor.whichChildren(self, pid)).map((info) => info.pid),
      ["restarting"]);
    t.same(yield* DynamicSupervisor.countChildren(self, pid),
      { specs: 1, active: 0, supervisors: 0, workers: 1 });
    t.same(yield* DynamicSupervisor.terminateChild(self, pid, a), { ok: true });
    const tries = log.length;
    yield* sleep(50);
    t.equal(log.length, tries);
    t.equal((yield* DynamicSupervisor.countChildren(self, pid)).specs, 0);
  }));
});

scenario("restarts that go on failing end the supervisor; one that succeeds goes on", (t, h) => {
  const log: string[] = [];
  h.run(beside({ intensity: 3 }, function* (self, pid) {
    const ref = self.monitor(pid);
    yield* DynamicSupervisor.startChild(self, pid, flaky(log, "a", (nth) => nth !== 2));
    yield* end(self, "a", "odd");
    t.equal(taken(log), "+a -a !a +a");
    yield* DynamicSupervisor.startChild(self, pid, flaky(log, "b", (nth) => nth === 1));
    self.send("b", "odd");
    t.equal(yield* downOf(ref), "shutdown");
    t.equal(taken(log), "+b -b !b -a");
  }));
});

scenario("a child is restarted when its wait is over, and forgotten if it is terminated before",
  (t, h) => {
    const log: string[] = [];
    h.run(beside({ intensity: 5, backoff: { firstMs: 20, maxMs: 100 } }, function* (self, pid) {
      const a = pidOf(yield* DynamicSupervisor.startChild(self, pid, child(log, "a")));
      yield* end(self, "a", "odd");
      t.same((yield* DynamicSupervisor.whichChildren(self, pid)).map((info) => info.pid),
        ["restarting"]);
      yield* sleep(18);
      t.equal(taken(log), "+a -a");
      yield* sleep(2);
      t.equal(taken(log), "+a");
      t.same(yield* DynamicSupervisor.terminateChild(self, pid, a),
        { ok: false, error: "not_found" });
      const again = self.whereis("a")!;
      yield* end(self, "a", "odd");
      t.same(yield* DynamicSupervisor.terminateChild(self, pid, again), { ok: true });
      t.equal(self.runtime.processInfo(pid)?.timers, 0);
      yield* sleep(200);
      t.equal(taken(log), "-a");
    }));
  });

scenario("starts that fail or are ignored leave nothing (sup_start_ignore_child)", (t, h) => {
  let ignores = false;
  const module: GenServerModule<null> = { init: () => ignores ? ignore() : ok(null) };
  const got = h.run(beside({ intensity: 5 }, function* (self, pid) {
    const failed = yield* DynamicSupervisor.startChild(self, pid, { start: () => exit("no") });
    const bad = yield* DynamicSupervisor.startChild(self, pid,
      { start: () => exit("no"), shutdown: -5 });
    const fine = pidOf(yield* DynamicSupervisor.startChild(self, pid,
      GenServer.spec(module, undefined)));
    ignores = true;
    const ignored = yield* DynamicSupervisor.startChild(self, pid,
      GenServer.spec(module, undefined));
    self.exit(fine, "kill");
    yield* sleep(1);
    return [failed, bad, ignored, yield* DynamicSupervisor.countChildren(self, pid)];
  }));
  t.same(got, [
    { ok: false, error: "failed", reason: "no" },
    { ok: false, error: "invalid_child_spec", reason: { invalid: "shutdown", value: "-5" } },
    { ok: true, pid: undefined }, { specs: 0, active: 0, supervisors: 0, workers: 0 },
  ]);
});

scenario("all are stopped at the same time, each within its own time " +
  "(simple_one_for_one_shutdown, sup_stop_timeout_dynamic)", (t, h) => {
  const cases: readonly [readonly [number, ChildSpec["shutdown"]][], number][] = [
    [[[30, 100], [30, 100], [30, 100]], 30],
    [[[10, "infinity"], [Infinity, 50], [Infinity, 20], [5, 1_000]], 50],
    [[[200, "infinity"], [Infinity, 20], [Infinity, "brutalKill"]], 200],
    [[[Infinity, undefined]], 5_000],
    [[[Infinity, 0], [0, 40]], 0],
  ];
  for (const [children, expectedMs] of cases) {
    const tookMs = h.run(beside({}, function* (self, pid) {
      const pids: Pid[] = [];
      for (const [afterMs, shutdown] of children) {
        const spec = lingering(afterMs, shutdown);
        pids.push(pidOf(yield* DynamicSupervisor.startChild(self, pid, spec)));
      }
      const beforeMs = h.clock.now();
      yield* DynamicSupervisor.stop(self, pid);
      t.notOk(pids.some((one) => self.runtime.isAlive(one)), "nobody is left");
      return h.clock.now() - beforeMs;
    }));
    t.equal(tookMs, expectedMs, JSON.stringify(children));
  }
});

scenario("who has the least time is killed when it is over, whatever the others do", (t, h) => {
  h.run(beside({}, function* (self, pid) {
    const late = pidOf(yield* DynamicSupervisor.startChild(self, pid, lingering(Infinity, 500)));
    const soon = pidOf(yield* DynamicSupervisor.startChild(self, pid, lingering(Infinity, 50)));
    const ref = self.monitor(pid);
    self.runtime.exit(pid, "kill");
    yield* downOf(ref);
    self.exit(late, "kill");
    self.exit(soon, "kill");
  }));
  h.run(beside({}, function* (self, pid) {
    const late = pidOf(yield* DynamicSupervisor.startChild(self, pid, lingering(Infinity, 500)));
    const soon = pidOf(yield* DynamicSupervisor.startChild(self, pid, lingering(Infinity, 50)));
    self.spawn(function* (other: Process) { yield* DynamicSupervisor.stop(other, pid); });
    yield* sleep(51);
    t.same([self.runtime.isAlive(late), self.runtime.isAlive(soon)], [true, false]);
    yield* sleep(450);
    t.equal(self.runtime.isAlive(late), false);
  }));
});

scenario("terminateChild: by pid; unknown ones are not_found (Elixir: terminate_child/2)",
  (t, h) => {
    const log: string[] = [];
    const got = h.run(beside({}, function* (self, pid) {
      const a = pidOf(yield* DynamicSupervisor.startChild(self, pid, child(log, "a")));
      return [
        yield* DynamicSupervisor.terminateChild(self, pid, a),
        yield* DynamicSupervisor.terminateChild(self, pid, a),
        yield* DynamicSupervisor.terminateChild(self, pid, self.pid),
      ];
    }));
    const notFound = { ok: false, error: "not_found" };
    t.same(got, [{ ok: true }, notFound, notFound]);
    t.equal(taken(log), "+a -a");
  });

scenario("options that can't be fail the start", (t, h) => {
  const cases: readonly [DynamicSupervisorSpec, string, string][] = [
    [{ maxChildren: -1 }, "maxChildren", "-1"], [{ maxChildren: 1.5 }, "maxChildren", "1.5"],
    [{ intensity: NaN }, "intensity", "NaN"], [{ periodMs: -1 }, "periodMs", "-1"],
  ];
  for (const [spec, key, value] of cases) {
    t.throws(() => h.run(beside(spec, function* () {})),
      new StartFailed({ supervisorFlags: { invalid: key, value } }));
    h.pump();
  }
});

scenario("under a supervisor it is stopped with all its children, and by the runtime", (t, h) => {
  const log: string[] = [];
  h.run(function* (self) {
    const inner = DynamicSupervisor.spec("users", {}, { name: "users" });
    const root = yield* Supervisor.start(self, { children: [inner, child(log, "z")] });
    yield* DynamicSupervisor.startChild(self, "users", child(log, "a"));
    yield* DynamicSupervisor.startChild(self, "users", child(log, "b"));
    const spec = yield* Supervisor.getChildSpec(self, root, "users");
    t.match(spec, { spec: { type: "supervisor", shutdown: "infinity" } });
  });
  void h.runtime.stop();
  h.pump();
  t.equal(taken(log), "+z +a +b -z -a -b");
});

scenario("messages that are nobody's change nothing", (t, h) => {
  let starts = 0;
  h.run(beside({}, function* (self, pid) {
    const a = pidOf(yield* DynamicSupervisor.startChild(self, pid, {
      *start(own) {
        starts++;
        return yield* GenServer.startLink(own, { init: () => ok(null) }, undefined);
      },
    }));
    self.send(pid, { startAgain: a });
    self.startTimer(1, pid, { startAgain: a });
    self.startTimer(1, pid, null);
    GenServer.cast(self, pid, { startAgain: a });
    GenServer.cast(self, pid, { startAgain: 0 });
    yield* sleep(5);
    t.equal(starts, 1);
    t.equal((yield* DynamicSupervisor.countChildren(self, pid)).active, 1);
  }));
});
