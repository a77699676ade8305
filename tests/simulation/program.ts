// Random programs: what processes and their host do next, in a simulated world.
import { Flag, MessageKind, Status } from "../../host/kernel/abi.ts";
import type { Random } from "../assembly/random.ts";
import { Choices } from "./choices.ts";
import type { Action, Configuration } from "./configuration.ts";
import { Order, PUPPET } from "./natives.ts";
import type { Simulation } from "./simulation.ts";
import { shownMessage } from "./turns.ts";

const NAMES = ["", "a", "b", "ab", "ba", "b".repeat(3072), "c".repeat(3073), "äö"];
const LENGTHS = [0, 1, 31, 32, 33, 200, 700, 1500, 1600, 1601, 4000, 8000, 16352, 16384, 16385];
const STEPS = [0, 0, 0, 0.25, 1, 1, 3, 5, 64, 70, 4096];
const JUMPS = [300_000, 2 ** 24, 2 ** 30 + 7, 2 ** 36, 2 ** 42];
/** What the clock can run, in ms. */
const UPTIME_MS = 2 ** 42 - 2 ** 33;

export class Program extends Choices {
    readonly #weights: Configuration["weights"];
  readonly #total: number;
  #now: number;

  constructor(simulation: Simulation, { weights, epoch }: Configuration) {
    super(simulation);
    this.#weights = weights;
    this.#total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
    this.#now = epoch;
  }

  /** One action, all of whose choices come from this generator. */
  perform(random: Random): void {
    this.random = random;
    this[this.#choose()]();
  }

  #choose(): Action {
    let at = (this.random.bits() / 2 ** 32) * this.#total;
    for (const [action, weight] of Object.entries(this.#weights)) {
      at -= weight;
      if (at < 0) return action as Action;
    }
    return "step";
  }

  #call(name: Parameters<Simulation["call"]>[0], ...args: number[]): number {
    return this.simulation.call(name, ...args);
  }

  #spawned(pid: number): void {
    if (pid <= 0) return;
    this.pids.push(pid);
    if (this.pids.length > 60) this.pids.shift();
  }

  spawn(): void {
    this.#spawned(this.#call("spawn_host", this.from(), this.options()));
  }

  spawnNative(): void {
    const handler = this.random.chance(0.02) ? 300 : PUPPET;
    this.#spawned(this.#call("spawn_native", this.from(), handler, 7, this.options()));
  }

  send(): void {
    const random = this.random;
    const [from, to, tag, ref] = [this.from(), this.pid(), random.below(256), this.ref()];
    switch (random.below(5)) {
      case 0: return void this.#call("send_handle", from, to, tag, ref, this.handle());
      case 1: return this.#sendBytes(from, to, tag, ref);
      case 2: return this.#sendShared(from, to, tag, ref);
      default: return void this.#call("send_number", from, to, tag, ref, random.bits() - 2 ** 31);
    }
  }

  #sendBytes(from: number, to: number, tag: number, ref: number): void {
    const [pointer, length] = this.#writeBytes();
    this.#call("send_bytes", from, to, tag, ref, pointer, length);
  }

  /** Bytes in the scratch area: where and how many. */
  #writeBytes(): [number, number] {
    const random = this.random;
    const length = this.pick(LENGTHS);
    const bytes = new Uint8Array(length).fill(random.below(256));
    if (length > 1) bytes[length - 1] = random.below(256);
    const offset = random.below(60);
    this.simulation.write(bytes, offset);
    return [this.simulation.scratch + offset, length];
  }

  #sendShared(from: number, to: number, tag: number, ref: number): void {
    const holds = this.world.holds;
    if (holds.size < 4 && this.random.chance(0.3)) this.#call("share", ...this.#writeBytes());
    const hold = this.random.chance(0.95) ? this.some(holds.keys()) : undefined;
    this.#call("send_shared", from, to, tag, ref, hold ?? this.random.below(2 ** 20));
  }

  /** Tells a native process what to do. */
  order(): void {
    const random = this.random;
    const natives = [...this.world.processes.values()].filter(({ isNative }) => isNative);
    const puppet = random.pick(natives);
    if (puppet === undefined) return;
    const tag = random.pick([
      Order.COUNT_DOWN, Order.COUNT_DOWN, Order.COUNT_DOWN, Order.TRAP, Order.STOP, Order.SHUT_DOWN,
      Order.KILL, Order.SPAWN, Order.SPAWN, Order.EXIT, Order.EXIT_AND_TRAP,
    ]) as number;
    const isLong = tag === Order.COUNT_DOWN && random.chance(0.1);
    const from = isLong || random.chance(0.2) ? puppet.pid : this.from();
    const value = isLong ? random.below(9000) : tag === Order.COUNT_DOWN ? random.below(6)
      : this.pid();
    this.#call("send_number", from, puppet.pid, tag, 0, value);
  }

  step(): void {
    const random = this.random;
    this.#now += this.pick(random.chance(0.02) ? JUMPS : STEPS);
    if (random.chance(0.01)) this.#now -= 1000;
    if (random.chance(0.2)) {
      this.#call("clock", random.chance(0.02) ? NaN : this.#now);
      if (random.chance(0.5)) return;
    }
    this.#call("step", this.#now, random.chance(0.3) ? 20_000 : random.below(6));
    const { world } = this.simulation;
    if (this.#now - world.epoch > UPTIME_MS) this.#now = Math.max(world.now, world.epoch);
  }

  /** Reads an event; mostly does at once what it calls for. */
  event(): void {
    const event = this.simulation.readEvent();
    if (event === undefined || this.random.chance(0.2)) return;
    if (event.type === 1) this.#call("begin", event.pid);
    else this.#call("reap", event.pid);
  }

  begin(): void {
    const { processes } = this.world;
    const offered = [...processes.values()].filter(({ state }) => state === "offered");
    const chosen = this.random.chance(0.8) ? this.random.pick(offered) : undefined;
    this.#call("begin", chosen?.pid ?? this.pid());
  }

  reap(): void {
    const { ended } = this.world;
    const told = this.world.ring.map(({ pid }) => pid);
    const pid = this.some(ended.keys()) ?? this.pid();
    if (!told.includes(pid)) this.#call("reap", pid);
  }

  drain(): void {
    while (this.#call("released_next") > 0) continue;
  }

  release(): void {
    const hold = this.some(this.world.holds.keys());
    if (hold === undefined) return;
    this.#call("release", hold);
    if (this.random.chance(0.5)) this.#call("release", hold);
  }

  turn(): void {
    const { processes } = this.world;
    const open = [...processes.values()].filter(({ state, isNative }) => {
      return state === "running" && !isNative;
    });
    if (open.length === 0 && this.random.chance(0.9)) return this.#provoke();
    const process = this.random.chance(0.96) ? this.random.pick(open) : undefined;
    const pid = process?.pid ?? this.pid();
    switch (this.random.below(15)) {
      case 0: return void this.#call("peek", pid);
      case 14: return void this.#call("seek", pid, this.random.below(6));
      case 1: case 2: return void this.#call("skip", pid);
      case 3: case 4: case 5: case 6: return this.#take(pid);
      case 7: return void this.#call("mark", pid);
      case 8: return void this.#call("rewind", pid);
      case 9: return void this.#call("yield_turn", pid, this.random.below(5000));
      case 10: return this.random.chance(0.2) ? this.#finish(pid) : this.#take(pid);
      case 11: return void this.#call("wait_ref", pid, this.ref(), ...this.patience());
      default: return void this.#call("wait", pid, ...this.patience());
    }
  }

  /** Gets a turn opened, if one is due. */
  #provoke(): void {
    const { runQueue, processes } = this.world;
    const idle = runQueue.length === 0 ? this.some(processes.keys()) : undefined;
    if (idle !== undefined) this.#call("send_number", 0, idle, 0, this.ref(), 1);
    this.#call("step", this.#now, 6);
    for (let i = 0; i < 3; i++) this.event();
    if (processes.size === 0) this.spawn();
  }

  /** Takes; bytes never without having seen where they are. */
  #take(pid: number): void {
    const process = this.world.find(pid);
    const message = process && shownMessage(process);
    const isUnseen = message?.kind === MessageKind.BYTES && message.hold === 0;
    if (isUnseen || this.random.chance(0.5)) this.#call("peek", pid);
    this.#call(this.random.chance(0.3) ? "take_here" : "take", pid);
  }

  #finish(pid: number): void {
    this.#call("finish", pid, ...this.reason());
  }

  link(): void {
    const { links } = this.world;
    const pair = this.random.chance(0.5) ? this.random.pick(links) : undefined;
    const [a, b] = pair === undefined ? [this.pid(), this.pid()] : [pair[0].pid, pair[1].pid];
    const call = this.random.chance(0.35) ? "unlink" : "link";
    if (this.random.chance(0.5)) this.#call(call, a, b);
    else this.#call(call, b, a);
  }

  monitor(): void {
    const random = this.random;
    if (random.chance(0.55)) return this.remember(this.#call("monitor", this.pid(), this.pid()));
    const downs = [...this.world.processes.values()].flatMap(({ pid, mailbox }) => {
      const queued = mailbox.filter(({ kind }) => kind === MessageKind.DOWN);
      return queued.map(({ ref }) => ({ ref, watcher: pid }));
    });
    const active = this.world.monitors.map(({ ref, watcher }) => ({ ref, watcher: watcher.pid }));
    const known = random.pick(random.chance(0.4) ? downs : active);
    const watcher = random.chance(0.8) ? known?.watcher : undefined;
    const ref = known?.ref || this.ref();
    this.#call("demonitor", watcher ?? this.pid(), ref, random.below(2));
  }

  exit(): void {
    const to = this.pid();
    this.#call("exit_signal", this.random.chance(0.2) ? to : this.from(), to, ...this.reason());
  }

  timer(): void {
    const random = this.random;
    if (random.chance(0.4)) {
      const ref = random.chance(0.8) ? this.some(this.world.timers)?.ref : undefined;
      this.#call(random.chance(0.5) ? "cancel_timer" : "read_timer", ref ?? this.ref());
      return;
    }
    const kind = random.chance(0.02) ? MessageKind.BYTES
      : this.pick([MessageKind.NUMBER, MessageKind.NUMBER, MessageKind.HANDLE]);
    const value = kind === MessageKind.HANDLE ? this.handle() : random.below(1000);
    const ref = random.chance(0.6) ? 0 : this.ref();
    const [from, to, tag] = [this.from(), this.pid(), random.below(256)];
    const isAbsolute = random.chance(0.3);
    const ms = isAbsolute ? this.#now + this.time() - 10 : this.time();
    const options = random.chance(0.02) ? 2 : isAbsolute ? 1 : 0;
    this.remember(this.#call("send_after", from, to, tag, ref, kind, value, ms, options));
  }

  name(): void {
    const bytes = new TextEncoder().encode(this.pick(NAMES));
    this.simulation.write(bytes);
    switch (this.random.below(4)) {
      case 0: return void this.#call("unregister", bytes.length);
      case 1: return void this.#call("whereis", bytes.length);
      default: return void this.#call("register", this.pid(), bytes.length);
    }
  }

  flag(): void {
    const random = this.random;
    const flag = this.pick([Flag.TRAP_EXIT, Flag.PRIORITY]);
    this.#call("process_flag", this.pid(), flag, random.below(flag === Flag.PRIORITY ? 5 : 3));
  }

  look(): void {
    const random = this.random;
    const pid = this.pid();
    switch (random.below(5)) {
      case 0: return this.remember(this.#call("make_ref"));
      case 1: return void this.#call("is_alive", pid);
      case 2: return void this.#call("process_next", this.some(this.world.processes.keys()) ?? 0);
      case 3: return void this.#call("next_deadline");
      default: {
        for (let item = 0; item < 10; item++) this.#call("process_info", pid, item);
      }
    }
  }

  /** Numbers to one process until the memory is used up. */
  flood(): void {
    const to = this.pid();
    while (this.#call("send_number", 0, to, 0, 0, 1) === Status.OK) continue;
  }
}
