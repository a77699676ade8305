// Suspension: who is suspended does not run until each of its suspenders has resumed it.
import t from "tap";
import {
  Info, Option, ProcessStatus, Status, SuspendOption, type Pid,
} from "../../host/kernel/abi.ts";
import { withKernel, type TestKernel } from "./test-kernel.ts";

const status = (k: TestKernel, pid: Pid) => k.kernel.processInfo(pid, Info.STATUS);

withKernel(t, "suspensions are counted for each suspender; one resume too many fails", (k, t) => {
  const [a, b, c] = [k.spawnWaiting(), k.spawnWaiting(), k.spawnWaiting()];
  t.equal(k.kernel.suspend(a, c), Status.OK);
  t.equal(k.kernel.suspend(a, c), Status.OK);
  t.equal(k.kernel.suspend(b, c), Status.OK);
  t.equal(k.kernel.processInfo(c, Info.SUSPENDED), 2, "two processes");
  k.kernel.sendNumber(a, c, 0, 0, 7);
  t.notOk(k.isOffered(c));
  t.equal(k.kernel.processInfo(c, Info.MESSAGE_QUEUE_LENGTH), 1, "the queue fills meanwhile");
  for (const [who, left] of [[a, "once more"], [b, "no"], [a, "yes"]] as const) {
    t.equal(status(k, c), ProcessStatus.SUSPENDED, left);
    t.equal(k.kernel.resume(who, c), Status.OK);
  }
  t.equal(k.kernel.resume(a, c), Status.NOT_FOUND);
  t.equal(k.kernel.resume(b, c), Status.NOT_FOUND);
  t.equal(k.receive(c).length, 1);
});

withKernel(t, "unless_suspending does not count; nobody suspends itself or the dead", (k, t) => {
  const [a, b] = [k.spawnWaiting(), k.spawnWaiting()];
  t.equal(k.kernel.suspend(a, b, SuspendOption.UNLESS), Status.OK);
  t.equal(k.kernel.suspend(a, b, SuspendOption.UNLESS), Status.ALREADY);
  t.equal(k.kernel.resume(a, b), Status.OK);
  t.equal(status(k, b), ProcessStatus.WAITING, "nothing had come");
  t.equal(k.kernel.suspend(a, a), Status.BAD_ARGUMENT);
  t.equal(k.kernel.suspend(a, b, 2), Status.BAD_ARGUMENT);
  k.kill(b);
  t.equal(k.kernel.suspend(a, b), Status.NO_PROCESS);
  t.equal(k.kernel.resume(a, b), Status.NO_PROCESS);
});

withKernel(t, "the end of a suspender resumes; the end of the suspended ends all", (k, t) => {
  const [a, b, c] = [k.spawnWaiting(), k.spawnWaiting(), k.spawnWaiting()];
  k.kernel.suspend(a, c);
  k.kernel.suspend(b, c);
  k.kernel.sendNumber(0, c, 0, 0, 1);
  k.kill(a);
  t.notOk(k.isOffered(c));
  k.kill(b);
  t.ok(k.isOffered(c));
  k.receive(c);
  const d = k.spawnWaiting();
  k.kernel.suspend(d, c);
  k.kill(c);
  t.equal(k.kernel.isAlive(c), false, "a suspended process dies at once");
  t.equal(k.kernel.resume(d, c), Status.NO_PROCESS);
});

withKernel(t, "two may suspend each other, and both die all the same", (k, t) => {
  const [a, b] = [k.spawnWaiting(Option.TRAP_EXIT), k.spawnWaiting()];
  k.kernel.link(a, b);
  t.equal(k.kernel.suspend(a, b), Status.OK);
  t.equal(k.kernel.suspend(b, a), Status.OK);
  k.kill(b);
  t.same(k.receive(a).map(({ reason }) => reason), ["killed"]);
});

withKernel(t, "a turn offered in the same drain is not begun by who is suspended", (k, t) => {
  const [a, b] = [k.spawnWaiting(), k.spawnWaiting()];
  k.kernel.sendNumber(0, b, 0, 0, 1);
  k.step();
  t.ok(k.offered.includes(b));
  k.kernel.suspend(a, b);
  t.equal(k.kernel.begin(b), Status.NONE);
  k.offered.splice(k.offered.indexOf(b), 1);
  t.notOk(k.isOffered(b));
  k.kernel.resume(a, b);
  t.equal(k.open(b), Status.SHOWN, "it is offered again");
  k.kernel.yieldTurn(b, 1);
});

withKernel(t, "an open turn goes on to its end, then the suspension takes hold", (k, t) => {
  const [a, b, c] = [k.spawnWaiting(), k.spawn(), k.spawn()];
  k.open(b);
  k.open(c);
  k.kernel.suspend(a, b);
  k.kernel.suspend(a, c);
  t.equal(status(k, b), ProcessStatus.RUNNING);
  t.equal(k.kernel.peek(b), Status.OK);
  t.equal(k.kernel.wait(b, Infinity, 1), Status.OK);
  t.equal(k.kernel.yieldTurn(c, 1), Status.OK);
  t.equal(status(k, b), ProcessStatus.SUSPENDED);
  t.equal(status(k, c), ProcessStatus.SUSPENDED);
  k.kernel.resume(a, b);
  k.kernel.resume(a, c);
  t.equal(status(k, b), ProcessStatus.WAITING);
  t.ok(k.isOffered(c), "who has yielded has more to do");
  k.open(c);
  k.kernel.suspend(a, c);
  k.kernel.resume(a, c);
  k.kernel.wait(c, Infinity, 1);
  t.equal(status(k, c), ProcessStatus.WAITING, "resumed before its turn ended");
  t.equal(k.kernel.suspend(a, c), Status.OK);
  k.kill(a);
  t.equal(status(k, c), ProcessStatus.WAITING);
});

withKernel(t, "killed in an open turn under suspension, its host is told", (k, t) => {
  const [a, b] = [k.spawnWaiting(), k.spawn()];
  k.open(b);
  k.kernel.suspend(a, b);
  k.kill(b);
  k.step();
  t.same(k.ended.map(({ pid }) => pid), [b]);
});

withKernel(t, "who waits for a reference or a time wakes for that after a suspension", (k, t) => {
  const [a, b] = [k.spawnWaiting(), k.spawn()];
  k.open(b);
  const ref = k.kernel.makeRef();
  k.kernel.waitRef(b, ref, 100, 1);
  k.kernel.suspend(a, b);
  k.kernel.sendNumber(0, b, 0, 0, 1);
  k.kernel.resume(a, b);
  t.equal(status(k, b), ProcessStatus.WAITING, "not what it waits for");
  k.kernel.suspend(a, b);
  k.kernel.sendNumber(0, b, 0, ref, 2);
  k.kernel.resume(a, b);
  t.equal(k.open(b), Status.SHOWN);
  t.equal(k.shown().value, 2);
  k.take(b);
  k.take(b);
  k.kernel.wait(b, 50, 1);
  k.kernel.suspend(a, b);
  k.step(60);
  t.equal(status(k, b), ProcessStatus.SUSPENDED, "the time runs on meanwhile");
  k.kernel.resume(a, b);
  t.equal(k.open(b), Status.OK);
  t.equal(k.kernel.wait(b, 50, 1), Status.TIMED_OUT);
});

withKernel(t, "the table of relations limits suspensions", (k, t) => {
  const [a, b, c] = [k.spawnWaiting(), k.spawnWaiting(), k.spawnWaiting()];
  t.equal(k.kernel.suspend(a, b), Status.OK);
  t.equal(k.kernel.suspend(a, c), Status.LIMIT);
  t.equal(k.kernel.suspend(a, b), Status.OK, "one more of the same needs no more room");
}, { relations: 1 });
