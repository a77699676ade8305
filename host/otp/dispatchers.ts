// Who of a producer's consumers gets which events: by demand, everybody, or by partition.
//
// I1  A dispatcher asks its producer for no more events than its consumers have asked for.
// I2  What a consumer that has left had asked for and not got is given to those who ask next.
// Costs: O(events × consumers).
import { badOption } from "../runtime/flags.ts";
import type { Pid, Ref } from "../runtime/index.ts";

/** A subscription as its producer has it. */
export interface Demand {
  readonly ref: Ref;
  readonly pid: Pid;
  readonly partition: string | number | undefined;
  /** Events that it has asked for and not got. */
  asked: number;
}

/** Sends events to a consumer; those of a broadcast are shared by all. */
export type Deliver = (consumer: Demand, events: readonly unknown[], isShared: boolean) => void;

/** Which consumer gets which event; each producer has one of its own. */
export interface Dispatcher {
  /** Throws PIDGEON_BAD_OPTION. */
  add(consumer: Demand): void;
  /** The consumer is gone. How many events are to be asked for now. */
  remove(consumer: Demand): number;
  /** It wants so many more. How many are to be asked for. */
  ask(consumer: Demand, count: number): number;
  /** Answers the events that nobody wants yet. */
  dispatch(events: readonly unknown[], deliver: Deliver): readonly unknown[];
}

/** Each event goes to one consumer. */
abstract class EachToOne {
  /** Asked for on behalf of consumers that have left. */
  #spare = 0;

  ask(consumer: Demand, count: number): number {
    consumer.asked += count;
    const spared = Math.min(this.#spare, count);
    this.#spare -= spared;
    return count - spared;
  }

  protected spared({ asked }: Demand): void {
    this.#spare += asked;
  }
}

/** What each consumer gets of one dispatch, in order. */
class Shares {
  readonly #byConsumer = new Map<Demand, unknown[]>();

  add(consumer: Demand, event: unknown): void {
    consumer.asked--;
    const share = this.#byConsumer.get(consumer);
    if (share === undefined) this.#byConsumer.set(consumer, [event]);
    else share.push(event);
  }

  deliver(deliver: Deliver): void {
    for (const [consumer, share] of this.#byConsumer) deliver(consumer, share, false);
  }
}

/** Each event to the consumer that has asked for most. @see Elixir's GenStage.DemandDispatcher */
export class DemandDispatcher extends EachToOne implements Dispatcher {
  readonly #consumers = new Set<Demand>();

  add(consumer: Demand): void {
    this.#consumers.add(consumer);
  }

  remove(consumer: Demand): number {
    if (this.#consumers.delete(consumer)) this.spared(consumer);
    return 0;
  }

  dispatch(events: readonly unknown[], deliver: Deliver): readonly unknown[] {
    const shares = new Shares();
    let taken = 0;
    for (const event of events) {
      let most: Demand | undefined;
      for (const one of this.#consumers) if (one.asked > (most?.asked ?? 0)) most = one;
      if (most === undefined) break;
      shares.add(most, event);
      taken++;
    }
    shares.deliver(deliver);
    return events.slice(taken);
  }
}

/** Every event to every consumer, as fast as the slowest. @see GenStage.BroadcastDispatcher */
export class BroadcastDispatcher implements Dispatcher {
  readonly #consumers = new Set<Demand>();
  /** Asked for, and not dispatched. */
  #pending = 0;

  add(consumer: Demand): void {
    this.#consumers.add(consumer);
  }

  remove(consumer: Demand): number {
    this.#consumers.delete(consumer);
    return this.#missing();
  }

  ask(consumer: Demand, count: number): number {
    consumer.asked += count;
    return this.#missing();
  }

  dispatch(events: readonly unknown[], deliver: Deliver): readonly unknown[] {
    const count = Math.min(this.#least(), events.length);
    if (count === 0) return events;
    this.#pending = Math.max(0, this.#pending - count);
    for (const consumer of this.#consumers) {
      consumer.asked -= count;
      deliver(consumer, events.slice(0, count), true);
    }
    return events.slice(count);
  }

  #least(): number {
    if (this.#consumers.size === 0) return 0;
    return Math.min(...[...this.#consumers].map(({ asked }) => asked));
  }

  #missing(): number {
    const count = Math.max(0, this.#least() - this.#pending);
    this.#pending += count;
    return count;
  }
}

/**
 * Each event to the consumer of its partition, of which there is one; what that has not asked for
 * waits in the producer's buffer, which should hold what all partitions may ask for.
 * @see GenStage.PartitionDispatcher
 */
export class PartitionDispatcher extends EachToOne implements Dispatcher {
  readonly #partitionOf: (event: any) => string | number;
  readonly #names: ReadonlySet<string | number>;
  readonly #consumers = new Map<string | number, Demand>();

  constructor(
    partitions: number | readonly (string | number)[],
    partitionOf: (event: any) => string | number,
  ) {
    super();
    this.#names = new Set(typeof partitions === "number"
      ? Array.from({ length: partitions }, (_, index) => index) : partitions);
    this.#partitionOf = partitionOf;
  }

  add(consumer: Demand): void {
    const name = this.#known(consumer.partition);
    if (this.#consumers.has(name)) throw badOption("partition", name);
    this.#consumers.set(name, consumer);
  }

  remove(consumer: Demand): number {
    this.#consumers.delete(consumer.partition!);
    this.spared(consumer);
    return 0;
  }

  dispatch(events: readonly unknown[], deliver: Deliver): readonly unknown[] {
    const shares = new Shares();
    const left = events.filter((event) => {
      const consumer = this.#consumers.get(this.#known(this.#partitionOf(event)));
      if (consumer === undefined || consumer.asked === 0) return true;
      shares.add(consumer, event);
      return false;
    });
    shares.deliver(deliver);
    return left;
  }

  #known(name: string | number | undefined): string | number {
    if (name === undefined || !this.#names.has(name)) throw badOption("partition", name);
    return name;
  }
}
