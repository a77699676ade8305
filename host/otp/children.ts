// The children of a supervisor, in the order of their start.
//
// I1  A child with a pid, and no other, is in `byPid`.
// I2  The map's own order is the order of start; a restart keeps a child's place.
// Costs: O(1) but for what goes over all.
import type { Pid, Ref } from "../runtime/index.ts";
import type { Series } from "./backoff.ts";
import type { CompleteSpec, Restart } from "./child-spec.ts";

export interface Child extends Series {
  readonly spec: CompleteSpec;
  /** Undefined: not running. "restarting": it has ended and is to be started again. */
  pid: Pid | "restarting" | undefined;
}

/** A child as `whichChildren` lists it. @see supervisor:which_children/1 */
export interface ChildInfo<Id extends string = string> {
  readonly id: Id;
  readonly pid: Pid | "restarting" | undefined;
  readonly type: "worker" | "supervisor";
  readonly restart: Restart;
}

/** A child as the supervision tree shows it. */
export interface SupervisedChild extends ChildInfo {
  /** How often it has been started again, whatever for. */
  readonly restarts: number;
}

/** How many children there are. @see supervisor:count_children/1 */
export interface ChildCounts {
  /** Children with a specification, dead or alive. */
  readonly specs: number;
  /** Those that run. */
  readonly active: number;
  readonly supervisors: number;
  readonly workers: number;
}

/** A child that has just been started at this time, or has not (undefined). */
export function childOf(spec: CompleteSpec, pid: Pid | undefined, startedAtMs: number): Child {
  return { spec, pid, restarts: 0, starts: 0, startedAtMs, timer: 0 as Ref | 0 };
}

export function supervisedChild(
  { spec, starts }: Series & { readonly spec: CompleteSpec }, pid: Child["pid"],
): SupervisedChild {
  const { id, type, restart } = spec;
  return { id, pid, type, restart, restarts: Math.max(0, starts - 1) };
}

export class Children {
  readonly #byId = new Map<string, Child>();
  readonly #byPid = new Map<Pid, Child>();

  add(child: Child): void {
    this.#byId.set(child.spec.id, child);
    if (typeof child.pid === "number") this.#byPid.set(child.pid, child);
  }

  remove(child: Child): void {
    this.setPid(child, undefined);
    this.#byId.delete(child.spec.id);
  }

  setPid(child: Child, pid: Child["pid"]): void {
    if (typeof child.pid === "number") this.#byPid.delete(child.pid);
    child.pid = pid;
    if (typeof pid === "number") this.#byPid.set(pid, child);
  }

  /** By id, or by pid. */
  find(key: string | Pid): Child | undefined {
    return typeof key === "string" ? this.#byId.get(key) : this.#byPid.get(key);
  }

  /** All, the first started first. O(children). */
  inOrder(): Child[] {
    return [...this.#byId.values()];
  }

  /** A child and those that were started after it. O(children). */
  from(child: Child): Child[] {
    const all = this.inOrder();
    return all.slice(all.indexOf(child));
  }

  /** Whether a significant child runs, or is to be started again. O(children). */
  hasActiveSignificant(): boolean {
    for (const { spec, pid } of this.#byId.values()) {
      if (spec.significant && pid !== undefined) return true;
    }
    return false;
  }

  list(): ChildInfo[] {
    return this.inOrder().map(({ spec, pid }) =>
      ({ id: spec.id, pid, type: spec.type, restart: spec.restart }));
  }

  supervised(): SupervisedChild[] {
    return this.inOrder().map((child) => supervisedChild(child, child.pid));
  }

  count(): ChildCounts {
    let supervisors = 0;
    for (const child of this.#byId.values()) if (child.spec.type === "supervisor") supervisors++;
    const specs = this.#byId.size;
    return { specs, active: this.#byPid.size, supervisors, workers: specs - supervisors };
  }
}
