// A naive model of mailboxes, run queue and turns: arrays, searched from the front.
import { MessageKind, Option, Status, type Pid } from "../../host/kernel/abi.ts";

export interface ModelMessage {
  readonly kind: number;
  readonly tag: number;
  readonly ref: number;
  /** The number or handle; of bytes, their length. */
  readonly value: number;
}

export type State = "runnable" | "offered" | "running" | "waiting";

export class ModelProcess {
  readonly pid: Pid;
  state: State = "runnable";
  priority: number;
  mailbox: ModelMessage[] = [];
  /** How many messages of the mailbox receive has passed over. */
  cursor = 0;
  waitRef: number | undefined;
  /** When the receive times out; undefined: not armed. */
  timeoutAt: number | undefined;
  /** Orders timeouts of the same time. */
  armedNth = 0;
  timedOut = false;
  /** How often it is passed over before it runs, if its priority is low. */
  passes = LOW_PASSES;

  constructor(pid: Pid, priority: number) {
    this.pid = pid;
    this.priority = priority;
  }
}

/** Priorities as the host must be done with the higher ones first. */
const RANKS = [1, 0, 2, 3];
const LOW_PASSES = 7;

export class MailboxModel {
  readonly processes = new Map<Pid, ModelProcess>();
  /** Runnable processes, in the order in which they became so. */
  queue: ModelProcess[] = [];
  now: number;
  /** Priorities that this step has offered to the host, and the first of low passed over. */
  #offered: number[] = [];
  #passedFirst: ModelProcess | undefined;
  #armed = 0;

  constructor(now: number) {
    this.now = now;
  }

  spawn(pid: Pid, priority: number): void {
    const process = new ModelProcess(pid, priority);
    this.processes.set(pid, process);
    this.queue.push(process);
  }

  /** Ends a process; the handles that its messages held. */
  end(process: ModelProcess): number[] {
    this.processes.delete(process.pid);
    this.queue = this.queue.filter((one) => one !== process);
    return process.mailbox.filter(({ kind }) => kind === MessageKind.HANDLE).map((m) => m.value);
  }

  send(process: ModelProcess, message: ModelMessage): void {
    process.mailbox.push(message);
    if (process.state !== "waiting") return;
    if (process.waitRef !== undefined && process.waitRef !== message.ref) {
      process.cursor = process.mailbox.length;
      return;
    }
    this.#wake(process);
  }

  setPriority(process: ModelProcess, priority: number): void {
    process.priority = priority;
    process.passes = LOW_PASSES;
    if (process.state !== "runnable") return;
    this.queue = this.queue.filter((one) => one !== process);
    this.queue.push(process);
  }

  /** Fires the timeouts that are due. */
  fire(now: number): void {
    this.now = Math.max(this.now, now);
    const due = [...this.processes.values()]
      .filter(({ timeoutAt }) => timeoutAt !== undefined && timeoutAt <= this.now)
      .sort((a, b) => (a.timeoutAt as number) - (b.timeoutAt as number) || a.armedNth - b.armedNth);
    for (const process of due) {
      process.timeoutAt = undefined;
      process.timedOut = true;
      if (process.state === "waiting") this.#wake(process);
    }
  }

  /** Begins a step. */
  begin(): void {
    this.#offered = [];
    this.#passedFirst = undefined;
  }

  /** Offers a turn to the next; undefined if there is none in this step. */
  offer(): Pid | undefined {
    const process = this.#next();
    if (process === undefined) return undefined;
    this.#offered.push(process.priority);
    this.queue = this.queue.filter((one) => one !== process);
    process.state = "offered";
    return process.pid;
  }

  /** The message at the cursor. */
  shown(process: ModelProcess): ModelMessage | undefined {
    return process.mailbox[process.cursor];
  }

  take(process: ModelProcess): void {
    this.takeHere(process);
    process.cursor = 0;
  }

  takeHere(process: ModelProcess): void {
    process.mailbox.splice(process.cursor, 1);
    process.timeoutAt = undefined;
    process.timedOut = false;
  }

  rewind(process: ModelProcess): void {
    process.cursor = 0;
    process.timeoutAt = undefined;
    process.timedOut = false;
  }

  wait(process: ModelProcess, ref: number | undefined, ms: number): number {
    if (ref !== undefined) {
      while (this.shown(process) !== undefined && this.shown(process)?.ref !== ref) {
        process.cursor++;
      }
    }
    if (this.shown(process) !== undefined) return Status.AGAIN;
    if (ms !== Infinity) {
      if (ms === 0 || process.timedOut) {
        this.rewind(process);
        return Status.TIMED_OUT;
      }
      if (process.timeoutAt === undefined) {
        process.timeoutAt = this.now + ms;
        process.armedNth = ++this.#armed;
      }
    }
    process.waitRef = ref;
    process.state = "waiting";
    return Status.OK;
  }

  yieldTurn(process: ModelProcess): void {
    process.state = "runnable";
    this.queue.push(process);
  }

  #wake(process: ModelProcess): void {
    process.waitRef = undefined;
    process.state = "runnable";
    this.queue.push(process);
  }

  /** The next; undefined if the host must run first what this step has offered. */
  #next(): ModelProcess | undefined {
    const first = (...priorities: number[]) =>
      this.queue.find(({ priority }) => priorities.includes(priority));
    const highest = Math.max(-1, ...this.#offered.map((priority) => RANKS[priority]!));
    const urgent = first(Option.PRIORITY_MAX) ?? first(Option.PRIORITY_HIGH);
    if (urgent !== undefined) return RANKS[urgent.priority]! < highest ? undefined : urgent;
    if (highest > 1) return undefined;
    for (;;) {
      const process = first(Option.PRIORITY_NORMAL, Option.PRIORITY_LOW);
      if (process === undefined || process.priority === Option.PRIORITY_NORMAL) return process;
      if (process === this.#passedFirst && highest === 1) return undefined;
      if (process.passes === 0) {
        process.passes = LOW_PASSES;
        return process;
      }
      this.#passedFirst ??= process;
      process.passes--;
      this.queue = [...this.queue.filter((one) => one !== process), process];
    }
  }
}

/** Block sizes, as assembly/memory.ts has them: of what has a head, and of bare bytes. */
const HEAD_CLASSES = [
  32, 64, 96, 128, 160, 192, 256, 320, 384, 448, 512, 640, 768, 896, 1024, 1152, 1344, 1632,
] as const;
const LARGE_CLASSES = [2048, 2336, 2720, 3264, 4096, 5440, 8192, 16384] as const;
const SLAB_BYTES = 16384;
const INLINE_BYTES_MAX = 1600;

function fitting(classes: readonly number[], bytes: number): number {
  return classes.find((size) => size >= bytes) as number;
}

/** The sizes of the blocks that hold a payload of so many bytes, with its head. */
export function payloadBlocks(length: number): number[] {
  if (length > INLINE_BYTES_MAX) return [32, fitting(LARGE_CLASSES, length)];
  return [fitting(HEAD_CLASSES, 32 + length)];
}

/** The sizes of the blocks that hold a message of its own. */
export function messageBlocks(message: ModelMessage): number[] {
  return message.kind === MessageKind.BYTES ? payloadBlocks(message.value) : [32];
}

/**
 * What must become of a send, given the sizes of the blocks in use: "fits" if slabs are left though
 * each of them sits in one of its own, "full" if they need all slabs even when packed well. Between
 * these it depends on where they lie, for blocks don't move.
 */
export function memoryVerdict(
  inUse: readonly number[], wanted: readonly number[], slabs: number,
) {
  if (inUse.length + wanted.length <= slabs) return "fits";
  const all = [...inUse, ...wanted];
  const needed = [...HEAD_CLASSES, ...LARGE_CLASSES].reduce((sum, size) => {
    const blocks = all.filter((bytes) => bytes === size).length;
    return sum + Math.ceil(blocks / Math.floor(SLAB_BYTES / size));
  }, 0);
  return needed > slabs ? "full" : "depends";
}
