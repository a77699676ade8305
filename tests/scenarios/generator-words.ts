// What processes of host/runtime are in the words of a scenario: processes, references, messages.
import { aliasOf, Down, Exit, TimerTimeout } from "../../host/runtime/index.ts";
import type { Alias, Pid, Ref, Runtime } from "../../host/runtime/index.ts";
import {
  Inexpressible, termText, type InfoItem, type Pattern, type Target, type Term,
} from "./scenario.ts";

/** A message that is sent with a reference. */
interface Referring {
  readonly reference: Ref;
  readonly body: Term;
}

/** The scenario's processes, references and messages. */
export class GeneratorWords {
  readonly pids = new Map<string, Pid>();
  protected readonly refs = new Map<string, Ref>();
  /** Monitors that were made by name. */
  protected readonly byName = new Set<Ref>();
  /** Words of monitors, by their number. */
  protected readonly tags = ["DOWN"];
  protected readonly runtime: Runtime;

  constructor(runtime: Runtime) {
    this.runtime = runtime;
  }

  protected info(pid: Pid, item: InfoItem): string {
    const value = this.runtime.processInfo(pid, item);
    if (!this.runtime.isAlive(pid)) return "undefined";
    switch (item) {
      case "registeredName": return String(value ?? "none");
      case "messages": {
        return (value as unknown[]).map((one) => this.messageText(one)).join(" | ") || "none";
      }
      case "parent": return value === 0 ? "nobody" : this.who(value as Pid);
      case "memory": return (value as number) > 0 ? "some" : "none";
      default: {
        if (!Array.isArray(value)) return String(value);
        // Who watches the ends for the trace is nobody of the scenario.
        return String(value.filter((one) => this.who(one) !== "?").length);
      }
    }
  }

  protected names(pids: readonly Pid[]): string {
    const names = pids.map((pid) => this.who(pid)).filter((name) => name !== "?");
    return names.sort().join(" ") || "nobody";
  }

  // ---- messages ----

  protected isWanted(message: unknown, match: Pattern | undefined): boolean {
    if (match === undefined) return true;
    if ("exit" in match) {
      return message instanceof Exit && message.from === this.pid(match.exit);
    }
    if ("down" in match) return message instanceof Down && message.ref === this.ref(match.down);
    if ("ref" in match) return referenceOf(message) === this.ref(match.ref);
    return !(message instanceof Exit || message instanceof Down) &&
      this.messageText(message) === termText(match.body);
  }

  protected messageText(message: unknown): string {
    if (message instanceof Exit) {
      return `EXIT ${this.who(message.from)} ${this.reasonText(message.reason)}`;
    }
    if (message instanceof Down) {
      const who = this.byName.has(message.ref) ? "" : `${this.who(message.pid)} `;
      const word = this.tags[message.tag] ?? "?";
      return `${word} ${this.which(message.ref)} ${who}${this.reasonText(message.reason)}`;
    }
    if (message instanceof TimerTimeout) {
      return `timeout ${this.which(message.ref)} ${termText(message.message as Term)}`;
    }
    if (isReferring(message)) return `${this.which(message.reference)}: ${termText(message.body)}`;
    return termText(message as Term);
  }

  reasonText(reason: unknown): string {
    if (typeof reason === "object" && reason !== null && "error" in reason) {
      return `error ${(reason.error as Error).message}`;
    }
    return termText(reason as Term);
  }

  // ---- the scenario's words ----

  protected pid(name: string): Pid {
    const pid = this.pids.get(name);
    if (pid === undefined) throw new Error(`${name} has not been spawned`);
    return pid;
  }

  protected ref(name: string): Ref {
    const ref = this.refs.get(name);
    if (ref === undefined) throw new Error(`no reference ${name} has been made`);
    return ref;
  }

  protected who(pid: Pid): string {
    return [...this.pids].find(([, one]) => one === pid)?.[0] ?? "?";
  }

  protected which(ref: Ref): string {
    return [...this.refs].find(([, one]) => one === ref)?.[0] ?? "?";
  }

  protected place(to: Target): Pid | Alias | string {
    return typeof to !== "string" && "alias" in to ? aliasOf(this.ref(to.alias))
      : this.destination(to);
  }

  /** What is no alias. */
  protected destination(to: Target): Pid | string {
    if (typeof to === "string") return this.pid(to);
    if ("name" in to) return to.name;
    throw new Inexpressible("an alias takes messages and exits alone");
  }
}

function isReferring(message: unknown): message is Referring {
  return typeof message === "object" && message !== null && "reference" in message;
}

/** The reference that a message bears. */
function referenceOf(message: unknown): Ref | undefined {
  if (message instanceof TimerTimeout) return message.ref;
  return isReferring(message) ? message.reference : undefined;
}
