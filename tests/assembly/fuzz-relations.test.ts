// Random operations on links, monitors, names, timers, handles and ends against a naive model, with
// tables so small that every limit is hit all the time; all invariants are checked after each.
//
//   SEED=… OPERATIONS=… node build/tests/assembly/fuzz-relations.test.js
import t from "tap";
import {
  Atom, Counter, EventKind, Flag, MessageKind, Option, ReasonKind, Status, statusName,
  type Pid, type Ref,
} from "../../host/kernel/abi.ts";
import { Kernel } from "../../host/kernel/kernel.ts";
import { fuzzOptions, Tally, type Random } from "./random.ts";
import { RelationModel, type Reason, type RelationProcess, type Signal } from "./relation-model.ts";
import { readDebugKernel } from "./test-kernel.ts";

const limits = {
  processes: 12, relations: 26, messageBytes: 4 * 16384, handles: 6, events: 16, names: 3,
  scratchBytes: 4096, groups: 4,
};
const NAMES = ["a", "b", "c", "d", "ab", "ba"];
const REASONS = [Atom.NORMAL, Atom.SHUTDOWN, Atom.KILL, Atom.TIMEOUT, 2000];
const TIMES = [0, 1, 5, 60, 70, 4000, 5000, 300_000];

class Fuzz {
  readonly #kernel = Kernel.instantiate(readDebugKernel(), limits);
  readonly #model = new RelationModel();
  readonly #random: Random;
  readonly #tally: Tally;
  readonly #pids: Pid[] = [];
  readonly #refs: number[] = [0];
  readonly #freeHandles = new Set(Array.from({ length: limits.handles }, (_, i) => i + 1));
  /** Of the ended, those whose EXITED was read. */
  readonly #reported = new Set<Pid>();

  constructor(random: Random, tally: Tally) {
    this.#random = random;
    this.#tally = tally;
    this.#step(0);
  }

  run(operations: number): void {
    const choices = [
      () => this.#spawn(), () => this.#spawn(), () => this.#spawn(), () => this.#link(),
      () => this.#link(), () => this.#unlink(), () => this.#monitor(), () => this.#monitor(),
      () => this.#demonitor(), () => this.#exit(), () => this.#finish(), () => this.#names(),
      () => this.#names(), () => this.#startTimer(), () => this.#startTimer(),
      () => this.#lookAtTimer(), () => this.#take(), () => this.#take(), () => this.#take(),
      () => this.#take(), () => this.#step(this.#random.pick(TIMES) as number), () => this.#reap(),
      () => this.#trap(), () => this.#drain(),
    ];
    for (let operation = 0; operation < operations; operation++) {
      const choice = this.#random.below(choices.length);
      this.#model.batch++;
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
    const model = this.#model;
    const expected: readonly [number, number][] = [
      [Counter.PROCESSES, model.processes.size + model.ended.size],
      [Counter.RELATIONS, model.relations()],
      [Counter.TIMERS, model.timers.length],
      [Counter.LIVE_HANDLES, model.references().size],
      [Counter.NAMES, [...model.processes.values()].filter(({ name }) => name).length],
    ];
    for (const [id, count] of expected) {
      const found = this.#kernel.counter(id);
      if (found !== count) throw new Error(`counter ${id} is ${found}, expected ${count}`);
    }
    const process = this.#random.pick([...model.processes.values()]);
    if (process === undefined) return;
    if (this.#kernel.processInfo(process.pid, 1) !== process.mailbox.length) {
      throw new Error(`the mailbox of ${process.pid}`);
    }
  }

  /** A live process, or now and then a dead one. */
  #any(): { pid: Pid; process: RelationProcess | undefined } {
    const live = this.#random.pick([...this.#model.processes.keys()]);
    const old = this.#random.pick(this.#pids);
    const pid = (this.#random.chance(0.1) ? old : live) ?? old ?? (1 as Pid);
    return { pid, process: this.#model.processes.get(pid) };
  }

  #relationsLeft = () => limits.relations - this.#model.relations();

  #handle(): number {
    const free = this.#random.chance(0.8) ? this.#random.pick([...this.#freeHandles]) : undefined;
    return free ?? 1 + this.#random.below(limits.handles);
  }

  /** A reason as kind, value and as the model has it. */
  #reason(): { kind: number; value: number; reason: Reason; refused: boolean } {
    if (this.#random.chance(0.4)) {
      const value = this.#handle();
      const refused = !this.#freeHandles.has(value);
      return { kind: ReasonKind.HANDLE, value, reason: -value, refused };
    }
    const value = this.#random.pick(REASONS) as number;
    return { kind: ReasonKind.ATOM, value, reason: value, refused: false };
  }

  #spawn(): void {
    const model = this.#model;
    const { pid: parent, process } = this.#any();
    const options = this.#random.chance(0.6) ? 0
      : this.#random.pick([Option.LINK, Option.MONITOR, Option.LINK | Option.MONITOR]) as number;
    const traps = this.#random.chance(0.4);
    const found = this.#kernel.spawnHost(parent, options | (traps ? Option.TRAP_EXIT : 0));
    const needed = (options & Option.LINK ? 2 : 0) + (options & Option.MONITOR ? 1 : 0);
    if (options && process === undefined) return this.#expect("spawn", found, Status.NO_PROCESS);
    const isFull = model.processes.size + model.ended.size === limits.processes;
    if (isFull || needed > this.#relationsLeft()) {
      return this.#expect(isFull ? "spawn" : "spawn related", found, Status.LIMIT);
    }
    if (found <= 0 || this.#pids.includes(found)) throw new Error(`spawn: ${found}`);
    model.spawn(found, traps);
    if (options & Option.LINK) model.link(parent, found);
    if (options & Option.MONITOR) this.#watch(this.#kernel.lastRef, parent, found);
    this.#pids.push(found);
    if (this.#pids.length > 40) this.#pids.shift();
    this.#step(0);
  }

  #watch(ref: number, watcher: Pid, watched: Pid): void {
    this.#remember(ref);
    this.#model.monitors.push({ ref, watcher, watched });
  }

  #remember(ref: number): void {
    if (ref <= 0 || this.#refs.includes(ref)) throw new Error(`reference ${ref}`);
    this.#refs.push(ref);
    if (this.#refs.length > 60) this.#refs.shift();
  }

  #link(): void {
    const model = this.#model;
    const { pid: a, process } = this.#any();
    const { pid: b, process: other } = this.#any();
    const found = this.#kernel.link(a, b);
    if (process === undefined) return this.#expect("link", found, Status.NO_PROCESS);
    if (other === undefined) {
      if (!process.trapping) return this.#expect("link", found, Status.NO_PROCESS);
      if (this.#relationsLeft() === 0) return this.#expect("link", found, Status.LIMIT);
      model.tell(a, "exit", b, 0, Atom.NOPROC);
      return this.#expect("link noproc", found, Status.OK);
    }
    if (a === b || model.isLinked(a, b)) return this.#expect("link again", found, Status.OK);
    if (this.#relationsLeft() < 2) return this.#expect("link", found, Status.LIMIT);
    model.link(a, b);
    this.#expect("link", found, Status.OK);
  }

  #unlink(): void {
    const pair = this.#random.chance(0.7) ? this.#random.pick(this.#model.links) : undefined;
    const [a, b] = pair ?? [this.#any().pid, this.#any().pid];
    const found = this.#kernel.unlink(b, a);
    if (!this.#model.processes.has(b)) return this.#expect("unlink", found, Status.NO_PROCESS);
    const expected = a !== b && this.#model.isLinked(a, b) ? Status.OK : Status.NOT_FOUND;
    if (expected === Status.OK) this.#model.unlink(a, b);
    this.#expect("unlink", found, expected);
  }

  #monitor(): void {
    const { pid: watcher, process } = this.#any();
    const { pid: watched, process: other } = this.#any();
    const found = this.#kernel.monitor(watcher, watched);
    if (process === undefined) return this.#expect("monitor", found, Status.NO_PROCESS);
    if (this.#relationsLeft() === 0) return this.#expect("monitor", found, Status.LIMIT);
    if (other === undefined) {
      this.#remember(found);
      this.#model.tell(watcher, "down", watched, found, Atom.NOPROC);
    } else {
      this.#watch(found, watcher, watched);
    }
    this.#tally.add("monitor done");
  }

  #demonitor(): void {
    const model = this.#model;
    const downs = [...model.processes.values()].flatMap(({ pid, mailbox }) => {
      return mailbox.filter((one) => one.kind === "down").map(({ ref }) => ({ ref, watcher: pid }));
    });
    const known = this.#random.pick(this.#random.chance(0.5) ? downs : model.monitors);
    const ref = known?.ref ?? (this.#random.pick(this.#refs) as number);
    const isOwn = known !== undefined && this.#random.chance(0.8);
    const watcher = isOwn ? known.watcher : this.#any().pid;
    const options = this.#random.below(2);
    const found = this.#kernel.demonitor(watcher, ref as Ref, options);
    const process = model.processes.get(watcher);
    if (process === undefined) return this.#expect("demonitor", found, Status.NO_PROCESS);
    const active = model.monitors.find((one) => one.ref === ref && one.watcher === watcher);
    this.#expect("demonitor", found, active === undefined ? Status.NOT_FOUND : Status.OK);
    if (active !== undefined) model.monitors = model.monitors.filter((one) => one !== active);
    else if (options === 1) {
      const before = process.mailbox.length;
      process.mailbox = process.mailbox.filter((m) => m.kind !== "down" || m.ref !== ref);
      if (process.mailbox.length < before) this.#tally.add("demonitor flush");
    }
  }

  #exit(): void {
    const model = this.#model;
    const { pid, process } = this.#any();
    const from = this.#random.chance(0.2) ? pid : this.#any().pid;
    const { kind, value, reason, refused } = this.#reason();
    const found = this.#kernel.exitSignal(from, pid, kind, value);
    if (process === undefined) return this.#expect("exit", found, Status.NO_PROCESS);
    if (refused) return this.#expect("exit", found, Status.BAD_HANDLE);
    this.#expect("exit", found, Status.OK);
    if (reason < 0) this.#freeHandles.delete(value);
    if (reason === Atom.KILL) model.end(pid, Atom.KILLED, true);
    else if (process.trapping) model.tell(pid, "exit", from, -1, reason);
    else if (reason !== Atom.NORMAL || from === pid) model.end(pid, reason, true);
  }

  #finish(): void {
    if (this.#random.chance(0.4)) return;
    const { pid, process } = this.#any();
    const { kind, value, reason, refused } = this.#reason();
    const found = this.#kernel.finish(pid, kind, value);
    if (refused) return this.#expect("finish", found, Status.BAD_HANDLE);
    if (process === undefined) return this.#expect("finish", found, Status.NO_PROCESS);
    this.#expect("finish", found, Status.OK);
    if (reason < 0) this.#freeHandles.delete(value);
    this.#model.end(pid, reason, false);
  }

  #names(): void {
    const model = this.#model;
    const name = this.#random.pick(NAMES) as string;
    const owner = model.named(name);
    if (this.#kernel.whereis(name) !== (owner?.pid ?? 0)) throw new Error(`whereis ${name}`);
    if (this.#random.chance(0.3)) {
      const expected = owner === undefined ? Status.NOT_FOUND : Status.OK;
      this.#expect("unregister", this.#kernel.unregister(name), expected);
      if (owner !== undefined) owner.name = undefined;
      return;
    }
    const { pid, process } = this.#any();
    const found = this.#kernel.register(pid, name);
    if (process === undefined) return this.#expect("register", found, Status.NO_PROCESS);
    if (process.name !== undefined || owner !== undefined) {
      return this.#expect("register", found, Status.TAKEN);
    }
    const names = [...model.processes.values()].filter((one) => one.name !== undefined).length;
    this.#expect("register", found, names === limits.names ? Status.LIMIT : Status.OK);
    if (names < limits.names) process.name = name;
  }

  #startTimer(): void {
    const { pid: to, process } = this.#any();
    const handle = this.#random.chance(0.5) ? this.#handle() : 0;
    const kind = handle ? MessageKind.HANDLE : MessageKind.NUMBER;
    const ms = this.#random.pick(TIMES) as number;
    const found = this.#kernel.sendAfter(0, to, 0, 0, kind, handle, ms);
    if (process === undefined) return this.#expect("timer", found, Status.NO_PROCESS);
    if (handle && !this.#freeHandles.has(handle)) {
      return this.#expect("timer", found, Status.BAD_HANDLE);
    }
    if (this.#relationsLeft() === 0) return this.#expect("timer", found, Status.LIMIT);
    this.#remember(found);
    this.#freeHandles.delete(handle);
    this.#model.timers.push({ ref: found, to, at: this.#model.now + ms, handle });
    this.#tally.add("timer done");
  }

  #lookAtTimer(): void {
    const model = this.#model;
    const known = this.#random.chance(0.7) ? this.#random.pick(model.timers)?.ref : undefined;
    const ref = (known ?? this.#random.pick(this.#refs)) as Ref;
    const timer = model.timers.find((one) => one.ref === ref);
    const expected = timer === undefined ? Status.NOT_FOUND : timer.at - model.now;
    this.#expect("read", this.#kernel.readTimer(ref), expected);
    if (this.#random.chance(0.5)) return;
    this.#expect("cancel", this.#kernel.cancelTimer(ref), expected);
    model.timers = model.timers.filter((one) => one !== timer);
  }

  /** Takes the oldest message; of those of one operation, whichever comes. */
  #take(): void {
    const full = [...this.#model.processes.values()].filter(({ mailbox }) => mailbox.length > 0);
    const process = this.#random.pick(full);
    if (process === undefined) return;
    this.#expect("peek", this.#kernel.peek(process.pid), Status.SHOWN);
    const batch = process.mailbox[0]?.batch;
    const index = process.mailbox.findIndex((one) => one.batch === batch && this.#isShown(one));
    const message = process.mailbox[index];
    if (message === undefined) throw new Error(`a message of kind ${this.#kernel.message.kind}`);
    const last = this.#model.references().get(-message.reason) === 1;
    const handed = this.#kernel.message.last && message.reason < 0;
    if (handed !== last) throw new Error(`last is ${handed}`);
    process.mailbox.splice(index, 1);
    const expected = process.mailbox.length > 0 ? Status.SHOWN : Status.OK;
    this.#expect("take", this.#kernel.take(process.pid), expected);
    if (last) this.#freeHandles.add(-message.reason);
  }

  #isShown({ kind, from, ref, reason }: Signal): boolean {
    const message = this.#kernel.message;
    if (message.from !== from) return false;
    if (kind === "timer") {
      const isNumber = message.kind === MessageKind.NUMBER && reason === 0;
      const isHandle = message.kind === MessageKind.HANDLE && reason === -message.value;
      return (isNumber || isHandle) && message.ref === ref;
    }
    const isHandle = message.reasonKind === ReasonKind.HANDLE;
    if (reason !== (isHandle ? -message.value : message.value)) return false;
    if (kind === "exit") return message.kind === MessageKind.EXIT;
    return message.kind === MessageKind.DOWN && message.ref === ref;
  }

  #step(ms: number): void {
    this.#model.fire(this.#model.now + ms);
    for (let status: number = Status.MORE; status === Status.MORE; ) {
      status = this.#kernel.step(this.#model.now, 1000);
      while (this.#kernel.nextEvent()) this.#read();
    }
    if (this.#reported.size !== this.#model.ended.size) throw new Error("an end was not told of");
  }

  #read(): void {
    const { type, pid, reasonKind, value } = this.#kernel.event;
    if (type === EventKind.RUN) {
      if (this.#model.processes.has(pid)) this.#kernel.begin(pid);
      return;
    }
    const reason = reasonKind === ReasonKind.HANDLE ? -value : value;
    if (this.#model.ended.get(pid) !== reason) throw new Error(`${pid} ended with ${reason}`);
    if (this.#reported.has(pid)) throw new Error(`the end of ${pid} is told of twice`);
    this.#reported.add(pid);
  }

  #reap(): void {
    for (const pid of [...this.#reported]) {
      if (this.#random.chance(0.3)) continue;
      this.#expect("reap", this.#kernel.reap(pid), Status.OK);
      this.#reported.delete(pid);
      this.#model.ended.delete(pid);
    }
  }

  #trap(): void {
    const { pid, process } = this.#any();
    if (process === undefined) return;
    const traps = this.#random.chance(0.5);
    const found = this.#kernel.processFlag(pid, Flag.TRAP_EXIT, traps ? 1 : 0);
    this.#expect("trap", found, process.trapping ? 1 : 0);
    process.trapping = traps;
  }

  #drain(): void {
    const live = this.#model.references();
    this.#kernel.drainReleased((handle) => {
      if (live.has(handle) || this.#freeHandles.has(handle)) throw new Error(`handle ${handle}`);
      this.#freeHandles.add(handle);
    });
    if (this.#freeHandles.size + live.size !== limits.handles) throw new Error("a handle is lost");
  }

  /** Ends all; then nothing may be left. */
  #end(): void {
    for (const pid of [...this.#model.processes.keys()]) {
      if (!this.#model.processes.has(pid)) continue;
      this.#kernel.exitSignal(0, pid, ReasonKind.ATOM, Atom.KILL);
      this.#model.end(pid, Atom.KILLED, true);
    }
    this.#step(0);
    while (this.#reported.size > 0) this.#reap();
    this.#drain();
    this.#check();
    if (this.#freeHandles.size !== limits.handles) throw new Error("a handle is lost");
  }
}

t.test("links, monitors, names, timers and ends do what a naive model does", (t) => {
  const { operations, random } = fuzzOptions(t, 40_000);
  const tally = new Tally();
  new Fuzz(random, tally).run(operations);
  tally.report(t);
  for (const limit of ["spawn LIMIT", "spawn related LIMIT", "link LIMIT", "monitor LIMIT",
    "timer LIMIT", "register LIMIT", "exit BAD_HANDLE", "demonitor flush", "link noproc done"]) {
    t.ok(tally.of(limit) > operations / 4000, `${limit}: ${tally.of(limit)} times`);
  }
  t.end();
});
