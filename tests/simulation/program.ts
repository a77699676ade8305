// Random programs: what processes and their host do next, in a simulated world.
import { EventKind, Flag, List, MessageKind, Watch } from "../../host/kernel/abi.ts";
import type { Random } from "../assembly/random.ts";
import type { Action, Configuration } from "./configuration.ts";
import { PUPPET } from "./natives.ts";
import { Relating } from "./relating.ts";
import type { Simulation } from "./simulation.ts";
import { shownMessage } from "./turns.ts";

const STEPS = [0, 0, 0, 0.25, 1, 1, 3, 5, 64, 70, 4096];
const JUMPS = [300_000, 2 ** 24, 2 ** 30 + 7, 2 ** 36, 2 ** 42];
/** What the clock can run, in ms. */
const UPTIME_MS = 2 ** 42 - 2 ** 33;

export class Program extends Relating {
  readonly #weights: Configuration["weights"];
  readonly #total: number;

  constructor(simulation: Simulation, { weights, epoch }: Configuration) {
    super(simulation);
    this.#weights = weights;
    this.#total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
    this.now = epoch;
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

  #spawned(pid: number): void {
    if (pid <= 0) return;
    this.pids.push(pid);
    if (this.pids.length > 60) this.pids.shift();
  }

  spawn(): void {
    this.#spawned(this.call("spawn_host", this.from(), this.options()));
  }

  spawnNative(): void {
    const handler = this.random.chance(0.02) ? 300 : PUPPET;
    this.#spawned(this.call("spawn_native", this.from(), handler, 0, this.options()));
  }

  step(): void {
    const random = this.random;
    this.now += this.pick(random.chance(0.02) ? JUMPS : STEPS);
    if (random.chance(0.01)) this.now -= 1000;
    if (random.chance(0.2)) {
      this.call("clock", random.chance(0.02) ? NaN : this.now);
      if (random.chance(0.5)) return;
    }
    this.call("step", this.now, random.chance(0.3) ? 20_000 : random.below(6));
    const { world } = this.simulation;
    if (this.now - world.epoch > UPTIME_MS) this.now = Math.max(world.now, world.epoch);
  }

  /** Reads an event; mostly does at once what it calls for. */
  event(): void {
    const event = this.simulation.readEvent();
    if (event === undefined || this.random.chance(0.2)) return;
    if (event.type === EventKind.RUN) this.call("begin", event.pid);
    else if (event.type === EventKind.EXITED) this.call("reap", event.pid);
  }

  begin(): void {
    const { processes } = this.world;
    const offered = [...processes.values()].filter(({ state }) => state === "offered");
    const chosen = this.random.chance(0.8) ? this.random.pick(offered) : undefined;
    this.call("begin", chosen?.pid ?? this.pid());
  }

  reap(): void {
    const { ended } = this.world;
    const told = this.world.ring.filter(({ type }) => type === EventKind.EXITED)
      .map(({ pid }) => pid);
    const pid = this.some(ended.keys()) ?? this.pid();
    if (!told.includes(pid)) this.call("reap", pid);
  }

  turn(): void {
    const { processes } = this.world;
    const open = [...processes.values()].filter(({ state, isNative }) => {
      return state === "running" && !isNative;
    });
    if (open.length === 0 && this.random.chance(0.9)) return this.#provoke();
    const process = this.random.chance(0.96) ? this.random.pick(open) : undefined;
    const pid = process?.pid ?? this.pid();
    switch (this.random.below(16)) {
      case 0: return void this.call("peek", pid);
      case 14: return void this.call("seek", pid, this.random.below(6));
      case 1: case 2: return void this.call("skip", pid);
      case 3: case 4: case 5: case 6: return this.#take(pid);
      case 7: return void this.call("mark", pid);
      case 8: return void this.call("rewind", pid);
      case 9: return void this.call("yield_turn", pid, this.random.below(5000));
      case 10: return this.random.chance(0.2) ? this.#finish(pid) : this.#take(pid);
      case 11: return void this.call("wait_ref", pid, this.ref(), ...this.patience());
      case 12: return void this.call("hibernate", pid, this.random.below(100));
      default: return void this.call("wait", pid, ...this.patience());
    }
  }

  /** Gets a turn opened, if one is due. */
  #provoke(): void {
    const { runQueue, processes } = this.world;
    const idle = runQueue.length === 0 ? this.some(processes.keys()) : undefined;
    if (idle !== undefined) this.call("send_number", 0, idle, 0, this.ref(), 1);
    this.call("step", this.now, 6);
    for (let i = 0; i < 3; i++) this.event();
    if (processes.size === 0) this.spawn();
  }

  /** Takes; bytes never without having seen where they are. */
  #take(pid: number): void {
    const process = this.world.find(pid);
    const message = process && shownMessage(process);
    const isUnseen = message?.kind === MessageKind.BYTES && message.hold === 0;
    if (isUnseen || this.random.chance(0.5)) this.call("peek", pid);
    this.call(this.random.chance(0.3) ? "take_here" : "take", pid);
  }

  #finish(pid: number): void {
    this.call("finish", pid, ...this.reason());
  }

  flag(): void {
    const random = this.random;
    const flag = this.pick([Flag.TRAP_EXIT, Flag.PRIORITY]);
    this.call("process_flag", this.pid(), flag, random.below(flag === Flag.PRIORITY ? 5 : 3));
  }

  guard(): void {
    const random = this.random;
    const values: Record<number, readonly number[]> = {
      [Flag.MAILBOX_LIMIT]: [0, 0, 1, 2, 3, 5, 2 ** 31],
      [Flag.MAILBOX_POLICY]: [0, 1, 2, 3],
      [Flag.MEMORY_LIMIT]: [0, 0, 32, 64, 100, 300, 2000, 2 ** 32 - 1],
      [Flag.MEMORY_POLICY]: [0, 1, 2, 3, 2, 4],
    };
    const flag = random.chance(0.02) ? 6 : 2 + random.below(4);
    this.call("process_flag", this.pid(), flag, this.pick(values[flag] ?? [0]));
  }

  watch(): void {
    const random = this.random;
    const item = random.chance(0.02) ? 3 : random.below(3);
    this.call("watch", item, random.below(item === Watch.SCHEDULE ? 60 : 5));
  }

  look(): void {
    const random = this.random;
    const pid = this.pid();
    switch (random.below(8)) {
      case 0: return this.remember(this.call("make_ref"));
      case 1: return void this.call("is_alive", pid);
      case 2: return void this.call("process_next", this.some(this.world.processes.keys()) ?? 0);
      case 3: return void this.call("next_deadline");
      case 4: return void this.call("inspect", pid, random.below(4));
      case 5: return void this.call("process_name", pid);
      case 6: {
        for (const which of [...Object.values(List), 4]) {
          this.call("process_list", pid, which, random.below(3));
        }
        return;
      }
      default: {
        for (let item = 0; item <= 16; item++) this.call("process_info", pid, item);
      }
    }
  }
}
