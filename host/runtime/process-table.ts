// The host's half of a process, by slot: its `self`, the generator that runs, what it waits
// for, what it has passed over.
//
// Four parallel arrays, so an idle process costs four words here and the pump reads what it needs
// only. A slot's entry belongs to the process whose pid `selves[slot]` has; the kernel may have
// given the slot to a new process before the end of the old one is read, so ends compare pids.
// Costs: O(1).
import { SLOTS } from "../kernel/abi.ts";
import type { Pid } from "../kernel/abi.ts";
import type { Backlog } from "./backlog.ts";
import type { Process } from "./process.ts";
import type { Resumption, Suspension } from "./suspension.ts";

/** A running generator, as the pump sees it. */
export interface Running {
  next(resumption: Resumption | undefined): IteratorResult<Suspension, unknown>;
  throw?(error: unknown): IteratorResult<Suspension, unknown>;
}

/** The slot of a pid; exact for every pid, since `&` takes the low 32 bits of the integer. */
export function slotOf(pid: Pid): number {
  return pid & (SLOTS - 1);
}

export class ProcessTable {
  /** `self` of each process: a Process, or a Behaviour, which is its own. */
  readonly selves: (Process | undefined)[] = [undefined];
  /** The generator; undefined for a behaviour between two messages. */
  readonly generators: (Running | undefined)[] = [undefined];
  readonly suspensions: (Suspension | undefined)[] = [undefined];
  /** Of those that have passed over a message; null: of this one there can't be one. */
  readonly backlogs: (Backlog | undefined | null)[] = [undefined];

  enter(self: Process, generator: Running | undefined, suspension: Suspension): void {
    const slot = slotOf(self.pid);
    // Slots are given in order at first; pushing keeps the arrays dense.
    while (this.selves.length <= slot) {
      this.selves.push(undefined);
      this.generators.push(undefined);
      this.suspensions.push(undefined);
      this.backlogs.push(undefined);
    }
    this.selves[slot] = self;
    this.generators[slot] = generator;
    this.suspensions[slot] = suspension;
    this.backlogs[slot] = undefined;
  }

  find(pid: Pid): Process | undefined {
    const self = this.selves[slotOf(pid)];
    return self !== undefined && self.pid === pid ? self : undefined;
  }

  /** Forgets a process; nothing if the slot is another's by now. */
  leave(pid: Pid): void {
    const slot = slotOf(pid);
    if (this.selves[slot]?.pid !== pid) return;
    this.selves[slot] = undefined;
    this.generators[slot] = undefined;
    this.suspensions[slot] = undefined;
    this.backlogs[slot] = undefined;
  }
}
