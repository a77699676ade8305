// PartitionSupervisor: the same child several times, addressed by a key.
import { availableParallelism } from "node:os";
import { test } from "tap";
import { sleep } from "../../host/runtime/index.ts";
import {
  GenServer, ok, PartitionSupervisor, reply, StartFailed, Supervisor,
} from "../../host/otp/index.ts";
import type { GenServerModule } from "../../host/otp/index.ts";
import { like, scenario } from "../runtime/harness.ts";
import { child } from "./supervision.ts";

const counter: GenServerModule<[number, number], number> = {
  init: (partition) => ok([partition, 0]),
  handleCall: (_request, _from, [partition, count]) =>
    reply([partition, count + 1], [partition, count + 1]),
};

const counters = PartitionSupervisor.define({
  name: "counters",
  child: (partition) => GenServer.spec(counter, partition),
  partitions: 4,
});

scenario("a key finds the same partition always, whole numbers their remainder", (t, h) => {
  const got = h.run(function* (self) {
    yield* PartitionSupervisor.startLink(self, counters);
    const answers: unknown[] = [];
    for (const key of [0, 1, 2, 3, 4, -5, 2 ** 40 + 1]) {
      answers.push(yield* GenServer.call(self, PartitionSupervisor.via(counters, key), "count"));
    }
    const [first] = yield* GenServer.call<[number]>(
      self, PartitionSupervisor.via(counters, "romeo"), "count");
    const [again] = yield* GenServer.call<[number]>(
      self, PartitionSupervisor.via(counters, "romeo"), "count");
    return [answers, first === again];
  });
  t.same(got, [[[0, 1], [1, 1], [2, 1], [3, 1], [0, 2], [1, 2], [1, 3]], true]);
});

void test("texts are spread over all partitions, about evenly", async (t) => {
  for (const partitions of [2, 3, 4, 16]) {
    const definition = { ...counters, partitions };
    const counts = new Map<string, number>();
    for (let index = 0; index < 1_600; index++) {
      const name = PartitionSupervisor.via(definition, `user${index}@example.org`);
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    t.equal(counts.size, partitions);
    for (const [name, count] of counts) {
      t.ok(Math.abs(count / (1_600 / partitions) - 1) < 0.35, `${name} of ${partitions}: ${count}`);
    }
  }
});

scenario("a partition that ends is restarted alone and found again", (t, h) => {
  const got = h.run(function* (self) {
    const pid = yield* PartitionSupervisor.start(self, counters);
    const address = PartitionSupervisor.via(counters, 2);
    yield* GenServer.call(self, address, "count");
    yield* GenServer.call(self, PartitionSupervisor.via(counters, 3), "count");
    const before = self.whereis(address);
    self.exit(before!, "kill");
    yield* sleep(1);
    return [
      self.whereis(address) !== before,
      yield* GenServer.call(self, address, "count"),
      yield* GenServer.call(self, PartitionSupervisor.via(counters, 3), "count"),
      (yield* Supervisor.whichChildren(self, pid)).map(({ id }) => id),
      yield* Supervisor.countChildren(self, "counters"),
    ];
  });
  const counts = { specs: 4, active: 4, supervisors: 0, workers: 4 };
  t.same(got, [true, [2, 1], [3, 2], ["0", "1", "2", "3"], counts]);
});

scenario("it is a child of a supervisor, and gives up at its intensity", (t, h) => {
  const fragile = PartitionSupervisor.define({
    name: "fragile", child: (partition) => GenServer.spec(counter, partition), partitions: 2,
    intensity: 0,
  });
  const got = h.run(function* (self) {
    const root = yield* Supervisor.start(self, { children: [PartitionSupervisor.spec(fragile)] });
    const before = self.whereis("fragile");
    const [info] = yield* Supervisor.whichChildren(self, root);
    self.exit(self.whereis("fragile/1")!, "kill");
    yield* sleep(1);
    return [info, self.whereis("fragile") !== before, self.whereis("fragile/1") !== undefined];
  });
  t.match(got, [{ id: "fragile", type: "supervisor" }, true, true]);
});

scenario("a child with a name of its own can't be a partition", (t, h) => {
  const log: string[] = [];
  const named = PartitionSupervisor.define({
    name: "named", child: () => child(log, "own"), partitions: 1,
  });
  t.throws(() => h.run((self) => PartitionSupervisor.start(self, named)), new StartFailed({
    shutdown: { failedToStartChild: "0", reason: { cannotRegister: "named/0" } },
  }));
  h.pump();
  t.equal(h.runtime.whereis("own"), undefined, "it is not left behind");
});

void test("as many partitions as cores by default; other numbers and keys are refused",
  async (t) => {
    const child = (partition: number) => GenServer.spec(counter, partition);
    t.equal(PartitionSupervisor.define({ name: "x", child }).partitions, availableParallelism());
    for (const partitions of [0, -1, 1.5, NaN]) {
      t.throws(() => PartitionSupervisor.define({ name: "x", child, partitions }),
        like({ code: "PIDGEON_BAD_OPTION" }));
    }
    t.throws(() => PartitionSupervisor.via(counters, 0.5), like({ code: "PIDGEON_BAD_OPTION" }));
  });
