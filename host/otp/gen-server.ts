// GenServer: a process that answers calls, one at a time, from a state that only it holds.
//
//   interface Counting { calls: { add(request: { n: number }): number } }
//   const counter: GenServerModule<number, number, Counting> = {
//     init: (start) => ok(start),
//     handleCall: { add: ({ n }, from, total) => reply(total + n, total + n) },
//   };
//   const server = yield* GenServer.startLink(self, counter, 0);
//   const total = yield* GenServer.call(self, server, { kind: "add", n: 5 });   // a number
//
// server-process.ts draws the flow. Callbacks may be plain functions, generators (which may wait
// and call) or async. `self` in a callback is the server's process. A module that does not say what
// it takes (`GenServerModule<number, number>`) has one handleCall and one handleCast for all.
import { isDeepStrictEqual } from "node:util";
import { answer, AwaitRef, CALL_TIMEOUT_MS, CallOperation } from "../runtime/call.ts";
import { ExitReason, Tag } from "../runtime/messages.ts";
import { immutable, Runtime, TIMEOUT } from "../runtime/index.ts";
import type {
  CallOptions, Destination, Down, From, Kind, Operation, Process, Reason, Ref, ReplyOf, RequestOf,
  ServerMessages, ServerPid, ServerRef, Timeout, UntypedServer,
} from "../runtime/index.ts";
import type { ChildSpec, Restart, Shutdown } from "./child-spec.ts";
import type { AnyModule, GenServerModule } from "./gen-server-module.ts";
import { awaitResponse, multiCall, RequestId, RequestIds, responseIn, send } from "./requests.ts";
import type { LabelledResponse, MultiCallResult, Response } from "./requests.ts";
import { changeCode } from "./code-change.ts";
import type { CodeChange } from "./code-change.ts";
import type { StopRequest } from "./module-process.ts";
import { ServerProcess } from "./server-process.ts";
import { StartOperation } from "./start-server.ts";
import type { ServerOptions } from "./start-server.ts";

export type { GenServerModule } from "./gen-server-module.ts";
export { StartFailed } from "./start-server.ts";
export type { ServerOptions } from "./start-server.ts";

/** What `GenServer.spec` takes: options of the start, and how a supervisor treats the child. */
export interface ChildOptions extends ServerOptions {
  /** Default: the options' name, then the module's. */
  readonly id?: string;
  readonly restart?: Restart;
  readonly shutdown?: Shutdown;
}

export interface Call {
  <M, K extends Kind<M, "calls">>(
    self: Process, server: ServerRef<M>, request: RequestOf<M, "calls", K>,
    options?: number | CallOptions,
  ): Operation<ReplyOf<M, K>>;
  <T = any>(
    self: Process, server: UntypedServer, request: unknown, options?: number | CallOptions,
  ): Operation<T>;
}

interface Cast {
  <M, K extends Kind<M, "casts">>(
    self: Process | Runtime, server: ServerRef<M>, message: RequestOf<M, "casts", K>,
  ): boolean;
  (self: Process | Runtime, server: UntypedServer, message: unknown): boolean;
}

interface SendRequest {
  <M, K extends Kind<M, "calls">>(
    self: Process, server: ServerRef<M>, request: RequestOf<M, "calls", K>,
  ): RequestId<ReplyOf<M, K>>;
  <T = any>(self: Process, server: UntypedServer, request: unknown): RequestId<T>;
}

interface AwaitResponse {
  <V>(self: Process, sent: RequestId<V>, timeoutMs?: number): Operation<Response<V> | Timeout>;
  <V, L>(
    self: Process, sent: RequestIds<V, L>, timeoutMs?: number,
  ): Operation<LabelledResponse<V, L> | Timeout | undefined>;
}

interface CheckResponse {
  <V>(self: Process, message: unknown, sent: RequestId<V>): Response<V> | undefined;
  <V, L>(
    self: Process, message: unknown, sent: RequestIds<V, L>,
  ): LabelledResponse<V, L> | undefined;
}

interface MultiCall {
  <M, K extends Kind<M, "calls">>(
    self: Process, servers: readonly ServerRef<M>[], request: RequestOf<M, "calls", K>,
    timeoutMs?: number,
  ): Operation<MultiCallResult<ReplyOf<M, K>>>;
  <T = any>(
    self: Process, servers: readonly UntypedServer[], request: unknown, timeoutMs?: number,
  ): Operation<MultiCallResult<T>>;
}

interface Abcast {
  <M, K extends Kind<M, "casts">>(
    self: Process, servers: readonly ServerRef<M>[], message: RequestOf<M, "casts", K>,
  ): void;
  (self: Process, servers: readonly UntypedServer[], message: unknown): void;
}

/** A specification with the options that servers of all kinds have. */
export function specOf(
  start: ChildSpec["start"], options: ChildOptions, defaultId: string,
): ChildSpec {
  const { name, restart, shutdown } = options;
  const id = options.id ?? (typeof name === "object" ? String(name.key) : name);
  return {
    id: id ?? defaultId,
    start,
    ...(restart !== undefined && { restart }),
    ...(shutdown !== undefined && { shutdown }),
  };
}

function call(
  self: Process, server: Destination, request: unknown, options: number | CallOptions = {},
): Operation<unknown> {
  if (typeof options === "number") return new CallOperation(self, server, request, options);
  const { timeoutMs = CALL_TIMEOUT_MS, signal } = options;
  return new CallOperation(self, server, request, timeoutMs, false, Tag.CALL, signal);
}

function cast(self: Process | Runtime, server: Destination, message: unknown): boolean {
  if (self instanceof Runtime) return self.core.send(0, server, Tag.CAST, 0, message);
  return self.core.send(self.pid, server, Tag.CAST, 0, message);
}

/**
 * A process that answers calls and casts, one at a time. @see gen_server
 * @namespace
 */
export const GenServer = {
  /**
   * Starts a server that is linked to this process; answers its pid when `init` has answered `ok`.
   * Throws StartFailed otherwise: the server is gone then, its name is free, and no Exit of it
   * comes.
   * @see gen_server:start_link/3,4, which answers {error, Reason} instead
   */
  startLink<S, A, M = ServerMessages>(
    self: Process, module: GenServerModule<S, A, M>, args: NoInfer<A>, options?: ServerOptions,
  ): Operation<ServerPid<M>> {
    return new StartOperation(ServerProcess, self, module as AnyModule, args, true, options);
  },

  /** As startLink, without the link. @see gen_server:start/3,4 */
  start<S, A, M = ServerMessages>(
    self: Process, module: GenServerModule<S, A, M>, args: NoInfer<A>, options?: ServerOptions,
  ): Operation<ServerPid<M>> {
    return new StartOperation(ServerProcess, self, module as AnyModule, args, false, options);
  },

  /** A child specification: what a supervisor needs to start such a server. */
  spec<S, A, M = ServerMessages>(
    module: GenServerModule<S, A, M>, args: NoInfer<A>, options: ChildOptions = {},
  ): ChildSpec {
    const start = (self: Process) => GenServer.startLink(self, module, args, options);
    return specOf(start, options, module.name ?? "server");
  },

  /**
   * Says what a server takes where only its name or pid is known: nothing is checked.
   * `const counter = GenServer.ref<Counting>("counter");`
   */
  ref<M>(server: Destination): ServerRef<M> {
    return server as ServerRef<M>;
  },

  /**
   * Asks a server and waits for its reply: a copy, the caller's own.
   * Throws CallFailed if the server is dead ("noproc"), ends before it replies, refuses the request
   * because its mailbox is full ("mailbox_full"), or takes longer than `timeoutMs` (a reply that
   * comes later is lost); the reason of `signal` if that is aborted first. @see gen_server:call/2,3
   * @function
   */
  call: call as Call,

  /**
   * Sends without waiting; false if there is no such server, or its mailbox is full.
   * @see gen_server:cast/2
   * @function
   */
  cast: cast as Cast,

  /**
   * Answers a call later, from any process; false if nobody waits for it any more.
   * @see gen_server:reply/2
   */
  reply<V>(self: Process, from: From<V>, value: NoInfer<V>): boolean {
    return answer(self.core, self.pid, from, value);
  },

  /**
   * Sends a request without waiting: the answer is received later, as with `receiveResponse`. Also
   * a dead server's: it says "noproc" then.
   * Throws CallFailed "mailbox_full" and PIDGEON_NOT_SENDABLE. O(size of the request).
   * @see gen_server:send_request/2
   * @function
   */
  sendRequest: send as SendRequest,

  /**
   * Waits for the answer to a request, or to the first of a collection that has one, which is out
   * then; undefined for an empty collection. After `timeoutMs` it answers TIMEOUT, and gives the
   * request, or all of the collection, up: a late answer is lost. O(messages passed over).
   * @see gen_server:receive_response/1,2,3
   * @function
   */
  receiveResponse: ((self: Process, sent: RequestId | RequestIds, timeoutMs = Infinity) =>
    awaitResponse(self, sent, timeoutMs, true)) as AwaitResponse,

  /**
   * As receiveResponse, but a request whose time has run out may be waited for again.
   * @see gen_server:wait_response/1,2,3
   * @function
   */
  waitResponse: ((self: Process, sent: RequestId | RequestIds, timeoutMs = Infinity) =>
    awaitResponse(self, sent, timeoutMs, false)) as AwaitResponse,

  /**
   * What a message that was received says of a request, or of one of a collection; undefined if it
   * is about none. For `handleInfo` and plain `receive`. O(1). @see gen_server:check_response/2,3
   * @function
   */
  checkResponse: responseIn as CheckResponse,

  /** An empty collection of requests. @see gen_server:reqids_new/0 */
  requestIds<V = any, L = unknown>(): RequestIds<V, L> {
    return new RequestIds();
  },

  /**
   * Asks several servers at once and waits for all of them, for `timeoutMs` together; late answers
   * are lost. O(servers + messages passed over for each answer).
   * @see gen_server:multi_call/2,3,4, where one name on several nodes is asked
   * @function
   */
  multiCall: ((self: Process, servers: readonly Destination[], request: unknown,
    timeoutMs = Infinity) => multiCall(self, servers, request, timeoutMs)) as MultiCall,

  /**
   * Casts to several servers; who is dead or unknown does not get it, and nobody hears of that.
   * @see gen_server:abcast/2,3, where it goes to one name on several nodes
   * @function
   */
  abcast: ((self: Process, servers: readonly Destination[], message: unknown) => {
    for (const server of servers) cast(self, server, message);
  }) as Abcast,

  /**
   * Gives a running server other callbacks, between two messages: their `codeChange` makes its
   * state of the old one. If that fails, or there is none, the old ones go on with the old state;
   * the answer tells why. `extra` is copied; the module is handed over.
   * Throws CallFailed as a call does. @see sys:change_code/4,5 between suspend and resume
   */
  changeCode<S, A, M = ServerMessages>(
    self: Process, server: Destination, module: GenServerModule<S, A, M>, extra?: unknown,
    timeoutMs?: number,
  ): Operation<CodeChange> {
    return changeCode(self, server, module as AnyModule, extra, timeoutMs);
  },

  /**
   * Ends a server in order (`terminate` runs) and waits until it is gone.
   * Throws ExitReason: "noproc", "timeout" (it goes on ending), "calling_self", or the reason with
   * which it ended if that is another one. @see gen_server:stop/1,3
   */
  *stop(
    self: Process, server: Destination, reason: Reason = "normal", timeoutMs = Infinity,
  ): Operation<void> {
    if (self.core.resolve(server) === self.pid) throw new ExitReason("calling_self");
    // A bad time is refused before anything is done.
    const ending = new AwaitRef(0 as Ref, timeoutMs);
    // The server ends with this very value.
    const sent = immutable(reason);
    self.core.mark(self.pid);
    const ref = self.monitor(server);
    ending.ref = ref;
    const request: StopRequest = { stop: sent };
    self.core.send(self.pid, server, Tag.SYSTEM, ref, request);
    const down: Down | Timeout = yield* ending;
    if (down === TIMEOUT) {
      self.demonitor(ref, { flush: true });
      throw new ExitReason("timeout");
    }
    if (!isDeepStrictEqual(down.reason, sent)) throw new ExitReason(down.reason);
  },
};
