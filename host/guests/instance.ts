// An instance of a guest's module: one memory, and the processes that share it.
//
//   message ─► refuel ─► inbox(length) ─► copy ─► handle(word, kind, tag, from, ref, number, …)
//                                                   │ CONTINUE, STOP, KEEP
//                                                   └ trap, fuel, stack, bad_pointer: a fault
//
// A fault leaves the memory as it was in the midst of something. Costs: O(bytes of the message).
import { Atom, Flag, ReasonKind } from "../kernel/abi.ts";
import type { Pid } from "../kernel/abi.ts";
import { Bytes } from "../runtime/bytes.ts";
import type { Core } from "../runtime/core.ts";
import { ExitReason } from "../runtime/messages.ts";
import { GUEST_ABI, IMPORT_MODULE } from "./abi.ts";
import { makeImports } from "./imports.ts";
import type { GuestLimits } from "./limits.ts";
import type { MeterNames } from "./meter.ts";
import type { GuestProcess } from "./process.ts";
import { GuestRefusal } from "./refusal.ts";

/** Why a guest's code was broken off; the reason of its process's end. */
type Fault = "trap" | "fuel" | "stack" | "bad_pointer";

/** Thrown out of an import, through the guest's code. */
class BadPointer extends Error {}

interface Exports {
  readonly memory: WebAssembly.Memory;
  pidgeon_guest_abi(): number;
  inbox(length: number): number;
  handle(
    word: number, kind: number, tag: number, from: number, ref: number, number: number,
    pointer: number, length: number,
  ): number;
}

/** What an instance needs of the guest that it belongs to. */
export interface InstanceOwner {
  readonly core: Core;
  readonly label: string;
  readonly limits: GuestLimits;
  readonly meter: MeterNames;
  /** A process of this instance; a Status if there are too many. */
  spawnIn(instance: GuestInstance, parent: Pid | 0, word: number, options: number): number;
  /** The code of a process was broken off. */
  faulted(instance: GuestInstance, pid: Pid, reason: string): void;
}

export class GuestInstance {
  readonly limits: GuestLimits;
  readonly processes = new Set<Pid>();
  readonly #owner: InstanceOwner;
  readonly #exports: Exports;
  readonly #refuel: (fuel: number) => void;
  readonly #fuelLeft: () => number;
  readonly #stackLeft: () => number;
  #view: Uint8Array;
  #running: GuestProcess | undefined;

  /** Throws GuestRefusal if the module's own start fails, or it has another ABI. */
  constructor(owner: InstanceOwner, module: WebAssembly.Module) {
    this.#owner = owner;
    this.limits = owner.limits;
    let exports: WebAssembly.Exports;
    let version: number;
    try {
      const imports = { [IMPORT_MODULE]: makeImports(this, owner.core) };
      exports = new WebAssembly.Instance(module, imports).exports;
      this.#exports = exports as unknown as Exports;
      this.#refuel = exports[owner.meter.refuel] as (fuel: number) => void;
      this.#fuelLeft = exports[owner.meter.fuel] as () => number;
      this.#stackLeft = exports[owner.meter.stack] as () => number;
      this.#refuel(this.limits.fuel);
      version = this.#exports.pidgeon_guest_abi();
    } catch (error) {
      throw new GuestRefusal(`its start failed (${String(error)})`);
    }
    if (version !== GUEST_ABI) {
      throw new GuestRefusal(`it speaks guest ABI ${version}, this host knows ${GUEST_ABI}`);
    }
    this.#view = new Uint8Array(this.#exports.memory.buffer);
  }

  /** The process whose code runs; while the module starts there is none, and imports fail. */
  get running(): GuestProcess {
    if (this.#running === undefined) throw new Error("a guest's start can't call the host");
    return this.#running;
  }

  spawn(parent: Pid, word: number, options: number): number {
    return this.#owner.spawnIn(this, parent, word, options);
  }

  /** A piece of the guest's memory, valid until the guest runs on. Throws BadPointer. */
  bytesAt(pointer: number, length: number): Uint8Array {
    const start = pointer >>> 0;
    const end = start + (length >>> 0);
    if (this.#view.length === 0) this.#view = new Uint8Array(this.#exports.memory.buffer);
    if (end > this.#view.length) {
      throw new BadPointer(`${length >>> 0} bytes at ${start} are not in its memory`);
    }
    return this.#view.subarray(start, end);
  }

  /** Calls `handle` for a process; its answer. Throws ExitReason if the code was broken off. */
  handle(
    process: GuestProcess, kind: number, tag: number, from: number, ref: number, number: number,
    bytes: Uint8Array | Bytes | undefined,
  ): number {
    this.#running = process;
    try {
      this.#refuel(this.limits.fuel);
      const length = bytes === undefined ? 0 : bytes.length;
      const pointer = bytes === undefined ? 0 : this.#copyIn(bytes);
      return this.#exports.handle(process.word, kind, tag, from, ref, number, pointer, length);
    } catch (error) {
      throw this.#broken(process, error);
    } finally {
      this.#running = undefined;
    }
  }

  #copyIn(bytes: Uint8Array | Bytes): number {
    const pointer = this.#exports.inbox(bytes.length);
    const target = this.bytesAt(pointer, bytes.length);
    if (bytes instanceof Bytes) bytes.copyTo(target);
    else target.set(bytes);
    return pointer;
  }

  /** Reports a fault; the error that ends its process. */
  #broken(process: GuestProcess, error: unknown): unknown {
    const reason = this.#faultOf(error);
    if (reason === undefined) return error;
    const { core, label } = this.#owner;
    const { pid } = process;
    const detail = `${reason}: ${String((error as Error).stack)}`;
    core.logger({ type: "trap", pid, label, error: detail });
    this.#owner.faulted(this, pid, reason);
    return new ExitReason(reason);
  }

  #faultOf(error: unknown): Fault | undefined {
    if (error instanceof BadPointer) return "bad_pointer";
    if (this.#stackLeft() < 0) return "stack";
    if (this.#fuelLeft() < 0) return "fuel";
    // The engine's own end of the stack: only if the host's was nearly used up before.
    if (error instanceof RangeError) return "stack";
    return error instanceof WebAssembly.RuntimeError ? "trap" : undefined;
  }

  /** Ends all processes but one, whether they trap exits or not. */
  endAll(reason: string, except: Pid | 0): void {
    const { core } = this.#owner;
    for (const pid of [...this.processes]) {
      if (pid === except) continue;
      core.kernel.processFlag(pid, Flag.TRAP_EXIT, 0);
      try {
        core.exit(0, pid, reason);
      } catch {
        // No handle is free for the reason: they must end all the same.
        core.kernel.exitSignal(0, pid, ReasonKind.ATOM, Atom.KILL);
      }
    }
  }
}
