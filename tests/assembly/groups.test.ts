// Process groups: join counts, members, what a death leaves behind, and sending to all of them.
import t from "tap";
import {
  Counter, Info, MessageKind, Status, type Pid,
} from "../../host/kernel/abi.ts";
import { TestKernel, withKernel } from "./test-kernel.ts";

const { NUMBER } = MessageKind;

function joined(k: TestKernel, names: readonly string[], pid = k.spawnWaiting()): Pid {
  for (const name of names) {
    const status = k.kernel.groupJoin(pid, name);
    if (status !== Status.OK) throw new Error(`groupJoin ${name}: ${status}`);
  }
  return pid;
}

const members = (k: TestKernel, name: string) => [...k.kernel.groupMembers(name)].sort();

withKernel(t, "a group is there while it has members", (k, t) => {
  t.equal(k.kernel.groupSize("room"), 0);
  t.same(members(k, "room"), []);
  const [a, b] = [joined(k, ["room"]), joined(k, ["room"])];
  t.equal(k.counter(Counter.GROUPS), 1);
  t.equal(k.kernel.groupSize("room"), 2);
  t.equal(k.kernel.groupSize("Room"), 0);
  t.same(members(k, "room"), [a, b]);
  t.equal(k.kernel.groupLeave(a, "room"), Status.OK);
  t.equal(k.kernel.groupLeave(a, "room"), Status.NOT_FOUND);
  t.same(members(k, "room"), [b]);
  t.equal(k.kernel.groupLeave(b, "room"), Status.OK);
  t.equal(k.counter(Counter.GROUPS), 0);
  t.equal(k.counter(Counter.RELATIONS), 0);
  t.equal(k.kernel.groupLeave(b, "room"), Status.NOT_FOUND);
});

withKernel(t, "who joins k times must leave k times", (k, t) => {
  const a = joined(k, ["room", "room", "other", "room"]);
  const b = joined(k, ["room"]);
  t.equal(k.kernel.groupCount(a, "room"), 3);
  t.equal(k.kernel.groupCount(a, "other"), 1);
  t.equal(k.kernel.groupCount(b, "other"), 0);
  t.equal(k.kernel.groupCount(b, "nothing"), 0);
  t.equal(k.kernel.groupSize("room"), 2, "distinct members");
  t.equal(k.kernel.processInfo(a, Info.GROUPS), 2);
  for (const left of [2, 1, 0]) {
    t.equal(k.kernel.groupLeave(a, "room"), Status.OK);
    t.equal(k.kernel.groupCount(a, "room"), left);
    t.equal(k.kernel.groupSize("room"), left === 0 ? 1 : 2);
  }
  t.equal(k.kernel.groupLeave(a, "room"), Status.NOT_FOUND);
  t.equal(k.kernel.processInfo(a, Info.GROUPS), 1);
});

withKernel(t, "a process that ends has left its groups before anybody hears of it", (k, t) => {
  const watcher = k.trapping();
  const a = joined(k, ["one", "two", "two"]);
  const b = joined(k, ["two"]);
  const ref = k.kernel.monitor(watcher, a);
  k.kernel.link(watcher, a);
  k.kill(a);
  t.equal(k.kernel.groupSize("one"), 0);
  t.same(members(k, "two"), [b]);
  t.same(k.receive(watcher), [
    { kind: "exit", from: a, reason: "killed" }, { kind: "down", from: a, ref, reason: "killed" },
  ]);
  t.equal(k.counter(Counter.GROUPS), 1);
  t.equal(k.kernel.groupJoin(a, "two"), Status.NO_PROCESS);
  t.equal(k.kernel.groupLeave(a, "two"), Status.NO_PROCESS);
  t.equal(k.kernel.groupCount(a, "two"), Status.NO_PROCESS);
  const next = joined(k, ["two"]);
  t.not(next, a);
  t.equal(next % 2 ** 24, a % 2 ** 24, "the slot serves again");
  t.equal(k.fast.groupSize("two"), 2); // "two" lies in the scratch area now
  t.equal(k.kernel.exports.group_member(3, a), Status.NOT_FOUND);
  t.same(members(k, "two"), [b, next].sort());
});

withKernel(t, "members are told one after another; who has left can't be gone on from", (k, t) => {
  const [a, b, c] = [joined(k, ["g"]), joined(k, ["g"]), joined(k, ["h"])];
  const after = (pid: Pid | 0) => {
    k.fast.groupSize("g"); // the name lies in the scratch area now
    return k.kernel.exports.group_member(1, pid);
  };
  t.same([after(0), after(b), after(a)], [b, a, 0], "the last to join comes first");
  t.equal(after(c), Status.NOT_FOUND);
  k.kernel.groupLeave(a, "g");
  t.equal(after(a), Status.NOT_FOUND);
  k.kernel.groupLeave(b, "g");
  t.same([after(0), after(b)], [0, Status.NOT_FOUND], "of no group");
  for (const bad of [-1, 0.5, NaN, Infinity, 2 ** 60]) {
    t.equal(after(bad as Pid), Status.BAD_PID, `${bad}`);
  }
});

withKernel(t, "names of groups are bytes, in a table apart from that of processes", (k, t) => {
  const names = ["ü", "日本語", "x".repeat(3071), "\0", "a\0b", "ab", "é".repeat(1535)];
  const pid = joined(k, names);
  t.equal(k.kernel.register(pid, "ab"), Status.OK);
  t.equal(k.kernel.whereis("ü"), 0);
  t.equal(k.kernel.unregister("ab"), Status.OK);
  t.same(names.map((name) => k.kernel.groupSize(name)), names.map(() => 1));
  for (const bad of ["", "x".repeat(3073), "x".repeat(100_000)]) {
    t.equal(k.kernel.groupJoin(pid, bad), Status.BAD_ARGUMENT);
    t.ok([Status.NOT_FOUND, Status.BAD_ARGUMENT].includes(k.kernel.groupLeave(pid, bad) as -8));
  }
  t.equal(k.kernel.groupSize(""), 0);
  for (const length of [-1, 2 ** 31, 2 ** 32 - 1, k.limits.scratchBytes + 1]) {
    const { exports } = k.kernel;
    t.equal(exports.group_join(pid, length), Status.BAD_ARGUMENT);
    t.equal(exports.group_leave(pid, length), Status.BAD_ARGUMENT);
    t.equal(exports.group_size(length), Status.BAD_ARGUMENT);
    t.equal(exports.group_count(pid, length), Status.BAD_ARGUMENT);
    t.equal(exports.group_member(length, 0), Status.BAD_ARGUMENT);
    t.equal(exports.group_send(0, length, 0, 0, NUMBER, 1), Status.BAD_ARGUMENT);
  }
});

withKernel(t, "groups are limited; a full table still finds, takes in and forgets", (k, t) => {
  const pid = joined(k, Array.from({ length: 16 }, (_, i) => `g${i}`));
  const other = k.spawnWaiting();
  t.equal(k.kernel.groupJoin(pid, "g16"), Status.LIMIT);
  t.equal(k.kernel.groupJoin(pid, "g3"), Status.OK, "once more into one that is there");
  t.equal(k.kernel.groupJoin(other, "g7"), Status.OK);
  t.equal(k.counter(Counter.GROUPS), 16);
  for (let i = 0; i < 16; i++) t.equal(k.kernel.groupSize(`g${i}`), i === 7 ? 2 : 1);
  t.equal(k.kernel.groupLeave(pid, "g5"), Status.OK);
  t.equal(k.kernel.groupJoin(other, "g16"), Status.OK);
  t.equal(k.kernel.groupJoin(other, "g5"), Status.LIMIT);
});

withKernel(t, "memberships are relations and limited so; a refused join does nothing", (k, t) => {
  const pids = Array.from({ length: 4 }, () => k.spawnWaiting());
  pids.slice(0, 3).forEach((pid) => joined(k, ["g"], pid));
  const last = pids[3] as Pid;
  t.equal(k.kernel.groupJoin(last, "g"), Status.LIMIT);
  t.equal(k.kernel.groupJoin(last, "new"), Status.LIMIT);
  t.equal(k.counter(Counter.GROUPS), 1, "no empty group stays behind");
  t.equal(k.kernel.groupJoin(pids[0] as Pid, "g"), Status.OK, "counting needs no relation");
  k.kernel.groupLeave(pids[1] as Pid, "g");
  t.equal(k.kernel.groupJoin(last, "new"), Status.OK);
}, { relations: 3 });

withKernel(t, "with message memory used up a new group is refused, an old one joined", (k, t) => {
  const pid = joined(k, ["old"]);
  const other = k.spawnWaiting();
  while (k.fast.sendNumber(0, pid, 0, 0, 1) === Status.OK);
  t.equal(k.kernel.groupJoin(other, "new group"), Status.NO_MEMORY);
  t.equal(k.counter(Counter.RELATIONS), 1);
  t.equal(k.kernel.groupJoin(other, "old"), Status.OK);
  t.equal(k.kernel.groupLeave(pid, "old"), Status.OK);
  t.equal(k.kernel.groupLeave(other, "old"), Status.OK);
}, { messageBytes: 16384 });

withKernel(t, "a message to a group reaches each member once, whatever its joins", (k, t) => {
  const [a, b, c] = [joined(k, ["g", "g"]), joined(k, ["g"]), joined(k, ["h"])];
  const ref = k.kernel.makeRef();
  const before = k.counter(Counter.SENDS);
  t.equal(k.kernel.groupSendNumber(a, "g", 9, ref, 2.5), 2);
  t.equal(k.counter(Counter.SENDS) - before, 2);
  const message = { kind: "number", tag: 9, from: a, ref, value: 2.5 };
  t.same([k.receive(a), k.receive(b), k.receive(c)], [[message], [message], []]);
  t.equal(k.kernel.groupSendNumber(a, "nobody", 0, 0, 1), 0);
});

withKernel(t, "a handle has a reference per member, and comes back with the last", (k, t) => {
  const [a, b] = [joined(k, ["g"]), joined(k, ["g"])];
  const handle = k.handle();
  t.equal(k.kernel.groupSendHandle(0, "g", 1, 0, handle), 2);
  t.equal(k.counter(Counter.LIVE_HANDLES), 1);
  t.equal(k.kernel.groupSendHandle(0, "g", 1, 0, handle), Status.BAD_HANDLE, "it is under way");
  t.equal(k.open(a), Status.SHOWN);
  t.equal(k.fast.message.last, false);
  k.take(a);
  k.kernel.wait(a, Infinity, 1);
  t.equal(k.open(b), Status.SHOWN);
  t.equal(k.fast.message.last, true);
  k.take(b);
  k.kernel.wait(b, Infinity, 1);
  t.equal(k.counter(Counter.LIVE_HANDLES), 0);
  const second = k.handle();
  t.equal(k.kernel.groupSendHandle(0, "g", 1, 0, second), 2);
  k.kill(a);
  k.kill(b);
  k.step();
  t.equal(k.counter(Counter.LIVE_HANDLES), 0, "dropped with the mailboxes");
  const third = k.handle();
  t.equal(k.kernel.groupSendHandle(0, "g", 1, 0, third), 0);
  k.giveBack(third);
  for (const bad of [0, -1, 0.5, 2 ** 32, NaN, k.limits.handles + 1]) {
    t.equal(k.kernel.groupSendHandle(0, "g", 1, 0, bad), Status.BAD_HANDLE, `${bad}`);
  }
  for (const kind of [0, 4, 5, 257]) {
    t.equal(k.kernel.exports.group_send(0, 1, 0, 0, kind, 1), Status.BAD_ARGUMENT, `${kind}`);
  }
  t.equal(k.kernel.groupSendNumber(0, "g", 256, 0, 1), Status.BAD_ARGUMENT, "the tag");
});

withKernel(t, "shared bytes reach all without a copy; the hold stays the host's", (k, t) => {
  const [a, b] = [joined(k, ["g"]), joined(k, ["g"])];
  const hold = k.kernel.share(Buffer.from("news"));
  t.equal(k.kernel.groupSendShared(a, "g", 5, 0, hold), 2);
  t.equal(k.kernel.groupSendShared(a, "nobody", 5, 0, hold), 0);
  t.equal(k.kernel.exports.release(hold), Status.OK);
  t.equal(k.kernel.groupSendShared(a, "g", 5, 0, hold), Status.BAD_ARGUMENT, "it is none now");
  for (const bad of [0, -1, 0.5, NaN, 2 ** 32, 4096]) {
    t.equal(k.kernel.groupSendShared(a, "g", 5, 0, bad), Status.BAD_ARGUMENT, `${bad}`);
  }
  const message = { kind: "bytes", tag: 5, from: a, ref: 0, value: "news" };
  t.same([k.receive(a), k.receive(b)], [[message], [message]]);
});

withKernel(t, "when memory runs out half way, nobody has got the message", (k, t) => {
  const pids = Array.from({ length: 10 }, () => joined(k, ["g"]));
  const filler = k.spawnWaiting();
  const hold = k.kernel.share(Buffer.from("news"));
  let filled = 0;
  while (k.fast.sendNumber(0, filler, 0, 0, 1) === Status.OK) filled++;
  k.open(filler);
  for (let i = 0; i < 9; i++) k.take(filler); // the members are 10
  const handle = k.handle();
  t.equal(k.kernel.groupSendHandle(0, "g", 0, 0, handle), Status.NO_MEMORY);
  t.equal(k.kernel.groupSendNumber(0, "g", 0, 0, 1), Status.NO_MEMORY);
  t.equal(k.kernel.groupSendShared(0, "g", 0, 0, hold), Status.NO_MEMORY);
  t.equal(k.kernel.exports.release(hold), Status.OK);
  k.giveBack(handle);
  t.same(pids.map((pid) => k.kernel.processInfo(pid, Info.MESSAGE_QUEUE_LENGTH)),
    pids.map(() => 0));
  k.take(filler);
  t.equal(k.kernel.groupSendNumber(0, "g", 0, 0, 1), 10, "with room for all it works");
  t.ok(filled > 10);
}, { messageBytes: 2 * 16384 });

withKernel(t, "the last slots of the tables serve as all others", (k, t) => {
  const pids = Array.from({ length: 64 }, () => k.spawnWaiting());
  for (const pid of pids) joined(k, ["all"], pid);
  t.equal(k.kernel.groupSize("all"), 64);
  t.equal(k.kernel.groupSendNumber(0, "all", 0, 0, 1), 64);
  for (const pid of pids.filter((_, i) => i % 2 === 0)) k.kill(pid);
  t.same(members(k, "all"), pids.filter((_, i) => i % 2 === 1).sort());
}, { relations: 64 });

/** Address of the third member's link to the fourth, found by the group's name in memory. */
function linkOfThird(memory: ArrayBuffer, name: string): number {
  const words = new Uint32Array(memory);
  const block = Buffer.from(memory).lastIndexOf(name) - 16; // first, size, length, hash, name
  const first = words[block / 4] as number;
  const second = words[(first + 48) / 4] as number;
  const third = words[(second + 48) / 4] as number;
  return third + 48;
}

/**
 * Counted, not timed: what join and leave write is a few words, of all the memory that the kernel
 * has; and what they read lies before a link in the group's list that leads out of memory, so that
 * to follow it is a trap.
 */
t.test("among 150,000 members, join and leave read and write a few words", (t) => {
  const size = 150_000;
  const k = new TestKernel(t, {
    processes: size + 2, relations: size + 64, events: 1 << 18, messageBytes: 1 << 18, groups: 64,
  });
  const { fast } = k;
  const pids: Pid[] = [];
  for (let i = 0; i < size; i++) {
    const pid = fast.spawnHost(0, 0);
    if (fast.groupJoin(pid, "everybody") !== Status.OK) throw new Error(`member ${i}`);
    pids.push(pid);
  }
  t.equal(fast.groupSize("everybody"), size);
  const newcomer = fast.spawnHost(0, 0);
  const words = new Uint32Array(fast.exports.memory.buffer);
  const link = linkOfThird(fast.exports.memory.buffer, "everybody") / 4;
  const next = words[link] as number;
  words[link] = 0xffff_fff0;
  const changedBy = (action: () => number): number => {
    const before = words.slice();
    if (action() !== Status.OK) throw new Error("refused");
    let changed = 0;
    for (let i = 0; i < words.length; i++) if (before[i] !== words[i]) changed++;
    return changed;
  };
  const middle = pids[size / 2] as Pid;
  const changes = {
    join: changedBy(() => fast.groupJoin(newcomer, "everybody")),
    again: changedBy(() => fast.groupJoin(newcomer, "everybody")),
    leave: changedBy(() => fast.groupLeave(newcomer, "everybody")),
    middle: changedBy(() => fast.groupLeave(middle, "everybody")),
    kill: changedBy(() => fast.exitSignal(0, pids[77] as Pid, 0, 1)),
  };
  t.comment(JSON.stringify(changes));
  for (const [action, words] of Object.entries(changes)) t.ok(words <= 32, `${action}: ${words}`);
  t.equal(fast.groupSize("everybody"), size - 1);
  t.equal(fast.groupCount(newcomer, "everybody"), 1);
  words[link] = next;
  t.equal(fast.groupMembers("everybody").length, size - 1);
  t.equal(fast.exports.verify?.(), Status.OK);
  for (const pid of [...pids, newcomer]) fast.exitSignal(0, pid, 0, 1);
  t.equal(fast.counter(Counter.GROUPS), 0);
  t.equal(fast.counter(Counter.RELATIONS), 0);
  t.equal(fast.exports.verify?.(), Status.OK);
  t.end();
});

t.test("the trap that the test before relies on is one", (t) => {
  const k = new TestKernel(t);
  const pids = Array.from({ length: 6 }, () => joined(k, ["everybody"]));
  const words = new Uint32Array(k.fast.exports.memory.buffer);
  words[linkOfThird(k.fast.exports.memory.buffer, "everybody") / 4] = 0xffff_fff0;
  t.equal(k.fast.exports.group_member(9, pids[4] as Pid), pids[3]);
  t.throws(() => k.fast.groupSendNumber(0, "everybody", 0, 0, 1), WebAssembly.RuntimeError);
  t.end();
});
