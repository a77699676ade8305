// Random operations on mailboxes, run queue, turns and memory against a naive model, with tables so
// small that every limit is hit all the time; every invariant is checked after every operation.
//
//   SEED=… OPERATIONS=… node build/tests/assembly/fuzz-mailbox.test.js
import t from "tap";
import {
  Atom, Counter, EventKind, Info, MessageKind, ProcessStatus, ReasonKind, SLOTS, Status, statusName,
  type Pid, type Ref,
} from "../../host/kernel/abi.ts";
import { Kernel } from "../../host/kernel/kernel.ts";
import {
  MailboxModel, memoryVerdict, messageBlocks, type ModelMessage, type ModelProcess,
} from "./mailbox-model.ts";
import { fuzzOptions, Tally, type Random } from "./random.ts";
import { readDebugKernel } from "./test-kernel.ts";

const SLABS = 3;
const limits = {
  processes: 10, relations: 4, messageBytes: SLABS * 16384, handles: 12, events: 4, names: 2,
  scratchBytes: 16384, groups: 2,
};
const LENGTHS = [0, 1, 40, 200, 700, 1600, 1601, 4096, 8000, 16384];
const REFS = [101, 102, 103];
const statusNames = {
  runnable: ProcessStatus.RUNNABLE, offered: ProcessStatus.OFFERED,
  running: ProcessStatus.RUNNING, waiting: ProcessStatus.WAITING,
} as const;

interface Event {
  readonly type: number;
  readonly pid: Pid;
}

class Fuzz {
  readonly #kernel = Kernel.instantiate(readDebugKernel(), limits);
  readonly #model = new MailboxModel(0);
  readonly #random: Random;
  readonly #tally: Tally;
  readonly #given: Pid[] = [];
  /** Events that were written and not read. */
  readonly #ring: Event[] = [];
  /** Ends that are not reported yet, and those that are and not reaped. */
  readonly #unreported: Pid[] = [];
  readonly #reported: Pid[] = [];
  readonly #freeHandles = new Set(Array.from({ length: limits.handles }, (_, i) => i + 1));
  readonly #released = new Set<number>();
  /** Bytes that the host holds, with their blocks' sizes. */
  readonly #held: { readonly hold: number; readonly blocks: readonly number[] }[] = [];
  #now = 0;
  #told = false;

  constructor(random: Random, tally: Tally) {
    this.#random = random;
    this.#tally = tally;
  }

  run(operations: number): void {
    const choices = [
      () => this.#spawn(), () => this.#send(), () => this.#send(), () => this.#send(),
      () => this.#step(), () => this.#step(), () => this.#read(), () => this.#read(),
      () => this.#begin(), () => this.#begin(), () => this.#turn(), () => this.#turn(),
      () => this.#turn(), () => this.#turn(), () => this.#turn(), () => this.#rare(),
    ];
    for (let operation = 0; operation < operations; operation++) {
      const choice = this.#random.below(choices.length);
      try {
        (choices[choice] as () => void)();
        this.#check();
      } catch (error) {
        throw new Error(`operation ${operation}, choice ${choice}: ${(error as Error).message}`);
      }
    }
    this.#end();
  }

  #expect(what: string, found: number, expected: number): void {
    this.#tally.add(`${what} ${expected < 0 ? statusName(expected) : "done"}`);
    if (found !== expected) throw new Error(`${what}: ${found}, expected ${expected}`);
  }

  #check(): void {
    const broken = this.#kernel.exports.verify?.();
    if (broken !== 0) throw new Error(`invariant ${broken} is broken`);
    const live = this.#model.processes.size;
    const ended = this.#unreported.length + this.#reported.length;
    if (this.#kernel.counter(Counter.PROCESSES) !== live + ended) throw new Error("processes");
    const handles = limits.handles - this.#freeHandles.size - this.#released.size;
    if (this.#kernel.counter(Counter.LIVE_HANDLES) !== handles) throw new Error("live handles");
    const process = this.#random.pick([...this.#model.processes.values()]);
    if (process === undefined) return;
    const info = (item: number) => this.#kernel.processInfo(process.pid, item);
    if (info(Info.STATUS) !== statusNames[process.state]) throw new Error("status");
    if (info(Info.MESSAGE_QUEUE_LENGTH) !== process.mailbox.length) throw new Error("length");
  }

  /** A live process, or now and then nobody: a dead pid. */
  #anyPid(): { pid: Pid; process: ModelProcess | undefined } {
    const live = this.#random.pick([...this.#model.processes.keys()]);
    const pid = live === undefined || this.#random.chance(0.1)
      ? this.#random.pick(this.#given) ?? (7 * SLOTS + 1) as Pid : live;
    return { pid, process: this.#model.processes.get(pid) };
  }

  #spawn(): void {
    const priority = this.#random.chance(0.5) ? 0 : this.#random.below(4);
    const pid = this.#kernel.spawnHost(0, priority);
    const used = this.#model.processes.size + this.#unreported.length + this.#reported.length;
    if (used === limits.processes) {
      this.#expect("spawn", pid, Status.LIMIT);
      return;
    }
    if (pid <= 0 || this.#given.includes(pid)) throw new Error(`spawn: ${pid}`);
    this.#tally.add("spawn done");
    this.#given.push(pid);
    if (this.#given.length > 200) this.#given.shift();
    this.#model.spawn(pid, priority);
  }

  #send(): void {
    const { pid, process } = this.#anyPid();
    const kind = 1 + this.#random.below(3);
    const tag = this.#random.below(256);
    const ref = this.#random.pick([0, 0, ...REFS]) as Ref;
    const value = kind === MessageKind.NUMBER ? this.#random.bits()
      : kind === MessageKind.HANDLE ? 1 + this.#random.below(limits.handles)
      : this.#random.pick(LENGTHS) as number;
    const message: ModelMessage = { kind, tag, ref, value };
    const status = this.#transmit(pid, message);
    const what = ["", "number", "handle", "bytes"][kind] as string;
    if (process === undefined) return this.#expect(what, status, Status.NO_PROCESS);
    if (kind === MessageKind.HANDLE && !this.#freeHandles.has(value)) {
      return this.#expect(what, status, Status.BAD_HANDLE);
    }
    const verdict = memoryVerdict(this.#blocks(), messageBlocks(message), SLABS);
    if (verdict === "full" || (verdict === "depends" && status === Status.NO_MEMORY)) {
      return this.#expect(what, status, Status.NO_MEMORY);
    }
    this.#expect(what, status, Status.OK);
    if (kind === MessageKind.HANDLE) this.#freeHandles.delete(value);
    this.#model.send(process, message);
  }

  #transmit(pid: Pid, { kind, tag, ref, value }: ModelMessage): number {
    const kernel = this.#kernel;
    switch (kind) {
      case MessageKind.NUMBER: return kernel.sendNumber(0, pid, tag, ref as Ref, value);
      case MessageKind.HANDLE: return kernel.sendHandle(0, pid, tag, ref as Ref, value);
      default: return kernel.sendBytes(0, pid, tag, ref as Ref, new Uint8Array(value).fill(tag));
    }
  }

  #blocks(): number[] {
    const queued = [...this.#model.processes.values()].flatMap(({ mailbox }) => mailbox);
    return [...queued.flatMap(messageBlocks), ...this.#held.flatMap(({ blocks }) => blocks)];
  }

  #step(): void {
    const reductions = this.#random.below(4);
    if (this.#random.chance(0.5)) this.#now += this.#random.below(80);
    if (this.#random.chance(0.01)) this.#now += this.#random.below(300_000);
    this.#told = true;
    const status = this.#kernel.step(this.#now, reductions);
    this.#model.fire(this.#now);
    const hasRoom = () => this.#ring.length < limits.events;
    const report = () => {
      while (this.#unreported.length > 0 && hasRoom()) {
        const pid = this.#unreported.shift() as Pid;
        this.#reported.push(pid);
        this.#ring.push({ type: EventKind.EXITED, pid });
      }
    };
    report();
    this.#model.begin();
    for (let left = reductions; left > 0 && hasRoom(); left--) {
      const pid = this.#model.offer();
      if (pid === undefined) break;
      this.#ring.push({ type: EventKind.RUN, pid });
    }
    report();
    if (!hasRoom()) this.#tally.add("event ring full");
    const isMore = this.#model.queue.length > 0 || this.#unreported.length > 0;
    this.#expect("step", status, isMore ? Status.MORE : Status.OK);
  }

  /** Reads an event; the ended process is reaped at once or later. */
  #read(): void {
    const expected = this.#ring.shift();
    if (this.#kernel.nextEvent() !== (expected !== undefined)) throw new Error("an event is amiss");
    if (expected === undefined) return;
    const { type, pid } = this.#kernel.event;
    if (type !== expected.type || pid !== expected.pid) throw new Error(`event ${type} ${pid}`);
    if (type === EventKind.EXITED && this.#random.chance(0.7)) this.#reap(pid);
  }

  #reap(pid: Pid): void {
    this.#expect("reap", this.#kernel.reap(pid), Status.OK);
    this.#reported.splice(this.#reported.indexOf(pid), 1);
  }

  #begin(): void {
    const offered = [...this.#model.processes.values()].filter(({ state }) => state === "offered");
    const { pid, process } = this.#random.chance(0.9) && offered.length > 0
      ? { pid: offered[0]?.pid as Pid, process: offered[0] } : this.#anyPid();
    const status = this.#kernel.begin(pid);
    if (process === undefined) return this.#expect("begin", status, Status.NO_PROCESS);
    if (process.state !== "offered") return this.#expect("begin", status, Status.NONE);
    process.state = "running";
    this.#expectShown("begin", process, status);
  }

  #expectShown(what: string, process: ModelProcess, status: number): void {
    const message = this.#model.shown(process);
    this.#expect(what, status, message === undefined ? Status.OK : Status.SHOWN);
    if (message === undefined) return;
    const { kind, tag, ref, value, length, last } = this.#kernel.message;
    const same = kind === message.kind && tag === message.tag && ref === message.ref;
    const number = kind === MessageKind.BYTES ? length : value;
    if (!same || number !== message.value) throw new Error(`${what} shows ${kind} ${number}`);
    if (kind === MessageKind.HANDLE && !last) throw new Error("the handle has one reference");
  }

  #turn(): void {
    const running = [...this.#model.processes.values()].filter(({ state }) => state === "running");
    const process = this.#random.pick(running);
    if (process === undefined || this.#random.chance(0.02)) return this.#turnOfNone();
    const { pid } = process;
    switch (this.#random.below(12)) {
      case 0: return this.#expectShown("peek", process, this.#kernel.peek(pid));
      case 9: {
        const passed = this.#random.below(process.mailbox.length + 2);
        process.cursor = Math.min(passed, process.mailbox.length);
        return this.#expectShown("seek", process, this.#kernel.seek(pid, passed));
      }
      case 1: case 2: {
        if (this.#model.shown(process) !== undefined) process.cursor++;
        return this.#expectShown("skip", process, this.#kernel.skip(pid));
      }
      case 3: case 4: case 5: return this.#take(process);
      case 6: {
        process.cursor = process.mailbox.length;
        return this.#expect("mark", this.#kernel.mark(pid), Status.OK);
      }
      case 7: {
        this.#model.rewind(process);
        return this.#expect("rewind", this.#kernel.rewind(pid), Status.OK);
      }
      case 8: {
        this.#model.yieldTurn(process);
        return this.#expect("yield", this.#kernel.yieldTurn(pid, 1), Status.OK);
      }
      default: return this.#wait(process);
    }
  }

  #turnOfNone(): void {
    const { pid, process } = this.#anyPid();
    if (process?.state === "running") return;
    const expected = process === undefined ? Status.NO_PROCESS : Status.NO_TURN;
    this.#expect("take", this.#kernel.take(pid), expected);
    this.#expect("wait", this.#kernel.wait(pid, 1, 1), expected);
    this.#expect("finish", this.#kernel.finish(pid, 0, 0), expected);
  }

  #take(process: ModelProcess): void {
    const message = this.#model.shown(process);
    if (message === undefined) {
      return this.#expect("take", this.#kernel.take(process.pid), Status.BAD_ARGUMENT);
    }
    this.#expectShown("peek", process, this.#kernel.peek(process.pid));
    const { value, hold } = this.#kernel.message;
    const isHere = this.#random.chance(0.3);
    const status = isHere ? this.#kernel.takeHere(process.pid) : this.#kernel.take(process.pid);
    if (isHere) this.#model.takeHere(process);
    else this.#model.take(process);
    if (message.kind === MessageKind.HANDLE) this.#freeHandles.add(message.value);
    if (message.kind === MessageKind.BYTES) {
      this.#held.push({ hold, blocks: messageBlocks(message) });
      const bytes = new Uint8Array(this.#kernel.exports.memory.buffer, value, message.value);
      if (bytes.some((byte) => byte !== message.tag)) throw new Error("the bytes are damaged");
    }
    this.#expectShown("take", process, status);
  }

  #wait(process: ModelProcess): void {
    const ms = this.#random.pick([0, 1, 63, 64, 500, 5000, Infinity, Infinity]) as number;
    const isTold = this.#told || ms === Infinity;
    if (!isTold) return;
    const ref = this.#random.chance(0.3) ? this.#random.pick(REFS) : undefined;
    const status = ref === undefined ? this.#kernel.wait(process.pid, ms, 1)
      : this.#kernel.waitRef(process.pid, ref as Ref, ms, 1);
    const expected = this.#model.wait(process, ref, ms);
    this.#tally.add(["wait closes", "wait AGAIN", "wait TIMED_OUT"][expected] as string);
    this.#expect("wait", status, expected);
  }

  #rare(): void {
    switch (this.#random.below(13)) {
      case 0: case 6: case 7: return this.#kill();
      case 1: return this.#finish();
      case 2: {
        const { pid, process } = this.#anyPid();
        const priority = this.#random.below(4);
        const status = this.#kernel.processFlag(pid, 1, priority);
        this.#expect("priority", status, process?.priority ?? Status.NO_PROCESS);
        if (process !== undefined) this.#model.setPriority(process, priority);
        return;
      }
      case 3: case 8: return this.#drain();
      case 4: {
        const pid = this.#random.pick(this.#reported);
        if (pid !== undefined && !this.#ring.some((event) => event.pid === pid)) this.#reap(pid);
        return;
      }
      case 5: return this.#flood();
      default: return this.#release();
    }
  }

  /** Sends numbers to one process until the memory is used up. */
  #flood(): void {
    const process = this.#random.pick([...this.#model.processes.values()]);
    if (process === undefined || this.#random.chance(0.5)) return;
    const message: ModelMessage = { kind: MessageKind.NUMBER, tag: 0, ref: 0, value: 1 };
    while (this.#transmit(process.pid, message) === Status.OK) this.#model.send(process, message);
    const verdict = memoryVerdict(this.#blocks(), messageBlocks(message), SLABS);
    if (verdict === "fits") throw new Error("refused though there is room");
    this.#expect("number", this.#transmit(process.pid, message), Status.NO_MEMORY);
  }

  #kill(): void {
    const { pid, process } = this.#anyPid();
    const status = this.#kernel.exitSignal(0, pid, ReasonKind.ATOM, Atom.KILL);
    this.#expect("kill", status, process === undefined ? Status.NO_PROCESS : Status.OK);
    if (process === undefined) return;
    for (const handle of this.#model.end(process)) this.#released.add(handle);
    this.#unreported.push(pid);
  }

  #finish(): void {
    const running = [...this.#model.processes.values()].find(({ state }) => state === "running");
    if (running === undefined) return;
    this.#expect("finish", this.#kernel.finish(running.pid, 0, 0), Status.OK);
    for (const handle of this.#model.end(running)) this.#released.add(handle);
  }

  #drain(): void {
    this.#kernel.drainReleased((handle) => {
      if (!this.#released.delete(handle)) throw new Error(`handle ${handle} was not released`);
      this.#freeHandles.add(handle);
    });
    if (this.#released.size > 0) throw new Error("a released handle is lost");
  }

  /** Gives back bytes, in any order; twice is refused. */
  #release(): void {
    const index = this.#random.below(this.#held.length);
    const [held] = this.#held.splice(index, 1);
    if (held === undefined) return;
    this.#expect("release", this.#kernel.release(held.hold), Status.OK);
    this.#expect("release", this.#kernel.release(held.hold), Status.BAD_ARGUMENT);
  }

  /** Ends all; then nothing may be left. */
  #end(): void {
    for (const pid of [...this.#model.processes.keys()]) {
      const process = this.#model.processes.get(pid) as ModelProcess;
      for (const handle of this.#model.end(process)) this.#released.add(handle);
      this.#unreported.push(pid);
      this.#kernel.exitSignal(0, pid, ReasonKind.ATOM, Atom.KILL);
    }
    while (this.#held.length > 0) this.#release();
    this.#drain();
    this.#check();
    if (this.#freeHandles.size !== limits.handles) throw new Error("a handle is lost");
  }
}

t.test("mailboxes, run queue and turns do what a naive model does", (t) => {
  const { operations, random } = fuzzOptions(t, 40_000);
  const tally = new Tally();
  new Fuzz(random, tally).run(operations);
  tally.report(t);
  for (const limit of ["spawn LIMIT", "number NO_MEMORY", "bytes NO_MEMORY", "handle BAD_HANDLE",
    "event ring full", "wait TIMED_OUT", "wait AGAIN"]) {
    t.ok(tally.of(limit) > operations / 2000, `${limit}: ${tally.of(limit)} times`);
  }
  t.end();
});
