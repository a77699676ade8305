// The children of a dynamic supervisor: many of one kind, known by their pids alone.
//
// I1  `byKey` holds a child under its pid; while it is to be started again, under its last one.
// I2  A child whose timer is set does not run.
// Costs: O(1) but for what goes over all.
import type { Operation, Pid, Process } from "../runtime/index.ts";
import type { Series } from "./backoff.ts";
import type { ChildSpec, CompleteSpec } from "./child-spec.ts";
import { supervisedChild } from "./children.ts";
import type { ChildCounts, ChildInfo, SupervisedChild } from "./children.ts";

/** How a child is started: with what the supervisor adds for all, its `extraArguments`. */
export type StartDynamic<Extra extends unknown[]> =
  (self: Process, ...extraArguments: Extra) => Operation<Pid>;

/** As ChildSpec; an id need not be unique, and is for `whichChildren` alone. */
export interface DynamicChildSpec<Extra extends unknown[] = []>
  extends Omit<ChildSpec, "id" | "start" | "significant"> {
  readonly id?: string;
  /** Mandatory: starts and links the child; runs in the supervisor's process. */
  readonly start: StartDynamic<Extra>;
}

export interface DynamicChild extends Series {
  readonly spec: CompleteSpec;
  /** Its process, or while it is to be started again, the last one. */
  pid: Pid;
  runs: boolean;
}

export class DynamicChildren {
  readonly #byKey = new Map<Pid, DynamicChild>();

  /** Those that are to be started again are among them. */
  get size(): number {
    return this.#byKey.size;
  }

  add(spec: CompleteSpec, pid: Pid, startedAtMs: number): void {
    this.#byKey.set(pid, { spec, pid, runs: true, restarts: 0, starts: 1, startedAtMs, timer: 0 });
  }

  find(pid: Pid): DynamicChild | undefined {
    return this.#byKey.get(pid);
  }

  remove(child: DynamicChild): void {
    this.#byKey.delete(child.pid);
  }

  /** It has been started again. */
  setPid(child: DynamicChild, pid: Pid): void {
    this.#byKey.delete(child.pid);
    child.pid = pid;
    child.runs = true;
    this.#byKey.set(pid, child);
  }

  /** All. O(children). */
  all(): DynamicChild[] {
    return [...this.#byKey.values()];
  }

  list(): ChildInfo[] {
    return this.all().map(({ spec, pid, runs }) =>
      ({ id: spec.id, pid: runs ? pid : "restarting", type: spec.type, restart: spec.restart }));
  }

  supervised(): SupervisedChild[] {
    return this.all().map((child) =>
      supervisedChild(child, child.runs ? child.pid : "restarting"));
  }

  count(): ChildCounts {
    let active = 0;
    let supervisors = 0;
    for (const { spec, runs } of this.#byKey.values()) {
      if (runs) active++;
      if (spec.type === "supervisor") supervisors++;
    }
    const specs = this.size;
    return { specs, active, supervisors, workers: specs - supervisors };
  }
}
