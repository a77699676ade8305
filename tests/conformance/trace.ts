// A trace as it is written down: step by step, what is determined in its order, the rest by name.

/** What tested processes do, their ends, and what actors see. */
export type Kind = "server" | "ended" | "actor";

interface Line {
  readonly kind: Kind;
  readonly name: string;
  readonly text: string;
}

const kinds: readonly Kind[] = ["server", "ended", "actor"];

export class Recorder {
  readonly trace: string[] = [];
  readonly #unordered: boolean;
  #lines: Line[] = [];

  constructor(unordered: boolean) {
    this.#unordered = unordered;
  }

  line(kind: Kind, name: string, text: string): void {
    this.#lines.push({ kind, name, text });
  }

  /** Everything that a step has set off is quiet. */
  settled(): void {
    for (const kind of kinds) {
      const own = this.#lines.filter((line) => line.kind === kind);
      // The sort keeps the order of one process's lines.
      if (kind !== "server" || this.#unordered) {
        own.sort((a, b) => a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
      }
      for (const { name, text } of own) this.trace.push(`${name} ${text}`.replace(/ +/g, " "));
    }
    this.#lines = [];
  }
}
