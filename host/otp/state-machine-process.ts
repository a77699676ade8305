// The process of a GenStateMachine; module-process.ts has what it shares with other behaviours.
//
//   event: the queue's next, else a zero time-out, else a message
//     ▼
//   states[state].handle… ── has none ─► handleEvent
//     │ nextState, keepState, repeatState: actions are collected; replies go at once
//     ▼
//   changed or repeated? ─► enter (its actions are collected too) ─┐
//     ▼                                                            │
//   the transition ◄───────────────────────────────────────────────┘
//     · the event time-out ends, the state's if the state has changed
//     · postponed events go before the queue if the state has changed
//     · time-outs start · inserted events go before all others
//     ▼
//   the next event, or sleeps, or waits
import { operationOf } from "../runtime/behaviour.ts";
import { answer } from "../runtime/call.ts";
import { Ending } from "../runtime/ending.ts";
import { ExitReason, ReplyMessage, Tag } from "../runtime/messages.ts";
import { sleep } from "../runtime/operations.ts";
import { endReason } from "../runtime/reasons.ts";
import type { Operation, Pid, Reason, Ref } from "../runtime/index.ts";
import type { AnyEvent, AnyMachineModule } from "./gen-state-machine-module.ts";
import { callFor, hasEnter, insertedEvent, isSame, requestKind } from "./machine-events.ts";
import { MachineTimers } from "./machine-timers.ts";
import { ModuleProcess, unknownCallback } from "./module-process.ts";
import { thrownResult } from "./results.ts";
import type { Stop } from "./results.ts";
import type {
  AnyAction, AnyTimeout, KeepState, KeepStateAndData, ModuleChange, NextState, StopAndReply,
} from "./state-machine-results.ts";

type Staying = KeepState<unknown, AnyAction> | KeepStateAndData<AnyAction>;
type Going = NextState<unknown, unknown, AnyAction> | Staying;
type Result = Going | Stop<unknown> | StopAndReply<unknown>;

/** Events of its own that a machine handles before others have their turn. */
const EVENTS_PER_TURN = 40;

/** What comes of one event, collected until all its callbacks have answered. */
class Transition {
  readonly event: AnyEvent | undefined;
  state: unknown;
  data: unknown;
  /** A state enter call may do less. */
  isEntering = false;
  postpones = false;
  hibernates = false;
  timeouts: AnyTimeout[] | undefined = undefined;
  inserted: AnyEvent[] | undefined = undefined;

  /** Without an event: the first one, of `init`. */
  constructor(event: AnyEvent | undefined, state: unknown, data: unknown) {
    this.event = event;
    this.state = state;
    this.data = data;
  }
}

export class StateMachineProcess extends ModuleProcess<AnyMachineModule> {
  #state: unknown = undefined;
  #data: unknown = undefined;
  /** The next event is the last one here. */
  #queue: AnyEvent[] | undefined;
  #postponed: AnyEvent[] | undefined;
  #timers: MachineTimers | undefined;
  /** The callbacks below those that are pushed. */
  #below: AnyMachineModule[] | undefined;

  // ---- start, code change, end ----

  protected override isReady(answer: unknown): boolean {
    return (answer as Result | undefined)?.type === "nextState";
  }

  protected override begin(answer: NextState<unknown, unknown, AnyAction>) {
    const { state, data } = answer;
    this.#state = state;
    this.#data = data;
    const transition = new Transition(undefined, state, data);
    let waiting: Operation<unknown> | undefined;
    try {
      waiting = this.#go(answer, transition, true);
    } catch (error) {
      waiting = this.end(endReason(error));
    }
    return this.#goOn(waiting);
  }

  protected override change(module: AnyMachineModule, extra: unknown): unknown {
    if (module.codeChange === undefined) throw unknownCallback("codeChange");
    return module.codeChange(this.#state, this.#data, extra, this);
  }

  protected override changed({ state, data }: NextState<unknown, unknown>): undefined {
    this.#state = state;
    this.#data = data;
    return undefined;
  }

  protected override terminate(reason: Reason): unknown {
    return this.module.terminate?.(reason, this.#state, this.#data, this);
  }

  /** As OTP shows it: both at once. */
  override systemState(): { readonly state: unknown; readonly data: unknown } {
    return { state: this.#state, data: this.#data };
  }

  /** No state is entered by it. */
  override systemReplace(given: unknown): void {
    const { state, data } = given as { readonly state: unknown; readonly data: unknown };
    this.#state = state;
    this.#data = data;
  }

  // ---- events ----

  protected override handle(
    tag: number, from: Pid, ref: Ref, value: unknown,
  ): Operation<unknown> | undefined {
    const event = this.#eventOf(tag, from, ref, value);
    // Of a time-out that was cancelled: all goes on as before.
    return event === null ? undefined : this.#goOn(this.#dispatch(event));
  }

  #eventOf(tag: number, from: Pid, ref: Ref, value: unknown): AnyEvent | null {
    if (tag === Tag.CALL) {
      return { type: "call", kind: requestKind(value), request: value, from: { pid: from, ref } };
    }
    if (tag === Tag.CAST) return { type: "cast", message: value };
    if (tag === Tag.TIMER && this.#timers !== undefined) {
      const event = this.#timers.fired(ref);
      if (event !== undefined) return event;
    }
    return { type: "info", message: tag === Tag.REPLY ? new ReplyMessage(ref, value) : value };
  }

  /** After an event: the machine's own ones, before the next message. */
  #goOn(waiting: Operation<unknown> | undefined): Operation<unknown> | undefined {
    const next = waiting ?? this.#drain();
    return next === undefined || next instanceof Ending ? next : this.#goOnLater(next);
  }

  *#goOnLater(first: Operation<unknown>): Operation<void> {
    let waiting: Operation<unknown> | undefined = first;
    while (waiting !== undefined) {
      yield* waiting;
      waiting = this.#drain();
    }
  }

  /** Handles events until none is left, or something is to be waited for. */
  #drain(): Operation<unknown> | undefined {
    for (let left = EVENTS_PER_TURN; left > 0; left--) {
      const event = this.#queue?.pop() ?? this.#timers?.nextZero();
      if (event === undefined) return undefined;
      const waiting = this.#dispatch(event);
      if (waiting !== undefined) return waiting;
    }
    return sleep(0);
  }

  /** Handles one event: undefined once its transition is done. */
  #dispatch(event: AnyEvent): Operation<unknown> | undefined {
    const transition = new Transition(event, this.#state, this.#data);
    try {
      return this.#apply(callFor(event, this.#state, this.#data, this.module, this), transition);
    } catch (error) {
      return this.#thrown(error, transition);
    }
  }

  // ---- results ----

  /** A result that is thrown is an answer; all else ends the machine. */
  #thrown(error: unknown, transition: Transition): Operation<unknown> | undefined {
    const result = thrownResult(error);
    if (result === undefined) return this.#fail(error, transition);
    try {
      return this.#apply(result, transition);
    } catch (wrong) {
      return this.#fail(wrong, transition);
    }
  }

  /** Ends in the state that was being entered, if one was. */
  #fail(error: unknown, transition: Transition): Operation<never> {
    if (transition.isEntering) this.#leave(transition, undefined);
    return this.end(endReason(error));
  }

  /** Does what a callback's answer says, at once or when its operation has ended. */
  #apply(given: unknown, transition: Transition): Operation<unknown> | undefined {
    const result = given as Result | undefined;
    switch (result?.type) {
      case "nextState":
        return this.#go(result, transition, !isSame(result.state, this.#state));
      case "keepState":
      case "keepStateAndData":
        return this.#go(result, transition, false);
      case "repeatState":
      case "repeatStateAndData":
        return this.#go(result, transition, true);
      case "stop":
        this.#leave(transition, result.state);
        return this.end(result.reason);
      case "stopAndReply":
        for (const { from, value } of result.replies) answer(this.core, this.pid, from, value);
        this.#leave(transition, result.data);
        return this.end(result.reason);
      default: {
        const operation = operationOf(given);
        if (operation === undefined) throw new ExitReason({ badReturn: "not a result" });
        return this.#applyLater(operation, transition);
      }
    }
  }

  *#applyLater(operation: Operation<unknown>, transition: Transition): Operation<void> {
    let waiting: Operation<unknown> | undefined;
    try {
      waiting = this.#apply(yield* operation, transition);
    } catch (error) {
      waiting = this.#thrown(error, transition);
    }
    if (waiting !== undefined) yield* waiting;
  }

  /** The state and the data that `terminate` gets. */
  #leave(transition: Transition, data: unknown): void {
    this.#state = transition.state;
    this.#data = data === undefined ? transition.data : data;
  }

  /** Collects what a result asks for; then the state is entered, or the transition is done. */
  #go(result: Going, transition: Transition, enters: boolean): Operation<unknown> | undefined {
    if (result.type === "nextState") {
      if (transition.isEntering && !isSame(result.state, transition.state)) {
        throw new ExitReason({ badStateEnterReturn: "nextState" });
      }
      transition.state = result.state;
    }
    if ("data" in result) transition.data = result.data;
    for (const action of result.actions) this.#act(action, transition);
    const again = transition.isEntering ? result.type.startsWith("repeat") : enters;
    return again ? this.#enter(transition) : this.#transit(transition);
  }

  #act(action: AnyAction, transition: Transition): void {
    switch (action?.type) {
      case "replyTo":
        answer(this.core, this.pid, action.from, action.value);
        return;
      case "hibernate":
        transition.hibernates = true;
        return;
      case "eventTimeout":
      case "stateTimeout":
      case "timeout":
        (transition.timeouts ??= []).push(action);
        return;
    }
    if (transition.isEntering) {
      throw new ExitReason({ badStateEnterAction: action?.type ?? "not an action" });
    }
    switch (action?.type) {
      case "postpone":
        transition.postpones = true;
        return;
      case "nextEvent":
        (transition.inserted ??= []).push(insertedEvent(action.event));
        return;
      case "changeCallbackModule":
      case "pushCallbackModule":
      case "popCallbackModule":
        this.#changeModule(action);
        return;
      default:
        throw new ExitReason({ badAction: "not an action" });
    }
  }

  #changeModule(action: ModuleChange | { readonly type: "popCallbackModule" }): void {
    if (action.type === "popCallbackModule") {
      const below = this.#below?.pop();
      if (below === undefined) throw new ExitReason({ badAction: action.type });
      this.module = below;
      return;
    }
    if (action.type === "pushCallbackModule") (this.#below ??= []).push(this.module);
    this.module = action.module as AnyMachineModule;
  }

  /** The state enter call, if the state has one. */
  #enter(transition: Transition): Operation<unknown> | undefined {
    transition.isEntering = true;
    const { state, data } = transition;
    if (!hasEnter(this.module, state)) return this.#transit(transition);
    try {
      const event: AnyEvent = { type: "enter", oldState: this.#state };
      return this.#apply(callFor(event, state, data, this.module, this), transition);
    } catch (error) {
      return this.#thrown(error, transition);
    }
  }

  #transit(transition: Transition): undefined {
    const { event, state, timeouts, inserted } = transition;
    const isChange = !isSame(state, this.#state);
    this.#state = state;
    this.#data = transition.data;
    // The fake event of `init` can't be postponed.
    if (transition.postpones && event !== undefined) (this.#postponed ??= []).push(event);
    const timers = this.#timers;
    timers?.cancel("eventTimeout");
    if (isChange) {
      timers?.cancel("stateTimeout");
      if (this.#postponed !== undefined) {
        this.#insert(this.#postponed);
        this.#postponed = undefined;
      }
    }
    if (timeouts !== undefined) (this.#timers ??= new MachineTimers(this)).apply(timeouts);
    if (inserted !== undefined) this.#insert(inserted);
    return transition.hibernates ? this.sleep() : this.rest();
  }

  /** Puts events before all others, in their order. */
  #insert(events: readonly AnyEvent[]): void {
    const queue = this.#queue ??= [];
    for (let index = events.length - 1; index >= 0; index--) queue.push(events[index]!);
  }
}
