// Writes scenarios: `A.call("s", { say: "add", reply: 1 })`.
import type {
  AnyScript, ChildDefinition, FamilyDefinition, MachineDefinition, MachineScript, Op, Script,
  ServerDefinition, StartOptions, Step,
  SupervisorDefinition, Target, Term, Timed, Why,
} from "./scenario.ts";

/** Somebody who asks and looks. */
class Actor {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  #step(op: Op): Step {
    return { actor: this.name, ...op };
  }

  start(server: ServerDefinition, options: StartOptions = {}): Step {
    return this.#step({ op: "start", server, ...options });
  }

  machine(machine: MachineDefinition, options: StartOptions = {}): Step {
    return this.#step({ op: "machine", machine, ...options });
  }

  changeMachine(machine: MachineDefinition, request: MachineScript): Step {
    return this.#step({ op: "changeCode", of: machine.as, machine, request });
  }

  /** Linked to this actor, and registered. */
  supervise(as: string, supervisor: Omit<SupervisorDefinition, "as">): Step {
    return this.#step({ op: "supervise", supervisor: { as, ...supervisor } });
  }

  call(to: Target, request: AnyScript, options: Timed = {}): Step {
    return this.#step({ op: "call", to, request, ...options });
  }

  cast(to: Target, request: AnyScript): Step {
    return this.#step({ op: "cast", to, request });
  }

  send(to: Target, message: AnyScript | Term): Step {
    return this.#step({ op: "send", to, message });
  }

  reply(key: string, value: Term): Step {
    return this.#step({ op: "reply", key, value });
  }

  stop(of: Target, reason: Why = "normal", options: Timed = {}): Step {
    return this.#step({ op: "stop", of, reason, ...options });
  }

  exit(to: string, reason: Why): Step {
    return this.#step({ op: "exit", to, reason });
  }

  trapExit(): Step {
    return this.#step({ op: "trapExit" });
  }

  /** The first message that is there, or `nothing`. */
  receive(): Step {
    return this.#step({ op: "receive" });
  }

  monitor(of: Target): Step {
    return this.#step({ op: "monitor", of });
  }

  link(of: string): Step {
    return this.#step({ op: "link", of });
  }

  unlink(of: string): Step {
    return this.#step({ op: "unlink", of });
  }

  isAlive(of: string): Step {
    return this.#step({ op: "isAlive", of });
  }

  whereis(name: string): Step {
    return this.#step({ op: "whereis", name });
  }

  sendRequest(to: Target, request: AnyScript, as: string): Step {
    return this.#step({ op: "sendRequest", to, request, as });
  }

  receiveResponse(as: string, options: Timed = {}): Step {
    return this.#step({ op: "receiveResponse", as, ...options });
  }

  waitResponse(as: string, options: Timed = {}): Step {
    return this.#step({ op: "waitResponse", as, ...options });
  }

  checkResponse(as: string): Step {
    return this.#step({ op: "checkResponse", as });
  }

  /** Puts requests into the collection, each with its name as its label. */
  collect(...requests: readonly string[]): Step {
    return this.#step({ op: "collect", requests });
  }

  receiveOfAll(options: Timed = {}): Step {
    return this.#step({ op: "receiveOfAll", ...options });
  }

  waitForAll(options: Timed = {}): Step {
    return this.#step({ op: "waitForAll", ...options });
  }

  checkOfAll(): Step {
    return this.#step({ op: "checkOfAll" });
  }

  changeCode(of: string, request: Script, module?: "bare"): Step {
    return this.#step({ op: "changeCode", of, request, ...(module && { module }) });
  }

  startChild(of: Target, child: ChildDefinition): Step {
    return this.#step({ op: "startChild", of, child });
  }

  terminateChild(of: Target, child: string): Step {
    return this.#step({ op: "terminateChild", of, child });
  }

  /** By the pid that the scenario calls so. */
  terminatePid(of: Target, child: string): Step {
    return this.#step({ op: "terminatePid", of, child });
  }

  restartChild(of: Target, child: string): Step {
    return this.#step({ op: "restartChild", of, child });
  }

  deleteChild(of: Target, child: string): Step {
    return this.#step({ op: "deleteChild", of, child });
  }

  childSpec(of: Target, child: string): Step {
    return this.#step({ op: "childSpec", of, child });
  }

  checkSpecs(children: readonly ChildDefinition[], autoShutdown?: string): Step {
    return this.#step({ op: "checkSpecs", children, ...(autoShutdown && { autoShutdown }) });
  }

  children(of: Target): Step {
    return this.#step({ op: "children", of });
  }

  count(of: Target): Step {
    return this.#step({ op: "count", of });
  }
}

export const A = new Actor("A");
export const B = new Actor("B");
export const C = new Actor("C");

export function pass(ms: number): Step {
  return { pass: ms };
}

/** A server that begins in state 0 if `init` doesn't say otherwise. */
export function server(
  as: string, init: Script = {}, on: NonNullable<ServerDefinition["on"]> = {},
): ServerDefinition {
  return { as, init: { state: 0, ...init }, on };
}

/** A machine that begins in state a with the data 0. */
export function machine(
  as: string, init: MachineScript = {},
  options: Omit<Partial<MachineDefinition>, "as" | "init"> = {},
): MachineDefinition {
  return { as, init: { next: "a", ...init }, ...options };
}

/** A child that traps exits, writes down its end, and stops when it is told so. */
export function child(id: string, options: Omit<Partial<ChildDefinition>, "id"> = {}) {
  const definition = { init: { state: 0, do: [{ trapExit: true }] } };
  return { id, server: definition, ...options } satisfies ChildDefinition;
}

/** A supervisor as a child. */
export function family(
  id: string, children: FamilyDefinition["children"],
  options: Omit<Partial<FamilyDefinition>, "id" | "children"> = {},
): FamilyDefinition {
  return { id, type: "supervisor", children, ...options };
}

/** What a child is sent so that it ends. */
export function ends(reason: Why): Script {
  return { say: "end", stop: reason };
}
