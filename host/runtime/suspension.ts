// What a paused process waits for. `yield*` asks it twice: first it yields itself to the pump, then
// it passes the pump's resumption on. It is its own iterator, and a hoisted one is used again and
// again, so a `receive` allocates nothing and a paused generator holds nothing of its own.
import { PidgeonError } from "../errors.ts";
import type { Pid, Ref } from "../kernel/abi.ts";
import { TIME_MS_MAX } from "./clock.ts";

/** What `receive` answers when its time has run out. */
export const TIMEOUT: unique symbol = Symbol("pidgeon.timeout");
/** The type of TIMEOUT, for unions: `Operation<string | Timeout>`. */
export type Timeout = typeof TIMEOUT;

/** How a suspension walks the mailbox; small integers, compared in the pump's inner loop. */
export const Waiting = {
  /** A new process: no code of it has run. */
  START: 0,
  /** The next message that matches. */
  MESSAGE: 1,
  /** A callback process between two messages. */
  CALLBACK: 2,
  /** A message with one reference, from behind the mark on: a reply, DOWN, a settled promise. */
  REFERENCE: 3,
  /** Any message, undecoded: see RawSuspension. From here on no message is a plain one. */
  RAW: 4,
  /** That there is a message, which stays. */
  HIBERNATION: 5,
} as const;
export type Waiting = (typeof Waiting)[keyof typeof Waiting];

/** What the pump hands to a process: always the same object, read at once. */
export interface Resumption {
  done: true;
  value: unknown;
  /** The message's tag (messages.ts); TAG_TIMED_OUT if the time has run out. */
  tag: number;
}

/** The part of the runtime that a suspension needs when its process pauses. */
export interface Arming {
  makeRef(): Ref;
  /** From here on only messages that come later count. */
  mark(pid: Pid): void;
  /** Sends the outcome of a promise to a process that waits for `ref`; nothing if it has died. */
  settle(pid: Pid, ref: Ref, tag: number, value: unknown): void;
  /** Calls once, when the process has ended; answers what takes that back. */
  onEnd(pid: Pid, atEnd: () => void): () => void;
}

/** Tells whether a message is the wanted one. */
export type Matches = (message: unknown) => boolean;

/** A string that every message has that a shape matches: a backlog passes over others by it. */
export interface Discriminant {
  readonly key: string;
  readonly text: string;
}

/** Throws PIDGEON_BAD_TIME for what is no number from 0 to 2^32 - 1, nor Infinity. */
export function assertTime(ms: number): void {
  if (!(ms >= 0) || (ms > TIME_MS_MAX && ms !== Infinity)) {
    throw new PidgeonError("PIDGEON_BAD_TIME", { time: ms });
  }
}

/** What an operation yields while it waits: for the runtime alone. */
export class Suspension {
  readonly kind: Waiting;
  /** Undefined takes any message. */
  readonly matches: Matches | undefined;
  readonly timeoutMs: number;
  readonly discriminant: Discriminant | undefined;
  /** REFERENCE only: what the message must carry. */
  ref: Ref | 0 = 0;
  /** On the runtime's clock; set at the first wait if there is a timeout. NaN before. */
  expiresAtMs = NaN;
  readonly #pending: IteratorResult<Suspension, never>;

  /** Throws PIDGEON_BAD_TIME. */
  constructor(
    kind: Waiting, matches: Matches | undefined, timeoutMs: number, discriminant?: Discriminant,
  ) {
    assertTime(timeoutMs);
    this.kind = kind;
    this.matches = matches;
    this.timeoutMs = timeoutMs;
    this.discriminant = discriminant;
    this.#pending = { done: false, value: this };
  }

  /** Typed as the operation that it stands for by the functions that make it. */
  [Symbol.iterator](): Iterator<Suspension, any, any> {
    return this as Iterator<Suspension, unknown, unknown>;
  }

  /** Called by `yield*`: with undefined to begin, with the resumption to end. */
  next(resumption: Resumption | undefined): IteratorResult<Suspension, unknown> {
    return resumption === undefined ? this.begin() : this.end(resumption);
  }

  /** Called by the pump once the process has paused; REFERENCE kinds get their reference here. */
  arm(_runtime: Arming, _pid: Pid): void {}

  /** The pump throws misuse into the process here. */
  throw(error: unknown): never {
    throw error;
  }

  protected begin(): IteratorResult<Suspension, unknown> {
    return this.#pending;
  }

  protected end(resumption: Resumption): IteratorResult<Suspension, unknown> {
    return resumption;
  }
}

/** A message as the kernel shows it. */
export interface RawMessage {
  /** A MessageKind. */
  kind: number;
  tag: number;
  from: number;
  ref: number;
  /** The number; the value that a handle stands for; the reason; bytes are `kernel.shownBytes`. */
  value: unknown;
}

/** Looks at every message before it is taken; all processes of a kind may share one. */
export abstract class RawSuspension extends Suspension {
  constructor() {
    super(Waiting.RAW, undefined, Infinity);
  }

  /** Answers whether the message is taken; else it stays. The message object is read at once. */
  abstract offer(pid: Pid, message: RawMessage): boolean;
}
