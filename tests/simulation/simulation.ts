// One simulated world: a kernel and its model side by side. Every call is made on both, and what
// they answer, show and tell must be the same.
import {
  Counter, MessageKind, ReasonKind, Status, statusName, type Limits,
} from "../../host/kernel/abi.ts";
import { Kernel } from "../../host/kernel/kernel.ts";
import type { Tally } from "../assembly/random.ts";
import { list } from "./information.ts";
import { counters, model, SHOWING, type CallName } from "./model.ts";
import { TRAPPED } from "./scheduling.ts";
import { shownMessage } from "./turns.ts";
import { handleOf, type Event, type Message } from "./records.ts";
import { World } from "./world.ts";

const LOG_LENGTH = 30;

interface LogEntry {
  readonly name: string;
  readonly args: readonly number[];
  found: number | undefined;
}

export class Simulation {
  readonly world: World;
  readonly kernel: Kernel;
  /** Address of the scratch area. */
  readonly scratch: number;
  readonly #tally: Tally;
  readonly #log: LogEntry[] = [];
  readonly #bytes: Uint8Array;

  constructor(wasm: BufferSource, limits: Limits, tally: Tally) {
    this.world = new World(limits, (what) => tally.add(what));
    this.kernel = Kernel.instantiate(wasm, limits);
    this.#tally = tally;
    const { exports } = this.kernel;
    this.#bytes = new Uint8Array(exports.memory.buffer);
    this.scratch = new Uint32Array(exports.memory.buffer)[exports.face_address() / 4 + 4] as number;
  }

  /** The last calls and their answers. */
  log(): string {
    return this.#log
      .map(({ name, args, found }) => `${name}(${args.join(", ")}) → ${found ?? "?"}`).join("\n");
  }

  /** Puts bytes into the scratch area for the next call. */
  write(bytes: Uint8Array<ArrayBuffer>, offset = 0): void {
    this.#bytes.set(bytes, this.scratch + offset);
    this.world.scratch = bytes;
  }

  /** Makes a call on both. */
  call(name: CallName, ...args: number[]): number {
    const { world, kernel } = this;
    const entry: LogEntry = { name, args, found: undefined };
    this.#log.push(entry);
    if (this.#log.length > LOG_LENGTH) this.#log.shift();
    const slabs = Math.floor(world.limits.messageBytes / 16384);
    world.slabsLeft = slabs - kernel.counter(Counter.SLABS);
    const found = this.#invoke(name, args);
    entry.found = found;
    world.spawnedRef = kernel.lastRef;
    const act = model[name] as (world: World, found: number, ...args: number[]) => number;
    const expected = act(world, found, ...args);
    world.settleHandles();
    if (found !== expected) {
      throw new Error(`${name} answers ${statusName(found)}, expected ${statusName(expected)}`);
    }
    this.#tally.add(`${name} ${this.#outcome(name, found)}`);
    this.#compareShown(name, found, args);
    return found;
  }

  #outcome(name: CallName, found: number): string {
    if (found === TRAPPED) return "traps";
    if (name === "step") return found === Status.MORE ? "MORE" : statusName(found);
    if (name === "inspect" && found === Status.SHOWN) return "SHOWN";
    if (name === "wait" || name === "wait_ref" || name === "hibernate") {
      return ["OK", "AGAIN", "TIMED_OUT"][found] ?? statusName(found);
    }
    const isAnswer = found > 0 || (found < 0 && statusName(found) === String(found));
    return isAnswer ? "answers" : statusName(found);
  }

  #invoke(name: CallName, args: readonly number[]): number {
    try {
      return (this.kernel.exports[name] as (...args: readonly number[]) => number)(...args);
    } catch (error) {
      if (name === "step") return TRAPPED;
      throw error;
    }
  }

  /** Compares what a call has written into the window or the scratch area. */
  #compareShown(name: CallName, found: number, [pid = 0, second = 0, skip = 0]: number[]): void {
    const process = this.world.find(pid);
    if (process === undefined) return;
    if (name === "inspect" && found === Status.SHOWN) {
      this.#compareWindow(process.mailbox[second], false);
    } else if (found === Status.SHOWN && SHOWING.has(name)) {
      this.#compareWindow(shownMessage(process), true);
    } else if (name === "process_name" && found > 0) {
      const name = Buffer.from(this.#bytes.subarray(this.scratch, this.scratch + found));
      if (name.toString("latin1") !== process.name) throw new Error("another name");
    } else if (name === "process_list" && found > 0) {
      const pids = new Float64Array(this.#bytes.buffer, this.scratch, found);
      const expected = list(this.world, process, second)?.slice(skip).map(({ pid }) => pid);
      if (expected?.join() !== pids.join()) throw new Error(`${pids}, expected ${expected}`);
    }
  }

  /** Compares the message that the window shows, to its taker or to whoever inspects. */
  #compareWindow(expected: Message | undefined, isTaker: boolean): void {
    if (expected === undefined) throw new Error("the window shows what is not there");
    const { kind, tag, from, ref, value, length, hold, last, reasonKind } = this.kernel.message;
    const check = (what: string, found: unknown, wanted: unknown) => {
      if (!Object.is(found, wanted)) throw new Error(`${what} is ${found}, expected ${wanted}`);
    };
    check("kind", kind, expected.kind);
    check("tag", tag, expected.tag);
    check("from", from, expected.from);
    check("ref", ref, expected.ref);
    if (kind === MessageKind.BYTES) {
      check("length", length, expected.bytes?.length);
      expected.hold = hold;
      const bytes = this.#bytes.subarray(value, value + length);
      if (Buffer.compare(bytes, expected.bytes ?? bytes) !== 0) throw new Error("other bytes");
      return;
    }
    check("value", value, expected.value);
    if (kind === MessageKind.EXIT || kind === MessageKind.DOWN) {
      check("reason kind", reasonKind, expected.reasonKind);
    }
    if (kind !== MessageKind.NUMBER) {
      check("last", last, isTaker && expected.shownLast && handleOf(expected) !== 0);
    }
  }

  /** Reads an event and compares it. */
  readEvent(): Event | undefined {
    const { kernel, world } = this;
    const expected = world.ring.shift();
    const isRead = kernel.nextEvent();
    if (isRead !== (expected !== undefined)) throw new Error(`an event: ${isRead}`);
    if (expected === undefined) return undefined;
    const { type, pid, reasonKind, value } = kernel.event;
    const { reason } = expected;
    const isSame = type === expected.type && pid === expected.pid
      && reasonKind === reason.kind && value === reason.value;
    if (!isSame) throw new Error(`event ${type} ${pid}, expected ${expected.type} ${expected.pid}`);
    this.#tally.add(`event ${type}`);
    return expected;
  }

  /** Checks every invariant of the kernel and compares the counters. */
  check(): void {
    const { kernel, world } = this;
    const broken = kernel.exports.verify?.();
    if (broken !== 0) throw new Error(`invariant ${broken} is broken`);
    for (const [id, expected] of counters(world)) {
      const found = kernel.counter(id);
      if (found !== expected) throw new Error(`counter ${id} is ${found}, expected ${expected}`);
    }
    if (world.ring.length === world.limits.events) this.#tally.add("event ring full");
  }

  /** Ends all, as a host does that closes down; then nothing may be in use. */
  close(): void {
    const { world } = this;
    for (const pid of [...world.processes.keys()]) {
      if (world.find(pid) !== undefined) this.call("exit_signal", 0, pid, ReasonKind.ATOM, 1);
    }
    for (let status = -1; status !== Status.OK;) {
      status = this.call("step", world.now, 1000);
      while (this.readEvent() !== undefined) continue;
    }
    for (const pid of [...world.ended.keys()]) this.call("reap", pid);
    for (const { ref } of [...world.timers]) this.call("cancel_timer", ref);
    for (const hold of [...world.holds.keys()]) this.call("release", hold);
    while (this.call("released_next") !== 0) continue;
    this.check();
    const used = counters(world);
    for (const id of [Counter.PROCESSES, Counter.LIVE_HANDLES, Counter.RELATIONS]) {
      if (used.get(id) !== 0) throw new Error(`counter ${id} is not 0 at the end`);
    }
  }
}
