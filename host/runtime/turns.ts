// Turns: how a host process runs when the kernel offers it one.
//
//   begin ─► look for what its suspension wants: peek · skip · take   (#fetch)
//         ─► run it: generator.next, or the behaviour's callback      (#run)
//         ─► again, until nothing is wanted (wait), the slice is used up (yield), or it ends
//
// Sends go straight to the kernel while code runs. Whatever user code throws ends that process
// only. Costs: a message O(1) and what the code does; a receive O(messages passed over).
import { PidgeonError } from "../errors.ts";
import { MessageKind, Status } from "../kernel/abi.ts";
import type { Pid, Ref } from "../kernel/abi.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { Behaviour, messageOf } from "./behaviour.ts";
import { Bytes } from "./bytes.ts";
import { TIME_MS_MAX } from "./core.ts";
import type { Core } from "./core.ts";
import { Down, Exit, ExitReason, isOrderly, Tag } from "./messages.ts";
import { slotOf } from "./process-table.ts";
import type { ProcessTable, Running } from "./process-table.ts";
import type { HandleTable } from "./handles.ts";
import { endReason } from "./reasons.ts";
import { Suspension, TIMEOUT, Waiting } from "./suspension.ts";
import type { Resumption } from "./suspension.ts";
import type { Logger, Operation, Reason } from "./types.ts";

/** What one message costs of a slice: 40 messages, then others run. */
const MESSAGE_REDUCTIONS = 100;
/** The BEAM's slice. */
const SLICE_REDUCTIONS = 4000;

/** #fetch: the turn is closed, by the wait or by the process's end. Others are shown or not. */
const CLOSED = -1;

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
  readonly #handles: HandleTable;
  readonly #logger: Logger;
  /** Handed to every generator, and read by it at once. */
  readonly #resumption: Resumption = { done: true, value: undefined, tag: 0 };
  // Of the message that was taken last; behaviours get them beside the value.
  #from = 0;
  #ref = 0;

  constructor(core: Core, logger: Logger) {
    this.#core = core;
    this.#kernel = core.kernel;
    this.#table = core.table;
    this.#handles = core.handles;
    this.#logger = logger;
  }

  /** Runs the turn that a RUN event offers. */
  turn(pid: Pid): void {
    const kernel = this.#kernel;
    let shown: number = kernel.begin(pid);
    if (shown < 0) return;
    const slot = slotOf(pid);
    const suspensions = this.#table.suspensions;
    let spent = 0;
    for (;;) {
      const suspension = suspensions[slot]!;
      try {
        if (suspension.kind !== Waiting.START) {
          shown = this.#fetch(pid, suspension, shown, spent);
          if (shown < 0) return;
        }
        if (!this.#run(pid, slot, suspension.kind)) return;
      } catch (error) {
        this.#failed(pid, slot, error);
        return;
      }
      spent += MESSAGE_REDUCTIONS;
      if (spent >= SLICE_REDUCTIONS) {
        kernel.yieldTurn(pid, spent);
        return;
      }
      // What is shown may have changed under the code that ran; a mark has moved the cursor.
      if (shown === Status.SHOWN) shown = kernel.peek(pid);
    }
  }

  /** The end of a process by a signal from elsewhere. */
  exited(pid: Pid, reason: Reason): void {
    this.#table.leave(pid);
    const outcome = this.#outcomeOf(pid);
    outcome?.reject(new ExitReason(reason));
  }

  /**
   * Finds what is wanted, takes it into the resumption, and answers whether another message is
   * shown; CLOSED if the process waits now, or is dead.
   */
  #fetch(pid: Pid, suspension: Suspension, shownBefore: number, spent: number): number {
    const kernel = this.#kernel;
    let shown = shownBefore;
    for (;;) {
      if (shown === Status.SHOWN) {
        if (this.#accepts(suspension)) return this.#take(pid);
        shown = this.#isStale(suspension) ? this.#take(pid) : kernel.skip(pid);
        continue;
      }
      if (shown < 0) return CLOSED;
      const timeoutMs = suspension.timeoutMs === Infinity ? Infinity : this.#timeLeft(suspension);
      const status = suspension.kind === Waiting.REFERENCE
        ? kernel.waitRef(pid, suspension.ref as Ref, timeoutMs, spent)
        : kernel.wait(pid, timeoutMs, spent);
      if (status === Status.AGAIN) {
        shown = kernel.peek(pid);
      } else if (status === Status.TIMED_OUT) {
        this.#resumption.tag = Tag.TIMED_OUT;
        this.#resumption.value = TIMEOUT;
        return kernel.peek(pid);
      } else {
        return CLOSED;
      }
    }
  }

  /** Whether the message in the window is the wanted one; if so its value is in the resumption. */
  #accepts(suspension: Suspension): boolean {
    const message = this.#kernel.message;
    const resumption = this.#resumption;
    const kind = message.kind;
    let tag: number = message.tag;
    let value: unknown;
    if (suspension.kind === Waiting.REFERENCE && message.ref !== suspension.ref) return false;
    if (kind === MessageKind.NUMBER) {
      value = message.value;
    } else if (kind === MessageKind.HANDLE) {
      value = this.#handles.get(message.value);
    } else if (kind === MessageKind.EXIT) {
      tag = Tag.EXIT;
      value = new Exit(message.from, this.#core.reasonOf(message.reasonKind, message.value));
    } else if (kind === MessageKind.DOWN) {
      tag = Tag.DOWN;
      const reason = this.#core.reasonOf(message.reasonKind, message.value);
      value = new Down(message.ref as Ref, message.from, reason);
    } else {
      // Bytes of a native process: copied out when taken; a pattern can't look into them.
      if (suspension.matches !== undefined) return false;
    }
    if (suspension.kind !== Waiting.REFERENCE) {
      // An answer that nobody waits for any more: #isStale has it dropped.
      if (tag === Tag.REPLY || tag === Tag.RESOLVED || tag === Tag.REJECTED) return false;
      if (suspension.kind === Waiting.MESSAGE) {
        if (tag === Tag.SYSTEM) return false;
        if (tag === Tag.CALL || tag === Tag.CAST) {
          value = messageOf(tag, message.from, message.ref as Ref, value);
        }
        const matches = suspension.matches;
            if (matches !== undefined && !matches(value)) return false;
      }
    }
    this.#from = message.from;
    this.#ref = message.ref;
    resumption.tag = tag;
    resumption.value = value;
    return true;
  }

  #isStale(suspension: Suspension): boolean {
    if (suspension.kind === Waiting.REFERENCE) return false;
    const message = this.#kernel.message;
    const kind = message.kind;
    if (kind === MessageKind.EXIT || kind === MessageKind.DOWN) return false;
    const tag = message.tag;
    // Only behaviours understand system messages.
    return tag === Tag.REPLY || tag === Tag.RESOLVED || tag === Tag.REJECTED ||
      (tag === Tag.SYSTEM && suspension.kind === Waiting.MESSAGE);
  }

  /** Takes the message in the window, and its handle back if no other message names it. */
  #take(pid: Pid): number {
    const message = this.#kernel.message;
    const value = message.value;
    const kind = message.kind;
    if (kind === MessageKind.BYTES) return this.#takeBytes(pid, value);
    // `last` says nothing of a number.
    const last = kind !== MessageKind.NUMBER && message.last;
    const shown = this.#kernel.take(pid);
    if (last) this.#handles.free(value);
    return shown;
  }

  #takeBytes(pid: Pid, address: number): number {
    const length = this.#kernel.message.length;
    const shown = this.#kernel.take(pid);
    if (shown >= 0) {
      this.#resumption.value = Bytes.own(this.#kernel.takeBytes(address, length));
    }
    return shown;
  }

  #timeLeft(suspension: Suspension): number {
    if (suspension.timeoutMs === 0) return 0;
    const nowMs = this.#core.tellTime();
    if (Number.isNaN(suspension.expiresAtMs)) {
      suspension.expiresAtMs = nowMs + suspension.timeoutMs;
    }
    return Math.min(Math.max(0, suspension.expiresAtMs - nowMs), TIME_MS_MAX);
  }

  /** Runs the process with the resumption; false if it has ended. */
  #run(pid: Pid, slot: number, kind: Waiting): boolean {
    const table = this.#table;
    const generator = table.generators[slot];
    if (generator === undefined) {
      return this.#runBehaviour(table.selves[slot] as Behaviour, slot, kind);
    }
    const first = kind === Waiting.START;
    const result = generator.next(first ? undefined : this.#resumption);
    if (result.done !== true) return this.#pause(pid, slot, result.value);
    const self = table.selves[slot];
    if (!(self instanceof Behaviour)) return this.#ended(pid, result.value);
    table.generators[slot] = undefined;
    table.suspensions[slot] = self.idle;
    return true;
  }

  #runBehaviour(self: Behaviour, slot: number, kind: Waiting): boolean {
    const resumption = this.#resumption;
    const operation = kind === Waiting.START
      ? self.start()
      : self.deliver(resumption.tag, this.#from as Pid, this.#ref as Ref, resumption.value);
    if (operation === undefined) {
      this.#table.suspensions[slot] = self.idle;
      return true;
    }
    return this.#begin(self.pid, slot, operation);
  }

  /** A behaviour goes on inside an operation: from now on it runs like a generator process. */
  #begin(pid: Pid, slot: number, operation: Operation<unknown>): boolean {
    const table = this.#table;
    const generator = operation[Symbol.iterator]() as unknown as Running;
    const result = generator.next(undefined);
    if (result.done === true) {
      table.suspensions[slot] = (table.selves[slot] as Behaviour).idle;
      return true;
    }
    table.generators[slot] = generator;
    return this.#pause(pid, slot, result.value);
  }

  #pause(pid: Pid, slot: number, suspension: unknown): boolean {
    if (!(suspension instanceof Suspension)) {
      // Nothing can be resumed sensibly: the process is at fault, and ends.
      throw new PidgeonError("PIDGEON_NOT_AN_OPERATION", { pid });
    }
    this.#table.suspensions[slot] = suspension;
    if (suspension.kind === Waiting.REFERENCE) suspension.arm(this.#core, pid);
    return true;
  }

  #outcomeOf(pid: Pid): Outcome | undefined {
    if (this.outcomes.size === 0) return undefined;
    const outcome = this.outcomes.get(pid);
    this.outcomes.delete(pid);
    return outcome;
  }

  #ended(pid: Pid, value: unknown): false {
    this.#table.leave(pid);
    this.#core.finish(pid, "normal");
    this.#outcomeOf(pid)?.resolve(value);
    return false;
  }

  /** What was thrown ends its process; links and monitors get it as plain data. */
  #failed(pid: Pid, slot: number, error: unknown): void {
    const self = this.#table.selves[slot];
    const reason = endReason(error);
    this.#table.leave(pid);
    this.#core.finish(pid, reason);
    const outcome = this.#outcomeOf(pid);
    if (outcome !== undefined) {
      outcome.reject(error);
    } else if (self instanceof Behaviour ? !isOrderly(reason) : !(error instanceof ExitReason)) {
      const label = self instanceof Behaviour ? self.label : undefined;
      this.#logger({ type: "crash", pid, label, reason });
    }
  }
}
