// Monitors: one DOWN each, exactly once, and none after demonitor.
import t from "tap";
import {
  Atom, Counter, Demonitor, Info, ReasonKind, Status, type Pid, type Ref,
} from "../../host/kernel/abi.ts";
import { slotOf } from "../../host/kernel/kernel.ts";
import { setRelationGeneration } from "./memory-map.ts";
import { withKernel } from "./test-kernel.ts";

withKernel(t, "a monitor is one way; each of several tells once, with its reference", (k, t) => {
  const [a, b] = [k.spawnWaiting(), k.spawnWaiting()];
  const refs = [k.kernel.monitor(a, b), k.kernel.monitor(a, b), k.kernel.monitor(a, b)];
  t.equal(new Set(refs).size, 3);
  t.equal(k.kernel.processInfo(a, Info.MONITORS), 3);
  t.equal(k.kernel.processInfo(b, Info.MONITORED_BY), 3);
  k.kernel.exitSignal(0, b, ReasonKind.ATOM, Atom.SHUTDOWN);
  const messages = k.receive(a);
  t.ok(messages.every((one) => one.kind === "down" && one.from === b && one.reason === "shutdown"));
  t.same(new Set(messages.map(({ ref }) => ref)), new Set(refs));
  t.equal(k.kernel.processInfo(a, Info.MONITORS), 0);
  t.same(k.receive(a), []);
});

withKernel(t, "the watcher's end tells the watched one nothing and frees the monitor", (k, t) => {
  const [a, b] = [k.spawnWaiting(), k.spawnWaiting()];
  k.kernel.monitor(a, b);
  k.kill(a);
  t.equal(k.kernel.isAlive(b), true);
  t.equal(k.kernel.processInfo(b, Info.MONITORED_BY), 0);
  t.equal(k.counter(Counter.RELATIONS), 0);
});

withKernel(t, "a normal end is told as well", (k, t) => {
  const [a, b] = [k.spawnWaiting(), k.spawn()];
  const ref = k.kernel.monitor(a, b);
  k.finish(b);
  t.same(k.receive(a), [{ kind: "down", from: b, ref, reason: "normal" }]);
});

withKernel(t, "a monitor on a dead process tells noproc; on nobody it is refused", (k, t) => {
  const [a, dead] = [k.spawnWaiting(), k.spawn()];
  k.finish(dead);
  const ref = k.kernel.monitor(a, dead);
  t.ok(ref > 0);
  t.same(k.receive(a), [{ kind: "down", from: dead, ref, reason: "noproc" }]);
  t.equal(k.kernel.monitor(a, 0 as Pid), Status.BAD_PID);
  t.equal(k.kernel.monitor(dead, a), Status.NO_PROCESS);
  t.equal(k.counter(Counter.RELATIONS), 0);
});

withKernel(t, "a monitor on oneself never fires", (k, t) => {
  const a = k.spawnWaiting();
  t.ok(k.kernel.monitor(a, a) > 0);
  k.kill(a);
  t.equal(k.counter(Counter.RELATIONS), 0);
});

withKernel(t, "demonitor: OK means that no DOWN comes; a second one finds nothing", (k, t) => {
  const [a, b, c] = [k.spawnWaiting(), k.spawnWaiting(), k.spawnWaiting()];
  const ref = k.kernel.monitor(a, b);
  t.equal(k.kernel.demonitor(c, ref, 0), Status.NOT_FOUND, "another's");
  t.equal(k.kernel.processInfo(b, Info.MONITORED_BY), 1, "and it is still there");
  t.equal(k.kernel.demonitor(a, ref, 0), Status.OK);
  t.equal(k.kernel.demonitor(a, ref, 0), Status.NOT_FOUND);
  k.kill(b);
  t.same(k.receive(a), []);
  for (const wild of [0, -1, NaN, Infinity, 1.5, ref + 0.5, 2 ** 52, 2 ** 53, 1e300]) {
    t.equal(k.kernel.demonitor(a, wild as Ref, 1), Status.NOT_FOUND, `${wild}`);
  }
});

withKernel(t, "a DOWN in the mailbox stays after demonitor, and goes with flush", (k, t) => {
  const [a, b, c] = [k.spawnWaiting(), k.spawnWaiting(), k.spawnWaiting()];
  const first = k.kernel.monitor(a, b);
  const second = k.kernel.monitor(a, c);
  k.kill(b);
  k.kernel.sendNumber(0, a, 0, 0, 1);
  k.kill(c);
  t.equal(k.kernel.demonitor(a, first, 0), Status.NOT_FOUND, "too late");
  t.equal(k.kernel.processInfo(a, Info.MESSAGE_QUEUE_LENGTH), 3);
  t.equal(k.kernel.demonitor(a, second, Demonitor.FLUSH), Status.NOT_FOUND, "a flush was needed");
  t.equal(k.kernel.processInfo(a, Info.MESSAGE_QUEUE_LENGTH), 2);
  t.same(k.receive(a).map(({ kind }) => kind), ["down", "number"]);
});

withKernel(t, "flush takes also a DOWN at the cursor or with a value for its reason", (k, t) => {
  const a = k.spawn();
  const [b, c] = [k.spawnWaiting(), k.spawn()];
  const first = k.kernel.monitor(a, b);
  const second = k.kernel.monitor(a, c);
  k.kernel.sendNumber(0, a, 0, 0, 1);
  k.kill(b);
  k.finish(c, ReasonKind.HANDLE, k.handle());
  t.equal(k.counter(Counter.LIVE_HANDLES), 1);
  k.open(a);
  k.kernel.skip(a);
  k.kernel.skip(a);
  k.kernel.demonitor(a, first, Demonitor.FLUSH);
  t.equal(k.kernel.peek(a), Status.SHOWN);
  t.same(k.shown().ref, second);
  k.kernel.demonitor(a, second, Demonitor.FLUSH);
  t.equal(k.kernel.peek(a), Status.OK);
  t.equal(k.counter(Counter.LIVE_HANDLES), 0);
  k.kernel.rewind(a);
  t.equal(k.kernel.take(a), Status.OK);
});

withKernel(t, "at DOWN and EXIT the name of the dead is free, and its timers are gone", (k, t) => {
  const [a, b] = [k.spawnWaiting(), k.spawnWaiting()];
  k.kernel.register(b, "name");
  const timer = k.kernel.sendAfter(0, b, 0, 0, 1, 1, 1000);
  k.kernel.monitor(a, b);
  k.kill(b);
  t.equal(k.open(a), Status.SHOWN);
  t.equal(k.kernel.whereis("name"), 0);
  t.equal(k.kernel.readTimer(timer), Status.NOT_FOUND);
  t.equal(k.kernel.isAlive(b), false);
  t.equal(k.kernel.register(a, "name"), Status.OK);
});

withKernel(t, "the last generation of a relation retires it", (k, t) => {
  const [a, b] = [k.spawnWaiting(), k.spawnWaiting()];
  const old = k.kernel.monitor(a, b);
  k.kernel.demonitor(a, old, 0);
  setRelationGeneration(k.fast.exports, slotOf(old as number as Pid), 2 ** 28 - 1);
  const last = k.kernel.monitor(a, b);
  t.equal(last, (2 ** 28 - 1) * 2 ** 24 + slotOf(old as number as Pid));
  t.ok(last < 2 ** 52);
  t.equal(k.kernel.demonitor(a, old, 0), Status.NOT_FOUND);
  t.equal(k.kernel.demonitor(a, last, 0), Status.OK);
  t.equal(k.kernel.demonitor(a, last, 0), Status.NOT_FOUND);
  const others = [k.kernel.monitor(a, b), k.kernel.monitor(a, b), k.kernel.monitor(a, b)];
  t.same(others.map((ref) => ref % 2 ** 24), [2, 3, 4]);
  t.equal(k.kernel.monitor(a, b), Status.LIMIT, "one fewer is left");
}, { relations: 4 });

withKernel(t, "a name is monitored by who has it now; nobody's tells noproc from 0", (k, t) => {
  const [a, b, c] = [k.spawnWaiting(), k.spawnWaiting(), k.spawnWaiting()];
  k.kernel.register(b, "clerk");
  const ref = k.kernel.monitorName(a, "clerk");
  k.kernel.unregister("clerk");
  k.kernel.register(c, "clerk");
  k.kill(c);
  t.same(k.receive(a), [], "the name was resolved once");
  k.kill(b);
  t.same(k.receive(a), [{ kind: "down", from: b, ref, reason: "killed" }]);
  const unknown = k.kernel.monitorName(a, "clerk");
  t.same(k.receive(a), [{ kind: "down", from: 0, ref: unknown, reason: "noproc" }]);
  t.equal(k.kernel.monitorName(a, ""), Status.BAD_ARGUMENT);
  t.equal(k.kernel.monitorName(a, "x".repeat(3073)), Status.BAD_ARGUMENT);
  t.equal(k.kernel.monitorName(c, "clerk"), Status.NO_PROCESS);
  t.equal(k.kernel.monitorName(0 as Pid, "clerk"), Status.BAD_PID);
});
