// Supervisor: oneForOne, oneForAll and restForOne; restarts that fail; bystanders.
// A title names the case of OTP's supervisor_SUITE whose meaning it has.
import { sleep } from "../../host/runtime/index.ts";
import { Supervisor } from "../../host/otp/index.ts";
import type { ChildSpec, Strategy } from "../../host/otp/index.ts";
import { scenario } from "../runtime/harness.ts";
import { child, downOf, end, flaky, taken, under } from "./supervision.ts";

const expected: Record<Strategy, string> = {
  oneForOne: "-b +b",
  oneForAll: "-b -c -a +a +b +c",
  restForOne: "-b -c +b +c",
};

for (const [strategy, trace] of Object.entries(expected) as [Strategy, string][]) {
  const suiteCase = strategy.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

  scenario(`${strategy} restarts whom it concerns, in their order (${suiteCase})`, (t, h) => {
    const log: string[] = [];
    const children = ["a", "b", "c"].map((id) => child(log, id));
    const ids = h.run(under({ strategy, children }, function* (self, pid) {
      taken(log);
      yield* end(self, "b", "odd");
      t.equal(taken(log), trace);
      return (yield* Supervisor.whichChildren(self, pid)).map(({ id, pid: of }) => [id, typeof of]);
    }));
    t.same(ids, [["a", "number"], ["b", "number"], ["c", "number"]], "the order stays");
  });

  scenario(`${strategy} gives up at its intensity (${suiteCase}_escalation)`, (t, h) => {
    const log: string[] = [];
    const children = ["a", "b"].map((id) => child(log, id));
    const reason = h.run(under({ strategy, intensity: 2, children }, function* (self, pid) {
      const ref = self.monitor(pid);
      yield* end(self, "a", "odd");
      yield* end(self, "a", "odd");
      taken(log);
      self.send("a", "odd");
      return yield* downOf(ref);
    }));
    t.equal(reason, "shutdown");
    t.equal(taken(log), "-a -b");
  });

  scenario(`${strategy}: each failed restart counts, to the end of the supervisor`, (t, h) => {
    const log: string[] = [];
    const children = [child(log, "a"), flaky(log, "b", (start) => start === 1), child(log, "c")];
    const reason = h.run(under({ strategy, intensity: 3, children }, function* (self, pid) {
      const ref = self.monitor(pid);
      self.send("b", "odd");
      return yield* downOf(ref);
    }));
    t.equal(reason, "shutdown");
    t.equal(log.filter((line) => line === "!b").length, 3);
    t.equal(log.filter((line) => line.startsWith("+")).length,
      log.filter((line) => line.startsWith("-")).length, "everybody is stopped");
  });

  scenario(`${strategy}: a transient child that ends in order concerns nobody`, (t, h) => {
    const log: string[] = [];
    const children = [
      child(log, "a"), child(log, "b", { restart: "transient" }), child(log, "c"),
    ];
    h.run(under({ strategy, children }, function* (self) {
      taken(log);
      yield* end(self, "b", { shutdown: "done" });
      t.equal(taken(log), "-b");
    }));
  });
}

scenario("another child fails in the restart of one: tried again from it " +
  "(rest_for_one_other_child_fails_restart)", (t, h) => {
  const log: string[] = [];
  const fails = (start: number) => start !== 2 && start !== 3;
  const children = [child(log, "a"), child(log, "b"), flaky(log, "c", fails), child(log, "d")];
  h.run(under({ strategy: "restForOne", intensity: 5, children }, function* (self, pid) {
    taken(log);
    yield* end(self, "b", "odd");
    t.equal(taken(log), "-b -d -c +b !c !c +c +d");
    t.same(yield* Supervisor.countChildren(self, pid),
      { specs: 4, active: 4, supervisors: 0, workers: 4 });
  }));
});

scenario("another child fails in the restart of all: those that run are stopped again " +
  "(one_for_all_other_child_fails_restart)", (t, h) => {
  const log: string[] = [];
  const children = [
    child(log, "a"), child(log, "b"), flaky(log, "c", (start) => start !== 2), child(log, "d"),
  ];
  h.run(under({ strategy: "oneForAll", intensity: 2, children }, function* (self) {
    taken(log);
    yield* end(self, "a", "odd");
    t.equal(taken(log), "-a -d -c -b +a +b !c -b -a +a +b +c +d");
  }));
});

for (const strategy of ["oneForAll", "restForOne"] as const) {
  scenario(`${strategy}: temporary bystanders are stopped and forgotten ` +
    "(temporary_bystander)", (t, h) => {
    const log: string[] = [];
    const children = [child(log, "a"), child(log, "b", { restart: "temporary" })];
    const ids = h.run(under({ strategy, children }, function* (self, pid) {
      yield* end(self, "a", "odd");
      return (yield* Supervisor.whichChildren(self, pid)).map(({ id }) => id);
    }));
    t.same(ids, ["a"]);
    t.equal(taken(log), "+a +b -a -b +a");
  });
}

scenario("a restart of the first that goes on failing leaves the supervisor open " +
  "(hanging_restart_loop_rest_for_one)", (t, h) => {
  const log: string[] = [];
  const first: ChildSpec = {
    ...flaky(log, "a", (start) => start === 1), shutdown: 10,
  };
  const { start } = first;
  const slow: ChildSpec = { ...first, *start(self) {
    yield* sleep(5);
    return yield* start(self);
  } };
  const children = [slow, child(log, "b")];
  const spec = { strategy: "restForOne", intensity: 1_000, children } as const;
  const got = h.run(under(spec, function* (self, pid) {
    self.send("a", "odd");
    yield* sleep(50);
    const states = (yield* Supervisor.whichChildren(self, pid)).map((info) => info.pid);
    const refused = [
      yield* Supervisor.restartChild(self, pid, "a"),
      yield* Supervisor.deleteChild(self, pid, "a"),
      yield* Supervisor.startChild(self, pid, child(log, "a")),
      yield* Supervisor.restartChild(self, pid, "b"),
    ];
    const ended = yield* Supervisor.terminateChild(self, pid, "a");
    const tries = log.length;
    yield* sleep(50);
    t.equal(log.length, tries, "it is not tried any more");
    yield* Supervisor.stop(self, pid);
    return [states, refused.map((result) => result.ok || result.error), ended];
  }));
  t.same(got, [
    ["restarting", undefined], ["restarting", "restarting", "already_present", true], { ok: true },
  ]);
});

scenario("children that were terminated start again with the others of oneForAll", (t, h) => {
  const log: string[] = [];
  const children = [child(log, "a"), child(log, "b")];
  h.run(under({ strategy: "oneForAll", children }, function* (self, pid) {
    yield* Supervisor.terminateChild(self, pid, "b");
    taken(log);
    yield* end(self, "a", "odd");
    t.equal(taken(log), "-a +a +b");
  }));
});

scenario("several children that end at once: each is one restart (multiple_restarts)", (t, h) => {
  const log: string[] = [];
  const children = ["a", "b", "c"].map((id) => child(log, id, { shutdown: "brutalKill" }));
  const got = h.run(under({ intensity: 3, children }, function* (self, pid) {
    const ref = self.monitor(pid);
    for (const id of ["a", "b", "c"]) self.exit(self.whereis(id)!, "kill");
    yield* sleep(1);
    const { active } = yield* Supervisor.countChildren(self, pid);
    self.exit(self.whereis("a")!, "kill");
    return [active, yield* downOf(ref)];
  }));
  t.same(got, [3, "shutdown"]);
});

scenario("a child that unlinks itself is stopped with its supervisor (child_unlink)", (t, h) => {
  const log: string[] = [];
  h.run(under({ children: [child(log, "a")] }, function* (self, pid) {
    const a = self.whereis("a")!;
    self.core.kernel.unlink(a, pid);
    yield* Supervisor.stop(self, pid, "shutdown", 1_000);
    t.equal(self.runtime.isAlive(a), false);
  }));
});
