// Aliases: messages by a reference that its owner can take back; priority messages through them.
import t from "tap";
import {
  AliasOption, aliasOf, Atom, Counter, Demonitor, EXIT_PRIORITY, Info, LinkOption, MonitorOption,
  Option, ReasonKind, SEND_PRIORITY, Status, type Pid, type Ref,
} from "../../host/kernel/abi.ts";
import { withKernel, type TestKernel } from "./test-kernel.ts";

const through = (k: TestKernel, ref: Ref, value: number, tag = 0) =>
  k.kernel.sendNumber(0, aliasOf(ref), tag, 0, value);
const values = (k: TestKernel, pid: Pid) => k.receive(pid).map(({ kind, value }) => value ?? kind);

withKernel(t, "messages come through an alias until it is taken back; queued ones stay", (k, t) => {
  const [a, b] = [k.spawnWaiting(), k.spawnWaiting()];
  const ref = k.kernel.alias(a, 0);
  t.equal(k.kernel.processInfo(a, Info.ALIASES), 1);
  t.equal(through(k, ref, 1), Status.OK);
  t.equal(through(k, ref, 2), Status.OK);
  t.equal(k.kernel.unalias(b, ref), Status.NOT_FOUND, "another's");
  t.equal(k.kernel.unalias(a, ref), Status.OK);
  t.equal(k.kernel.unalias(a, ref), Status.NOT_FOUND);
  const dead = k.counter(Counter.DEAD_LETTERS);
  t.equal(through(k, ref, 3), Status.NO_PROCESS);
  t.equal(k.counter(Counter.DEAD_LETTERS), dead + 1);
  t.same(values(k, a), [1, 2]);
});

withKernel(t, "an alias for one reply ends with the first message", (k, t) => {
  const a = k.spawnWaiting();
  const ref = k.kernel.alias(a, AliasOption.REPLY);
  const handle = k.handle();
  t.equal(k.kernel.sendHandle(0, aliasOf(ref), 0, 0, handle), Status.OK);
  t.equal(through(k, ref, 2), Status.NO_PROCESS);
  t.same(values(k, a), [handle]);
  t.equal(k.kernel.processInfo(a, Info.ALIASES), 0);
});

withKernel(t, "aliases end with their owner, whatever their kind", (k, t) => {
  const [a, b] = [k.spawnWaiting(), k.spawnWaiting()];
  const refs = [k.kernel.alias(a, 0), k.kernel.alias(a, 1),
    ...[1, 2, 3].map((mode) => k.kernel.monitor(a, b, mode))];
  t.equal(k.kernel.processInfo(a, Info.ALIASES), 5);
  k.kill(a);
  for (const ref of refs) t.equal(through(k, ref, 1), Status.NO_PROCESS);
});

withKernel(t, "a monitor's alias: explicit outlives DOWN and demonitor", (k, t) => {
  const [a, b] = [k.spawnWaiting(), k.spawnWaiting()];
  const [one, two] = [k.kernel.monitor(a, b, MonitorOption.ALIAS_EXPLICIT),
    k.kernel.monitor(a, b, MonitorOption.ALIAS_EXPLICIT)];
  t.equal(k.kernel.demonitor(a, one, 0), Status.OK);
  t.equal(through(k, one, 1), Status.OK);
  k.kill(b);
  t.equal(through(k, two, 2), Status.OK);
  t.same(k.receive(a).map(({ ref, value }) => value ?? ref), [1, two, 2]);
  t.equal(k.kernel.unalias(a, one), Status.OK);
  t.equal(k.kernel.unalias(a, two), Status.OK);
});

withKernel(t, "a monitor's alias: demonitor ends with demonitor or DOWN", (k, t) => {
  const [a, b] = [k.spawnWaiting(), k.spawnWaiting()];
  const mode = MonitorOption.ALIAS_DEMONITOR;
  const [one, two] = [k.kernel.monitor(a, b, mode), k.kernel.monitor(a, b, mode)];
  t.equal(through(k, one, 1), Status.OK, "a message does not end it");
  t.equal(k.kernel.demonitor(a, one, 0), Status.OK);
  t.equal(k.kernel.demonitor(a, one, 0), Status.NOT_FOUND);
  t.equal(through(k, one, 2), Status.NO_PROCESS);
  k.kill(b);
  t.equal(through(k, two, 3), Status.NO_PROCESS);
  t.equal(k.kernel.demonitor(a, two, Demonitor.FLUSH), Status.NOT_FOUND);
  t.same(values(k, a), [1], "its DOWN was flushed");
});

withKernel(t, "a monitor's alias: a reply ends the monitor as well", (k, t) => {
  const [a, b] = [k.spawnWaiting(), k.spawnWaiting()];
  const ref = k.kernel.monitor(a, b, MonitorOption.ALIAS_REPLY);
  t.equal(through(k, ref, 1), Status.OK);
  t.equal(through(k, ref, 2), Status.NO_PROCESS);
  t.equal(k.kernel.processInfo(a, Info.MONITORS), 0);
  t.equal(k.kernel.demonitor(a, ref, 0), Status.NOT_FOUND);
  k.kill(b);
  t.same(values(k, a), [1], "no DOWN");
});

withKernel(t, "unalias leaves the monitor active; its reference stays good", (k, t) => {
  const [a, b] = [k.spawnWaiting(), k.spawnWaiting()];
  for (const mode of [1, 2, 3]) {
    const refs = [k.kernel.monitor(a, b, mode), k.kernel.monitor(a, b, mode)] as const;
    for (const ref of refs) t.equal(k.kernel.unalias(a, ref), Status.OK);
    t.equal(through(k, refs[0], 1), Status.NO_PROCESS);
    t.equal(k.kernel.processInfo(a, Info.ALIASES), 0);
    t.equal(k.kernel.demonitor(a, refs[0], 0), Status.OK);
    t.equal(k.kernel.demonitor(a, refs[0], 0), Status.NOT_FOUND);
  }
  k.kill(b);
  t.equal(k.receive(a).length, 3);
});

withKernel(t, "a monitor of the dead tells noproc and ends its alias as DOWN does", (k, t) => {
  const [a, b] = [k.spawnWaiting(), k.spawnWaiting()];
  k.kill(b);
  const refs = [1, 2, 3].map((mode) => k.kernel.monitor(a, b, mode, 77));
  t.same(refs.map((ref) => through(k, ref, 1)),
    [Status.OK, Status.NO_PROCESS, Status.NO_PROCESS]);
  const downs = k.receive(a).filter(({ kind }) => kind === "down");
  t.same(downs.map(({ ref, reason }) => [ref, reason]), refs.map((ref) => [ref, "noproc"]));
});

withKernel(t, "the table of relations limits aliases and monitors with one", (k, t) => {
  const [a, b] = [k.spawnWaiting(), k.spawnWaiting()];
  t.ok(k.kernel.alias(a, 0) > 0);
  t.ok(k.kernel.monitor(a, b) > 0);
  t.equal(k.kernel.monitor(a, b, 1), Status.LIMIT, "it needs two");
  t.ok(k.kernel.alias(a, 0) > 0);
  t.equal(k.kernel.alias(a, 0), Status.LIMIT);
  t.equal(k.kernel.alias(a, 4), Status.BAD_ARGUMENT);
  t.equal(k.kernel.monitor(a, b, 16), Status.BAD_ARGUMENT);
  t.equal(k.kernel.monitor(a, b, 0, 256), Status.BAD_ARGUMENT);
}, { relations: 3 });

withKernel(t, "priority messages stand before others, behind earlier ones", (k, t) => {
  const a = k.spawnWaiting();
  const [urgent, plain] = [k.kernel.alias(a, AliasOption.PRIORITY), k.kernel.alias(a, 0)];
  k.kernel.sendNumber(0, a, 0, 0, 1);
  through(k, urgent, 2);
  through(k, urgent, 3, SEND_PRIORITY + 9);
  through(k, plain, 4, SEND_PRIORITY);
  through(k, urgent, 5, SEND_PRIORITY);
  t.equal(k.kernel.sendNumber(0, a, SEND_PRIORITY, 0, 6), Status.BAD_ARGUMENT, "not by pid");
  t.equal(k.kernel.sendNumber(0, a, 1024, 0, 6), Status.BAD_ARGUMENT, "no such bit");
  const got = k.receive(a);
  t.same(got.map(({ value }) => value), [3, 5, 1, 2, 4]);
  t.equal(got[0]?.tag, 9);
});

withKernel(t, "a receive that has passed over messages looks at a priority one next", (k, t) => {
  const a = k.spawn();
  k.open(a);
  const ref = k.kernel.alias(a, AliasOption.PRIORITY);
  for (const value of [1, 2, 3]) k.kernel.sendNumber(0, a, 0, 0, value);
  k.kernel.peek(a);
  k.kernel.skip(a);
  k.kernel.skip(a);
  through(k, ref, 10, SEND_PRIORITY);
  t.equal(k.kernel.peek(a), Status.SHOWN);
  t.equal(k.shown().value, 10, "in an open turn");
  k.take(a);
  for (let left = 3; left > 0; left--) k.kernel.skip(a);
  t.equal(k.kernel.wait(a, Infinity, 1), Status.OK);
  through(k, ref, 11, SEND_PRIORITY);
  t.equal(k.open(a), Status.SHOWN);
  t.equal(k.shown().value, 11, "after a wait");
  k.take(a);
  t.equal(k.shown().value, 1, "then the oldest");
});

withKernel(t, "sent between the offer and begin, a priority message is shown first", (k, t) => {
  const a = k.spawnWaiting();
  const ref = k.kernel.alias(a, AliasOption.PRIORITY);
  k.kernel.sendNumber(0, a, 0, 0, 1);
  k.step();
  t.ok(k.offered.includes(a));
  through(k, ref, 2, SEND_PRIORITY);
  t.equal(k.kernel.begin(a), Status.SHOWN);
  t.equal(k.shown().value, 2);
});

withKernel(t, "who waits for a reference is woken by that one alone, priority or not", (k, t) => {
  const a = k.spawn();
  k.open(a);
  const [urgent, ref] = [k.kernel.alias(a, AliasOption.PRIORITY), k.kernel.makeRef()];
  k.kernel.sendNumber(0, a, 0, 0, 1);
  k.kernel.mark(a);
  k.kernel.waitRef(a, ref, Infinity, 1);
  through(k, urgent, 2, SEND_PRIORITY);
  t.notOk(k.isOffered(a));
  k.kernel.sendNumber(0, aliasOf(urgent), SEND_PRIORITY, ref, 3);
  t.equal(k.open(a), Status.SHOWN);
  t.equal(k.shown().value, 3);
  t.equal(k.kernel.waitRef(a, -5 as Ref, Infinity, 1), Status.BAD_ARGUMENT);
});

withKernel(t, "DOWN and EXIT come with priority where the watcher has asked for it", (k, t) => {
  const a = k.spawnWaiting(Option.TRAP_EXIT);
  const [b, c] = [k.spawnWaiting(), k.spawnWaiting()];
  k.kernel.monitor(a, b, MonitorOption.PRIORITY, 5);
  t.equal(k.kernel.link(a, c), Status.OK);
  t.equal(k.kernel.link(a, c, LinkOption.PRIORITY), Status.OK, "also on a link that is there");
  t.equal(k.kernel.link(a, c, 2), Status.BAD_ARGUMENT);
  k.kernel.sendNumber(0, a, 0, 0, 1);
  k.kill(c);
  k.kill(b);
  t.same(k.receive(a).map(({ kind }) => kind), ["exit", "down", "number"]);
});

withKernel(t, "exit signals go through aliases, with priority if these admit it", (k, t) => {
  const a = k.spawnWaiting(Option.TRAP_EXIT);
  const [urgent, plain] = [k.kernel.alias(a, AliasOption.PRIORITY), k.kernel.alias(a, 0)];
  k.kernel.sendNumber(0, a, 0, 0, 1);
  const exit = (to: number, kind: number, atom: number) =>
    k.kernel.exitSignal(0, to as Pid, kind, atom);
  const priority = ReasonKind.ATOM + EXIT_PRIORITY;
  t.equal(exit(aliasOf(plain), priority, Atom.TIMEOUT), Status.OK);
  t.equal(exit(aliasOf(urgent), priority, Atom.SHUTDOWN), Status.OK);
  t.equal(exit(a, priority, Atom.SHUTDOWN), Status.BAD_ARGUMENT);
  t.same(k.receive(a).map(({ reason, value }) => reason ?? value), ["shutdown", 1, "timeout"]);
  t.equal(exit(aliasOf(plain), ReasonKind.ATOM, Atom.KILL), Status.OK);
  t.equal(k.kernel.isAlive(a), false);
  t.equal(exit(aliasOf(plain), ReasonKind.ATOM, Atom.KILL), Status.NO_PROCESS);
  t.equal(exit(-1.5, ReasonKind.ATOM, Atom.KILL), Status.BAD_PID);
});
