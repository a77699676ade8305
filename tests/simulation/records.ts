// What the simulation's model is made of: messages, processes, and what they have to do with each
// other, as plain objects.
import { MemoryPolicy, MessageKind, ReasonKind } from "../../host/kernel/abi.ts";
import { payloadBlocks } from "../assembly/mailbox-model.ts";

/** So often a process of low is passed over before it runs. */
export const LOW_PASSES = 7;

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
  /** Stands before all ordinary ones. */
  readonly isPriority: boolean;
  /** Refers to bytes that others refer to as well. */
  readonly isShared: boolean;
  /** Was shown as the last that names its handle. */
  shownLast: boolean;
  /** What release wants for its bytes once it is taken; 0 until it was shown. */
  hold: number;
}

export function message(fields: Partial<Message> & { readonly kind: number }): Message {
  return {
    tag: 0, from: 0, ref: 0, value: 0, reasonKind: ReasonKind.ATOM, bytes: undefined,
    inRelation: false, isPriority: false, isShared: false, shownLast: false, hold: 0, ...fields,
  };
}

/** The handle that a message holds, or 0. */
export function handleOf({ kind, reasonKind, value }: Message): number {
  if (kind === MessageKind.HANDLE) return value;
  const isSignal = kind === MessageKind.EXIT || kind === MessageKind.DOWN;
  return isSignal && reasonKind === ReasonKind.HANDLE ? value : 0;
}

/** The bytes of message memory, or of the relation table, that a message takes. */
export function messageBytes({ kind, inRelation, isShared, bytes }: Message): number {
  if (inRelation) return 64;
  return kind === MessageKind.BYTES && !isShared ? bytesNeeded(bytes?.length ?? 0) : 32;
}

/** The bytes of message memory that a payload takes with its head. */
export function bytesNeeded(length: number): number {
  return payloadBlocks(length).reduce((sum, bytes) => sum + bytes, 0);
}

/** What limits and watches a mailbox. */
export class Guard {
  mailboxLimit = 0;
  mailboxPolicy = 0;
  memoryLimit = 0;
  memoryPolicy: number = MemoryPolicy.KILL | MemoryPolicy.REPORT;
  /** LONG_QUEUE was the last of the two that was noted. */
  isLong = false;
  /** Events that the host is to be told. */
  readonly notices = new Set<number>();
  /** Reductions of the longest turn that is to be told. */
  cost = 0;
  /** Bytes of the mailbox when the process ended. */
  bytesAtEnd = 0;
}

export type State =
  | "runnable" | "offered" | "running" | "waiting" | "suspended" | "exiting";

export class Process {
  readonly pid: number;
  readonly parent: number;
  readonly isNative: boolean;
  state: State = "runnable";
  priority: number;
  /** How often it is passed over before it runs, if its priority is low. */
  passes = LOW_PASSES;
  trapping: boolean;
  mailbox: Message[] = [];
  /** How many messages of the mailbox receive has passed over. */
  cursor = 0;
  /** A native process's own state: how many messages it will keep. */
  word = 0;
  /** The reference that it waits for, or minus one minus a tag; undefined: any message will do. */
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
  /** Suspended, and it has something to do when it is resumed. */
  isReady = false;
  /** Its turn is open; it is suspended when that ends. */
  isHalted = false;
  readonly guard = new Guard();

  constructor(pid: number, parent: number, isNative: boolean, options: number) {
    this.pid = pid;
    this.parent = parent;
    this.isNative = isNative;
    this.isNew = isNative;
    this.priority = options & 3;
    this.trapping = (options & 16) !== 0;
  }
}

/** How many priority messages are in a mailbox: where the next one goes. */
export function priorityCount({ mailbox }: Process): number {
  return mailbox.filter(({ isPriority }) => isPriority).length;
}

export class Link {
  readonly a: Process;
  readonly b: Process;
  /** Those of the two who get their EXIT with priority. */
  readonly urgent = new Set<Process>();

  constructor(a: Process, b: Process) {
    this.a = a;
    this.b = b;
  }

  joins(process: Process): boolean {
    return this.a === process || this.b === process;
  }

  peerOf(process: Process): Process {
    return this.a === process ? this.b : this.a;
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
  readonly tag: number;
  readonly isPriority: boolean;
  alias: Alias | undefined;
}

export interface Alias {
  readonly ref: number;
  readonly owner: Process;
  /** Ends with the first message. */
  readonly isReply: boolean;
  readonly admitsPriority: boolean;
  /** Ends with its monitor. */
  readonly untilDemonitor: boolean;
  monitor: Monitor | undefined;
  /** Inactive; it is kept because its monitor has its reference. */
  hasEnded: boolean;
}

export interface Suspension {
  readonly suspender: Process;
  readonly suspended: Process;
  count: number;
}

export interface Membership {
  readonly group: string;
  readonly process: Process;
  joins: number;
}

export interface Timer {
  readonly ref: number;
  /** A process, or a name that is looked up when the time has come. */
  readonly to: Process | string;
  readonly deadline: Deadline;
  readonly message: Message;
}

export interface Event {
  readonly type: number;
  readonly pid: number;
  readonly reason: Reason;
}
