// Supervisor: what specifications may be, and what is known of children.
// A title names the case of OTP's supervisor_SUITE whose meaning it has.
import { exit, sleep } from "../../host/runtime/index.ts";
import { GenServer, ok, StartFailed, Supervisor } from "../../host/otp/index.ts";
import type { ChildSpec, SupervisorSpec } from "../../host/otp/index.ts";
import { scenario } from "../runtime/harness.ts";
import { child, downOf, taken, under } from "./supervision.ts";

const start: ChildSpec["start"] = () => exit("never called");

const badSpecs: readonly [unknown, string, string][] = [
  [{ start }, "id", "undefined"],
  [{ id: "a" }, "start", "undefined"],
  [{ id: 1, start }, "id", "1"],
  [{ id: "a", start, restart: "sometimes" }, "restart", "sometimes"],
  [{ id: "a", start, shutdown: -1 }, "shutdown", "-1"],
  [{ id: "a", start, shutdown: "brutal" }, "shutdown", "brutal"],
  [{ id: "a", start, shutdown: NaN }, "shutdown", "NaN"],
  [{ id: "a", start, type: "boss" }, "type", "boss"],
  [{ id: "a", start, significant: "yes" }, "significant", "yes"],
  [{ id: "a", start, backoff: { firstMs: 0, maxMs: 1 } }, "backoff.firstMs", "0"],
  [{ id: "a", start, backoff: { firstMs: 5, maxMs: 1 } }, "backoff.maxMs", "1"],
  [{ id: "a", start, backoff: { firstMs: 5, maxMs: 9, factor: 0 } }, "backoff.factor", "0"],
  [undefined, "spec", "undefined"],
];

scenario("specifications that can't be are refused, nothing is started (child_specs)", (t, h) => {
  const log: string[] = [];
  for (const [spec, key, value] of badSpecs as readonly [ChildSpec, string, string][]) {
    const problem = { invalid: key, value };
    t.same(Supervisor.checkChildSpecs([child(log, "fine"), spec]), problem);
    t.throws(() => h.run(under({ children: [child(log, "fine"), spec] }, function* () {})),
      new StartFailed({ startSpec: problem }));
    h.pump();
    const added = h.run(under({}, function* (self, pid) {
      const result = yield* Supervisor.startChild(self, pid, spec);
      yield* Supervisor.stop(self, pid);
      return result;
    }));
    t.same(added, { ok: false, error: "invalid_child_spec", reason: problem });
  }
  t.same(log, []);
});

scenario("flags that can't be fail the start (sup_flags)", (t, h) => {
  const flags: readonly [unknown, string, string][] = [
    [{ strategy: "one_for_two" }, "strategy", "one_for_two"],
    [{ intensity: -1 }, "intensity", "-1"],
    [{ intensity: 0.5 }, "intensity", "0.5"],
    [{ periodMs: 0 }, "periodMs", "0"],
    [{ autoShutdown: "always" }, "autoShutdown", "always"],
    [{ backoff: { firstMs: 1, maxMs: Infinity } }, "backoff.maxMs", "Infinity"],
  ];
  for (const [spec, key, value] of flags as readonly [SupervisorSpec, string, string][]) {
    t.throws(() => h.run(under(spec, function* () {})),
      new StartFailed({ supervisorFlags: { invalid: key, value } }), key);
    h.pump();
  }
});

scenario("specifications are checked before they are given (child_specs)", async (t, h) => {
  const spec = child([], "a");
  t.equal(Supervisor.checkChildSpecs([spec, child([], "b")]), undefined);
  t.same(Supervisor.checkChildSpecs([spec, spec]), { duplicateChild: "a" });
  const significant = child([], "s", { restart: "transient", significant: true });
  t.equal(Supervisor.checkChildSpecs([significant]), undefined);
  t.equal(Supervisor.checkChildSpecs([significant], "anySignificant"), undefined);
  t.same(Supervisor.checkChildSpecs([significant], "never"),
    { badCombination: { autoShutdown: "never", significant: true } });
  h.pump();
});

scenario("a child's specification is told with its defaults, by id and by pid (child_adm)",
  (t, h) => {
    const spec = child([], "a");
    const inner = Supervisor.spec("inner", {}, { restart: "transient" });
    const children = [spec, { ...inner, shutdown: 7 }];
    const got = h.run(under({ children }, function* (self, pid) {
      const a = self.whereis("a")!;
      const told = yield* Supervisor.getChildSpec(self, pid, "a");
      t.same(self.runtime.processInfo(self.pid)?.monitors, [], "the call leaves nothing behind");
      t.ok(Object.isFrozen(told.ok && told.spec));
      return [
        told,
        yield* Supervisor.getChildSpec(self, pid, a),
        yield* Supervisor.getChildSpec(self, pid, "inner"),
        yield* Supervisor.getChildSpec(self, pid, "nobody"),
      ];
    }));
    const told = {
      id: "a", start: spec.start, restart: "permanent", shutdown: 5_000, type: "worker",
      significant: false, backoff: undefined,
    };
    t.same(got[0], { ok: true, spec: told });
    t.same(got[1], got[0]);
    t.match(got[2], { ok: true, spec: { type: "supervisor", restart: "transient", shutdown: 7 } });
    t.same(got[3], { ok: false, error: "not_found" });
  });

scenario("keys of a specification can be replaced, so one server is two children", (t, h) => {
  const base = GenServer.spec({ init: () => ok(null) }, undefined);
  const children = ["a", "b"].map((id) => Supervisor.childSpec(base, { id, shutdown: 1 }));
  const got = h.run(under({ children }, function* (self, pid) {
    const b = yield* Supervisor.getChildSpec(self, pid, "b");
    return [yield* Supervisor.countChildren(self, pid), b.ok && b.spec.shutdown];
  }));
  t.same(got, [{ specs: 2, active: 2, supervisors: 0, workers: 2 }, 1]);
});

scenario("a child whose name somebody else has is already started, and forgotten " +
  "(extra_return)", (t, h) => {
  const log: string[] = [];
  const got = h.run(under({}, function* (self, pid) {
    const other = yield* GenServer.start(self, { init: () => ok(null) }, undefined, { name: "a" });
    const result = yield* Supervisor.startChild(self, pid, child(log, "a"));
    const { specs } = yield* Supervisor.countChildren(self, pid);
    return [!result.ok && result.error === "already_started" && result.pid === other, specs];
  }));
  t.same(got, [true, 0]);
  t.same(log, []);
});

scenario("a child whose start fails is not kept (sup_start_fail)", (t, h) => {
  const got = h.run(under({}, function* (self, pid) {
    const failing: ChildSpec = { id: "a", start: () => { throw new RangeError("too much"); } };
    const failed = yield* Supervisor.startChild(self, pid, failing);
    const again = yield* Supervisor.restartChild(self, pid, "a");
    return [failed, again];
  }));
  t.match(got, [
    { ok: false, error: "failed", reason: { error: { name: "RangeError" } } },
    { ok: false, error: "not_found" },
  ]);
});

scenario("a restart by request that fails leaves the child as it was (child_adm)", (t, h) => {
  const log: string[] = [];
  const got = h.run(under({ children: [child(log, "a")] }, function* (self, pid) {
    yield* Supervisor.terminateChild(self, pid, "a");
    self.register("a");
    const failed = yield* Supervisor.restartChild(self, pid, "a");
    const [info] = yield* Supervisor.whichChildren(self, pid);
    self.unregister("a");
    const again = yield* Supervisor.restartChild(self, pid, "a");
    return [!failed.ok && failed.error, info?.pid, again.ok];
  }));
  t.same(got, ["already_started", undefined, true]);
});

scenario("a temporary child is forgotten when it is terminated " +
  "(do_not_save_child_specs_for_temporary_children)", (t, h) => {
  const log: string[] = [];
  const got = h.run(under({}, function* (self, pid) {
    yield* Supervisor.startChild(self, pid, child(log, "a", { restart: "temporary" }));
    yield* Supervisor.terminateChild(self, pid, "a");
    return [
      yield* Supervisor.restartChild(self, pid, "a"),
      yield* Supervisor.getChildSpec(self, pid, "a"),
    ];
  }));
  const notFound = { ok: false, error: "not_found" };
  t.same(got, [notFound, notFound]);
});

scenario("a shutdown of Infinity waits as long as it takes (sup_stop_infinity)", (t, h) => {
  const slow: ChildSpec = {
    id: "slow",
    shutdown: Infinity,
    start: (self) => GenServer.startLink(self, {
      init(_args, own) {
        own.trapExit = true;
        return ok(null);
      },
      *terminate() { yield* sleep(60_000); },
    }, undefined),
  };
  const tookMs = h.run(under({ children: [slow] }, function* (self, pid) {
    const beforeMs = h.clock.now();
    yield* Supervisor.stop(self, pid);
    return h.clock.now() - beforeMs;
  }));
  t.equal(tookMs, 60_000);
});

scenario("messages that are nobody's change nothing", (t, h) => {
  const log: string[] = [];
  h.run(under({ children: [child(log, "a")] }, function* (self, pid) {
    self.send(pid, { waitIsOver: "a" });
    self.sendAfter(1, pid, "hello");
    self.startTimer(1, pid, { waitIsOver: "a" });
    self.startTimer(1, pid, null);
    GenServer.cast(self, pid, { tryAgain: "a" });
    yield* sleep(5);
    t.equal(taken(log), "+a");
    const ref = self.monitor(pid);
    yield* Supervisor.stop(self, "supervisor");
    t.equal(yield* downOf(ref), "normal");
  }));
});
