// Plain Node: a process is a generator that yields to receive; no isolation, no copying.
import { Queue } from "./queue.ts";

export type Body<Message> = Generator<void, void, Message>;

/** A paused generator and its mailbox. */
export class GeneratorProcess<Message> {
  readonly mailbox = new Queue<Message>(4);
  body: Body<Message> | undefined;
  queued = false;
}

export class GeneratorScheduler<Message> {
  readonly #ready = new Queue<GeneratorProcess<Message>>(1024);

  /** Runs the body to its first `yield`. */
  spawn(make: (self: GeneratorProcess<Message>) => Body<Message>): GeneratorProcess<Message> {
    const process = new GeneratorProcess<Message>();
    process.body = make(process);
    process.body.next(undefined as Message);
    return process;
  }

  send(process: GeneratorProcess<Message>, message: Message): void {
    if (process.body === undefined) return;
    process.mailbox.push(message);
    if (process.queued) return;
    process.queued = true;
    this.#ready.push(process);
  }

  /** Runs until no process has a message; a turn takes what had come when it began. */
  run(): void {
    for (let process = this.#ready.shift(); process; process = this.#ready.shift()) {
      for (let left = process.mailbox.size; left > 0 && process.body; left--) {
        if (process.body.next(process.mailbox.shift() as Message).done) process.body = undefined;
      }
      process.queued = process.body !== undefined && process.mailbox.size > 0;
      if (process.queued) this.#ready.push(process);
    }
  }
}
