// Turns of host processes: offered once, valid while the process lives, never a lost wake-up.
import t from "tap";
import {
  Atom, Info, Option, ProcessStatus, ReasonKind, Status, type Pid, type Ref,
} from "../../host/kernel/abi.ts";
import { withKernel } from "./test-kernel.ts";

withKernel(t, "a turn is offered once, opened once and closed once", (k, t) => {
  const pid = k.spawn();
  t.equal(k.kernel.begin(pid), Status.NONE, "not offered yet");
  k.step();
  k.kernel.sendNumber(0, pid, 0, 0, 1);
  k.step();
  t.same(k.offered, [pid], "one RUN, however much has come");
  t.equal(k.kernel.peek(pid), Status.NO_TURN);
  t.equal(k.kernel.begin(pid), Status.SHOWN);
  t.equal(k.kernel.begin(pid), Status.NONE);
  k.kernel.take(pid);
  t.equal(k.kernel.wait(pid, Infinity, 1), Status.OK);
  for (const call of ["peek", "skip", "take", "mark", "rewind"] as const) {
    t.equal(k.kernel[call](pid), Status.NO_TURN, call);
  }
  t.equal(k.kernel.wait(pid, 1, 1), Status.NO_TURN);
  t.equal(k.kernel.waitRef(pid, 1 as Ref, 1, 1), Status.NO_TURN);
  t.equal(k.kernel.yieldTurn(pid, 1), Status.NO_TURN);
  t.equal(k.kernel.finish(pid, 0, 0), Status.NO_TURN);
  const handle = k.handle();
  t.equal(k.kernel.finish(pid, ReasonKind.HANDLE, handle), Status.NO_TURN);
  k.giveBack(handle);
});

withKernel(t, "wait answers AGAIN if something has come meanwhile: no wake-up is lost", (k, t) => {
  const pid = k.spawn();
  k.open(pid);
  k.kernel.sendNumber(0, pid, 0, 0, 1);
  t.equal(k.kernel.wait(pid, Infinity, 1), Status.AGAIN);
  t.equal(k.kernel.peek(pid), Status.SHOWN, "the turn is still open");
  k.kernel.skip(pid);
  t.equal(k.kernel.wait(pid, Infinity, 1), Status.OK, "what was looked at doesn't count");
  t.equal(k.isOffered(pid), false);
  k.kernel.sendNumber(0, pid, 0, 0, 2);
  t.equal(k.open(pid), Status.SHOWN);
  t.equal(k.fast.message.value, 2, "the cursor stands where it stood");
});

withKernel(t, "a receive times out only when the whole mailbox was looked at", (k, t) => {
  const pid = k.spawn();
  k.open(pid);
  t.equal(k.kernel.wait(pid, 50, 1), Status.OK);
  k.step(49);
  t.same(k.offered, []);
  k.now += 1;
  k.kernel.sendNumber(0, pid, 0, 0, 1);
  k.kernel.sendNumber(0, pid, 0, 0, 2);
  k.step(10);
  t.equal(k.open(pid), Status.SHOWN);
  t.equal(k.kernel.wait(pid, 50, 1), Status.AGAIN);
  t.equal(k.kernel.skip(pid), Status.SHOWN);
  t.equal(k.kernel.wait(pid, 50, 1), Status.AGAIN);
  t.equal(k.kernel.skip(pid), Status.OK);
  t.equal(k.kernel.wait(pid, 50, 1), Status.TIMED_OUT);
  t.equal(k.kernel.peek(pid), Status.SHOWN, "the next receive begins at the oldest");
  t.equal(k.fast.message.value, 1);
});

withKernel(t, "the timeout counts from the first wait; take ends it", (k, t) => {
  const pid = k.spawn();
  k.open(pid);
  k.kernel.wait(pid, 100, 1);
  for (let i = 0; i < 4; i++) {
    k.step(20);
    k.kernel.sendNumber(0, pid, 0, 0, i);
    k.open(pid);
    k.kernel.skip(pid);
    t.equal(k.kernel.wait(pid, 100, 1), Status.OK);
  }
  t.equal(k.kernel.nextDeadline(), k.now + 20);
  k.step(20);
  t.equal(k.open(pid), Status.OK);
  t.equal(k.kernel.wait(pid, 100, 1), Status.TIMED_OUT);
  k.kernel.take(pid);
  k.kernel.mark(pid);
  t.equal(k.kernel.wait(pid, 30, 1), Status.OK, "a new receive has a new timeout");
  k.step(29);
  k.kernel.sendNumber(0, pid, 0, 0, 9);
  k.open(pid);
  k.kernel.take(pid);
  k.kernel.mark(pid);
  k.kernel.wait(pid, 30, 1);
  k.step(29);
  t.same(k.offered, [], "take has ended the old one");
  k.step(1);
  t.same(k.offered, [pid]);
});

withKernel(t, "a timeout of 0 polls: AGAIN while something is unseen, else TIMED_OUT", (k, t) => {
  const pid = k.spawn();
  k.kernel.sendNumber(0, pid, 0, 0, 1);
  k.open(pid);
  t.equal(k.kernel.wait(pid, 0, 1), Status.AGAIN);
  k.kernel.skip(pid);
  t.equal(k.kernel.wait(pid, 0, 1), Status.TIMED_OUT);
  t.equal(k.kernel.peek(pid), Status.SHOWN);
});

withKernel(t, "what is no time is refused; the turn and what receive looks at stay", (k, t) => {
  const pid = k.spawn();
  k.kernel.sendNumber(0, pid, 0, 0, 7);
  k.open(pid);
  t.equal(k.kernel.waitRef(pid, 5 as Ref, NaN, 1), Status.BAD_ARGUMENT);
  t.equal(k.kernel.peek(pid), Status.SHOWN, "nothing was passed over");
  k.take(pid);
  for (const bad of [-1, NaN, -Infinity, 2 ** 32, 1e300, -0.001]) {
    t.equal(k.kernel.wait(pid, bad, 1), Status.BAD_ARGUMENT, `${bad}`);
    t.equal(k.kernel.waitRef(pid, 5 as Ref, bad, 1), Status.BAD_ARGUMENT, `${bad}`);
  }
  t.equal(k.kernel.wait(pid, 2 ** 32 - 1, 1), Status.OK);
});

withKernel(t, "while it waits for a reference, only a message with it wakes a process", (k, t) => {
  const pid = k.spawn();
  const ref = k.kernel.makeRef();
  k.kernel.sendNumber(0, pid, 0, 0, 1);
  k.open(pid);
  k.kernel.mark(pid);
  k.kernel.sendNumber(0, pid, 0, 0, 2);
  t.equal(k.kernel.waitRef(pid, ref, 1000, 1), Status.OK, "what is queued is passed over");
  k.kernel.sendNumber(0, pid, 0, 0, 3);
  k.kernel.sendNumber(0, pid, 0, k.kernel.makeRef(), 4);
  t.equal(k.isOffered(pid), false);
  k.kernel.sendNumber(0, pid, 0, ref, 5);
  k.kernel.sendNumber(0, pid, 0, ref, 6);
  t.equal(k.open(pid), Status.SHOWN);
  t.equal(k.fast.message.value, 5);
  t.equal(k.kernel.take(pid), Status.SHOWN);
  t.same(k.fast.message.value, 1, "the others are still there, in order");
  t.equal(k.kernel.processInfo(pid, Info.MESSAGE_QUEUE_LENGTH), 5);
});

withKernel(t, "a wait for a reference that is queued answers AGAIN, or times out", (k, t) => {
  const pid = k.spawn();
  const ref = k.kernel.makeRef();
  for (const value of [1, 2]) k.kernel.sendNumber(0, pid, 0, 0, value);
  k.kernel.sendNumber(0, pid, 0, ref, 3);
  k.open(pid);
  t.equal(k.kernel.waitRef(pid, ref, 10, 1), Status.AGAIN);
  t.equal(k.kernel.peek(pid), Status.SHOWN);
  t.equal(k.fast.message.value, 3);
  k.kernel.take(pid);
  t.equal(k.kernel.waitRef(pid, ref, 10, 1), Status.OK);
  k.kernel.sendNumber(0, pid, 0, 0, 4);
  k.step(10);
  t.equal(k.open(pid), Status.OK, "woken by the timeout, nothing at the cursor");
  t.equal(k.kernel.waitRef(pid, ref, 10, 1), Status.TIMED_OUT);
  t.equal(k.kernel.peek(pid), Status.SHOWN);
  t.equal(k.fast.message.value, 1);
});

withKernel(t, "a DOWN wakes who waits for the monitor's reference", (k, t) => {
  const [a, b] = [k.spawn(), k.spawnWaiting()];
  k.open(a);
  const ref = k.kernel.monitor(a, b);
  t.equal(k.kernel.waitRef(a, ref, Infinity, 1), Status.OK);
  k.kernel.sendNumber(0, a, 0, 0, 1);
  t.equal(k.isOffered(a), false);
  k.kill(b);
  t.equal(k.open(a), Status.SHOWN);
  t.same(k.shown(), { kind: "down", from: b, ref, reason: "killed" });
});

withKernel(t, "a process that yields queues up behind the others", (k, t) => {
  const [a, b] = [k.spawn(), k.spawn()];
  k.open(a);
  t.equal(k.kernel.yieldTurn(a, 4000), Status.OK);
  t.equal(k.kernel.processInfo(a, Info.STATUS), ProcessStatus.RUNNABLE);
  t.equal(k.kernel.processInfo(a, Info.REDUCTIONS), 4000);
  k.step();
  t.same(k.offered, [b, a]);
  t.equal(k.kernel.begin(a), Status.OK);
});

withKernel(t, "a kill while the turn is open makes every later call NO_PROCESS", (k, t) => {
  const pid = k.spawn();
  k.kernel.sendNumber(0, pid, 0, 0, 1);
  k.open(pid);
  k.kill(pid);
  for (const call of ["begin", "peek", "skip", "take", "mark", "rewind"] as const) {
    t.equal(k.kernel[call](pid), Status.NO_PROCESS, call);
  }
  t.equal(k.kernel.wait(pid, Infinity, 1), Status.NO_PROCESS);
  t.equal(k.kernel.waitRef(pid, 1 as Ref, Infinity, 1), Status.NO_PROCESS);
  t.equal(k.kernel.yieldTurn(pid, 1), Status.NO_PROCESS);
  t.equal(k.kernel.finish(pid, 0, 0), Status.NO_PROCESS);
  k.step();
  t.same(k.ended, [{ pid, reason: "killed" }]);
});

withKernel(t, "a RUN written before a kill opens nothing, nor for the slot's next", (k, t) => {
  const pid = k.spawn();
  k.step();
  t.same(k.offered, [pid]);
  k.kill(pid);
  t.equal(k.kernel.begin(pid), Status.NO_PROCESS);
  k.step();
  const next = k.spawn();
  t.equal(next % 2 ** 24, pid % 2 ** 24, "the same slot");
  t.equal(k.kernel.begin(pid), Status.NO_PROCESS);
  t.equal(k.kernel.begin(next), Status.NONE, "its own RUN is not written yet");
  t.equal(k.open(next), Status.OK);
});

withKernel(t, "who finishes needs no EXITED; whom a signal ends is reaped", (k, t) => {
  const [a, b] = [k.spawn(), k.spawn()];
  k.open(a);
  t.equal(k.kernel.finish(a, ReasonKind.ATOM, Atom.NORMAL), Status.OK);
  t.equal(k.kernel.isAlive(a), false);
  t.equal(k.kernel.reap(a), Status.NOT_FOUND);
  t.equal(k.kernel.reap(b), Status.NOT_FOUND, "alive");
  k.kill(b);
  t.equal(k.kernel.reap(b), Status.NOT_FOUND, "its EXITED is not written");
  k.step();
  t.same(k.ended, [{ pid: b, reason: "killed" }]);
  t.equal(k.kernel.reap(b), Status.NOT_FOUND, "reaped already");
});

withKernel(t, "finish with a reason of the host's gives it to links and takes it back", (k, t) => {
  const [a, b] = [k.spawn(), k.spawn(Option.TRAP_EXIT)];
  k.kernel.link(a, b);
  const handle = k.handle();
  k.finish(a, ReasonKind.HANDLE, handle);
  t.same(k.receive(b), [{ kind: "exit", from: a, reason: `handle ${handle}` }]);
  const c = k.spawn();
  k.open(c);
  t.equal(k.kernel.finish(c, 2, 0), Status.BAD_ARGUMENT, "no such kind");
  t.equal(k.kernel.finish(c, ReasonKind.HANDLE, 0), Status.BAD_HANDLE);
  t.equal(k.kernel.finish(c, ReasonKind.ATOM, 5000), Status.OK, "an atom of the host's");
});

withKernel(t, "begin and its like refuse native and dead processes and what is no pid", (k, t) => {
  for (const wild of [0, NaN, -1, 2 ** 53, 1.5, Infinity]) {
    for (const call of ["begin", "peek", "skip", "take", "mark", "rewind"] as const) {
      t.equal(k.kernel[call](wild as Pid), Status.BAD_PID, `${call} ${wild}`);
    }
  }
});
