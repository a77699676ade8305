// The state of the simulation's model: Erlang's processes as plain objects, arrays and Maps,
// searched from the front. What a call does to it is in the files beside this one.
import { ReasonKind, SLOTS, Status, type Limits } from "../../host/kernel/abi.ts";
import {
  handleOf, type Alias, type Event, type Link, type Membership, type Monitor, type Process,
  type Suspension, type Timer,
} from "./records.ts";

export class World {
  readonly limits: Limits;
  /** The living, by pid, in the order of their birth. */
  readonly processes = new Map<number, Process>();
  /** The ended whose host has not reaped them. */
  readonly ended = new Map<number, Process>();
  /** Of these: those of whom no event tells yet, oldest first; the rest can be reaped. */
  unreported: Process[] = [];
  /** Ended and of no host that reaps them: until events have told what their guards have noted. */
  readonly lingering = new Set<Process>();
  /** Condemned, their end not worked off. */
  readonly dying: Process[] = [];
  /** The native process whose handler runs. */
  running: Process | undefined;
  /** It has got a priority message since. */
  priorityCame = false;
  /** The runnable, in the order in which they became so. */
  runQueue: Process[] = [];
  /** Turns of normal since the last of low. */
  /** The slot of the first process of low that this step has passed over. */
  passedFirst: number | undefined;
  /** The highest priority that this step has offered to the host, low before normal. */
  offered = -1;
  /** In the order in which they were made. */
  links: Link[] = [];
  monitors: Monitor[] = [];
  aliases: Alias[] = [];
  suspensions: Suspension[] = [];
  memberships: Membership[] = [];
  timers: Timer[] = [];
  /** Processes of which the host is to be told something, in the order in which that began. */
  noticed: Process[] = [];
  /** The marks of the system monitor; Infinity: off. */
  readonly marks = { queueHigh: Infinity, queueLow: 0, scheduleHigh: Infinity };
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

  /** Hears of what is worth counting. */
  readonly see: (what: string) => void;

  constructor(limits: Limits, see: (what: string) => void) {
    this.limits = limits;
    this.see = see;
  }

  find(pid: number): Process | undefined {
    return this.processes.get(pid);
  }

  /** Why nobody has this pid. */
  whyNotFound(pid: number): number {
    const isInteger = Number.isInteger(pid) && pid >= 0 && pid < 2 ** 52;
    const slot = pid % SLOTS;
    return isInteger && slot > 0 && slot <= this.limits.processes
      ? Status.NO_PROCESS : Status.BAD_PID;
  }

  /** The active alias that an address below 0 means. */
  aliasAt(address: number): Alias | undefined {
    return this.aliases.find(({ ref, hasEnded }) => ref === -address && !hasEnded);
  }

  /** Who is meant by an address: a pid, or minus the reference of an alias. */
  findAt(address: number): Process | undefined {
    return address < 0 ? this.aliasAt(address)?.owner : this.find(address);
  }

  /** Why nobody has this address. */
  whyNobodyAt(address: number): number {
    if (!(address < 0)) return this.whyNotFound(address);
    const slot = -address % SLOTS;
    const isRef = Number.isInteger(address) && -address < 2 ** 52 && slot > 0;
    return isRef && slot <= this.limits.relations ? Status.NO_PROCESS : Status.BAD_PID;
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
    return 2 * this.links.length + this.monitors.length + this.timers.length + signals
      + this.aliases.length + this.suspensions.length + this.memberships.length;
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
    for (const { reason } of [...this.ended.values(), ...this.lingering]) {
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
