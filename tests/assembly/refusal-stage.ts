// A small kernel with a process in each state that a call may find it in: see refusals.test.ts.
import { Atom, Flag, limitNames, MonitorOption, Option, Status } from "../../host/kernel/abi.ts";
import { instantiateKernel, type KernelExports } from "../../host/kernel/exports.ts";
import { Handler } from "./native-build.ts";

const limits: Readonly<Record<string, number>> = {
  processes: 16, relations: 48, messageBytes: 3 * 16_384, handles: 8, events: 8, names: 2,
  scratchBytes: 32_768, groups: 2,
};

/** Beyond the memory. */
const NOWHERE = 0xffff_fff0;
/** Words of a block: the link is the first, the value the seventh. */
const VALUE = 6;
const SENTINEL = 12_345.6789;

export class RefusalStage {
  readonly k: KernelExports;
  /** Address of the scratch area. */
  readonly scratch: number;
  /** Its turn is open; the first of its two messages is shown. */
  readonly open: number;
  /** Waits for a message; is `server`, in `group`, linked to `open` and suspends `full`. */
  readonly waiting: number;
  /** Its mailbox takes no more. */
  readonly full: number;
  readonly trapping: number;
  readonly dead: number;
  /** A turn is offered to it. */
  readonly offered: number;
  /** Ended by a signal, and not reaped. */
  readonly unreaped: number;
  /** A handler that is compiled in. */
  readonly handler = Handler.FINISHER;
  /** A monitor of `waiting` with an alias. */
  readonly ref: number;
  readonly timer: number;
  readonly hold: number;
  readonly handle = 1;
  /** A handle that is under way. */
  readonly sentHandle = 2;
  /** The word in which the first message of `open` has the address of the second. */
  readonly #link: number;

  constructor(wasm: BufferSource) {
    const k = instantiateKernel(wasm);
    this.k = k;
    const words = new Uint32Array(k.memory.buffer, k.limits_address());
    limitNames.forEach((name, index) => {
      words[index] = limits[name] as number;
    });
    if (k.init() !== Status.OK) throw new Error("init");
    this.scratch = new Uint32Array(k.memory.buffer, k.face_address())[4] as number;
    k.step(0, 0);
    this.open = k.spawn_host(0, 0);
    this.waiting = k.spawn_host(0, 0);
    this.full = k.spawn_host(0, 0);
    this.trapping = k.spawn_host(0, Option.TRAP_EXIT);
    this.dead = k.spawn_host(0, 0);
    this.unreaped = k.spawn_host(0, 0);
    k.step(0, 1000);
    for (const pid of [this.waiting, this.dead, this.open]) k.begin(pid);
    k.wait(this.waiting, Infinity, 1);
    k.finish(this.dead, 0, 0);
    k.exit_signal(0, this.unreaped, 0, Atom.KILL);
    k.process_flag(this.full, Flag.MAILBOX_LIMIT, 1);
    k.send_number(0, this.full, 0, 0, 1);
    k.send_number(0, this.open, 0, 0, SENTINEL);
    this.#link = new Float64Array(k.memory.buffer).indexOf(SENTINEL) * 2 - VALUE;
    k.send_handle(0, this.open, 0, 0, this.sentHandle);
    this.ref = k.monitor(this.waiting, this.open, MonitorOption.ALIAS_EXPLICIT, 0);
    this.timer = k.send_after(0, this.open, 0, 0, 1, 1, 1000, 0);
    this.hold = k.share(this.scratch, 10);
    k.link(this.waiting, this.open, 0);
    k.suspend(this.waiting, this.full, 0);
    k.register(this.waiting, this.write("server"));
    k.group_join(this.waiting, this.write("group"));
    this.offered = k.spawn_host(0, 0);
    k.step(0, 1000);
    if (k.peek(this.open) !== Status.SHOWN) throw new Error("no message is shown");
  }

  /** Puts a name where the next call reads it: its length. */
  write(name: string): number {
    const bytes = new TextEncoder().encode(name);
    new Uint8Array(this.k.memory.buffer).set(bytes, this.scratch);
    return bytes.length;
  }

  /** Nothing more can be queued. */
  withoutMemory(): this {
    const { k, trapping } = this;
    for (const length of [16_384, 1_600, 1]) {
      while (k.send_bytes(0, trapping, 0, 0, this.scratch, length) === Status.OK);
    }
    while (k.send_number(0, trapping, 0, 0, 1) === Status.OK);
    return this;
  }

  /** No process, relation, name or group more. */
  withoutRoom(): this {
    const { k, full, trapping } = this;
    k.register(full, this.write("b"));
    k.group_join(full, this.write("b"));
    while (k.spawn_host(0, 0) > 0);
    while (k.monitor(full, trapping, 0, 0) > 0);
    return this;
  }

  withoutTurns(): this {
    const { k } = this;
    k.yield_turn(this.open, 1);
    const face = new Uint32Array(k.memory.buffer, k.face_address());
    face[1] = face[0] as number; // all events are read
    return this;
  }

  /** The kernel has trapped: the mailbox of `open` leads beyond the memory. */
  trapped(): this {
    new Uint32Array(this.k.memory.buffer)[this.#link] = NOWHERE;
    try {
      this.k.skip(this.open);
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError) return this;
      throw error;
    }
    throw new Error("the kernel has not trapped");
  }
}
