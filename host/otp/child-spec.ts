// What a supervisor knows of a child, with the defaults in one place, and what a specification may
// not be.
import type { Operation, Pid, Process } from "../runtime/index.ts";
import { backoffProblem } from "./backoff.ts";
import type { Backoff } from "./backoff.ts";

/**
 * permanent: always restarted. transient: restarted unless it ends with normal, shutdown or
 * `{ shutdown: … }`. temporary: never restarted, and forgotten when it has ended.
 */
export type Restart = "permanent" | "transient" | "temporary";

/** Milliseconds to end in order before `kill`; "brutalKill": at once; "infinity": never. */
export type Shutdown = number | "brutalKill" | "infinity";

/** Whether the end of significant children ends their supervisor. @see supervisor, auto_shutdown */
export type AutoShutdown = "never" | "anySignificant" | "allSignificant";

/** How a supervisor starts, stops and restarts a child. @see supervisor, child_spec/0 */
export interface ChildSpec<Id extends string = string> {
  /** Mandatory: unique in the supervisor. */
  readonly id: Id;
  /** Mandatory: starts and links the child; runs in the supervisor's process. */
  readonly start: (self: Process) => Operation<Pid>;
  /** Default "permanent". */
  readonly restart?: Restart;
  /** Default 5,000 for a worker, "infinity" for a supervisor. Infinity is "infinity". */
  readonly shutdown?: Shutdown;
  /** Default "worker". */
  readonly type?: "worker" | "supervisor";
  /** Default false. For transient and temporary children of a supervisor with `autoShutdown`. */
  readonly significant?: boolean;
  /** Default: the supervisor's; without one it is restarted at once. Erlang has none. */
  readonly backoff?: Backoff;
}

/** A specification with its defaults filled in. */
export type CompleteSpec<Id extends string = string> =
  Required<Omit<ChildSpec<Id>, "backoff">> & { readonly backoff: Backoff | undefined };

/** Why a specification is refused. */
export type SpecProblem =
  /** A key that is missing, or has a value that it can't have: which, and the value as text. */
  | { readonly invalid: string; readonly value: string }
  | { readonly badCombination: { readonly restart: "permanent"; readonly significant: true } }
  | { readonly badCombination: { readonly autoShutdown: "never"; readonly significant: true } }
  | { readonly duplicateChild: string };

const SHUTDOWN_MS = 5_000;
const restarts: readonly unknown[] = ["permanent", "transient", "temporary"];
const types: readonly unknown[] = ["worker", "supervisor"];

/** Fills in the defaults. O(1). */
export function completed<Id extends string>(
  spec: ChildSpec<Id>, backoff?: Backoff,
): CompleteSpec<Id> {
  const type = spec.type ?? "worker";
  const shutdown = spec.shutdown ?? (type === "supervisor" ? "infinity" : SHUTDOWN_MS);
  return {
    id: spec.id,
    start: spec.start,
    restart: spec.restart ?? "permanent",
    shutdown: shutdown === Infinity ? "infinity" : shutdown,
    type,
    significant: spec.significant ?? false,
    backoff: spec.backoff ?? backoff,
  };
}

/**
 * What is wrong with a specification, undefined if nothing. Without `autoShutdown` it is not asked
 * whether the supervisor can have significant children. O(1).
 * @see supervisor.erl, check_childspec
 */
export function specProblem(
  spec: ChildSpec, autoShutdown?: AutoShutdown,
): SpecProblem | undefined {
  if (typeof spec !== "object" || spec === null) return invalid("spec", spec);
  const { id, restart, shutdown, type, significant } = completed(spec);
  if (typeof id !== "string") return invalid("id", id);
  if (typeof spec.start !== "function") return invalid("start", spec.start);
  if (!restarts.includes(restart)) return invalid("restart", restart);
  if (!types.includes(type)) return invalid("type", type);
  if (!isShutdown(shutdown)) return invalid("shutdown", shutdown);
  if (typeof significant !== "boolean") return invalid("significant", significant);
  if (spec.backoff !== undefined) {
    const key = backoffProblem(spec.backoff);
    if (key !== undefined) return invalid(`backoff.${key}`, spec.backoff[key]);
  }
  if (!significant) return undefined;
  if (restart === "permanent") return { badCombination: { restart, significant } };
  if (autoShutdown === "never") return { badCombination: { autoShutdown, significant } };
  return undefined;
}

/** The first problem of several specifications, their ids among it. O(specs). */
export function specsProblem(
  specs: readonly ChildSpec[], autoShutdown?: AutoShutdown,
): SpecProblem | undefined {
  const ids = new Set<string>();
  for (const spec of specs) {
    const problem = specProblem(spec, autoShutdown);
    if (problem !== undefined) return problem;
    if (ids.has(spec.id)) return { duplicateChild: spec.id };
    ids.add(spec.id);
  }
  return undefined;
}

/** A key that has a value which it can't have. */
export function invalid(key: string, value: unknown): SpecProblem {
  return { invalid: key, value: String(value) };
}

function isShutdown(shutdown: Shutdown): boolean {
  return shutdown === "infinity" || shutdown === "brutalKill" ||
    (Number.isInteger(shutdown) && (shutdown as number) >= 0);
}
