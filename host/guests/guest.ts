// Guest: a WebAssembly module of any language whose processes run beside TypeScript's.
//
//   load ─► check, meter, compile ─► instance ─┬─ spawn ─► processes, which share its memory
//                                              └─ a fault in one of them:
//      onTrap "module"   all processes of the instance end; the next spawn makes a new instance
//      onTrap "process"  that process ends; the others go on in the same memory
import { PidgeonError } from "../errors.ts";
import { Status } from "../kernel/abi.ts";
import type { Pid } from "../kernel/abi.ts";
import type { Core } from "../runtime/core.ts";
import { limitNew, limitsOf, optionBits } from "../runtime/flags.ts";
import type { Process } from "../runtime/process.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Operation, SpawnOptions } from "../runtime/types.ts";
import { signatures } from "./abi.ts";
import type { GuestImport } from "./abi.ts";
import { loadBinaryen } from "./binaryen.ts";
import { checkModule } from "./check.ts";
import { GuestInstance } from "./instance.ts";
import type { InstanceOwner } from "./instance.ts";
import { completeLimits } from "./limits.ts";
import type { GuestLimits } from "./limits.ts";
import { meter } from "./meter.ts";
import type { MeterNames } from "./meter.ts";
import { GuestProcess, GuestWaiting } from "./process.ts";
import { GuestRefusal } from "./refusal.ts";

/** What a guest is loaded with: limits, label, imports. */
export interface GuestOptions extends Partial<GuestLimits> {
  /** What reports and errors call it. Default "guest". */
  readonly label?: string;
  /**
   * What ends when the code of a process is broken off: the whole instance (default), since its
   * memory may be left in the midst of a change, or that process alone, if the module's processes
   * have nothing in common.
   */
  readonly onTrap?: "module" | "process";
  /** What the module may import; default: all. It can do nothing else to the world. */
  readonly imports?: readonly GuestImport[];
}

/** A guest's process as a child of a supervisor. */
interface GuestChild {
  readonly id: string;
  /** Starts and links it. */
  readonly start: (self: Process) => Operation<Pid>;
}

/** A WebAssembly module with a memory of its own, whose processes the runtime runs with fuel. */
export class Guest implements InstanceOwner {
  /** @internal */
  readonly core: Core;
  readonly label: string;
  readonly limits: GuestLimits;
  /** @internal */
  readonly meter: MeterNames;
  /** @internal */
  readonly waiting: GuestWaiting;
  readonly #runtime: Runtime;
  readonly #module: WebAssembly.Module;
  readonly #endsModule: boolean;
  #instance: GuestInstance | undefined;
  #isStopped = false;

  private constructor(
    runtime: Runtime, module: WebAssembly.Module, names: MeterNames, label: string,
    limits: GuestLimits, endsModule: boolean,
  ) {
    this.#runtime = runtime;
    this.core = runtime.core;
    this.#module = module;
    this.meter = names;
    this.label = label;
    this.limits = limits;
    this.#endsModule = endsModule;
    this.waiting = new GuestWaiting(this.core);
    this.#instance = new GuestInstance(this, module);
  }

  /**
   * Checks a module, gives it its meter, and makes a first instance. Some 100 ms and more.
   * Rejects with PIDGEON_GUEST_REFUSED (the problem says why) or PIDGEON_GUEST_LIMIT.
   */
  static async load(
    runtime: Runtime, wasm: Uint8Array | ArrayBuffer, options: GuestOptions = {},
  ): Promise<Guest> {
    const label = options.label ?? "guest";
    const limits = completeLimits(options);
    const allowed = new Set(options.imports ?? (Object.keys(signatures) as GuestImport[]));
    // A copy: what is checked is what is run.
    const bytes = new Uint8Array(wasm).slice();
    try {
      if (bytes.length > limits.moduleBytes) {
        throw new GuestRefusal(
          `it has ${bytes.length} bytes, the limit moduleBytes is ${limits.moduleBytes}`);
      }
      checkModule(await compile(bytes), bytes, allowed);
      const metered = meter(await loadBinaryen(), bytes, limits);
      const module = await compile(metered.bytes);
      const endsModule = options.onTrap !== "process";
      return new Guest(runtime, module, metered.names, label, limits, endsModule);
    } catch (error) {
      throw refused(label, error);
    }
  }

  /** The processes that are alive. */
  get processes(): readonly Pid[] {
    return [...(this.#instance?.processes ?? [])];
  }

  /**
   * Starts a process from outside. `word` is the number that its code gets with each message, at
   * first. Throws PIDGEON_GUEST_FULL, PIDGEON_GUEST_STOPPED.
   */
  spawn(word = 0, options?: SpawnOptions): Pid {
    return this.#spawn(0, word, options);
  }

  /** Starts a process as a child of another: `{ link: true }` links the two. */
  spawnFrom(parent: Process, word = 0, options?: SpawnOptions): Pid {
    return this.#spawn(parent.pid, word, options);
  }

  /** A child for a supervisor: `children: [guest.spec("parser")]`. */
  spec(id: string, word = 0): GuestChild {
    const start = (self: Process) => this.spawnFrom(self, word, { link: true });
    return { id, *start(self) { return start(self); } };
  }

  /** Ends all processes, with the reason "shutdown", and lets no other start. */
  stop(): void {
    this.#isStopped = true;
    this.#instance?.endAll("shutdown", 0);
    this.#instance = undefined;
  }

  #spawn(parent: Pid | 0, word: number, options: SpawnOptions | undefined): Pid {
    if (this.#isStopped) throw new PidgeonError("PIDGEON_GUEST_STOPPED", { label: this.label });
    this.#runtime.assertRunning();
    const instance = this.#instance ??= this.#instantiate();
    const limits = limitsOf(options);
    const pid = this.spawnIn(instance, parent, word, optionBits(options));
    if (pid < 0) {
      const limit = this.limits.processes;
      throw new PidgeonError("PIDGEON_GUEST_FULL", { label: this.label, limit });
    }
    limitNew(this.core, pid as Pid, limits);
    return pid as Pid;
  }

  #instantiate(): GuestInstance {
    try {
      return new GuestInstance(this, this.#module);
    } catch (error) {
      throw refused(this.label, error);
    }
  }

  /** @internal For the guest's own spawn; a Status where there is no room. */
  spawnIn(
    instance: GuestInstance, parent: Pid | 0, word: number, options: number,
  ): number {
    if (instance.processes.size >= this.limits.processes) return Status.LIMIT;
    this.core.answersDirectly = true;
    const pid = this.core.spawnBehaviour(parent, options,
      (core, pid) => new GuestProcess(core, pid, this, instance, parent, word));
    instance.processes.add(pid);
    return pid;
  }

  /** @internal */
  faulted(instance: GuestInstance, pid: Pid, reason: string): void {
    if (!this.#endsModule) return;
    if (this.#instance === instance) this.#instance = undefined;
    instance.endAll(reason, pid);
  }
}

async function compile(bytes: Uint8Array<ArrayBuffer>): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(bytes);
  } catch (error) {
    throw new GuestRefusal(`the engine refuses it (${(error as Error).message})`);
  }
}

function refused(label: string, error: unknown): unknown {
  if (!(error instanceof GuestRefusal)) return error;
  return new PidgeonError("PIDGEON_GUEST_REFUSED", { label, problem: error.message });
}
