// Random programs of native and host processes, restored from any moment: every invariant holds
// then and after, nothing of the old host is left, and all can be ended.
//
//   SEED=… OPERATIONS=… node build/tests/assembly/fuzz-restore.test.js
import t from "tap";
import {
  Atom, Counter, EventKind, Info, MessageKind, Option, ProcessStatus, ReasonKind, Status,
  type Pid,
} from "../../host/kernel/abi.ts";
import { Kernel } from "../../host/kernel/kernel.ts";
import { fuzzOptions, Tally, type Random } from "./random.ts";
import { buildTravellers } from "./traveller-build.ts";
import { settle, stimulate, travellerLimits } from "./travellers.ts";

const wasm = await buildTravellers();
const HOST = 1;

/** The host of one kernel until it is gone: it leaves turns, handles and bytes behind. */
class Host {
  readonly #kernel: Kernel;
  readonly #random: Random;
  readonly #handles = new Set(Array.from({ length: travellerLimits.handles }, (_, i) => i + 1));
  readonly open = new Set<Pid>();

  constructor(kernel: Kernel, random: Random) {
    this.#kernel = kernel;
    this.#random = random;
  }

  /** Does something with processes of its own and the native ones. */
  act(): void {
    const kernel = this.#kernel;
    const random = this.#random;
    const pids = [...kernel.processes()];
    const [a, b] = [random.pick(pids) ?? (1 as Pid), random.pick(pids) ?? (1 as Pid)];
    switch (random.below(9)) {
      case 0: kernel.spawnHost(a, random.pick([0, Option.LINK, Option.TRAP_EXIT, 12]) ?? 0); break;
      case 1: kernel.link(a, b); break;
      case 2: kernel.monitor(a, b); break;
      case 3: case 4: this.#withHandle((handle) => kernel.sendHandle(a, b, 4, 0, handle)); break;
      case 5:
        this.#withHandle((handle) =>
          kernel.sendAfter(a, b, 4, 0, MessageKind.HANDLE, handle, random.below(3000), 0));
        break;
      case 6:
        if (random.chance(0.3)) {
          this.#withHandle((handle) => kernel.exitSignal(a, b, ReasonKind.HANDLE, handle));
        }
        break;
      case 7: kernel.share(new Uint8Array(random.below(2000))); break;
      default: kernel.sendBytes(a, b, 4, 0, new Uint8Array(random.below(2000)));
    }
  }

  #withHandle(use: (handle: number) => number): void {
    const handle = this.#random.pick([...this.#handles]);
    if (handle === undefined) return;
    this.#handles.delete(handle);
    if (use(handle) < 0) this.#handles.add(handle);
  }

  drain(): void {
    this.#kernel.drainReleased((released) => this.#handles.add(released));
  }

  /** Reads the events; opens turns, takes some messages and leaves some turns open. */
  serve(): void {
    const kernel = this.#kernel;
    while (kernel.nextEvent()) {
      const { type, pid } = kernel.event;
      if (type === EventKind.EXITED && this.#random.chance(0.7)) kernel.reap(pid);
      if (type !== EventKind.RUN || this.#random.chance(0.2) || kernel.begin(pid) < 0) continue;
      this.open.add(pid);
      while (kernel.peek(pid) === Status.SHOWN && this.#random.chance(0.6)) this.#takeOrSkip(pid);
      if (this.#random.chance(0.9)) this.close(pid);
    }
  }

  #takeOrSkip(pid: Pid): void {
    const { kind, value, last } = this.#kernel.message;
    if (this.#random.chance(0.3)) {
      this.#kernel.skip(pid);
      return;
    }
    this.#kernel.take(pid);
    if (kind !== MessageKind.NUMBER && kind !== MessageKind.BYTES && last) this.#handles.add(value);
  }

  close(pid: Pid): void {
    this.open.delete(pid);
    const ms = this.#random.chance(0.5) ? Infinity : this.#random.below(500);
    if (this.#kernel.wait(pid, ms, 5) > 0) this.#kernel.yieldTurn(pid, 5);
  }
}

function check(kernel: Kernel, when: string): void {
  const broken = kernel.exports.verify?.();
  if (broken !== 0) throw new Error(`${when}: invariant ${broken} is broken`);
}

/** Takes an image as soon as the kernel allows it. */
function takeImage(kernel: Kernel, host: Host, tally: Tally): Uint8Array {
  const isOpen = [...host.open].some((pid) =>
    kernel.processInfo(pid, Info.STATUS) === ProcessStatus.RUNNING);
  if (isOpen) tally.add("a turn is open");
  if (isOpen !== (kernel.exports.snapshot() === Status.BUSY)) throw new Error("BUSY is wrong");
  for (const pid of host.open) host.close(pid);
  return kernel.snapshot();
}

/** Nothing of the old host is left. */
function checkRestored(kernel: Kernel, tally: Tally): void {
  check(kernel, "restored");
  if (kernel.counter(Counter.LIVE_HANDLES) !== 0) throw new Error("a handle is left");
  if (kernel.nextEvent()) throw new Error("an event is left");
  for (const pid of kernel.processes()) {
    if (kernel.processInfo(pid, Info.KIND) === HOST) throw new Error(`host process ${pid} is left`);
    tally.add("native processes taken over");
  }
}

function endAll(kernel: Kernel, now: number): void {
  for (const pid of [...kernel.processes()]) kernel.exitSignal(0, pid, 0, Atom.KILL);
  settle(kernel, now);
  while (kernel.nextEvent()) kernel.reap(kernel.event.pid);
  check(kernel, "ended");
  for (const counter of ["PROCESSES", "RELATIONS", "TIMERS", "NAMES", "GROUPS"] as const) {
    if (kernel.counter(Counter[counter]) !== 0) throw new Error(`${counter} are left`);
  }
}

t.test("a kernel is whole wherever it is snapshot, and what goes on does", (t) => {
  const { operations, random } = fuzzOptions(t, 20_000);
  const tally = new Tally();
  for (let done = 0; done < operations; done += 100) {
    let kernel = Kernel.instantiate(wasm, travellerLimits);
    let now = random.below(1000);
    const seed = random.bits();
    for (let life = 0; life < 3; life++) {
      const host = new Host(kernel, random);
      for (let tick = random.below(30); tick > 0; tick--) {
        stimulate(kernel, seed + life, tick);
        for (let acts = random.below(8); acts > 0; acts--) host.act();
        host.drain();
        now += random.below(60);
        for (let steps = random.below(4); steps > 0; steps--) {
          try {
            kernel.step(now, 300);
          } catch (error) {
            if (!(error instanceof WebAssembly.RuntimeError)) throw error;
          }
          host.serve();
        }
        check(kernel, `tick ${tick}`);
      }
      const image = takeImage(kernel, host, tally);
      tally.add(kernel.counter(Counter.LIVE_HANDLES) > 0 ? "handles under way" : "no handles");
      if (kernel.counter(Counter.HOLDS) > 0) tally.add("bytes held");
      now = random.chance(0.5) ? now + random.below(500) : random.below(now + 1);
      kernel = Kernel.restore(wasm, image, now);
      checkRestored(kernel, tally);
    }
    endAll(kernel, now);
  }
  tally.report(t);
  for (const what of ["a turn is open", "handles under way", "bytes held"]) {
    t.ok(tally.of(what) > 10, what);
  }
  t.ok(tally.of("native processes taken over") > 1000);
  t.end();
});
