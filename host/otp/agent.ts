// Agent: a state that a process keeps, and functions over it that run there.
//
//   const total = yield* Agent.startLink(self, () => 0);
//   yield* Agent.update(self, total, (n) => n + 1);
//   const n = yield* Agent.get(self, total, (n) => n);       // a number, a copy
//
// A function is handed over, not copied: what it takes along from outside must not be changed any
// more. One that takes long keeps all others waiting. What it throws ends the agent, and the call.
import { Status } from "../kernel/abi.ts";
import { CALL_TIMEOUT_MS, CallOperation } from "../runtime/call.ts";
import { Tag } from "../runtime/messages.ts";
import type { Destination, Operation, Pid, Process, Reason } from "../runtime/index.ts";
import type { ChildSpec } from "./child-spec.ts";
import { GenServer } from "./gen-server.ts";
import type { ChildOptions, GenServerModule, ServerOptions } from "./gen-server.ts";
import { noreply, ok, reply } from "./results.ts";

declare const agentState: unique symbol;

/** An agent of which it is known what it keeps, by pid or name. */
export type AgentRef<S, D extends Destination = Destination> =
  D & {
    /** Types only. */
    readonly [agentState]?: (state: S) => S;
  };

/** What is asked: the reply and the next state, of the old one. */
type Step = (state: any) => readonly [reply: unknown, state: unknown];

/**
 * A state that functions read and change. @see Elixir's Agent
 * @namespace
 */
export const Agent = {
  /**
   * Starts an agent that is linked to this process; its state is what the function answers there.
   * Throws StartFailed with what the function throws. @see Elixir's Agent.start_link/2
   */
  startLink<S>(
    self: Process, init: () => S, options?: ServerOptions,
  ): Operation<AgentRef<S, Pid>> {
    return GenServer.startLink(self, agentModule, init, options);
  },

  /** As startLink, without the link. @see Elixir's Agent.start/2 */
  start<S>(self: Process, init: () => S, options?: ServerOptions): Operation<AgentRef<S, Pid>> {
    return GenServer.start(self, agentModule, init, options);
  },

  /** It as a child of a supervisor. */
  spec(init: () => unknown, options?: ChildOptions): ChildSpec {
    return GenServer.spec(agentModule, init, options);
  },

  /** Says what an agent keeps where only its name or pid is known: nothing is checked. */
  ref<S>(agent: Destination): AgentRef<S> {
    return agent;
  },

  /**
   * What a function makes of the state, copied to this process. Throws CallFailed as a call does.
   * @see Elixir's Agent.get/3
   */
  get<S, V>(
    self: Process, agent: AgentRef<S>, read: (state: S) => V, timeoutMs?: number,
  ): Operation<V> {
    return ask(self, agent, (state) => [read(state), state], timeoutMs);
  },

  /** Puts another state in the place of the old one, and waits for it. @see Agent.update/3 */
  update<S>(
    self: Process, agent: AgentRef<S>, change: (state: S) => NoInfer<S>, timeoutMs?: number,
  ): Operation<void> {
    return ask(self, agent, (state) => [undefined, change(state)], timeoutMs);
  },

  /** Both: a function answers the value and the next state. @see Agent.get_and_update/3 */
  getAndUpdate<S, V>(
    self: Process, agent: AgentRef<S>, step: (state: S) => readonly [value: V, state: NoInfer<S>],
    timeoutMs?: number,
  ): Operation<V> {
    return ask(self, agent, step, timeoutMs);
  },

  /** As update, without waiting; false if there is no such agent. @see Elixir's Agent.cast/2 */
  cast<S>(self: Process, agent: AgentRef<S>, change: (state: S) => NoInfer<S>): boolean {
    const pid = self.core.resolve(agent);
    return pid !== 0 &&
      self.core.sendOwned(self.pid, pid, Tag.CAST, 0, change) === Status.OK;
  },

  /** Ends an agent and waits until it is gone. As GenServer.stop. @see Elixir's Agent.stop/3 */
  stop(
    self: Process, agent: Destination, reason: Reason = "normal", timeoutMs = Infinity,
  ): Operation<void> {
    return GenServer.stop(self, agent, reason, timeoutMs);
  },
};

function ask<V>(
  self: Process, agent: Destination, step: Step, timeoutMs: number = CALL_TIMEOUT_MS,
): Operation<V> {
  return new CallOperation(self, agent, step, timeoutMs, true);
}

const agentModule: GenServerModule<unknown, () => unknown> = {
  name: "agent",
  init: (init) => ok(init()),

  handleCall(step: Step, _from, state) {
    const [value, next] = step(state);
    return reply(value, next);
  },

  handleCast: (change: (state: unknown) => unknown, state) => noreply(change(state)),
};
