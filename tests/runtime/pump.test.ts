// The event loop: when things run, that nothing is starved, what keeps Node alive, what is
// reported.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { test } from "tap";
import {
  Counter, ManualClock, receive, Runtime, sleep, SystemClock, wait,
} from "../../host/runtime/index.ts";
import type { Operation, Process, Report } from "../../host/runtime/index.ts";
import { HandleTable } from "../../host/runtime/handles.ts";
import { Harness, scenario, smallLimits, stopEmpty } from "./harness.ts";

void test("what is sent from outside runs in the same turn of the loop, not at once", async (t) => {
  const runtime = Runtime.start({ limits: smallLimits });
  const got: unknown[] = [];
  const pid = runtime.spawn(function* () { for (;;) got.push(yield* receive()); });
  runtime.send(pid, 1);
  t.same(got, []);
  await new Promise<void>((resolve) => { process.nextTick(resolve); });
  t.same(got, [1]);
  await stopEmpty(runtime);
});

void test("processes that never rest leave the event loop its share", async (t) => {
  const runtime = Runtime.start({ limits: smallLimits, longScheduleMs: Infinity });
  runtime.spawn(function* (self: Process): Operation<void> {
    for (;;) {
      self.send(self.pid, 1);
      yield* receive();
    }
  });
  for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
  await new Promise((resolve) => { setTimeout(resolve, 1); });
  t.pass("timers and immediates have run");
  await stopEmpty(runtime);
});

void test("a chain of promises and processes leaves the event loop its share", async (t) => {
  const runtime = Runtime.start({ limits: smallLimits });
  let rounds = 0;
  runtime.spawn(function* (): Operation<void> {
    for (;;) {
      yield* wait(Promise.resolve());
      rounds++;
    }
  });
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  t.ok(rounds > 0);
  await stopEmpty(runtime);
});

void test("a runtime on the system's clock waits for real", async (t) => {
  const runtime = Runtime.start({ limits: smallLimits });
  const before = performance.now();
  await runtime.run(function* () { yield* sleep(15); });
  t.ok(performance.now() - before >= 15, "never early");
  await stopEmpty(runtime);
});

scenario("nothing runs but in pump when the runtime is driven by hand", (t, h) => {
  const got: unknown[] = [];
  const pid = h.runtime.spawn(function* () { got.push(yield* receive()); });
  h.runtime.send(pid, 1);
  t.same(got, []);
  h.pump();
  t.same(got, [1]);
});

scenario("more work than the event ring holds is done all the same", (t, h) => {
  let ran = 0;
  for (let count = 0; count < 1_000; count++) h.runtime.spawn(function* () { ran++; });
  h.pump();
  t.equal(ran, 1_000);
  t.equal(h.runtime.counter(Counter.PROCESSES), 0);
});

void test("a turn that takes too long is reported, later ones by their own pid", async (t) => {
  const reports: Report[] = [];
  const clock = new ManualClock();
  const runtime = Runtime.start({
    clock, manual: true, limits: smallLimits, logger: (report) => reports.push(report),
  });
  const slow = runtime.spawn(function* () {
    for (;;) {
      yield* receive();
      clock.advance(300);
    }
  });
  const quick = Array.from({ length: 100 }, () =>
    runtime.spawn(function* () { for (;;) yield* receive(); }));
  for (let round = 0; round < 3; round++) {
    runtime.send(slow, 1);
    for (const pid of quick) runtime.send(pid, 1);
    runtime.pump();
  }
  t.ok(reports.length >= 3);
  t.ok(reports.every((report) => report.type === "long_schedule" && report.pids.includes(slow)));
  t.match(reports.at(-1), { durationMs: 300, pids: [slow] });
  await stopEmpty(runtime);
});

void test("waiting for messages does not keep Node alive, waiting for time does", async (t) => {
  const library = fileURLToPath(new URL("../../host/runtime/index.js", import.meta.url));
  const run = (body: string) => spawnSync(process.execPath, ["--input-type=module", "-e", `
    import { Runtime, receive, sleep } from ${JSON.stringify(library)};
    const runtime = Runtime.start();
    runtime.spawn(function* () { ${body} });
  `], { encoding: "utf8", timeout: 60_000 });
  t.match(run('console.log("waits"); yield* receive();'), { status: 0, stdout: "waits\n" });
  t.match(run('yield* sleep(20); console.log("slept");'), { status: 0, stdout: "slept\n" });
});

void test("without a logger, reports go to console.error", async (t) => {
  const lines: unknown[][] = [];
  const original = console.error;
  console.error = (...parts: unknown[]) => { lines.push(parts); };
  try {
    const clock = new ManualClock();
    const runtime = Runtime.start({ clock, manual: true, limits: smallLimits });
    runtime.spawn(function* () { clock.advance(500); throw new Error("oops"); });
    runtime.pump();
    await stopEmpty(runtime);
  } finally {
    console.error = original;
  }
  t.match(lines[0], [/process \d+ has ended/, { error: { message: "oops" } }]);
});

void test("a logger that throws stops nothing; console.error tells of it", async (t) => {
  const lines: unknown[][] = [];
  const original = console.error;
  console.error = (...parts: unknown[]) => {
    lines.push(parts);
    throw new Error("no console either");
  };
  const ended: number[] = [];
  try {
    const clock = new ManualClock();
    const runtime = Runtime.start({
      clock, limits: smallLimits, logger: () => { throw new Error("logger"); },
    });
    for (let index = 0; index < 100; index++) {
      runtime.spawn(function* () {
        ended.push(index);
        if (index === 0) clock.advance(500);
        throw new Error("oops");
      });
    }
    for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
    await stopEmpty(runtime);
  } finally {
    console.error = original;
  }
  t.equal(ended.length, 100);
  const told = lines.map((line) => (line[3] as Report).type);
  t.equal(told.filter((type) => type === "crash").length, 100);
  t.ok(told.includes("long_schedule"));
  t.match(lines[0]?.[1], { message: "logger" });
});

/** Throws once when it is read, if it is told to. */
class BrokenClock extends ManualClock {
  broken = false;

  override now(): number {
    if (!this.broken) return super.now();
    this.broken = false;
    throw new Error("broken clock");
  }
}

/** A hundred processes that one wakes after 10 ms; the first of them breaks the clock. */
function sleepers(runtime: Runtime, clock: BrokenClock): number[] {
  const woken: number[] = [];
  const pids = Array.from({ length: 100 }, (_, index) => runtime.spawn(function* () {
    yield* receive();
    if (index === 0) clock.broken = true;
    woken.push(index);
  }));
  runtime.spawn(function* (self: Process): Operation<void> {
    yield* sleep(10);
    for (const pid of pids) self.send(pid, "wake");
  });
  runtime.pump();
  return woken;
}

void test("if a clock throws in the pump, what is left runs in the next turn", async (t) => {
  const clock = new BrokenClock();
  const runtime = Runtime.start({ clock, limits: smallLimits, longScheduleMs: Infinity });
  const woken = sleepers(runtime, clock);
  t.throws(() => clock.advance(10), /broken clock/);
  t.ok(woken.length < 100);
  await new Promise(setImmediate);
  t.equal(woken.length, 100);
  await stopEmpty(runtime);
});

void test("if a clock throws in a pump by hand, what is left runs all the same", async (t) => {
  for (const manual of [false, true]) {
    const clock = new BrokenClock();
    const runtime = Runtime.start({ clock, manual, limits: smallLimits, longScheduleMs: Infinity });
    const woken = sleepers(runtime, clock);
    clock.silence();
    clock.advance(10);
    t.throws(() => { runtime.pump(); }, /broken clock/);
    t.ok(woken.length < 100);
    await new Promise(setImmediate);
    t.equal(woken.length < 100, manual, "nothing runs by itself only if that was wanted");
    clock.broken = true;
    t.throws(() => { runtime.pump(); }, /broken clock/);
    runtime.pump();
    t.equal(woken.length, 100);
    await stopEmpty(runtime);
  }
});

void test("stop ends everything; nothing can be started afterwards", async (t) => {
  const h = new Harness();
  const ended: string[] = [];
  const pid = h.runtime.spawn(function* () {
    try {
      yield* receive();
    } finally {
      ended.push("finally does not run when a process is killed, as in Erlang");
    }
  });
  h.pump();
  await Promise.all([h.runtime.stop(), h.runtime.stop()]);
  t.notOk(h.runtime.isAlive(pid));
  t.same(ended, []);
  t.throws(() => h.runtime.spawn(function* () {}), { code: "PIDGEON_RUNTIME_STOPPED" });
  t.throws(() => h.runtime.spawnCallback({ receive() {} }), { code: "PIDGEON_RUNTIME_STOPPED" });
  t.equal(h.runtime.send(pid, 1), false);
});

void test("the manual clock rings each alarm at its own time", async (t) => {
  const clock = new ManualClock(10);
  const rung: number[] = [];
  clock.alarm(15, () => {
    rung.push(clock.now());
    clock.alarm(17, () => rung.push(clock.now()));
  });
  clock.advance(4);
  t.same(rung, []);
  clock.advance(10);
  t.same(rung, [15, 17]);
  t.equal(clock.now(), 24);
  clock.alarm(30, () => rung.push(30));
  clock.silence();
  clock.advance(100);
  t.same(rung, [15, 17]);
});

void test("the system clock replaces its alarm and can be silenced", async (t) => {
  const clock = new SystemClock();
  const rung: string[] = [];
  clock.alarm(clock.now() + 2 ** 40, () => rung.push("never"));
  await new Promise<void>((resolve) => { clock.alarm(clock.now() - 5, resolve); });
  clock.alarm(clock.now(), () => rung.push("silenced"));
  clock.silence();
  await new Promise((resolve) => { setTimeout(resolve, 5); });
  t.same(rung, []);
});

void test("handles: last freed, first given again, until all are taken", async (t) => {
  const table = new HandleTable(4);
  const [a, b, c] = [table.allocate("a"), table.allocate("b"), table.allocate("c")];
  t.same([a, b, c], [1, 2, 3]);
  t.equal(table.allocate("d"), 0);
  t.equal(table.get(2), "b");
  table.free(1);
  table.free(3);
  t.equal(table.live, 1);
  t.equal(table.allocate("e"), 3);
  t.equal(table.allocate("f"), 1);
  t.equal(table.live, 3);
});
