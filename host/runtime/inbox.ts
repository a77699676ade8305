// Inboxes: a mailbox outside of processes, read as an async iterable.
import type { Pid } from "../kernel/abi.ts";
import { ExitReason, isOrderly } from "./messages.ts";
import { receive, wait } from "./operations.ts";
import type { Runtime } from "./runtime.ts";
import type { MailboxLimit, Operation, Reason } from "./types.ts";

/** More messages that nobody has read yet are refused. */
const INBOX_MESSAGES_MAX = 1_000;

/** Name and limit of an inbox. */
export interface InboxOptions {
  /** A name that it is registered under; a taken one throws ExitReason `{ alreadyStarted }`. */
  readonly name?: string;
  /** Default: 1,000 messages, and more are refused. */
  readonly mailboxLimit?: MailboxLimit;
}

interface Reader<T> {
  resolve(result: IteratorResult<T, undefined>): void;
  reject(error: unknown): void;
}

/**
 * A process whose messages code outside reads: `for await (const message of inbox)`. To leave the
 * loop ends it. If it is ended from elsewhere in order the loop is done, else it throws ExitReason.
 */
export class Inbox<T = any> implements AsyncIterableIterator<T, undefined> {
  readonly pid: Pid;
  readonly #runtime: Runtime;
  readonly #readers: Reader<T>[] = [];
  #asked: () => void = () => {};
  /** Undefined while it lives; what is left to throw. */
  #end: { failure: ExitReason | undefined } | undefined;

  /** @internal */
  constructor(runtime: Runtime, options: InboxOptions) {
    const { name, mailboxLimit = { messages: INBOX_MESSAGES_MAX } } = options;
    const { core } = runtime;
    const holder = name === undefined ? undefined : runtime.whereis(name);
    if (holder !== undefined) throw new ExitReason({ alreadyStarted: holder });
    this.#runtime = runtime;
    this.pid = core.spawnOpt(0, { mailboxLimit }, 0, () => this.#serve(), []);
    core.endings.add(this.pid, (reason) => this.#ended(reason));
    if (name !== undefined) core.register(this.pid, name);
  }

  /** The next message. Several may be asked for at once: they come in this order. */
  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#end !== undefined) return this.#last(this.#end);
    return new Promise((resolve, reject) => {
      this.#readers.push({ resolve, reject });
      this.#asked();
    });
  }

  /** Ends it: what was not read is lost. */
  return(): Promise<IteratorResult<T, undefined>> {
    if (this.#end === undefined) this.#runtime.exit(this.pid, "shutdown");
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Itself: for await. */
  [Symbol.asyncIterator](): this {
    return this;
  }

  *#serve(): Operation<never> {
    for (;;) {
      if (this.#readers.length === 0) {
        yield* wait(new Promise<void>((resolve) => { this.#asked = resolve; }));
      }
      const value = yield* receive<T>();
      this.#readers.shift()?.resolve({ done: false, value });
    }
  }

  #ended(reason: Reason): void {
    this.#end = { failure: isOrderly(reason) ? undefined : new ExitReason(reason) };
    for (const reader of this.#readers.splice(0)) {
      this.#last(this.#end).then(reader.resolve, reader.reject);
    }
  }

  /** It throws once, then it is done. */
  #last(end: { failure: ExitReason | undefined }): Promise<IteratorResult<T, undefined>> {
    const { failure } = end;
    end.failure = undefined;
    return failure === undefined
      ? Promise.resolve({ done: true, value: undefined }) : Promise.reject(failure);
  }
}
