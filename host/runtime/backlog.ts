// The messages that a process has passed over, as values: the next receive looks at them here, and
// asks the kernel only for what has come since.
//
//   mailbox   passed 0 … passed n-1 │ cursor ─► what no receive has seen yet
//
// A process gets a backlog with the first message that it does not want. Where a shape names a
// string (`{ type: "ack", … }`), it is remembered how many messages are known not to have it: a
// receive of such a shape, however often, looks at each message once.
//
// I1  passed(i) is the i-th message of the mailbox, as `receive` sees it. Whatever takes a message
//     out of a mailbox, or puts one in front of others, without this file has to forget it all.
// Costs: search O(messages), of a shape with a string O(those not looked at for it); push O(1);
// remove O(distance from the nearer end).
import type { Suspension } from "./suspension.ts";

/** Freed places in front are closed up once there are so many, and as many as messages. */
const GAP_MAX = 64;

/** Whether a message is an object with this string under this key: its own, or inherited. */
function has(message: unknown, key: string, text: string): boolean {
  return typeof message === "object" && message !== null &&
    (message as Record<string, unknown>)[key] === text;
}

export class Backlog {
  /** The kernel's cursor is behind all of them. */
  isBehind = true;
  /** The receive that has looked at all of them. */
  searchedFor: Suspension | undefined;
  readonly #passed: unknown[] = [];
  #first = 0;
  /** So many of the oldest have no string `#text` under `#key`. */
  #without = 0;
  #key = "";
  #text = "";

  get length(): number {
    return this.#passed.length - this.#first;
  }

  push(message: unknown): void {
    this.#passed.push(message);
  }

  /** The place of the oldest that a receive wants; -1: none. */
  search(suspension: Suspension): number {
    const { matches } = suspension;
    if (matches === undefined) return this.length === 0 ? -1 : 0;
    const { discriminant } = suspension;
    if (discriminant !== undefined) {
      return this.#searchWith(matches, discriminant.key, discriminant.text);
    }
    const passed = this.#passed;
    for (let index = this.#first; index < passed.length; index++) {
      if (matches(passed[index])) return index - this.#first;
    }
    return -1;
  }

  #searchWith(matches: (message: unknown) => boolean, key: string, text: string): number {
    if (key !== this.#key || text !== this.#text) {
      this.#key = key;
      this.#text = text;
      this.#without = 0;
    }
    const passed = this.#passed;
    const first = this.#first;
    let index = first + this.#without;
    while (index < passed.length && !has(passed[index], key, text)) index++;
    this.#without = index - first;
    for (; index < passed.length; index++) {
      const message = passed[index];
      if (has(message, key, text) && matches(message)) return index - first;
    }
    return -1;
  }

  /** Forgets one that was taken. */
  remove(place: number): void {
    const passed = this.#passed;
    const index = this.#first + place;
    if (place < this.length / 2) {
      passed.copyWithin(this.#first + 1, this.#first, index);
      passed[this.#first++] = undefined;
      if (this.#first > GAP_MAX && this.#first > this.length) {
        passed.splice(0, this.#first);
        this.#first = 0;
      }
    } else {
      passed.copyWithin(index, index + 1);
      passed.pop();
    }
    if (place < this.#without) this.#without--;
  }
}
