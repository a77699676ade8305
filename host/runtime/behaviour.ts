// Processes without a generator of their own: an object that is called with each message.
import type { Pid, Ref } from "../kernel/abi.ts";
import type { Core } from "./core.ts";
import { Ending } from "./ending.ts";
import { Call, Cast, ReplyMessage, Tag } from "./messages.ts";
import { wait } from "./operations.ts";
import { Process } from "./process.ts";
import { Suspension, Waiting } from "./suspension.ts";
import type { Callbacks, Eventually, Operation, Reason } from "./types.ts";

/** Waits for any message, as a callback process does; holds no state, so all share it. */
const idleForever = new Suspension(Waiting.CALLBACK, undefined, Infinity);

/** What is shown of a behaviour that has crashed. */
export interface CrashStatus {
  readonly reason?: Reason;
  readonly message?: unknown;
  readonly state?: unknown;
}

/**
 * A callback process: its own `self`. An idle one is one object and a slot of the kernel's.
 * The pump calls `start` in the first turn, then `deliver` with each message. Either may answer an
 * operation: the process does that before it takes the next message. What they throw ends it.
 */
export abstract class Behaviour extends Process {
  /** What it waits for between messages: CALLBACK kind, perhaps with a timeout. */
  get idle(): Suspension {
    return idleForever;
  }

  /** Supervisors are stopped first, from the root, when the runtime stops. */
  get supervises(): boolean {
    return false;
  }

  /** Who started it; 0 for from outside. */
  get parent(): Pid | 0 {
    return 0;
  }

  /** For reports. */
  get label(): string | undefined {
    return undefined;
  }

  /** What a crash report may show, without secrets. What it throws is shown in its place. */
  formatted(status: CrashStatus): CrashStatus {
    return status;
  }

  start(): Operation<unknown> | undefined {
    return undefined;
  }

  /** It has ended, whatever the reason. */
  ended(): void {}

  /** `tag` says what the value is: see Tag. EXIT and DOWN values are Exit and Down instances. */
  abstract deliver(
    tag: number, from: Pid, ref: Ref, value: unknown,
  ): Operation<unknown> | undefined;
}

/** The message as user code sees it. */
export function messageOf(tag: number, from: Pid, ref: Ref, value: unknown): unknown {
  if (tag === Tag.CALL) return new Call({ pid: from, ref }, value);
  if (tag === Tag.CAST) return new Cast(value);
  return tag === Tag.REPLY ? new ReplyMessage(ref, value) : value;
}

/** The operation that a callback's answer asks for; undefined for any other value. */
export function operationOf(answer: unknown): Operation<unknown> | undefined {
  if (typeof answer !== "object" || answer === null) return undefined;
  // A generator, not just anything iterable: an array is a value.
  if (Symbol.iterator in answer && "next" in answer) return answer as unknown as Operation<unknown>;
  if (answer instanceof Ending) return answer;
  if ("then" in answer && typeof answer.then === "function") {
    return wait(answer as unknown as PromiseLike<unknown>);
  }
  return undefined;
}

/** Runs what a callback's answer asks for to its end; any other value is its own. */
export function* eventually<T>(answer: Eventually<T>): Operation<T> {
  const operation = operationOf(answer);
  return operation === undefined ? answer as T : (yield* operation) as T;
}

/** The process of `spawnCallback`. */
export class CallbackProcess extends Behaviour {
  readonly #callbacks: Callbacks;

  constructor(core: Core, pid: Pid, callbacks: Callbacks) {
    super(core, pid);
    this.#callbacks = callbacks;
  }

  deliver(tag: number, from: Pid, ref: Ref, value: unknown): Operation<unknown> | undefined {
    const answer = this.#callbacks.receive(messageOf(tag, from, ref, value), this);
    return answer === undefined ? undefined : operationOf(answer);
  }
}
