// Native processes: handlers that run to completion inside the kernel, and what their traps do.
import t from "tap";
import {
  Atom, Counter, Flag, Info, Option, ProcessStatus, ReasonKind, Status, type Pid,
} from "../../host/kernel/abi.ts";
import { buildNativeKernel, Handler } from "./native-build.ts";
import { withKernel, type TestKernel } from "./test-kernel.ts";

/* Ids of bench/native/handlers.ts. */
const RING_NODE = 1;
const SPAWNER = 4;
const TAG_SET_WORD = 1;

const wasm = await buildNativeKernel();

function native(k: TestKernel, handler: number, argument = 0, options = 0, parent: Pid | 0 = 0) {
  const pid = k.kernel.spawnNative(parent, handler, argument, options);
  if (pid <= 0) throw new Error(`spawnNative: ${pid}`);
  return pid;
}

/** Steps through a trap: the engine throws it, and the next call ends the process. */
function stepThroughTrap(k: TestKernel, error: unknown = WebAssembly.RuntimeError): void {
  t.throws(() => k.fast.step(k.now, 100_000), error as ErrorConstructor, "the host sees the trap");
  k.step();
}

function testNative(title: string, body: Parameters<typeof withKernel>[2], limits = {}): void {
  withKernel(t, title, body, limits, wasm);
}

testNative("a native process is started, then called once per message, in order", (k, t) => {
  const asker = k.spawnWaiting();
  const pid = native(k, Handler.FRAGILE);
  t.equal(k.kernel.processInfo(pid, Info.KIND), 0);
  for (const value of [1, 10, 100]) k.kernel.sendNumber(asker, pid, 0, 0, value);
  k.step();
  t.equal(k.kernel.processInfo(pid, Info.STATUS), ProcessStatus.WAITING);
  t.equal(k.kernel.processInfo(pid, Info.REDUCTIONS), 4, "the start counts too");
  t.same(k.receive(asker).map(({ from, value }) => [from, value]),
    [[pid, 2], [pid, 11], [pid, 101]]);
});

testNative("a ring of native processes passes a number on until it is used up", (k, t) => {
  const nodes = Array.from({ length: 10 }, () => native(k, RING_NODE));
  nodes.forEach((pid, i) => {
    k.kernel.sendNumber(0, pid, TAG_SET_WORD, 0, nodes[(i + 1) % nodes.length] as Pid);
  });
  const before = k.counter(Counter.SENDS);
  k.kernel.sendNumber(0, nodes[0] as Pid, 0, 0, 1000);
  k.step();
  t.equal(k.counter(Counter.SENDS) - before, 1001);
});

testNative("handlers spawn and end processes by the hundred; slots are used again", (k, t) => {
  const pid = native(k, SPAWNER, 20);
  k.kernel.sendNumber(0, pid, 0, 0, 2000);
  k.step();
  t.equal(k.counter(Counter.SPAWNS), 2001);
  t.equal(k.counter(Counter.EXITS), 2000);
  t.equal(k.counter(Counter.PROCESSES), 1);
}, { processes: 1100 });

testNative("a trap ends its process with reason trap, and service goes on", (k, t) => {
  const watcher = k.trapping();
  const [pid, other] = [native(k, Handler.FRAGILE), native(k, Handler.FRAGILE)];
  k.kernel.link(watcher, pid);
  const ref = k.kernel.monitor(watcher, pid);
  k.kernel.sendHandle(watcher, pid, 1, 0, k.handle());
  k.kernel.sendHandle(watcher, pid, 0, 0, k.handle());
  k.kernel.sendNumber(watcher, other, 0, 0, 1);
  stepThroughTrap(k);
  t.equal(k.counter(Counter.TRAPS), 1);
  t.equal(k.counter(Counter.LIVE_HANDLES), 0, "its messages are dropped, also the running one");
  t.equal(k.kernel.isAlive(pid), false);
  t.same(k.receive(watcher), [
    { kind: "exit", from: pid, reason: "trap" },
    { kind: "down", from: pid, ref, reason: "trap" },
    { kind: "number", tag: 0, from: other, ref: 0, value: 2 },
  ]);
});

testNative("any call ends a trapped process first", (k, t) => {
  const pid = native(k, Handler.STILLBORN);
  t.throws(() => k.fast.step(k.now, 10), WebAssembly.RuntimeError);
  t.equal(k.kernel.isAlive(pid), false);
  t.equal(k.counter(Counter.TRAPS), 1);
});

testNative("a stack overflow and a wild pointer are traps like others", (k, t) => {
  for (const [handler, error] of [[Handler.DEEP, RangeError], [Handler.WILD, undefined]] as const) {
    const pid = native(k, handler);
    k.step();
    k.kernel.sendNumber(0, pid, 0, 0, 1);
    stepThroughTrap(k, error);
    t.equal(k.kernel.isAlive(pid), false);
  }
  t.equal(k.counter(Counter.TRAPS), 2);
});

testNative("a handler may end itself by a signal; a trap after that changes nothing", (k, t) => {
  const watcher = k.spawnWaiting();
  for (const value of [0, 1]) {
    const pid = native(k, Handler.SUICIDE);
    const ref = k.kernel.monitor(watcher, pid);
    k.kernel.sendNumber(0, pid, 0, 0, value);
    k.kernel.sendNumber(0, pid, 0, 0, value);
    if (value === 0) k.step();
    else stepThroughTrap(k);
    t.same(k.receive(watcher), [{ kind: "down", from: pid, ref, reason: "shutdown" }]);
  }
});

testNative("a handler kills host processes, native ones and those linked to itself", (k, t) => {
  const host = k.spawnWaiting();
  const killer = native(k, Handler.KILLER);
  const victim = native(k, Handler.FRAGILE);
  k.kernel.link(host, victim);
  k.kernel.sendNumber(0, killer, 0, 0, victim);
  k.step();
  t.same(k.ended, [{ pid: host, reason: "killed" }]);
  const linked = k.spawnWaiting();
  k.kernel.link(killer, linked);
  k.kernel.sendNumber(0, killer, 0, 0, linked);
  k.step();
  t.equal(k.kernel.isAlive(killer), false, "its own link comes back at it");
  t.equal(k.counter(Counter.PROCESSES), 0);
});

testNative("a kill from outside ends a native process at once, without an event", (k, t) => {
  const pid = native(k, Handler.FRAGILE);
  k.kernel.sendNumber(0, pid, 0, 0, 1);
  k.kill(pid);
  t.equal(k.counter(Counter.PROCESSES), 0);
  k.step();
  t.same(k.ended, []);
});

testNative("a handler's child is linked and monitored from its birth", (k, t) => {
  const asker = k.spawnWaiting();
  const pid = native(k, Handler.PARENT);
  k.kernel.sendNumber(asker, pid, 0, 0, 0);
  const child = k.receive(asker)[0]?.value as Pid;
  t.equal(k.kernel.processInfo(child, Info.PARENT), pid);
  t.equal(k.kernel.processInfo(pid, Info.LINKS), 1);
  t.equal(k.kernel.processInfo(child, Info.MONITORED_BY), 1);
  k.kernel.exitSignal(0, child, ReasonKind.ATOM, Atom.SHUTDOWN);
  t.equal(k.kernel.isAlive(pid), false);
});

testNative("a busy process uses up its slice, then others run; step comes back", (k, t) => {
  const asker = k.spawnWaiting();
  const busy = native(k, Handler.BUSY);
  const pid = native(k, Handler.FRAGILE);
  k.kernel.sendNumber(asker, pid, 0, 0, 1);
  t.equal(k.fast.step(k.now, 1), Status.MORE);
  t.equal(k.kernel.processInfo(busy, Info.REDUCTIONS), 4000);
  t.equal(k.fast.step(k.now, 4003), Status.MORE);
  t.equal(k.kernel.processInfo(pid, Info.REDUCTIONS), 2);
  k.readEvents();
  t.same(k.offered, [asker]);
  k.kill(busy);
});

testNative("low has between 1/16 and 1/4 of normal's time among busy native processes", (k, t) => {
  const normal = native(k, Handler.BUSY);
  const low = native(k, Handler.BUSY, 0, Option.PRIORITY_LOW);
  for (let i = 0; i < 200; i++) k.fast.step(k.now, 4000);
  const time = (pid: Pid) => k.kernel.processInfo(pid, Info.REDUCTIONS);
  const share = time(low) / time(normal);
  t.ok(share >= 1 / 16 && share <= 1 / 4, `${share}`);
  const high = native(k, Handler.BUSY, 0, Option.PRIORITY_HIGH);
  const before = time(normal) + time(low);
  for (let i = 0; i < 20; i++) k.fast.step(k.now, 4000);
  t.equal(time(normal) + time(low), before, "high lets nobody else run");
  t.equal(time(high), 80_000);
  for (const pid of [normal, low, high]) k.kill(pid);
});

testNative("a full event ring stops native processes too, until it is read", (k, t) => {
  const pids = [k.spawn(), k.spawn(), k.spawn()];
  const asker = native(k, Handler.FRAGILE);
  t.equal(k.kernel.step(k.now, 100), Status.MORE);
  t.equal(k.kernel.processInfo(asker, Info.STATUS), ProcessStatus.RUNNABLE);
  k.step();
  t.same(k.offered, pids);
  t.equal(k.kernel.processInfo(asker, Info.STATUS), ProcessStatus.WAITING);
}, { events: 2 });

testNative("a handler reads bytes; what a timer or a signal brings it is freed as well", (k, t) => {
  const asker = k.spawnWaiting();
  const reader = native(k, Handler.READER);
  k.kernel.sendBytes(asker, reader, 0, 0, Buffer.from("bytes"));
  t.same(k.receive(asker).map(({ value }) => value), [5, 98]);
  const pid = native(k, Handler.FRAGILE, 0, Option.TRAP_EXIT);
  t.equal(k.kernel.processFlag(pid, Flag.TRAP_EXIT, 1), 1);
  k.kernel.sendAfter(asker, pid, 0, 0, 1, 41, 10);
  k.kernel.sendAfter(asker, pid, 0, 0, 2, k.handle(), 10);
  k.kernel.exitSignal(0, pid, ReasonKind.HANDLE, k.handle());
  k.kernel.monitor(pid, reader);
  k.kill(reader);
  k.step(10);
  t.ok(k.receive(asker).some(({ value }) => value === 42));
  t.equal(k.counter(Counter.LIVE_HANDLES), 0);
  t.equal(k.counter(Counter.RELATIONS), 0);
});

testNative("a handler that finds no room gets a status, and nothing breaks", (k, t) => {
  const pid = native(k, SPAWNER, 100);
  k.kernel.sendNumber(0, pid, 0, 0, 100);
  stepThroughTrap(k);
  t.equal(k.kernel.isAlive(pid), false, "the benchmark's spawner traps where its table is full");
  t.equal(k.counter(Counter.PROCESSES), 0, "its children have ended");
  const finisher = native(k, Handler.FINISHER);
  k.kernel.sendNumber(0, finisher, 0, 0, 1);
  k.kernel.sendNumber(0, finisher, 0, 0, 2);
  k.step();
  t.equal(k.kernel.isAlive(finisher), false);
});

testNative("no turn is offered to a native process", (k, t) => {
  const pid = native(k, Handler.FRAGILE);
  k.step();
  t.equal(k.kernel.begin(pid), Status.NONE);
  t.equal(k.kernel.peek(pid), Status.NO_TURN);
  t.equal(k.kernel.finish(pid, 0, 0), Status.NO_TURN);
});

testNative("a handler starts, reads and cancels timers", (k, t) => {
  const asker = k.spawnWaiting();
  const pid = native(k, Handler.SLEEPER);
  const ask = (tag: number, value = 0) => {
    k.kernel.sendNumber(asker, pid, tag, 0, value);
    return k.receive(asker);
  };
  t.same(ask(0, 100), []);
  k.step(40);
  t.same(ask(1).map(({ value }) => value), [60]);
  k.step(60);
  const [message] = k.receive(asker);
  t.match(message, { kind: "number", tag: 7, from: pid, value: 100 });
  t.same(ask(1).map(({ value }) => value), [Status.NOT_FOUND]);
  ask(0, 50);
  t.same(ask(2).map(({ value }) => value), [50]);
  t.same(ask(0, -1).map(({ value }) => value), [Status.BAD_ARGUMENT]);
  t.equal(k.counter(Counter.TIMERS), 0);
});

testNative("a kept message stays in its place and is shown again after the next that is used",
  (k, t) => {
    const asker = k.spawnWaiting();
    const pid = native(k, Handler.PICKER, 1);
    for (const tag of [5, 3, 2, 4, 3]) k.kernel.sendNumber(asker, pid, tag, 0, tag);
    k.step();
    t.same(k.receive(asker), [], "none is wanted yet");
    t.equal(k.kernel.processInfo(pid, Info.MESSAGE_QUEUE_LENGTH), 5);
    t.equal(k.kernel.processInfo(pid, Info.STATUS), ProcessStatus.WAITING);
    k.kernel.sendNumber(asker, pid, 1, 0, 1);
    k.step();
    t.same(k.receive(asker).map(({ value }) => value), [1, 2, 3, 4, 5]);
    t.equal(k.kernel.processInfo(pid, Info.MESSAGE_QUEUE_LENGTH), 1, "the second 3 is left");
    k.kernel.sendNumber(asker, pid, 6, 0, 6);
    k.step();
    t.same(k.receive(asker).map(({ value }) => value), [6]);
  });

testNative("a handler awaits a reference: what came before the mark is not looked at", (k, t) => {
  const asker = k.spawnWaiting();
  const pid = native(k, Handler.AWAITER);
  const ref = k.kernel.makeRef();
  k.kernel.sendNumber(asker, pid, 1, 0, ref);
  k.kernel.sendNumber(asker, pid, 0, ref, 10);
  k.kernel.sendNumber(asker, pid, 0, 0, 20);
  k.step();
  t.same(k.receive(asker), [], "both lay behind the first: the mark has passed over them");
  k.kernel.sendNumber(asker, pid, 0, 0, 30);
  k.step();
  t.same(k.receive(asker), [], "without the reference it does not wake");
  k.kernel.sendNumber(asker, pid, 0, ref, 40);
  k.step();
  t.same(k.receive(asker).map(({ value }) => value),
    [40, -1, 10, -1, 20, -1, 30, -1], "then the others, oldest first");
});

testNative("a handler awaits a tag", (k, t) => {
  const asker = k.spawnWaiting();
  const pid = native(k, Handler.AWAITER);
  k.kernel.sendNumber(asker, pid, 2, 0, 0);
  for (const tag of [3, 9, 4]) k.kernel.sendNumber(asker, pid, tag, 0, tag);
  k.step();
  t.same(k.receive(asker).map(({ value }) => value), [9, -1, 3, -1, 4, -1]);
});

testNative("handlers link and monitor; each is told of the end by both", (k, t) => {
  const asker = k.spawnWaiting();
  const [watcher, watched] = [native(k, Handler.WATCHER), k.spawnWaiting()];
  k.kernel.sendNumber(asker, watcher, 1, 0, watched);
  k.step();
  t.equal(k.kernel.processInfo(watched, Info.LINKS), 1);
  t.equal(k.kernel.processInfo(watched, Info.MONITORED_BY), 1);
  k.kill(watched);
  k.step();
  t.same(k.receive(asker).map(({ value }) => value), [4, 5]);
  const other = k.spawnWaiting();
  k.kernel.sendNumber(asker, watcher, 1, 0, other);
  k.kernel.sendNumber(asker, watcher, 2, 0, other);
  k.step();
  t.equal(k.kernel.processInfo(other, Info.LINKS), 0, "unlinked");
});

testNative("a message that is marked and kept is not shown again before another came", (k, t) => {
  const asker = k.spawnWaiting();
  const pid = native(k, Handler.MARKER);
  for (const value of [1, 2, 3]) k.kernel.sendNumber(asker, pid, 0, 0, value);
  k.step();
  t.same(k.receive(asker).map(({ value }) => value), [1], "2 and 3 lay there when it marked");
  k.kernel.sendNumber(asker, pid, 0, 0, 4);
  k.step();
  t.same(k.receive(asker).map(({ value }) => value), [4]);
  t.equal(k.kernel.processInfo(pid, Info.MESSAGE_QUEUE_LENGTH), 4);
});

testNative("who keeps a message and dies drops it", (k, t) => {
  const asker = k.spawnWaiting();
  const pid = native(k, Handler.PICKER, 1);
  k.kernel.sendNumber(asker, pid, 7, 0, 7);
  k.step();
  t.equal(k.kernel.processInfo(pid, Info.MESSAGE_QUEUE_LENGTH), 1);
  k.kill(pid);
  t.equal(k.kernel.isAlive(pid), false);
});

testNative("who awaits a tag at the end of a slice awaits it after a suspension, too", (k, t) => {
  const [asker, other] = [k.spawnWaiting(), k.spawnWaiting()];
  const pid = k.kernel.spawnNative(0, Handler.AWAITER, 0, 0);
  k.step();
  const send = (tag: number, value: number) => k.fast.sendNumber(asker, pid, tag, 0, value);
  for (let i = 0; i < 3999; i++) send(0, 0);
  send(2, 0); // the last of the slice: await the tag 9
  send(5, 5);
  send(9, 9);
  t.equal(k.fast.step(k.now, 4000), Status.MORE);
  t.equal(k.kernel.suspend(other, pid), Status.OK);
  t.equal(k.kernel.resume(other, pid), Status.OK);
  k.fast.step(k.now, 4000);
  const order: number[] = [];
  k.open(asker);
  for (let shown = k.fast.peek(asker); shown === Status.SHOWN; shown = k.fast.take(asker)) {
    const { value } = k.fast.message;
    if (value > 0) order.push(value);
  }
  t.same(order, [9, 5]);
}, { messageBytes: 32 * 16384 });
