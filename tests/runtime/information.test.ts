// What can be asked of processes: all of process_info, and the system monitor.
import {
  Down, Exit, GenServer, ok, pattern, receive, sleep, TimerTimeout,
} from "../../host/index.ts";
import type { Operation, Pid, Process, SystemMonitorMessage } from "../../host/index.ts";
import { like, scenario } from "./harness.ts";

function* never(): Operation<void> {
  yield* receive("never");
}

scenario("processInfo has every item of a process", (t, h) => {
  h.run(function* (self) {
    const pid = self.spawnOpt({ priority: "high" }, function* (other: Process) {
      other.register("worker");
      other.alias();
      other.join("team");
      other.sendAfter(1_000, other.pid, "later");
      yield* receive("never");
    });
    yield* sleep(1);
    self.link(pid);
    self.monitor(pid);
    self.suspend(pid);
    self.send(pid, { n: 1 });
    const info = h.runtime.processInfo(pid);
    t.match(info, {
      status: "suspended", registeredName: "worker", label: undefined, parent: self.pid,
      kind: "host", messageQueueLength: 1, trapExit: false, priority: "high", links: [self.pid],
      monitors: [], monitoredBy: [self.pid], suspending: [], suspended: 1, mailboxLimit: 0,
      aliases: 1, groups: 1, timers: 1,
    });
    t.ok(info!.reductions > 0 && info!.memory > 64);
    t.same(h.runtime.processInfo(self.pid, "monitors"), [pid]);
    t.equal(h.runtime.processInfo(self.pid, "status"), "running");
    t.notOk("messages" in info!, "these must be asked for");
    self.exit(pid, "kill");
    t.equal(h.runtime.processInfo(pid), undefined);
    t.equal(h.runtime.processInfo(pid, "links"), undefined);
    t.equal(h.runtime.processInfo(pid, "messages"), undefined);
  });
});

scenario("a server has its module's name as label", (t, h) => {
  h.run(function* (self) {
    const pid = yield* GenServer.start(self, { name: "counter", init: () => ok(0) }, undefined);
    t.equal(h.runtime.processInfo(pid, "label"), "counter");
    t.equal(h.runtime.processInfo(self.pid, "parent"), 0);
  });
});

scenario("messages shows copies, in order, signals and timeouts too; nothing is taken", (t, h) => {
  h.run(function* (self) {
    self.trapExit = true;
    const child = self.spawnLink(function* () {});
    const ref = self.monitor(child);
    const timer = self.startTimer(0, self.pid, { due: true });
    yield* sleep(1);
    for (const message of [1, { n: 2 }]) self.send(self.pid, message);
    const messages = h.runtime.processInfo(self.pid, "messages")!;
    t.same(messages, [
      new TimerTimeout(timer, { due: true }), new Exit(child, "normal"),
      new Down(ref, child, "normal"), 1, { n: 2 },
    ]);
    (messages[4] as { n: number }).n = 99;
    yield* receive(1);
    t.same(yield* receive({ n: Number }), { n: 2 }, "its receiver's own has not changed");
    t.equal(h.runtime.processInfo(self.pid, "messageQueueLength"), 3);
  });
});

scenario("messages shows a thousand at most", (t, h) => {
  const pid = h.runtime.spawn(never);
  for (let n = 0; n < 1_500; n++) h.runtime.send(pid, n);
  const messages = h.runtime.processInfo(pid, "messages")!;
  t.equal(messages.length, 1_000);
  t.equal(messages[999], 999);
});

scenario("a guard may look into mailboxes, its own too", (t, h) => {
  h.run(function* (self) {
    for (const n of [1, 2, 3]) self.send(self.pid, { n });
    const seen: number[] = [];
    const wanted = pattern((message: { n: number }) => {
      seen.push(h.runtime.processInfo(self.pid, "messages")!.length);
      return message.n === 2;
    });
    t.same(yield* receive(wanted), { n: 2 });
    t.same(seen, [3, 3]);
    t.same([yield* receive(), yield* receive()], [{ n: 1 }, { n: 3 }]);
  });
});

scenario("processes lists all that live", (t, h) => {
  h.run(function* (self) {
    const pid = self.spawn(never);
    t.same(new Set(h.runtime.processes()), new Set([self.pid, pid]));
    self.exit(pid, "kill");
    t.same(h.runtime.processes(), [self.pid]);
  });
});

// ---- the system monitor ----

function watcher(got: SystemMonitorMessage[]) {
  return function* (): Operation<void> {
    for (;;) got.push(yield* receive<SystemMonitorMessage>());
  };
}

scenario("a long mailbox is told once, and again when it is short", (t, h) => {
  const got: SystemMonitorMessage[] = [];
  const receiver = h.runtime.spawn(watcher(got));
  const options = { longMessageQueue: { enable: 10, disable: 2 } };
  t.equal(h.runtime.systemMonitor({ receiver, options }), undefined);
  let isOpen = false;
  const pid = h.runtime.spawn(function* (self: Process) {
    yield* receive("open");
    isOpen = true;
    for (;;) {
      yield* receive();
      if (h.runtime.processInfo(self.pid, "messageQueueLength") === 2) yield* sleep(5);
    }
  });
  h.pump();
  for (let n = 0; n < 9; n++) h.runtime.send(pid, n);
  h.pump();
  t.same(got, []);
  for (let n = 0; n < 10; n++) h.runtime.send(pid, { n });
  h.pump();
  t.match(got, [{ monitor: "long_message_queue", pid, isLong: true, messages: 19 }]);
  h.runtime.send(pid, "open");
  h.pump();
  t.ok(isOpen);
  t.equal(got.length, 2);
  t.match(got[1], { monitor: "long_message_queue", pid, isLong: false });
  t.same(h.runtime.systemMonitor(undefined), { receiver, options });
  for (let n = 0; n < 50; n++) h.runtime.send(pid, n);
  h.pump();
  t.equal(got.length, 2, "nothing is told any more");
});

scenario("a turn of many messages is told as a long schedule", (t, h) => {
  const got: SystemMonitorMessage[] = [];
  const receiver = h.runtime.spawn(watcher(got));
  const busy = h.runtime.spawn(function* () { for (;;) yield* receive(); });
  h.pump();
  h.runtime.systemMonitor({ receiver, options: { longSchedule: 1_000 } });
  for (let n = 0; n < 5; n++) h.runtime.send(busy, n);
  h.pump();
  t.same(got, []);
  for (let n = 0; n < 20; n++) h.runtime.send(busy, n);
  h.pump();
  t.match(got, [{ monitor: "long_schedule", pid: busy, reductions: Number }]);
});

scenario("the system monitor ends with its process; nothing is told of it", (t, h) => {
  const receiver: Pid = h.runtime.spawn(never);
  h.runtime.systemMonitor({
    receiver, options: { longMessageQueue: { enable: 2, disable: 1 } },
  });
  const pid = h.runtime.spawn(never);
  for (let n = 0; n < 5; n++) h.runtime.send(receiver, n);
  h.pump();
  t.equal(h.runtime.processInfo(receiver, "messageQueueLength"), 5);
  h.runtime.exit(receiver, "kill");
  for (let n = 0; n < 5; n++) h.runtime.send(pid, n);
  h.pump();
  t.equal(h.runtime.systemMonitor(undefined), undefined);
});

scenario("marks that make no sense are refused, and the old ones stay", (t, h) => {
  const receiver = h.runtime.spawn(never);
  const old = { receiver, options: { longSchedule: 5 } };
  h.runtime.systemMonitor(old);
  for (const options of [
    { longSchedule: 0 }, { longSchedule: NaN }, { longMessageQueue: { enable: 1, disable: 0 } },
    { longMessageQueue: { enable: 5, disable: 5 } },
    { longMessageQueue: { enable: 5, disable: -1 } },
  ]) {
    t.throws(() => h.runtime.systemMonitor({ receiver, options }),
      like({ code: "PIDGEON_BAD_OPTION" }));
  }
  const end = h.runtime.spawn(function* () {});
  h.pump();
  for (const nobody of [end, 0.5 as Pid, 0 as Pid]) {
    t.throws(() => h.runtime.systemMonitor({ receiver: nobody, options: { longSchedule: 9 } }),
      like({ code: "PIDGEON_BAD_OPTION" }));
  }
  t.equal(h.runtime.systemMonitor(undefined), old);
});

scenario("an item that there is none of is refused, also of a dead process", (t, h) => {
  const end = h.runtime.spawn(function* () {});
  h.pump();
  for (const item of ["nope", "toString"]) {
    t.throws(() => h.runtime.processInfo(end, item as "status"),
      like({ code: "PIDGEON_BAD_OPTION" }));
  }
});
