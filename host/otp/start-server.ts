// The start of a server: spawn, link, and the wait for its `init`.
import { Option } from "../kernel/abi.ts";
import { badOption, limitNew, limitsOf, optionBits } from "../runtime/flags.ts";
import { ExitReason, Tag } from "../runtime/messages.ts";
import { assertTime, Suspension, Waiting } from "../runtime/suspension.ts";
import type { Resumption } from "../runtime/suspension.ts";
import type {
  Down, Pid, Process, Reason, Ref, SpawnOptions, Via,
} from "../runtime/index.ts";
import type { Core } from "../runtime/core.ts";
import type { Birth, CommonModule, ModuleProcess, Started } from "./module-process.ts";

/** Of every behaviour: its limits and priority are those of `spawnOpt`. */
export interface ServerOptions
  extends Pick<SpawnOptions, "mailboxLimit" | "memoryLimit" | "priority"> {
  /** Registered before `init` runs; a taken name fails the start with `{ alreadyStarted: pid }`. */
  readonly name?: string | Via;
  /** How long `init` may take; default Infinity. Then the server is killed. */
  readonly timeoutMs?: number;
  /** Hibernates, as by `hibernate()`, when no message has come for so long. Default: never. */
  readonly hibernateAfterMs?: number;
}

/** Thrown by a start that failed, with the server's reason; uncaught, it ends the starter. */
export class StartFailed extends ExitReason {
  /** True if `init` has answered `ignore()`. */
  readonly ignored: boolean;

  constructor(reason: Reason, ignored = false) {
    super(reason);
    this.name = "StartFailed";
    this.ignored = ignored;
  }
}

/** The class of a behaviour's processes. */
type ProcessOf<Module extends CommonModule> = new (
  core: Core, pid: Pid, module: Module, parent: Pid | 0, birth: Birth,
) => ModuleProcess<Module>;

/**
 * Spawns a server and waits until its `init` has ended.
 * Throws PIDGEON_BAD_OPTION, PIDGEON_BAD_TIME.
 */
export class StartOperation<Module extends CommonModule> extends Suspension {
  readonly #class: ProcessOf<Module>;
  readonly #self: Process;
  readonly #module: Module;
  readonly #args: unknown;
  readonly #options: ServerOptions | undefined;
  readonly #linked: boolean;
  #pid: Pid | 0 = 0;

  constructor(
    behaviour: ProcessOf<Module>, self: Process, module: Module, args: unknown, linked: boolean,
    options: ServerOptions | undefined,
  ) {
    super(Waiting.REFERENCE, undefined, options?.timeoutMs ?? Infinity);
    // Whoever starts is told, not a server that is up already.
    if (typeof module?.init !== "function") throw badOption("module", module);
    assertTime(options?.hibernateAfterMs ?? Infinity);
    this.#class = behaviour;
    this.#self = self;
    this.#module = module;
    this.#args = args;
    this.#options = options;
    this.#linked = linked;
  }

  protected override begin() {
    const self = this.#self;
    const { core, pid: starter } = self;
    const limits = limitsOf(this.#options);
    const options = optionBits(this.#options) | Option.MONITOR | (this.#linked ? Option.LINK : 0);
    core.mark(starter);
    this.#pid = core.spawnBehaviour(starter, options, (machine, pid) => {
      const ref = machine.kernel.lastRef;
      this.ref = ref;
      const { name, hibernateAfterMs } = this.#options ?? {};
      const birth = { args: this.#args, starter, ref, name, hibernateAfterMs };
      return new this.#class(machine, pid, this.#module, this.#linked ? starter : 0, birth);
    });
    limitNew(core, this.#pid, limits);
    return super.begin();
  }

  protected override end(resumption: Resumption) {
    const self = this.#self;
    const pid = this.#pid as Pid;
    if (resumption.tag === Tag.DOWN) throw new StartFailed((resumption.value as Down).reason);
    self.demonitor(this.ref as Ref, { flush: true });
    if (resumption.tag === Tag.TIMED_OUT) {
      if (this.#linked) self.unlink(pid);
      self.exit(pid, "kill");
      throw new StartFailed("timeout");
    }
    const answer = resumption.value as Started;
    if (answer.type === "failed") throw new StartFailed(answer.reason);
    if (answer.type === "ignored") throw new StartFailed("ignore", true);
    resumption.value = pid;
    return resumption;
  }
}
