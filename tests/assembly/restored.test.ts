// What a restored kernel does with what was the old host's, and with the time.
import t from "tap";
import {
  AliasOption, aliasOf, Atom, Counter, EventKind, Flag, Info, MessageKind, MonitorOption,
  ProcessStatus, ReasonKind, SEND_PRIORITY, Status, Watch, type Pid,
} from "../../host/kernel/abi.ts";
import { Kernel } from "../../host/kernel/kernel.ts";
import { buildTravellers, Traveller } from "./traveller-build.ts";
import { settle, travellerLimits } from "./travellers.ts";

const wasm = await buildTravellers();

function create(): Kernel {
  const kernel = Kernel.instantiate(wasm, travellerLimits);
  settle(kernel, 1_000);
  return kernel;
}

/** A native process that traps exits and counts up in its word what it gets. */
function collector(kernel: Kernel): Pid {
  return kernel.spawnNative(0, Traveller.COLLECTOR, 0, 0);
}

/** What a collector's word is after these messages, each kind and what it bears. */
function wordAfter(...messages: readonly (readonly [number, number])[]): number {
  return messages.reduce((word, [kind, value]) =>
    ((Math.imul(word, 31) + Math.imul(kind * 31, 31) + value) >>> 0) & 0xff_ffff, 0);
}

function wordOf(kernel: Kernel, pid: Pid): number {
  return (kernel.exports as unknown as { word_of(pid: Pid): number }).word_of(pid);
}

function restore(kernel: Kernel, now = 1_000): Kernel {
  const restored = Kernel.restore(wasm, kernel.snapshot(), now);
  t.equal(restored.exports.verify?.(), 0, "every invariant holds");
  t.equal(restored.counter(Counter.LIVE_HANDLES), 0);
  t.equal(restored.counter(Counter.HOLDS), 0);
  restored.drainReleased(() => t.fail("no handle is told"));
  t.notOk(restored.nextEvent(), "no event is owed");
  return restored;
}

/** Reads the events of a kernel; the pids of those that say RUN. */
function readEvents(kernel: Kernel): Pid[] {
  const pids: Pid[] = [];
  while (kernel.nextEvent()) if (kernel.event.type === 1) pids.push(kernel.event.pid);
  return pids;
}

t.test("host processes end with reason restored, and all hear of it that must", (t) => {
  const kernel = create();
  const hosts = [0, 1, 2].map(() => kernel.spawnHost(0, 0));
  const [linked, watched, lonely] = hosts as [Pid, Pid, Pid];
  const [trapping, watcher] = [collector(kernel), collector(kernel)];
  const innocent = kernel.spawnNative(0, Traveller.WANDERER, 2, 0);
  settle(kernel, 1_000);
  kernel.link(trapping, linked);
  kernel.link(innocent, linked);
  kernel.monitor(watcher, watched);
  kernel.monitor(watcher, innocent);
  kernel.register(lonely, "lonely");
  kernel.link(lonely, linked);
  readEvents(kernel);
  const restored = restore(kernel);
  settle(restored, 1_000);
  t.notOk(restored.nextEvent(), "nor is one after a step");
  for (const pid of [...hosts, innocent]) {
    t.notOk(restored.isAlive(pid));
    t.equal(restored.begin(pid), Status.NO_PROCESS);
    t.equal(restored.sendNumber(0, pid, 0, 0, 1), Status.NO_PROCESS);
  }
  t.equal(restored.whereis("lonely"), 0);
  t.equal(wordOf(restored, trapping), wordAfter([MessageKind.EXIT, Atom.RESTORED]));
  const down = [MessageKind.DOWN, Atom.RESTORED] as const;
  t.equal(wordOf(restored, watcher), wordAfter(down, down));
  t.equal(restored.counter(Counter.EXITS), 4);
  t.equal(restored.counter(Counter.PROCESSES), 2, "no slot waits for a reap");
  const next = restored.spawnHost(0, 0);
  t.notOk([...hosts, innocent].includes(next), "no pid is given twice");
  t.same((settle(restored, 1_000), readEvents(restored)), [next]);
  t.end();
});

t.test("an open turn and unread events are BUSY, an offered or closed turn is not", (t) => {
  const kernel = create();
  const pid = kernel.spawnHost(0, 0);
  const details = { operation: "snapshot", status: "BUSY" };
  const busy = { code: "PIDGEON_KERNEL_STATUS", details };
  t.doesNotThrow(() => kernel.snapshot(), "the event is not written yet");
  settle(kernel, 1_000);
  t.throws(() => kernel.snapshot(), busy);
  t.throws(() => kernel.imageHash(), busy);
  readEvents(kernel);
  t.equal(kernel.processInfo(pid, Info.STATUS), ProcessStatus.OFFERED);
  restore(kernel);
  kernel.begin(pid);
  t.throws(() => kernel.snapshot(), busy);
  kernel.wait(pid, 50, 1);
  t.equal(restore(kernel).nextDeadline(), Infinity, "its receive timeout is gone");
  kernel.exitSignal(0, pid, ReasonKind.ATOM, Atom.KILL);
  restore(kernel);
  settle(kernel, 1_000);
  t.throws(() => kernel.snapshot(), busy);
  readEvents(kernel);
  const restored = restore(kernel);
  t.equal(restored.counter(Counter.PROCESSES), 0, "what was not reaped is gone");
  t.equal(restored.reap(pid), Status.NOT_FOUND);
  t.end();
});

t.test("what bears a handle is a dead letter; a reason that is one becomes restored", (t) => {
  const kernel = create();
  const [waiting, host] = [collector(kernel), kernel.spawnHost(0, 0)];
  const doomed = kernel.spawnHost(0, 0);
  settle(kernel, 1_000);
  readEvents(kernel);
  kernel.link(waiting, doomed);
  kernel.sendNumber(0, waiting, 0, 0, 5);
  kernel.sendHandle(0, waiting, 0, 0, 1);
  kernel.sendHandle(0, waiting, 0, 0, 2);
  kernel.sendNumber(0, waiting, 0, 0, 6);
  kernel.sendHandle(0, host, 0, 0, 3);
  kernel.sendNumber(0, host, 0, 0, 1);
  kernel.exitSignal(0, doomed, ReasonKind.HANDLE, 4);
  kernel.sendAfter(0, waiting, 0, 0, MessageKind.HANDLE, 5, 20, 0);
  kernel.sendAfter(0, waiting, 0, 0, MessageKind.NUMBER, 7, 20, 0);
  kernel.sendAfter(0, host, 0, 0, MessageKind.HANDLE, 6, 20, 0);
  kernel.sendHandle(0, waiting, 0, 0, 7);
  t.equal(kernel.counter(Counter.LIVE_HANDLES), 7);
  const letters = kernel.counter(Counter.DEAD_LETTERS);
  const restored = restore(kernel);
  t.equal(restored.counter(Counter.DEAD_LETTERS), letters + 5, "two timers, three to the native");
  t.equal(restored.processInfo(waiting, Info.MESSAGE_QUEUE_LENGTH), 3);
  settle(restored, 1_500);
  t.equal(wordOf(restored, waiting), wordAfter([1, 5], [1, 6], [4, Atom.RESTORED], [1, 7]));
  t.equal(restored.counter(Counter.TIMERS), 0);
  const pid = collector(restored);
  for (let handle = 1; handle <= travellerLimits.handles; handle++) {
    t.equal(restored.sendHandle(0, pid, 0, 0, handle), Status.OK, "every handle is the host's");
  }
  settle(restored, 1_500);
  t.equal(restored.exports.verify?.(), 0);
  t.end();
});

t.test("a native process that has only handles waits on, and is woken by the next message", (t) => {
  const kernel = create();
  const pid = collector(kernel);
  settle(kernel, 1_000);
  kernel.sendHandle(0, pid, 0, 0, 1);
  t.equal(kernel.processInfo(pid, Info.STATUS), ProcessStatus.RUNNABLE);
  const restored = restore(kernel);
  settle(restored, 1_000);
  t.equal(restored.processInfo(pid, Info.STATUS), ProcessStatus.WAITING);
  restored.sendNumber(0, pid, 0, 0, 9);
  settle(restored, 1_000);
  t.equal(wordOf(restored, pid), wordAfter([1, 9]));
  t.end();
});

t.test("bytes that the old host has held are freed; those under way arrive", (t) => {
  const kernel = create();
  const [pid, host] = [collector(kernel), kernel.spawnHost(0, 0)];
  settle(kernel, 1_000);
  readEvents(kernel);
  const bytes = Uint8Array.from({ length: 3_000 }, (_, index) => index);
  const hold = kernel.share(bytes);
  t.equal(kernel.sendShared(0, pid, 0, 0, hold), Status.OK);
  kernel.share(bytes.subarray(0, 40));
  kernel.sendBytes(0, host, 0, 0, bytes);
  kernel.sendBytes(0, host, 0, 0, bytes.subarray(0, 9));
  kernel.begin(host);
  kernel.take(host);
  kernel.take(host);
  kernel.wait(host, Infinity, 1);
  t.equal(kernel.counter(Counter.HOLDS), 4);
  const restored = restore(kernel);
  settle(restored, 1_000);
  t.equal(wordOf(restored, pid), wordOfBytes(bytes), "the shared bytes are whole");
  t.equal(restored.exports.release(hold), Status.BAD_ARGUMENT);
  t.equal(restored.exports.verify?.(), 0);
  t.end();
});

/** A collector's word after it has got just these bytes. */
function wordOfBytes(bytes: Uint8Array): number {
  const sum = bytes.reduce((sum, byte) => (Math.imul(sum, 31) + byte) >>> 0,
    (Math.imul(MessageKind.BYTES * 31, 31) + bytes.length) >>> 0);
  return sum & 0xff_ffff;
}

t.test("bytes that a native process holds stay its own", (t) => {
  for (const length of [40, 3_000]) {
    const kernel = create();
    const [pid, holder] = [collector(kernel), kernel.spawnNative(0, Traveller.HOLDER, 0, 0)];
    const bytes = Uint8Array.from({ length }, (_, index) => index * 7);
    kernel.sendBytes(0, holder, 0, 0, bytes);
    settle(kernel, 1_000);
    t.equal(kernel.counter(Counter.HOLDS), 1);
    const restored = Kernel.restore(wasm, kernel.snapshot(), 1_000);
    t.equal(restored.exports.verify?.(), 0);
    t.equal(restored.counter(Counter.HOLDS), 1);
    for (let other = 0; other < 50; other++) restored.sendBytes(0, holder, 0, 0, bytes);
    restored.exitSignal(0, restored.spawnNative(0, Traveller.COLLECTOR, 0, 0), 0, Atom.KILL);
    const again = Kernel.restore(wasm, kernel.snapshot(), 1_000);
    again.sendNumber(0, holder, 0, 0, pid);
    settle(again, 1_000);
    t.equal(wordOf(again, pid), wordOfBytes(bytes), `${length} bytes are whole`);
    t.equal(again.exports.verify?.(), 0);
  }
  t.end();
});

t.test("guards, suspensions, aliases, groups and named timers go on", (t) => {
  const kernel = create();
  const natives = [0, 1, 2, 3].map(() => collector(kernel)) as [Pid, Pid, Pid, Pid];
  const [guarded, halted, long, suspender] = natives;
  const hosts = [kernel.spawnHost(0, 0), kernel.spawnHost(0, 0)] as const;
  settle(kernel, 1_000);
  readEvents(kernel);
  kernel.processFlag(guarded, Flag.MAILBOX_LIMIT, 2);
  kernel.processFlag(hosts[0], Flag.MEMORY_LIMIT, 32);
  kernel.suspend(suspender, halted);
  kernel.suspend(hosts[1], guarded);
  const alias = aliasOf(kernel.alias(halted, AliasOption.PRIORITY));
  const watching = kernel.monitor(suspender, hosts[1], MonitorOption.ALIAS_EXPLICIT);
  kernel.register(halted, "halted");
  kernel.groupJoin(halted, "group");
  kernel.groupJoin(halted, "group");
  kernel.groupJoin(hosts[0], "group");
  kernel.sendAfterName(0, "halted", 0, 0, MessageKind.NUMBER, 8, 500, 0);
  kernel.watch(Watch.QUEUE_HIGH, 1);
  for (const pid of [hosts[0], hosts[1], long]) {
    kernel.sendNumber(0, pid, 0, 0, 1);
    kernel.sendNumber(0, pid, 0, 0, 2);
  }
  const restored = restore(kernel);
  t.equal(restored.processInfo(guarded, Info.MAILBOX_LIMIT), 2);
  t.equal(restored.processInfo(guarded, Info.SUSPENDED), 0, "a host process held it");
  t.equal(restored.processInfo(halted, Info.STATUS), ProcessStatus.SUSPENDED);
  t.equal(restored.groupSize("group"), 1);
  t.equal(restored.groupCount(halted, "group"), 2);
  t.equal(restored.sendNumber(0, alias, SEND_PRIORITY, 0, 3), Status.OK);
  t.equal(restored.sendNumber(0, aliasOf(watching), 0, 0, 4), Status.OK, "beyond its DOWN");
  restored.groupSendNumber(0, "group", 0, 0, 5);
  settle(restored, 2_000);
  const told: (readonly [number, Pid])[] = [];
  while (restored.nextEvent()) told.push([restored.event.type, restored.event.pid]);
  const { LONG_QUEUE, SHORT_QUEUE } = EventKind;
  t.same(told.filter(([kind]) => kind === LONG_QUEUE).map(([, pid]) => pid),
    [long, suspender, halted], "of the living, in the order in which it was noticed");
  t.same(told.filter(([kind]) => kind === SHORT_QUEUE).map(([, pid]) => pid),
    [long, suspender]);
  t.equal(told.length, 5, "and of nobody else");
  t.equal(restored.processInfo(halted, Info.MESSAGE_QUEUE_LENGTH), 3, "the timer found its name");
  restored.resume(suspender, halted);
  settle(restored, 2_000);
  t.equal(wordOf(restored, halted), wordAfter([1, 3], [1, 5], [1, 8]));
  t.equal(wordOf(restored, suspender), wordAfter([5, Atom.RESTORED], [1, 4]));
  t.equal(restored.exports.verify?.(), 0);
  t.end();
});

t.test("a later time has gone by: what is due fires at once, in order", (t) => {
  const kernel = create();
  const pid = collector(kernel);
  for (const [value, ms] of [[1, 900], [2, 300], [3, 100_000]] as const) {
    kernel.sendAfter(0, pid, 0, 0, MessageKind.NUMBER, value, ms, 0);
  }
  const restored = restore(kernel, 2_000);
  t.ok(restored.nextDeadline() <= 2_000);
  settle(restored, 2_000);
  t.equal(wordOf(restored, pid), wordAfter([1, 2], [1, 1]));
  settle(restored, 100_999);
  t.equal(restored.counter(Counter.TIMERS), 1);
  settle(restored, 101_000);
  t.equal(restored.counter(Counter.TIMERS), 0);
  t.end();
});

t.test("an earlier time, or that of another clock, stands still", (t) => {
  for (const now of [999.5, 12.3, 0, -5_000.25, 0.1, -(2 ** 40) + 0.3]) {
    const kernel = create();
    const pid = collector(kernel);
    settle(kernel, 1_000 + 2 ** 20 - 0.3);
    const timer = kernel.sendAfter(0, pid, 0, 0, MessageKind.NUMBER, 1, 70_000, 0);
    const restored = restore(kernel, now);
    t.equal(restored.readTimer(timer), kernel.readTimer(timer), `at ${now}`);
    settle(restored, now + 69_999);
    t.equal(restored.exports.verify?.(), 0);
    t.equal(restored.counter(Counter.TIMERS), 1, "not early");
    settle(restored, now + 70_001);
    t.equal(restored.counter(Counter.TIMERS), 0, "nor late");
    t.equal(restored.exports.verify?.(), 0);
  }
  t.end();
});

t.test("an image of a kernel that was told no time begins with the restore's", (t) => {
  const kernel = Kernel.instantiate(wasm, travellerLimits);
  const pid = collector(kernel);
  kernel.sendAfter(0, pid, 0, 0, MessageKind.NUMBER, 1, 50, 0);
  const restored = restore(kernel, 77_000);
  settle(restored, 77_049);
  t.equal(wordOf(restored, pid), 0);
  settle(restored, 77_050);
  t.equal(wordOf(restored, pid), wordAfter([1, 1]));
  t.end();
});

t.test("a time beyond the wheel is refused, as the clock does", (t) => {
  const image = create().snapshot();
  const details = { status: "BAD_ARGUMENT" };
  for (const now of [NaN, Infinity, -Infinity, 2 ** 53, -(2 ** 54)]) {
    t.throws(() => Kernel.restore(wasm, image, now), { code: "PIDGEON_KERNEL_IMAGE", details });
  }
  t.end();
});
