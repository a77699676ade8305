// Writes steps: `A.send(B, "hello")`. Each method makes the data of one step of that process.
import type {
  Entry, InfoItem, Misuse, MonitorOptions, Pattern, Priority, SpawnOptions, Step, Target, Term,
  TimerOptions, Workers,
} from "./scenario.ts";

type Place = Actor | Target;

function place(to: Place): Target {
  return to instanceof Actor ? to.name : to;
}

/** A process of a scenario. */
export class Actor {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  spawn(child: Actor, options: SpawnOptions = {}): Step {
    return { actor: this.name, op: "spawn", child: child.name, ...options };
  }

  send(to: Place, body: Term, options: { ref?: string; priority?: boolean } = {}): Step {
    return { actor: this.name, op: "send", to: place(to), body, ...options };
  }

  sendEach(to: readonly Actor[], body: Term): Step {
    return { actor: this.name, op: "sendEach", to: to.map(({ name }) => name), body };
  }

  /** Sends the numbers from 1 on, or so often the same. */
  flood(to: Actor, count: number, body?: Term): Step {
    return { actor: this.name, op: "flood", to: to.name, count, ...(body && { body }) };
  }

  receive(match?: Pattern, options: { after?: number } = {}): Step {
    return { actor: this.name, op: "receive", ...(match && { match }), ...options };
  }

  /** Takes all messages that are there: how many, and whether numbers came in order. */
  drain(): Step {
    return { actor: this.name, op: "drain" };
  }

  link(to: Actor): Step {
    return { actor: this.name, op: "link", to: to.name };
  }

  unlink(to: Actor): Step {
    return { actor: this.name, op: "unlink", to: to.name };
  }

  monitor(to: Place, as: string, options: MonitorOptions = {}): Step {
    return { actor: this.name, op: "monitor", to: place(to), as, ...options };
  }

  demonitor(ref: string, options: { flush?: boolean; info?: boolean } = {}): Step {
    return { actor: this.name, op: "demonitor", ref, ...options };
  }

  exit(to: Place, reason: Term, options: { priority?: boolean } = {}): Step {
    return { actor: this.name, op: "exit", to: place(to), reason, ...options };
  }

  trapExit(value: boolean): Step {
    return { actor: this.name, op: "flag", flag: "trapExit", value };
  }

  priority(value: Priority): Step {
    return { actor: this.name, op: "flag", flag: "priority", value };
  }

  /** What happens to one message more than `messages` of them. */
  limitMessages(messages: number, policy: "refuse" | "drop" | "kill"): Step {
    return { actor: this.name, op: "limit", messages, policy };
  }

  /** @see process_flag(max_heap_size, …) */
  limitMemory(bytes: number, options: { kill?: boolean } = {}): Step {
    return { actor: this.name, op: "limit", bytes, ...options };
  }

  register(name: string, of: Actor = this): Step {
    return { actor: this.name, op: "register", name, of: of.name };
  }

  unregister(name: string): Step {
    return { actor: this.name, op: "unregister", name };
  }

  whereis(name: string): Step {
    return { actor: this.name, op: "whereis", name };
  }

  sendAfter(ms: number, to: Place, body: Term, options: TimerOptions = {}): Step {
    return { actor: this.name, op: "sendAfter", ms, to: place(to), body, ...options };
  }

  startTimer(ms: number, to: Place, body: Term, options: TimerOptions = {}): Step {
    return { actor: this.name, op: "startTimer", ms, to: place(to), body, ...options };
  }

  cancelTimer(ref: string, between?: readonly [number, number]): Step {
    return { actor: this.name, op: "cancelTimer", ref, ...(between && { between }) };
  }

  readTimer(ref: string, between?: readonly [number, number]): Step {
    return { actor: this.name, op: "readTimer", ref, ...(between && { between }) };
  }

  info(of: Actor, item: InfoItem): Step {
    return { actor: this.name, op: "info", of: of.name, item };
  }

  /** Many of one time, which counts from the scenario's begin. */
  timers(as: string, count: number, ms: number, to: Actor = this): Step {
    return { actor: this.name, op: "timers", as, count, ms, to: to.name };
  }

  cancelTimers(as: string, count: number): Step {
    return { actor: this.name, op: "cancelTimers", as, count };
  }

  /** Several items at once. */
  infos(of: Actor, items: readonly InfoItem[]): Step {
    return { actor: this.name, op: "infos", of: of.name, items };
  }

  /** The scenario's processes that live. */
  processes(): Step {
    return { actor: this.name, op: "processes" };
  }

  isAlive(of: Actor): Step {
    return { actor: this.name, op: "isAlive", of: of.name };
  }

  makeRef(as: string): Step {
    return { actor: this.name, op: "makeRef", as };
  }

  alias(as: string, options: { reply?: boolean; priority?: boolean } = {}): Step {
    return { actor: this.name, op: "alias", as, ...options };
  }

  unalias(ref: string): Step {
    return { actor: this.name, op: "unalias", ref };
  }

  /** `unless`: only if it does not suspend it already. */
  suspend(of: Actor, options: { unless?: boolean } = {}): Step {
    return { actor: this.name, op: "suspend", of: of.name, ...options };
  }

  resume(of: Actor): Step {
    return { actor: this.name, op: "resume", of: of.name };
  }

  join(group: string): Step {
    return { actor: this.name, op: "join", group };
  }

  leave(group: string): Step {
    return { actor: this.name, op: "leave", group };
  }

  /** The members, each as often as it has joined. */
  members(group: string): Step {
    return { actor: this.name, op: "members", group };
  }

  /** To every member once. */
  sendGroup(group: string, body: Term): Step {
    return { actor: this.name, op: "sendGroup", group, body };
  }

  /** Spawns workers that give way until all together have had so many turns: their shares. */
  compete(turns: number, ...workers: Workers[]): Step {
    return { actor: this.name, op: "compete", workers, turns };
  }

  misuse(call: Misuse): Step {
    return { actor: this.name, op: "misuse", call };
  }

  collect(of: Actor): Step {
    return { actor: this.name, op: "collect", of: of.name };
  }

  /** Waits for any message, and then is at its next step. */
  hibernate(): Step {
    return { actor: this.name, op: "hibernate" };
  }

  /** Gives way, and is at its next step. */
  yield(): Step {
    return { actor: this.name, op: "yield" };
  }

  log(text: string): Step {
    return { actor: this.name, op: "log", text };
  }

  /** Ends with a reason: erlang:exit/1. */
  exits(reason: Term): Step {
    return { actor: this.name, op: "exits", reason };
  }

  /** Its code is done. */
  returns(): Step {
    return { actor: this.name, op: "returns" };
  }

  /** Throws a value that nobody catches. */
  throws(value: Term): Step {
    return { actor: this.name, op: "throws", value };
  }

  /** Raises an error that nobody catches. */
  errors(value: Term): Step {
    return { actor: this.name, op: "errors", value };
  }
}

export const A = new Actor("A");
export const B = new Actor("B");
export const C = new Actor("C");
export const D = new Actor("D");
export const E = new Actor("E");

/** The step's answer stands in the trace though it is silent by itself. */
export function shown(step: Step): Step {
  return { ...step, shown: true };
}

/** Nobody reacts between these steps. */
export function together(...steps: Step[]): Entry {
  return { together: steps };
}

/** Time goes by. */
export function pass(ms: number): Entry {
  return { pass: ms };
}
