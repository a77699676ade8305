// OTP's public face: behaviours on the runtime.
export { Agent } from "./agent.ts";
export type { AgentRef } from "./agent.ts";
export { Application } from "./application.ts";
export type {
  ApplicationResult, ApplicationSpec, ApplicationType, EnsureResult, Env,
} from "./application.ts";
export type { Backoff } from "./backoff.ts";
export type {
  AutoShutdown, ChildSpec, CompleteSpec, Restart, Shutdown, SpecProblem,
} from "./child-spec.ts";
export type { ChildCounts, ChildInfo } from "./children.ts";
export type { DynamicChildSpec } from "./dynamic-children.ts";
export { DynamicSupervisor } from "./dynamic-supervisor.ts";
export type { DynamicSupervisorPid } from "./dynamic-supervisor.ts";
export type {
  DynamicSupervisorSpec, StartDynamicChildResult, TerminateDynamicChildResult,
} from "./dynamic-supervisor-server.ts";
export { removeHandler, swapHandler } from "./event-handler.ts";
export type {
  EventHandler, HandlerCallResult, HandlerEnd, HandlerExit, HandlerId, HandlerResult, Swap,
  SwapArgs,
} from "./event-handler.ts";
export { EventManager } from "./event-manager.ts";
export type { EventManagerRef, HandlerOptions, SwapOptions } from "./event-manager.ts";
export type { HandlerFailure, HandlerReply } from "./event-manager-server.ts";
export { GenServer, StartFailed } from "./gen-server.ts";
export type { ChildOptions, GenServerModule, ServerOptions } from "./gen-server.ts";
export type { CallHandlers, CastHandlers } from "./gen-server-module.ts";
export { GenStateMachine } from "./gen-state-machine.ts";
export type {
  Action, CallEvent, EnterResult, GenStateMachineModule, InsertedEvent, MachineEvent,
  MachineMessages, SomeHandlers, StateHandlers, StateResult,
} from "./gen-state-machine-module.ts";
export {
  changeCallbackModule, eventTimeout, genericTimeout, keepState, keepStateAndData, nextEvent,
  nextState, popCallbackModule, postpone, pushCallbackModule, repeatState, repeatStateAndData,
  replyTo, stateTimeout, stopAndReply,
} from "./state-machine-results.ts";
export type {
  EventTimeout, GenericTimeout, KeepState, KeepStateAndData, NextEvent, NextState, Postpone,
  ReplyTo, StateTimeout, StopAndReply, TimeoutOptions, When,
} from "./state-machine-results.ts";
export { PartitionSupervisor } from "./partition-supervisor.ts";
export type { Partitions, PartitionSupervisorSpec } from "./partition-supervisor.ts";
export { Registry } from "./registry.ts";
export type {
  DuplicateRegistry, RegisterResult, RegistryEntry, RegistryEvent, RegistryOptions, UniqueRegistry,
  UpdateValueResult,
} from "./registry.ts";
export { RequestId, RequestIds } from "./requests.ts";
export type { LabelledResponse, MultiCallResult, Response } from "./requests.ts";
export type { CodeChange } from "./code-change.ts";
export type { Strategy } from "./restart.ts";
export {
  after, cont, hibernate, ignore, noreply, ok, reply, stop, stopReply,
} from "./results.ts";
export type {
  CallResult, CastResult, Hibernate, Ignore, InitResult, Next, NoReply, Ok, Reply, Stop,
} from "./results.ts";
export {
  BroadcastDispatcher, DemandDispatcher, PartitionDispatcher,
} from "./dispatchers.ts";
export type { Deliver, Demand, Dispatcher } from "./dispatchers.ts";
export { emit, Stage } from "./stage.ts";
export type {
  CancelMode, ConsumerOptions, Emit, ProducerOptions, StageInit, StageModule, StageResult,
  SubscribeOptions, Subscription,
} from "./stage-types.ts";
export { Supervisor } from "./supervisor.ts";
export type {
  ChildResult, ChildSpecResult, RestartChildResult, StartChildResult, SupervisorChildOptions,
  SupervisorPid, SupervisorSpec,
} from "./supervisor-types.ts";
export { sys } from "./sys.ts";
export type { ServerStatus, Status } from "./system.ts";
export type { SupervisionTree } from "./supervision-tree.ts";
export { Task } from "./task.ts";
export type { YieldManyOptions } from "./task.ts";
export { TaskFailed } from "./task-process.ts";
export type { TaskOutcome } from "./task-process.ts";
export type { TaskStream, TaskStreamOptions } from "./task-stream.ts";
export { TaskSupervisor } from "./task-supervisor.ts";
