// The language of conformance: behaviours whose callbacks do what data says, what is asked of them,
// and the trace that must come of it under OTP's own behaviours and under ours.
//
// A scenario is written once and played by conformance.erl on the BEAM and by play.ts here (once
// with plain callbacks, once with generators). The traces must be equal; docs/conformance.md lists
// the scenarios. Where ours differs on purpose, `differs` has our trace and the reason.
//
//   scenario({
//     id: "server/reply", suite: "gen_server_SUITE:call", title: "a call is answered",
//     steps: [A.start(server("s", { state: 0 })), A.call("s", { say: "add", reply: 1, state: 1 })],
//     trace: ["s init  undefined", "A start: ok", "s call add 0", "A call: 1"],
//   });
//
// To add one, write it into a file of cases/, then
//   node host/tools/prepare.mjs build
//   SHOW=1 node build/tests/conformance/conformance.test.js server/   prints the BEAM's traces
//   UPDATE=1 node build/tests/conformance/conformance.test.js         writes docs/conformance.md
//
// A message to a server, and what its definition has for init, terminate, EXIT, DOWN and times, is
// a Script: what the callback does, and what it answers. Steps are done by actors, one after
// another: a step begins when all that the one before has set off is quiet. `pass(ms)` lets time go
// by, virtual for ours, real on the BEAM: what must fire is due long before its end.
//
// Trace. Of each step: what tested processes do in its order (`s call add 0`: the callback, the
// message, the state that it finds); then their ends (`s ended: normal`) and what actors see (`A
// call: 1`), both by name. Where servers act at the same time, `unordered` sorts them too. A second
// life of a child is called `c.2`.

/** Words are Erlang's atoms and JavaScript's strings. */
export type Term = string | number | boolean | readonly Term[];

/** Why something ends; `{ shutdown: x }` is Erlang's `{shutdown, x}`. */
export type Why = Term | { readonly shutdown: Term };

/** A process by the scenario's name for it, or whoever is registered so. */
export type Target = string | { readonly name: string };

/** What is done in a callback before it answers. */
export type Act =
  /** Keeps the caller, so that it can be answered later. */
  | { readonly save: string }
  | { readonly answer: string; readonly value: Term }
  | { readonly send: Target; readonly value: Term }
  /** To itself, by a timer. */
  | { readonly after_ms: number; readonly value: Term | AnyScript }
  | { readonly trapExit: boolean }
  | { readonly link: string }
  | { readonly monitor: string }
  | { readonly kill: string; readonly reason: Why }
  | { readonly cast: Target; readonly request: AnyScript }
  /** These wait. */
  | { readonly sleep: number }
  | {
    readonly call: Target; readonly request: AnyScript;
    readonly timeoutMs: number | "infinity";
  };

/** What comes right after a callback of a server. */
export type Following =
  | "hibernate" | { readonly after_ms: number } | { readonly continue: Script };

export interface Script {
  /** How the message reads. */
  readonly say?: string;
  readonly do?: readonly Act[];
  /** The new state; else the old one stays. */
  readonly state?: Term;
  readonly reply?: Term;
  readonly stop?: Why;
  readonly ignore?: true;
  readonly next?: Following;
  /** Instead of an answer. */
  readonly exit?: Why;
  readonly error?: string;
  readonly throw?: Term;
  /** The answer is thrown. */
  readonly thrown?: true;
  /** An answer that is none. */
  readonly bad?: Term;
}

export interface ServerDefinition {
  readonly as: string;
  /** `bare` has init alone. */
  readonly module?: "bare";
  readonly init: Script;
  readonly on?: { readonly [K in "timeout" | "exit" | "down" | "terminate" | "other"]?: Script };
}

/** A time, or what becomes of the one that runs. */
export type When = number | "infinity" | "update" | "cancel";

export type MachineAction =
  | "postpone" | "hibernate"
  /** To the event's caller; to one that was saved. */
  | { readonly reply: Term }
  | { readonly replyTo: string; readonly value: Term }
  | {
    readonly nextEvent: MachineScript;
    readonly as: "internal" | "call" | "cast" | "info" | "timeout" | "state_timeout";
  }
  | { readonly stateTimeout: When; readonly content: MachineScript }
  | { readonly eventTimeout: When; readonly content: MachineScript }
  | { readonly timeout: "x" | "y"; readonly when: When; readonly content: MachineScript }
  /** What is none. */
  | { readonly bad: Term };

/** What a callback of a machine does, and what it answers: the next state, or the same. */
export interface MachineScript extends Omit<Script, "state" | "reply" | "next"> {
  /** What to do in one state or another. */
  readonly in?: Readonly<Record<string, MachineScript>>;
  readonly next?: string;
  readonly data?: Term;
  readonly repeat?: true;
  readonly actions?: readonly MachineAction[];
}

export interface MachineDefinition {
  readonly as: string;
  /** How its callbacks are written: one for all, or some for each of the states a, b, c and d. */
  readonly mode?: "handle_event_function" | "state_functions";
  /** Its `next` is the first state. */
  readonly init: MachineScript;
  /** There are state enter calls, and what they do. */
  readonly enter?: Readonly<Record<string, MachineScript>>;
  readonly on?: { readonly [K in "exit" | "down" | "terminate"]?: MachineScript };
}

export type Outcome = "goes_well" | "fails" | "ignores" | "crashes";

export interface ChildDefinition {
  readonly id: string;
  readonly restart?: string;
  readonly shutdown?: number | string;
  readonly type?: string;
  readonly significant?: boolean;
  /** A key that is left out. */
  readonly missing?: "id" | "start";
  /** Of its starts in turn; later ones go well. */
  readonly starts?: readonly Outcome[];
  /** Default true: registered as its id. */
  readonly named?: boolean;
  readonly server?: Omit<ServerDefinition, "as">;
  /** Of a dynamic supervisor: the rest is in its template. */
  readonly dynamic?: boolean;
}

/** A supervisor; as a child it has an id, and what a child has. */
export interface SupervisorDefinition extends Flags {
  readonly as: string;
  readonly children?: readonly (ChildDefinition | FamilyDefinition)[];
  /** It is a dynamic one (simple_one_for_one): what all its children have. */
  readonly template?: Partial<ChildDefinition>;
  /** Given to each start: the state of the child. */
  readonly extra?: Term;
  readonly ignore?: true;
}

export interface Flags {
  readonly strategy?: string;
  readonly intensity?: number;
  readonly periodSeconds?: number;
  readonly autoShutdown?: string;
}

export type FamilyDefinition = ChildDefinition & Flags & {
  readonly children: readonly (ChildDefinition | FamilyDefinition)[];
};

export interface StartOptions {
  readonly link?: boolean;
  /** Registered as the scenario calls it. */
  readonly named?: boolean;
  readonly timeoutMs?: number;
  readonly hibernateAfterMs?: number;
}

export interface Timed {
  readonly timeoutMs?: number;
}

export type Op =
  | ({ readonly op: "start"; readonly server: ServerDefinition } & StartOptions)
  | ({ readonly op: "machine"; readonly machine: MachineDefinition } & StartOptions)
  | {
    readonly op: "changeCode"; readonly of: string; readonly machine: MachineDefinition;
    readonly request: MachineScript;
  }
  | { readonly op: "supervise"; readonly supervisor: SupervisorDefinition }
  | ({ readonly op: "call"; readonly to: Target; readonly request: AnyScript } & Timed)
  | { readonly op: "cast"; readonly to: Target; readonly request: AnyScript }
  | { readonly op: "send"; readonly to: Target; readonly message: AnyScript | Term }
  | { readonly op: "reply"; readonly key: string; readonly value: Term }
  | ({ readonly op: "stop"; readonly of: Target; readonly reason: Why } & Timed)
  | { readonly op: "exit"; readonly to: string; readonly reason: Why }
  | { readonly op: "trapExit" }
  | { readonly op: "receive" }
  | { readonly op: "monitor"; readonly of: Target }
  | { readonly op: "link" | "unlink" | "isAlive"; readonly of: string }
  | { readonly op: "whereis"; readonly name: string }
  | {
    readonly op: "sendRequest"; readonly to: Target; readonly request: AnyScript;
    readonly as: string;
  }
  | ({ readonly op: "receiveResponse" | "waitResponse"; readonly as: string } & Timed)
  | { readonly op: "checkResponse"; readonly as: string }
  | { readonly op: "collect"; readonly requests: readonly string[] }
  | ({ readonly op: "receiveOfAll" | "waitForAll" } & Timed)
  | { readonly op: "checkOfAll" }
  | {
    readonly op: "changeCode"; readonly of: string; readonly request: Script;
    readonly module?: "bare"; readonly machine?: undefined;
  }
  | { readonly op: "startChild"; readonly of: Target; readonly child: ChildDefinition }
  | {
    readonly op: "terminateChild" | "terminatePid" | "restartChild" | "deleteChild";
    readonly of: Target; readonly child: string;
  }
  | { readonly op: "childSpec"; readonly of: Target; readonly child: string }
  | {
    readonly op: "checkSpecs"; readonly children: readonly ChildDefinition[];
    readonly autoShutdown?: string;
  }
  | { readonly op: "children" | "count"; readonly of: Target };

/** For a server or a machine. */
export type AnyScript = Script | MachineScript;

export type Step = (Op & { readonly actor: string }) | { readonly pass: number };

export type Trace = readonly string[];

export interface Scenario {
  /** `behaviour/what-happens`. */
  readonly id: string;
  /** What must happen, in plain words. */
  readonly title: string;
  /** The case of OTP 25.2.3's suites whose meaning this is. */
  readonly suite?: string;
  readonly steps: readonly Step[];
  readonly trace: Trace;
  readonly unordered?: true;
  /** Ours is another on purpose. */
  readonly differs?: { readonly trace: Trace; readonly because: string };
}

/** Checks a scenario where it is written. */
export function scenario(given: Scenario): Scenario {
  const { id, suite } = given;
  if (!/^[a-z]+\/[a-z0-9-]+$/.test(id)) throw new Error(`scenario ${id}: not behaviour/name`);
  if (suite !== undefined && !/^(gen_server|gen_statem|supervisor)_SUITE:\w+$/.test(suite)) {
    throw new Error(`scenario ${id}: ${suite} is no case of a suite`);
  }
  return given;
}

/** Who acts in a scenario. */
export function actorsOf({ steps }: Scenario): string[] {
  return [...new Set(steps.flatMap((step) => "actor" in step ? [step.actor] : []))].sort();
}
