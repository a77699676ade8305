// Who is who in a scenario that is played here, what is kept for later, and what has happened.
import { isDeepStrictEqual } from "node:util";
import { Down, Exit, ReplyMessage, TIMEOUT } from "../../host/runtime/index.ts";
import type { From, Pid, Process, Reason, Runtime } from "../../host/runtime/index.ts";
import type { RequestId, RequestIds } from "../../host/otp/index.ts";
import type { Script, Target, Term, Why } from "./scenario.ts";
import type { Recorder } from "./trace.ts";

/** How callbacks are written: plain where nothing waits, or all as generators. */
export type Style = "plain" | "generators";

export class World {
  readonly runtime: Runtime;
  readonly recorder: Recorder;
  readonly style: Style;
  readonly callers = new Map<string, From>();
  readonly requests = new Map<string, RequestId>();
  collection: RequestIds | undefined;
  /** The supervisors that are dynamic ones, and how often children have been started. */
  readonly dynamic = new Set<string>();
  readonly starts = new Map<string, number>();
  /** Watches everybody who is born. */
  #watcher: Process | undefined;
  readonly #pids = new Map<string, Pid>();
  readonly #names = new Map<Pid, string>();
  readonly #lives = new Map<string, number>();

  constructor(runtime: Runtime, recorder: Recorder, style: Style) {
    this.runtime = runtime;
    this.recorder = recorder;
    this.style = style;
  }

  watchFrom(watcher: Process): void {
    this.#watcher = watcher;
  }

  called(name: string, pid: Pid): void {
    this.#pids.set(name, pid);
    this.#names.set(pid, name);
  }

  /** A process that is to be seen: `c`, and `c.2` in its second life. Its name for the trace. */
  born(name: string, pid: Pid): string {
    const known = this.#names.get(pid);
    if (known !== undefined) return known;
    const life = (this.#lives.get(name) ?? 0) + 1;
    this.#lives.set(name, life);
    const label = life === 1 ? name : `${name}.${life}`;
    this.called(name, pid);
    this.called(label, pid);
    this.#pids.set(name, pid);
    this.#watcher!.monitor(pid);
    return label;
  }

  pid(name: string): Pid {
    const pid = this.#pids.get(name);
    if (pid === undefined) throw new Error(`nobody is called ${name}`);
    return pid;
  }

  target(target: Target): Pid | string {
    return typeof target === "string" ? this.pid(target) : target.name;
  }

  nameOf(pid: unknown): string {
    return this.#names.get(pid as Pid) ?? "somebody";
  }

  labelOf(self: Process): string {
    return this.nameOf(self.pid);
  }

  /** A callback runs. */
  told(self: Process, callback: string, text: string, state: unknown): void {
    const line = `${callback} ${text} ${termText(state as Term)}`;
    this.recorder.line("server", this.labelOf(self), line);
  }

  ended(down: Down): void {
    this.recorder.line("ended", this.nameOf(down.pid), `ended: ${this.reasonText(down.reason)}`);
  }

  /** A message as who receives it sees it. */
  messageText(message: unknown): string {
    if (message === TIMEOUT) return "timeout";
    if (message instanceof Exit) {
      return `EXIT ${this.nameOf(message.from)} ${this.reasonText(message.reason)}`;
    }
    if (message instanceof Down) {
      const who = (message.pid as number) === 0 ? "nobody" : this.nameOf(message.pid);
      return `DOWN ${who} ${this.reasonText(message.reason)}`;
    }
    if (message instanceof ReplyMessage) return "a reply";
    return isScript(message) ? message.say : termText(message as Term);
  }

  reasonText(reason: Reason): string {
    if (typeof reason !== "object" || reason === null) return termText(reason as Term);
    const given = reason as Readonly<Record<string, any>>;
    if ("badReturn" in given || "badStateEnterReturn" in given) return "bad return";
    if ("badAction" in given || "badStateEnterAction" in given) return "bad action";
    if ("undefined" in given) return `undefined ${snake(given["undefined"])}`;
    if ("alreadyStarted" in given) return `already started ${this.nameOf(given["alreadyStarted"])}`;
    if ("error" in given) return `error ${given["error"].message}`;
    if ("call" in given) return `call ${this.reasonText(given["call"].cause)}`;
    if ("startSpec" in given) return `bad specification: ${problemText(given["startSpec"])}`;
    if ("supervisorFlags" in given) return `bad flag: ${problemText(given["supervisorFlags"])}`;
    if ("shutdown" in given) {
      const { shutdown } = given;
      return typeof shutdown === "object" && "failedToStartChild" in shutdown
        ? `failed to start ${shutdown.failedToStartChild}: ${this.reasonText(shutdown.reason)}`
        : `shutdown(${termText(shutdown)})`;
    }
    return JSON.stringify(reason);
  }
}

/** What is wrong with a specification. */
export function problemText(problem: Readonly<Record<string, any>>): string {
  if ("badCombination" in problem) return "bad combination";
  if ("duplicateChild" in problem) return `duplicate ${problem["duplicateChild"]}`;
  return problem["invalid"];
}

export function termText(term: Term | undefined): string {
  return Array.isArray(term) ? `[${term.map(termText).join(", ")}]` : String(term);
}

export function isScript(message: unknown): message is Script & { readonly say: string } {
  return typeof message === "object" && message !== null && "say" in message;
}

/** A reason as a process gives it. */
export function reasonOf(why: Why): Reason {
  return why as Reason;
}

/** Our words for Erlang's: brutal_kill, brutalKill. */
export function camel<T>(word: T): T {
  if (typeof word !== "string") return word;
  return word.replace(/_(.)/g, (_all, letter: string) => letter.toUpperCase()) as T;
}

export function snake(word: unknown): string {
  return String(word).replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Whether two traces are the same. */
export function same(a: readonly string[], b: readonly string[]): boolean {
  return isDeepStrictEqual(a, b);
}
