// The process of a GenServer; module-process.ts has what it shares with other behaviours.
//
//                 ┌──────────►  waits for a message, or for `after(ms)`
//                 │                 │ call          │ cast          │ anything else
//                 │             handleCall      handleCast      handleInfo
//                 │                 └───────┬───────┴───────────────┘
//                 │   reply/noreply         │            stop, a throw
//                 └── (cont: handleContinue)┤                        │
//                                           └──────────────► terminate ──► exits with the reason
import { operationOf } from "../runtime/behaviour.ts";
import { answer } from "../runtime/call.ts";
import { ExitReason, ReplyMessage, Tag } from "../runtime/messages.ts";
import { endReason } from "../runtime/reasons.ts";
import { TIMEOUT } from "../runtime/suspension.ts";
import type { From, Operation, Pid, Reason, Ref } from "../runtime/index.ts";
import type { AnyModule } from "./gen-server-module.ts";
import { kindOf, ModuleProcess, unknownCallback } from "./module-process.ts";
import { thrownResult } from "./results.ts";
import type { Next, Ok, Result } from "./results.ts";

export class ServerProcess extends ModuleProcess<AnyModule> {
  #state: unknown = undefined;

  protected override isReady(answer: unknown): boolean {
    return (answer as Ok<unknown> | undefined)?.type === "ok";
  }

  protected override begin(answer: Ok<unknown>): Operation<unknown> | undefined {
    this.#state = answer.state;
    return this.#follow(answer.next);
  }

  protected override change(module: AnyModule, extra: unknown): unknown {
    if (module.codeChange === undefined) throw unknownCallback("codeChange");
    return module.codeChange(this.#state, extra, this);
  }

  protected override changed({ state, next }: Ok<unknown>): Operation<unknown> | undefined {
    this.#state = state;
    return next === undefined ? undefined : this.#follow(next);
  }

  protected override terminate(reason: Reason): unknown {
    return this.module.terminate?.(reason, this.#state, this);
  }

  protected override handle(
    tag: number, from: Pid, ref: Ref, value: unknown,
  ): Operation<unknown> | undefined {
    const module = this.module;
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

  override systemState(): unknown {
    const { shownState } = this.module;
    return shownState === undefined ? this.#state : shownState.get(this.#state);
  }

  override systemReplace(state: unknown): void {
    const { shownState } = this.module;
    this.#state = shownState === undefined ? state : shownState.set(this.#state, state);
  }

  /** A result that is thrown is an answer; all else ends the server. */
  #thrown(error: unknown, asker: From | undefined): Operation<unknown> | undefined {
    const result = thrownResult(error);
    if (result === undefined) return this.end(endReason(error));
    try {
      return this.#apply(result, asker);
    } catch (wrong) {
      return this.end(endReason(wrong));
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
        return this.end(result.reason);
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
    if (next === undefined) return this.rest();
    if (next.type === "hibernate") return this.sleep();
    if (next.type === "timeout") return this.restFor(next.ms);
    try {
      if (this.module.handleContinue === undefined) throw unknownCallback("handleContinue");
      return this.#apply(this.module.handleContinue(next.term, this.#state, this), undefined);
    } catch (error) {
      return this.#thrown(error, undefined);
    }
  }
}
