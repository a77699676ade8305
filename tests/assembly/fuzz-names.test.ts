// Random operations on the tables of names and groups (name-table.ts, names.ts, groups.ts) against
// Maps, with tables and a memory so small that they are full all the time.
//
//   SEED=… OPERATIONS=… node build/tests/assembly/fuzz-names.test.js
import t from "tap";
import { Counter, EventKind, Info, Status, statusName, type Pid } from "../../host/kernel/abi.ts";
import { Kernel } from "../../host/kernel/kernel.ts";
import { expectHits, fuzzOptions, makeChoices, Tally, type Random } from "./random.ts";
import { readDebugKernel } from "./test-kernel.ts";

const SLABS = 2;
const limits = {
  processes: 9, relations: 12, messageBytes: SLABS * 16384, handles: 1, events: 32, names: 3,
  scratchBytes: 4096, groups: 4,
};
const LONG = "n".repeat(3072);
const NAMES = ["a", "b", "c", "ab", "ba", "aa", "bb", "abcd", "abce", "äö", LONG, `${LONG}n`, ""];

function isName(name: string): boolean {
  const { length } = Buffer.from(name);
  return length > 0 && length <= 3072;
}

class Fuzz {
  readonly #kernel = Kernel.instantiate(readDebugKernel(), limits);
  readonly #random: Random;
  readonly #tally: Tally;
  readonly #alive = new Set<Pid>();
  readonly #names = new Map<string, Pid>();
  /** Members in the order of joining, with how often each has joined. */
  readonly #groups = new Map<string, Map<Pid, number>>();
  #dead = 1 as Pid;
  /** Whose mailbox takes up the memory. */
  #hog: Pid | undefined;

  constructor(random: Random, tally: Tally) {
    this.#random = random;
    this.#tally = tally;
  }

  run(operations: number): void {
    const choices = [
      () => this.#spawn(), () => this.#spawn(), () => this.#kill(), () => this.#register(),
      () => this.#register(), () => this.#register(), () => this.#unregister(),
      () => this.#unregister(), () => this.#join(), () => this.#join(), () => this.#join(),
      () => this.#join(), () => this.#leave(), () => this.#leave(), () => this.#fill(),
    ];
    makeChoices(this.#random, operations, choices, () => this.#check());
  }

  #expect(what: string, found: number, expected: number): void {
    this.#tally.add(`${what} ${expected < 0 ? statusName(expected) : "done"}`);
    if (found !== expected) throw new Error(`${what}: ${found}, expected ${expected}`);
  }

  /** What the kernel may answer for want of memory: that, if every slab is in use. */
  #expectOrFull(what: string, found: number, slabs: number): boolean {
    const isFull = found === Status.NO_MEMORY && slabs === SLABS;
    this.#expect(what, found, isFull ? Status.NO_MEMORY : Status.OK);
    return !isFull;
  }

  #check(): void {
    const kernel = this.#kernel;
    const broken = kernel.exports.verify?.();
    if (broken !== 0) throw new Error(`invariant ${broken} is broken`);
    if (kernel.counter(Counter.NAMES) !== this.#names.size) throw new Error("the count of names");
    if (kernel.counter(Counter.GROUPS) !== this.#groups.size) throw new Error("of groups");
    const name = this.#random.pick(NAMES) as string;
    if (kernel.whereis(name) !== (this.#names.get(name) ?? 0)) throw new Error(`whereis ${name}`);
    const members = this.#groups.get(name) ?? new Map<Pid, number>();
    if (kernel.groupSize(name) !== members.size) throw new Error(`the size of ${name}`);
    const listed = kernel.groupMembers(name).join();
    if (listed !== [...members.keys()].reverse().join()) throw new Error(`members ${listed}`);
    const pid = this.#random.pick([...this.#alive]);
    if (pid === undefined) return;
    if (kernel.groupCount(pid, name) !== (members.get(pid) ?? 0)) throw new Error("the joins");
    const own = [...this.#names].find(([, owner]) => owner === pid)?.[0] ?? "";
    if (kernel.processName(pid) !== own) throw new Error(`the name of ${pid}`);
    const joined = [...this.#groups.values()].filter((group) => group.has(pid)).length;
    if (kernel.processInfo(pid, Info.GROUPS) !== joined) throw new Error(`the groups of ${pid}`);
  }

  #pid(): Pid {
    const alive = this.#random.chance(0.95) ? this.#random.pick([...this.#alive]) : undefined;
    return alive ?? this.#dead;
  }

  #spawn(): void {
    const pid = this.#kernel.spawnHost(0, 0);
    if (this.#alive.size === limits.processes) return this.#expect("spawn", pid, Status.LIMIT);
    if (pid <= 0) throw new Error(`spawn: ${pid}`);
    this.#alive.add(pid);
  }

  #kill(): void {
    const pid = this.#random.pick([...this.#alive]);
    if (pid === undefined || this.#random.chance(0.5)) return;
    this.#kernel.exitSignal(0, pid, 0, 1);
    this.#kernel.step(0, 100);
    while (this.#kernel.nextEvent()) {
      const { type, pid } = this.#kernel.event;
      if (type === EventKind.EXITED) this.#kernel.reap(pid);
    }
    this.#alive.delete(pid);
    this.#dead = pid;
    if (pid === this.#hog) this.#hog = undefined;
    for (const [name, owner] of this.#names) if (owner === pid) this.#names.delete(name);
    for (const [name, members] of this.#groups) {
      if (members.delete(pid)) this.#tally.add("the end leaves a group");
      if (members.size === 0) this.#groups.delete(name);
    }
  }

  #register(): void {
    const [pid, name] = [this.#pid(), this.#random.pick(NAMES) as string];
    const slabs = this.#kernel.counter(Counter.SLABS);
    const found = this.#kernel.register(pid, name);
    const refusal = !this.#alive.has(pid) ? this.#whyDead(pid)
      : !isName(name) ? Status.BAD_ARGUMENT
      : this.#names.has(name) || [...this.#names.values()].includes(pid) ? Status.TAKEN
      : this.#names.size === limits.names ? Status.LIMIT : undefined;
    if (refusal !== undefined) return this.#expect("register", found, refusal);
    if (this.#expectOrFull("register", found, slabs)) this.#names.set(name, pid);
  }

  #whyDead(pid: Pid): number {
    return pid % 2 ** 24 === 0 ? Status.BAD_PID : Status.NO_PROCESS;
  }

  #unregister(): void {
    const isKnown = this.#random.chance(0.5);
    const known = isKnown ? this.#random.pick([...this.#names.keys()]) : undefined;
    const name = known ?? this.#random.pick(NAMES) as string;
    const expected = this.#names.delete(name) ? Status.OK : Status.NOT_FOUND;
    this.#expect("unregister", this.#kernel.unregister(name), expected);
  }

  #join(): void {
    const [pid, name] = [this.#pid(), this.#random.pick(NAMES) as string];
    const slabs = this.#kernel.counter(Counter.SLABS);
    const found = this.#kernel.groupJoin(pid, name);
    if (!this.#alive.has(pid)) return this.#expect("join", found, this.#whyDead(pid));
    if (!isName(name)) return this.#expect("join", found, Status.BAD_ARGUMENT);
    const members = this.#groups.get(name);
    const joins = members?.get(pid);
    if (members !== undefined && joins !== undefined) {
      members.set(pid, joins + 1);
      return this.#expect("join again", found, Status.OK);
    }
    const all = [...this.#groups.values()].reduce((sum, { size }) => sum + size, 0);
    if (all === limits.relations) return this.#expect("join relations", found, Status.LIMIT);
    if (members !== undefined) {
      members.set(pid, 1);
      return this.#expect("join", found, Status.OK);
    }
    if (this.#groups.size === limits.groups) return this.#expect("join", found, Status.LIMIT);
    if (this.#expectOrFull("join", found, slabs)) this.#groups.set(name, new Map([[pid, 1]]));
  }

  #leave(): void {
    const isKnown = this.#random.chance(0.4);
    const known = isKnown ? this.#random.pick([...this.#groups.keys()]) : undefined;
    const [pid, name] = [this.#pid(), known ?? this.#random.pick(NAMES) as string];
    const found = this.#kernel.groupLeave(pid, name);
    if (!this.#alive.has(pid)) return this.#expect("leave", found, this.#whyDead(pid));
    const members = this.#groups.get(name);
    const joins = members?.get(pid);
    this.#expect("leave", found, joins === undefined ? Status.NOT_FOUND : Status.OK);
    if (members === undefined || joins === undefined) return;
    if (joins > 1) members.set(pid, joins - 1);
    else members.delete(pid);
    if (members.size === 0) this.#groups.delete(name);
  }

  /** Uses up the memory, or gives it back with the end of who has it. */
  #fill(): void {
    if (this.#hog !== undefined || this.#random.chance(0.7)) return;
    this.#hog = this.#random.pick([...this.#alive]);
    if (this.#hog === undefined) return;
    while (this.#kernel.sendNumber(0, this.#hog, 0, 0, 1) === Status.OK) continue;
    this.#tally.add("memory is full");
  }
}

t.test("names and groups do what Maps do", (t) => {
  const { operations, random } = fuzzOptions(t, 40_000);
  const tally = new Tally();
  const part = 3000;
  for (let done = 0; done < operations; done += part) {
    new Fuzz(random, tally).run(Math.min(part, operations - done));
  }
  tally.report(t);
  expectHits(t, tally, operations, 2000, [
    "spawn LIMIT", "register LIMIT", "register TAKEN", "register NO_MEMORY",
    "register BAD_ARGUMENT", "register NO_PROCESS", "unregister done", "unregister NOT_FOUND",
    "join LIMIT", "join relations LIMIT", "join NO_MEMORY", "join BAD_ARGUMENT",
    "join again done", "leave done", "leave NOT_FOUND", "the end leaves a group",
  ]);
  t.end();
});
