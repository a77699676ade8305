// A child process that does a benchmark's work when told; ours and the BEAM speak the same lines.
//
//   child: ready          parent: run          child: sample OPERATIONS WALL_NS CPU_NS
//   child: ready          parent: hold COUNT   child: held
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";

/** One measured pass: how many operations, and the nanoseconds they took. */
export interface Sample {
  readonly operations: number;
  readonly wallNs: number;
  /** Of all the child's threads, user and system. */
  readonly cpuNs: number;
}

/** Who can be asked for one pass after the other. */
export interface Sampler {
  sample(): Promise<Sample>;
  stop(): Promise<void>;
}

export class Contestant implements Sampler {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #input: Writable;
  readonly #ended: Promise<void>;

  private constructor(child: ChildProcess, output: Readable, input: Writable) {
    this.#child = child;
    this.#input = input;
    this.#input.on("error", () => {});
    this.#lines = createInterface({ input: output })[Symbol.asyncIterator]();
    this.#ended = new Promise((resolve) => child.once("exit", () => resolve()));
  }

  /** Starts the child and waits until its work is prepared. */
  static async start(command: string, parameters: readonly string[]): Promise<Contestant> {
    const child = spawn(command, parameters, { stdio: ["pipe", "pipe", "inherit"] });
    child.on("error", () => {});
    const contestant = new Contestant(child, child.stdout, child.stdin);
    await contestant.#expect("ready");
    return contestant;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** One pass over the work. */
  async sample(): Promise<Sample> {
    this.#input.write("run\n");
    const [operations, wallNs, cpuNs] = (await this.#expect("sample")).map(Number);
    return { operations: operations ?? 0, wallNs: wallNs ?? 0, cpuNs: cpuNs ?? 0 };
  }

  /** Makes the processes of a memory benchmark; they stay until `stop`. */
  async hold(count: number): Promise<void> {
    this.#input.write(`hold ${count}\n`);
    await this.#expect("held");
  }

  /** Ends the child; a child that does not go by itself is killed. */
  async stop(): Promise<void> {
    this.#input.end();
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), 5000);
    await this.#ended;
    clearTimeout(timer);
  }

  async #expect(word: string): Promise<string[]> {
    for (;;) {
      const line = await this.#lines.next();
      if (line.done) throw new Error(`the child ended before it said "${word}"`);
      const [first, ...rest] = line.value.trim().split(" ");
      if (first === word) return rest;
    }
  }
}
