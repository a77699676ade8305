// Random operations on payloads (payload.ts, handles.ts, group-send.ts): handles that many messages
// name, bytes inline, apart and shared, holds. Against lists of who refers to what.
//
//   SEED=… OPERATIONS=… node build/tests/assembly/fuzz-payloads.test.js
import t from "tap";
import {
  Counter, EventKind, MessageKind, Status, statusName, type Pid,
} from "../../host/kernel/abi.ts";
import { Kernel } from "../../host/kernel/kernel.ts";
import { expectHits, fuzzOptions, makeChoices, Tally, type Random } from "./random.ts";
import { readDebugKernel } from "./test-kernel.ts";

const SLABS = 4;
const limits = {
  processes: 6, relations: 8, messageBytes: SLABS * 16384, handles: 5, events: 32, names: 1,
  scratchBytes: 16385, groups: 1,
};
const LENGTHS = [0, 1, 33, 500, 1600, 1601, 4000, 9000, 16384, 16385];

/** A message: a handle, or bytes that are all the same. */
interface Message {
  readonly handle: number;
  readonly length: number;
  readonly fill: number;
}

class Fuzz {
  readonly #kernel = Kernel.instantiate(readDebugKernel(), limits);
  readonly #random: Random;
  readonly #tally: Tally;
  readonly #mailboxes = new Map<Pid, Message[]>();
  /** Bytes that the host holds. */
  readonly #holds = new Map<number, Message>();
  readonly #released = new Set<number>();
  #dead = 2 ** 24 + 1 as Pid;
  #fills = 0;

  constructor(random: Random, tally: Tally) {
    this.#random = random;
    this.#tally = tally;
  }

  run(operations: number): void {
    const take = () => this.#take();
    const choices = [
      () => this.#spawn(), () => this.#kill(), () => this.#sendHandle(), () => this.#sendHandle(),
      () => this.#sendBytes(), () => this.#sendBytes(), () => this.#share(),
      () => this.#sendShared(), () => this.#sendShared(), () => this.#toAll(),
      () => this.#toAll(), () => this.#release(), () => this.#release(), () => this.#drain(),
      () => this.#flood(), take, take, take, take,
    ];
    makeChoices(this.#random, operations, choices, () => this.#check());
    this.#end();
  }

  #expect(what: string, found: number, expected: number): void {
    this.#tally.add(`${what} ${expected < 0 ? statusName(expected) : "done"}`);
    if (found !== expected) throw new Error(`${what}: ${found}, expected ${expected}`);
  }

  /** Whether it was sent; NO_MEMORY is true if every slab is in use. */
  #isSent(what: string, found: number, slabs: number, expected: number = Status.OK): boolean {
    const isFull = found === Status.NO_MEMORY && slabs >= SLABS - 1;
    this.#expect(what, found, isFull ? Status.NO_MEMORY : expected);
    return !isFull;
  }

  /** How many messages name each handle. */
  #references(): Map<number, number> {
    const counts = new Map<number, number>();
    for (const { handle } of [...this.#mailboxes.values()].flat()) {
      if (handle > 0) counts.set(handle, (counts.get(handle) ?? 0) + 1);
    }
    return counts;
  }

  #check(): void {
    const broken = this.#kernel.exports.verify?.();
    if (broken !== 0) throw new Error(`invariant ${broken} is broken`);
    const live = this.#references().size;
    if (this.#kernel.counter(Counter.LIVE_HANDLES) !== live) throw new Error("live handles");
    if (this.#kernel.counter(Counter.HOLDS) !== this.#holds.size) throw new Error("holds");
  }

  /** Handles that were named before and are not now come back by the released chain. */
  #settle(before: Map<number, number>): void {
    const now = this.#references();
    for (const handle of before.keys()) if (!now.has(handle)) this.#released.add(handle);
  }

  #pid(): Pid {
    const alive = this.#random.chance(0.95) ? this.#random.pick([...this.#mailboxes.keys()])
      : undefined;
    return alive ?? this.#dead;
  }

  #spawn(): void {
    const pid = this.#kernel.spawnHost(0, 0);
    if (this.#mailboxes.size === limits.processes) return this.#expect("spawn", pid, Status.LIMIT);
    this.#mailboxes.set(pid, []);
    this.#kernel.groupJoin(pid, "g");
    this.#serve();
  }

  /** Opens the turn of each new process, which stays open; reaps who has ended. */
  #serve(): void {
    this.#kernel.step(0, 100);
    while (this.#kernel.nextEvent()) {
      const { type, pid } = this.#kernel.event;
      if (type === EventKind.RUN) this.#kernel.begin(pid);
      else this.#kernel.reap(pid);
    }
  }

  #kill(): void {
    const pid = this.#random.pick([...this.#mailboxes.keys()]);
    if (pid !== undefined && this.#random.chance(0.4)) this.#endOne(pid);
  }

  #endOne(pid: Pid): void {
    const before = this.#references();
    this.#kernel.exitSignal(0, pid, 0, 1);
    this.#mailboxes.delete(pid);
    this.#dead = pid;
    this.#serve();
    this.#settle(before);
  }

  /** A handle, and whether the host may pass it on. */
  #handle(): { handle: number; isFree: boolean } {
    const handle = this.#random.below(limits.handles + 2);
    const isInRange = handle >= 1 && handle <= limits.handles;
    const isUsed = this.#references().has(handle) || this.#released.has(handle);
    return { handle, isFree: isInRange && !isUsed };
  }

  #sendHandle(): void {
    const [pid, { handle, isFree }] = [this.#pid(), this.#handle()];
    const slabs = this.#kernel.counter(Counter.SLABS);
    const found = this.#kernel.sendHandle(0, pid, 0, 0, handle);
    const mailbox = this.#mailboxes.get(pid);
    if (mailbox === undefined) return this.#expect("handle", found, Status.NO_PROCESS);
    if (!isFree) return this.#expect("handle", found, Status.BAD_HANDLE);
    if (this.#isSent("handle", found, slabs)) mailbox.push({ handle, length: 0, fill: 0 });
  }

  /** New bytes, each time others. */
  #bytes(): { bytes: Uint8Array; message: Message } {
    const length = this.#random.pick(LENGTHS) as number;
    const fill = ++this.#fills % 251;
    return { bytes: new Uint8Array(length).fill(fill), message: { handle: 0, length, fill } };
  }

  #sendBytes(): void {
    const [pid, { bytes, message }] = [this.#pid(), this.#bytes()];
    const slabs = this.#kernel.counter(Counter.SLABS);
    const found = this.#kernel.sendBytes(0, pid, 0, 0, bytes);
    const mailbox = this.#mailboxes.get(pid);
    if (mailbox === undefined) return this.#expect("bytes", found, Status.NO_PROCESS);
    if (bytes.length > 16384) return this.#expect("bytes", found, Status.TOO_LARGE);
    if (this.#isSent("bytes", found, slabs)) mailbox.push(message);
  }

  #share(): void {
    const { bytes, message } = this.#bytes();
    const slabs = this.#kernel.counter(Counter.SLABS);
    const hold = this.#kernel.share(bytes);
    if (bytes.length > 16384) return this.#expect("share", hold, Status.TOO_LARGE);
    if (!this.#isSent("share", Math.min(hold, 0), slabs)) return;
    if (this.#holds.has(hold)) throw new Error(`hold ${hold} is given twice`);
    this.#holds.set(hold, message);
  }

  #hold(): number {
    const known = this.#random.chance(0.9) ? this.#random.pick([...this.#holds.keys()]) : undefined;
    return known ?? this.#random.below(2 ** 20);
  }

  #sendShared(): void {
    const [pid, hold] = [this.#pid(), this.#hold()];
    const slabs = this.#kernel.counter(Counter.SLABS);
    const found = this.#kernel.sendShared(0, pid, 0, 0, hold);
    const message = this.#holds.get(hold);
    if (message === undefined) return this.#expect("shared", found, Status.BAD_ARGUMENT);
    const mailbox = this.#mailboxes.get(pid);
    if (mailbox === undefined) return this.#expect("shared", found, Status.NO_PROCESS);
    if (this.#isSent("shared", found, slabs)) mailbox.push(message);
  }

  /** To all processes, who are one group. */
  #toAll(): void {
    const slabs = this.#kernel.counter(Counter.SLABS);
    const all = [...this.#mailboxes.values()];
    if (this.#random.chance(0.5)) {
      const { handle, isFree } = this.#handle();
      const found = this.#kernel.groupSendHandle(0, "g", 0, 0, handle);
      if (!isFree) return this.#expect("handle to all", found, Status.BAD_HANDLE);
      if (!this.#isSent("handle to all", found, slabs, all.length)) return;
      for (const mailbox of all) mailbox.push({ handle, length: 0, fill: 0 });
      return;
    }
    const hold = this.#hold();
    const found = this.#kernel.groupSendShared(0, "g", 0, 0, hold);
    const message = this.#holds.get(hold);
    if (message === undefined) return this.#expect("shared to all", found, Status.BAD_ARGUMENT);
    if (!this.#isSent("shared to all", found, slabs, all.length)) return;
    for (const mailbox of all) mailbox.push(message);
  }

  /** Uses up the memory with shared bytes, sends all kinds then, and ends who has got them. */
  #flood(): void {
    const [pid, mailbox] = this.#random.pick([...this.#mailboxes]) ?? [];
    const [hold, message] = this.#random.pick([...this.#holds]) ?? [];
    if (pid === undefined || mailbox === undefined || message === undefined) return;
    if (hold === undefined || this.#random.chance(0.8)) return;
    while (this.#kernel.sendShared(0, pid, 0, 0, hold) === Status.OK) mailbox.push(message);
    for (let nth = 0; nth < 3; nth++) {
      this.#sendShared();
      this.#sendHandle();
      this.#toAll();
      this.#toAll();
    }
    this.#endOne(pid);
  }

  #release(): void {
    const hold = this.#hold();
    const expected = this.#holds.delete(hold) ? Status.OK : Status.BAD_ARGUMENT;
    this.#expect("release", this.#kernel.release(hold), expected);
  }

  #take(): void {
    const full = [...this.#mailboxes].filter(([, mailbox]) => mailbox.length > 0);
    const [pid, mailbox] = this.#random.pick(full) ?? [];
    if (pid === undefined || mailbox === undefined) return;
    const before = this.#references();
    if (this.#kernel.peek(pid) !== Status.SHOWN) throw new Error("nothing is shown");
    const { kind, value, length, hold, last } = this.#kernel.message;
    const expected = mailbox.shift() as Message;
    if (expected.handle > 0) {
      const isSame = kind === MessageKind.HANDLE && value === expected.handle;
      if (!isSame || last !== (before.get(value) === 1)) throw new Error(`handle ${value} ${last}`);
    } else {
      const bytes = new Uint8Array(this.#kernel.exports.memory.buffer, value, length);
      const isSame = kind === MessageKind.BYTES && length === expected.length
        && bytes.every((byte) => byte === expected.fill);
      if (!isSame) throw new Error(`other bytes, ${length}`);
      this.#holds.set(hold, expected);
    }
    const status = this.#kernel.take(pid);
    this.#tally.add(last && expected.handle > 0 ? "take the last" : "take");
    this.#expect("take", status, mailbox.length > 0 ? Status.SHOWN : Status.OK);
  }

  #drain(): void {
    this.#kernel.drainReleased((handle) => {
      if (!this.#released.delete(handle)) throw new Error(`handle ${handle} was not released`);
      this.#tally.add("released");
    });
    if (this.#released.size > 0) throw new Error("a released handle is lost");
  }

  #end(): void {
    for (const hold of this.#holds.keys()) this.#kernel.release(hold);
    this.#holds.clear();
    for (const pid of this.#mailboxes.keys()) this.#kernel.exitSignal(0, pid, 0, 1);
    const before = this.#references();
    this.#mailboxes.clear();
    this.#serve();
    this.#settle(before);
    this.#drain();
    this.#check();
  }
}

t.test("payloads are counted, shared and released as lists of references say", (t) => {
  const { operations, random } = fuzzOptions(t, 60_000);
  const tally = new Tally();
  const part = 3000;
  for (let done = 0; done < operations; done += part) {
    new Fuzz(random, tally).run(Math.min(part, operations - done));
  }
  tally.report(t);
  expectHits(t, tally, operations, 2000, [
    "handle NO_MEMORY", "handle BAD_HANDLE", "bytes NO_MEMORY", "bytes TOO_LARGE",
    "share NO_MEMORY", "share TOO_LARGE", "shared NO_MEMORY", "shared BAD_ARGUMENT",
    "shared to all NO_MEMORY", "shared to all done", "handle to all done",
    "handle to all NO_MEMORY", "release BAD_ARGUMENT", "take the last", "released",
  ]);
  t.end();
});
