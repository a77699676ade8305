// Guards: limits of mailboxes with their policies, limits of memory, and the system monitor.
import t from "tap";
import {
  AliasOption, aliasOf, Atom, Counter, EventKind, Flag, MailboxPolicy, MemoryPolicy, Option,
  ReasonKind, SEND_EXEMPT, SEND_PRIORITY, Status, Watch, type Pid,
} from "../../host/kernel/abi.ts";
import { buildNativeKernel, Handler } from "./native-build.ts";
import { withKernel, type TestKernel } from "./test-kernel.ts";

const send = (k: TestKernel, to: Pid, value = 1) => k.kernel.sendNumber(0, to, 0, 0, value);

/** The events of the system monitor since the last call, `kind pid value`. */
function watched(k: TestKernel): (readonly [number, Pid, number])[] {
  k.step();
  return k.watched.splice(0);
}

withKernel(t, "a full mailbox refuses, and the sender is told; the rest is all there", (k, t) => {
  const a = k.spawnWaiting();
  t.equal(k.kernel.processFlag(a, Flag.MAILBOX_LIMIT, 2), 0);
  t.equal(send(k, a), Status.OK);
  t.equal(send(k, a), Status.OK);
  t.equal(send(k, a), Status.MAILBOX_FULL);
  const handle = k.handle();
  t.equal(k.kernel.sendHandle(0, a, 0, 0, handle), Status.MAILBOX_FULL);
  k.giveBack(handle);
  t.equal(k.kernel.sendBytes(0, a, 0, 0, new Uint8Array(3)), Status.MAILBOX_FULL);
  t.equal(k.receive(a).length, 2);
  t.equal(send(k, a), Status.OK, "there is room again");
  t.equal(k.kernel.processFlag(a, Flag.MAILBOX_LIMIT, 0), 2);
  for (let i = 0; i < 5; i++) t.equal(send(k, a), Status.OK);
});

withKernel(t, "an exempt message passes every limit, in its place, and counts", (k, t) => {
  const policies = [MailboxPolicy.REFUSE, MailboxPolicy.DROP, MailboxPolicy.KILL];
  for (const policy of policies) {
    const a = k.spawnWaiting();
    const alias = aliasOf(k.kernel.alias(a, AliasOption.PRIORITY));
    send(k, a, 1);
    k.kernel.processFlag(a, Flag.MAILBOX_LIMIT, 1);
    k.kernel.processFlag(a, Flag.MAILBOX_POLICY, policy);
    k.kernel.processFlag(a, Flag.MEMORY_LIMIT, 32);
    t.equal(k.kernel.sendNumber(0, a, SEND_EXEMPT + 7, 0, 2), Status.OK);
    t.equal(k.kernel.sendHandle(0, alias, SEND_EXEMPT + 255, 0, k.handle()), Status.OK);
    t.equal(k.kernel.sendBytes(0, a, SEND_EXEMPT, 0, new Uint8Array(3)), Status.OK);
    t.equal(k.kernel.sendNumber(0, alias, SEND_EXEMPT + SEND_PRIORITY + 9, 0, 5), Status.OK);
    t.same(k.receive(a).map(({ tag }) => tag), [9, 0, 7, 255, 0]);
    for (const tag of [SEND_EXEMPT + SEND_PRIORITY, 2 * SEND_EXEMPT]) {
      t.equal(k.kernel.sendNumber(0, a, tag, 0, 1), Status.BAD_ARGUMENT, "the tag");
    }
    k.kernel.processFlag(a, Flag.MEMORY_LIMIT, 0);
    t.equal(k.kernel.sendNumber(0, a, SEND_EXEMPT, 0, 1), Status.OK);
    if (policy === MailboxPolicy.REFUSE) t.equal(send(k, a), Status.MAILBOX_FULL, "it counts");
  }
});

withKernel(t, "a dropping mailbox counts dead letters, and gives handles back", (k, t) => {
  const a = k.spawnWaiting();
  k.kernel.processFlag(a, Flag.MAILBOX_LIMIT, 1);
  t.equal(k.kernel.processFlag(a, Flag.MAILBOX_POLICY, MailboxPolicy.DROP), MailboxPolicy.REFUSE);
  const dead = k.counter(Counter.DEAD_LETTERS);
  for (const expected of [0, 1, 2]) {
    t.equal(k.kernel.sendHandle(0, a, 0, 0, k.handle()), Status.OK);
    t.equal(k.counter(Counter.DEAD_LETTERS), dead + expected);
  }
  k.step();
  t.equal(k.counter(Counter.LIVE_HANDLES), 1);
});

withKernel(t, "a killing mailbox ends its process with killed", (k, t) => {
  const [a, b] = [k.spawnWaiting(), k.spawnWaiting()];
  k.kernel.monitor(b, a);
  k.kernel.processFlag(a, Flag.MAILBOX_LIMIT, 1);
  k.kernel.processFlag(a, Flag.MAILBOX_POLICY, MailboxPolicy.KILL);
  send(k, a);
  t.equal(k.kernel.isAlive(a), true);
  t.equal(k.kernel.sendHandle(0, a, 0, 0, k.handle()), Status.OK);
  t.equal(k.kernel.isAlive(a), false);
  t.same(k.receive(b).map(({ reason }) => reason), ["killed"]);
});

withKernel(t, "signals and timers are never refused and do not count as messages", (k, t) => {
  const a = k.spawnWaiting(Option.TRAP_EXIT);
  const [b, c] = [k.spawnWaiting(), k.spawnWaiting()];
  k.kernel.link(a, b);
  k.kernel.monitor(a, c);
  k.kernel.sendAfter(0, a, 0, 0, 1, 9, 5);
  k.kernel.processFlag(a, Flag.MAILBOX_LIMIT, 1);
  k.kill(b);
  k.kill(c);
  k.step(5);
  t.equal(send(k, a), Status.OK);
  t.equal(send(k, a), Status.MAILBOX_FULL);
  k.kernel.exitSignal(0, a, ReasonKind.ATOM, Atom.SHUTDOWN);
  t.same(k.receive(a).map(({ kind }) => kind), ["exit", "down", "number", "number", "exit"]);
});

withKernel(t, "a group's message is a dead letter where a mailbox is full", (k, t) => {
  const pids = [k.spawnWaiting(), k.spawnWaiting(), k.spawnWaiting()] as const;
  for (const pid of pids) k.kernel.groupJoin(pid, "all");
  k.kernel.processFlag(pids[1], Flag.MAILBOX_LIMIT, 1);
  k.kernel.processFlag(pids[2], Flag.MAILBOX_LIMIT, 1);
  k.kernel.processFlag(pids[2], Flag.MAILBOX_POLICY, MailboxPolicy.DROP);
  t.equal(k.kernel.groupSendNumber(0, "all", 0, 0, 1), 3);
  const dead = k.counter(Counter.DEAD_LETTERS);
  t.equal(k.kernel.groupSendNumber(0, "all", 0, 0, 2), 1);
  t.equal(k.counter(Counter.DEAD_LETTERS), dead + 2, "one each, whatever the policy");
  k.kernel.processFlag(pids[2], Flag.MAILBOX_POLICY, MailboxPolicy.KILL);
  t.equal(k.kernel.groupSendHandle(0, "all", 0, 0, k.handle()), 1);
  t.same(pids.map((pid) => k.kernel.isAlive(pid)), [true, true, false]);
  t.same(pids.map((pid) => k.receive(pid).length), [3, 1, 0]);
});

withKernel(t, "bad limits and policies are refused", (k, t) => {
  const a = k.spawnWaiting();
  for (const [flag, value] of [[2, 2 ** 31], [3, 3], [4, 2 ** 32 - 1], [5, 4], [6, 0]] as const) {
    t.equal(k.kernel.processFlag(a, flag, value), Status.BAD_ARGUMENT, `${flag} ${value}`);
  }
  t.equal(k.kernel.processFlag(a, Flag.MEMORY_POLICY, MemoryPolicy.REPORT), 3, "the default");
});

withKernel(t, "a mailbox beyond its memory limit ends its process and is reported", (k, t) => {
  const [a, b] = [k.spawnWaiting(), k.spawnWaiting()];
  send(k, a);
  k.kernel.monitor(b, a);
  k.kernel.processFlag(a, Flag.MEMORY_LIMIT, 32 + 1024);
  t.equal(k.kernel.sendBytes(0, a, 0, 0, new Uint8Array(992)), Status.OK, "just full");
  t.same(watched(k), []);
  t.equal(send(k, a), Status.OK);
  t.equal(k.kernel.isAlive(a), false);
  t.same(watched(k), [[EventKind.MEMORY_LIMIT, a, 32 + 1024]]);
  t.same(k.receive(b).map(({ reason }) => reason), ["killed"]);
});

withKernel(t, "it may be only reported, or only killed", (k, t) => {
  const [a, b] = [k.spawnWaiting(), k.spawnWaiting()];
  for (const pid of [a, b]) k.kernel.processFlag(pid, Flag.MEMORY_LIMIT, 32);
  k.kernel.processFlag(a, Flag.MEMORY_POLICY, MemoryPolicy.REPORT);
  k.kernel.processFlag(b, Flag.MEMORY_POLICY, MemoryPolicy.KILL);
  for (const pid of [a, b]) {
    send(k, pid);
    send(k, pid);
  }
  t.same(watched(k), [[EventKind.MEMORY_LIMIT, a, 64]], "the third message came in");
  t.equal(k.kernel.isAlive(b), false);
  t.equal(k.receive(a).length, 2);
});

withKernel(t, "a long queue is told once, and once that it is short again", (k, t) => {
  const a = k.spawnWaiting();
  t.equal(k.kernel.watch(Watch.QUEUE_HIGH, 3), 0);
  t.equal(k.kernel.watch(Watch.QUEUE_LOW, 1), 0);
  t.equal(k.kernel.watch(9, 1), Status.BAD_ARGUMENT);
  for (let i = 0; i < 3; i++) send(k, a);
  t.same(watched(k), []);
  send(k, a);
  send(k, a);
  t.same(watched(k), [[EventKind.LONG_QUEUE, a, 5]]);
  k.open(a);
  k.take(a);
  k.take(a);
  k.take(a);
  t.same(watched(k), [], "two are left: between the marks");
  send(k, a);
  send(k, a);
  t.same(watched(k), [], "and not told again");
  k.take(a);
  k.take(a);
  k.take(a);
  t.same(watched(k), [[EventKind.SHORT_QUEUE, a, 1]]);
  for (let i = 0; i < 3; i++) send(k, a);
  t.same(watched(k), [[EventKind.LONG_QUEUE, a, 4]]);
  t.equal(k.kernel.watch(Watch.QUEUE_HIGH, 0), 3, "off");
});

withKernel(t, "a turn that costs too much is told with the most that one has cost", (k, t) => {
  const a = k.spawn();
  k.kernel.watch(Watch.SCHEDULE, 100);
  for (const cost of [100, 101, 700, 300]) {
    k.open(a);
    k.kernel.yieldTurn(a, cost);
    if (cost === 100) t.same(watched(k), []);
  }
  k.open(a);
  k.kernel.wait(a, Infinity, 50);
  t.same(watched(k).map(([kind, pid, value]) => [kind, pid, value]),
    [101, 700, 300].map((cost) => [EventKind.LONG_SCHEDULE, a, cost]));
});

withKernel(t, "with the ring full no event is lost", (k, t) => {
  const pids = [k.spawnWaiting(), k.spawnWaiting(), k.spawnWaiting()];
  k.kernel.watch(Watch.QUEUE_HIGH, 1);
  for (const pid of pids) {
    send(k, pid);
    send(k, pid);
    k.kill(pid);
  }
  t.same(watched(k), pids.map((pid) => [EventKind.LONG_QUEUE, pid, 0]), "empty by now");
  const live = [k.spawnWaiting(), k.spawnWaiting(), k.spawnWaiting()];
  for (const pid of live) {
    send(k, pid);
    send(k, pid);
  }
  t.same(watched(k).map(([kind, pid]) => [kind, pid]),
    live.map((pid) => [EventKind.LONG_QUEUE, pid]));
}, { events: 2 });

const wasm = await buildNativeKernel();

withKernel(t, "a kept message has not left a native process's queue", (k, t) => {
  const asker = k.spawnWaiting();
  const pid = k.kernel.spawnNative(0, Handler.PICKER, 1, 0);
  k.kernel.watch(Watch.QUEUE_HIGH, 2);
  k.kernel.watch(Watch.QUEUE_LOW, 2);
  for (const tag of [5, 4, 3]) k.kernel.sendNumber(asker, pid, tag, 0, tag);
  t.same(watched(k), [[EventKind.LONG_QUEUE, pid, 3]], "all are looked at and kept");
  k.kernel.sendNumber(asker, pid, 1, 0, 1);
  t.same(watched(k), [], "one was used, three are left");
  k.receive(asker);
  k.kernel.sendNumber(asker, pid, 2, 0, 2);
  t.same(watched(k).filter(([, who]) => who === pid), [[EventKind.SHORT_QUEUE, pid, 0]],
    "then all were");
}, {}, wasm);

withKernel(t, "native processes are guarded alike; who is killed is reported first",
  (k, t) => {
    const pid = k.kernel.spawnNative(0, Handler.PICKER, 1, 0);
    k.kernel.processFlag(pid, Flag.MEMORY_LIMIT, 96);
    k.step();
    for (let i = 0; i < 3; i++) send(k, pid);
    k.step();
    t.equal(k.kernel.isAlive(pid), true, "three are kept");
    send(k, pid);
    t.equal(k.kernel.isAlive(pid), false);
    t.same(watched(k), [[EventKind.MEMORY_LIMIT, pid, 96]]);
    const busy = k.kernel.spawnNative(0, Handler.BUSY, 0, 0);
    k.kernel.watch(Watch.SCHEDULE, 3999);
    k.fast.step(k.now, 5000);
    k.readEvents();
    t.same(k.watched.splice(0).map(([kind, who]) => [kind, who]),
      [[EventKind.LONG_SCHEDULE, busy]]);
    k.kill(busy);
  }, {}, wasm);

withKernel(t, "of several slices in one step the one that has cost most is told", (k, t) => {
  const pid = k.kernel.spawnNative(0, Handler.FRAGILE, 0, 0);
  k.kernel.watch(Watch.SCHEDULE, 100);
  for (let i = 0; i < 4500; i++) k.fast.sendNumber(0, pid, 0, 0, i);
  t.same(watched(k), [[EventKind.LONG_SCHEDULE, pid, 4000]], "then one of 501");
}, {}, wasm);
