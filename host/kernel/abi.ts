// The kernel's ABI as data: statuses, records, codes. Mirrors assembly/abi.ts; a test compares.

declare const pidBrand: unique symbol;
declare const refBrand: unique symbol;

/** A process identifier, `generation × 2^24 + slot`; never 0, never given twice by a kernel. */
export type Pid = number & { readonly [pidBrand]: true };

/** A reference: of a monitor, of a timer, or a plain one; never 0, never given twice. */
export type Ref = number & { readonly [refBrand]: true };

/** The version that the kernel must answer from `abi_version()`. */
export const ABI_VERSION = 1;

/** Slots of a table are below this; a pid's slot is `pid % SLOTS`. */
export const SLOTS = 2 ** 24;

/** What a call answers: 0 is success, positive values inform, negative ones refuse. */
export const Status = {
  OK: 0,
  /** `step`: there is more to do now. */
  MORE: 1,
  /** `begin`, `peek`, `skip`, `take`: a message is shown. */
  SHOWN: 1,
  /** `wait`: a message stands beyond the cursor; the turn stays open. */
  AGAIN: 1,
  /** `wait`: the receive has run out of time; the turn stays open. */
  TIMED_OUT: 2,
  /** The process is dead, or its pid was never given. */
  NO_PROCESS: -1,
  /** Not an integer that could be a pid. */
  BAD_PID: -2,
  /** The message memory is used up. */
  NO_MEMORY: -3,
  /** A table is full: processes, relations or names. */
  LIMIT: -4,
  /** A handle out of range, or one that is already under way. */
  BAD_HANDLE: -5,
  /** The turn is not this process's to begin (died, or begun already). */
  NONE: -6,
  /** No turn is open for this process. */
  NO_TURN: -7,
  /** An argument out of its range. */
  BAD_ARGUMENT: -8,
  /** The name is taken, or the process has one already. */
  TAKEN: -9,
  /** No such timer, monitor, link or name. */
  NOT_FOUND: -10,
  /** The payload is larger than a block can be. */
  TOO_LARGE: -11,
  /** The kernel has trapped inside itself: its tables can't be trusted. */
  CORRUPT: -13,
  /** `init` has not been called, or was called twice. */
  BAD_STATE: -14,
  /** The handler id is not registered. */
  NO_HANDLER: -15,
} as const;
export type Status = number;

/** The name of a status that refuses, for messages. */
export function statusName(status: Status): string {
  const found = Object.entries(Status).find(([, value]) => value === status && value <= 0);
  return found?.[0] ?? String(status);
}

/** Options of a spawn, to be added. Priorities exclude each other. */
export const Option = {
  PRIORITY_NORMAL: 0,
  PRIORITY_LOW: 1,
  PRIORITY_HIGH: 2,
  PRIORITY_MAX: 3,
  LINK: 4,
  MONITOR: 8,
  TRAP_EXIT: 16,
} as const;

/** Kinds of an event record. */
export const EventKind = { RUN: 1, EXITED: 2 } as const;

/** Kinds of a message. */
export const MessageKind = { NUMBER: 1, HANDLE: 2, BYTES: 3, EXIT: 4, DOWN: 5 } as const;

/** Kinds of an exit reason. */
export const ReasonKind = { ATOM: 0, HANDLE: 1 } as const;

/** Reasons that the kernel itself knows. Codes from 1,024 on are the host's. */
export const Atom = {
  NORMAL: 0,
  KILL: 1,
  KILLED: 2,
  NOPROC: 3,
  SHUTDOWN: 4,
  TRAP: 5,
  RESTORED: 6,
  NOCONNECTION: 7,
  TIMEOUT: 8,
} as const;

/** Flags of `processFlag`. */
export const Flag = { TRAP_EXIT: 0, PRIORITY: 1 } as const;

/** Items of `processInfo`. */
export const Info = {
  STATUS: 0,
  MESSAGE_QUEUE_LENGTH: 1,
  REDUCTIONS: 2,
  PRIORITY: 3,
  TRAP_EXIT: 4,
  LINKS: 5,
  MONITORS: 6,
  MONITORED_BY: 7,
  PARENT: 8,
  KIND: 9,
} as const;

/** Answers of `processInfo(pid, Info.STATUS)`. */
export const ProcessStatus = {
  RUNNABLE: 1, OFFERED: 2, RUNNING: 3, WAITING: 4, EXITING: 5,
} as const;

/** Options of `demonitor`. */
export const Demonitor = { FLUSH: 1 } as const;

/** Counters of the whole kernel. */
export const Counter = {
  SENDS: 0,
  DEAD_LETTERS: 1,
  SPAWNS: 2,
  EXITS: 3,
  PROCESSES: 4,
  LIVE_HANDLES: 5,
  RELATIONS: 6,
  TIMERS: 7,
  SLABS: 8,
  NAMES: 9,
  TRAPS: 10,
  RETIRED: 11,
} as const;

/** The limits that `init` lays memory out for. Counts, but for `messageBytes`. */
export interface Limits {
  /** Processes alive at once; up to 16,777,215. Default 65,536. */
  readonly processes: number;
  /** Link halves, monitors and timers alive at once; up to 16,777,215. Default 131,072. */
  readonly relations: number;
  /** Message memory in bytes, in slabs of 16 KiB. Default 16 MiB. */
  readonly messageBytes: number;
  /** Host values under way at once; up to 16,777,215. Default 262,144. */
  readonly handles: number;
  /** Event records in the ring, a power of two. Default 4,096. */
  readonly events: number;
  /** Registered names. Default 65,536. */
  readonly names: number;
  /** The scratch area through which bytes enter, in bytes. Default 65,536. */
  readonly scratchBytes: number;
}

/** The order of the limits in the kernel's limits record. */
export const limitNames = [
  "processes", "relations", "messageBytes", "handles", "events", "names", "scratchBytes",
] as const satisfies readonly (keyof Limits)[];
