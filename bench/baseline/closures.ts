// Plain Node, the upper limit: a process is an object with a handler, no isolation, no reductions.
import { Queue } from "./queue.ts";

/** A handler and its mailbox; `send` from a handler only queues. */
export class ClosureProcess<Message> {
  readonly handler: (message: Message) => void;
  readonly mailbox = new Queue<Message>(4);
  queued = false;

  constructor(handler: (message: Message) => void) {
    this.handler = handler;
  }
}

export class ClosureScheduler<Message> {
  readonly #ready = new Queue<ClosureProcess<Message>>(1024);

  spawn(handler: (message: Message) => void): ClosureProcess<Message> {
    return new ClosureProcess(handler);
  }

  send(process: ClosureProcess<Message>, message: Message): void {
    process.mailbox.push(message);
    if (process.queued) return;
    process.queued = true;
    this.#ready.push(process);
  }

  /** Runs until no process has a message; a turn takes what had come when it began. */
  run(): void {
    for (let process = this.#ready.shift(); process; process = this.#ready.shift()) {
      for (let left = process.mailbox.size; left > 0; left--) {
        process.handler(process.mailbox.shift() as Message);
      }
      process.queued = process.mailbox.size > 0;
      if (process.queued) this.#ready.push(process);
    }
  }
}
