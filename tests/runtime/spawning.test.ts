// Spawns that cannot be whole: nothing runs on, and nobody dies of it.
import { Counter } from "../../host/kernel/abi.ts";
import { Down, receive, sleep } from "../../host/index.ts";
import type { Body, MonitorOptions, Operation, Process } from "../../host/index.ts";
import { like, scenario, smallLimits } from "./harness.ts";

function* never(): Operation<void> {
  yield* receive("never");
}

const broken: Readonly<Record<string, Body>> = {
  "is no generator": (() => 5) as unknown as Body,
  "throws": () => { throw new RangeError("thrown by the body"); },
};

for (const [what, body] of Object.entries(broken)) {
  scenario(`a parent survives the spawn of a body that ${what}, and hears the error`, (t, h) => {
    h.run(function* (self) {
      const thrown = what === "throws" ? like({ message: "thrown by the body" })
        : like({ code: "PIDGEON_NOT_A_GENERATOR" });
      const before = h.runtime.counter(Counter.PROCESSES);
      t.throws(() => self.spawn(body), thrown);
      t.throws(() => self.spawnLink(body), thrown);
      t.throws(() => self.spawnMonitor(body), thrown);
      t.throws(() => self.spawnOpt({ link: true }, body), thrown);
      t.throws(() => self.spawnOpt({ link: true, monitor: true }, body), thrown);
      t.throws(() => self.spawnOpt({ monitor: { priority: true } }, body), thrown);
      yield* sleep(1);
      t.equal(h.runtime.counter(Counter.PROCESSES), before);
      t.match(h.runtime.processInfo(self.pid), { links: [], monitors: [], messageQueueLength: 0 });
    });
  });
}

for (const monitor of [true, {}, { alias: "demonitor" }, { tag: 5 }] as const) {
  const title = JSON.stringify(monitor);
  scenario(`without room for a monitor of ${title} nothing is spawned`, (t, h) => {
    h.run(function* (self) {
      const before = h.runtime.counter(Counter.PROCESSES);
      for (let n = h.runtime.counter(Counter.RELATIONS); n < 32; n++) {
        self.monitor(self.spawn(never));
      }
      const watched = h.runtime.counter(Counter.PROCESSES);
      const limit = like({ code: "PIDGEON_KERNEL_STATUS" });
      t.throws(() => self.spawnOpt({ monitor }, never), limit);
      yield* sleep(1);
      t.equal(h.runtime.counter(Counter.PROCESSES), watched);
      t.not(watched, before);
      t.ok(h.runtime.isAlive(self.pid));
    });
  }, { limits: { ...smallLimits, relations: 32 } });
}

scenario("a monitor with bad options is refused before anything is spawned", (t, h) => {
  h.run(function* (self) {
    const before = h.runtime.counter(Counter.SPAWNS);
    for (const monitor of [{ tag: 300 }, { tag: -1 }, { tag: 0.5 }, { alias: "bogus" }]) {
      const bad = like({ code: "PIDGEON_BAD_OPTION" });
      t.throws(() => self.spawnOpt({ monitor: monitor as MonitorOptions }, never), bad);
      t.throws(() => self.monitor(self.pid, monitor as MonitorOptions), bad);
    }
    t.equal(h.runtime.counter(Counter.SPAWNS), before);
  });
});

scenario("a body that spawns before it is a generator does not change its own monitor", (t, h) => {
  h.run(function* (self) {
    const body = (own: Process): Operation<void> => {
      own.spawnMonitor(function* () {});
      return never();
    };
    for (const { pid, ref } of [self.spawnMonitor(body), self.spawnOpt({ monitor: true }, body)]) {
      self.exit(pid, "kill");
      const down = yield* receive(Down);
      t.same([down.ref, down.pid], [ref, pid]);
    }
  });
});
