// GenStateMachine: a process that is in one of several states, each of which takes events its way.
//
//   interface Locking { calls: { press(request: { digit: number }): boolean } }
//   const door: GenStateMachineModule<"locked" | "open", number, number, Locking> = {
//     init: (code) => nextState("locked", code),
//     states: {
//       locked: { handleCall: { press: ({ digit }, from, code) => digit === code
//         ? nextState("open", code, replyTo(from, true))
//         : keepStateAndData(replyTo(from, false)) } },
//       open: { handleCall: { press: (_request, from, code) =>
//         nextState("locked", code, replyTo(from, false)) } },
//     },
//   };
//
// state-machine-process.ts draws the flow. Callbacks may be plain functions, generators or async.
// Requests go the same ways as a GenServer's.
import { CallOperation } from "../runtime/call.ts";
import type { Destination, Operation, Pid, Process, ServerPid } from "../runtime/index.ts";
import type { ChildSpec } from "./child-spec.ts";
import { GenServer, specOf } from "./gen-server.ts";
import type { Call, ChildOptions } from "./gen-server.ts";
import type {
  AnyMachineModule, GenStateMachineModule, MachineMessages,
} from "./gen-state-machine-module.ts";
import { changeCode } from "./code-change.ts";
import type { CodeChange } from "./code-change.ts";
import { StartOperation } from "./start-server.ts";
import type { ServerOptions } from "./start-server.ts";
import { StateMachineProcess } from "./state-machine-process.ts";

/**
 * A server whose answers depend on the state that it is in. @see gen_statem
 * @namespace
 */
export const GenStateMachine = {
  /**
   * Starts a machine that is linked to this process; answers its pid when `init` has answered.
   * Throws StartFailed otherwise, as `GenServer.startLink`. @see gen_statem:start_link/3,4
   */
  startLink<S, D, A, M = MachineMessages>(
    self: Process, module: GenStateMachineModule<S, D, A, M>, args: NoInfer<A>,
    options?: ServerOptions,
  ): Operation<ServerPid<M>> {
    return start(self, module as AnyMachineModule, args, true, options);
  },

  /** As startLink, without the link. @see gen_statem:start/3,4 */
  start<S, D, A, M = MachineMessages>(
    self: Process, module: GenStateMachineModule<S, D, A, M>, args: NoInfer<A>,
    options?: ServerOptions,
  ): Operation<ServerPid<M>> {
    return start(self, module as AnyMachineModule, args, false, options);
  },

  /** A child specification: what a supervisor needs to start such a machine. */
  spec<S, D, A, M = MachineMessages>(
    module: GenStateMachineModule<S, D, A, M>, args: NoInfer<A>, options: ChildOptions = {},
  ): ChildSpec {
    const starts = (self: Process): Operation<Pid> =>
      start(self, module as AnyMachineModule, args, true, options);
    return specOf(starts, options, module.name ?? "machine");
  },

  /**
   * Asks a machine and waits for its reply, by default for ever: a machine may postpone a call.
   * Throws CallFailed as `GenServer.call`. @see gen_statem:call/2,3
   */
  call: ((self: Process, server: Destination, request: unknown, timeoutMs = Infinity) =>
    new CallOperation(self, server, request, timeoutMs)) as Call,

  /**
   * Gives a running machine other callbacks, in the place of those that are on top, between two
   * messages. As `GenServer.changeCode`. @see sys:change_code/4,5 between suspend and resume
   */
  changeCode<S, D, A, M = MachineMessages>(
    self: Process, server: Destination, module: GenStateMachineModule<S, D, A, M>, extra?: unknown,
    timeoutMs?: number,
  ): Operation<CodeChange> {
    return changeCode(self, server, module as AnyMachineModule, extra, timeoutMs);
  },

  /** Says what a machine takes where only its name or pid is known: nothing is checked. */
  ref: GenServer.ref,
  /** Sends without waiting. @see GenServer.cast; gen_statem:cast/2 */
  cast: GenServer.cast as typeof GenServer.cast,
  /** Answers a call from any process; in a callback `replyTo`. @see gen_statem:reply/2 */
  reply: GenServer.reply,
  /** @see GenServer.sendRequest; gen_statem:send_request/2 */
  sendRequest: GenServer.sendRequest as typeof GenServer.sendRequest,
  /** @see GenServer.receiveResponse; gen_statem:receive_response/1,2,3 */
  receiveResponse: GenServer.receiveResponse as typeof GenServer.receiveResponse,
  /** @see GenServer.waitResponse; gen_statem:wait_response/1,2,3 */
  waitResponse: GenServer.waitResponse as typeof GenServer.waitResponse,
  /** @see GenServer.checkResponse; gen_statem:check_response/2,3 */
  checkResponse: GenServer.checkResponse as typeof GenServer.checkResponse,
  /** @see GenServer.requestIds; gen_statem:reqids_new/0 */
  requestIds: GenServer.requestIds,
  /** Ends a machine in order. @see GenServer.stop; gen_statem:stop/1,3 */
  stop: GenServer.stop,
};

function start<M>(
  self: Process, module: AnyMachineModule, args: unknown, linked: boolean,
  options: ServerOptions | undefined,
): Operation<ServerPid<M>> {
  return new StartOperation(StateMachineProcess, self, module, args, linked, options);
}
