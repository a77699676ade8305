// What is to be done when a process of the host ends: listeners are removed, signals aborted.
import type { Pid } from "../kernel/abi.ts";
import { reportOfDead } from "./crash.ts";
import { ExitReason } from "./messages.ts";
import { endReason } from "./reasons.ts";
import type { Logger, Reason } from "./types.ts";

type AtEnd = (reason: Reason) => void;

export class Endings {
  readonly #logger: Logger;
  readonly #byPid = new Map<Pid, Set<AtEnd>>();
  readonly #signals = new Map<Pid, AbortSignal>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Called once, when the process has ended. Answers what takes that back. O(1). */
  add(pid: Pid, atEnd: AtEnd): () => void {
    const all = this.#byPid.get(pid) ?? new Set();
    this.#byPid.set(pid, all.add(atEnd));
    return () => {
      all.delete(atEnd);
      if (all.size === 0 && this.#byPid.get(pid) === all) this.#byPid.delete(pid);
    };
  }

  /** A signal that is aborted by the end; the same one at each call. */
  signalOf(pid: Pid): AbortSignal {
    const known = this.#signals.get(pid);
    if (known !== undefined) return known;
    const controller = new AbortController();
    this.#signals.set(pid, controller.signal);
    this.add(pid, (reason) => {
      this.#signals.delete(pid);
      controller.abort(new ExitReason(reason));
    });
    return controller.signal;
  }

  /** The process has ended. O(what is to be done). */
  run(pid: Pid, reason: Reason): void {
    const all = this.#byPid.get(pid);
    if (all === undefined) return;
    this.#byPid.delete(pid);
    for (const atEnd of all) {
      try {
        atEnd(reason);
      } catch (error) {
        // An emitter of somebody's: the pump must go on.
        this.#logger(reportOfDead(pid, "at its end", endReason(error)));
      }
    }
  }
}
