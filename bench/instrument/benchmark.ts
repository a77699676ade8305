// What a benchmark is: its work in one sentence, and how each system does it.

/** Who does the work: Pidgeon, plain Node without isolation, or Erlang's virtual machine. */
export type System = "pidgeon" | "closures" | "generators" | "beam";

/** Does the work once and returns how many operations that was. */
export type Work = () => number | Promise<number>;

/** Builds what the work needs (processes, aged pids): outside the measured time. */
export type Prepare = () => Work | Promise<Work>;

/** Time for an operation: every sample is the whole work, in a child process kept warm. */
export interface TimeBenchmark {
  readonly kind: "time";
  readonly name: string;
  readonly work: string;
  /** What one operation is called: "hop", "call" … */
  readonly operation: string;
  readonly systems: Partial<Record<Exclude<System, "beam">, Prepare>>;
  /** The clause of `prepare/1` in peers/pidgeon_bench.erl that does the same. */
  readonly beam?: string;
}

/** Makes `count` processes, lets them fall idle and returns what must be kept alive. */
export type Hold = (count: number) => Promise<unknown>;

/** Resident bytes for a process: every sample is a fresh child process. */
export interface MemoryBenchmark {
  readonly kind: "memory";
  readonly name: string;
  readonly work: string;
  readonly count: number;
  readonly systems: Partial<Record<Exclude<System, "beam">, Hold>>;
  readonly beam?: string;
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
  /** Measure the peers too, in the same run. */
  readonly peers: boolean;
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
  /** Further figures of the same runs, such as `wallNs` or `p99Us`. */
  readonly more?: Readonly<Record<string, number>>;
}
