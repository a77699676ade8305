// The children of a supervisor, in the order of their start.
//
// I1  A child with a pid, and no other, is in `byPid`.
// I2  The map's own order is the order of start; a restart keeps a child's place.
// Costs: O(1) but for listing.
import type { Pid } from "../runtime/index.ts";
import type { ChildSpec } from "./child-spec.ts";

export interface Child {
  readonly spec: Required<ChildSpec>;
  /** Undefined: not running. "restarting": its last restart has failed, another is to come. */
  pid: Pid | "restarting" | undefined;
}

export interface ChildInfo {
  readonly id: string;
  readonly pid: Pid | "restarting" | undefined;
  readonly type: "worker" | "supervisor";
  readonly restart: "permanent" | "transient" | "temporary";
}

export interface ChildCounts {
  readonly specs: number;
  readonly active: number;
  readonly supervisors: number;
  readonly workers: number;
}

export class Children {
  readonly #byId = new Map<string, Child>();
  readonly #byPid = new Map<Pid, Child>();

  add(spec: Required<ChildSpec>, pid: Pid | undefined): Child {
    const child: Child = { spec, pid: undefined };
    this.#byId.set(spec.id, child);
    this.setPid(child, pid);
    return child;
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

  /** The last started first: the order of stopping. */
  reversed(): Child[] {
    return [...this.#byId.values()].reverse();
  }

  list(): ChildInfo[] {
    return [...this.#byId.values()].map(({ spec, pid }) =>
      ({ id: spec.id, pid, type: spec.type, restart: spec.restart }));
  }

  count(): ChildCounts {
    let supervisors = 0;
    for (const child of this.#byId.values()) if (child.spec.type === "supervisor") supervisors++;
    const specs = this.#byId.size;
    return { specs, active: this.#byPid.size, supervisors, workers: specs - supervisors };
  }
}
