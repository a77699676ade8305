// Payloads that nobody takes: a handle comes back once, bytes are freed, a shared hold is one
// reference less, on every way on which a message can end. TestKernel.close checks that the host
// has each of its handles back once, and that nothing is held or in use.
import t from "tap";
import {
  AliasOption, aliasOf, Counter, Flag, MailboxPolicy, MemoryPolicy, MessageKind, Status,
  type Address, type Pid,
} from "../../host/kernel/abi.ts";
import { withKernel, type TestKernel } from "./test-kernel.ts";

const limits = { messageBytes: 6 * 16384, scratchBytes: 16384 };
const { HANDLE } = MessageKind;

/** Something to send: what the status of its send is, and what gives it back if it was refused. */
interface Payload {
  readonly name: string;
  send(k: TestKernel, to: Address): number;
}

const PAYLOADS: readonly Payload[] = [
  { name: "a number", send: (k, to) => k.kernel.sendNumber(0, to, 0, 0, 1) },
  {
    name: "a handle",
    send: (k, to) => {
      const handle = k.handle();
      const status = k.kernel.sendHandle(0, to, 0, 0, handle);
      if (status < 0) k.giveBack(handle);
      return status;
    },
  },
  {
    name: "bytes behind their head",
    send: (k, to) => k.kernel.sendBytes(0, to as Pid, 0, 0, new Uint8Array(300)),
  },
  {
    name: "bytes in a block of their own",
    send: (k, to) => k.kernel.sendBytes(0, to as Pid, 0, 0, new Uint8Array(5000)),
  },
  {
    name: "shared bytes whose hold is given back",
    send: (k, to) => {
      const hold = k.kernel.share(new Uint8Array(5000));
      const status = k.kernel.sendShared(0, to, 0, 0, hold);
      if (k.kernel.release(hold) !== Status.OK) throw new Error("the hold");
      return status;
    },
  },
];

function limited(k: TestKernel, flags: readonly (readonly [number, number])[]): Pid {
  const pid = k.spawnWaiting();
  for (const [flag, value] of flags) k.kernel.processFlag(pid, flag, value);
  return pid;
}

/** A way on which messages end untaken: where to send them, and what each of four sends answers. */
interface Way {
  readonly name: string;
  open(k: TestKernel): Address;
  readonly statuses: readonly number[];
  /** How many of the four are dead letters. */
  readonly dead: number;
}

const { OK, MAILBOX_FULL, NO_PROCESS } = Status;
const { MAILBOX_LIMIT, MAILBOX_POLICY, MEMORY_LIMIT, MEMORY_POLICY } = Flag;

const WAYS: readonly Way[] = [
  {
    name: "its receiver is killed",
    open: (k) => k.spawnWaiting(), statuses: [OK, OK, OK, OK], dead: 0,
  },
  {
    name: "its receiver is dead",
    open: (k) => {
      const pid = k.spawn();
      k.finish(pid);
      return pid;
    },
    statuses: [NO_PROCESS, NO_PROCESS, NO_PROCESS, NO_PROCESS], dead: 4,
  },
  {
    name: "a full mailbox refuses it",
    open: (k) => limited(k, [[MAILBOX_LIMIT, 1]]),
    statuses: [OK, MAILBOX_FULL, MAILBOX_FULL, MAILBOX_FULL], dead: 0,
  },
  {
    name: "a full mailbox drops it",
    open: (k) => limited(k, [[MAILBOX_LIMIT, 1], [MAILBOX_POLICY, MailboxPolicy.DROP]]),
    statuses: [OK, OK, OK, OK], dead: 3,
  },
  {
    name: "a full mailbox kills its process",
    open: (k) => limited(k, [[MAILBOX_LIMIT, 1], [MAILBOX_POLICY, MailboxPolicy.KILL]]),
    statuses: [OK, OK, NO_PROCESS, NO_PROCESS], dead: 3,
  },
  {
    name: "the memory limit kills its process",
    open: (k) => limited(k, [[MEMORY_LIMIT, 16]]),
    statuses: [OK, NO_PROCESS, NO_PROCESS, NO_PROCESS], dead: 4,
  },
  {
    name: "the memory limit is told and the mailbox drops it",
    open: (k) => limited(k, [[MEMORY_LIMIT, 16], [MEMORY_POLICY, MemoryPolicy.REPORT],
      [MAILBOX_LIMIT, 2], [MAILBOX_POLICY, MailboxPolicy.DROP]]),
    statuses: [OK, OK, OK, OK], dead: 2,
  },
  {
    name: "its alias was for one reply",
    open: (k) => aliasOf(k.kernel.alias(k.spawnWaiting(), AliasOption.REPLY)),
    statuses: [OK, NO_PROCESS, NO_PROCESS, NO_PROCESS], dead: 3,
  },
  {
    name: "its alias was taken back",
    open: (k) => {
      const pid = k.spawnWaiting();
      const alias = k.kernel.alias(pid, 0);
      k.kernel.unalias(pid, alias);
      return aliasOf(alias);
    },
    statuses: [NO_PROCESS, NO_PROCESS, NO_PROCESS, NO_PROCESS], dead: 4,
  },
  {
    name: "its alias's owner has ended",
    open: (k) => {
      const pid = k.spawnWaiting();
      const alias = k.kernel.alias(pid, 0);
      k.kill(pid);
      return aliasOf(alias);
    },
    statuses: [NO_PROCESS, NO_PROCESS, NO_PROCESS, NO_PROCESS], dead: 4,
  },
];

for (const { name, open, statuses, dead } of WAYS) {
  withKernel(t, `what nobody takes is released once where ${name}`, (k, t) => {
    for (const payload of PAYLOADS) {
      const to = open(k);
      const before = k.counter(Counter.DEAD_LETTERS);
      t.same(statuses.map(() => payload.send(k, to)), statuses, payload.name);
      t.equal(k.counter(Counter.DEAD_LETTERS) - before, dead, `${payload.name}: dead letters`);
      for (const pid of [...k.kernel.processes()]) k.kill(pid);
      k.step();
      t.equal(k.counter(Counter.LIVE_HANDLES), 0, payload.name);
      t.equal(k.counter(Counter.HOLDS), 0, payload.name);
    }
    // Whatever was sent before, the whole memory can be used: nothing of it is lost.
    const pid = k.spawnWaiting();
    let sent = 0;
    while (k.fast.sendNumber(0, pid, 0, 0, 1) === Status.OK) sent++;
    t.equal(sent, limits.messageBytes / 32);
  }, limits);
}

/** A group of one who takes, one who drops, one who refuses, one who is killed by it. */
function mixedGroup(k: TestKernel): Pid {
  const taker = k.spawnWaiting();
  const full = [MAILBOX_LIMIT, 1] as const;
  const others = [MailboxPolicy.DROP, MailboxPolicy.REFUSE, MailboxPolicy.KILL]
    .map((policy) => limited(k, [full, [MAILBOX_POLICY, policy]]));
  for (const pid of others) k.kernel.sendNumber(0, pid, 0, 0, 1);
  for (const pid of [taker, ...others]) k.kernel.groupJoin(pid, "g");
  return taker;
}

withKernel(t, "a group's message that reaches some: the rest of it is released once", (k, t) => {
  const taker = mixedGroup(k);
  const dead = k.counter(Counter.DEAD_LETTERS);
  const handle = k.handle();
  t.equal(k.kernel.groupSendHandle(0, "g", 0, 0, handle), 1);
  t.equal(k.counter(Counter.DEAD_LETTERS) - dead, 3);
  const hold = k.kernel.share(new Uint8Array(5000));
  t.equal(k.kernel.groupSendShared(0, "g", 0, 0, hold), 1, "one of them is no member any more");
  t.equal(k.counter(Counter.DEAD_LETTERS) - dead, 5);
  t.equal(k.kernel.release(hold), Status.OK);
  t.equal(k.open(taker), Status.SHOWN);
  t.equal(k.fast.message.last, true, "nobody else has a reference");
  k.take(taker);
  t.equal(k.counter(Counter.LIVE_HANDLES), 0);
  k.take(taker);
  t.equal(k.counter(Counter.HOLDS), 0);
}, limits);

withKernel(t, "a group's message that reaches nobody leaves the handle with the host", (k, t) => {
  for (const policy of [MailboxPolicy.DROP, MailboxPolicy.REFUSE, MailboxPolicy.KILL]) {
    const pid = limited(k, [[MAILBOX_LIMIT, 1], [MAILBOX_POLICY, policy]]);
    k.kernel.sendNumber(0, pid, 0, 0, 1);
    k.kernel.groupJoin(pid, "g");
  }
  const handle = k.handle();
  t.equal(k.kernel.groupSendHandle(0, "g", 0, 0, handle), 0);
  t.equal(k.counter(Counter.LIVE_HANDLES), 0);
  t.equal(k.kernel.exports.released_next(), 0, "it was never the kernel's");
  k.giveBack(handle);
}, limits);

withKernel(t, "one who takes a group's message and dies of another's end drops it once", (k, t) => {
  const killed = limited(k, [[MAILBOX_LIMIT, 1], [MAILBOX_POLICY, MailboxPolicy.KILL]]);
  const linked = k.spawnWaiting();
  k.kernel.link(linked, killed);
  k.kernel.sendNumber(0, killed, 0, 0, 1);
  k.kernel.groupJoin(killed, "g");
  k.kernel.groupJoin(linked, "g"); // the last to join is told first
  t.equal(k.kernel.groupSendHandle(0, "g", 0, 0, k.handle()), 1);
  t.equal(k.kernel.isAlive(linked), false);
  t.equal(k.counter(Counter.LIVE_HANDLES), 0);
}, limits);

withKernel(t, "a timer's handle is released once, whatever becomes of the timer", (k, t) => {
  const [alive, doomed] = [k.spawnWaiting(), k.spawnWaiting()];
  const start = (to: Pid, ms: number) => {
    const ref = k.kernel.sendAfter(0, to, 0, 0, HANDLE, k.handle(), ms);
    if (ref <= 0) throw new Error(`a timer: ${ref}`);
    return ref;
  };
  t.equal(k.kernel.cancelTimer(start(alive, 10)), 10);
  start(doomed, 10);
  k.kill(doomed);
  t.equal(k.kernel.sendAfterName(0, "nobody", 0, 0, HANDLE, k.handle(), 5) > 0, true);
  k.kernel.register(alive, "somebody");
  t.equal(k.kernel.sendAfterName(0, "somebody", 0, 0, HANDLE, k.handle(), 5) > 0, true);
  start(alive, 5);
  t.equal(k.counter(Counter.LIVE_HANDLES), 3);
  k.step(5);
  t.equal(k.counter(Counter.LIVE_HANDLES), 2, "one was a dead letter");
  k.kill(alive);
  t.equal(k.counter(Counter.LIVE_HANDLES), 0);
}, limits);

withKernel(t, "a reason is released once when the last who names it has gone", (k, t) => {
  const [a, b, c] = [k.trapping(), k.trapping(), k.spawn()];
  k.kernel.link(a, c);
  k.kernel.monitor(b, c);
  k.finish(c, 1, k.handle());
  t.equal(k.counter(Counter.LIVE_HANDLES), 1);
  k.kill(a);
  t.equal(k.counter(Counter.LIVE_HANDLES), 1);
  k.kill(b);
  t.equal(k.counter(Counter.LIVE_HANDLES), 0);
  const ended = k.spawnWaiting();
  t.equal(k.kernel.exitSignal(0, ended, 1, k.handle()), Status.OK);
  t.equal(k.counter(Counter.LIVE_HANDLES), 1, "until its end is reaped");
  k.step();
  t.equal(k.counter(Counter.LIVE_HANDLES), 0);
}, limits);
