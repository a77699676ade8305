// EventManager: a process that hands each event to all its handlers, which come and go.
//
//   const alarms = yield* EventManager.startLink<Alarm>(self, { name: "alarms" });
//   yield* EventManager.addHandler(self, alarms, counting, 0);
//   EventManager.notify(self, alarms, { raised: "disk" });
//   const count = yield* EventManager.call(self, alarms, counting.name, "count");
//
// A handler that fails is removed and reported; the manager and the others go on.
import { CALL_TIMEOUT_MS, CallOperation } from "../runtime/call.ts";
import { Runtime } from "../runtime/index.ts";
import type {
  Destination, Kind, Operation, Pid, Process, Reason, ReplyOf, RequestOf, ServerMessages,
} from "../runtime/index.ts";
import type { ChildSpec } from "./child-spec.ts";
import type {
  AnyEventHandler, EventHandler, HandlerId, SwapArgs, UntypedHandler,
} from "./event-handler.ts";
import { eventManagerModule } from "./event-manager-server.ts";
import type { Added, HandlerReply, ManagerRequest } from "./event-manager-server.ts";
import { GenServer, specOf } from "./gen-server.ts";
import type { ChildOptions, ServerOptions } from "./gen-server.ts";

declare const eventsOf: unique symbol;

/** A manager, by pid or name, of which it is known what its events are. */
export type EventManagerRef<E, D extends Destination = Destination> =
  D & { readonly [eventsOf]: E };

/** How a handler is known. */
export interface HandlerOptions {
  /** Default: the handler's name. One module may be added several times with different ids. */
  readonly id?: string;
}

/** For a handler in the place of another. */
export interface SwapOptions extends HandlerOptions {
  /** For the old one's `terminate`. */
  readonly oldArgs?: unknown;
}

interface CallHandler {
  <M, K extends Kind<M, "calls">>(
    self: Process, manager: EventManagerRef<any>, handler: HandlerId<M>,
    request: RequestOf<M, "calls", K>, timeoutMs?: number,
  ): Operation<HandlerReply<ReplyOf<M, K>>>;
  <V = any>(
    self: Process, manager: EventManagerRef<any>, handler: UntypedHandler, request: unknown,
    timeoutMs?: number,
  ): Operation<HandlerReply<V>>;
}

/** What a handler was added as; its calls are known if its module says them. */
type AddResult<M> =
  Operation<HandlerReply<ServerMessages extends M ? string : HandlerId<M>>>;

/**
 * Hands each event to all its handlers. @see gen_event
 * @namespace
 */
export const EventManager = {
  /**
   * Starts a manager without handlers that is linked to this process. It traps exits, and ends with
   * its parent. Throws StartFailed for a name that is taken. @see gen_event:start_link/1,2
   */
  startLink<E = any>(
    self: Process, options?: ServerOptions,
  ): Operation<EventManagerRef<E, Pid>> {
    return GenServer.startLink(self, eventManagerModule, self.pid, options) as
      Operation<EventManagerRef<E, Pid>>;
  },

  /** As startLink, without the link. @see gen_event:start/1,2 */
  start<E = any>(self: Process, options?: ServerOptions): Operation<EventManagerRef<E, Pid>> {
    return GenServer.start(self, eventManagerModule, 0, options) as
      Operation<EventManagerRef<E, Pid>>;
  },

  /** A manager as a child of a supervisor. */
  spec(options: ChildOptions = {}): ChildSpec {
    return specOf((self) => EventManager.startLink(self, options), options, "eventManager");
  },

  /** Says what a manager's events are where only its name or pid is known: nothing is checked. */
  ref<E>(manager: Destination): EventManagerRef<E> {
    return manager as EventManagerRef<E>;
  },

  /**
   * Hands an event, a copy, to all handlers, and does not wait; false if there is no such manager.
   * @see gen_event:notify/2
   */
  notify<E>(self: Process | Runtime, manager: EventManagerRef<E>, event: NoInfer<E>): boolean {
    return GenServer.cast(self, manager as Destination, event);
  },

  /**
   * Hands an event to all handlers and waits until they have taken it. Throws CallFailed if the
   * manager is dead. @see gen_event:sync_notify/2
   */
  *syncNotify<E>(
    self: Process, manager: EventManagerRef<E>, event: NoInfer<E>,
  ): Operation<void> {
    yield* ask(self, manager, { kind: "notify", event: self.core.copy(event) });
  },

  /**
   * Adds a handler, before those that are there: it gets events first. The arguments are copied.
   * Answers its id; "already_present" if there is one with that id, "failed" with the reason if its
   * `init` does not answer `ok`. Throws CallFailed as all that follow. @see gen_event:add_handler/3
   */
  addHandler<E, S, A, M = ServerMessages>(
    self: Process, manager: EventManagerRef<E>, handler: EventHandler<S, A, NoInfer<E>, M>,
    args: NoInfer<A>, options: HandlerOptions = {},
  ): AddResult<M> {
    return add(self, manager, handler as AnyEventHandler, args, options, 0);
  },

  /**
   * The same, supervised: this process and the manager are linked. The handler is removed when this
   * process ends; when the handler is removed, a HandlerExit comes to this process.
   * @see gen_event:add_sup_handler/3
   */
  addSupHandler<E, S, A, M = ServerMessages>(
    self: Process, manager: EventManagerRef<E>, handler: EventHandler<S, A, NoInfer<E>, M>,
    args: NoInfer<A>, options: HandlerOptions = {},
  ): AddResult<M> {
    return add(self, manager, handler as AnyEventHandler, args, options, self.pid);
  },

  /**
   * Removes a handler and answers what its `terminate` does. @see gen_event:delete_handler/3
   */
  deleteHandler(
    self: Process, manager: EventManagerRef<any>, handler: string, args?: unknown,
  ): Operation<HandlerReply<any>> {
    return ask(self, manager, { kind: "delete", id: handler, args: self.core.copy(args) });
  },

  /**
   * Puts a handler in the place of another, between two events: its `init` gets what the old one's
   * `terminate` has answered. The old one's supervisor is the new one's. Without an old one it is
   * added. @see gen_event:swap_handler/3
   */
  swapHandler<E, S, A, M = ServerMessages>(
    self: Process, manager: EventManagerRef<E>, old: string,
    handler: EventHandler<S, SwapArgs<A>, NoInfer<E>, M>, args: NoInfer<A>,
    options: SwapOptions = {},
  ): AddResult<M> {
    return swap(self, manager, old, handler as AnyEventHandler, args, options, 0);
  },

  /** The same, supervised by this process. @see gen_event:swap_sup_handler/3 */
  swapSupHandler<E, S, A, M = ServerMessages>(
    self: Process, manager: EventManagerRef<E>, old: string,
    handler: EventHandler<S, SwapArgs<A>, NoInfer<E>, M>, args: NoInfer<A>,
    options: SwapOptions = {},
  ): AddResult<M> {
    return swap(self, manager, old, handler as AnyEventHandler, args, options, self.pid);
  },

  /**
   * Asks one handler; "not_found" if there is no such, "failed" if it has failed at that and is
   * removed. Throws CallFailed as `GenServer.call`. @see gen_event:call/3,4
   * @function
   */
  call: ((
    self: Process, manager: EventManagerRef<any>, handler: string, request: unknown,
    timeoutMs = CALL_TIMEOUT_MS,
  ) => ask(self, manager, { kind: "call", id: handler, request: self.core.copy(request) },
    timeoutMs)) as CallHandler,

  /** The ids of the handlers, the last added first. @see gen_event:which_handlers/1 */
  whichHandlers(self: Process, manager: EventManagerRef<any>): Operation<readonly string[]> {
    return ask(self, manager, { kind: "which" });
  },

  /**
   * Ends a manager in order: each handler's `terminate` runs. @see GenServer.stop; gen_event:stop/3
   */
  stop(
    self: Process, manager: EventManagerRef<any>, reason: Reason = "normal", timeoutMs = Infinity,
  ): Operation<void> {
    return GenServer.stop(self, manager as Destination, reason, timeoutMs);
  },
};

/** A request may hold a handler's functions: it is handed over, its arguments are copied. */
function ask(
  self: Process, manager: Destination, request: ManagerRequest, timeoutMs = Infinity,
): Operation<any> {
  return new CallOperation(self, manager, request, timeoutMs, true);
}

function added(
  self: Process, handler: AnyEventHandler, args: unknown, id: string | undefined,
  supervisor: Pid | 0,
): Added {
  return { handler, id: id ?? handler.name, args: self.core.copy(args), supervisor };
}

function add(
  self: Process, manager: Destination, handler: AnyEventHandler, args: unknown,
  { id }: HandlerOptions, supervisor: Pid | 0,
): Operation<any> {
  return ask(self, manager, { kind: "add", added: added(self, handler, args, id, supervisor) });
}

function swap(
  self: Process, manager: Destination, old: string, handler: AnyEventHandler, args: unknown,
  { id, oldArgs }: SwapOptions, supervisor: Pid | 0,
): Operation<any> {
  const other = added(self, handler, args, id, supervisor);
  return ask(self, manager,
    { kind: "swap", id: old, oldArgs: self.core.copy(oldArgs), added: other });
}
