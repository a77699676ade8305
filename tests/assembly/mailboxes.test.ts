// Mailboxes: order, the cursor of receive, payloads and their owners.
import t from "tap";
import { Counter, Info, Status, type Pid, type Ref } from "../../host/kernel/abi.ts";
import { withKernel, type TestKernel } from "./test-kernel.ts";

function send(k: TestKernel, to: Pid, ...values: number[]): void {
  for (const value of values) k.kernel.sendNumber(0, to, 0, 0, value);
}

function values(k: TestKernel, pid: Pid): (number | string | undefined)[] {
  return k.receive(pid).map(({ value }) => value);
}

withKernel(t, "messages come out in the order in which they were sent", (k, t) => {
  const pid = k.spawn();
  send(k, pid, 1, 2, 3);
  t.equal(k.kernel.processInfo(pid, Info.MESSAGE_QUEUE_LENGTH), 3);
  t.same(values(k, pid), [1, 2, 3]);
  t.equal(k.kernel.processInfo(pid, Info.MESSAGE_QUEUE_LENGTH), 0);
  send(k, pid, 4);
  t.same(values(k, pid), [4]);
});

withKernel(t, "a message carries sender, tag, reference and value as they were given", (k, t) => {
  const [a, b] = [k.spawn(), k.spawn()];
  const ref = k.kernel.makeRef();
  k.kernel.sendNumber(a, b, 255, ref, -0.1);
  k.kernel.sendBytes(a, b, 7, 0, Buffer.from("bytes"));
  const handle = k.handle();
  k.kernel.sendHandle(0, b, 0, ref, handle);
  k.kernel.sendNumber(a, b, 0, 0, NaN);
  t.same(k.receive(b), [
    { kind: "number", tag: 255, from: a, ref, value: -0.1 },
    { kind: "bytes", tag: 7, from: a, ref: 0, value: "bytes" },
    { kind: "handle", tag: 0, from: 0, ref, value: handle },
    { kind: "number", tag: 0, from: a, ref: 0, value: NaN },
  ]);
});

withKernel(t, "skip passes over, take removes what is at the cursor and starts anew", (k, t) => {
  const pid = k.spawn();
  send(k, pid, 1, 2, 3, 4);
  t.equal(k.open(pid), Status.SHOWN);
  t.equal(k.fast.message.value, 1);
  t.equal(k.kernel.skip(pid), Status.SHOWN);
  t.equal(k.kernel.skip(pid), Status.SHOWN);
  t.equal(k.fast.message.value, 3);
  t.equal(k.kernel.take(pid), Status.SHOWN, "the oldest that is left is shown");
  t.equal(k.fast.message.value, 1);
  for (const value of [2, 4]) {
    t.equal(k.kernel.skip(pid), Status.SHOWN);
    t.equal(k.fast.message.value, value);
  }
  t.equal(k.kernel.skip(pid), Status.OK, "the end");
  t.equal(k.kernel.skip(pid), Status.OK, "still the end");
  t.equal(k.kernel.take(pid), Status.BAD_ARGUMENT, "nothing stands there");
  t.equal(k.kernel.rewind(pid), Status.OK);
  t.equal(k.kernel.peek(pid), Status.SHOWN);
  t.equal(k.fast.message.value, 1);
});

withKernel(t, "take_here leaves the cursor where it is, and the receive has ended", (k, t) => {
  const pid = k.spawn();
  send(k, pid, 1, 2, 3);
  k.open(pid);
  k.kernel.skip(pid);
  t.equal(k.kernel.takeHere(pid), Status.SHOWN);
  t.equal(k.fast.message.value, 3);
  t.equal(k.kernel.takeHere(pid), Status.OK, "nothing is behind it");
  t.equal(k.kernel.takeHere(pid), Status.BAD_ARGUMENT);
  t.equal(k.kernel.wait(pid, 10, 1), Status.OK, "what is left was passed over");
  send(k, pid, 4);
  t.equal(k.open(pid), Status.SHOWN);
  t.equal(k.fast.message.value, 4);
  k.kernel.takeHere(pid);
  k.kernel.wait(pid, Infinity, 1);
  k.kernel.step(k.now + 20, 1000);
  t.equal(k.kernel.begin(pid), Status.NONE, "the time ended with the receive");
});

withKernel(t, "seek puts the cursor behind so many messages, or all", (k, t) => {
  const pid = k.spawn();
  send(k, pid, 1, 2, 3);
  k.open(pid);
  for (const [passed, value] of [[2, 3], [0, 1], [1, 2]] as const) {
    t.equal(k.kernel.seek(pid, passed), Status.SHOWN);
    t.equal(k.fast.message.value, value);
  }
  t.equal(k.kernel.seek(pid, 3), Status.OK);
  t.equal(k.kernel.seek(pid, 2 ** 32 - 1), Status.OK);
  t.equal(k.kernel.wait(pid, Infinity, 1), Status.OK);
  t.equal(k.kernel.seek(pid, 0), Status.NO_TURN);
  t.equal(k.kernel.exitSignal(0, pid, 0, 1), Status.OK);
  t.equal(k.kernel.seek(pid, 0), Status.NO_PROCESS);
});

withKernel(t, "the last message can be taken from behind others, and more appended", (k, t) => {
  const pid = k.spawn();
  send(k, pid, 1, 2);
  k.open(pid);
  k.kernel.skip(pid);
  k.kernel.take(pid);
  send(k, pid, 3);
  k.kernel.skip(pid);
  t.equal(k.fast.message.value, 3);
  k.kernel.take(pid);
  k.kernel.take(pid);
  t.equal(k.kernel.peek(pid), Status.OK);
  send(k, pid, 5);
  t.equal(k.kernel.peek(pid), Status.SHOWN);
  t.equal(k.fast.message.value, 5);
});

withKernel(t, "mark puts the cursor behind what is queued now", (k, t) => {
  const pid = k.spawn();
  send(k, pid, 1, 2, 3);
  k.open(pid);
  t.equal(k.kernel.mark(pid), Status.OK);
  t.equal(k.kernel.peek(pid), Status.OK);
  send(k, pid, 4);
  t.equal(k.kernel.peek(pid), Status.SHOWN);
  t.equal(k.fast.message.value, 4);
  k.kernel.take(pid);
  t.equal(k.fast.message.value, 1);
});

withKernel(t, "a handle is under way once, and the host's again when it is taken", (k, t) => {
  const [a, b] = [k.spawn(), k.spawn()];
  const handle = k.handle();
  t.equal(k.kernel.sendHandle(0, a, 0, 0, handle), Status.OK);
  t.equal(k.counter(Counter.LIVE_HANDLES), 1);
  t.equal(k.kernel.sendHandle(0, b, 0, 0, handle), Status.BAD_HANDLE);
  for (const bad of [0, -1, k.limits.handles + 1, 2 ** 31, 2 ** 32 - 1]) {
    t.equal(k.kernel.sendHandle(0, b, 0, 0, bad), Status.BAD_HANDLE, `${bad}`);
  }
  t.equal(k.open(a), Status.SHOWN);
  t.equal(k.fast.message.last, true);
  t.equal(k.kernel.take(a), Status.OK);
  t.equal(k.counter(Counter.LIVE_HANDLES), 0);
  t.equal(k.kernel.sendHandle(0, b, 0, 0, handle), Status.OK);
  t.equal(k.receive(b).length, 1);
});

withKernel(t, "handles of a mailbox that dies, or that nobody could take, come back", (k, t) => {
  const pid = k.spawn();
  const handles = Array.from({ length: k.limits.handles }, () => k.handle());
  for (const handle of handles) t.equal(k.kernel.sendHandle(0, pid, 0, 0, handle), Status.OK);
  t.equal(k.counter(Counter.LIVE_HANDLES), k.limits.handles, "every handle is under way");
  k.kill(pid);
  t.equal(k.counter(Counter.LIVE_HANDLES), 0);
  t.equal(k.kernel.sendHandle(0, k.spawn(), 0, 0, handles[0] as number), Status.BAD_HANDLE,
    "not the host's before it has drained them");
  const released: number[] = [];
  k.fast.drainReleased((handle) => {
    released.push(handle);
    k.giveBack(handle);
  });
  t.same(released.sort((x, y) => x - y), handles.sort((x, y) => x - y));
  t.equal(k.kernel.sendHandle(0, pid, 0, 0, 1), Status.NO_PROCESS, "refused: still the host's");
  t.equal(k.counter(Counter.LIVE_HANDLES), 0);
});

withKernel(t, "a reason that two mailboxes hold is handed over by the last to let go", (k, t) => {
  const watchers = [k.spawnWaiting(), k.spawnWaiting()] as const;
  const pid = k.spawn();
  for (const watcher of watchers) k.kernel.monitor(watcher, pid);
  k.finish(pid, 1, k.handle());
  t.equal(k.open(watchers[0]), Status.SHOWN);
  t.equal(k.fast.message.last, false, "the other holds it too");
  k.kill(watchers[1]);
  k.step();
  k.take(watchers[0]);
  t.equal(k.counter(Counter.LIVE_HANDLES), 0);
});

withKernel(t, "references are never given twice, whatever they are for", (k, t) => {
  const [a, b] = [k.spawnWaiting(), k.spawnWaiting()];
  const refs = new Set<Ref>();
  for (let i = 0; i < 50; i++) {
    const monitor = k.kernel.monitor(a, b);
    const timer = k.kernel.sendAfter(0, a, 0, 0, 1, 5, 1000);
    const plain = k.kernel.makeRef();
    for (const ref of [monitor, timer, plain]) {
      t.ok(Number.isSafeInteger(ref) && ref > 0 && !refs.has(ref));
      refs.add(ref);
    }
    k.kernel.demonitor(a, monitor, 0);
    k.kernel.cancelTimer(timer);
  }
});
