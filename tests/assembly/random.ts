// Random numbers for the fuzz tests: a seed, printed, that repeats a run.
import type { Test } from "tap";

/** A generator of 32 random bits a time (mulberry32). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  bits(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** An integer from 0 to `limit - 1`. */
  below(limit: number): number {
    return Math.floor((this.bits() / 2 ** 32) * limit);
  }

  chance(probability: number): boolean {
    return this.bits() / 2 ** 32 < probability;
  }

  /** One of several; undefined if there is none. */
  pick<T>(choices: readonly T[]): T | undefined {
    return choices[this.below(choices.length)];
  }
}

/** What the environment asks for: SEED repeats a run, OPERATIONS sets its length. */
export function fuzzOptions(t: Test, operationsByDefault: number) {
  const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 32));
  const operations = Number(process.env["OPERATIONS"] ?? operationsByDefault);
  t.comment(`SEED=${seed} OPERATIONS=${operations}`);
  return { seed, operations, random: new Random(seed) };
}

/** Counts how often something was seen, and reports it. */
export class Tally {
  readonly #counts = new Map<string, number>();

  add(what: string): void {
    this.#counts.set(what, this.of(what) + 1);
  }

  of(what: string): number {
    return this.#counts.get(what) ?? 0;
  }

  report(t: Test): void {
    const lines = [...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1));
    t.comment(lines.map(([what, count]) => `${what} ${count}`).join(", "));
  }
}

/** Makes random choices, and checks after each; a failure tells where it was. */
export function makeChoices(
  random: Random, operations: number, choices: readonly (() => void)[], check: () => void,
): void {
  for (let operation = 0; operation < operations; operation++) {
    const choice = random.below(choices.length);
    try {
      choices[choice]?.();
      check();
    } catch (error) {
      throw new Error(`operation ${operation}, choice ${choice}: ${(error as Error).message}`);
    }
  }
}

/** Fails where a limit was hit less often than once in so many operations. */
export function expectHits(
  t: Test, tally: Tally, operations: number, every: number, limits: readonly string[],
): void {
  for (const limit of limits) {
    t.ok(tally.of(limit) > operations / every, `${limit}: ${tally.of(limit)} times`);
  }
}
