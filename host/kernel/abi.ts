// The kernel's ABI as data: statuses, records, codes. Mirrors assembly/abi.ts; a test compares.

declare const pidBrand: unique symbol;
declare const refBrand: unique symbol;

/** A process identifier, `generation × 2^24 + slot`; never 0, never given twice by a kernel. */
export type Pid = number & { readonly [pidBrand]: true };

/** A reference: of a monitor, of a timer, or a plain one; never 0, never given twice. */
export type Ref = number & { readonly [refBrand]: true };

/** Where a message may go: a process, or one of its aliases, which is minus a reference. */
export type Address = Pid | Alias;

declare const aliasBrand: unique symbol;

/** An alias as an address; always below 0. @see erlang:alias/1 */
export type Alias = number & { readonly [aliasBrand]: true };

/** The address that the reference of an alias stands for. */
export function aliasOf(ref: Ref): Alias {
  return -ref as Alias;
}

/** The reference of an alias: what `unalias` and `demonitor` take. */
export function refOfAlias(alias: Alias): Ref {
  return -alias as Ref;
}

/** The version that the kernel must answer from `abi_version()`. */
export const ABI_VERSION = 2;

/** Slots of a table are below this; a pid's slot is `pid % SLOTS`. */
export const SLOTS = 2 ** 24;

/** What a call answers: 0 is success, positive values inform, negative ones refuse. */
export const Status = {
  /** done */
  OK: 0,
  /** step: there is more to do now */
  MORE: 1,
  /** begin, peek, skip, take …: the window shows a message */
  SHOWN: 1,
  /** suspend: it is suspended by this process already */
  ALREADY: 1,
  /** wait: a message stands beyond the cursor; the turn stays open */
  AGAIN: 1,
  /** wait: the receive ran out of time; the turn stays open */
  TIMED_OUT: 2,
  /** the process is dead, or the pid was never given */
  NO_PROCESS: -1,
  /** not a number that could be a pid */
  BAD_PID: -2,
  /** the message memory is used up */
  NO_MEMORY: -3,
  /** a table is full: processes, relations, names or groups */
  LIMIT: -4,
  /** the handle is out of range, or already under way */
  BAD_HANDLE: -5,
  /** begin: no turn is offered to this process */
  NONE: -6,
  /** no turn is open for this process */
  NO_TURN: -7,
  /** an argument is out of its range */
  BAD_ARGUMENT: -8,
  /** the name is taken, or the process has one already */
  TAKEN: -9,
  /** no such timer, monitor, alias, link, name or member */
  NOT_FOUND: -10,
  /** more bytes than a message can have */
  TOO_LARGE: -11,
  /** the receiver's mailbox is at its limit */
  MAILBOX_FULL: -12,
  /** the kernel trapped inside itself: its tables can't be trusted */
  CORRUPT: -13,
  /** init has not been called, or was called twice */
  BAD_STATE: -14,
  /** no native handler with this id is registered */
  NO_HANDLER: -15,
  /** snapshot: a turn is open, or events are unread */
  BUSY: -16,
  /** restore: of another layout, other limits, or damaged */
  BAD_IMAGE: -17,
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
export const EventKind = {
  RUN: 1, EXITED: 2, LONG_QUEUE: 3, SHORT_QUEUE: 4, LONG_SCHEDULE: 5, MEMORY_LIMIT: 6,
} as const;

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
export const Flag = {
  TRAP_EXIT: 0,
  PRIORITY: 1,
  /** Messages that its mailbox takes; 0: no limit. */
  MAILBOX_LIMIT: 2,
  /** What happens to one message more: a MailboxPolicy. */
  MAILBOX_POLICY: 3,
  /** Bytes that its mailbox may take; 0: no limit. */
  MEMORY_LIMIT: 4,
  /** A MemoryPolicy sum; by default KILL + REPORT. */
  MEMORY_POLICY: 5,
} as const;

/** REFUSE tells the sender, DROP counts a dead letter, KILL ends the receiver. */
export const MailboxPolicy = { REFUSE: 0, DROP: 1, KILL: 2 } as const;

/** What a mailbox beyond its memory limit sets off, to be added. */
export const MemoryPolicy = { KILL: 1, REPORT: 2 } as const;

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
  /** Processes that suspend it. */
  SUSPENDED: 10,
  /** Bytes of its records and its mailbox. */
  MEMORY: 11,
  MAILBOX_LIMIT: 12,
  ALIASES: 13,
  GROUPS: 14,
  /** Timers that will send to it. */
  TIMERS: 15,
} as const;

/** Lists of `processList`. */
export const List = { LINKS: 0, MONITORS: 1, MONITORED_BY: 2, SUSPENDING: 3 } as const;

/** What the system monitor watches: `watch`. */
export const Watch = { QUEUE_HIGH: 0, QUEUE_LOW: 1, SCHEDULE: 2 } as const;

/** Answers of `processInfo(pid, Info.STATUS)`. */
export const ProcessStatus = {
  RUNNABLE: 1, OFFERED: 2, RUNNING: 3, WAITING: 4, SUSPENDED: 5, EXITING: 6,
} as const;

/** Answers of `processInfo(pid, Info.KIND)`. */
export const ProcessKind = { NATIVE: 0, HOST: 1 } as const;

/** Options of `demonitor`. */
export const Demonitor = { FLUSH: 1 } as const;

/** Options of `link`: its EXIT comes as a priority message. */
export const LinkOption = { PRIORITY: 1 } as const;

/** Options of `alias`. REPLY: the first message ends it; PRIORITY: admits priority messages. */
export const AliasOption = { REPLY: 1, PRIORITY: 2 } as const;

/** Options of `monitor`: the reference as an alias (one of three), and priority messages. */
export const MonitorOption = {
  ALIAS_EXPLICIT: 1, ALIAS_DEMONITOR: 2, ALIAS_REPLY: 3, PRIORITY: 4, ALIAS_PRIORITY: 8,
} as const;

/** Options of `suspend`. */
export const SuspendOption = { UNLESS: 1 } as const;

/** Options of timers: the time is one of the host's clock. */
export const TimerOption = { ABSOLUTE: 1 } as const;

/** To be added to the tag of a send: limits of the receiver do not refuse it. */
export const SEND_EXEMPT = 512;
/** To be added to the tag of a send, or to the kind of a reason: by a priority alias only. */
export const SEND_PRIORITY = 256;
/** To be added to the kind of an exit signal's reason: its Exit comes as a priority message. */
export const EXIT_PRIORITY = 256;

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
  GROUPS: 12,
  HOLDS: 13,
} as const;

/** The limits that `init` lays memory out for: counts, or bytes where the name says so. */
export interface Limits {
  /** Processes alive at once; up to 16,777,215. Default 65,536. */
  readonly processes: number;
  /** Links (two each), monitors, timers, aliases, memberships, suspensions. Default 131,072. */
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
  /** Groups with members. Default 16,384. */
  readonly groups: number;
}

/** The order of the limits in the kernel's limits record. */
export const limitNames = [
  "processes", "relations", "messageBytes", "handles", "events", "names", "scratchBytes",
  "groups",
] as const satisfies readonly (keyof Limits)[];
