// Trace: what is told of processes, to whom, and when it ends by itself.
import { Call, Down, Exit, GenServer, ok, receive, reply, sleep } from "../../host/index.ts";
import type {
  GenServerModule, Operation, Pid, Process, TraceEvent, TraceOptions, TraceStopped,
} from "../../host/index.ts";
import { scenario } from "./harness.ts";
import type { Harness } from "./harness.ts";

type Told = TraceEvent | TraceStopped;

function traced(h: Harness, options: TraceOptions): { told: Told[]; stop: () => void } {
  const told: Told[] = [];
  const trace = h.runtime.trace(options, (event) => told.push(event));
  return { told, stop: () => trace.stop() };
}

function* worker(self: Process): Operation<void> {
  self.register("worker");
  const { to } = yield* receive<{ to: Pid }>();
  self.send(to, { n: 1 });
  self.link(to);
  self.unlink(to);
  self.unregister("worker");
  self.spawn(function* () {});
}

const counter: GenServerModule<number> = {
  name: "counter",
  init: () => ok(0),
  handleCall: (n: number, _from, total) => reply(total + n, total + n),
};

scenario("a trace tells all that a process does, in order", (t, h) => {
  const { told, stop } = traced(h, {});
  const { pid, self } = h.run(function* (self) {
    const pid = self.spawn(worker);
    self.send(pid, { to: self.pid });
    yield* receive();
    yield* sleep(1);
    return { pid, self: self.pid };
  });
  stop();
  const of = told.filter((event): event is TraceEvent => "pid" in event && event.pid === pid);
  t.match(of, [
    { kind: "register", name: "worker" }, { kind: "receive", from: self, message: { to: self } },
    { kind: "send", to: self, message: { n: 1 }, delivered: true }, { kind: "link", other: self },
    { kind: "unlink", other: self }, { kind: "unregister", name: "worker" }, { kind: "spawn" },
    { kind: "exit", reason: "normal" },
  ]);
  t.equal(of.length, 8);
  t.same(told.at(-1), { kind: "stopped", reason: "stop" });
  t.equal(h.runtime.core.traces, undefined, "nothing is left on");
});

scenario("filters: processes by name, kinds, and a function", (t, h) => {
  const calls = traced(h, { kinds: ["call"], match: (event) => "to" in event && event.pid !== 0 });
  const received = traced(h, { processes: ["counter"], kinds: ["receive"] });
  const ends = traced(h, { kinds: ["exit"], match: (e) => e.kind === "exit" && e.reason === "x" });
  const self = h.run(function* (self) {
    const server = yield* GenServer.start(self, counter, undefined, { name: "counter" });
    yield* GenServer.call(self, server, 1);
    const other = self.spawn(function* () { yield* receive("never"); });
    self.exit(other, "x");
    self.send(other, "lost");
    yield* sleep(1);
    return self.pid;
  });
  const [call] = calls.told as { message: unknown }[];
  t.match(call, { kind: "call", pid: self, delivered: true });
  t.ok(call!.message instanceof Call && call!.message.request === 1);
  t.equal(calls.told.length, 1);
  t.match(received.told, [{ kind: "receive", from: self, message: { request: 1 } }]);
  t.equal(received.told.length, 1);
  t.match(ends.told, [{ reason: "x" }]);
  t.equal(ends.told.length, 1);
  for (const trace of [calls, received, ends]) trace.stop();
});

scenario("setOnSpawn traces those that a traced one starts, and theirs", (t, h) => {
  const { told, stop } = traced(h, { processes: ["top"], kinds: ["exit"], setOnSpawn: true });
  const pids: Pid[] = [];
  h.run(function* (self) {
    self.register("top");
    pids.push(self.spawn(function* (child) {
      pids.push(child.spawn(function* () {}));
    }));
    yield* sleep(1);
  });
  t.ok(pids.every((pid) => told.some((event) => "pid" in event && event.pid === pid)));
  stop();
});

scenario("events hold copies: what the receiver changes is not seen, nor the reverse", (t, h) => {
  const { told, stop } = traced(h, { kinds: ["send", "receive"] });
  h.run(function* (self) {
    self.send(self.pid, { list: [1] });
    (told[0] as unknown as { message: { list: number[] } }).message.list.push(2);
    const got = yield* receive<{ list: number[] }>();
    got.list.push(3);
    t.same(got, { list: [1, 3] });
  });
  t.match(told, [{ message: { list: [1, 2] } }, { message: { list: [1] } }]);
  stop();
});

scenario("a trace ends by its limits, and tells why", (t, h) => {
  const total = traced(h, { kinds: ["send"], total: 3 });
  const rate = traced(h, { kinds: ["send"], perSecond: 5 });
  h.run(function* (self) {
    for (let n = 0; n < 5; n++) self.send(self.pid, n);
    t.same(total.told.map(({ kind }) => kind), ["send", "send", "send", "stopped"]);
    t.same(total.told.at(-1), { kind: "stopped", reason: "total" });
    yield* sleep(2_000);
    for (let n = 0; n < 5; n++) self.send(self.pid, n);
    t.equal(rate.told.length, 10, "a new second, a new count");
    self.send(self.pid, "one more");
    t.same(rate.told.at(-1), { kind: "stopped", reason: "perSecond" });
  });
  t.equal(h.runtime.core.traces, undefined);
});

scenario("a process as tracer gets messages, is not traced, and ends its trace", (t, h) => {
  h.run(function* (self) {
    self.trapExit = true;
    const tracer = self.spawnLink(function* (me) {
      for (let n = 0; n < 3; n++) {
        const event = yield* receive<TraceEvent>();
        me.send(self.pid, event.kind);
      }
    });
    const trace = self.runtime.trace({}, tracer);
    self.monitor(self.spawn(function* () {}));
    const got: unknown[] = [];
    for (let n = 0; n < 5; n++) got.push(yield* receive());
    t.same(got.filter((one) => typeof one === "string"), ["spawn", "exit", "receive"]);
    t.ok(got.some((one) => one instanceof Down) && got.some((one) => one instanceof Exit));
    self.send(self.pid, "more");
    t.equal(trace.isOn, false);
  });
});

scenario("a tracer that throws ends its trace alone; options are checked", (t, h) => {
  const broken = h.runtime.trace({}, () => { throw new Error("broken"); });
  h.run(function* (self) { self.send(self.pid, 1); yield* receive(); });
  t.equal(broken.isOn, false);
  const code = "PIDGEON_BAD_OPTION";
  for (const options of [{ total: 0 }, { perSecond: NaN }, { kinds: ["sends" as never] }]) {
    t.throws(() => h.runtime.trace(options, () => {}), { code } as never);
  }
  t.same(h.reports, []);
});
