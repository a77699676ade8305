// Feeds: an async iterable into a mailbox, as many items as the process has asked for.
//
//   process ── ask(n) ──► feed ── next() ──► iterable
//           ◄─ FeedItem ─        ◄─ value ──            n times, then it waits to be asked again
//           ◄─ FeedEnd ──        ◄─ done, or an error
//
// So a mailbox holds no more items than were asked for, and the iterable is not read ahead.
import { PidgeonError } from "../errors.ts";
import { SEND_EXEMPT, Status } from "../kernel/abi.ts";
import type { Ref } from "../kernel/abi.ts";
import { badOption } from "./flags.ts";
import { FeedEnd, FeedItem } from "./messages.ts";
import type { Process } from "./process.ts";
import { endReason } from "./reasons.ts";
import type { Reason } from "./types.ts";

/** How fast a feed is asked. */
export interface FeedOptions {
  /** How many items are asked for at once; default 1. 0: none until `ask`. */
  readonly demand?: number;
}

/** What an iterable gives, as messages to one process; its end ends the iteration. */
export class Feed {
  /** What its messages bear. */
  readonly ref: Ref;
  readonly #self: Process;
  readonly #iterator: AsyncIterator<unknown> | Iterator<unknown>;
  readonly #forget: () => void;
  #demand = 0;
  #isReading = false;
  #isOver = false;

  /** @internal */
  constructor(self: Process, source: AsyncIterable<unknown> | Iterable<unknown>) {
    this.#self = self;
    this.ref = self.makeRef();
    this.#iterator = Symbol.asyncIterator in source
      ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
    this.#forget = self.core.endings.add(self.pid, () => this.stop());
  }

  /**
   * Asks for so many items more. Throws PIDGEON_BAD_OPTION if it is no whole number from 0 on.
   * @see inet:setopts/2 with {active, N}
   */
  ask(items = 1): void {
    if (!Number.isSafeInteger(items) || items < 0) throw badOption("demand", items);
    this.#demand += items;
    if (!this.#isReading && !this.#isOver) void this.#read();
  }

  /** Ends it: the iterable's `return` is called, no FeedEnd comes. So does its process's end. */
  stop(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#forget();
    // What that rejects with is nobody's any more.
    void (async () => this.#iterator.return?.())().catch(() => {});
  }

  async #read(): Promise<void> {
    this.#isReading = true;
    try {
      while (this.#demand > 0 && !this.#isOver) {
        const { done, value } = await this.#iterator.next();
        if (this.#isOver) return;
        if (done === true) return this.#end("normal");
        this.#demand--;
        this.#deliver(new FeedItem(this.ref, this.#self.core.copy(value)));
      }
    } catch (error) {
      if (error instanceof PidgeonError) this.#closed(error);
      else this.#end(endReason(error));
    } finally {
      this.#isReading = false;
    }
  }

  /** An item could not be sent: the iterable is not done, so it is told. */
  #closed(error: PidgeonError): void {
    if (this.#isOver) return;
    this.stop();
    this.#deliver(new FeedEnd(this.ref, endReason(error)));
  }

  #end(reason: Reason): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#forget();
    this.#deliver(new FeedEnd(this.ref, reason));
  }

  /** What was asked for comes in, whatever the limit of the mailbox: there is never more. */
  #deliver(message: FeedItem | FeedEnd): void {
    const { core, pid } = this.#self;
    if (core.sendOwned(0, pid, SEND_EXEMPT, 0, Object.freeze(message)) !== Status.OK) this.stop();
  }
}

/**
 * Reads an iterable into this process's mailbox, as far as it asks: FeedItems, at last a FeedEnd.
 * Values are copied; one that can't be sent ends the feed. It ends with the process.
 */
export function feed(
  self: Process, source: AsyncIterable<unknown> | Iterable<unknown>, options: FeedOptions = {},
): Feed {
  const made = new Feed(self, source);
  try {
    made.ask(options.demand ?? 1);
  } catch (error) {
    made.stop();
    throw error;
  }
  return made;
}
