// Supervisor: restart with back-off. The clock is the test's.
import { test } from "tap";
import { sleep } from "../../host/runtime/index.ts";
import type { Process } from "../../host/runtime/index.ts";
import { Supervisor } from "../../host/otp/index.ts";
import { nextDelayMs } from "../../host/otp/backoff.ts";
import { scenario } from "../runtime/harness.ts";
import { child, downOf, flaky, taken, under } from "./supervision.ts";

const backoff = { firstMs: 10, maxMs: 50, factor: 3 };

void test("waits grow by the factor up to the longest; a long life begins anew", async (t) => {
  const series = { restarts: 0, startedAtMs: 0, timer: 0 as const };
  const delays = [1, 49, 2, 3].map((nowMs) => nextDelayMs(backoff, series, nowMs));
  t.same(delays, [10, 30, 50, 50]);
  t.equal(nextDelayMs(backoff, series, 50), 10, "it has lived for maxMs");
  t.equal(nextDelayMs(undefined, series, 50), 0, "without a back-off nothing is waited");
  const byDefault = { restarts: 0, startedAtMs: 0, timer: 0 as const };
  t.same([0, 0, 0].map(() => nextDelayMs({ firstMs: 1, maxMs: 9 }, byDefault, 0)), [1, 2, 4]);
});

scenario("a child is restarted when its wait is over, not before", (t, h) => {
  const log: string[] = [];
  const spec = { intensity: 10, backoff, children: [child(log, "a"), child(log, "b")] };
  h.run(under(spec, function* (self, pid) {
    for (const delayMs of [10, 30, 50, 50]) {
      taken(log);
      self.send("a", "odd");
      yield* sleep(delayMs - 1);
      t.equal(taken(log), "-a");
      const [a] = yield* Supervisor.whichChildren(self, pid);
      t.equal(a?.pid, "restarting");
      yield* sleep(2);
      t.equal(taken(log), "+a");
    }
    yield* sleep(50);
    self.send("a", "odd");
    yield* sleep(11);
    t.equal(taken(log), "-a +a", "a long life: the series begins anew");
  }));
});

scenario("a child's own back-off comes before its supervisor's", (t, h) => {
  const log: string[] = [];
  const children = [child(log, "a", { backoff: { firstMs: 500, maxMs: 500 } }), child(log, "b")];
  h.run(under({ intensity: 10, backoff, children }, function* (self) {
    taken(log);
    self.send("a", "odd");
    self.send("b", "odd");
    yield* sleep(11);
    t.equal(taken(log), "-a -b +b");
    yield* sleep(490);
    t.equal(taken(log), "+a");
  }));
});

scenario("starts that fail wait longer and longer, and each counts when it fails", (t, h) => {
  const log: string[] = [];
  const children = [flaky(log, "a", (start) => start === 1)];
  const got = h.run(under({ intensity: 3, backoff, children }, function* (self, pid) {
    const beforeMs = h.clock.now();
    const ref = self.monitor(pid);
    self.send("a", "odd");
    return [yield* downOf(ref), h.clock.now() - beforeMs];
  }));
  t.same(got, ["shutdown", 10 + 30 + 50]);
  t.equal(taken(log), "+a -a !a !a !a");
});

scenario("waits that are long for the period keep a supervisor below its intensity", (t, h) => {
  const log: string[] = [];
  const children = [flaky(log, "a", (start) => start === 1 || start === 20)];
  const spec = { intensity: 4, periodMs: 99, backoff, children };
  h.run(under(spec, function* (self, pid) {
    self.send("a", "odd");
    yield* sleep(2_000);
    t.equal(self.runtime.isAlive(pid), true);
    t.equal(log.at(-1), "+a");
  }));
});

scenario("while it waits a child can be terminated: nothing is started later", (t, h) => {
  const log: string[] = [];
  h.run(under({ backoff, children: [child(log, "a")] }, function* (self, pid) {
    self.send("a", "odd");
    yield* sleep(5);
    t.same(yield* Supervisor.restartChild(self, pid, "a"), { ok: false, error: "restarting" });
    t.same(yield* Supervisor.deleteChild(self, pid, "a"), { ok: false, error: "restarting" });
    t.same(yield* Supervisor.terminateChild(self, pid, "a"), { ok: true });
    t.equal(self.runtime.processInfo(pid)?.timers, 0);
    yield* sleep(100);
    t.equal(taken(log), "+a -a");
    t.equal((yield* Supervisor.restartChild(self, pid, "a")).ok, true);
  }));
});

scenario("a wait that ends while the supervisor is busy restarts nobody who is terminated first",
  (t, h) => {
    const log: string[] = [];
    const { start, ...rest } = child(log, "slow");
    h.run(under({ backoff, children: [child(log, "a")] }, function* (self, pid) {
      self.send("a", "odd");
      yield* sleep(1);
      self.spawn(function* (other: Process) {
        yield* Supervisor.startChild(other, pid, {
          ...rest,
          *start(own) {
            yield* sleep(20);
            return yield* start(own);
          },
        });
      });
      yield* sleep(1);
      yield* Supervisor.terminateChild(self, pid, "a");
      yield* sleep(50);
      t.equal(taken(log), "+a -a +slow");
    }));
  });

scenario("with oneForAll and restForOne the others are stopped at once and start after the wait",
  (t, h) => {
    for (const strategy of ["oneForAll", "restForOne"] as const) {
      const log: string[] = [];
      const children = ["a", "b", "c"].map((id) => child(log, id));
      h.run(under({ strategy, backoff, children }, function* (self, pid) {
        taken(log);
        self.send("b", "odd");
        yield* sleep(9);
        t.equal(taken(log), strategy === "oneForAll" ? "-b -c -a" : "-b -c");
        yield* sleep(2);
        t.equal(taken(log), strategy === "oneForAll" ? "+a +b +c" : "+b +c");
        yield* Supervisor.stop(self, pid);
      }));
    }
  });

scenario("a supervisor that is stopped leaves no timer behind", (t, h) => {
  const log: string[] = [];
  h.run(under({ backoff, children: [child(log, "a")] }, function* (self, pid) {
    self.send("a", "odd");
    yield* sleep(5);
    yield* Supervisor.stop(self, pid);
    yield* sleep(100);
    t.equal(taken(log), "+a -a");
  }));
});
