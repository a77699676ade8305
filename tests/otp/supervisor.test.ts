// Supervisor: order, restarts, intensity, shutdown, children that come and go. OTP's rules.
// A title names the case of OTP's supervisor_SUITE whose meaning it has.
import { test } from "tap";
import { Down, exit, receive, sleep } from "../../host/runtime/index.ts";
import type { Operation, Process, Reason } from "../../host/runtime/index.ts";
import { GenServer, ok, noreply, StartFailed, stop, Supervisor } from "../../host/otp/index.ts";
import type { ChildInfo, ChildSpec, GenServerModule } from "../../host/otp/index.ts";
import { Intensity } from "../../host/otp/intensity.ts";
import { like, scenario } from "../runtime/harness.ts";
import { child, end, under } from "./supervision.ts";

scenario("children start left to right and stop right to left (order_of_children)", (t, h) => {
  const log: string[] = [];
  h.run(under({ children: ["a", "b", "c"].map((id) => child(log, id)) }, function* (self, pid) {
    yield* GenServer.stop(self, pid, "shutdown");
  }));
  t.same(log, ["+a", "+b", "+c", "-c", "-b", "-a"]);
});

scenario("a start that fails stops those before it, fails the supervisor " +
  "(sup_start_child_returns_error)", (t, h) => {
  const log: string[] = [];
  const failing = GenServer.spec({ init: () => stop("no") }, undefined, { id: "failing" });
  let thrown: unknown;
  try {
    h.run(under({ children: [child(log, "a"), failing, child(log, "c")] }, function* () {}));
  } catch (error) {
    thrown = error;
  }
  t.ok(thrown instanceof StartFailed);
  t.same((thrown as StartFailed).reason,
    { shutdown: { failedToStartChild: "failing", reason: "no" } });
  t.same(log, ["+a", "-a"]);
});

scenario("a duplicate id fails the start", (t, h) => {
  t.throws(() => h.run(under({ children: [child([], "a"), child([], "a")] }, function* () {})),
    like({ reason: { startSpec: { duplicateChild: "a" } } }));
  h.pump();
});

scenario("permanent children restart whatever their end " +
  "(permanent_normal, _shutdown, _abnormal)", (t, h) => {
  const log: string[] = [];
  const children = [child(log, "a"), child(log, "b")];
  const ids = h.run(under({ intensity: 10, children }, function* (self, pid) {
    const reasons = ["normal", "shutdown", { shutdown: 1 }, "odd"];
    for (const reason of reasons) yield* end(self, "a", reason);
    self.exit(self.whereis("a")!, "kill");
    yield* sleep(1);
    return (yield* Supervisor.whichChildren(self, pid)).map(({ id, pid: of }) => [id, typeof of]);
  }));
  t.equal(log.filter((line) => line === "+a").length, 6);
  t.same(ids, [["a", "number"], ["b", "number"]]);
});

scenario("transient children restart after ends not in order " +
  "(transient_normal, _shutdown, _abnormal)", (t, h) => {
  const log: string[] = [];
  const spec = { intensity: 9, children: [child(log, "a", { restart: "transient" })] };
  const got = h.run(under(spec, function* (self, pid) {
    yield* end(self, "a", "odd");
    const restarted = self.whereis("a") !== undefined;
    const orderly: unknown[] = [];
    for (const reason of ["normal", "shutdown", { shutdown: "asked" }]) {
      yield* end(self, "a", reason);
      orderly.push(self.whereis("a"), (yield* Supervisor.whichChildren(self, pid))[0]?.pid);
      yield* Supervisor.restartChild(self, pid, "a");
    }
    return [restarted, ...orderly];
  }));
  t.same(got, [true, undefined, undefined, undefined, undefined, undefined, undefined]);
});

scenario("temporary children are never restarted, and forgotten (temporary_abnormal)", (t, h) => {
  const log: string[] = [];
  const got = h.run(under({ children: [child(log, "a", { restart: "temporary" })] },
    function* (self, pid) {
      yield* end(self, "a", "odd");
      return yield* Supervisor.countChildren(self, pid);
    }));
  t.same(got, { specs: 0, active: 0, supervisors: 0, workers: 0 });
  t.same(log, ["+a", "-a"]);
});

void test("intensity: more than so many restarts within the period are too many", async (t) => {
  const cases: [number, number, number[], boolean[]][] = [
    [0, 5_000, [0], [false]],
    [1, 5_000, [0, 4_999], [true, false]],
    [1, 5_000, [0, 5_000], [true, false]],
    [1, 5_000, [0, 5_001], [true, true]],
    [2, 1_000, [0, 500, 1_000], [true, true, false]],
    [2, 1_000, [0, 500, 1_001, 1_501, 1_502], [true, true, true, true, false]],
  ];
  for (const [restarts, periodMs, times, expected] of cases) {
    const intensity = new Intensity(restarts, periodMs);
    t.same(times.map((time) => intensity.allows(time)), expected, `${restarts} in ${periodMs}`);
  }
});

scenario("one crash too many: children stop, the supervisor exits shutdown " +
  "(one_for_one_escalation)", (t, h) => {
  const log: string[] = [];
  const children = [child(log, "a"), child(log, "b"), child(log, "c")];
  const reason = h.run(under({ children }, function* (self, pid) {
    const ref = self.monitor(pid);
    yield* end(self, "b", "first");
    self.send("b", "second");
    for (;;) {
      const down = yield* receive(Down);
      if (down.ref === ref) return down.reason;
    }
  }));
  t.equal(reason, "shutdown");
  t.same(log, ["+a", "+b", "+c", "-b", "+b", "-b", "-c", "-a"]);
});

scenario("the default is one restart in five seconds", (t, h) => {
  const log: string[] = [];
  const alive = h.run(under({ children: [child(log, "a")] }, function* (self, pid) {
    for (let round = 0; round < 4; round++) {
      yield* end(self, "a", "odd");
      yield* sleep(5_001);
    }
    return self.runtime.isAlive(pid);
  }));
  t.equal(alive, true);
});

scenario("a restart that fails is tried again, counted, the supervisor open " +
  "(count_restarting_children)", (t, h) => {
  const log: string[] = [];
  let starts = 0;
  const flaky: GenServerModule<null> = {
    *init() {
      starts++;
      yield* sleep(10);
      return starts > 1 && starts < 4 ? stop("not yet") : ok(null);
    },
    handleInfo: (reason: Reason, state) => stop(reason, state),
  };
  const children = [GenServer.spec(flaky, undefined, { name: "flaky" }), child(log, "a")];
  const got = h.run(under({ intensity: 5, children }, function* (self, pid) {
    self.send("flaky", "odd");
    yield* sleep(15);
    const during = (yield* Supervisor.whichChildren(self, pid)).map((info: ChildInfo) => info.pid);
    const removed = yield* Supervisor.deleteChild(self, pid, "flaky");
    yield* sleep(50);
    return [during[0], removed, self.whereis("flaky") !== undefined, starts];
  }));
  t.same(got, ["restarting", { ok: false, error: "running" }, true, 4]);
});

scenario("restarts that go on failing end the supervisor", (t, h) => {
  let starts = 0;
  const failing: GenServerModule<null> = {
    init: () => ++starts === 1 ? ok(null) : stop("never again"),
    handleInfo: (reason: Reason, state) => stop(reason, state),
  };
  const children = [GenServer.spec(failing, undefined, { id: "failing", name: "failing" })];
  const reason = h.run(under({ intensity: 3, children }, function* (self, pid) {
    self.monitor(pid);
    self.send("failing", "odd");
    return (yield* receive(Down)).reason;
  }));
  t.equal(reason, "shutdown");
  t.equal(starts, 4);
});

scenario("a child that is being restarted can be terminated (hanging_restart_loop)", (t, h) => {
  let starts = 0;
  const failing: GenServerModule<null> = {
    *init() {
      if (++starts === 1) return ok(null);
      yield* sleep(10);
      return stop("not yet");
    },
    handleInfo: (reason: Reason, state) => stop(reason, state),
  };
  const children = [GenServer.spec(failing, undefined, { id: "failing", name: "failing" })];
  const got = h.run(under({ intensity: 100, children }, function* (self, pid) {
    self.send("failing", "odd");
    yield* sleep(15);
    const terminated = yield* Supervisor.terminateChild(self, pid, "failing");
    yield* sleep(100);
    return [terminated, starts < 5, (yield* Supervisor.whichChildren(self, pid))[0]?.pid];
  }));
  t.same(got, [{ ok: true }, true, undefined]);
});

/** A process that does not end when it is told to. */
function* stubborn(self: Process): Operation<void> {
  self.trapExit = true;
  for (;;) yield* receive();
}

function stubbornChild(shutdown: ChildSpec["shutdown"]): ChildSpec {
  return {
    id: "stubborn",
    *start(self) { return self.spawnLink(stubborn); },
    ...(shutdown !== undefined && { shutdown }),
  };
}

scenario("shutdown: ms to end in order, then kill; brutalKill " +
  "(sup_stop_timeout, _brutal_kill)", (t, h) => {
  const cases = [[30, 30], ["brutalKill", 0], [undefined, 5_000]] as const;
  for (const [shutdown, expectedMs] of cases) {
    const tookMs = h.run(under({ children: [stubbornChild(shutdown)] }, function* (self, pid) {
      const before = h.clock.now();
      yield* GenServer.stop(self, pid, "shutdown");
      return h.clock.now() - before;
    }));
    t.equal(tookMs, expectedMs, String(shutdown));
  }
});

scenario("a supervisor ends with its parent, and its children with it (tree)", (t, h) => {
  const log: string[] = [];
  h.run(function* (self) {
    const parent = self.spawn(function* (own: Process) {
      const inner = Supervisor.spec("inner", { children: [child(log, "b")] });
      yield* Supervisor.startLink(own, { children: [child(log, "a"), inner] });
      yield* receive();
      exit("parent is gone");
    });
    yield* sleep(1);
    self.send(parent, "go");
    yield* sleep(1);
  });
  t.same(log, ["+a", "+b", "-b", "-a"]);
});

scenario("children come and go while the supervisor runs (child_adm)", (t, h) => {
  const log: string[] = [];
  const got = h.run(under({ intensity: 5 }, function* (self, pid) {
    const results: unknown[] = [];
    const started = yield* Supervisor.startChild(self, pid, child(log, "a"));
    results.push(started.ok && started.pid === self.whereis("a"));
    const again = yield* Supervisor.startChild(self, pid, child(log, "a"));
    results.push(!again.ok && again.error);
    results.push(yield* Supervisor.deleteChild(self, pid, "a"));
    results.push(yield* Supervisor.restartChild(self, pid, "a"));
    results.push(yield* Supervisor.terminateChild(self, pid, "a"));
    results.push(self.whereis("a"));
    const present = yield* Supervisor.startChild(self, pid, child(log, "a"));
    results.push(!present.ok && present.error);
    const restarted = yield* Supervisor.restartChild(self, pid, "a");
    results.push(restarted.ok);
    yield* Supervisor.terminateChild(self, pid, self.whereis("a")!);
    results.push(yield* Supervisor.deleteChild(self, pid, "a"));
    for (const forgotten of [
      yield* Supervisor.terminateChild(self, pid, "a"),
      yield* Supervisor.deleteChild(self, pid, "a"),
      yield* Supervisor.restartChild(self, pid, "a"),
    ]) results.push(forgotten);
    const failed = yield* Supervisor.startChild(self, pid,
      GenServer.spec({ init: () => stop({ code: 1 }) }, undefined));
    results.push(failed);
    return results;
  }));
  const notFound = { ok: false, error: "not_found" };
  const running = { ok: false, error: "running" };
  t.same(got, [
    true, "already_started", running, running, { ok: true }, undefined, "already_present", true,
    { ok: true }, notFound, notFound, notFound, { ok: false, error: "failed", reason: { code: 1 } },
  ]);
});

scenario("ignore keeps the specification, unless it is temporary " +
  "(sup_start_ignore_temporary_child)", (t, h) => {
  const ignoring: GenServerModule<null> = { init: () => ({ type: "ignore" }) };
  const spec = (id: string, restart: ChildSpec["restart"]) => ({
    ...GenServer.spec(ignoring, undefined, { id }), restart: restart ?? "permanent",
  });
  const children = [spec("a", "permanent"), spec("b", "temporary")];
  const got = h.run(under({ children }, function* (self, pid) {
    const c = yield* Supervisor.startChild(self, pid, spec("c", "transient"));
    const d = yield* Supervisor.startChild(self, pid, spec("d", "temporary"));
    const ids = (yield* Supervisor.whichChildren(self, pid)).map((info) => [info.id, info.pid]);
    return [c, d, ids];
  }));
  const ignored = { ok: true, pid: undefined };
  t.same(got, [ignored, ignored, [["a", undefined], ["c", undefined]]]);
});

scenario("which and count tell what there is (count_children)", (t, h) => {
  const log: string[] = [];
  const children = [
    child(log, "a"), Supervisor.spec("inner", {}, { restart: "transient", shutdown: 10 }),
    child(log, "t", { restart: "temporary" }),
  ];
  const [which, counts] = h.run(under({ children }, function* (self, pid) {
    yield* Supervisor.terminateChild(self, pid, "a");
    return [yield* Supervisor.whichChildren(self, pid), yield* Supervisor.countChildren(self, pid)];
  })) as [ChildInfo[], unknown];
  t.match(which, [
    { id: "a", pid: undefined, type: "worker", restart: "permanent" },
    { id: "inner", pid: Number, type: "supervisor", restart: "transient" },
    { id: "t", pid: Number, type: "worker", restart: "temporary" },
  ]);
  t.same(counts, { specs: 3, active: 2, supervisors: 1, workers: 2 });
});

scenario("a list of thousands of children can be asked for", (t, h) => {
  const module: GenServerModule<null> = { init: () => ok(null), handleCast: (_, s) => noreply(s) };
  const count = h.run(under({}, function* (self, pid) {
    for (let index = 0; index < 3_000; index++) {
      const spec = GenServer.spec(module, undefined, { id: `c${index}` });
      yield* Supervisor.startChild(self, pid, spec);
    }
    const list = yield* Supervisor.whichChildren(self, pid);
    yield* GenServer.stop(self, pid, "shutdown");
    return list.length;
  }));
  t.equal(count, 3_000);
});

scenario("the runtime stops root supervisors first, and their children in order", async (t, h) => {
  const log: string[] = [];
  const inner = Supervisor.spec("inner", { children: [child(log, "b")] });
  h.run(under({ children: [child(log, "a"), inner, child(log, "c")] }, function* () {}));
  await h.runtime.stop();
  t.same(log, ["+a", "+b", "+c", "-c", "-b", "-a"]);
});
