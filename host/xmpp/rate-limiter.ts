// A process that allows so many events per key and period: a fixed window for each key.

import {
  type CallResult, type CastResult, type GenServerModule, noreply, ok, reply,
} from "../otp/index.ts";
import type { From } from "../runtime/index.ts";

/** What a limiter allows. */
export class RateLimit {
  readonly eventsMax: number;
  readonly periodMs: number;

  constructor(eventsMax: number, periodMs: number) {
    this.eventsMax = eventsMax;
    this.periodMs = periodMs;
  }
}

interface Windows {
  readonly limit: RateLimit;
  /** Events by key in the key's current window. */
  readonly counts: Map<string, number>;
}

interface Over {
  readonly over: string;
}

/** Call it with a key: answers whether one more event is allowed now, and counts it if so. */
export const rateLimiter: GenServerModule<Windows, RateLimit> = {
  name: "rate limiter",

  init: (limit) => ok({ limit, counts: new Map() }),

  handleCall(key: string, _from: From, state, self): CallResult<Windows> {
    const { counts, limit } = state;
    const count = counts.get(key) ?? 0;
    if (count >= limit.eventsMax) return reply(false, state);
    if (count === 0) {
      const over: Over = { over: key };
      self.sendAfter(limit.periodMs, self.pid, over);
    }
    counts.set(key, count + 1);
    return reply(true, state);
  },

  handleInfo({ over }: Over, state): CastResult<Windows> {
    state.counts.delete(over);
    return noreply(state);
  },
};
