// The time-outs of a state machine: one of the event, one of the state, and any with names.
//
//   start(ms) ─► runs ─► its message comes: fired ─► an event
//   start(0), update of none ─► zero queue ─► nextZero, when no event is queued ─► an event
//
// One that is cancelled after its message has come is remembered until that is seen.
import { Tag } from "../runtime/messages.ts";
import { cancelTimer, startTimer } from "../runtime/timers.ts";
import type { Process, Ref } from "../runtime/index.ts";
import type { AnyEvent } from "./gen-state-machine-module.ts";
import type { AnyTimeout } from "./state-machine-results.ts";

interface Running {
  /** 0: in the zero queue. */
  readonly ref: Ref | 0;
  event: AnyEvent;
}

/** Names of users can't be those of the two kinds without one. */
function keyOf(timeout: AnyTimeout): string {
  return timeout.type === "timeout" ? `timeout ${timeout.name}` : timeout.type;
}

function eventOf(timeout: AnyTimeout): AnyEvent {
  const { type, content } = timeout;
  return type === "timeout" ? { type, name: timeout.name, content } : { type, content };
}

export class MachineTimers {
  readonly #self: Process;
  readonly #running = new Map<string, Running>();
  readonly #keys = new Map<Ref, string>();
  readonly #cancelled = new Set<Ref>();
  #zero: string[] = [];

  constructor(self: Process) {
    this.#self = self;
  }

  /** Of several for the same time-out the last one counts. Zero ones come in their order. O(n). */
  apply(timeouts: readonly AnyTimeout[]): void {
    const last = new Map<string, AnyTimeout>();
    for (const timeout of timeouts) {
      const key = keyOf(timeout);
      last.delete(key);
      last.set(key, timeout);
    }
    for (const [key, timeout] of last) this.#set(key, timeout);
  }

  #set(key: string, timeout: AnyTimeout): void {
    const { when, isAbsolute } = timeout;
    if (when === "cancel" || when === Infinity) return this.cancel(key);
    if (when === "update") {
      const running = this.#running.get(key);
      if (running === undefined) this.#startZero(key, timeout);
      else running.event = eventOf(timeout);
      return;
    }
    if (when === 0) {
      this.cancel(key);
      this.#startZero(key, timeout);
      return;
    }
    const { core, pid } = this.#self;
    // A time that can't be started leaves the one before running.
    const ref = startTimer(core, pid, Tag.TIMER, when, pid, 0, { absolute: isAbsolute });
    this.cancel(key);
    this.#running.set(key, { ref, event: eventOf(timeout) });
    this.#keys.set(ref, key);
  }

  #startZero(key: string, timeout: AnyTimeout): void {
    this.#running.set(key, { ref: 0, event: eventOf(timeout) });
    this.#zero.push(key);
  }

  /** O(1); O(zero time-outs) of such a one. */
  cancel(key: string): void {
    const running = this.#running.get(key);
    if (running === undefined) return;
    this.#running.delete(key);
    const { ref } = running;
    if (ref === 0) {
      this.#zero = this.#zero.filter((other) => other !== key);
      return;
    }
    this.#keys.delete(ref);
    if (cancelTimer(this.#self.core, ref) === undefined) this.#cancelled.add(ref);
  }

  /** The event of a timer whose message has come; null: of a cancelled one; undefined: no such. */
  fired(ref: Ref): AnyEvent | null | undefined {
    const key = this.#keys.get(ref);
    if (key === undefined) return this.#cancelled.delete(ref) ? null : undefined;
    const { event } = this.#running.get(key)!;
    this.#keys.delete(ref);
    this.#running.delete(key);
    return event;
  }

  /** The event of the oldest zero time-out, which is over then. */
  nextZero(): AnyEvent | undefined {
    const key = this.#zero.shift();
    if (key === undefined) return undefined;
    const { event } = this.#running.get(key)!;
    this.#running.delete(key);
    return event;
  }
}
