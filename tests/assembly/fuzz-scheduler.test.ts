// Model fuzz of mailboxes and run queue: random calls against a naive model, every invariant checked
// after each. SEED= repeats a run, OPERATIONS= sets its length.
import t from "tap";
import { EventKind, Flag, Info, Status, statusName, type Pid } from "../../host/kernel/abi.ts";
import { TestKernel } from "./test-kernel.ts";

const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const operations = Number(process.env["OPERATIONS"] ?? 200_000);

const PROCESSES = 8;
const EVENTS = 4;
/** Priorities in the order in which they are served, but for the share of low. */
const [NORMAL, LOW, HIGH, MAX] = [0, 1, 2, 3];
const LOW_PASSES = 8;

/** mulberry32: a small generator of numbers from 0 up to, not with, 1. */
function randomFrom(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Process {
  readonly pid: Pid;
  priority: number;
  state: "runnable" | "offered" | "running" | "waiting";
  /** The values of numbers, the lengths of bytes. */
  messages: number[];
  cursor: number;
}

/** What the kernel should do, said as simply as possible. */
class Model {
  readonly live = new Map<Pid, Process>();
  readonly queues: Process[][] = [[], [], [], []];
  lowPassed = 0;

  wake(process: Process): void {
    process.state = "runnable";
    this.queues[process.priority]?.push(process);
  }

  leave(process: Process): void {
    for (const queue of this.queues) {
      const index = queue.indexOf(process);
      if (index >= 0) queue.splice(index, 1);
    }
  }

  pop(): Process | undefined {
    const has = (priority: number) => (this.queues[priority]?.length ?? 0) > 0;
    if (has(MAX)) return this.queues[MAX]?.shift();
    if (has(HIGH)) return this.queues[HIGH]?.shift();
    if (!has(LOW)) return this.queues[NORMAL]?.shift();
    if (!has(NORMAL) || this.lowPassed >= LOW_PASSES) {
      this.lowPassed = 0;
      return this.queues[LOW]?.shift();
    }
    this.lowPassed++;
    return this.queues[NORMAL]?.shift();
  }
}

t.test(`mailboxes and run queue do what the model does (SEED=${seed})`, (t) => {
  const random = randomFrom(seed);
  const k = new TestKernel(t, { processes: PROCESSES, events: EVENTS, messageBytes: 3 * 16384 });
  const { kernel } = k;
  const model = new Model();
  const hits: Record<string, number> = {};
  const dead: Pid[] = [];
  /** RUN events that were read and whose turn was not begun. */
  const offers: Pid[] = [];
  /** RUN events that lie in the ring. */
  const unread: Pid[] = [];
  let value = 0;

  const hit = (what: string): void => {
    hits[what] = (hits[what] ?? 0) + 1;
  };
  const below = (limit: number): number => Math.floor(random() * limit);
  const pick = <T>(from: readonly T[]): T | undefined => from[below(from.length)];
  const expect = (what: string, found: unknown, wanted: unknown): void => {
    if (found !== wanted) throw new Error(`${what}: ${String(found)} instead of ${String(wanted)}`);
  };
  const someone = (): Pid =>
    (random() < 0.1 ? pick(dead) : undefined) ?? pick([...model.live.keys()]) ?? (1 as Pid);
  const running = (): Process | undefined =>
    pick([...model.live.values()].filter(({ state }) => state === "running"));

  const showsCursor = (process: Process, status: number): void => {
    const wanted = process.messages[process.cursor];
    expect("shown", status, wanted === undefined ? Status.OK : Status.SHOWN);
    if (wanted === undefined) return;
    const { kind, length, value: shown } = k.fast.message;
    expect("the message", kind === 1 ? shown : length, wanted);
  };

  const end = (process: Process): void => {
    model.leave(process);
    model.live.delete(process.pid);
    dead.push(process.pid);
  };

  const actions: Record<string, () => void> = {
    spawn() {
      const priority = below(4);
      const pid = kernel.spawnHost(0, priority);
      if (model.live.size === PROCESSES) {
        expect("spawn", statusName(pid), "LIMIT");
        hit("processes");
        return;
      }
      const process: Process = { pid, priority, state: "runnable", messages: [], cursor: 0 };
      expect("a new pid", dead.includes(pid) || model.live.has(pid) || pid <= 0, false);
      model.live.set(pid, process);
      model.wake(process);
    },
    send() {
      const to = someone();
      const bytes = random() < 0.3 ? 1 + below(pick([30, 200, 5_000, 8_000]) ?? 1) : 0;
      const payload = bytes > 0 ? bytes : ++value;
      const status = bytes > 0
        ? kernel.sendBytes(0, to, 0, 0, new Uint8Array(bytes))
        : kernel.sendNumber(0, to, 0, 0, payload);
      const process = model.live.get(to);
      if (process === undefined) {
        expect("a dead letter", status, Status.NO_PROCESS);
        hit("dead letters");
      } else if (status === Status.NO_MEMORY) {
        hit("message memory");
        const isQueued = [...model.live.values()].some(({ messages }) => messages.length > 0);
        expect("a full memory holds messages", isQueued, true);
      } else {
        expect("send", status, Status.OK);
        deliver(process, payload);
      }
    },
    step() {
      const status = kernel.step(k.now, 1);
      expect("step's refusal", status < 0, false);
      if (unread.length === EVENTS) {
        hit("events");
        return;
      }
      const next = model.pop();
      if (next === undefined) return expect("step", status, Status.OK);
      next.state = "offered";
      unread.push(next.pid);
    },
    read() {
      if (random() < 0.4) readEvents();
    },
    begin() {
      const index = below(offers.length);
      const [pid] = offers.splice(index, 1);
      if (pid === undefined) return;
      const status = kernel.begin(pid);
      const process = model.live.get(pid);
      if (process === undefined) {
        expect("begin of a dead one", status, Status.NO_PROCESS);
        hit("stale turns");
        return;
      }
      process.state = "running";
      showsCursor(process, status);
    },
    peek() {
      const process = running();
      if (process !== undefined) showsCursor(process, kernel.peek(process.pid));
    },
    skip() {
      const process = running();
      if (process === undefined) return;
      if (process.cursor < process.messages.length) process.cursor++;
      showsCursor(process, kernel.skip(process.pid));
    },
    take() {
      const process = running();
      if (process === undefined) return;
      if (process.cursor >= process.messages.length) {
        return expect("take of nothing", kernel.take(process.pid), Status.BAD_ARGUMENT);
      }
      kernel.peek(process.pid);
      process.messages.splice(process.cursor, 1);
      process.cursor = 0;
      showsCursor(process, k.take(process.pid));
    },
    mark() {
      const process = running();
      if (process === undefined) return;
      expect("mark", kernel.mark(process.pid), Status.OK);
      process.cursor = process.messages.length;
    },
    rewind() {
      const process = running();
      if (process === undefined) return;
      expect("rewind", kernel.rewind(process.pid), Status.OK);
      process.cursor = 0;
    },
    wait() {
      const process = running();
      if (process === undefined) return;
      const status = kernel.wait(process.pid, Infinity, 1);
      if (process.cursor < process.messages.length) return expect("wait", status, Status.AGAIN);
      expect("wait", status, Status.OK);
      process.state = "waiting";
    },
    yield() {
      const process = running();
      if (process === undefined) return;
      expect("yield", kernel.yieldTurn(process.pid, 1), Status.OK);
      model.wake(process);
    },
    finish() {
      const process = running();
      if (process === undefined || random() < 0.5) return;
      expect("finish", kernel.finish(process.pid, 0, 0), Status.OK);
      end(process);
    },
    kill() {
      if (random() < 0.7) return;
      const pid = someone();
      const process = model.live.get(pid);
      const status = kernel.exitSignal(0, pid, 0, 1);
      expect("kill", status, process === undefined ? Status.NO_PROCESS : Status.OK);
      if (process === undefined) return;
      end(process);
      reapNow();
    },
    priority() {
      const process = model.live.get(someone());
      if (process === undefined) return;
      const priority = below(4);
      const old = kernel.processFlag(process.pid, Flag.PRIORITY, priority);
      expect("the old priority", old, process.priority);
      const isQueued = process.state === "runnable";
      if (isQueued) model.leave(process);
      process.priority = priority;
      if (isQueued) model.wake(process);
    },
    count() {
      const process = model.live.get(someone());
      if (process === undefined) return;
      const length = kernel.processInfo(process.pid, Info.MESSAGE_QUEUE_LENGTH);
      expect("the queue's length", length, process.messages.length);
    },
  };

  function deliver(process: Process, payload: number): void {
    process.messages.push(payload);
    if (process.state === "waiting") model.wake(process);
  }

  function readEvents(): void {
    while (k.fast.nextEvent()) {
      const { type, pid } = k.fast.event;
      if (type === EventKind.EXITED) {
        expect("reap", kernel.reap(pid), Status.OK);
        continue;
      }
      expect("the turn offered", pid, unread.shift());
      offers.push(pid);
    }
    expect("events left", unread.length, 0);
  }

  /** Its EXITED event comes before any further turn: the slot is free again when it is reaped. */
  function reapNow(): void {
    readEvents();
    kernel.step(k.now, 0);
    readEvents();
  }

  const names = Object.keys(actions);
  for (let done = 0; done < operations; done++) {
    const name = pick(names) ?? "step";
    try {
      actions[name]?.();
    } catch (error) {
      t.fail(`operation ${done}, ${name}, SEED=${seed}: ${String(error)}`);
      break;
    }
  }
  t.comment(`SEED=${seed}, ${operations} operations; hit: ${JSON.stringify(hits)}`);
  if (operations >= 200_000) {
    for (const limit of ["processes", "message memory", "events", "dead letters", "stale turns"]) {
      t.ok((hits[limit] ?? 0) > 10, `${limit}: hit ${hits[limit] ?? 0} times`);
    }
  }
  readEvents();
  k.close();
  t.end();
});
