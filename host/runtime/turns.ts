// Turns: how a host process runs when the kernel offers it one.
//
//   begin ─► fetch what its suspension wants (mailbox.ts)
//         ─► run it: generator.next, or the behaviour's callback
//         ─► again, until nothing is wanted (wait), the slice is used up (yield), or it ends
//
// Sends go straight to the kernel while code runs. What user code throws ends that process only.
// Costs: a message O(1) and what the code does.
import { PidgeonError } from "../errors.ts";
import { Status } from "../kernel/abi.ts";
import type { Pid, Ref } from "../kernel/abi.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { Behaviour, messageOf } from "./behaviour.ts";
import type { Core } from "./core.ts";
import { crashReport } from "./crash.ts";
import { Ending } from "./ending.ts";
import { Mailbox } from "./mailbox.ts";
import { ExitReason, isOrderly, Tag } from "./messages.ts";
import type { ProcessTable, Running } from "./process-table.ts";
import { endReason, isExitReason, plainReason } from "./reasons.ts";
import { Suspension, Waiting } from "./suspension.ts";
import type { Operation, Reason } from "./types.ts";

/** What one message costs of a slice: 40 messages, then others run. */
const MESSAGE_REDUCTIONS = 100;
/** The BEAM's slice. */
const SLICE_REDUCTIONS = 4000;

/** Who waits outside for the end of a process that `Runtime.run` has started. */
export interface Outcome {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

export class Turns {
  /** Ends that somebody outside waits for. */
  readonly outcomes = new Map<Pid, Outcome>();
  readonly #core: Core;
  readonly #kernel: Kernel;
  readonly #table: ProcessTable;
  readonly #mailbox: Mailbox;

  constructor(core: Core) {
    this.#core = core;
    this.#kernel = core.kernel;
    this.#table = core.table;
    this.#mailbox = new Mailbox(core);
  }

  /**
   * Runs the turn that a RUN event has offered to the process in this slot. If another has come
   * into the slot since, `begin` tells whether it has a turn of its own.
   */
  turn(slot: number): void {
    const kernel = this.#kernel;
    const pid = this.#table.selves[slot]?.pid;
    if (pid === undefined) return;
    let shown: number = kernel.begin(pid);
    if (shown < 0) return;
    const { generators, suspensions } = this.#table;
    const { resumption } = this.#mailbox;
    let suspension = suspensions[slot]!;
    let spent = 0;
    try {
      for (;;) {
        const isFirst = suspension.kind === Waiting.START;
        if (!isFirst) {
          shown = this.#mailbox.fetch(pid, slot, suspension, shown, spent);
          if (shown < 0) return;
        }
        const generator = generators[slot];
        if (generator !== undefined) {
          const result = generator.next(isFirst ? undefined : resumption);
          if (result.done === true) {
            if (!this.#done(pid, slot, result.value)) return;
            suspension = suspensions[slot]!;
          } else if (result.value !== suspension || suspension.kind === Waiting.REFERENCE) {
            suspension = this.#pause(pid, slot, result.value);
          }
        } else {
          const next = this.#runBehaviour(pid, slot, isFirst);
          if (next === undefined) return;
          suspension = next;
        }
        spent += MESSAGE_REDUCTIONS;
        if (spent >= SLICE_REDUCTIONS) {
          kernel.yieldTurn(pid, spent);
          return;
        }
        // What is shown may have changed under the code that ran; a mark has moved the cursor.
        if (shown === Status.SHOWN) shown = kernel.peek(pid);
      }
    } catch (error) {
      this.#failed(pid, slot, error);
    }
  }

  /** The end of a process by a signal from elsewhere. */
  exited(pid: Pid, reason: Reason): void {
    this.#core.traces?.ended(pid, reason);
    this.#leave(pid);
    this.#core.endings.run(pid, reason);
    const outcome = this.#outcomeOf(pid);
    outcome?.reject(new ExitReason(reason));
  }

  /** Undefined: it has ended. */
  #runBehaviour(pid: Pid, slot: number, isFirst: boolean): Suspension | undefined {
    const self = this.#table.selves[slot] as Behaviour;
    const { resumption, from, ref } = this.#mailbox;
    const operation = isFirst ? self.start()
      : self.deliver(resumption.tag, from as Pid, ref as Ref, resumption.value);
    if (operation !== undefined) return this.#begin(pid, slot, operation);
    const { idle } = self;
    this.#table.suspensions[slot] = idle;
    return idle;
  }

  /** A behaviour goes on inside an operation: from now on it runs like a generator process. */
  #begin(pid: Pid, slot: number, operation: Operation<unknown>): Suspension | undefined {
    if (operation instanceof Ending) return this.#endWith(pid, slot, operation);
    const generator = operation[Symbol.iterator]() as unknown as Running;
    const result = generator.next(undefined);
    if (result.done !== true) {
      this.#table.generators[slot] = generator;
      return this.#pause(pid, slot, result.value);
    }
    return this.#done(pid, slot, result.value) ? this.#table.suspensions[slot] : undefined;
  }

  #pause(pid: Pid, slot: number, suspension: unknown): Suspension {
    if (!(suspension instanceof Suspension)) {
      // Nothing can be resumed sensibly: the process is at fault, and ends.
      throw new PidgeonError("PIDGEON_NOT_AN_OPERATION", { pid });
    }
    this.#table.suspensions[slot] = suspension;
    if (suspension.kind === Waiting.REFERENCE) suspension.arm(this.#core, pid);
    return suspension;
  }

  /** A generator has returned: a behaviour goes back to its messages, another process ends. */
  #done(pid: Pid, slot: number, value: unknown): boolean {
    const table = this.#table;
    const self = table.selves[slot];
    if (value instanceof Ending) {
      this.#endWith(pid, slot, value);
      return false;
    }
    if (self instanceof Behaviour) {
      table.generators[slot] = undefined;
      table.suspensions[slot] = self.idle;
      return true;
    }
    this.#leave(pid);
    this.#core.traces?.ended(pid, "normal");
    this.#core.finish(pid, "normal");
    this.#core.endings.run(pid, "normal");
    this.#outcomeOf(pid)?.resolve(value);
    return false;
  }

  #leave(pid: Pid): void {
    const self = this.#table.find(pid);
    this.#table.leave(pid);
    if (self instanceof Behaviour) self.ended();
  }

  #outcomeOf(pid: Pid): Outcome | undefined {
    if (this.outcomes.size === 0) return undefined;
    const outcome = this.outcomes.get(pid);
    this.outcomes.delete(pid);
    return outcome;
  }

  /** What was thrown ends its process; links and monitors get it as plain data. */
  #failed(pid: Pid, slot: number, error: unknown): void {
    this.#end(pid, slot, endReason(error), isExitReason(error))?.reject(error);
  }

  /** As `exit` with its reason, but nothing is thrown. */
  #endWith(pid: Pid, slot: number, { reason }: Ending): undefined {
    this.#end(pid, slot, plainReason(reason), true)?.reject(new ExitReason(reason));
  }

  /** Ends the process whose turn is open; who waits for its outcome is to be told it. */
  #end(pid: Pid, slot: number, reason: Reason, isExit: boolean): Outcome | undefined {
    const self = this.#table.selves[slot];
    const isTold = !this.outcomes.has(pid) &&
      (self instanceof Behaviour ? !isOrderly(reason) : !isExit);
    const report = isTold && self !== undefined
      ? crashReport(this.#core, self, reason, this.#lastMessage(slot)) : undefined;
    this.#leave(pid);
    this.#core.traces?.ended(pid, reason);
    this.#core.finish(pid, reason);
    this.#core.endings.run(pid, reason);
    if (report !== undefined) this.#core.logger(report);
    return this.#outcomeOf(pid);
  }

  /** What the process has taken last in this turn, whose own it is; a time-out is no message. */
  #lastMessage(slot: number): unknown {
    const { resumption, from, ref } = this.#mailbox;
    const { tag, value } = resumption;
    const isFirst = this.#table.suspensions[slot]?.kind === Waiting.START;
    if (isFirst || (tag >= Tag.RESOLVED && tag <= Tag.TIMED_OUT)) return undefined;
    return messageOf(tag, from as Pid, ref as Ref, value);
  }
}
