// A naive model of links, monitors, names, timers and ends: lists, searched from the front.
import { Atom, type Pid } from "../../host/kernel/abi.ts";

/** An atom's code, or a handle as its negative. */
export type Reason = number;

export interface Signal {
  readonly kind: "exit" | "down" | "timer";
  readonly from: Pid;
  /** DOWN: the monitor; a timer: its own; EXIT: 0 by a link, -1 by exit/2 (no relation). */
  readonly ref: number;
  /** The reason, or a timer's handle as its negative. */
  readonly reason: Reason;
  /** Signals of one operation come in any order. */
  readonly batch: number;
}

export interface RelationProcess {
  readonly pid: Pid;
  trapping: boolean;
  name: string | undefined;
  mailbox: Signal[];
}

interface Monitor {
  readonly ref: number;
  readonly watcher: Pid;
  readonly watched: Pid;
}

interface Timer {
  readonly ref: number;
  readonly to: Pid;
  readonly at: number;
  readonly handle: number;
}

export class RelationModel {
  readonly processes = new Map<Pid, RelationProcess>();
  links: (readonly [Pid, Pid])[] = [];
  monitors: Monitor[] = [];
  timers: Timer[] = [];
  /** Ended and not reaped yet, with their reasons. */
  readonly ended = new Map<Pid, Reason>();
  now = 0;
  /** The number of the operation. */
  batch = 0;

  spawn(pid: Pid, trapping: boolean): void {
    this.processes.set(pid, { pid, trapping, name: undefined, mailbox: [] });
  }

  /** Puts a signal into a mailbox, if its process is alive. */
  tell(to: Pid, kind: Signal["kind"], from: Pid | 0, ref: number, reason: Reason): void {
    const { batch } = this;
    this.processes.get(to)?.mailbox.push({ kind, from: from as Pid, ref, reason, batch });
  }

  named(name: string): RelationProcess | undefined {
    return [...this.processes.values()].find((process) => process.name === name);
  }

  isLinked(a: Pid, b: Pid): boolean {
    return this.links.some((pair) => pair.includes(a) && pair.includes(b));
  }

  link(a: Pid, b: Pid): void {
    this.links.push([a, b]);
  }

  unlink(a: Pid, b: Pid): void {
    this.links = this.links.filter((pair) => !(pair.includes(a) && pair.includes(b)));
  }

  /** Relations in use: two a link; a signal keeps its own while it lies in a mailbox. */
  relations(): number {
    const signals = [...this.processes.values()].flatMap(({ mailbox }) => mailbox);
    return 2 * this.links.length + this.monitors.length + this.timers.length
      + signals.filter(({ ref }) => ref >= 0).length;
  }

  /** How many messages, timers and ended processes name a handle. */
  references(): Map<number, number> {
    const counts = new Map<number, number>();
    const add = (reason: Reason) => {
      if (reason < 0) counts.set(-reason, (counts.get(-reason) ?? 0) + 1);
    };
    for (const { mailbox } of this.processes.values()) mailbox.forEach(({ reason }) => add(reason));
    for (const { handle } of this.timers) add(-handle);
    for (const reason of this.ended.values()) add(reason);
    return counts;
  }

  /** Ends a process and all that its links bring down; only the first may need no reaping. */
  end(first: Pid, reason: Reason, needsReaping: boolean): void {
    const doomed: [Pid, Reason][] = [[first, reason]];
    const condemned = new Set([first]);
    for (let next = doomed.shift(); next !== undefined; next = doomed.shift()) {
      const [pid, why] = next;
      this.processes.delete(pid);
      if (pid !== first || needsReaping) this.ended.set(pid, why);
      this.timers = this.timers.filter(({ to }) => to !== pid);
      this.monitors = this.monitors.filter(({ watcher }) => watcher !== pid);
      const linked = this.links.filter((pair) => pair.includes(pid)).flat();
      this.links = this.links.filter((pair) => !pair.includes(pid));
      for (const peer of linked.filter((one) => one !== pid && !condemned.has(one))) {
        const process = this.processes.get(peer) as RelationProcess;
        if (process.trapping) {
          this.tell(peer, "exit", pid, 0, why);
        } else if (why !== Atom.NORMAL) {
          condemned.add(peer);
          doomed.push([peer, why]);
        }
      }
      for (const { ref, watcher } of this.monitors.filter(({ watched }) => watched === pid)) {
        this.tell(watcher, "down", pid, ref, why);
      }
      this.monitors = this.monitors.filter(({ watched }) => watched !== pid);
    }
  }

  /** Fires what is due: by deadline, those of one deadline as they were started. */
  fire(now: number): void {
    this.now = Math.max(this.now, now);
    const due = this.timers.filter(({ at }) => at <= this.now).sort((a, b) => a.at - b.at);
    this.timers = this.timers.filter(({ at }) => at > this.now);
    for (const { ref, to, handle } of due) {
      this.batch++;
      this.tell(to, "timer", 0, ref, -handle);
    }
  }
}
