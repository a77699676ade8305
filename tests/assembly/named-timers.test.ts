// Timers to names: who has the name when the time has come gets the message.
import t from "tap";
import {
  Counter, Info, MessageKind, Status, TimerOption, type Ref,
} from "../../host/kernel/abi.ts";
import { withKernel, type TestKernel } from "./test-kernel.ts";

const { NUMBER, HANDLE } = MessageKind;

function start(k: TestKernel, name: string, value: number, ms: number): Ref {
  const ref = k.kernel.sendAfterName(0, name, 0, 0, NUMBER, value, ms);
  if (ref <= 0) throw new Error(`sendAfterName: ${ref}`);
  return ref;
}

withKernel(t, "the name is looked up when the time has come, not before", (k, t) => {
  const [a, b] = [k.spawnWaiting(), k.spawnWaiting()];
  k.kernel.register(a, "clerk");
  const ref = k.kernel.sendAfterName(a, "clerk", 7, 0, NUMBER, 5, 100);
  const own = k.kernel.makeRef();
  t.ok(k.kernel.sendAfterName(b, "later", 8, own, NUMBER, 6, 100) > 0, "nobody has it yet");
  t.equal(k.kernel.processInfo(a, Info.TIMERS), 0, "it is no process's");
  k.kernel.unregister("clerk");
  k.kernel.register(b, "clerk");
  k.kernel.register(a, "later");
  k.step(99);
  t.same([k.receive(a), k.receive(b)], [[], []]);
  k.step(1);
  t.same(k.receive(a), [{ kind: "number", tag: 8, from: b, ref: own, value: 6 }]);
  t.same(k.receive(b), [{ kind: "number", tag: 7, from: a, ref, value: 5 }]);
  t.equal(k.counter(Counter.DEAD_LETTERS), 0);
});

withKernel(t, "to a name that is nobody's then, the message is a dead letter", (k, t) => {
  const pid = k.spawnWaiting();
  k.kernel.register(pid, "clerk");
  start(k, "clerk", 1, 10);
  t.ok(k.kernel.sendAfterName(0, "clerk", 0, 0, HANDLE, k.handle(), 10) > 0);
  start(k, "nobody", 2, 10);
  k.kill(pid);
  t.equal(k.counter(Counter.TIMERS), 3, "its end has not ended them");
  k.step(10);
  t.equal(k.counter(Counter.DEAD_LETTERS), 3);
  t.equal(k.counter(Counter.LIVE_HANDLES), 0);
  t.equal(k.counter(Counter.TIMERS), 0);
  t.equal(k.counter(Counter.RELATIONS), 0);
});

withKernel(t, "it outlives who has started it, and is read and cancelled as others", (k, t) => {
  const [starter, clerk] = [k.spawnWaiting(), k.spawnWaiting()];
  k.kernel.register(clerk, "clerk");
  t.ok(k.kernel.sendAfterName(starter, "clerk", 0, 0, NUMBER, 1, 100) > 0);
  const ref = k.kernel.sendAfterName(starter, "clerk", 0, 0, HANDLE, k.handle(), 100);
  k.kill(starter);
  k.step(30);
  t.equal(k.kernel.readTimer(ref), 70);
  t.equal(k.kernel.cancelTimer(ref), 70);
  t.equal(k.kernel.cancelTimer(ref), Status.NOT_FOUND);
  t.equal(k.counter(Counter.LIVE_HANDLES), 0);
  k.step(70);
  t.same(k.receive(clerk).map(({ value }) => value), [1]);
  t.equal(k.kernel.cancelTimer(ref), Status.NOT_FOUND);
});

withKernel(t, "50 of one deadline come in the order of their start, to pids and names", (k, t) => {
  const pid = k.spawnWaiting();
  k.kernel.register(pid, "clerk");
  for (let i = 0; i < 50; i++) {
    if (i % 2 === 0) start(k, "clerk", i, 5000);
    else t.ok(k.kernel.sendAfter(0, pid, 0, 0, NUMBER, i, 5000) > 0);
  }
  k.step(5000);
  t.same(k.receive(pid).map(({ value }) => value), Array.from({ length: 50 }, (_, i) => i));
});

withKernel(t, "its time may be absolute; past, it fires at the next step", (k, t) => {
  const pid = k.spawnWaiting();
  k.kernel.register(pid, "clerk");
  const { ABSOLUTE } = TimerOption;
  for (const [value, time] of [k.now + 50, k.now - 50].entries()) {
    t.ok(k.kernel.sendAfterName(0, "clerk", 0, 0, NUMBER, value, time, ABSOLUTE) > 0);
  }
  k.step();
  t.same(k.receive(pid).map(({ value }) => value), [1]);
  k.step(50);
  t.same(k.receive(pid).map(({ value }) => value), [0]);
});

withKernel(t, "what is no timer to a name is refused, and a handle stays the host's", (k, t) => {
  const send = (name: string, kind: number, value: number, ms: number, options = 0) => {
    return k.kernel.sendAfterName(0, name, 0, 0, kind, value, ms, options);
  };
  for (const name of ["", "x".repeat(3073), "x".repeat(100_000)]) {
    t.equal(send(name, NUMBER, 1, 1), Status.BAD_ARGUMENT);
    const handle = k.handle();
    t.equal(send(name, HANDLE, handle, 1), Status.BAD_ARGUMENT);
    k.giveBack(handle);
  }
  for (const ms of [-1, NaN, Infinity, 2 ** 32]) {
    t.equal(send("a", NUMBER, 1, ms), Status.BAD_ARGUMENT, `${ms}`);
  }
  t.equal(send("a", NUMBER, 1, 1, 2), Status.BAD_ARGUMENT, "options");
  for (const kind of [0, 3, 4, 257]) t.equal(send("a", kind, 1, 1), Status.BAD_ARGUMENT);
  for (const bad of [0, -1, 0.5, NaN]) t.equal(send("a", HANDLE, bad, 1), Status.BAD_HANDLE);
  t.equal(k.kernel.sendAfterName(0, "a", 256, 0, NUMBER, 1, 1), Status.BAD_ARGUMENT, "the tag");
  t.equal(k.counter(Counter.RELATIONS), 0);
  const longest = "x".repeat(3072);
  const pid = k.spawnWaiting();
  k.kernel.register(pid, longest);
  t.ok(start(k, longest, 1, 0));
  t.equal(k.receive(pid).length, 1);
});

withKernel(t, "it takes a relation and a block: LIMIT, NO_MEMORY, and nothing is lost", (k, t) => {
  const pid = k.spawnWaiting();
  const refs = [start(k, "a", 1, 10), start(k, "b", 1, 10)];
  const handle = k.handle();
  t.equal(k.kernel.sendAfterName(0, "c", 0, 0, HANDLE, handle, 10), Status.LIMIT);
  k.kernel.cancelTimer(refs[0] as Ref);
  while (k.fast.sendNumber(0, pid, 0, 0, 1) === Status.OK);
  const long = "x".repeat(40);
  t.equal(k.kernel.sendAfterName(0, long, 0, 0, HANDLE, handle, 10), Status.NO_MEMORY);
  k.giveBack(handle);
  t.equal(k.counter(Counter.RELATIONS), 1);
  t.equal(k.kernel.cancelTimer(refs[1] as Ref), 10, "it needs no process to be cancelled");
}, { relations: 2, messageBytes: 16384 });
