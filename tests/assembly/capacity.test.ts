// How much of the message memory can be used, whatever was there before; that signals need none.
import t from "tap";
import {
  Atom, Counter, EventKind, MessageKind, MonitorOption, Option, ReasonKind, Status, type Pid,
} from "../../host/kernel/abi.ts";
import { fuzzOptions, type Random } from "./random.ts";
import { withKernel, type TestKernel } from "./test-kernel.ts";

const SLAB_BYTES = 16384;
const SLABS = 64;
const limits = { messageBytes: SLABS * SLAB_BYTES, scratchBytes: SLAB_BYTES };
/** Numbers (0) and payloads of each form and of many classes. */
const LENGTHS = [0, 32, 200, 1600, 1601, 3000, 4096, 6000, 16384];

const scratch = new Uint8Array(SLAB_BYTES);

function send(k: TestKernel, to: Pid, length: number): boolean {
  const status = length === 0 ? k.fast.sendNumber(0, to, 0, 0, 1)
    : k.fast.sendBytes(0, to, 0, 0, scratch.subarray(0, length));
  if (status !== Status.OK && status !== Status.NO_MEMORY) throw new Error(`status ${status}`);
  return status === Status.OK;
}

/** Sends messages of a length until one is refused; how many were taken. */
function fill(k: TestKernel, to: Pid, length: number): number {
  let sent = 0;
  while (send(k, to, length)) sent++;
  return sent;
}

/** A process whose turn stays open: its messages are there to be taken at any time. */
function spawnOpen(k: TestKernel): Pid {
  const pid = k.spawn();
  k.open(pid);
  return pid;
}

/** Takes all messages, or some; how many. */
function drain(k: TestKernel, pid: Pid, isTaken: () => boolean = () => true): number {
  let taken = 0;
  k.fast.rewind(pid);
  for (let shown = k.fast.peek(pid); shown === Status.SHOWN;) {
    if (!isTaken()) {
      shown = k.fast.skip(pid);
      continue;
    }
    const { kind, hold } = k.fast.message;
    shown = k.fast.take(pid);
    taken++;
    if (kind === MessageKind.BYTES) k.fast.release(hold);
  }
  return taken;
}

withKernel(t, "numbers, then 4,096-byte payloads: 95 % of the memory is payload", (k, t) => {
  const pid = spawnOpen(k);
  const numbers = fill(k, pid, 0);
  t.equal(numbers * 32, k.limits.messageBytes, "every byte");
  t.equal(drain(k, pid), numbers);
  const payloads = fill(k, pid, 4096);
  const share = payloads * 4096 / k.limits.messageBytes;
  t.comment(`${(share * 100).toFixed(2)} % of ${k.limits.messageBytes} bytes are payload`);
  t.ok(share >= 0.95);
  t.equal(k.kernel.exports.verify?.(), 0);
  t.equal(drain(k, pid), payloads);
}, { ...limits, messageBytes: 16 * 2 ** 20 });

withKernel(t, "whatever sizes came before, as many messages fit as in a new memory", (k, t) => {
  const pid = spawnOpen(k);
  const fresh = LENGTHS.map((length) => {
    const sent = fill(k, pid, length);
    t.equal(drain(k, pid), sent);
    return sent;
  });
  for (const [before, first] of LENGTHS.entries()) {
    for (const [after, second] of LENGTHS.entries()) {
      t.equal(fill(k, pid, first), fresh[before]);
      drain(k, pid);
      t.equal(fill(k, pid, second), fresh[after], `${second} bytes after ${first}`);
      drain(k, pid);
    }
  }
  t.equal(k.kernel.exports.verify?.(), 0);
}, limits);

withKernel(t, "a new memory and an old one hold as much", (k, t) => {
  const [old, other] = [spawnOpen(k), spawnOpen(k)];
  const random = fuzzOptions(t, 1).random;
  for (let round = 0; round < 30; round++) {
    const length = () => random.pick(LENGTHS) as number;
    while (send(k, random.chance(0.5) ? old : other, length())) ;
    drain(k, old, () => random.chance(0.5));
    while (send(k, other, length())) ;
    drain(k, other);
    drain(k, old);
  }
  t.equal(fill(k, old, 0), SLABS * 512);
  t.equal(drain(k, old), SLABS * 512);
  t.equal(fill(k, old, 16384), SLABS - 1, "a slab has the heads");
  t.equal(k.kernel.exports.verify?.(), 0);
}, limits);

/** Payload bytes over bytes of memory when messages of these lengths fill it. */
function usable(k: TestKernel, pid: Pid, length: () => number): number {
  let bytes = 0;
  for (let refused = 0; refused < 20;) {
    const next = length();
    if (send(k, pid, next)) bytes += next;
    else refused++;
  }
  drain(k, pid);
  return bytes / k.limits.messageBytes;
}

withKernel(t, "random sizes: what is lost to heads, to classes and at the end", (k, t) => {
  const pid = spawnOpen(k);
  const { random } = fuzzOptions(t, 1);
  const uniform = (from: number, to: number) => () => from + random.below(to - from + 1);
  const skewed = (r: Random) => () => Math.floor(16 * 1024 ** (r.bits() / 2 ** 32));
  const mixes: readonly [string, () => number, number][] = [
    ["1 to 1,600", uniform(1, 1600), 0.8],
    ["1,601 to 8,192", uniform(1601, 8192), 0.8],
    ["1 to 16,384", uniform(1, 16384), 0.7],
    ["16 to 16,384, as often from 16 to 32 as from 8,192 to 16,384", skewed(random), 0.7],
  ];
  for (const [title, length, least] of mixes) {
    fill(k, pid, 0);
    drain(k, pid);
    const share = usable(k, pid, length);
    t.ok(share >= least, `${title}: ${(share * 100).toFixed(1)} %`);
  }
}, { ...limits, messageBytes: 16 * 2 ** 20 });

withKernel(t, "one message left in a slab keeps it for its class, and it alone", (k, t) => {
  const pid = spawnOpen(k);
  for (let nth = 0; k.fast.sendNumber(0, pid, 0, 0, nth) === Status.OK; nth++) ;
  drain(k, pid, () => k.fast.message.value % 1024 !== 0);
  const sent = fill(k, pid, 16384);
  t.equal(sent, SLABS / 2, "the heads lie in the slabs that are kept");
}, limits);

const CROWD = 10_000;
const crowded = {
  processes: CROWD + 10, relations: 3 * CROWD + 10, events: 16384, messageBytes: 4 * SLAB_BYTES,
};

/** Spawns processes that trap exits and wait. */
function spawnCrowd(k: TestKernel): Pid[] {
  const crowd = Array.from({ length: CROWD }, () => k.fast.spawnHost(0, Option.TRAP_EXIT));
  k.fast.step(k.now, 1_000_000);
  while (k.fast.nextEvent()) {
    k.fast.begin(k.fast.event.pid);
    k.fast.wait(k.fast.event.pid, Infinity, 1);
  }
  return crowd;
}

/** Lets everybody take what has come: messages by kind and reason, and who was ended. */
function receiveAll(k: TestKernel): Map<string, number> {
  const seen = new Map<string, number>();
  const see = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1);
  for (let status: number = Status.MORE; status === Status.MORE;) {
    status = k.fast.step(k.now, 1_000_000);
    while (k.fast.nextEvent()) {
      const { type, pid } = k.fast.event;
      if (type === EventKind.EXITED) {
        see("ended");
        k.fast.reap(pid);
        continue;
      }
      for (let shown = k.fast.begin(pid); shown === Status.SHOWN; shown = k.fast.take(pid)) {
        const { kind, value } = k.fast.message;
        see(kind === MessageKind.EXIT ? `exit ${value}` : kind === MessageKind.DOWN
          ? `down ${value}` : "message");
      }
      k.fast.wait(pid, Infinity, 1);
    }
  }
  return seen;
}

function endCrowd(k: TestKernel, crowd: readonly Pid[]): void {
  for (const pid of crowd) k.fast.exitSignal(0, pid, ReasonKind.ATOM, Atom.KILL);
  receiveAll(k);
}

withKernel(t, "with a full memory, 10,000 links and monitors of one killed tell all", (k, t) => {
  const victim = k.spawnWaiting();
  const hog = k.spawnWaiting();
  const crowd = spawnCrowd(k);
  for (const pid of crowd) {
    if (k.fast.link(pid, victim) !== Status.OK) throw new Error("no link");
    if (k.fast.monitor(pid, victim) < 0) throw new Error("no monitor");
  }
  t.equal(k.counter(Counter.RELATIONS), 3 * CROWD);
  fill(k, hog, 0);
  t.equal(k.fast.sendNumber(0, victim, 0, 0, 1), Status.NO_MEMORY);
  k.kill(victim);
  t.equal(k.fast.sendNumber(0, hog, 0, 0, 1), Status.NO_MEMORY, "it is full to the end");
  const seen = receiveAll(k);
  t.equal(seen.get(`exit ${Atom.KILLED}`), CROWD);
  t.equal(seen.get(`down ${Atom.KILLED}`), CROWD);
  t.equal(k.counter(Counter.RELATIONS), 0);
  endCrowd(k, crowd);
}, crowded);

withKernel(t, "with priority they come before what is queued, in a full memory too", (k, t) => {
  const victim = k.spawnWaiting();
  const hog = k.spawnWaiting();
  const crowd = spawnCrowd(k);
  crowd.forEach((pid, nth) => {
    const isUrgent = nth % 2;
    if (k.fast.link(pid, victim, isUrgent) !== Status.OK) throw new Error("no link");
    const options = isUrgent * MonitorOption.PRIORITY;
    if (k.fast.monitor(pid, victim, options, nth % 256) < 0) throw new Error("no monitor");
    if (k.fast.sendNumber(0, pid, 0, 0, nth) !== Status.OK) throw new Error("no number");
  });
  fill(k, hog, 0);
  k.kill(victim);
  t.equal(k.fast.sendNumber(0, hog, 0, 0, 1), Status.NO_MEMORY, "it is full to the end");
  const orders = new Map<string, number>();
  const kinds = ["", "number", "", "", "EXIT", "DOWN"];
  crowd.forEach((pid, nth) => {
    const order: string[] = [];
    for (let index = 0; k.fast.inspect(pid, index) === Status.SHOWN; index++) {
      const { kind, tag } = k.fast.message;
      const isOwn = kind !== MessageKind.DOWN || tag === nth % 256;
      order.push(`${kinds[kind]}${isOwn ? "" : " of another"}`);
    }
    const found = `${nth % 2} ${order.join(" ")}`;
    orders.set(found, (orders.get(found) ?? 0) + 1);
  });
  t.same([...orders], [["0 number EXIT DOWN", CROWD / 2], ["1 EXIT DOWN number", CROWD / 2]]);
  endCrowd(k, crowd);
}, { ...crowded, messageBytes: 24 * SLAB_BYTES });

withKernel(t, "the same of 10,000 who end before one who is linked to and monitors all", (k, t) => {
  const watcher = k.trapping();
  const hog = k.spawnWaiting();
  const crowd = spawnCrowd(k);
  for (const pid of crowd) {
    if (k.fast.link(watcher, pid) !== Status.OK) throw new Error("no link");
    if (k.fast.monitor(watcher, pid) < 0) throw new Error("no monitor");
  }
  fill(k, hog, 0);
  for (const pid of crowd) k.fast.exitSignal(0, pid, ReasonKind.ATOM, Atom.KILL);
  t.equal(k.fast.sendNumber(0, hog, 0, 0, 1), Status.NO_MEMORY);
  const seen = receiveAll(k);
  t.equal(seen.get(`exit ${Atom.KILLED}`), CROWD);
  t.equal(seen.get(`down ${Atom.KILLED}`), CROWD);
  t.equal(seen.get("ended"), CROWD);
  t.equal(k.counter(Counter.RELATIONS), 0);
}, crowded);

withKernel(t, "and of a cascade through 10,000 who don't trap to one who does", (k, t) => {
  const last = k.trapping();
  const hog = k.spawnWaiting();
  const chain = spawnCrowd(k);
  for (const pid of chain) k.fast.processFlag(pid, 0, 0);
  chain.forEach((pid, index) => {
    if (k.fast.link(pid, chain[index + 1] ?? last) !== Status.OK) throw new Error("no link");
  });
  fill(k, hog, 0);
  k.fast.exitSignal(0, chain[0] as Pid, ReasonKind.ATOM, Atom.SHUTDOWN);
  const seen = receiveAll(k);
  t.equal(seen.get("ended"), CROWD);
  t.equal(seen.get(`exit ${Atom.SHUTDOWN}`), 1);
  t.equal(k.counter(Counter.RELATIONS), 0);
}, crowded);
