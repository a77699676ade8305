// The codes of the ABI: statuses, kinds, options. host/kernel/abi.ts mirrors them; a test compares.

export const ABI_VERSION: u32 = 1;

/* Statuses. 0 is success, positive values inform, negative ones refuse: nothing was done. */
export const OK: i32 = 0;
export const MORE: i32 = 1; // step: there is more to do now
export const SHOWN: i32 = 1; // begin, peek, skip, take: the window shows a message
export const AGAIN: i32 = 1; // wait: a message stands beyond the cursor; the turn stays open
export const TIMED_OUT: i32 = 2; // wait: the receive ran out of time; the turn stays open
export const NO_PROCESS: i32 = -1; // dead, or never given
export const BAD_PID: i32 = -2; // not an integer that could be a pid
export const NO_MEMORY: i32 = -3; // the message memory is used up
export const LIMIT: i32 = -4; // a table is full: processes, relations or names
export const BAD_HANDLE: i32 = -5; // out of range, or already under way
export const NONE: i32 = -6; // begin: no turn is offered to this process
export const NO_TURN: i32 = -7; // no turn is open for this process
export const BAD_ARGUMENT: i32 = -8; // out of its range
export const TAKEN: i32 = -9; // the name is taken, or the process has one already
export const NOT_FOUND: i32 = -10; // no such timer, monitor, link or name
export const TOO_LARGE: i32 = -11; // the payload exceeds the largest block
export const CORRUPT: i32 = -13; // the kernel trapped inside itself: its tables can't be trusted
export const BAD_STATE: i32 = -14; // init has not been called, or was called twice
export const NO_HANDLER: i32 = -15; // the handler id is not registered

/* Options of a spawn, to be added. Bits 0 and 1 are the priority. */
export const PRIORITY_NORMAL: u32 = 0;
export const PRIORITY_LOW: u32 = 1;
export const PRIORITY_HIGH: u32 = 2;
export const PRIORITY_MAX: u32 = 3;
export const PRIORITY_MASK: u32 = 3;
export const OPTION_LINK: u32 = 4;
export const OPTION_MONITOR: u32 = 8;
export const OPTION_TRAP_EXIT: u32 = 16;
export const OPTIONS_ALL: u32 = 31;

/* Kinds of an event. */
export const EVENT_RUN: u32 = 1; // a turn is offered to `pid`
export const EVENT_EXITED: u32 = 2; // the host process `pid` was ended by a signal: reap it

/* Kinds of a message. */
export const MESSAGE_NUMBER: u8 = 1; // value: an f64
export const MESSAGE_HANDLE: u8 = 2; // value: a host handle
export const MESSAGE_BYTES: u8 = 3; // value: address of the bytes
export const MESSAGE_EXIT: u8 = 4; // from: who died; a reason
export const MESSAGE_DOWN: u8 = 5; // from: who died; ref: the monitor; a reason

/* Kinds of an exit reason; the atoms that the kernel knows. From 1,024 on they are the host's. */
export const REASON_ATOM: u8 = 0;
export const REASON_HANDLE: u8 = 1;
export const ATOM_NORMAL: u32 = 0;
export const ATOM_KILL: u32 = 1;
export const ATOM_KILLED: u32 = 2;
export const ATOM_NOPROC: u32 = 3;
export const ATOM_SHUTDOWN: u32 = 4;
export const ATOM_TRAP: u32 = 5;
export const ATOM_RESTORED: u32 = 6;
export const ATOM_NOCONNECTION: u32 = 7;
export const ATOM_TIMEOUT: u32 = 8;

/* Flags of a process that process_flag reads and sets. */
export const PROCESS_TRAP_EXIT: u32 = 0;
export const PROCESS_PRIORITY: u32 = 1;

/* Items of process_info. */
export const INFO_STATUS: u32 = 0; // a state, below
export const INFO_MESSAGE_QUEUE_LENGTH: u32 = 1;
export const INFO_REDUCTIONS: u32 = 2;
export const INFO_PRIORITY: u32 = 3;
export const INFO_TRAP_EXIT: u32 = 4;
export const INFO_LINKS: u32 = 5;
export const INFO_MONITORS: u32 = 6;
export const INFO_MONITORED_BY: u32 = 7;
export const INFO_PARENT: u32 = 8;
export const INFO_KIND: u32 = 9;

/* Kinds of a process. */
export const KIND_NATIVE: u8 = 0;
export const KIND_HOST: u8 = 1;

/* States of a process; the table of their changes is in scheduler.ts. */
export const STATE_FREE: u8 = 0;
export const STATE_RUNNABLE: u8 = 1;
export const STATE_OFFERED: u8 = 2;
export const STATE_RUNNING: u8 = 3;
export const STATE_WAITING: u8 = 4;
export const STATE_EXITING: u8 = 5;
export const STATE_RETIRED: u8 = 6;

/* Options of demonitor. */
export const DEMONITOR_FLUSH: u32 = 1;

/* Counters, in the order of the control block's array. */
export const COUNTER_SENDS: u32 = 0;
export const COUNTER_DEAD_LETTERS: u32 = 1;
export const COUNTER_SPAWNS: u32 = 2;
export const COUNTER_EXITS: u32 = 3;
export const COUNTER_PROCESSES: u32 = 4;
export const COUNTER_LIVE_HANDLES: u32 = 5;
export const COUNTER_RELATIONS: u32 = 6;
export const COUNTER_TIMERS: u32 = 7;
export const COUNTER_SLABS: u32 = 8;
export const COUNTER_NAMES: u32 = 9;
export const COUNTER_TRAPS: u32 = 10;
export const COUNTER_RETIRED: u32 = 11;
export const COUNTERS: u32 = 16;
