// What the processes of all behaviours have in common: the start, the wait for messages, the change
// of callbacks and the end.
//
//   starter                       server
//   startLink ── spawn, link ──►  register(name) · init(args)
//       ◄──────── started ──────    │ accepted
//                                   ▼
//                 ┌──────────►  waits for a message
//                 │                 │                 stop, EXIT of the parent
//                 │             handle(message)                │
//                 └─────────────────┘                          ▼
//                                                  terminate ──► exits with the reason
//
// A callback that is a generator keeps the next message waiting until it has ended.
// A waiting server is this object and its state: no generator, no closure.
import type { Core } from "../runtime/core.ts";
import { Behaviour, operationOf } from "../runtime/behaviour.ts";
import type { CrashStatus } from "../runtime/behaviour.ts";
import { answer } from "../runtime/call.ts";
import { Ending } from "../runtime/ending.ts";
import { Exit, ExitReason, Tag } from "../runtime/messages.ts";
import { endReason } from "../runtime/reasons.ts";
import { Suspension, Waiting } from "../runtime/suspension.ts";
import type { From, Operation, Pid, Process, Reason, Ref, Via } from "../runtime/index.ts";
import type { CodeChange, CodeRequest } from "./code-change.ts";
import { stop, thrownResult } from "./results.ts";
import type { Ignore, Stop } from "./results.ts";
import type { SupervisedChild } from "./children.ts";
import { answerSystem, snapshot, SystemWait } from "./system.ts";
import type { SystemMessage, SystemRequest } from "./system.ts";

/** What the starter is told, as the reply to its reference. */
export type Started =
  | { readonly type: "started" }
  | { readonly type: "ignored" }
  | { readonly type: "failed"; readonly reason: Reason };

/** Known until init has ended, and longer of who hibernates after a time. */
export interface Birth {
  readonly args: unknown;
  readonly starter: Pid;
  readonly ref: Ref;
  readonly name: string | Via | undefined;
  readonly hibernateAfterMs: number | undefined;
}

/** The callbacks that the modules of all behaviours have. */
export interface CommonModule {
  readonly name?: string;
  readonly supervises?: boolean;
  /** @internal The children of a supervisor. */
  supervised?(state: any): readonly SupervisedChild[];
  init(args: any, self: Process): unknown;
  formatStatus?(status: any): object;
}

/** The request of `GenServer.stop`, sent with Tag.SYSTEM. */
export interface StopRequest {
  readonly stop: Reason;
}

type AnySystemRequest = StopRequest | CodeRequest | SystemRequest;

const forever = new Suspension(Waiting.CALLBACK, undefined, Infinity);
/** It ends with any message, which stays: the first delivery after it has none. */
const asleep = new Suspension(Waiting.HIBERNATION, undefined, Infinity);

/** Waits for a message; when its time has run out, the server sleeps. */
class UntilAsleep extends Suspension {
  constructor(ms: number) {
    super(Waiting.CALLBACK, undefined, ms);
  }
}

export abstract class ModuleProcess<Module extends CommonModule> extends Behaviour {
  protected module: Module;
  /** Whose EXIT ends this server; 0 if it is linked to nobody. */
  readonly #parent: Pid | 0;
  #birth: Birth | undefined;
  #idle = forever;

  constructor(core: Core, pid: Pid, module: Module, parent: Pid | 0, birth: Birth) {
    super(core, pid);
    this.module = module;
    this.#parent = parent;
    this.#birth = birth;
  }

  // ---- what each behaviour does its own way ----

  /** Whether `init` or `codeChange` has answered that the server is up. */
  protected abstract isReady(answer: unknown): boolean;
  /** Goes on from what `init` has answered: the server is up. */
  protected abstract begin(answer: unknown): Operation<unknown> | undefined;
  /** A message that is not the process's own business. */
  protected abstract handle(
    tag: number, from: Pid, ref: Ref, value: unknown,
  ): Operation<unknown> | undefined;
  /** The answer of the new module's `codeChange`. */
  protected abstract change(module: Module, extra: unknown): unknown;
  /** Goes on from what `codeChange` has answered. */
  protected abstract changed(answer: unknown): Operation<unknown> | undefined;
  /** Calls the module's `terminate`, if it has one. */
  protected abstract terminate(reason: Reason): unknown;

  /** @internal What `sys.getState` shows. */
  abstract systemState(): unknown;
  /** @internal Puts another state in the place of the one that `systemState` has shown. */
  abstract systemReplace(state: unknown): void;

  // ---- what the runtime asks ----

  override get idle(): Suspension {
    return this.#idle;
  }

  override get parent(): Pid | 0 {
    return this.#parent;
  }

  override get supervises(): boolean {
    return this.module.supervises === true;
  }

  /** @internal Undefined: it is no supervisor, or has not started yet. */
  get children(): readonly SupervisedChild[] | undefined {
    const state = this.module.supervised === undefined ? undefined : this.systemState();
    return state === undefined ? undefined : this.module.supervised!(state);
  }

  override formatted(shown: CrashStatus): CrashStatus {
    const status = { ...shown, state: snapshot(this.systemState()) };
    return this.module.formatStatus === undefined ? status
      : { ...status, ...this.module.formatStatus(status) };
  }

  override get label(): string | undefined {
    return this.module.name;
  }

  // ---- birth ----

  override start(): Operation<unknown> | undefined {
    const birth = this.#birth!;
    if (birth.name !== undefined && !this.core.register(this.pid, birth.name)) {
      const reason = { alreadyStarted: this.core.resolve(birth.name) };
      throw this.#refused({ type: "failed", reason }, "normal");
    }
    let answer: unknown;
    try {
      answer = this.module.init(birth.args, this);
    } catch (error) {
      answer = this.#thrownByInit(error);
    }
    const operation = operationOf(answer);
    return operation === undefined
      ? this.#begin(answer)
      : this.#beginLater(operation);
  }

  *#beginLater(operation: Operation<unknown>): Operation<void> {
    let answer: unknown;
    try {
      answer = yield* operation;
    } catch (error) {
      answer = this.#thrownByInit(error);
    }
    const next = this.#begin(answer);
    if (next !== undefined) yield* next;
  }

  #begin(answer: unknown): Operation<unknown> | undefined {
    if (this.isReady(answer)) {
      this.#tellStarter({ type: "started" });
      const birth = this.#birth!;
      const isNeeded = birth.hibernateAfterMs !== undefined;
      this.#birth = isNeeded ? { ...birth, args: undefined } : undefined;
      return this.begin(answer);
    }
    const result = answer as Ignore | Stop<unknown> | undefined;
    if (result?.type === "ignore") throw this.#refused({ type: "ignored" }, "normal");
    const reason = result?.type === "stop" ? result.reason : { badReturn: "init" };
    throw this.#refused({ type: "failed", reason }, reason);
  }

  /** A result that is thrown is an answer. */
  #thrownByInit(error: unknown): unknown {
    const result = thrownResult(error);
    if (result !== undefined) return result;
    const reason = endReason(error);
    throw this.#refused({ type: "failed", reason }, reason);
  }

  /** The name is free and the link is gone before the starter hears of it: it gets one answer. */
  #refused(answer: Started, reason: Reason): ExitReason {
    const { name, starter } = this.#birth!;
    if (name !== undefined) this.core.giveUp(this.pid, name);
    if (this.#parent !== 0) this.unlink(starter);
    this.#tellStarter(answer);
    return new ExitReason(reason);
  }

  #tellStarter(answer: Started): void {
    const { starter, ref } = this.#birth!;
    this.core.send(this.pid, starter, Tag.REPLY, ref, answer);
  }

  // ---- life ----

  deliver(tag: number, from: Pid, ref: Ref, value: unknown): Operation<unknown> | undefined {
    if (this.#idle === asleep) return this.rest();
    if (tag === Tag.EXIT && (value as Exit).from === this.#parent) {
      return this.end((value as Exit).reason);
    }
    if (tag === Tag.SYSTEM) {
      return this.#system(value as AnySystemRequest, { pid: from, ref });
    }
    if (tag === Tag.TIMED_OUT && this.#idle instanceof UntilAsleep) return this.sleep();
    return this.handle(tag, from, ref, value);
  }

  /** Waits for the next message. */
  protected rest(): undefined {
    const afterMs = this.#birth?.hibernateAfterMs;
    this.#idle = afterMs === undefined ? forever : new UntilAsleep(afterMs);
    return undefined;
  }

  /** Waits for the next message, for so long; then TIMED_OUT is handled. */
  protected restFor(ms: number): undefined {
    this.#idle = new Suspension(Waiting.CALLBACK, undefined, ms);
    return undefined;
  }

  protected sleep(): undefined {
    this.#idle = asleep;
    return undefined;
  }

  // ---- system messages ----

  #system(
    request: AnySystemRequest, asker: From, isSuspended = false,
  ): Operation<unknown> | undefined {
    if ("stop" in request) return this.end(request.stop);
    if ("module" in request) return this.#changeCode(request, asker);
    if (request.sys === "suspend" && !isSuspended) return this.#suspended(asker);
    answerSystem(this, request, asker, isSuspended);
    return undefined;
  }

  /** Handles system messages alone, until `resume`. */
  *#suspended(first: From): Operation<void> {
    answerSystem(this, { sys: "suspend" }, first, true);
    for (const wait = new SystemWait(this.#parent);;) {
      const taken: SystemMessage | Exit = yield* wait;
      if (taken instanceof Exit) {
        yield* this.end(taken.reason);
        return;
      }
      const request = taken.value as AnySystemRequest;
      const operation = this.#system(request, taken.asker, true);
      if (operation !== undefined) yield* operation;
      if ("sys" in request && request.sys === "resume") break;
    }
    // As OTP: a time-out begins anew.
    if (this.#idle instanceof UntilAsleep) this.rest();
    else if (this.#idle.timeoutMs !== Infinity) this.restFor(this.#idle.timeoutMs);
  }

  // ---- code change ----

  #changeCode(request: CodeRequest, asker: From): Operation<unknown> | undefined {
    const module = request.module as Module;
    let given: unknown;
    try {
      given = this.change(module, request.extra);
    } catch (error) {
      given = failedChange(error);
    }
    const operation = operationOf(given);
    return operation === undefined ? this.#change(module, given, asker)
      : this.#changeLater(module, operation, asker);
  }

  *#changeLater(module: Module, operation: Operation<unknown>, asker: From): Operation<void> {
    let given: unknown;
    try {
      given = yield* operation;
    } catch (error) {
      given = failedChange(error);
    }
    const next = this.#change(module, given, asker);
    if (next !== undefined) yield* next;
  }

  /** What the server waits for goes on, if the new code does not say otherwise. */
  #change(module: Module, given: unknown, asker: From): Operation<unknown> | undefined {
    if (this.isReady(given)) {
      this.module = module;
      this.#told(asker, { ok: true });
      return this.changed(given);
    }
    const result = given as Stop<unknown> | undefined;
    const reason = result?.type === "stop" ? result.reason : { badReturn: "codeChange" };
    this.#told(asker, { ok: false, reason });
    return undefined;
  }

  /** A reason that can't be sent must not end the server: it goes as `endReason` makes it. */
  #told(asker: From, change: CodeChange): void {
    answer(this.core, this.pid, asker, change.ok ? change
      : { ok: false, reason: endReason(new ExitReason(change.reason)) });
  }

  // ---- end ----

  /**
   * Runs `terminate`; what it answers ends the process. It throws nothing itself: a caller that
   * catches what callbacks throw would end, and run `terminate`, twice.
   */
  protected end(reason: Reason): Operation<never> {
    try {
      const operation = operationOf(this.terminate(reason));
      return operation === undefined ? new Ending(reason) : endAfter(operation, reason);
    } catch (error) {
      // OTP as well: the reason of a terminate that crashes takes the place of the first.
      return new Ending(endReason(error));
    }
  }
}

/** The kind of a request, of which there is a callback; as OTP's undef else. */
export function kindOf(callback: string, handlers: object | undefined, request: unknown): string {
  if (handlers === undefined) throw unknownCallback(callback);
  const kind = (request as { kind?: unknown } | null | undefined)?.kind;
  if (typeof kind === "string" && Object.hasOwn(handlers, kind)) return kind;
  throw unknownCallback(`${callback}.${String(kind)}`);
}

/** The new callbacks refuse, by a result or an error that was thrown. */
function failedChange(error: unknown): unknown {
  return thrownResult(error) ?? stop(endReason(error));
}

/** As OTP's undef: the module lacks the callback for what has come. */
export function unknownCallback(callback: string): ExitReason {
  return new ExitReason({ undefined: callback });
}

function* endAfter(operation: Operation<unknown>, reason: Reason): Operation<never> {
  yield* operation;
  throw new ExitReason(reason);
}
