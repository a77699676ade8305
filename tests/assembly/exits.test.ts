// Exit signals and links, as Erlang's reference manual has them.
import t from "tap";
import {
  Atom, Counter, Info, Option, ReasonKind, Status, type Pid,
} from "../../host/kernel/abi.ts";
import { TestKernel, withKernel } from "./test-kernel.ts";

const exit = (k: TestKernel, from: Pid | 0, to: Pid, atom: number) =>
  k.kernel.exitSignal(from, to, ReasonKind.ATOM, atom);

withKernel(t, "exit/2 with kill ends also who traps, and its links see killed", (k, t) => {
  const victim = k.trapping();
  const watcher = k.trapping();
  k.kernel.link(victim, watcher);
  t.equal(exit(k, 0, victim, Atom.KILL), Status.OK);
  t.equal(k.kernel.isAlive(victim), false, "at once");
  t.same(k.receive(watcher), [{ kind: "exit", from: victim, reason: "killed" }]);
  t.same(k.ended, [{ pid: victim, reason: "killed" }]);
});

withKernel(t, "kill as the reason of a linked one's end is not untrappable", (k, t) => {
  const [a, trapping, other] = [k.spawn(), k.trapping(), k.spawnWaiting()];
  k.kernel.link(a, trapping);
  k.kernel.link(a, other);
  k.finish(a, ReasonKind.ATOM, Atom.KILL);
  t.same(k.receive(trapping), [{ kind: "exit", from: a, reason: "kill" }]);
  t.same(k.ended, [{ pid: other, reason: "kill" }], "who doesn't trap dies with kill, not killed");
});

withKernel(t, "exit/2 with normal is dropped, or a message to one who traps", (k, t) => {
  const [a, b, trapping] = [k.spawnWaiting(), k.spawnWaiting(), k.trapping()];
  t.equal(exit(k, a, b, Atom.NORMAL), Status.OK);
  t.equal(k.kernel.isAlive(b), true);
  t.same(k.receive(b), []);
  exit(k, a, trapping, Atom.NORMAL);
  t.same(k.receive(trapping), [{ kind: "exit", from: a, reason: "normal" }]);
});

withKernel(t, "exit/2 with normal to oneself ends, if one doesn't trap", (k, t) => {
  const [a, trapping] = [k.spawnWaiting(), k.trapping()];
  exit(k, a, a, Atom.NORMAL);
  t.equal(k.kernel.isAlive(a), false);
  exit(k, trapping, trapping, Atom.NORMAL);
  t.same(k.receive(trapping), [{ kind: "exit", from: trapping, reason: "normal" }]);
});

withKernel(t, "other reasons end who doesn't trap, and are messages to who does", (k, t) => {
  const [a, trapping] = [k.spawnWaiting(), k.trapping()];
  exit(k, trapping, a, Atom.SHUTDOWN);
  exit(k, a, trapping, Atom.SHUTDOWN);
  t.same(k.receive(trapping), [{ kind: "exit", from: a, reason: "shutdown" }]);
  t.same(k.ended, [{ pid: a, reason: "shutdown" }]);
  t.equal(exit(k, 0, a, Atom.SHUTDOWN), Status.NO_PROCESS);
  t.equal(k.kernel.exitSignal(0, trapping, 2, 0), Status.BAD_ARGUMENT);
});

withKernel(t, "the first fatal signal counts; messages before it are read by nobody", (k, t) => {
  const pid = k.spawn();
  k.kernel.sendNumber(0, pid, 0, 0, 1);
  exit(k, 0, pid, Atom.SHUTDOWN);
  t.equal(exit(k, 0, pid, Atom.KILL), Status.NO_PROCESS);
  k.step();
  t.same(k.ended, [{ pid, reason: "shutdown" }]);
});

withKernel(t, "trapping counts when the signal is received", (k, t) => {
  const pid = k.trapping();
  exit(k, 0, pid, Atom.SHUTDOWN);
  k.kernel.processFlag(pid, 0, 0);
  t.same(k.receive(pid), [{ kind: "exit", from: 0, reason: "shutdown" }], "what came is a message");
  exit(k, 0, pid, Atom.SHUTDOWN);
  t.equal(k.kernel.isAlive(pid), false);
});

withKernel(t, "a reason of the host's is one value, shared by all who learn of it", (k, t) => {
  const pid = k.spawn();
  const watchers = Array.from({ length: 5 }, () => k.trapping());
  for (const watcher of watchers) k.kernel.link(watcher, pid);
  const handle = k.handle();
  t.equal(k.kernel.exitSignal(0, pid, ReasonKind.HANDLE, handle), Status.OK);
  t.equal(k.counter(Counter.LIVE_HANDLES), 1);
  for (const watcher of watchers.slice(1)) {
    t.same(k.receive(watcher), [{ kind: "exit", from: pid, reason: `handle ${handle}` }]);
  }
  t.equal(k.counter(Counter.LIVE_HANDLES), 1, "one still holds it");
  k.kill(watchers[0] as Pid);
  t.equal(k.counter(Counter.LIVE_HANDLES), 0);
});

withKernel(t, "an exit signal with a value to one who ignores it gives the value back", (k, t) => {
  const pid = k.trapping();
  const handle = k.handle();
  k.kernel.exitSignal(0, pid, ReasonKind.HANDLE, handle);
  k.kill(pid);
  t.equal(k.counter(Counter.LIVE_HANDLES), 0);
  t.equal(k.kernel.exitSignal(0, pid, ReasonKind.HANDLE, handle), Status.NO_PROCESS);
  t.equal(k.kernel.exitSignal(0, k.spawn(), ReasonKind.HANDLE, 0), Status.BAD_HANDLE);
});

withKernel(t, "a link is one per pair, in both directions, and to oneself it is none", (k, t) => {
  const [a, b] = [k.spawnWaiting(), k.spawnWaiting()];
  t.equal(k.kernel.link(a, b), Status.OK);
  t.equal(k.kernel.link(a, b), Status.OK);
  t.equal(k.kernel.link(b, a), Status.OK);
  t.equal(k.kernel.link(a, a), Status.OK);
  t.equal(k.kernel.processInfo(a, Info.LINKS), 1);
  t.equal(k.kernel.processInfo(b, Info.LINKS), 1);
  k.kill(b);
  t.equal(k.kernel.isAlive(a), false);
  k.step();
  t.same(k.ended.map(({ pid, reason }) => `${pid} ${reason}`), [`${b} killed`, `${a} killed`]);
});

withKernel(t, "a normal end leaves links alone, but tells who traps", (k, t) => {
  const [a, b, trapping] = [k.spawn(), k.spawnWaiting(), k.trapping()];
  k.kernel.link(a, b);
  k.kernel.link(a, trapping);
  k.finish(a);
  t.equal(k.kernel.isAlive(b), true);
  t.equal(k.kernel.processInfo(b, Info.LINKS), 0);
  t.same(k.receive(trapping), [{ kind: "exit", from: a, reason: "normal" }]);
});

withKernel(t, "a link to a dead process is refused, or EXIT noproc to one who traps", (k, t) => {
  const [a, trapping, dead] = [k.spawnWaiting(), k.trapping(), k.spawn()];
  k.finish(dead);
  t.equal(k.kernel.link(a, dead), Status.NO_PROCESS);
  t.equal(k.kernel.link(trapping, dead), Status.OK);
  t.same(k.receive(trapping), [{ kind: "exit", from: dead, reason: "noproc" }]);
  t.equal(k.kernel.link(a, 0 as Pid), Status.BAD_PID);
  t.equal(k.kernel.link(dead, a), Status.NO_PROCESS);
  t.equal(k.kernel.processInfo(a, Info.LINKS), 0);
});

withKernel(t, "after unlink nothing comes; what came before it stays", (k, t) => {
  const [a, b, c, trapping] = [k.spawnWaiting(), k.spawnWaiting(), k.spawn(), k.trapping()];
  k.kernel.link(a, b);
  t.equal(k.kernel.unlink(b, a), Status.OK);
  t.equal(k.kernel.unlink(b, a), Status.NOT_FOUND);
  k.kill(a);
  t.equal(k.kernel.isAlive(b), true);
  k.kernel.link(trapping, c);
  k.finish(c);
  t.equal(k.kernel.unlink(trapping, c), Status.NOT_FOUND, "it is dead");
  t.equal(k.receive(trapping).length, 1);
  k.kernel.link(trapping, b);
  k.kernel.unlink(trapping, b);
  k.kernel.link(trapping, b);
  k.kill(b);
  t.equal(k.receive(trapping).length, 1, "a new link after unlink is a link");
});

withKernel(t, "a child that is linked and monitored at its birth tells its true end", (k, t) => {
  const parent = k.trapping();
  const child = k.spawn(Option.LINK | Option.MONITOR, parent);
  const ref = k.fast.lastRef;
  k.kernel.sendNumber(child, parent, 0, 0, 1);
  k.finish(child, ReasonKind.ATOM, Atom.SHUTDOWN);
  t.same(k.receive(parent), [
    { kind: "number", tag: 0, from: child, ref: 0, value: 1 },
    { kind: "exit", from: child, reason: "shutdown" },
    { kind: "down", from: child, ref, reason: "shutdown" },
  ], "messages come before the signals of their sender's end");
});

withKernel(t, "the relations are limited; what finds no room changes nothing", (k, t) => {
  const pids = Array.from({ length: 6 }, () => k.spawnWaiting());
  const [a, b, c, d, e, f] = pids as [Pid, Pid, Pid, Pid, Pid, Pid];
  const dead = k.spawn();
  k.finish(dead);
  t.equal(k.kernel.link(a, b), Status.OK);
  t.equal(k.kernel.link(c, d), Status.OK);
  t.ok(k.kernel.monitor(e, f) > 0);
  t.equal(k.kernel.link(e, f), Status.LIMIT, "a link needs two");
  t.equal(k.kernel.spawnHost(a, Option.LINK), Status.LIMIT);
  t.equal(k.kernel.spawnHost(a, Option.LINK | Option.MONITOR), Status.LIMIT);
  const ref = k.kernel.monitor(e, a);
  t.ok(ref > 0, "the sixth is taken");
  t.equal(k.kernel.monitor(e, a), Status.LIMIT);
  t.equal(k.kernel.monitor(e, dead), Status.LIMIT);
  t.equal(k.kernel.spawnHost(a, Option.MONITOR), Status.LIMIT);
  t.equal(k.kernel.sendAfter(0, a, 0, 0, 1, 1, 10), Status.LIMIT);
  const handle = k.handle();
  t.equal(k.kernel.sendAfter(0, a, 0, 0, 2, handle, 10), Status.LIMIT);
  k.giveBack(handle);
  k.kernel.processFlag(f, 0, 1);
  t.equal(k.kernel.link(f, dead), Status.LIMIT);
  t.equal(k.counter(Counter.PROCESSES), 6);
  k.kernel.demonitor(e, ref, 0);
  t.ok(k.kernel.sendAfter(0, a, 0, 0, 1, 1, 10) > 0, "what was given back serves again");
}, { relations: 6 });

t.test("a chain and a star of 10,000 links end without a stack", (t) => {
  const k = new TestKernel(t, {
    processes: 20_100, relations: 50_000, events: 1024, messageBytes: 1 << 20,
  });
  const { fast } = k;
  const chain: Pid[] = [];
  for (let i = 0; i < 10_000; i++) {
    chain.push(fast.spawnHost(0, 0));
    if (i > 0) fast.link(chain[i] as Pid, chain[i - 1] as Pid);
  }
  const hub = fast.spawnHost(0, 0);
  for (let i = 0; i < 10_000; i++) fast.link(hub, fast.spawnHost(0, 0));
  const watcher = fast.spawnHost(0, Option.TRAP_EXIT);
  fast.link(watcher, chain[9999] as Pid);
  fast.link(watcher, hub);
  t.equal(fast.exports.verify?.(), 0);
  t.equal(fast.exitSignal(0, chain[0] as Pid, ReasonKind.ATOM, Atom.SHUTDOWN), Status.OK);
  t.equal(fast.exports.verify?.(), 0);
  t.equal(fast.exitSignal(0, hub, ReasonKind.ATOM, Atom.KILL), Status.OK);
  t.equal(fast.counter(Counter.EXITS), 20_001);
  t.equal(fast.exports.verify?.(), 0);
  k.kernel.step(k.now, 1);
  t.equal(fast.processInfo(watcher, Info.MESSAGE_QUEUE_LENGTH), 2);
  fast.exitSignal(0, watcher, ReasonKind.ATOM, Atom.KILL);
  let ended = 0;
  while (fast.step(k.now, 1000) >= 0 && fast.nextEvent()) {
    do {
      if (fast.event.type === 2) ended += 1 + fast.reap(fast.event.pid);
    } while (fast.nextEvent());
  }
  t.equal(ended, 20_002, "each is told of once");
  t.equal(fast.counter(Counter.RELATIONS), 0);
  t.equal(fast.exports.verify?.(), 0);
  t.end();
});
