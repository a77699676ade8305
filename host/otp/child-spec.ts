// What a supervisor knows of a child, with the defaults in one place.
import type { Operation, Pid, Process } from "../runtime/index.ts";

/**
 * permanent: always restarted. transient: restarted unless it ends with normal, shutdown or
 * `{ shutdown: … }`. temporary: never restarted, and forgotten when it has ended.
 */
export type Restart = "permanent" | "transient" | "temporary";

/** Milliseconds to end in order before `kill`; "brutal_kill": at once; "infinity": never. */
export type Shutdown = number | "brutal_kill" | "infinity";

export interface ChildSpec {
  /** Mandatory: unique in the supervisor. */
  readonly id: string;
  /** Mandatory: starts and links the child; runs in the supervisor's process. */
  readonly start: (self: Process) => Operation<Pid>;
  /** Default "permanent". */
  readonly restart?: Restart;
  /** Default 5,000 for a worker, "infinity" for a supervisor. */
  readonly shutdown?: Shutdown;
  /** Default "worker". */
  readonly type?: "worker" | "supervisor";
}

const SHUTDOWN_MS = 5_000;

/** A specification with its defaults filled in. */
export function completed(spec: ChildSpec): Required<ChildSpec> {
  const type = spec.type ?? "worker";
  return {
    id: spec.id,
    start: spec.start,
    restart: spec.restart ?? "permanent",
    shutdown: spec.shutdown ?? (type === "supervisor" ? "infinity" : SHUTDOWN_MS),
    type,
  };
}
