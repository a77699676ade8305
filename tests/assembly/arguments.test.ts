// The ABI with arbitrary arguments, among the calls of a host that keeps to the rules: always a
// status, never a trap, and every invariant still holds. What a refused call may not change has not
// changed, nor anything outside the tables.
//
//   SEED=… OPERATIONS=… node build/tests/assembly/arguments.test.js
import { readFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import {
  Atom, Counter, limitNames, Status, statusName, type Limits, type Pid,
} from "../../host/kernel/abi.ts";
import { instantiateKernel, type KernelExports } from "../../host/kernel/exports.ts";
import { Kernel } from "../../host/kernel/kernel.ts";
import { documentedExports } from "../kernel/abi-document.ts";
import { LegalHost } from "./legal-host.ts";
import { MemoryWatch } from "./memory-watch.ts";
import { buildNativeKernel, Handler } from "./native-build.ts";
import { fuzzOptions, Tally, type Random } from "./random.ts";
import { readDebugKernel, root } from "./test-kernel.ts";

const limits = {
  processes: 16, relations: 24, messageBytes: 3 * 16384, handles: 8, events: 8, names: 4,
  scratchBytes: 4096, groups: 4,
};

/** What an embedder may pass by mistake. */
const WILD = [
  0, -0, 1, -1, 2, 3, 4, 5, 8, 16, 31, 32, 33, 63, 64, 255, 256, 257, 1000, 3072, 3073, 4096, 4097,
  16352, 16353, 65536, 131072, 2 ** 24 - 1, 2 ** 24, 2 ** 24 + 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1,
  2 ** 32, 2 ** 32 + 1, 2 ** 41, 2 ** 42, 2 ** 43, 2 ** 52, 2 ** 53 - 1, 2 ** 53, 2 ** 60, 2 ** 63,
  2 ** 64, 1e300, Number.MAX_VALUE, Number.MIN_VALUE, 0.5, 1.5, -1.5, -(2 ** 31), -(2 ** 53),
  -1e300, NaN, Infinity, -Infinity,
] as const;

/** Without those that never come to rest. */
const HANDLERS = Object.values(Handler)
  .filter((id) => id !== Handler.DEEP && id !== Handler.BUSY);

const STATUSES: ReadonlySet<number> = new Set(Object.values(Status));

/** Each refusal that docs/abi.md has in the entry of an export, as the tally counts it. */
const DOCUMENTED: ReadonlySet<string> = new Set(documentedExports()
  .flatMap(({ name, refusals }) => refusals.map((status) => `${name} ${status}`)));

type Call = Exclude<keyof KernelExports, "memory" | "verify">;

/** Exports without arguments that answer the same number always. */
const CONSTANTS: readonly string[] = [
  "limits_address", "face_address", "abi_version", "image_address",
];

/** Every call and its number of arguments. */
function callsOf(exports: KernelExports): [Call, number][] {
  return Object.entries(exports)
    .filter(([name, value]) => typeof value === "function" && !CONSTANTS.includes(name))
    .filter(([name]) => name !== "verify" && !name.startsWith("__"))
    .map(([name, value]) => [name as Call, (value as (...args: number[]) => number).length]);
}

/** The calls that are legal only before init, and so refused by every kernel here. */
const ONCE: readonly string[] = ["init", "memory_needed", "restore_begin", "restore"];

/** The exports, whose answers are counted by name. */
function counting(exports: KernelExports, tally: Tally): KernelExports {
  const counted = callsOf(exports).map(([name]) => {
    const call = exports[name] as (...args: number[]) => number;
    return [name, (...args: number[]) => {
      const answer = call(...args);
      const isRefusal = STATUSES.has(answer) && answer < 0;
      const answered = `${name} ${isRefusal ? statusName(answer) : "accepted"}`;
      if (isRefusal && !DOCUMENTED.has(answered)) throw new Error(`undocumented: ${answered}`);
      tally.add(answered);
      return answer;
    }];
  });
  return { ...exports, ...Object.fromEntries(counted) };
}

class Fuzz {
  readonly #kernel: Kernel;
  readonly #watch: MemoryWatch;
  readonly #host: LegalHost;
  readonly #random: Random;
  readonly #tally: Tally;
  readonly #scratch: number;
  readonly #calls: readonly [Call, number][];
  /** Numbers that calls have answered and events told: likely to mean something. */
  readonly #seen: number[] = [1];
  /** Ended processes whose event was read. */
  readonly #unreaped = new Set<Pid>();

  constructor(wasm: BufferSource, handlers: readonly number[], random: Random, tally: Tally) {
    const exports = instantiateKernel(wasm);
    const words = new Uint32Array(exports.memory.buffer, exports.limits_address());
    limitNames.forEach((name, index) => {
      words[index] = limits[name];
    });
    if (exports.init() !== Status.OK) throw new Error("init");
    this.#watch = new MemoryWatch(exports);
    this.#kernel = new Kernel(counting(exports, tally));
    this.#calls = callsOf(exports);
    this.#random = random;
    this.#tally = tally;
    this.#host = new LegalHost(this.#kernel, random, limits.handles, handlers, (found) => {
      this.#remember(found);
    });
    this.#kernel.step(0, 0); // or a wild time would be the first, and all others beyond its reach
    const face = new Uint32Array(exports.memory.buffer, exports.face_address());
    this.#scratch = face[4] as number;
  }

  run(operations: number): void {
    const calls = this.#calls;
    for (let operation = 0; operation < operations; operation++) {
      if (this.#random.chance(0.4)) this.#host.act();
      else this.#performWild(operation, calls);
      const broken = this.#kernel.exports.verify?.();
      if (broken !== 0) throw new Error(`${operation}: invariant ${broken} is broken`);
    }
    this.#end();
    const at = this.#watch.findForeign();
    if (at !== undefined) throw new Error(`byte ${at} behind the memory's end was written`);
  }

  /** Ends all: what is left of handles lies in timers to names, which nobody's end takes along. */
  #end(): void {
    const kernel = this.#kernel;
    for (const pid of [...kernel.processes()]) kernel.exitSignal(0, pid, 0, Atom.KILL);
    // Those that trapped while the others were killed may leave something to do.
    for (let steps = 0; steps < 100; steps++) this.#host.step();
    for (const pid of this.#unreaped) kernel.reap(pid);
    if (kernel.counter(Counter.PROCESSES) > 0) throw new Error("a process is left");
    const handles = kernel.counter(Counter.LIVE_HANDLES);
    if (handles > kernel.counter(Counter.TIMERS)) throw new Error(`${handles} handles are left`);
  }

  #performWild(operation: number, calls: readonly [Call, number][]): void {
    const [name, count] = this.#random.pick(calls) as [Call, number];
    const parameters = Array.from({ length: count }, () => this.#argument());
    if (name === "step") {
      if (this.#random.chance(0.9)) parameters[0] = this.#time();
      // A busy native process would use up all of 2^32.
      parameters[1] = this.#random.below(10_000);
    }
    const call = `${operation}: ${name}(${parameters.join(", ")})`;
    const isWatched = this.#random.chance(0.5);
    if (isWatched) this.#watch.remember();
    const answer = this.#call(name, parameters, call);
    if (typeof answer !== "number" || Number.isNaN(answer)) throw new Error(`${call}: ${answer}`);
    if (answer < 0 && answer !== -Infinity && !STATUSES.has(answer)) {
      throw new Error(`${call}: no status is ${answer}`);
    }
    if (answer === Status.CORRUPT) throw new Error(`${call}: the kernel has trapped`);
    const isRefused = answer < 0 && answer > -20;
    // With DEMONITOR_FLUSH a DOWN goes, though NOT_FOUND says that there was no monitor.
    const mayFlush = name === "demonitor" && ((parameters[2] ?? 0) & 1) === 1;
    if (isWatched) this.#lookAtMemory(name, call, isRefused && !mayFlush ? answer : undefined);
    this.#tally.add(isRefused ? "refused" : "accepted");
    const told = name === "clock" || name === "step" ? parameters[0] ?? 0 : 0;
    if (!isRefused) this.#host.now = Math.max(this.#host.now, told);
    this.#remember(answer);
    this.#readEvents();
  }

  #lookAtMemory(name: Call, call: string, refusal: number | undefined): void {
    // The handlers of the benchmarks, which native kernels have, too, take notes there.
    const writes = name === "process_list" || name === "process_name" || name === "step";
    const trespass = this.#watch.findTrespass(writes);
    if (trespass !== undefined) throw new Error(`${call} has written to ${trespass}`);
    if (refusal === undefined) return;
    const change = this.#watch.findChangeBy(refusal);
    if (change !== undefined) throw new Error(`${call} was refused, but ${change} has changed`);
    this.#tally.add("refused and nothing changed");
  }

  #call(name: Call, parameters: readonly number[], call: string): number {
    try {
      return (this.#kernel.exports[name] as (...args: number[]) => number)(...parameters);
    } catch (error) {
      if (name !== "step") throw new Error(`${call}: ${(error as Error).message}`);
      // A native handler's trap is its own; the next call ends its process.
      this.#tally.add("traps of handlers");
      this.#kernel.isAlive(1 as Pid);
      return Status.MORE;
    }
  }

  #time(): number {
    this.#host.now += this.#random.below(50);
    return this.#host.now;
  }

  #argument(): number {
    const { message } = this.#kernel;
    switch (this.#random.below(14)) {
      case 0: return this.#random.pick(WILD) as number;
      case 1: return this.#scratch + this.#random.below(40) - 8;
      case 2: case 3: case 4: return this.#random.below(this.#random.chance(0.7) ? 4 : 30);
      case 5: return message.value;
      case 6: return message.ref;
      case 7: case 8: case 9: return this.#random.pick([...this.#kernel.processes()]) ?? 1;
      case 10: return this.#nearMiss(this.#random.pick(this.#seen) as number);
      default: return this.#random.pick(this.#seen) as number;
    }
  }

  /** Almost a pid or reference: of another generation or slot, an alias, a fraction. */
  #nearMiss(seen: number): number {
    const others = [seen + 2 ** 24, seen - 2 ** 24, seen + 1, seen - 1, -seen, seen + 0.5];
    return this.#random.pick(others) as number;
  }

  #remember(answer: number): void {
    if (answer <= 2 || !Number.isFinite(answer)) return;
    this.#seen.push(answer);
    if (this.#seen.length > 30) this.#seen.shift();
  }

  #readEvents(): void {
    while (this.#random.chance(0.5) && this.#kernel.nextEvent()) {
      const { pid } = this.#kernel.event;
      this.#remember(pid);
      if (this.#random.chance(0.5)) this.#kernel.begin(pid);
      if (this.#random.chance(0.5)) this.#kernel.reap(pid);
      else this.#unreaped.add(pid);
    }
  }
}

function fuzz(t: Test, wasm: BufferSource, handlers: readonly number[]): void {
  // With native processes an operation costs six times as much.
  const { operations, random } = fuzzOptions(t, handlers.length > 0 ? 30_000 : 150_000);
  const tally = new Tally();
  for (let part = 0; part < 6; part++) new Fuzz(wasm, handlers, random, tally).run(operations / 6);
  tally.report(t);
  t.ok(tally.of("accepted") > 1000);
  t.ok(tally.of("refused and nothing changed") > 1000);
  if (operations < 30_000) return;
  for (const [name] of callsOf(instantiateKernel(wasm))) {
    if (ONCE.includes(name) || (name === "spawn_native" && handlers.length === 0)) continue;
    t.ok(tally.of(`${name} accepted`) > 0, `${name} is accepted`);
  }
}

t.test("whatever is passed in, a call answers, traps nothing and changes nothing if it refuses",
  (t) => {
    fuzz(t, readDebugKernel(), []);
    t.end();
  });

t.test("the same with native processes, whose handlers trap", async (t) => {
  fuzz(t, await buildNativeKernel(), HANDLERS);
});

t.test("every export of the kernel is called so", (t) => {
  const called = callsOf(instantiateKernel(readDebugKernel())).map(([name]) => name as string);
  const faces = readFileSync(join(root, "build/kernel.wasm"));
  const names = WebAssembly.Module.exports(new WebAssembly.Module(faces))
    .filter(({ kind }) => kind === "function").map(({ name }) => name);
  t.same(names.filter((name) => !called.includes(name)).sort(), [...CONSTANTS].sort());
  t.ok(names.length > 60);
  t.end();
});

t.test("before init every call answers BAD_STATE, and init works once", (t) => {
  const exports = instantiateKernel(readDebugKernel());
  for (const [name, count] of callsOf(exports)) {
    if (["init", "memory_needed", "counter"].includes(name)) continue;
    const call = exports[name] as (...args: number[]) => number;
    const expected = name === "restore_begin" ? Status.BAD_IMAGE : Status.BAD_STATE;
    t.equal(call(...Array.from({ length: count }, () => 1)), expected, name);
  }
  t.equal(exports.verify?.(), Status.BAD_STATE);
  t.equal(exports.counter(0), 0);
  t.equal(exports.init(), Status.OK);
  t.equal(exports.init(), Status.BAD_STATE);
  t.equal(exports.memory_needed(), Status.BAD_STATE);
  t.equal(exports.verify?.(), 0);
  t.equal(exports.counter(16), Status.BAD_ARGUMENT);
  t.equal(exports.counter(-1), Status.BAD_ARGUMENT);
  t.end();
});

t.test("limits that can't be laid out are refused, others need what memory_needed says", (t) => {
  const wasm = readDebugKernel();
  const attempt = (wanted: Partial<Limits>) => {
    const exports = instantiateKernel(wasm);
    const words = new Uint32Array(exports.memory.buffer, exports.limits_address());
    limitNames.forEach((name, index) => {
      words[index] = wanted[name] ?? limits[name];
    });
    const needed = exports.memory_needed();
    const status = exports.init();
    return { needed, status, bytes: exports.memory.buffer.byteLength, exports };
  };
  const bad: readonly Partial<Limits>[] = [
    { processes: 2 ** 24 }, { relations: 2 ** 24 }, { handles: 2 ** 32 - 1 }, { names: 2 ** 31 },
    { events: 3 }, { events: 2 ** 31 }, { scratchBytes: 3071 }, { messageBytes: 16383 },
  ];
  for (const one of bad) {
    const { needed, status } = attempt(one);
    t.equal(needed, Status.BAD_ARGUMENT, JSON.stringify(one));
    t.equal(status, Status.BAD_ARGUMENT);
  }
  const huge = attempt({ messageBytes: 2 ** 32 - 1, processes: 2 ** 24 - 1 });
  t.equal(huge.status, Status.NO_MEMORY);
  t.ok(huge.needed > 2 ** 32);
  const tiny = {
    processes: 1, relations: 1, messageBytes: 16384, handles: 1, events: 1, names: 1,
    scratchBytes: 3072,
  };
  for (const one of [{}, tiny, { processes: 1_000_000 }, { names: 100_000 }, { events: 65536 }]) {
    const { needed, status, bytes, exports } = attempt(one);
    t.equal(status, Status.OK, JSON.stringify(one));
    t.equal(bytes, needed);
    t.ok(exports.spawn_host(0, 0) > 0);
    t.equal(exports.memory.buffer.byteLength, bytes, "and never grows again");
    t.equal(exports.verify?.(), 0);
  }
  t.end();
});
