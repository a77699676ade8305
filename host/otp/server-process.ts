// The process of a GenServer.
//
//   starter                       server
//   startLink ── spawn, link ──►  register(name) · init(args)
//       ◄──────── started ──────    │ ok
//                                   ▼
//                 ┌──────────►  waits for a message, or for `after(ms)`
//                 │                 │ call          │ cast          │ anything else
//                 │             handleCall      handleCast      handleInfo
//                 │                 └───────┬───────┴───────────────┘
//                 │   reply/noreply         │            stop, a throw, EXIT of the parent
//                 └── (cont: handleContinue)┤                        │
//                                           └──────────────► terminate ──► exits with the reason
//
// A callback that is a generator keeps the next message waiting until it has ended.
// A waiting server is this object and its state: no generator, no closure.
import type { Core } from "../runtime/core.ts";
import { Behaviour, operationOf } from "../runtime/behaviour.ts";
import { answer } from "../runtime/call.ts";
import { Exit, ExitReason, ReplyMessage, Tag } from "../runtime/messages.ts";
import { endReason } from "../runtime/reasons.ts";
import { Suspension, TIMEOUT, Waiting } from "../runtime/suspension.ts";
import type { From, Operation, Pid, Reason, Ref } from "../runtime/index.ts";
import type { AnyModule } from "./gen-server-module.ts";
import { stop, thrownResult } from "./results.ts";
import type { InitResult, Next, Result } from "./results.ts";

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
  readonly name: string | undefined;
  readonly hibernateAfterMs: number | undefined;
}

/** The request of `GenServer.stop`, sent with Tag.SYSTEM. */
export interface StopRequest {
  readonly stop: Reason;
}

/** The request of `GenServer.changeCode`, sent in the same way. */
export interface CodeRequest {
  readonly module: AnyModule;
  readonly extra: unknown;
}

/** Whether the new callbacks are in. */
export type CodeChange =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: Reason };

const forever = new Suspension(Waiting.CALLBACK, undefined, Infinity);
/** It ends with any message, which stays: the first delivery after it has none. */
const asleep = new Suspension(Waiting.HIBERNATION, undefined, Infinity);

/** Waits for a message; when its time has run out, the server sleeps. */
class UntilAsleep extends Suspension {
  constructor(ms: number) {
    super(Waiting.CALLBACK, undefined, ms);
  }
}

export class ServerProcess extends Behaviour {
  #module: AnyModule;
  /** Whose EXIT ends this server; 0 if it is linked to nobody. */
  readonly #parent: Pid | 0;
  #state: unknown = undefined;
  #birth: Birth | undefined;
  #idle = forever;

  constructor(core: Core, pid: Pid, module: AnyModule, parent: Pid | 0, birth: Birth) {
    super(core, pid);
    this.#module = module;
    this.#parent = parent;
    this.#birth = birth;
  }

  override get idle(): Suspension {
    return this.#idle;
  }

  override get parent(): Pid | 0 {
    return this.#parent;
  }

  override get supervises(): boolean {
    return this.#module.supervises === true;
  }

  override get label(): string | undefined {
    return this.#module.name;
  }

  // ---- birth ----

  override start(): Operation<unknown> | undefined {
    const birth = this.#birth!;
    if (birth.name !== undefined && !this.register(birth.name)) {
      const holder = this.whereis(birth.name);
      const reason = { alreadyStarted: holder ?? 0 };
      throw this.#refused({ type: "failed", reason }, "normal");
    }
    let answer: unknown;
    try {
      answer = this.#module.init(birth.args, this);
    } catch (error) {
      answer = this.#thrownByInit(error);
    }
    const operation = operationOf(answer);
    return operation === undefined
      ? this.#begin(answer as InitResult<unknown>)
      : this.#beginLater(operation);
  }

  *#beginLater(operation: Operation<unknown>): Operation<void> {
    let answer: unknown;
    try {
      answer = yield* operation;
    } catch (error) {
      answer = this.#thrownByInit(error);
    }
    const next = this.#begin(answer as InitResult<unknown>);
    if (next !== undefined) yield* next;
  }

  #begin(answer: InitResult<unknown> | undefined): Operation<unknown> | undefined {
    if (answer?.type === "ok") {
      this.#tellStarter({ type: "started" });
      const birth = this.#birth!;
      const isNeeded = birth.hibernateAfterMs !== undefined;
      this.#birth = isNeeded ? { ...birth, args: undefined } : undefined;
      this.#state = answer.state;
      return this.#follow(answer.next);
    }
    if (answer?.type === "ignore") throw this.#refused({ type: "ignored" }, "normal");
    const reason = answer?.type === "stop" ? answer.reason : { badReturn: "init" };
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
    if (name !== undefined && this.whereis(name) === this.pid) this.unregister(name);
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
    if (this.#idle === asleep) return this.#rest();
    if (tag === Tag.EXIT && (value as Exit).from === this.#parent) {
      return this.#end((value as Exit).reason);
    }
    if (tag === Tag.SYSTEM) {
      const request = value as StopRequest | CodeRequest;
      if ("stop" in request) return this.#end(request.stop);
      return this.#changeCode(request, { pid: from, ref });
    }
    if (tag === Tag.TIMED_OUT && this.#idle instanceof UntilAsleep) return this.#sleep();
    const module = this.#module;
    let asker: From | undefined;
    let result: unknown;
    try {
      if (tag === Tag.CALL) {
        asker = { pid: from, ref };
        const { handleCall } = module;
        result = typeof handleCall === "function"
          ? handleCall.call(module, value, asker, this.#state, this)
          : handleCall![kindOf("handleCall", handleCall, value)]!(value, asker, this.#state, this);
      } else if (tag === Tag.CAST) {
        const { handleCast } = module;
        result = typeof handleCast === "function"
          ? handleCast.call(module, value, this.#state, this)
          : handleCast![kindOf("handleCast", handleCast, value)]!(value, this.#state, this);
      } else {
        const message = tag === Tag.TIMED_OUT ? TIMEOUT
          : tag === Tag.REPLY ? new ReplyMessage(ref, value) : value;
        // A server without handleInfo drops what it does not know.
        if (module.handleInfo === undefined) return this.#follow(undefined);
        result = module.handleInfo(message, this.#state, this);
      }
      return this.#apply(result, asker);
    } catch (error) {
      return this.#thrown(error, asker);
    }
  }

  /** A result that is thrown is an answer; all else ends the server. */
  #thrown(error: unknown, asker: From | undefined): Operation<unknown> | undefined {
    const result = thrownResult(error);
    if (result === undefined) return this.#end(endReason(error));
    try {
      return this.#apply(result, asker);
    } catch (wrong) {
      return this.#end(endReason(wrong));
    }
  }

  /** Does what a callback's answer says, at once or when its operation has ended. */
  #apply(given: unknown, asker: From | undefined): Operation<unknown> | undefined {
    const result = given as Result<unknown> | undefined;
    switch (result?.type) {
      case "reply":
        if (asker === undefined) throw new ExitReason({ badReturn: "reply without a call" });
        answer(this.core, this.pid, asker, result.value);
        this.#state = result.state;
        return this.#follow(result.next);
      case "noreply":
        this.#state = result.state;
        return this.#follow(result.next);
      case "stop":
        if (result.reply !== undefined && asker !== undefined) {
          answer(this.core, this.pid, asker, result.reply.value);
        }
        if (result.state !== undefined) this.#state = result.state;
        return this.#end(result.reason);
      default: {
        const operation = operationOf(given);
        if (operation === undefined) throw new ExitReason({ badReturn: "not a result" });
        return this.#applyLater(operation, asker);
      }
    }
  }

  *#applyLater(operation: Operation<unknown>, asker: From | undefined): Operation<void> {
    let next: Operation<unknown> | undefined;
    try {
      next = this.#apply(yield* operation, asker);
    } catch (error) {
      next = this.#thrown(error, asker);
    }
    if (next !== undefined) yield* next;
  }

  /** What comes right after a callback, before any message. */
  #follow(next: Next): Operation<unknown> | undefined {
    if (next === undefined) return this.#rest();
    if (next.type === "hibernate") return this.#sleep();
    if (next.type === "timeout") {
      this.#idle = new Suspension(Waiting.CALLBACK, undefined, next.ms);
      return undefined;
    }
    try {
      if (this.#module.handleContinue === undefined) throw unknownRequest("handleContinue");
      return this.#apply(this.#module.handleContinue(next.term, this.#state, this), undefined);
    } catch (error) {
      return this.#thrown(error, undefined);
    }
  }

  /** Waits for the next message. */
  #rest(): undefined {
    const afterMs = this.#birth?.hibernateAfterMs;
    this.#idle = afterMs === undefined ? forever : new UntilAsleep(afterMs);
    return undefined;
  }

  #sleep(): undefined {
    this.#idle = asleep;
    return undefined;
  }

  // ---- code change ----

  #changeCode({ module, extra }: CodeRequest, asker: From): Operation<unknown> | undefined {
    let given: unknown;
    try {
      if (module.codeChange === undefined) throw unknownRequest("codeChange");
      given = module.codeChange(this.#state, extra, this);
    } catch (error) {
      given = failedChange(error);
    }
    const operation = operationOf(given);
    return operation === undefined ? this.#change(module, given, asker)
      : this.#changeLater(module, operation, asker);
  }

  *#changeLater(
    module: AnyModule, operation: Operation<unknown>, asker: From,
  ): Operation<void> {
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
  #change(module: AnyModule, given: unknown, asker: From): Operation<unknown> | undefined {
    const result = given as InitResult<unknown> | undefined;
    if (result?.type === "ok") {
      this.#module = module;
      this.#state = result.state;
      this.#told(asker, { ok: true });
      return result.next === undefined ? undefined : this.#follow(result.next);
    }
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
  #end(reason: Reason): Operation<never> {
    try {
      return endAfter(operationOf(this.#module.terminate?.(reason, this.#state, this)), reason);
    } catch (error) {
      // OTP as well: the reason of a terminate that crashes takes the place of the first.
      return endAfter(undefined, endReason(error));
    }
  }
}

/** The kind of a request, of which there is a callback; as OTP's undef else. */
function kindOf(callback: string, handlers: object | undefined, request: unknown): string {
  if (handlers === undefined) throw unknownRequest(callback);
  const kind = (request as { kind?: unknown } | null | undefined)?.kind;
  if (typeof kind === "string" && Object.hasOwn(handlers, kind)) return kind;
  throw unknownRequest(`${callback}.${String(kind)}`);
}

/** The new callbacks refuse, by a result or an error that was thrown. */
function failedChange(error: unknown): unknown {
  return thrownResult(error) ?? stop(endReason(error));
}

/** As OTP's undef: the module lacks the callback for what has come. */
function unknownRequest(callback: string): ExitReason {
  return new ExitReason({ undefined: callback });
}

function* endAfter(operation: Operation<unknown> | undefined, reason: Reason): Operation<never> {
  if (operation !== undefined) yield* operation;
  throw new ExitReason(reason);
}
