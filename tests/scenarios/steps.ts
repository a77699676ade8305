// Writes steps: `A.send(B, "hello")`. Each method makes the data of one step of that process.
import type {
  Entry, InfoItem, MonitorOptions, Pattern, Priority, SpawnOptions, Step, Target, Term,
  TimerOptions,
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

  send(to: Place, body: Term, options: { ref?: string } = {}): Step {
    return { actor: this.name, op: "send", to: place(to), body, ...options };
  }

  receive(match?: Pattern, options: { after?: number } = {}): Step {
    return { actor: this.name, op: "receive", ...(match && { match }), ...options };
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

  exit(to: Place, reason: Term): Step {
    return { actor: this.name, op: "exit", to: place(to), reason };
  }

  trapExit(value: boolean): Step {
    return { actor: this.name, op: "flag", flag: "trapExit", value };
  }

  priority(value: Priority): Step {
    return { actor: this.name, op: "flag", flag: "priority", value };
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

  cancelTimer(ref: string): Step {
    return { actor: this.name, op: "cancelTimer", ref };
  }

  readTimer(ref: string): Step {
    return { actor: this.name, op: "readTimer", ref };
  }

  info(of: Actor, item: InfoItem): Step {
    return { actor: this.name, op: "info", of: of.name, item };
  }

  isAlive(of: Actor): Step {
    return { actor: this.name, op: "isAlive", of: of.name };
  }

  makeRef(as: string): Step {
    return { actor: this.name, op: "makeRef", as };
  }

  alias(as: string, options: { reply?: boolean } = {}): Step {
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
