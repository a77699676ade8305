// Plain Node: generators that yield what they want to receive; the rest of the mailbox waits.

export type Matches<Message> = (message: Message) => boolean;
export type SelectiveBody<Message> = Generator<Matches<Message>, void, Message>;

/** A paused generator, what it wants, and its mailbox, of which `seen` messages are not wanted. */
export class SelectiveProcess<Message> {
  readonly mailbox: Message[] = [];
  body: SelectiveBody<Message> | undefined;
  wants: Matches<Message> | undefined;
  seen = 0;
  queued = false;

  /** Resumes the generator; it says what it wants next, or ends. */
  resume(message: Message): void {
    const result = this.body?.next(message);
    this.seen = 0;
    if (result === undefined || result.done) this.body = undefined;
    else this.wants = result.value;
  }

  /** Takes the oldest message that is wanted; undefined if there is none. O(messages). */
  take(): Message | undefined {
    const { mailbox, wants } = this;
    for (let index = this.seen; index < mailbox.length; index++) {
      const message = mailbox[index] as Message;
      if (!wants?.(message)) continue;
      mailbox.copyWithin(index, index + 1);
      mailbox.pop();
      return message;
    }
    this.seen = mailbox.length;
    return undefined;
  }
}

export class SelectiveScheduler<Message> {
  readonly #ready: SelectiveProcess<Message>[] = [];

  /** Runs the body to its first `yield`. */
  spawn(
    make: (self: SelectiveProcess<Message>) => SelectiveBody<Message>,
  ): SelectiveProcess<Message> {
    const process = new SelectiveProcess<Message>();
    process.body = make(process);
    process.resume(undefined as Message);
    return process;
  }

  send(process: SelectiveProcess<Message>, message: Message): void {
    process.mailbox.push(message);
    if (process.queued) return;
    process.queued = true;
    this.#ready.push(process);
  }

  /** Runs until no process has a message that it wants. */
  run(): void {
    for (let process = this.#ready.shift(); process; process = this.#ready.shift()) {
      while (process.body !== undefined) {
        const message = process.take();
        if (message === undefined) break;
        process.resume(message);
      }
      process.queued = false;
    }
  }
}
