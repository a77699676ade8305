// How many restarts a supervisor takes before it gives up: OTP's arithmetic.
//
// At each restart: stamps older than now − period go (one that is exactly as old stays), now is
// added, and more than `intensity` stamps are too many. So with intensity 0 the first crash ends
// the supervisor, with 1 the second within the period. OTP counts whole seconds, this counts ms.
// Costs: O(1) a restart, spread over all; memory O(intensity).

export class Intensity {
  readonly #restartsMax: number;
  readonly #periodMs: number;
  /** In order of time; those before `#oldest` are gone. */
  #stampsMs: number[] = [];
  #oldest = 0;

  constructor(restartsMax: number, periodMs: number) {
    this.#restartsMax = restartsMax;
    this.#periodMs = periodMs;
  }

  /** Counts a restart; false if it is one too many. @see supervisor.erl, add_restart */
  allows(nowMs: number): boolean {
    const stampsMs = this.#stampsMs;
    const oldestMs = nowMs - this.#periodMs;
    while (this.#oldest < stampsMs.length && stampsMs[this.#oldest]! < oldestMs) this.#oldest++;
    if (this.#oldest * 2 > stampsMs.length) {
      stampsMs.splice(0, this.#oldest);
      this.#oldest = 0;
    }
    stampsMs.push(nowMs);
    return stampsMs.length - this.#oldest <= this.#restartsMax;
  }
}
