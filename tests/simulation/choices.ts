// What a random program chooses from: pids, references, handles, reasons, times. Most of what it
// picks means something; now and then it is dead, of somebody else, or nothing at all.
import { Atom, SLOTS, Status } from "../../host/kernel/abi.ts";
import type { Random } from "../assembly/random.ts";
import type { CallName } from "./model.ts";
import type { Simulation } from "./simulation.ts";

const TIMES = [
  0, 0, 1, 2, 5, 0.5, 1.75, 63, 64, 65, 70, 4095, 4096, 4097, 300_000, 2 ** 24 + 1, 2 ** 32 - 1,
];
const NO_TIMES = [-1, NaN, 2 ** 32, Infinity, -Infinity];
const REASONS = [Atom.NORMAL, Atom.NORMAL, Atom.KILL, Atom.SHUTDOWN, Atom.TIMEOUT, 2000];
const NO_PIDS = [-1.5, NaN, Infinity, 0.5, 2 ** 52, 2 ** 53, SLOTS, 2 ** 60, -SLOTS];

export class Choices {
  protected readonly simulation: Simulation;
  /** Pids and references of the past. */
  protected readonly pids: number[] = [];
  protected readonly refs: number[] = [0];
  /** The time that the host tells. */
  protected now = 0;
  /** Of the operation that runs. */
  protected random!: Random;

  constructor(simulation: Simulation) {
    this.simulation = simulation;
  }

  protected get world() {
    return this.simulation.world;
  }

  protected call(name: CallName, ...args: number[]): number {
    return this.simulation.call(name, ...args);
  }

  protected pick<T>(choices: readonly T[]): T {
    return this.random.pick(choices) as T;
  }

  protected some<T>(choices: Iterable<T>): T | undefined {
    return this.random.pick([...choices]);
  }

  /** A live process; now and then a dead one, one that never was, or no pid at all. */
  protected pid(): number {
    const random = this.random;
    const live = this.some(this.world.processes.keys());
    if (live !== undefined && random.chance(0.86)) return live;
    const known = random.pick(this.pids) ?? 1;
    switch (random.below(12)) {
      case 0: return this.pick(NO_PIDS);
      case 1: return known + SLOTS;
      case 2: return this.world.limits.processes + random.below(3);
      default: return known;
    }
  }

  /** Where a message may go: a pid, or minus the reference of an alias, active or not. */
  protected address(): number {
    if (this.random.chance(0.75)) return this.pid();
    const alias = this.random.chance(0.8) ? this.some(this.world.aliases) : undefined;
    return -(alias?.ref ?? this.ref());
  }

  protected from(): number {
    const random = this.random;
    return random.chance(0.3) ? 0 : random.chance(0.1) ? this.address() : this.pid();
  }

  /** Now and then one that asks for priority. */
  protected tag(): number {
    const random = this.random;
    if (random.chance(0.01)) return 1024;
    return random.below(256) + (random.chance(0.15) ? 256 : 0) + (random.chance(0.1) ? 512 : 0);
  }

  protected ref(): number {
    const { monitors, timers, aliases } = this.world;
    switch (this.random.below(5)) {
      case 0: return this.some(monitors)?.ref || 1;
      case 1: return this.some(timers)?.ref ?? 2;
      case 2: return this.some(aliases)?.ref ?? 3;
      default: return this.pick(this.refs);
    }
  }

  protected remember(ref: number): void {
    if (ref <= 0) return;
    this.refs.push(ref);
    if (this.refs.length > 30) this.refs.shift();
  }

  /** A handle that is the host's; now and then any. */
  protected handle(): number {
    const { limits } = this.world;
    const start = this.random.below(limits.handles + 2);
    if (this.random.chance(0.1)) return start;
    for (let i = 0; i < limits.handles; i++) {
      const handle = 1 + (start + i) % limits.handles;
      if (this.world.checkHandle(handle) === Status.OK) return handle;
    }
    return start;
  }

  /** Kind and value of a reason. */
  protected reason(): [number, number] {
    if (this.random.chance(0.3)) return [1, this.handle()];
    return [this.random.chance(0.02) ? 2 : 0, this.pick(REASONS)];
  }

  protected time(): number {
    return this.pick(this.random.chance(0.03) ? NO_TIMES : TIMES);
  }

  protected options(): number {
    const random = this.random;
    if (random.chance(0.01)) return 32 + random.below(100);
    const priority = random.chance(0.6) ? 0 : random.below(4);
    const related = random.chance(0.5) ? 0 : 4 * random.below(4);
    return priority + related + (random.chance(0.3) ? 16 : 0);
  }

  /** Ms and reductions. */
  protected patience(): [number, number] {
    return [this.random.chance(0.6) ? Infinity : this.time(), this.random.below(50)];
  }
}
