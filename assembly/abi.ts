// The codes of the ABI: statuses, kinds, options. host/kernel/abi.ts mirrors them; a test compares.

export const ABI_VERSION: u32 = 2;

/* Statuses. 0 is success, positive values inform, negative ones refuse: nothing was done. */
export const OK: i32 = 0; // done
export const MORE: i32 = 1; // step: there is more to do now
export const SHOWN: i32 = 1; // begin, peek, skip, take …: the window shows a message
export const ALREADY: i32 = 1; // suspend: it is suspended by this process already
export const AGAIN: i32 = 1; // wait: a message stands beyond the cursor; the turn stays open
export const TIMED_OUT: i32 = 2; // wait: the receive ran out of time; the turn stays open
export const NO_PROCESS: i32 = -1; // the process is dead, or the pid was never given
export const BAD_PID: i32 = -2; // not a number that could be a pid
export const NO_MEMORY: i32 = -3; // the message memory is used up
export const LIMIT: i32 = -4; // a table is full: processes, relations, names or groups
export const BAD_HANDLE: i32 = -5; // the handle is out of range, or already under way
export const NONE: i32 = -6; // begin: no turn is offered to this process
export const NO_TURN: i32 = -7; // no turn is open for this process
export const BAD_ARGUMENT: i32 = -8; // an argument is out of its range
export const TAKEN: i32 = -9; // the name is taken, or the process has one already
export const NOT_FOUND: i32 = -10; // no such timer, monitor, alias, link, name or member
export const TOO_LARGE: i32 = -11; // more bytes than a message can have
export const MAILBOX_FULL: i32 = -12; // the receiver's mailbox is at its limit
export const CORRUPT: i32 = -13; // the kernel trapped inside itself: its tables can't be trusted
export const BAD_STATE: i32 = -14; // init has not been called, or was called twice
export const NO_HANDLER: i32 = -15; // no native handler with this id is registered
export const BUSY: i32 = -16; // snapshot: a turn is open, or events are unread
export const BAD_IMAGE: i32 = -17; // restore: of another layout, other limits, or damaged

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

export const EVENT_LONG_QUEUE: u32 = 3; // more messages than WATCH_QUEUE_HIGH; value: how many
export const EVENT_SHORT_QUEUE: u32 = 4; // after that: WATCH_QUEUE_LOW or fewer; value: how many
export const EVENT_LONG_SCHEDULE: u32 = 5; // a turn or slice beyond WATCH_SCHEDULE; value: its cost
export const EVENT_MEMORY_LIMIT: u32 = 6; // a mailbox beyond its memory limit; value: bytes

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
export const PROCESS_MAILBOX_LIMIT: u32 = 2; // messages; 0: none
export const PROCESS_MAILBOX_POLICY: u32 = 3; // what happens to one message more: POLICY_…
export const PROCESS_MEMORY_LIMIT: u32 = 4; // bytes of its mailbox; 0: none
export const PROCESS_MEMORY_POLICY: u32 = 5; // MEMORY_KILL + MEMORY_REPORT

/* Policies of a mailbox that is at its limit. */
export const POLICY_REFUSE: u32 = 0; // the sender is answered MAILBOX_FULL
export const POLICY_DROP: u32 = 1; // the message is a dead letter, the sender is answered OK
export const POLICY_KILL: u32 = 2; // the receiver ends: killed; the sender is answered OK

/* What a mailbox beyond its memory limit sets off, to be added. */
export const MEMORY_KILL: u32 = 1; // its process ends with reason killed
export const MEMORY_REPORT: u32 = 2; // an event MEMORY_LIMIT

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
export const INFO_SUSPENDED: u32 = 10; // processes that suspend it
export const INFO_MEMORY: u32 = 11; // bytes of its records and its mailbox
export const INFO_MAILBOX_LIMIT: u32 = 12;
export const INFO_ALIASES: u32 = 13;
export const INFO_GROUPS: u32 = 14;
export const INFO_TIMERS: u32 = 15; // that will send to it

/* Lists of process_list. */
export const LIST_LINKS: u32 = 0;
export const LIST_MONITORS: u32 = 1; // processes that it monitors, once for each monitor
export const LIST_MONITORED_BY: u32 = 2; // processes that monitor it, once for each monitor
export const LIST_SUSPENDING: u32 = 3; // processes that it suspends

/* What the system monitor watches. */
export const WATCH_QUEUE_HIGH: u32 = 0; // messages; 0: off
export const WATCH_QUEUE_LOW: u32 = 1;
export const WATCH_SCHEDULE: u32 = 2; // reductions of one turn or slice; 0: off

/* Kinds of a process. */
export const KIND_NATIVE: u8 = 0;
export const KIND_HOST: u8 = 1;

/* States of a process; the table of their changes is in scheduler.ts. */
export const STATE_FREE: u8 = 0;
export const STATE_RUNNABLE: u8 = 1;
export const STATE_OFFERED: u8 = 2;
export const STATE_RUNNING: u8 = 3;
export const STATE_WAITING: u8 = 4;
export const STATE_SUSPENDED: u8 = 5;
export const STATE_EXITING: u8 = 6;
export const STATE_RETIRED: u8 = 7;

/* Options of demonitor, link, alias, monitor, suspend, timers, to be added. */
export const DEMONITOR_FLUSH: u32 = 1;
export const LINK_PRIORITY: u32 = 1; // the EXIT comes as a priority message
export const ALIAS_REPLY: u32 = 1; // the first message through it ends it
export const ALIAS_PRIORITY: u32 = 2; // it admits priority messages
export const MONITOR_ALIAS_EXPLICIT: u32 = 1; // the reference is an alias until unalias
export const MONITOR_ALIAS_DEMONITOR: u32 = 2; // … or until demonitor or DOWN
export const MONITOR_ALIAS_REPLY: u32 = 3; // … or until the first message, which demonitors
export const MONITOR_ALIAS_MASK: u32 = 3;
export const MONITOR_PRIORITY: u32 = 4; // the DOWN comes as a priority message
export const MONITOR_ALIAS_PRIORITY: u32 = 8; // the alias admits priority messages
export const SUSPEND_UNLESS: u32 = 1; // not if this process suspends it already
export const TIMER_ABSOLUTE: u32 = 1; // the time is one of the host's clock

/* To be added to the tag of a send, and to the kind of a reason. */
export const SEND_PRIORITY: u32 = 256;
export const SEND_EXEMPT: u32 = 512; // limits of the receiver do not refuse it
export const EXIT_PRIORITY: u32 = 256;

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
export const COUNTER_GROUPS: u32 = 12;
export const COUNTER_HOLDS: u32 = 13; // bytes that were taken or shared, until release
export const COUNTERS: u32 = 16; // room for: 14 and 15 are none yet, and stay 0
