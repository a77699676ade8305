// The language of scenarios: what processes do, as plain data, and the trace that must come of it.
//
// A scenario is written once and run on three systems: the BEAM (interpreter.erl), the kernel's raw
// ABI (raw.ts: verify() after every call; turns held open, offered, or queued), and generator
// processes (generators.ts). The traces must be equal; docs/otp.md shows the outcome as a table.
//
// To add one, write it into its area's file in cases/ (a new area: into cases/index.ts too); then
//   node host/tools/prepare.mjs build
//   node build/tests/scenarios/scenarios.test.js exits/     runs those whose id begins so
//   UPDATE=1 node build/tests/scenarios/scenarios.test.js   runs all and writes the table
// After a conflict in the table: take either side, build, UPDATE=1.
//
//   scenario({
//     id: "exits/kill-is-killed", suite: "signal_SUITE:kill2killed", decided: "BEAM",
//     title: "who is killed ends as killed, and its links see that",
//     steps: [A.trapExit(true), A.spawn(B, { link: true }), A.exit(B, "kill"), A.receive()],
//     trace: ["B ended: killed", "A receive: EXIT B killed"],
//   });
//
// A system that can't express a scenario is named in `cannot`, one that differs on purpose in
// `differs`, each with the reason that the table shows. A new step: Op below, steps.ts,
// steps.erl, raw-steps.ts, generator-steps.ts.
//
// Time. Steps happen one after another: a step begins when the one before is done, or blocks in a
// receive, and all is quiet. A process does its steps in order; one that is blocked or suspended
// does what it has missed as soon as it can. `together(…)` lets no reaction between its steps: on
// ours everybody's turn is in the same drain; on the BEAM reactions may come between (state that
// trace in `orTrace`, and in `ours` what we determine); where the order of turns is the point, the
// scenario is `alone` on a BEAM with one scheduler. `pass(ms)` lets time go by: virtual for us,
// real on the BEAM, where every step takes some: what must fire is due long before the end of a
// pass (50 of 100 ms), what must not fire long after the scenario (5,000 ms).
//
// Trace. A line for a step that answers something, `A receive: x`, `A whereis: B`, and for an end,
// however it came, `B ended: killed`. Steps without an answer are silent unless wrapped in
// `shown(…)` (`A link: true`) or refused: `A link: noproc`, `A register: refused` (badarg, a
// negative status, or false). First comes the step itself, then what it set off, by the process's
// name. Messages read `x`, `[x, 1]`, `r: x` (with the reference r), `EXIT B reason`, `DOWN m B
// reason` (m is the monitor; one by name shows no process: the systems name it differently),
// `timeout t x`. A receive whose time is over reads `nothing`, a timer's rest `left`, or
// `left 900 to 1000` if it was to be between these. Processes, references and names are the
// scenario's own words everywhere.

/** A message or a reason: words are Erlang's atoms and JavaScript's strings. */
export type Term = string | number | readonly Term[];

/** Where something goes: a process, a registered name, or an alias. */
export type Target = string | { readonly name: string } | { readonly alias: string };

/** What a receive takes. Absent: any message. */
export type Pattern =
  | { readonly body: Term }
  /** A message with this reference, sent with `ref` or by start_timer. */
  | { readonly ref: string }
  | { readonly exit: string }
  | { readonly down: string };

export type Priority = "low" | "normal" | "high" | "max";

export type Op =
  | SpawnOp
  | { op: "send"; to: Target; body: Term; ref?: string; priority?: boolean }
  /** One step, so that nobody comes between: to each of them, or so many to one. */
  | { op: "sendEach"; to: readonly string[]; body: Term }
  | { op: "flood"; to: string; count: number; body?: Term }
  | { op: "receive"; match?: Pattern; after?: number }
  /** Takes all that is there. */
  | { op: "drain" }
  | { op: "link" | "unlink"; to: string }
  | ({ op: "monitor"; to: Target; as: string } & MonitorOptions)
  | { op: "demonitor"; ref: string; flush?: boolean; info?: boolean }
  | { op: "exit"; to: Target; reason: Term; priority?: boolean }
  | { op: "flag"; flag: Flag; value: boolean | Priority }
  | LimitOp
  | { op: "register"; name: string; of?: string }
  | { op: "unregister" | "whereis"; name: string }
  | TimerOp
  | { op: "cancelTimer" | "readTimer"; ref: string; between?: readonly [number, number] }
  /** All of `timers`: how many were not over. */
  | { op: "cancelTimers"; as: string; count: number }
  | { op: "info"; of: string; item: InfoItem }
  | { op: "infos"; of: string; items: readonly InfoItem[] }
  | { op: "processes" }
  | { op: "isAlive"; of: string }
  | { op: "makeRef"; as: string }
  | { op: "alias"; as: string; reply?: boolean; priority?: boolean }
  | { op: "unalias"; ref: string }
  | { op: "suspend"; of: string; unless?: boolean }
  | { op: "resume"; of: string }
  | { op: "join" | "leave" | "members"; group: string }
  | { op: "sendGroup"; group: string; body: Term }
  | { op: "compete"; workers: readonly Workers[]; turns: number }
  | { op: "misuse"; call: Misuse }
  /** A garbage collection of the BEAM; ours has none to wait for. */
  | { op: "collect"; of: string }
  | { op: "yield" }
  | { op: "hibernate" }
  | { op: "log"; text: string }
  | { op: "exits"; reason: Term }
  | { op: "returns" }
  | { op: "throws" | "errors"; value: Term };

export type Flag = "trapExit" | "priority";

/** Erlang's items; of links and monitors their number. */
export type InfoItem =
  | "messageQueueLength" | "links" | "monitors" | "monitoredBy" | "priority" | "trapExit" | "status"
  | "registeredName" | "messages" | "parent" | "memory" | "suspending";

/** A call with an argument that makes no sense: `refused`. */
export type Misuse =
  | "monitor" | "demonitor" | "link" | "cancelTimer" | "readTimer" | "priority" | "register";

/** Processes of one priority that do nothing but give way. */
export interface Workers {
  readonly priority: Priority;
  readonly count: number;
}

/** The limit of a mailbox in messages, or of a process's memory in bytes. */
type LimitOp =
  | { op: "limit"; messages: number; policy: "refuse" | "drop" | "kill" }
  | { op: "limit"; bytes: number; kill?: boolean };

/** The modes of an alias that a monitor's reference is too. */
export type AliasMode = "explicit_unalias" | "demonitor" | "reply_demonitor";

export interface MonitorOptions {
  readonly alias?: AliasMode;
  /** Stands in its message in the place of DOWN. */
  readonly tag?: string;
  /** Its message is one with priority. */
  readonly priorityDown?: boolean;
}

export interface SpawnOptions extends MonitorOptions {
  readonly link?: boolean;
  /** The name of the monitor's reference. */
  readonly monitor?: string;
  readonly priority?: Priority;
  /** The child ends so at once, before it or anybody else does anything; it has no steps. */
  readonly exits?: Term;
  /** On the BEAM by spawn_request, whose reply is awaited; ours answers at once anyhow. */
  readonly request?: boolean;
}
type SpawnOp = { op: "spawn"; child: string } & SpawnOptions;

export interface TimerOptions {
  /** The timer's reference. */
  readonly as?: string;
  /** `ms` counts from the scenario's begin, not from now. */
  readonly absolute?: boolean;
}
type TimerOp =
  | ({ op: "sendAfter" | "startTimer"; to: Target; body: Term; ms: number } & TimerOptions)
  /** So many of one time, with the numbers from 1 on; their references are `as1`, `as2` … */
  | { op: "timers"; to: string; count: number; ms: number; as: string };

export type Step = Op & { readonly actor: string; readonly shown?: boolean };

/** One thing after another. */
export type Entry = Step | { readonly together: readonly Step[] } | { readonly pass: number };

export type Trace = readonly string[];

/** Who can say whether the trace is right: Debian's OTP 25, a later one's document, or another. */
export type Judge = "BEAM" | "specification" | "elsewhere";

export type Runner = "beam" | "raw" | "generators";

/** On purpose otherwise on one of the systems, and why. */
export interface Difference {
  readonly trace: Trace;
  readonly because: string;
}

export interface Scenario {
  /** `area/what-happens`. */
  readonly id: string;
  readonly title: string;
  /** The case of OTP 25.2.3's suites whose meaning this is: `process_SUITE:exit_twice`. */
  readonly suite?: string;
  readonly decided: Judge;
  readonly steps: readonly Entry[];
  readonly trace: Trace;
  /** Where the order is not determined: what else may come. */
  readonly orTrace?: readonly Trace[];
  /** What ours gives of the possible traces, where it is determined by us. */
  readonly ours?: Trace;
  /** On the BEAM alone on one scheduler: the order in which processes run is part of the trace. */
  readonly alone?: boolean;
  readonly differs?: { readonly [R in Runner]?: Difference };
  /** Which systems cannot run it, each with its reason. */
  readonly cannot?: { readonly [R in Runner]?: string };
}

/** Thrown by a runner that has no such step: the scenario must say so in `cannot`. */
export class Inexpressible extends Error {}

/** Checks a scenario where it is written. */
export function scenario(description: Scenario): Scenario {
  const { id, suite } = description;
  if (!/^[a-z-]+\/[a-z0-9-]+$/.test(id)) throw new Error(`scenario ${id}: not area/name`);
  if (suite !== undefined && !/^\w+_SUITE:\w+$/.test(suite)) {
    throw new Error(`scenario ${id}: ${suite} is no case of a suite`);
  }
  return description;
}

/** The steps of an entry. */
export function stepsOf(entry: Entry): readonly Step[] {
  if ("pass" in entry) return [];
  return "together" in entry ? entry.together : [entry];
}

/** Every process of a scenario, and those that nobody spawns: they are there from the start. */
export function castOf({ steps }: Scenario): { all: string[]; roots: string[] } {
  const all = new Set<string>();
  const children = new Set<string>();
  for (const step of steps.flatMap(stepsOf)) {
    all.add(step.actor);
    if ("to" in step && typeof step.to === "string") all.add(step.to);
    if ("of" in step && step.of !== undefined) all.add(step.of);
    if (step.op !== "spawn") continue;
    all.add(step.child);
    children.add(step.child);
  }
  const names = [...all].sort();
  return { all: names, roots: names.filter((name) => !children.has(name)) };
}

/** How a term reads in a trace. */
export function termText(term: Term): string {
  return Array.isArray(term) ? `[${term.map(termText).join(", ")}]` : String(term);
}

/** How messages read that were taken all at once. */
export function drainedText(texts: readonly string[]): string {
  if (texts.length === 0) return "nothing";
  const isOrdered = texts.every((text, at) => at === 0 || Number(text) > Number(texts[at - 1]));
  return `${texts.length} ${isOrdered ? "in" : "out of"} order`;
}

/** How the rest of a timer reads: below 0 there is none. */
export function leftText(ms: number, between?: readonly [number, number]): string {
  if (ms < 0) return "false";
  if (between === undefined) return "left";
  const [least, most] = between;
  return least <= ms && ms <= most ? `left ${least} to ${most}` : `left ${ms}`;
}
