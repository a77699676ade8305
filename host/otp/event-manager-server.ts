// The server of an event manager: its handlers, and what each event and request does to them.
//
//   event, other message ─► every handler, the last added first ─► ok · removed · swapped · failed
//   call to a handler ────► that one alone ─────────────────────► reply
//   a failure ─► terminate({ failed }) ─► report, HandlerExit to its supervisor; others go on
import { eventually } from "../runtime/behaviour.ts";
import { Exit } from "../runtime/messages.ts";
import { endReason } from "../runtime/reasons.ts";
import type { Operation, Pid, Process, Reason } from "../runtime/index.ts";
import type {
  AnyEventHandler, HandlerEnd, HandlerExit, RemoveHandler, Swap, SwapHandler,
} from "./event-handler.ts";
import type { GenServerModule } from "./gen-server-module.ts";
import { kindOf, unknownCallback } from "./module-process.ts";
import { noreply, ok, reply } from "./results.ts";
import type { Next, Ok, Reply, Stop } from "./results.ts";

/** Handed over by EventManager's functions, arguments copied. */
export type ManagerRequest =
  | { readonly kind: "notify"; readonly event: unknown }
  | { readonly kind: "add"; readonly added: Added }
  | { readonly kind: "delete"; readonly id: string; readonly args: unknown }
  | { readonly kind: "swap"; readonly id: string; readonly oldArgs: unknown; readonly added: Added }
  | { readonly kind: "call"; readonly id: string; readonly request: unknown }
  | { readonly kind: "which" };

export interface Added {
  readonly handler: AnyEventHandler;
  readonly id: string;
  readonly args: unknown;
  /** Who hears of its end; 0: nobody. */
  readonly supervisor: Pid | 0;
}

/** Why a request to a handler has come to nothing. */
export type HandlerFailure =
  | { readonly ok: false; readonly error: "not_found" | "already_present" }
  | { readonly ok: false; readonly error: "failed"; readonly reason: Reason };

/** What became of a call to a handler. */
export type HandlerReply<V> = { readonly ok: true; readonly value: V } | HandlerFailure;

interface Installed {
  readonly id: string;
  readonly handler: AnyEventHandler;
  readonly supervisor: Pid | 0;
  state: unknown;
}

type Result =
  Ok<unknown> | Reply<unknown> | RemoveHandler | SwapHandler<unknown> | Stop<unknown> | undefined;

class Handlers {
  readonly #self: Process;
  readonly #parent: Pid | 0;
  /** In the order in which they get events. */
  installed: Installed[] = [];
  /** Whether a handler has asked for that since the last message. */
  #hibernates: Next = undefined;

  constructor(self: Process, parent: Pid | 0) {
    this.#self = self;
    this.#parent = parent;
  }

  takeNext(): Next {
    const next = this.#hibernates;
    this.#hibernates = undefined;
    return next;
  }

  get ids(): string[] {
    return this.installed.map(({ id }) => id);
  }

  *handle(request: ManagerRequest): Operation<unknown> {
    switch (request.kind) {
      case "notify": return yield* this.notify(request.event);
      case "add": return yield* this.#add(request.added);
      case "which": return this.ids;
      case "call": return yield* this.#call(request.id, request.request);
      case "delete": {
        const one = this.#find(request.id);
        if (one === undefined) return { ok: false, error: "not_found" };
        return yield* this.#remove(one, { type: "deleted", args: request.args }, "normal");
      }
      case "swap": {
        const { id, oldArgs, added } = request;
        const one = this.#find(id);
        const isTaken = added.id !== id && this.#find(added.id) !== undefined;
        if (isTaken) return { ok: false, error: "already_present" };
        const ended = one && (yield* this.#swapOut(one, oldArgs, added.id));
        const supervisor = added.supervisor === 0 ? one?.supervisor ?? 0 : added.supervisor;
        const args = { args: added.args, from: ended };
        return yield* this.#add({ ...added, args, supervisor });
      }
    }
  }

  *notify(event: unknown): Operation<void> {
    for (const one of [...this.installed]) {
      yield* this.#update(one, () => one.handler.handleEvent(event, one.state, this.#self));
    }
  }

  *inform(message: unknown): Operation<void> {
    if (message instanceof Exit) yield* this.#supervisorEnded(message);
    for (const one of [...this.installed]) {
      const { handler } = one;
      if (handler.handleInfo === undefined) continue;
      yield* this.#update(one, () => handler.handleInfo!(message, one.state, this.#self));
    }
  }

  *stop(): Operation<void> {
    const all = this.installed;
    for (const one of all) yield* this.#remove(one, { type: "stopped" }, "shutdown");
    // An end of the manager is no end of theirs.
    for (const { supervisor } of all) {
      if (supervisor !== 0 && supervisor !== this.#parent) this.#self.unlink(supervisor);
    }
  }

  #find(id: string): Installed | undefined {
    return this.installed.find((one) => one.id === id);
  }

  *#add(added: Added): Operation<HandlerReply<string>> {
    const { id, supervisor } = added;
    if (this.#find(id) !== undefined) return { ok: false, error: "already_present" };
    // It stays when the handler is gone: another one may need it.
    if (supervisor !== 0) this.#self.link(supervisor);
    const one = yield* this.#started(added);
    if ("ok" in one) return one;
    this.installed.unshift(one);
    return { ok: true, value: id };
  }

  *#started({ handler, id, args, supervisor }: Added): Operation<Installed | HandlerFailure> {
    const result = yield* attempt(() => handler.init(args, this.#self));
    if (result.failed !== undefined) return { ok: false, error: "failed", ...result.failed };
    const given = result.value as Result;
    if (given?.type === "ok") {
      this.#note(given.next);
      return { id, handler, supervisor, state: given.state };
    }
    const reason = given?.type === "stop" ? given.reason : { badReturn: "init" };
    return { ok: false, error: "failed", reason };
  }

  *#call(id: string, request: unknown): Operation<unknown> {
    const one = this.#find(id);
    if (one === undefined) return { ok: false, error: "not_found" };
    return yield* this.#update(one, () => {
      const { handleCall } = one.handler;
      return typeof handleCall === "function"
        ? handleCall.call(one.handler, request, one.state, this.#self)
        : handleCall![kindOf("handleCall", handleCall, request)]!(request, one.state, this.#self);
    }, true);
  }

  /** Does what a callback answers; the reply to a call. */
  *#update(
    one: Installed, callback: () => unknown, isCall = false,
  ): Operation<HandlerReply<unknown>> {
    const { value, failed } = yield* attempt(callback);
    const given = value as Result;
    if (failed === undefined) {
      switch (given?.type) {
        case "ok":
        case "reply":
          if ((given.type === "reply") !== isCall) break;
          one.state = given.state;
          this.#note(given.next);
          return { ok: true, value: given.type === "reply" ? given.value : undefined };
        case "removeHandler":
          yield* this.#remove(one, { type: "removed" }, "normal");
          return { ok: true, value: given.value };
        case "swapHandler":
          one.state = given.state;
          yield* this.#swapInPlace(one, given.swap);
          return { ok: true, value: given.value };
      }
    }
    const reason = failed === undefined ? { badReturn: "not a result" } : failed.reason;
    yield* this.#remove(one, { type: "failed", reason }, reason);
    return { ok: false, error: "failed", reason };
  }

  #note(next: Next): void {
    if (next?.type === "hibernate") this.#hibernates = next;
  }

  /** Takes a handler out; answers what its `terminate` does. */
  *#remove(one: Installed, why: HandlerEnd, reason: Reason): Operation<HandlerReply<unknown>> {
    this.installed = this.installed.filter((other) => other !== one);
    return yield* this.#ended(one, why, reason);
  }

  *#ended(one: Installed, why: HandlerEnd, reason: Reason): Operation<HandlerReply<unknown>> {
    const { handler, id, state } = one;
    const { value, failed } = yield* attempt(() => handler.terminate?.(why, state, this.#self));
    this.#tell(one, reason);
    if (why.type === "failed") this.#report(id, reason);
    if (failed === undefined) return { ok: true, value };
    this.#report(id, failed.reason);
    return { ok: false, error: "failed", ...failed };
  }

  #tell({ id, supervisor }: Installed, reason: Reason): void {
    if (supervisor === 0) return;
    const exit: HandlerExit = { type: "handlerExit", manager: this.#self.pid, handler: id, reason };
    this.#self.send(supervisor, exit);
  }

  #report(handler: string, reason: Reason): void {
    this.#self.core.logger({ type: "handler_crash", pid: this.#self.pid, handler, reason });
  }

  /** What the old one's `terminate` has answered. */
  *#swapOut(one: Installed, args: unknown, to: string): Operation<unknown> {
    const ended = yield* this.#remove(one, { type: "swapped", args }, { swapped: to });
    return ended.ok ? ended.value : undefined;
  }

  /** As a handler itself has asked for: the new one stands where the old one was. */
  *#swapInPlace(one: Installed, { handler, oldArgs, args, id }: Swap): Operation<void> {
    const newId = id ?? handler.name;
    const other = this.#find(newId);
    const place = this.installed.indexOf(one);
    const from = yield* this.#swapOut(one, oldArgs, newId);
    const added: Added = {
      handler: handler as AnyEventHandler, id: newId, args: { args, from },
      supervisor: one.supervisor,
    };
    const started: Installed | HandlerFailure = other === undefined || other === one
      ? yield* this.#started(added) : { ok: false, error: "already_present" };
    if (!("ok" in started)) {
      this.installed.splice(place, 0, started);
      return;
    }
    const reason = started.error === "failed" ? started.reason : { alreadyPresent: newId };
    this.#tell({ ...added, state: undefined }, reason);
    this.#report(newId, reason);
  }

  *#supervisorEnded({ from, reason }: Exit): Operation<void> {
    for (const one of this.installed.filter(({ supervisor }) => supervisor === from)) {
      yield* this.#remove(one, { type: "supervisorEnded", reason }, "shutdown");
    }
  }
}

interface Attempt {
  readonly value?: unknown;
  readonly failed?: { readonly reason: Reason };
}

/** Runs a callback of a handler, to the end of what it waits for; nothing is thrown. */
function* attempt(callback: () => unknown): Operation<Attempt> {
  try {
    return { value: yield* eventually(callback()) };
  } catch (error) {
    return { failed: { reason: endReason(error) } };
  }
}

/** A manager is a server whose state are its handlers. */
export const eventManagerModule: GenServerModule<Handlers, Pid | 0> = {
  name: "eventManager",
  init(parent, self) {
    self.trapExit = true;
    return ok(new Handlers(self, parent));
  },
  *handleCall(request: ManagerRequest, _from, handlers) {
    if (typeof request !== "object" || request === null) throw unknownCallback("handleCall");
    const value = yield* handlers.handle(request);
    return reply(value, handlers, handlers.takeNext());
  },
  *handleCast(event: unknown, handlers) {
    yield* handlers.notify(event);
    return noreply(handlers, handlers.takeNext());
  },
  *handleInfo(message: unknown, handlers) {
    yield* handlers.inform(message);
    return noreply(handlers, handlers.takeNext());
  },
  terminate: (_reason, handlers) => handlers.stop(),
};
