// Time for the runtime: the system's monotonic clock, or one that a test moves by hand.

/** The longest time from now on, as in Erlang's receive: 49 days. */
export const TIME_MS_MAX = 2 ** 32 - 1;

/** A monotonic clock in milliseconds with one alarm. */
export interface Clock {
  /** Milliseconds since any fixed moment; never less than before. */
  now(): number;
  /** Calls `ring` once, not before `atMs`; replaces the alarm set before. */
  alarm(atMs: number, ring: () => void): void;
  /** Takes the alarm away. */
  silence(): void;
}

// setTimeout takes 31 bits; an alarm that is further away rings early and is set again.
const TIMEOUT_MS_MAX = 2 ** 31 - 1;

/**
 * `performance.now` and one `setTimeout`. The timeout keeps Node alive: a process that waits with a
 * timeout is work to come, as it is for Node itself. Processes that only wait for messages are not.
 */
export class SystemClock implements Clock {
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Milliseconds since the program's start. */
  now(): number {
    return performance.now();
  }

  alarm(atMs: number, ring: () => void): void {
    clearTimeout(this.#timer);
    // Rounded up: Node cuts fractions off, and an alarm that rings early is a wasted pump.
    const delayMs = Math.ceil(Math.max(0, atMs - performance.now()));
    this.#timer = setTimeout(ring, Math.min(delayMs, TIMEOUT_MS_MAX));
  }

  silence(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

/** A clock for tests: it stands still until `advance`. */
export class ManualClock implements Clock {
  #nowMs: number;
  #atMs = Infinity;
  #ring: (() => void) | undefined;

  constructor(nowMs = 0) {
    this.#nowMs = nowMs;
  }

  /** The time that it has been moved to. */
  now(): number {
    return this.#nowMs;
  }

  alarm(atMs: number, ring: () => void): void {
    this.#atMs = atMs;
    this.#ring = ring;
  }

  silence(): void {
    this.#atMs = Infinity;
    this.#ring = undefined;
  }

  /** Moves time on, stopping at every alarm on the way so that each sees its own time. */
  advance(ms: number): void {
    const targetMs = this.#nowMs + ms;
    while (this.#atMs <= targetMs) {
      const ring = this.#ring;
      this.#nowMs = Math.max(this.#nowMs, this.#atMs);
      this.silence();
      ring?.();
    }
    this.#nowMs = targetMs;
  }
}
