// Random timers (wheel.ts, timers.ts) against a naive model, a list that is sorted when something
// is due: all levels of the wheel, times of the clock, names, a table that is soon full.
//
//   SEED=… OPERATIONS=… node build/tests/assembly/fuzz-timers.test.js
import t from "tap";
import {
  Counter, MessageKind, Status, TimerOption, type Pid, type Ref,
} from "../../host/kernel/abi.ts";
import { Kernel } from "../../host/kernel/kernel.ts";
import { expectHits, fuzzOptions, makeChoices, Tally, type Random } from "./random.ts";
import { readDebugKernel } from "./test-kernel.ts";

const limits = {
  processes: 4, relations: 14, messageBytes: 2 * 16384, handles: 1, events: 8, names: 2,
  scratchBytes: 4096, groups: 1,
};
/** Around the borders of the wheel's levels, and between them. */
const TIMES = [0, 0, 1, 2, 0.25, 10, 63, 64, 65, 100.5, 4095, 4096, 4097, 50_000, 64 ** 3 - 1,
  64 ** 3, 64 ** 3 + 1, 10 ** 6, 64 ** 4, 64 ** 4 + 1, 10 ** 9, 64 ** 5 + 1, 2 ** 32 - 1];
const NO_TIMES = [-1, NaN, Infinity, -Infinity, 2 ** 32, 1e300];
const TIMER_MS_MAX = 2 ** 32 - 1;
const UPTIME_MS_MAX = 2 ** 42 - 2 ** 33;

interface Timer {
  readonly ref: Ref;
  /** A name is looked up when the time has come. */
  readonly to: Pid | string;
  /** The tick since the epoch at which it fires. */
  readonly at: number;
  readonly value: number;
}

class Fuzz {
  readonly #kernel = Kernel.instantiate(readDebugKernel(), limits);
  readonly #random: Random;
  readonly #tally: Tally;
  readonly #epoch: number;
  readonly #pids: Pid[] = [];
  readonly #names = new Map<string, Pid>();
  readonly #old: Ref[] = [0 as Ref];
  /** In the order of their start. */
  #timers: Timer[] = [];
  #now: number;
  #elapsed = 0;
  #started = 0;
  #dead = 0;

  constructor(random: Random, tally: Tally) {
    this.#random = random;
    this.#tally = tally;
    this.#epoch = random.pick([0, 0.5, 1_000_000, -(2 ** 40), 1.7e12 + 0.25]) as number;
    this.#now = this.#epoch;
    for (let i = 0; i < 2; i++) this.#pids.push(this.#kernel.spawnHost(0, 0));
    this.#kernel.step(this.#now, 10);
    while (this.#kernel.nextEvent()) this.#kernel.begin(this.#kernel.event.pid);
  }

  run(operations: number): void {
    const start = () => this.#start();
    const step = () => this.#step();
    const choices = [start, start, start, start, () => this.#look(), () => this.#cancel(),
      step, step, step, () => this.#name()];
    makeChoices(this.#random, operations, choices, () => this.#check());
  }

  #check(): void {
    const broken = this.#kernel.exports.verify?.();
    if (broken !== 0) throw new Error(`invariant ${broken} is broken`);
    const expected = this.#timers.length;
    if (this.#kernel.counter(Counter.TIMERS) !== expected) throw new Error("the count of timers");
    if (this.#kernel.counter(Counter.DEAD_LETTERS) !== this.#dead) throw new Error("dead letters");
    const next = this.#kernel.nextDeadline();
    const first = Math.min(...this.#timers.map(({ at }) => this.#epoch + at));
    // The host may have to come earlier, when timers move down.
    if (next > first || (next === Infinity) !== (first === Infinity)) {
      throw new Error(`the next deadline is ${next}, of a timer ${first}`);
    }
  }

  #time(): number {
    return this.#random.pick(this.#random.chance(0.05) ? NO_TIMES : TIMES) as number;
  }

  /** The tick of a time, or undefined if no timer can have it. */
  #tickOf(ms: number, isAbsolute: boolean): number | undefined {
    if (!isAbsolute) {
      return ms >= 0 && ms <= TIMER_MS_MAX ? Math.ceil(this.#now - this.#epoch + ms) : undefined;
    }
    if (!(Math.abs(ms) <= 2 ** 53) || ms - this.#now > TIMER_MS_MAX) return undefined;
    return Math.max(Math.ceil(ms - this.#epoch), 0);
  }

  #start(): void {
    const random = this.#random;
    const kernel = this.#kernel;
    const value = ++this.#started;
    const isAbsolute = random.chance(0.3);
    const ms = isAbsolute ? this.#now + this.#time() - random.below(20) : this.#time();
    const options = isAbsolute ? TimerOption.ABSOLUTE : 0;
    const to = random.chance(0.3) ? random.pick(["a", "b"]) as string
      : random.pick(this.#pids) as Pid;
    const { NUMBER } = MessageKind;
    const found = typeof to === "string"
      ? kernel.sendAfterName(0, to, 0, 0, NUMBER, value, ms, options)
      : kernel.sendAfter(0, to, 0, 0, NUMBER, value, ms, options);
    const tick = this.#tickOf(ms, isAbsolute);
    const isFull = this.#timers.length === limits.relations;
    const refusal = tick === undefined ? Status.BAD_ARGUMENT : isFull ? Status.LIMIT : undefined;
    if (refusal !== undefined) {
      this.#tally.add(refusal === Status.LIMIT ? "LIMIT" : "BAD_ARGUMENT");
      if (found !== refusal) throw new Error(`start: ${found}, expected ${refusal}`);
      return;
    }
    if (found <= 0 || this.#old.includes(found)) throw new Error(`reference ${found}`);
    this.#remember(found);
    const at = Math.max(tick as number, this.#elapsed);
    this.#timers.push({ ref: found, to, at, value });
    const differing = Math.floor(Math.log2(Math.max(at - this.#elapsed, 1)) / 6);
    this.#tally.add(`64^${differing} ms ahead`);
  }

  #remember(ref: Ref): void {
    this.#old.push(ref);
    if (this.#old.length > 100) this.#old.shift();
  }

  /** A timer that runs, or a reference of the past. */
  #known(): { ref: Ref; timer: Timer | undefined; left: number } {
    const running = this.#random.chance(0.8) ? this.#random.pick(this.#timers) : undefined;
    const ref = running?.ref ?? this.#random.pick(this.#old) as Ref;
    const timer = this.#timers.find((one) => one.ref === ref);
    if (timer === undefined) return { ref, timer, left: Status.NOT_FOUND };
    const left = Math.ceil(this.#epoch + timer.at - this.#now);
    return { ref, timer, left: Math.max(left, 0) };
  }

  #look(): void {
    const { ref, timer, left } = this.#known();
    const found = this.#kernel.readTimer(ref);
    if (found !== left) throw new Error(`read: ${found}, expected ${left}`);
    this.#tally.add(timer === undefined ? "read NOT_FOUND" : "read");
  }

  #cancel(): void {
    const { ref, timer, left } = this.#known();
    const found = this.#kernel.cancelTimer(ref);
    if (found !== left) throw new Error(`cancel: ${found}, expected ${left}`);
    this.#timers = this.#timers.filter((one) => one !== timer);
    this.#tally.add(timer === undefined ? "cancel NOT_FOUND" : "cancel");
  }

  #name(): void {
    const name = this.#random.pick(["a", "b"]) as string;
    const pid = this.#random.pick(this.#pids) as Pid;
    const isFree = !this.#names.has(name) && ![...this.#names.values()].includes(pid);
    if (isFree) {
      this.#names.set(name, pid);
      this.#kernel.register(pid, name);
    } else if (this.#names.delete(name)) {
      this.#kernel.unregister(name);
    }
  }

  #step(): void {
    const random = this.#random;
    const next = this.#kernel.nextDeadline();
    const isNear = random.chance(0.5) && Number.isFinite(next);
    const to = isNear ? next - random.below(2) : this.#now + (random.pick(TIMES) as number);
    if (to - this.#epoch > UPTIME_MS_MAX) return;
    this.#now = Math.max(this.#now, to);
    const goesBack = random.chance(0.1) && this.#kernel.exports.clock(this.#now) === 0;
    const status = this.#kernel.step(goesBack ? this.#now - 5 : this.#now, 10);
    if (status !== Status.OK) throw new Error(`step: ${status}`);
    this.#elapsed = Math.floor(this.#now - this.#epoch);
    const due = this.#timers.filter(({ at }) => at <= this.#elapsed).sort((a, b) => a.at - b.at);
    this.#timers = this.#timers.filter(({ at }) => at > this.#elapsed);
    const expected = new Map<Pid, number[]>(this.#pids.map((pid) => [pid, []]));
    for (const { to, value } of due) {
      const pid = typeof to === "string" ? this.#names.get(to) : to;
      if (pid === undefined) this.#dead++;
      else expected.get(pid)?.push(value);
      this.#tally.add(pid === undefined ? "dead letter" : "fired");
    }
    for (const [pid, values] of expected) this.#expectMessages(pid, values);
  }

  #expectMessages(pid: Pid, expected: readonly number[]): void {
    const values: number[] = [];
    this.#kernel.rewind(pid);
    for (let shown = this.#kernel.peek(pid); shown === Status.SHOWN;) {
      values.push(this.#kernel.message.value);
      shown = this.#kernel.take(pid);
    }
    if (values.join() !== expected.join()) throw new Error(`${pid}: ${values}, not ${expected}`);
  }
}

t.test("timers fire when and in the order in which a naive model does", (t) => {
  const { operations, random } = fuzzOptions(t, 80_000);
  const tally = new Tally();
  const part = 4000;
  for (let done = 0; done < operations; done += part) {
    new Fuzz(random, tally).run(Math.min(part, operations - done));
  }
  tally.report(t);
  const levels = [0, 1, 2, 3, 4, 5].map((level) => `64^${level} ms ahead`);
  expectHits(t, tally, operations, 1000,
    ["LIMIT", "BAD_ARGUMENT", "read NOT_FOUND", "cancel NOT_FOUND", "dead letter", ...levels]);
  t.end();
});
