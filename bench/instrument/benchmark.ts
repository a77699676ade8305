// What a benchmark is: its work in one sentence, and how each system does it.

/** Who does the work: Pidgeon, plain Node in three ways without isolation, Effect, Erlang, C. */
export type System =
  | "pidgeon" | "closures" | "generators" | "async" | "effect" | "beam" | "c";

/** The systems that run in our own child process. */
export type OwnSystem = Exclude<System, "beam" | "c">;

/** How much is done; the BEAM is given the same numbers. */
export interface Size {
  /** Processes beside each other, or messages that wait: what the benchmark is wide. */
  readonly breadth: number;
  /** Operations of one pass. */
  readonly operations: number;
  /** How often each slot used was given before (scheduler/aged.ts). */
  readonly generations: number;
}

/** One pass does `Size.operations` operations, and throws if it finds that it did not. */
export interface Work {
  /** Before each pass, outside of the measured time. */
  readonly arrange?: () => void | Promise<void>;
  readonly run: () => void | Promise<void>;
  /** After each pass, outside of the measured time. */
  readonly clear?: () => void | Promise<void>;
  /** What a pass does, where the system is too slow to do all of `Size.operations`. */
  readonly operations?: number;
}

/** Builds what the work needs (processes, aged pids): outside of the measured time. */
export type Prepare = (size: Size) => Work | Promise<Work>;

/** What the project asks for. */
export interface Bar {
  /** Pidgeon's figure over this system's; undefined: the figure itself. */
  readonly against?: System;
  readonly atMost: number;
}

/** Time for an operation: every sample is the whole work, in a child process kept warm. */
export interface TimeBenchmark {
  readonly kind: "time";
  readonly name: string;
  readonly work: string;
  /** What one operation is called: "hop", "call" … */
  readonly operation: string;
  readonly size: Size;
  /** For the test that runs every benchmark once, never timed. */
  readonly tiny: Size;
  readonly systems: Partial<Record<OwnSystem, Prepare>>;
  /** The clause of `prepare/3` in peers/pidgeon_bench.erl that does the same. */
  readonly beam?: string;
  /** The BEAM keeps freed memory mapped (+MMscs): its page faults are not what is measured. */
  readonly superCarrier?: boolean;
  /** The benchmark of $PEERS/actors/c/baseline.c that does the same, always in its full size. */
  readonly c?: string;
  /** Each sample is the first pass: in a new kernel that has touched no memory, in a new BEAM. */
  readonly cold?: boolean;
  readonly bars?: readonly Bar[];
}

/** Makes `count` processes, lets them fall idle and returns what must be kept alive. */
export type Hold = (count: number) => Promise<unknown>;

/** Resident bytes for a process: every sample is a fresh child process. */
export interface MemoryBenchmark {
  readonly kind: "memory";
  readonly name: string;
  readonly work: string;
  readonly count: number;
  readonly systems: Partial<Record<OwnSystem, Hold>>;
  readonly beam?: string;
  readonly bars?: readonly Bar[];
}

/** A load test of whole servers; it runs and reports by itself. */
export interface ServerBenchmark {
  readonly kind: "server";
  readonly name: string;
  readonly work: string;
  readonly run: (options: RunOptions) => Promise<readonly Row[]>;
}

export type Benchmark = TimeBenchmark | MemoryBenchmark | ServerBenchmark;

export interface RunOptions {
  /** Measure the peers too, in the same run: servers, the BEAM, the baseline in C. */
  readonly peers: boolean;
  readonly beam: boolean;
  readonly c: boolean;
  readonly repeats: number;
  /** Folder for V8's CPU profiles of our side. */
  readonly profile: string | undefined;
  /** Progress for people, on standard error. */
  readonly progress: (text: string) => void;
}

/** A figure of the report: one system's result in one benchmark. */
export interface Row {
  readonly benchmark: string;
  readonly system: string;
  /** "ns/hop", "bytes/process", "CPU-µs/message" … */
  readonly unit: string;
  readonly median: number;
  readonly lower: number;
  readonly upper: number;
  readonly samples: readonly number[];
  /** Pidgeon's value over this peer's, round by round. */
  readonly ratio?: { readonly median: number; readonly lower: number; readonly upper: number };
  /** What the project asks for: of the ratio if there is one, else of the figure. */
  readonly bar?: { readonly atMost: number; readonly met: boolean };
  /** Further figures of the same runs, such as `wallNs` or `p99Us`. */
  readonly more?: Readonly<Record<string, number>>;
}
