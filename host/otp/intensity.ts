// How many restarts a supervisor takes before it gives up: OTP's arithmetic.
//
// At each restart: stamps older than now − period go (one that is exactly as old stays), now is
// added, and more than `intensity` stamps are too many. So with intensity 0 the first crash ends
// the supervisor, with 1 the second within the period. OTP counts whole seconds, this counts ms.
// Costs: O(intensity) a restart.

export class Intensity {
  readonly #restartsMax: number;
  readonly #periodMs: number;
  #stampsMs: number[] = [];

  constructor(restartsMax: number, periodMs: number) {
    this.#restartsMax = restartsMax;
    this.#periodMs = periodMs;
  }

  /** Counts a restart; false if it is one too many. @see supervisor.erl, add_restart */
  allows(nowMs: number): boolean {
    const oldestMs = nowMs - this.#periodMs;
    this.#stampsMs = this.#stampsMs.filter((stampMs) => stampMs >= oldestMs);
    this.#stampsMs.push(nowMs);
    return this.#stampsMs.length <= this.#restartsMax;
  }
}
