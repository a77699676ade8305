// The state of the simulation's model: Erlang's processes as plain objects, arrays and Maps,
// searched from the front. What a call does to it is in the files beside this one.
import { MessageKind, ReasonKind, SLOTS, Status, type Limits } from "../../host/kernel/abi.ts";

/** An exit reason: an atom's code or a handle. */
export interface Reason {
  readonly kind: number;
  readonly value: number;
}

export interface Message {
  readonly kind: number;
  readonly tag: number;
  readonly from: number;
  readonly ref: number;
  /** The number, the handle or the reason's value. */
  readonly value: number;
  readonly reasonKind: number;
  readonly bytes: Uint8Array | undefined;
  /** Lies in the relation that caused it: an EXIT of a link, a DOWN, a timer's message. */
  readonly inRelation: boolean;
  /** Was shown as the last that names its handle. */
  shownLast: boolean;
  /** What release wants for its bytes once it is taken; 0 until it was shown. */
  hold: number;
}

export function message(fields: Partial<Message> & { readonly kind: number }): Message {
  return {
    tag: 0, from: 0, ref: 0, value: 0, reasonKind: ReasonKind.ATOM, bytes: undefined,
    inRelation: false, shownLast: false, hold: 0, ...fields,
  };
}

/** The handle that a message holds, or 0. */
export function handleOf({ kind, reasonKind, value }: Message): number {
  if (kind === MessageKind.HANDLE) return value;
  const isSignal = kind === MessageKind.EXIT || kind === MessageKind.DOWN;
  return isSignal && reasonKind === ReasonKind.HANDLE ? value : 0;
}

export type State = "runnable" | "offered" | "running" | "waiting" | "exiting";

export class Process {
  readonly pid: number;
  readonly parent: number;
  readonly isNative: boolean;
  state: State = "runnable";
  priority: number;
  trapping: boolean;
  mailbox: Message[] = [];
  /** How many messages of the mailbox receive has passed over. */
  cursor = 0;
  /** The reference that it waits for; undefined: any message wakes it. */
  waitRef: number | undefined;
  /** The receive's timeout, while it runs. */
  timeout: Deadline | undefined;
  timedOut = false;
  reductions = 0;
  name: string | undefined;
  /** A native process whose handler was not called yet. */
  isNew: boolean;
  /** Once it is exiting. */
  reason: Reason | undefined;
  /** Ended from its own open turn: its host needs no event. */
  finished = false;

  constructor(pid: number, parent: number, isNative: boolean, options: number) {
    this.pid = pid;
    this.parent = parent;
    this.isNative = isNative;
    this.isNew = isNative;
    this.priority = options & 3;
    this.trapping = (options & 16) !== 0;
  }
}

/** A tick since the epoch, and which of those of one tick comes first. */
export interface Deadline {
  readonly at: number;
  readonly nth: number;
}

export interface Monitor {
  /** NaN: a native process has it, which tells nobody. */
  readonly ref: number;
  readonly watcher: Process;
  readonly watched: Process;
}

export interface Timer {
  readonly ref: number;
  readonly to: Process;
  readonly deadline: Deadline;
  readonly message: Message;
}

export interface Event {
  readonly type: number;
  readonly pid: number;
  readonly reason: Reason;
}

export class World {
  readonly limits: Limits;
  /** The living, by pid, in the order of their birth. */
  readonly processes = new Map<number, Process>();
  /** The ended whose host has not reaped them. */
  readonly ended = new Map<number, Process>();
  /** Of these: those of whom no event tells yet, oldest first; the rest can be reaped. */
  unreported: Process[] = [];
  /** Condemned, their end not worked off. */
  readonly dying: Process[] = [];
  /** The native process whose handler runs. */
  running: Process | undefined;
  /** The runnable, in the order in which they became so. */
  runQueue: Process[] = [];
  /** Turns of normal since the last of low. */
  lowPassed = 0;
  /** In the order in which they were made. */
  links: (readonly [Process, Process])[] = [];
  monitors: Monitor[] = [];
  timers: Timer[] = [];
  /** Events that were written and not read. */
  readonly ring: Event[] = [];
  /** Bytes that the host holds. */
  readonly holds = new Map<number, Uint8Array>();
  /** Handles that are the kernel's. */
  readonly underWay = new Set<number>();
  /** Handles that the kernel has dropped and the host has not heard of. */
  readonly released = new Set<number>();
  /** Every reference that was given. */
  readonly refs = new Set<number>();
  /** What the host has written into the scratch area. */
  scratch: Uint8Array<ArrayBuffer> = new Uint8Array();
  /** The window's monitor of the last spawn, as the kernel has it. */
  spawnedRef = 0;
  /** Slabs of message memory that were in the pool, as the kernel has it, before this call. */
  slabsLeft = 0;
  isTicking = false;
  epoch = 0;
  now = 0;
  /** The tick up to which timers were fired. */
  elapsed = 0;
  armed = 0;
  sends = 0;
  deadLetters = 0;
  spawns = 0;
  exits = 0;
  traps = 0;
  /** The next pid of each freed slot, the last freed last. */
  readonly #freeSlots: number[] = [];
  #freshSlot = 1;

  constructor(limits: Limits) {
    this.limits = limits;
  }

  find(pid: number): Process | undefined {
    return this.processes.get(pid);
  }

  /** Why nobody has this pid. */
  whyNotFound(pid: number): number {
    const isInteger = Number.isInteger(pid) && pid >= 0 && pid < 2 ** 53;
    const slot = pid % SLOTS;
    return isInteger && slot > 0 && slot <= this.limits.processes
      ? Status.NO_PROCESS : Status.BAD_PID;
  }

  /** The pid of the next process: the slot freed last, one generation on. */
  takePid(): number | undefined {
    const freed = this.#freeSlots.pop();
    if (freed !== undefined) return freed;
    return this.#freshSlot > this.limits.processes ? undefined : this.#freshSlot++;
  }

  freePid(pid: number): void {
    this.#freeSlots.push(pid + SLOTS);
  }

  /** Entries of the relation table in use; a signal keeps its own until it is taken. */
  relations(): number {
    let signals = 0;
    for (const { mailbox } of this.processes.values()) {
      for (const { inRelation } of mailbox) if (inRelation) signals++;
    }
    return 2 * this.links.length + this.monitors.length + this.timers.length + signals;
  }

  relationsLeft(): number {
    return this.limits.relations - this.relations();
  }

  /** How many messages, timers and ended processes name each handle. */
  references(): Map<number, number> {
    const counts = new Map<number, number>();
    const add = (handle: number) => {
      if (handle !== 0) counts.set(handle, (counts.get(handle) ?? 0) + 1);
    };
    for (const { mailbox } of this.processes.values()) {
      for (const one of mailbox) add(handleOf(one));
    }
    for (const { message } of this.timers) add(handleOf(message));
    for (const { reason } of this.ended.values()) {
      if (reason?.kind === ReasonKind.HANDLE) add(reason.value);
    }
    return counts;
  }

  /** After a call: what nobody names any more is released. */
  settleHandles(): void {
    if (this.underWay.size === 0) return;
    const references = this.references();
    for (const handle of this.underWay) {
      if (references.has(handle)) continue;
      this.underWay.delete(handle);
      this.released.add(handle);
    }
  }

  /** Whether the host may pass this handle on. */
  checkHandle(handle: number): number {
    const isInRange = handle >= 1 && handle <= this.limits.handles;
    const isFree = !this.underWay.has(handle) && !this.released.has(handle);
    return isInRange && isFree ? Status.OK : Status.BAD_HANDLE;
  }

  named(name: string): Process | undefined {
    for (const process of this.processes.values()) if (process.name === name) return process;
    return undefined;
  }

  /** The kernel says that its memory is used up: it may, if there is no slab for each block. */
  admitNoMemory(blocks = 1): number {
    if (this.slabsLeft >= blocks) throw new Error(`NO_MEMORY with ${this.slabsLeft} slabs left`);
    return Status.NO_MEMORY;
  }

  /** A reference that the kernel has given must be a new one. */
  admitRef(ref: number): void {
    if (!(ref > 0) || this.refs.has(ref)) throw new Error(`reference ${ref} is not new`);
    this.refs.add(ref);
  }
}
