// Plain Node: a process is an async function that awaits its mailbox; no isolation, no copying.

/** A mailbox; whoever receives from it waits for a promise. */
export class Box<Message> {
  #queue: Message[] = [];
  #wake: ((message: Message) => void) | undefined;

  send(message: Message): void {
    const wake = this.#wake;
    if (wake === undefined) {
      this.#queue.push(message);
    } else {
      this.#wake = undefined;
      wake(message);
    }
  }

  receive(): Promise<Message> | Message {
    const message = this.#queue.shift();
    if (message !== undefined) return message;
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
