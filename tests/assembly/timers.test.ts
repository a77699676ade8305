// Timers: never early, in order, cancelled and read exactly, on every level of the wheel.
import t from "tap";
import {
  Counter, MessageKind, Status, TimerOption, type Pid, type Ref,
} from "../../host/kernel/abi.ts";
import { Kernel } from "../../host/kernel/kernel.ts";
import { readDebugKernel, withKernel, type TestKernel } from "./test-kernel.ts";

const { NUMBER, HANDLE } = MessageKind;

function start(k: TestKernel, to: Pid, value: number, ms: number): Ref {
  const ref = k.kernel.sendAfter(0, to, 0, 0, NUMBER, value, ms);
  if (ref <= 0) throw new Error(`sendAfter: ${ref}`);
  return ref;
}

const values = (k: TestKernel, pid: Pid) => k.receive(pid).map(({ value }) => value);

withKernel(t, "a timer's message comes when its time is over, not before", (k, t) => {
  const pid = k.spawnWaiting();
  const ref = start(k, pid, 5, 100);
  t.equal(k.kernel.nextDeadline() > k.now, true);
  k.step(99);
  t.same(k.receive(pid), []);
  t.equal(k.kernel.nextDeadline(), k.now + 1);
  k.step(1);
  t.same(k.receive(pid), [{ kind: "number", tag: 0, from: 0, ref, value: 5 }]);
  t.equal(k.kernel.nextDeadline(), Infinity);
});

withKernel(t, "a timer bears the sender, tag and reference that it was given", (k, t) => {
  const pid = k.spawnWaiting();
  const ref = k.kernel.makeRef();
  k.kernel.sendAfter(pid, pid, 9, ref, NUMBER, -1.5, 0);
  const handle = k.handle();
  k.kernel.sendAfter(0, pid, 3, ref, HANDLE, handle, 0);
  t.same(k.receive(pid), [
    { kind: "number", tag: 9, from: pid, ref, value: -1.5 },
    { kind: "handle", tag: 3, from: 0, ref, value: handle },
  ]);
});

withKernel(t, "0 ms is still asynchronous", (k, t) => {
  const pid = k.spawn();
  k.open(pid);
  start(k, pid, 1, 0);
  t.equal(k.kernel.peek(pid), Status.OK);
  t.equal(k.kernel.wait(pid, Infinity, 1), Status.OK);
  t.same(values(k, pid), [1]);
});

withKernel(t, "timers of one deadline come in the order of their start", (k, t) => {
  const pid = k.spawnWaiting();
  const expected: number[] = [];
  for (let i = 0; i < 50; i++) {
    start(k, pid, i, 5000);
    expected.push(i);
  }
  k.step(4990);
  for (let i = 50; i < 60; i++) {
    start(k, pid, i, 10);
    expected.push(i);
  }
  start(k, pid, 100, 9);
  start(k, pid, 101, 11);
  k.step(1000);
  t.same(values(k, pid), [100, ...expected, 101]);
});

withKernel(t, "timers that wait together come on time, whatever comes soon after them", (k, t) => {
  const pid = k.spawnWaiting();
  for (const ms of [5000, 5000, 5000, 5010]) start(k, pid, ms, ms);
  k.step(4990);
  t.equal(k.kernel.nextDeadline() <= k.now + 10, true);
  k.step(10);
  t.same(values(k, pid), [5000, 5000, 5000]);
  k.step(10);
  t.same(values(k, pid), [5010]);
});

withKernel(t, "fractions of a millisecond are rounded up", (k, t) => {
  const pid = k.spawnWaiting();
  k.step(0.25);
  start(k, pid, 1, 0.5);
  k.step(0.5);
  t.same(values(k, pid), [], "the tick is not over");
  k.step(0.25);
  t.same(values(k, pid), [1]);
  const ref = start(k, pid, 2, 10.5);
  t.equal(k.kernel.readTimer(ref), 11);
});

withKernel(t, "cancel and read tell the ms that are left, once", (k, t) => {
  const pid = k.spawnWaiting();
  const ref = start(k, pid, 1, 1000);
  k.step(300);
  t.equal(k.kernel.readTimer(ref), 700);
  const due = start(k, pid, 3, 10);
  k.kernel.setClock(k.now + 25);
  t.equal(k.kernel.readTimer(due), 0, "due for 15 ms, but not fired");
  t.equal(k.kernel.cancelTimer(due), 0);
  t.equal(k.kernel.cancelTimer(ref), 675);
  t.equal(k.kernel.cancelTimer(ref), Status.NOT_FOUND);
  t.equal(k.kernel.readTimer(ref), Status.NOT_FOUND);
  k.step(2000);
  t.same(k.receive(pid), []);
  const fired = start(k, pid, 2, 10);
  k.step(10);
  t.equal(k.kernel.cancelTimer(fired), Status.NOT_FOUND, "it lies in the mailbox");
  t.same(values(k, pid), [2]);
  for (const wild of [0, -1, NaN, Infinity, 1.5, 2 ** 52, 2 ** 53, k.kernel.makeRef()]) {
    t.equal(k.kernel.cancelTimer(wild as Ref), Status.NOT_FOUND, `${wild}`);
  }
  const monitor = k.kernel.monitor(pid, pid);
  t.equal(k.kernel.cancelTimer(monitor), Status.NOT_FOUND, "a monitor is no timer");
});

withKernel(t, "a timer counts from the time that was told last", (k, t) => {
  const pid = k.spawnWaiting();
  k.kernel.setClock(k.now + 500);
  const ref = start(k, pid, 1, 100);
  t.equal(k.kernel.readTimer(ref), 100);
  k.step(599);
  t.same(values(k, pid), []);
  k.step(1);
  t.same(values(k, pid), [1]);
});

withKernel(t, "a clock that goes back stands still", (k, t) => {
  const pid = k.spawnWaiting();
  start(k, pid, 1, 100);
  k.step(50);
  const { now } = k;
  k.step(-40_000);
  t.same(values(k, pid), []);
  k.now = now;
  k.step(49);
  t.same(values(k, pid), []);
  k.step(1);
  t.same(values(k, pid), [1]);
  for (const bad of [NaN, Infinity, -Infinity]) {
    t.equal(k.kernel.step(bad, 1), Status.BAD_ARGUMENT);
    t.equal(k.kernel.setClock(bad), Status.BAD_ARGUMENT);
  }
});

withKernel(t, "deadlines on all levels of the wheel come in order and on time", (k, t) => {
  const pid = k.spawnWaiting();
  const lengths = [0, 1, 63, 64, 65, 127, 4095, 4096, 4097, 262_143, 262_144, 262_145, 16_777_215,
    16_777_216, 16_777_217, 1_073_741_823, 1_073_741_824, 4_294_967_294, 4_294_967_295];
  const begin = k.now;
  for (const ms of [...lengths].reverse()) start(k, pid, ms, ms);
  for (const ms of lengths) {
    if (ms > 0) {
      k.now = begin + ms - 1;
      k.step();
      t.same(values(k, pid), [], `nothing comes before ${ms}`);
    }
    t.ok(k.kernel.nextDeadline() <= begin + ms);
    k.now = begin + ms;
    k.step();
    t.same(values(k, pid), [ms]);
  }
});

withKernel(t, "a host that sleeps until next_deadline misses nothing and wakes seldom", (k, t) => {
  const pid = k.spawnWaiting();
  const begin = k.now;
  const lengths = [3, 77, 500, 5000, 70_000, 3_000_000];
  for (const ms of lengths) start(k, pid, ms, ms);
  const came: number[] = [];
  let wakes = 0;
  for (; k.kernel.nextDeadline() < Infinity; wakes++) {
    k.now = k.kernel.nextDeadline();
    k.step();
    for (const value of values(k, pid)) {
      t.equal(begin + (value as number), k.now, "on time");
      came.push(value as number);
    }
  }
  t.same(came, lengths);
  t.ok(wakes <= lengths.length * 6, `${wakes} wake-ups`);
});

withKernel(t, "the clock may jump over all of the wheel", (k, t) => {
  const pid = k.spawnWaiting();
  for (const ms of [4_000_000_000, 70, 1_000_000]) start(k, pid, ms, ms);
  k.step(2 ** 41);
  t.same(values(k, pid), [70, 1_000_000, 4_000_000_000]);
  start(k, pid, 1, 1);
  k.step(1);
  t.same(values(k, pid), [1]);
});

withKernel(t, "a time farther than the wheel reaches is refused, and nothing breaks", (k, t) => {
  const pid = k.spawnWaiting();
  for (const far of [2 ** 42, 2 ** 53, 2 ** 60, 1e300, Number.MAX_VALUE, -Number.MAX_VALUE]) {
    t.equal(k.kernel.setClock(k.now + far), Status.BAD_ARGUMENT, `${far}`);
  }
  k.step(2 ** 42 - 2 ** 33);
  start(k, pid, 1, 4_294_967_295);
  t.equal(k.kernel.step(1e300, 1), Status.BAD_ARGUMENT);
  t.equal(k.kernel.cancelTimer(start(k, pid, 1, 10)), 10);
});

withKernel(t, "the clock may begin anywhere: timers before it count from it", (k, t) => {
  t.equal(k.kernel.nextDeadline(), Infinity);
  const pid = k.spawnWaiting();
  k.kernel.wait(pid, 5, 1);
  t.ok(start(k, pid, 1, 5));
});

withKernel(t, "a dead receiver's timers are gone, with their values", (k, t) => {
  const [a, b] = [k.spawnWaiting(), k.spawnWaiting()];
  const handle = k.handle();
  const ref = k.kernel.sendAfter(a, b, 0, 0, HANDLE, handle, 100);
  start(k, b, 1, 100);
  k.kill(b);
  t.equal(k.kernel.readTimer(ref), Status.NOT_FOUND);
  t.equal(k.counter(Counter.TIMERS), 0);
  t.equal(k.counter(Counter.LIVE_HANDLES), 0);
  t.equal(k.kernel.nextDeadline(), Infinity);
  t.equal(k.kernel.sendAfter(0, b, 0, 0, NUMBER, 1, 1), Status.NO_PROCESS);
});

withKernel(t, "a timer outlives who has started it; cancelling gives its value back", (k, t) => {
  const [a, b] = [k.spawnWaiting(), k.spawnWaiting()];
  k.kernel.sendAfter(a, b, 0, 0, NUMBER, 7, 100);
  const handle = k.handle();
  const ref = k.kernel.sendAfter(a, b, 0, 0, HANDLE, handle, 100);
  k.kill(a);
  t.equal(k.kernel.cancelTimer(ref), 100);
  t.equal(k.counter(Counter.LIVE_HANDLES), 0);
  k.step(100);
  t.same(values(k, b), [7]);
});

withKernel(t, "what is no timer is refused", (k, t) => {
  const pid = k.spawnWaiting();
  for (const ms of [-1, NaN, Infinity, -Infinity, 2 ** 32, -1e-9]) {
    t.equal(k.kernel.sendAfter(0, pid, 0, 0, NUMBER, 1, ms), Status.BAD_ARGUMENT, `${ms}`);
    const handle = k.handle();
    t.equal(k.kernel.sendAfter(0, pid, 0, 0, HANDLE, handle, ms), Status.BAD_ARGUMENT);
    k.giveBack(handle);
  }
  for (const kind of [0, 3, 4, 5, 6, 257, -1]) {
    t.equal(k.kernel.sendAfter(0, pid, 0, 0, kind, 1, 1), Status.BAD_ARGUMENT, `kind ${kind}`);
  }
  for (const bad of [0, -1, NaN, 1e300, 1.5]) {
    t.equal(k.kernel.sendAfter(0, pid, 0, 0, HANDLE, bad, 1), Status.BAD_HANDLE, `${bad}`);
  }
  t.equal(k.kernel.sendAfter(0, 0 as Pid, 0, 0, NUMBER, 1, 1), Status.BAD_PID);
  t.equal(k.counter(Counter.TIMERS), 0);
});

function startAt(k: TestKernel, to: Pid, value: number, time: number): Ref {
  return k.kernel.sendAfter(0, to, 0, 0, NUMBER, value, time, TimerOption.ABSOLUTE);
}

withKernel(t, "an absolute timer fires when the clock shows its time", (k, t) => {
  const pid = k.spawnWaiting();
  const ref = startAt(k, pid, 1, k.now + 100);
  k.kernel.setClock(k.now + 30);
  t.equal(k.kernel.readTimer(ref), 70);
  t.ok(startAt(k, pid, 2, k.now + 100) > 0, "told later, of the same time");
  k.step(99);
  t.same(values(k, pid), []);
  k.step(1);
  t.same(values(k, pid), [1, 2]);
  k.step(0.5);
  startAt(k, pid, 3, k.now + 0.75);
  k.step(0.75);
  t.same(values(k, pid), [], "a fraction of a tick: never early");
  k.step(0.75);
  t.same(values(k, pid), [3]);
});

withKernel(t, "absolute timers in the past fire at the next step, as they were started", (k, t) => {
  const pid = k.spawnWaiting();
  k.step(500);
  const past = [k.now - 1, k.now - 500, k.now, k.now - 400_000, -(2 ** 53), 0];
  for (const [value, time] of past.entries()) {
    const ref = startAt(k, pid, value, time);
    t.equal(k.kernel.readTimer(ref), 0, "read tells that nothing is left");
  }
  t.equal(k.kernel.processInfo(pid, 1), 0, "still asynchronous");
  t.ok(k.kernel.nextDeadline() <= k.now);
  k.step();
  t.same(values(k, pid), past.map((_, value) => value));
  t.equal(k.kernel.cancelTimer(startAt(k, pid, 9, 0)), 0);
});

withKernel(t, "a time that is none, too far ahead or of no clock is refused", (k, t) => {
  const pid = k.spawnWaiting();
  for (const time of [NaN, Infinity, -Infinity, 2 ** 54, k.now + 2 ** 32]) {
    t.equal(startAt(k, pid, 1, time), Status.BAD_ARGUMENT, `${time}`);
  }
  t.equal(k.kernel.readTimer(startAt(k, pid, 1, k.now + 2 ** 32 - 1)), 2 ** 32 - 1);
  for (const options of [2, 3, 256, -1]) {
    t.equal(k.kernel.sendAfter(0, pid, 0, 0, NUMBER, 1, 1, options), Status.BAD_ARGUMENT);
  }
  const young = Kernel.instantiate(readDebugKernel(), k.limits);
  const early = young.spawnHost(0, 0);
  t.equal(young.sendAfter(0, early, 0, 0, NUMBER, 1, 5, TimerOption.ABSOLUTE), Status.BAD_ARGUMENT,
    "before any time is told none is absolute");
  t.ok(young.sendAfter(0, early, 0, 0, NUMBER, 1, 5) > 0);
});
