// Collects what a run shows and puts what happened during one entry into its canonical order.
import type { Trace } from "./scenario.ts";

interface Line {
  readonly actor: string;
  /** The step's number; the end of a process comes after all of them. */
  readonly index: number;
  readonly text: string;
}

/** The trace of one run. */
export class Recorder {
  readonly #lines: string[] = [];
  #group: Line[] = [];

  /** A step has answered. */
  answered(actor: string, index: number, op: string, text: string): void {
    this.#group.push({ actor, index, text: `${actor} ${op}: ${text}` });
  }

  ended(actor: string, reason: string): void {
    this.#group.push({ actor, index: Infinity, text: `${actor} ended: ${reason}` });
  }

  /** All is quiet after an entry with these steps: the own lines of these first. */
  settled(first: number, last: number): void {
    const isOwn = ({ index }: Line) => index >= first && index <= last;
    const rank = (line: Line) => (isOwn(line) ? line.index : Infinity);
    const compare = (a: Line, b: Line) => {
      if (rank(a) !== rank(b)) return rank(a) - rank(b);
      if (a.actor !== b.actor) return a.actor < b.actor ? -1 : 1;
      return a.index - b.index;
    };
    this.#lines.push(...this.#group.sort(compare).map(({ text }) => text));
    this.#group = [];
  }

  get trace(): Trace {
    return this.#lines;
  }
}
