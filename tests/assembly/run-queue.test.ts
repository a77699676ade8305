// The run queue: order, priorities, the share of low, and the event ring that it feeds.
import t from "tap";
import {
  EventKind, Flag, Info, Option, ProcessStatus, Status, type Pid,
} from "../../host/kernel/abi.ts";
import { withKernel, type TestKernel } from "./test-kernel.ts";

/** The next offered turn, alone. */
function nextTurn(k: TestKernel): Pid {
  if (k.kernel.step(k.now, 1) < 0 || !k.fast.nextEvent()) throw new Error("no turn is offered");
  const { type, pid } = k.fast.event;
  if (type !== EventKind.RUN || k.kernel.begin(pid) < 0) throw new Error("not a turn");
  return pid;
}

withKernel(t, "processes of one priority take turns in the order in which they woke", (k, t) => {
  const pids = [k.spawn(), k.spawn(), k.spawn()];
  const seen: Pid[] = [];
  for (let i = 0; i < 9; i++) {
    const pid = nextTurn(k);
    seen.push(pid);
    k.kernel.yieldTurn(pid, 1);
  }
  t.same(seen, [...pids, ...pids, ...pids]);
});

withKernel(t, "max comes before high, high before normal, also if queued later", (k, t) => {
  const normal = k.spawn();
  const high = k.spawn(Option.PRIORITY_HIGH);
  const max = k.spawn(Option.PRIORITY_MAX);
  const low = k.spawn(Option.PRIORITY_LOW);
  t.equal(nextTurn(k), max);
  k.kernel.yieldTurn(max, 1);
  t.equal(nextTurn(k), max, "strictly");
  k.kernel.wait(max, Infinity, 1);
  t.equal(nextTurn(k), high);
  k.kernel.wait(high, Infinity, 1);
  t.equal(nextTurn(k), normal);
  k.kernel.wait(normal, Infinity, 1);
  t.equal(nextTurn(k), low);
  k.kernel.wait(low, Infinity, 1);
});

withKernel(t, "one of low gets an eighth of one of normal, and waits for high", (k, t) => {
  const lows = [k.spawn(Option.PRIORITY_LOW), k.spawn(Option.PRIORITY_LOW)];
  const normals = [k.spawn(), k.spawn(), k.spawn()];
  const turns = new Map([...lows, ...normals].map((pid) => [pid, 0]));
  for (let i = 0; i < 2 + 3 * 8 * 30 + 2 * 29; i++) {
    const pid = nextTurn(k);
    turns.set(pid, turns.get(pid)! + 1);
    k.kernel.yieldTurn(pid, 1);
  }
  t.same([...turns.values()], [30, 30, 240, 240, 240]);
  const high = k.spawn(Option.PRIORITY_HIGH);
  for (let i = 0; i < 50; i++) {
    t.equal(nextTurn(k), high);
    k.kernel.yieldTurn(high, 1);
  }
});

withKernel(t, "low alone runs at once", (k, t) => {
  const low = k.spawn(Option.PRIORITY_LOW);
  for (let i = 0; i < 20; i++) {
    t.equal(nextTurn(k), low);
    k.kernel.yieldTurn(low, 1);
  }
});

/** The turns that one step offers: how often each has run after so many steps and their turns. */
function drains(k: TestKernel, steps: number, pids: readonly Pid[]): number[] {
  const turns = new Map(pids.map((pid) => [pid, 0]));
  for (let i = 0; i < steps; i++) {
    const status = k.kernel.step(k.now, 1000);
    if (status < 0) throw new Error("step");
    k.readEvents();
    for (const pid of k.offered.splice(0)) {
      k.kernel.begin(pid);
      turns.set(pid, turns.get(pid)! + 1);
      k.kernel.yieldTurn(pid, 1);
    }
  }
  return [...turns.values()];
}

withKernel(t, "a step offers low its share, not all that normal has left", (k, t) => {
  const pids = [k.spawn(), k.spawn(), ...Array.from({ length: 3 }, () => {
    return k.spawn(Option.PRIORITY_LOW);
  })];
  t.same(drains(k, 80, pids), [80, 80, 10, 10, 10]);
});

withKernel(t, "what is offered keeps lower ones back until the host has run it", (k, t) => {
  const pids = [k.spawn(), k.spawn(Option.PRIORITY_LOW), k.spawn(Option.PRIORITY_HIGH)];
  t.same(drains(k, 10, pids), [0, 0, 10]);
  const max = k.spawn(Option.PRIORITY_MAX);
  t.same(drains(k, 10, [...pids, max]), [0, 0, 0, 10]);
  t.equal(k.kernel.step(k.now, 1000), Status.MORE);
  k.readEvents();
  k.offered.splice(0);
  k.kernel.begin(max);
  k.kernel.wait(max, Infinity, 1);
  t.same(drains(k, 5, pids), [0, 0, 5], "high goes on when max waits");
  for (const status of [Status.MORE, Status.MORE, Status.OK]) {
    t.equal(k.kernel.step(k.now, 1000), status, "high, normal, and then low");
  }
  k.readEvents();
  t.same(k.offered, [pids[2], pids[0], pids[1]]);
});

withKernel(t, "a change of priority moves a queued process to that queue's back", (k, t) => {
  const [first, second, third] = [k.spawn(), k.spawn(), k.spawn()];
  k.kernel.processFlag(second, Flag.PRIORITY, Option.PRIORITY_HIGH);
  t.equal(nextTurn(k), second);
  k.kernel.processFlag(second, Flag.PRIORITY, Option.PRIORITY_NORMAL);
  k.kernel.yieldTurn(second, 1);
  k.kernel.processFlag(first, Flag.PRIORITY, Option.PRIORITY_LOW);
  k.kernel.processFlag(first, Flag.PRIORITY, Option.PRIORITY_NORMAL);
  t.same([nextTurn(k), nextTurn(k), nextTurn(k)], [third, second, first]);
});

withKernel(t, "a queued process that dies leaves the queue, wherever it stands", (k, t) => {
  const pids = Array.from({ length: 5 }, () => k.spawn());
  for (const index of [0, 2, 4]) k.kill(pids[index] as Pid);
  k.step();
  t.same(k.offered, [pids[1], pids[3]]);
  t.same(k.ended.map(({ pid }) => pid), [pids[0], pids[2], pids[4]]);
});

withKernel(t, "step stops after its reductions and says that there is more", (k, t) => {
  const pids = Array.from({ length: 6 }, () => k.spawn());
  t.equal(k.kernel.step(k.now, 0), Status.MORE);
  t.equal(k.fast.nextEvent(), false, "without reductions nothing runs");
  t.equal(k.kernel.step(k.now, 4), Status.MORE);
  k.readEvents();
  t.equal(k.offered.length, 4);
  t.equal(k.kernel.step(k.now, 4), Status.OK);
  k.readEvents();
  t.same(k.offered, pids);
});

withKernel(t, "a full event ring loses nothing: step answers MORE until it is read", (k, t) => {
  const pids = Array.from({ length: 20 }, () => k.spawn());
  t.equal(k.kernel.step(k.now, 1000), Status.MORE);
  t.equal(k.kernel.step(k.now, 1000), Status.MORE);
  for (const pid of pids.slice(10)) k.kill(pid);
  t.equal(k.kernel.step(k.now, 1000), Status.MORE, "the ends wait as well");
  t.equal(k.kernel.processInfo(pids[9] as Pid, Info.STATUS), ProcessStatus.RUNNABLE);
  k.step();
  t.same(k.offered, pids.slice(0, 10));
  t.same(k.ended.map(({ pid }) => pid), pids.slice(10));
}, { events: 4 });

withKernel(t, "a ring of one event works", (k, t) => {
  const pids = Array.from({ length: 8 }, () => k.spawn());
  k.step();
  t.same(k.offered, pids);
  for (const pid of pids) k.kill(pid);
  k.step();
  t.same(k.ended.map(({ pid }) => pid), pids);
}, { events: 1 });
