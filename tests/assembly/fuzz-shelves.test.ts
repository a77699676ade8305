// Random operations on the free relations (shelves.ts) against a naive model, which knows the slot
// that comes next; tables from one slot to several shelves, some of whose slots retire.
//
//   SEED=… OPERATIONS=… node build/tests/assembly/fuzz-shelves.test.js
import t from "tap";
import { Counter, SLOTS, Status, type Pid, type Ref } from "../../host/kernel/abi.ts";
import { Kernel } from "../../host/kernel/kernel.ts";
import { setRelationGeneration } from "./memory-map.ts";
import { expectHits, fuzzOptions, makeChoices, Tally, type Random } from "./random.ts";
import { readDebugKernel } from "./test-kernel.ts";

const SHELF = 64;
const GENERATION_MAX = 2 ** 28 - 1;

/** Free slots by shelf; the shelf that has had one freed into its emptiness last comes first. */
class ShelfModel {
  readonly #limit: number;
  readonly #chain: number[] = [];
  readonly #free = new Map<number, Set<number>>();
  #fresh = 1;

  constructor(limit: number) {
    this.#limit = limit;
  }

  take(): number | undefined {
    const shelf = this.#chain.at(-1);
    if (shelf === undefined) return this.#fresh > this.#limit ? undefined : this.#fresh++;
    const free = this.#free.get(shelf) as Set<number>;
    const slot = Math.min(...free);
    free.delete(slot);
    if (free.size === 0) this.#chain.pop();
    return slot;
  }

  put(slot: number): void {
    const shelf = Math.floor(slot / SHELF);
    const free = this.#free.get(shelf) ?? new Set();
    this.#free.set(shelf, free);
    if (free.size === 0) this.#chain.push(shelf);
    free.add(slot);
  }

  freeSlots(): number[] {
    return [...this.#free.values()].flatMap((slots) => [...slots]);
  }
}

class Fuzz {
  readonly #kernel: Kernel;
  readonly #model: ShelfModel;
  readonly #random: Random;
  readonly #tally: Tally;
  readonly #owner: Pid;
  readonly #live = new Map<number, Ref>();
  readonly #aged = new Set<number>();
  readonly #given = new Set<number>();

  constructor(random: Random, tally: Tally, relations: number) {
    this.#kernel = Kernel.instantiate(readDebugKernel(), {
      processes: 2, relations, messageBytes: 16384, handles: 1, events: 2, names: 1,
      scratchBytes: 4096, groups: 1,
    });
    this.#model = new ShelfModel(relations);
    this.#owner = this.#kernel.spawnHost(0, 0);
    this.#random = random;
    this.#tally = tally;
  }

  run(operations: number): void {
    const take = () => this.#take();
    const put = () => this.#put(this.#random.pick([...this.#live.keys()]));
    const choices = [take, take, take, put, put, put, () => this.#many(), () => this.#age()];
    makeChoices(this.#random, operations, choices, () => this.#check());
  }

  #check(): void {
    const broken = this.#kernel.exports.verify?.();
    if (broken !== 0) throw new Error(`invariant ${broken} is broken`);
    if (this.#kernel.counter(Counter.RELATIONS) !== this.#live.size) throw new Error("relations");
  }

  #take(): void {
    const ref = this.#kernel.alias(this.#owner, 0);
    const slot = this.#model.take();
    if (slot === undefined) {
      this.#tally.add("LIMIT");
      if (ref !== Status.LIMIT) throw new Error(`a reference where none is left: ${ref}`);
      return;
    }
    if (ref % SLOTS !== slot) throw new Error(`slot ${ref % SLOTS}, expected ${slot}`);
    if (this.#given.has(ref)) throw new Error(`reference ${ref} is given twice`);
    this.#given.add(ref);
    this.#live.set(slot, ref);
  }

  #put(slot: number | undefined): void {
    if (slot === undefined) return;
    const status = this.#kernel.unalias(this.#owner, this.#live.get(slot) as Ref);
    if (status !== Status.OK) throw new Error(`unalias: ${status}`);
    this.#live.delete(slot);
    if (!this.#aged.has(slot)) this.#model.put(slot);
    else this.#tally.add("retired");
  }

  /** Takes or gives back many, so that shelves fill and empty. */
  #many(): void {
    if (this.#random.chance(0.5)) {
      for (let left = this.#random.below(150); left > 0; left--) this.#take();
      return;
    }
    const part = this.#random.pick([0.3, 0.8, 1]) as number;
    const slots = [...this.#live.keys()].filter(() => this.#random.chance(part));
    if (this.#random.chance(0.5)) slots.reverse();
    for (const slot of slots) this.#put(slot);
    if (this.#live.size === 0) this.#tally.add("all are free");
  }

  /** The next use of a free slot is its last. */
  #age(): void {
    const slot = this.#random.chance(0.05) ? this.#random.pick(this.#model.freeSlots()) : undefined;
    if (slot === undefined || this.#aged.has(slot)) return;
    this.#aged.add(slot);
    setRelationGeneration(this.#kernel.exports, slot, GENERATION_MAX);
  }
}

t.test("relations are handed out as a naive model does, each reference once", (t) => {
  const { operations, random } = fuzzOptions(t, 60_000);
  const tally = new Tally();
  const part = 1000;
  for (let done = 0; done < operations; done += part) {
    const relations = 1 + random.below(random.pick([3, 64, 66, 300]) as number);
    new Fuzz(random, tally, relations).run(Math.min(part, operations - done));
  }
  tally.report(t);
  expectHits(t, tally, operations, 4000, ["LIMIT", "retired", "all are free"]);
  t.end();
});
