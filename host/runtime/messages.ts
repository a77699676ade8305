// The messages that no sender can forge, the tags that travel beside every message, and exit
// reasons.
import { Atom } from "../kernel/abi.ts";
import type { Pid, Ref } from "../kernel/abi.ts";
import type { From, Reason } from "./types.ts";

/** Tags of the host's messages (0 to 255), carried by the kernel beside the payload. */
export const Tag = {
  MESSAGE: 0,
  /** A request that wants a reply with the same reference. */
  CALL: 1,
  CAST: 2,
  REPLY: 3,
  /** A promise of `wait` has settled. */
  RESOLVED: 4,
  REJECTED: 5,
  /** Never sent: a resumption because the time has run out. */
  TIMED_OUT: 6,
  /** Never sent: a resumption by an EXIT or a DOWN. */
  EXIT: 7,
  DOWN: 8,
  /** A request to the behaviour itself, not to its callbacks. */
  SYSTEM: 9,
  /** What `startTimer` sends; its reference is the timer's. */
  TIMER: 10,
} as const;

/** A linked process has ended; only a process that traps exits gets it. */
export class Exit {
  readonly from: Pid;
  readonly reason: Reason;

  constructor(from: Pid, reason: Reason) {
    this.from = from;
    this.reason = reason;
  }
}

/**
 * A monitored process has ended, or was dead when the monitor was made (reason "noproc"). Its pid
 * is 0 where the monitor was of a name that nobody had.
 */
export class Down {
  readonly ref: Ref;
  readonly pid: Pid;
  readonly reason: Reason;
  /** The tag that the monitor was given. */
  readonly tag: number;

  constructor(ref: Ref, pid: Pid, reason: Reason, tag = 0) {
    this.ref = ref;
    this.pid = pid;
    this.reason = reason;
    this.tag = tag;
  }
}

/** The time of a `startTimer` is over. @see erlang:start_timer/3: `{timeout, Ref, Message}` */
export class TimerTimeout {
  readonly ref: Ref;
  readonly message: unknown;

  constructor(ref: Ref, message: unknown) {
    this.ref = ref;
    this.message = message;
  }
}

/**
 * A `GenServer.call` as a plain process sees it; answer with `GenServer.reply(self, from, value)`.
 */
export class Call {
  readonly from: From;
  readonly request: unknown;

  constructor(from: From, request: unknown) {
    this.from = from;
    this.request = request;
  }
}

/** The answer to a `GenServer.sendRequest`; `checkResponse` tells to which. */
export class ReplyMessage {
  readonly ref: Ref;
  readonly value: unknown;

  constructor(ref: Ref, value: unknown) {
    this.ref = ref;
    this.value = value;
  }
}

/** One item of a feed: a copy. */
export class FeedItem<T = any> {
  readonly feed: Ref;
  readonly value: T;

  constructor(feed: Ref, value: T) {
    this.feed = feed;
    this.value = value;
  }
}

/** The last message of a feed: the iterable is done, or has failed with this reason. */
export class FeedEnd {
  readonly feed: Ref;
  readonly reason: Reason;

  constructor(feed: Ref, reason: Reason) {
    this.feed = feed;
    this.reason = reason;
  }
}

/** A `GenServer.cast` as a plain process sees it. */
export class Cast {
  readonly request: unknown;

  constructor(request: unknown) {
    this.request = request;
  }
}

/**
 * Throw it to end the process with a reason of your own. Those that say "normal" or "shutdown" know
 * no stack. @see erlang:exit/1
 */
export class ExitReason extends Error {
  readonly reason: Reason;

  constructor(reason: Reason) {
    // Nobody is told where an orderly end was thrown, and a stack costs 5 µs. Where Error is
    // frozen, this sets nothing.
    const { stackTraceLimit } = Error;
    const isQuiet = (reason === "normal" || reason === "shutdown") &&
      Reflect.set(Error, "stackTraceLimit", 0);
    try {
      super(`exit: ${textOf(reason)}`);
    } finally {
      if (isQuiet) Error.stackTraceLimit = stackTraceLimit;
    }
    this.name = "ExitReason";
    this.reason = reason;
  }
}

/** For people; a reason that has no JSON (a bigint, a cycle, what throws) must not fail here. */
function textOf(reason: Reason): string {
  if (typeof reason === "string") return reason;
  try {
    return JSON.stringify(reason, (_, part: unknown) =>
      typeof part === "bigint" ? String(part) : part);
  } catch {
    return "a reason that can't be written";
  }
}

/** Ends the running process with this reason: throws. @see erlang:exit/1 */
export function exit(reason: Reason): never {
  throw new ExitReason(reason);
}

const atomOfText: ReadonlyMap<unknown, number> = new Map(
  Object.entries(Atom).map(([name, code]) => [name.toLowerCase(), code]),
);
const textOfAtom: readonly string[] = Object.entries(Atom)
  .sort(([, a], [, b]) => a - b).map(([name]) => name.toLowerCase());

/** The kernel's atom for a reason, undefined if it is not one. */
export function atomOf(reason: Reason): number | undefined {
  return atomOfText.get(reason);
}

/** The reason that an atom of the kernel stands for. */
export function reasonOfAtom(code: number): Reason {
  return textOfAtom[code] ?? "unknown";
}

/** True if a process that ends so has ended in order: normal, shutdown, `{ shutdown: … }`. */
export function isOrderly(reason: Reason): boolean {
  return reason === "normal" || reason === "shutdown" ||
    (typeof reason === "object" && reason !== null && "shutdown" in reason);
}
