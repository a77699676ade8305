// A growing ring of values: the mailbox and run queue of the plain Node baselines.

export class Queue<Value> {
  #slots: (Value | undefined)[];
  #head = 0;
  size = 0;

  /** `capacity` is a power of two. */
  constructor(capacity: number) {
    this.#slots = new Array<Value | undefined>(capacity).fill(undefined);
  }

  push(value: Value): void {
    if (this.size === this.#slots.length) this.#grow();
    this.#slots[(this.#head + this.size) & (this.#slots.length - 1)] = value;
    this.size++;
  }

  /** Undefined when empty. */
  shift(): Value | undefined {
    if (this.size === 0) return undefined;
    const value = this.#slots[this.#head];
    this.#slots[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#slots.length - 1);
    this.size--;
    return value;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = [...old.slice(this.#head), ...old.slice(0, this.#head)];
    this.#slots.length = old.length * 2;
    this.#slots.fill(undefined, old.length);
    this.#head = 0;
  }
}
