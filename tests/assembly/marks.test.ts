// What a marked reference costs: the same behind 10, 1,000 and 1,000,000 messages. Counted, not
// timed: every link before the mark leads out of memory, so that to follow one is a trap.
import t, { type Test } from "tap";
import { Info, ProcessStatus, Status, type Pid, type Ref } from "../../host/kernel/abi.ts";
import { buildNativeKernel, Handler } from "./native-build.ts";
import { readDebugKernel, TestKernel } from "./test-kernel.ts";

const QUEUED = [10, 1_000, 1_000_000] as const;
const ROUNDS = 20;
/** What the first message says; nothing else in the kernel's memory is this. */
const SENTINEL = 123_456_789.25;
const NOWHERE = 0xffff_fff0;
/** Words of a block: the link is the first, the value the seventh. */
const VALUE = 6;
/** Tells an AWAITER to mark, and the reference to await. */
const TAG_AWAIT = 1;

const wasm = await buildNativeKernel();

/** The queued messages of a process, but for the last one. */
class Chain {
  readonly #words: Uint32Array;
  readonly #links: number[] = [];
  readonly #nexts: number[] = [];

  constructor(k: TestKernel, queued: number) {
    const { buffer } = k.fast.exports.memory;
    this.#words = new Uint32Array(buffer);
    let at = new Float64Array(buffer).indexOf(SENTINEL) * 2 - VALUE;
    for (let left = queued - 1; left > 0; left--) {
      this.#links.push(at);
      this.#nexts.push(this.#words[at] as number);
      at = (this.#words[at] as number) / 4;
    }
    if (this.#words[at] !== 0) throw new Error("that was not the last message");
  }

  breakOff(): void {
    for (const at of this.#links) this.#words[at] = NOWHERE;
  }

  mend(): void {
    this.#links.forEach((at, index) => {
      this.#words[at] = this.#nexts[index] as number;
    });
  }

  /** How many words of the kernel's memory an action has changed. */
  changedBy(action: () => void): number {
    const before = this.#words.slice();
    action();
    let changed = 0;
    for (let i = 0; i < before.length; i++) if (before[i] !== this.#words[i]) changed++;
    return changed;
  }
}

function flood(k: TestKernel, pid: Pid, queued: number): Chain {
  for (let i = 0; i < queued; i++) {
    const status = k.fast.sendNumber(0, pid, 0, 0, i === 0 ? SENTINEL : i);
    if (status !== Status.OK) throw new Error(`message ${i}: ${status}`);
  }
  return new Chain(k, queued);
}

function checkEnd(k: TestKernel, pid: Pid, chain: Chain, queued: number, t: Test): void {
  t.equal(k.fast.processInfo(pid, Info.MESSAGE_QUEUE_LENGTH), queued, "all others are left");
  chain.mend();
  t.equal(k.fast.exports.verify?.(), Status.OK);
  k.close();
}

/** Each queue with a kernel of its own: how few words a round changes. */
function compare(
  t: Test, wasm: BufferSource, begin: (k: TestKernel, queued: number) => readonly [Pid, Chain],
  round: (k: TestKernel, pid: Pid) => void,
): void {
  const changes = QUEUED.map((queued) => {
    const k = new TestKernel(t, { messageBytes: 2 ** 18 + queued * 40 }, wasm);
    const [pid, chain] = begin(k, queued);
    chain.breakOff();
    for (let left = ROUNDS; left > 0; left--) round(k, pid);
    const changed = chain.changedBy(() => round(k, pid));
    checkEnd(k, pid, chain, queued + ROUNDS + 1, t);
    return changed;
  });
  changes.forEach((words, at) => t.ok(words <= 24, `${words} words at ${QUEUED[at]} queued`));
  t.end();
}

/** A turn that marks, waits for a new reference, is woken by it and takes the message. */
function awaitInTurn(k: TestKernel, pid: Pid): void {
  const { fast } = k;
  const ref = fast.makeRef();
  const said: number[] = [
    fast.mark(pid), fast.waitRef(pid, ref, Infinity, 1), fast.sendNumber(0, pid, 0, 0, -1),
    fast.sendNumber(0, pid, 0, ref, -2), fast.step(k.now, 1_000),
  ];
  k.readEvents();
  k.offered.splice(k.offered.indexOf(pid), 1);
  const shown = fast.begin(pid);
  if (fast.message.ref !== ref || said.some((one) => one !== Status.OK)) {
    throw new Error(`${shown} after ${said.join()}`);
  }
  fast.take(pid);
}

t.test("a host process that marks, waits and takes reads nothing before the mark", (t) => {
  compare(t, readDebugKernel(), (k, queued) => {
    const pid = k.spawnWaiting();
    const chain = flood(k, pid, queued);
    k.open(pid);
    return [pid, chain];
  }, awaitInTurn);
});

t.test("nor does the handler of a native process that marks and awaits", (t) => {
  const awaited = new Map<Pid, Ref>();
  const round = ({ fast, now }: TestKernel, pid: Pid) => {
    const next = fast.makeRef();
    fast.sendNumber(0, pid, TAG_AWAIT, awaited.get(pid) as Ref, next);
    fast.sendNumber(0, pid, 0, 0, -1);
    fast.step(now, 1_000);
    if (fast.processInfo(pid, Info.STATUS) !== ProcessStatus.WAITING) throw new Error("not asleep");
    awaited.set(pid, next);
  };
  compare(t, wasm, (k, queued) => {
    const pid = k.fast.spawnNative(0, Handler.AWAITER, 0, 0);
    const first = k.fast.makeRef();
    k.fast.sendNumber(0, pid, TAG_AWAIT, 0, first);
    k.step();
    awaited.set(pid, first);
    return [pid, flood(k, pid, queued)];
  }, round);
});

t.test("the trap that the tests before rely on is one", (t) => {
  const k = new TestKernel(t);
  const pid = k.spawnWaiting();
  const chain = flood(k, pid, 10);
  k.open(pid);
  chain.breakOff();
  t.equal(k.fast.rewind(pid), Status.OK);
  t.equal(k.fast.peek(pid), Status.SHOWN);
  t.throws(() => k.fast.waitRef(pid, k.fast.makeRef(), Infinity, 1), WebAssembly.RuntimeError,
    "without a mark it looks at all of them");
  t.equal(k.fast.peek(pid), Status.CORRUPT);
  t.end();
});
