// Random programs: what processes and their host do next, in a simulated world.
//
// Each world has its own small limits and its own weights of the actions, some of them 0: so some
// worlds are full of timers, others of links, others of messages that nobody takes.
import {
  Atom, Flag, MessageKind, SLOTS, Status, type Limits,
} from "../../host/kernel/abi.ts";
import type { Random } from "../assembly/random.ts";
import { Order, PUPPET } from "./natives.ts";
import type { Simulation } from "./simulation.ts";
import { shownMessage } from "./turns.ts";
import type { Process } from "./world.ts";

const NAMES = ["", "a", "b", "ab", "ba", "b".repeat(3072), "c".repeat(3073), "äö"];
const LENGTHS = [0, 1, 31, 32, 33, 200, 700, 1500, 1600, 1601, 4000, 8000, 16352, 16353];
const TIMES = [
  0, 0, 1, 2, 5, 0.5, 1.75, 63, 64, 65, 70, 4095, 4096, 4097, 300_000, 2 ** 24 + 1, 2 ** 32 - 1,
];
const NO_TIMES = [-1, NaN, 2 ** 32, Infinity, -Infinity];
const STEPS = [0, 0, 0, 0.25, 1, 1, 3, 5, 64, 70, 4096];
const JUMPS = [300_000, 2 ** 24, 2 ** 30 + 7, 2 ** 36, 2 ** 42];
const REASONS = [Atom.NORMAL, Atom.NORMAL, Atom.KILL, Atom.SHUTDOWN, Atom.TIMEOUT, 2000];
const NO_PIDS = [-1, NaN, Infinity, 0.5, 2 ** 53, SLOTS, 2 ** 60, -(2 ** 30)];

/** How often each action is chosen, before a world changes it. */
const WEIGHTS = {
  spawn: 4, spawnNative: 2, send: 12, order: 3, step: 8, event: 14, begin: 3, turn: 26, reap: 2,
  drain: 2, release: 2, link: 3, monitor: 3, exit: 2, timer: 4, name: 2, flag: 1, look: 1, flood: 0,
};
type Action = keyof typeof WEIGHTS;

/** Without these a world comes to rest. */
const NEEDED: readonly Action[] = ["spawn", "step", "event", "turn", "reap", "drain"];

export interface Configuration {
  readonly limits: Limits;
  readonly weights: Readonly<Record<Action, number>>;
  readonly epoch: number;
}

/** A world's limits and weights. */
export function configure(random: Random): Configuration {
  const isTight = random.chance(0.3);
  const limits: Limits = {
    processes: 2 + random.below(random.chance(0.2) ? 40 : 12),
    relations: 3 + random.below(random.chance(0.3) ? 80 : 24),
    messageBytes: 16384 * (isTight ? 1 + random.below(4) : 64),
    handles: 2 + random.below(16),
    events: 2 ** random.below(5),
    names: 1 + random.below(3),
    scratchBytes: 16384 + 64,
    groups: 1 + random.below(4),
  };
  const weights: Record<Action, number> = { ...WEIGHTS };
  for (const action of Object.keys(weights) as Action[]) {
    if (NEEDED.includes(action)) continue;
    weights[action] *= random.pick([0, 0.3, 1, 1, 1, 3]) as number;
  }
  // What a native process does when the memory is used up nobody can see.
  if (isTight) {
    weights.spawnNative = 0;
    weights.order = 0;
    weights.flood = 0.3;
  }
  const epoch = random.pick([0, 1_000_000, 0.5, -(2 ** 40), 1.7e12 + 0.25]) as number;
  return { limits, weights, epoch };
}

export class Program {
  readonly #simulation: Simulation;
  readonly #weights: Configuration["weights"];
  readonly #total: number;
  /** Pids and references of the past. */
  readonly #pids: number[] = [];
  readonly #refs: number[] = [0];
  #now: number;
  /** Of the operation that runs. */
  #random!: Random;

  constructor(simulation: Simulation, { weights, epoch }: Configuration) {
    this.#simulation = simulation;
    this.#weights = weights;
    this.#total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
    this.#now = epoch;
  }

  /** One action, all of whose choices come from this generator. */
  perform(random: Random): void {
    this.#random = random;
    this[this.#choose()]();
  }

  #choose(): Action {
    let at = (this.#random.bits() / 2 ** 32) * this.#total;
    for (const [action, weight] of Object.entries(this.#weights)) {
      at -= weight;
      if (at < 0) return action as Action;
    }
    return "step";
  }

  get #world() {
    return this.#simulation.world;
  }

  #call(name: Parameters<Simulation["call"]>[0], ...args: number[]): number {
    return this.#simulation.call(name, ...args);
  }

  #pick<T>(choices: readonly T[]): T {
    return this.#random.pick(choices) as T;
  }

  #some<T>(choices: Iterable<T>): T | undefined {
    return this.#random.pick([...choices]);
  }

  /** A live process; now and then a dead one, one that never was, or no pid at all. */
  #pid(): number {
    const random = this.#random;
    const live = this.#some(this.#world.processes.keys());
    if (live !== undefined && random.chance(0.86)) return live;
    const known = random.pick(this.#pids) ?? 1;
    switch (random.below(12)) {
      case 0: return this.#pick(NO_PIDS);
      case 1: return known + SLOTS;
      case 2: return this.#world.limits.processes + random.below(3);
      default: return known;
    }
  }

  #from(): number {
    return this.#random.chance(0.3) ? 0 : this.#pid();
  }

  #ref(): number {
    const { monitors, timers } = this.#world;
    switch (this.#random.below(4)) {
      case 0: return this.#some(monitors)?.ref || 1;
      case 1: return this.#some(timers)?.ref ?? 2;
      default: return this.#pick(this.#refs);
    }
  }

  #remember(ref: number): void {
    if (ref <= 0) return;
    this.#refs.push(ref);
    if (this.#refs.length > 30) this.#refs.shift();
  }

  /** A handle that is the host's; now and then any. */
  #handle(): number {
    const { limits } = this.#world;
    const start = this.#random.below(limits.handles + 2);
    if (this.#random.chance(0.1)) return start;
    for (let i = 0; i < limits.handles; i++) {
      const handle = 1 + (start + i) % limits.handles;
      if (this.#world.checkHandle(handle) === Status.OK) return handle;
    }
    return start;
  }

  /** Kind and value of a reason. */
  #reason(): [number, number] {
    if (this.#random.chance(0.3)) return [1, this.#handle()];
    return [this.#random.chance(0.02) ? 2 : 0, this.#pick(REASONS)];
  }

  #time(): number {
    return this.#pick(this.#random.chance(0.03) ? NO_TIMES : TIMES);
  }

  #spawned(pid: number): void {
    if (pid <= 0) return;
    this.#pids.push(pid);
    if (this.#pids.length > 60) this.#pids.shift();
  }

  #options(): number {
    const random = this.#random;
    if (random.chance(0.01)) return 32 + random.below(100);
    const priority = random.chance(0.6) ? 0 : random.below(4);
    const related = random.chance(0.5) ? 0 : 4 * random.below(4);
    return priority + related + (random.chance(0.3) ? 16 : 0);
  }

  spawn(): void {
    this.#spawned(this.#call("spawn_host", this.#from(), this.#options()));
  }

  spawnNative(): void {
    const handler = this.#random.chance(0.02) ? 300 : PUPPET;
    this.#spawned(this.#call("spawn_native", this.#from(), handler, 7, this.#options()));
  }

  send(): void {
    const random = this.#random;
    const [from, to, tag, ref] = [this.#from(), this.#pid(), random.below(256), this.#ref()];
    switch (random.below(5)) {
      case 0: return void this.#call("send_handle", from, to, tag, ref, this.#handle());
      case 1: return this.#sendBytes(from, to, tag, ref);
      default: return void this.#call("send_number", from, to, tag, ref, random.bits() - 2 ** 31);
    }
  }

  #sendBytes(from: number, to: number, tag: number, ref: number): void {
    const length = this.#pick(LENGTHS);
    const bytes = new Uint8Array(length).fill(tag);
    if (length > 1) bytes[length - 1] = this.#random.below(256);
    const offset = this.#random.below(60);
    this.#simulation.write(bytes, offset);
    this.#call("send_bytes", from, to, tag, ref, this.#simulation.scratch + offset, length);
  }

  /** Tells a native process what to do. */
  order(): void {
    const random = this.#random;
    const natives = [...this.#world.processes.values()].filter(({ isNative }) => isNative);
    const puppet = random.pick(natives);
    if (puppet === undefined) return;
    const tag = random.pick([
      Order.COUNT_DOWN, Order.COUNT_DOWN, Order.COUNT_DOWN, Order.TRAP, Order.STOP, Order.SHUT_DOWN,
      Order.KILL, Order.SPAWN, Order.SPAWN, Order.EXIT, Order.EXIT_AND_TRAP,
    ]) as number;
    const from = random.chance(0.2) ? puppet.pid : this.#from();
    const isCount = tag === Order.COUNT_DOWN;
    const value = isCount ? random.below(random.chance(0.05) ? 9000 : 6) : this.#pid();
    this.#call("send_number", from, puppet.pid, tag, 0, value);
  }

  step(): void {
    const random = this.#random;
    this.#now += this.#pick(random.chance(0.02) ? JUMPS : STEPS);
    if (random.chance(0.01)) this.#now -= 1000;
    if (random.chance(0.1)) this.#call("clock", random.chance(0.02) ? NaN : this.#now);
    this.#call("step", this.#now, random.chance(0.3) ? 20_000 : random.below(6));
    const { world } = this.#simulation;
    this.#now = Math.max(Math.min(this.#now, world.epoch + 2 ** 42), world.now);
  }

  /** Reads an event; mostly does at once what it calls for. */
  event(): void {
    const event = this.#simulation.readEvent();
    if (event === undefined || this.#random.chance(0.2)) return;
    if (event.type === 1) this.#call("begin", event.pid);
    else this.#call("reap", event.pid);
  }

  begin(): void {
    const { processes } = this.#world;
    const offered = [...processes.values()].filter(({ state }) => state === "offered");
    const chosen = this.#random.chance(0.8) ? this.#random.pick(offered) : undefined;
    this.#call("begin", chosen?.pid ?? this.#pid());
  }

  reap(): void {
    const { ended } = this.#world;
    const told = this.#world.ring.map(({ pid }) => pid);
    const pid = this.#some(ended.keys()) ?? this.#pid();
    if (!told.includes(pid)) this.#call("reap", pid);
  }

  drain(): void {
    while (this.#call("released_next") > 0) continue;
  }

  release(): void {
    const address = this.#some(this.#world.held.keys());
    if (address === undefined) return;
    this.#call("release", address);
    if (this.#random.chance(0.5)) this.#call("release", address);
  }

  turn(): void {
    const { processes } = this.#world;
    const open = [...processes.values()].filter(({ state, isNative }) => {
      return state === "running" && !isNative;
    });
    const process = this.#random.chance(0.96) ? this.#random.pick(open) : undefined;
    const pid = process?.pid ?? this.#pid();
    switch (this.#random.below(14)) {
      case 0: return void this.#call("peek", pid);
      case 1: case 2: return void this.#call("skip", pid);
      case 3: case 4: case 5: case 6: return this.#take(pid, process);
      case 7: return void this.#call("mark", pid);
      case 8: return void this.#call("rewind", pid);
      case 9: return void this.#call("yield_turn", pid, this.#random.below(5000));
      case 10: return this.#random.chance(0.2) ? this.#finish(pid) : this.#take(pid, process);
      case 11: return void this.#call("wait_ref", pid, this.#ref(), ...this.#patience());
      default: return void this.#call("wait", pid, ...this.#patience());
    }
  }

  /** Takes; bytes never without having seen where they are. */
  #take(pid: number, process: Process | undefined): void {
    const message = process && shownMessage(process);
    const isUnseen = message?.kind === MessageKind.BYTES && message.address === 0;
    if (isUnseen || this.#random.chance(0.5)) this.#call("peek", pid);
    this.#call("take", pid);
  }

  #finish(pid: number): void {
    this.#call("finish", pid, ...this.#reason());
  }

  /** Ms and reductions. */
  #patience(): [number, number] {
    return [this.#random.chance(0.6) ? Infinity : this.#time(), this.#random.below(50)];
  }

  link(): void {
    const { links } = this.#world;
    const pair = this.#random.chance(0.5) ? this.#random.pick(links) : undefined;
    const [a, b] = pair === undefined ? [this.#pid(), this.#pid()] : [pair[0].pid, pair[1].pid];
    const call = this.#random.chance(0.35) ? "unlink" : "link";
    if (this.#random.chance(0.5)) this.#call(call, a, b);
    else this.#call(call, b, a);
  }

  monitor(): void {
    const random = this.#random;
    if (random.chance(0.55)) return this.#remember(this.#call("monitor", this.#pid(), this.#pid()));
    const downs = [...this.#world.processes.values()].flatMap(({ pid, mailbox }) => {
      const queued = mailbox.filter(({ kind }) => kind === MessageKind.DOWN);
      return queued.map(({ ref }) => ({ ref, watcher: pid }));
    });
    const active = this.#world.monitors.map(({ ref, watcher }) => ({ ref, watcher: watcher.pid }));
    const known = random.pick(random.chance(0.4) ? downs : active);
    const watcher = random.chance(0.8) ? known?.watcher : undefined;
    const ref = known?.ref || this.#ref();
    this.#call("demonitor", watcher ?? this.#pid(), ref, random.below(2));
  }

  exit(): void {
    const to = this.#pid();
    this.#call("exit_signal", this.#random.chance(0.2) ? to : this.#from(), to, ...this.#reason());
  }

  timer(): void {
    const random = this.#random;
    if (random.chance(0.4)) {
      const ref = random.chance(0.8) ? this.#some(this.#world.timers)?.ref : undefined;
      this.#call(random.chance(0.5) ? "cancel_timer" : "read_timer", ref ?? this.#ref());
      return;
    }
    const kind = random.chance(0.02) ? MessageKind.BYTES
      : this.#pick([MessageKind.NUMBER, MessageKind.NUMBER, MessageKind.HANDLE]);
    const value = kind === MessageKind.HANDLE ? this.#handle() : random.below(1000);
    const ref = random.chance(0.6) ? 0 : this.#ref();
    const [from, to, tag] = [this.#from(), this.#pid(), random.below(256)];
    this.#remember(this.#call("send_after", from, to, tag, ref, kind, value, this.#time()));
  }

  name(): void {
    const bytes = new TextEncoder().encode(this.#pick(NAMES));
    this.#simulation.write(bytes);
    switch (this.#random.below(4)) {
      case 0: return void this.#call("unregister", bytes.length);
      case 1: return void this.#call("whereis", bytes.length);
      default: return void this.#call("register", this.#pid(), bytes.length);
    }
  }

  flag(): void {
    const random = this.#random;
    const flag = this.#pick([Flag.TRAP_EXIT, Flag.PRIORITY]);
    this.#call("process_flag", this.#pid(), flag, random.below(flag === Flag.PRIORITY ? 5 : 3));
  }

  look(): void {
    const random = this.#random;
    const pid = this.#pid();
    switch (random.below(5)) {
      case 0: return this.#remember(this.#call("make_ref"));
      case 1: return void this.#call("is_alive", pid);
      case 2: return void this.#call("process_next", this.#some(this.#world.processes.keys()) ?? 0);
      case 3: return void this.#call("next_deadline");
      default: {
        for (let item = 0; item < 10; item++) this.#call("process_info", pid, item);
      }
    }
  }

  /** Numbers to one process until the memory is used up. */
  flood(): void {
    const to = this.#pid();
    while (this.#call("send_number", 0, to, 0, 0, 1) === Status.OK) continue;
  }
}
