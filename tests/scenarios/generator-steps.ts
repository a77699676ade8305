// The steps of scenarios as calls of a process's own methods, and its messages in the scenario's
// words.
import { Down, Exit, ExitReason, receive, TIMEOUT } from "../../host/runtime/index.ts";
import type {
  ManualClock, Operation, Pid, Process, ProcessInfo, Ref, Runtime,
} from "../../host/runtime/index.ts";
import {
  Inexpressible, termText, type InfoItem, type Pattern, type Step, type Target, type Term,
} from "./scenario.ts";

interface Answer {
  readonly text: string;
  readonly isLoud: boolean;
}

type StepOf<O extends Step["op"]> = Extract<Step, { op: O }>;
type Body = (self: Process) => Operation<void>;

const quiet: Answer = { text: "true", isLoud: false };
const loud = (text: string): Answer => ({ text, isLoud: true });

/** A message that is sent with a reference. */
interface Referring {
  readonly reference: Ref;
  readonly body: Term;
}

export class GeneratorSteps {
  readonly pids = new Map<string, Pid>();
  /** Processes whose end nobody but the scenario sees. */
  readonly unwatched = new Set<string>();
  readonly #refs = new Map<string, Ref>();
  readonly #byName = new Set<Ref>();
  readonly #runtime: Runtime;
  readonly #clock: ManualClock;
  readonly #begunAtMs: number;
  readonly #bodyOf: (name: string) => Body;

  constructor(runtime: Runtime, clock: ManualClock, bodyOf: (name: string) => Body) {
    this.#runtime = runtime;
    this.#clock = clock;
    this.#begunAtMs = clock.now();
    this.#bodyOf = bodyOf;
  }

  *perform(self: Process, step: Step): Operation<Answer> {
    if (step.op !== "receive") return this.#performAtOnce(self, step);
    const { match, after = Infinity } = step;
    const message: unknown = yield* receive((one: unknown) => this.#isWanted(one, match), after);
    return loud(message === TIMEOUT ? "nothing" : this.#messageText(message));
  }

  #performAtOnce(self: Process, step: Step): Answer {
    switch (step.op) {
      case "log": return loud(step.text);
      // Between two steps it gives way anyhow.
      case "yield": return quiet;
      case "spawn": return this.#spawn(self, step);
      case "send": {
        const { to, body, ref } = step;
        const message = ref === undefined ? body : { reference: this.#ref(ref), body };
        const wasSent = self.send(this.#place(to), message);
        return wasSent || typeof to === "string" ? quiet : loud("refused");
      }
      case "link": {
        try {
          self.link(this.#pid(step.to));
          return quiet;
        } catch (error) {
          if (error instanceof ExitReason) return loud(this.reasonText(error.reason));
          throw error;
        }
      }
      case "unlink": {
        self.unlink(this.#pid(step.to));
        return quiet;
      }
      case "monitor": {
        if (step.alias !== undefined || step.tag !== undefined) {
          throw new Inexpressible("monitors have no alias and no tag");
        }
        const ref = self.monitor(this.#place(step.to));
        if (typeof step.to !== "string") this.#byName.add(ref);
        this.#refs.set(step.as, ref);
        return quiet;
      }
      case "demonitor": {
        const wasActive = self.demonitor(this.#ref(step.ref), { flush: step.flush === true });
        if (step.info) return loud(String(wasActive));
        return step.flush ? loud("true") : quiet;
      }
      case "exit": {
        const to = this.#place(step.to);
        const pid = typeof to === "string" ? self.whereis(to) : to;
        if (pid === undefined) return loud("refused");
        self.exit(pid, step.reason);
        return quiet;
      }
      case "exits": throw new ExitReason(step.reason);
      case "errors": throw new Error(termText(step.value));
      case "throws": throw step.value;
      default: return this.#performOther(self, step);
    }
  }

  #performOther(self: Process, step: Step): Answer {
    switch (step.op) {
      case "flag": {
        if (step.flag === "priority") throw new Inexpressible("a priority is set by spawn alone");
        self.trapExit = step.value === true;
        return quiet;
      }
      case "register": {
        if (step.of !== undefined && this.#pid(step.of) !== self.pid) {
          throw new Inexpressible("a process registers itself alone");
        }
        return self.register(step.name) ? quiet : loud("refused");
      }
      case "unregister": return self.unregister(step.name) ? quiet : loud("refused");
      case "whereis": {
        const pid = self.whereis(step.name);
        return loud(pid === undefined ? "nobody" : this.#who(pid));
      }
      case "sendAfter": {
        const elapsedMs = this.#clock.now() - this.#begunAtMs;
        const ms = step.absolute ? Math.max(0, step.ms - elapsedMs) : step.ms;
        const ref = self.sendAfter(ms, this.#place(step.to), step.body);
        if (step.as !== undefined) this.#refs.set(step.as, ref);
        return quiet;
      }
      case "cancelTimer": {
        return loud(self.cancelTimer(this.#ref(step.ref)) === undefined ? "false" : "left");
      }
      case "makeRef": {
        this.#refs.set(step.as, self.makeRef());
        return quiet;
      }
      case "isAlive": return loud(String(this.#runtime.isAlive(this.#pid(step.of))));
      case "info": return loud(this.#info(this.#pid(step.of), step.item));
      default: throw new Inexpressible(`no ${step.op} yet`);
    }
  }

  #spawn(self: Process, step: StepOf<"spawn">): Answer {
    if (step.priority !== undefined) throw new Inexpressible("generators have priority normal");
    if (step.link && step.monitor !== undefined) {
      throw new Inexpressible("one of spawnLink and spawnMonitor");
    }
    if (step.alias !== undefined || step.tag !== undefined) {
      throw new Inexpressible("monitors have no alias and no tag");
    }
    const { child, exits } = step;
    if (exits !== undefined) this.unwatched.add(child);
    const body: Body = exits === undefined ? this.#bodyOf(child) : function* () {
      throw new ExitReason(exits);
    };
    if (step.monitor !== undefined) {
      const { pid, ref } = self.spawnMonitor(body);
      this.pids.set(child, pid);
      this.#refs.set(step.monitor, ref);
    } else {
      this.pids.set(child, step.link ? self.spawnLink(body) : self.spawn(body));
    }
    return quiet;
  }

  #info(pid: Pid, item: InfoItem): string {
    const info = this.#runtime.processInfo(pid);
    if (info === undefined) return "undefined";
    if (!(item in info)) throw new Inexpressible(`processInfo has no ${item}`);
    return String(info[item as keyof ProcessInfo]);
  }

  // ---- messages ----

  #isWanted(message: unknown, match: Pattern | undefined): boolean {
    if (match === undefined) return true;
    if ("exit" in match) {
      return message instanceof Exit && message.from === this.#pid(match.exit);
    }
    if ("down" in match) return message instanceof Down && message.ref === this.#ref(match.down);
    if ("ref" in match) return isReferring(message) && message.reference === this.#ref(match.ref);
    return !(message instanceof Exit || message instanceof Down) &&
      this.#messageText(message) === termText(match.body);
  }

  #messageText(message: unknown): string {
    if (message instanceof Exit) {
      return `EXIT ${this.#who(message.from)} ${this.reasonText(message.reason)}`;
    }
    if (message instanceof Down) {
      const who = this.#byName.has(message.ref) ? "" : `${this.#who(message.pid)} `;
      return `DOWN ${this.#which(message.ref)} ${who}${this.reasonText(message.reason)}`;
    }
    if (isReferring(message)) return `${this.#which(message.reference)}: ${termText(message.body)}`;
    return termText(message as Term);
  }

  reasonText(reason: unknown): string {
    if (typeof reason === "object" && reason !== null && "error" in reason) {
      return `error ${(reason.error as Error).message}`;
    }
    return termText(reason as Term);
  }

  // ---- the scenario's words ----

  #pid(name: string): Pid {
    const pid = this.pids.get(name);
    if (pid === undefined) throw new Error(`${name} has not been spawned`);
    return pid;
  }

  #ref(name: string): Ref {
    const ref = this.#refs.get(name);
    if (ref === undefined) throw new Error(`no reference ${name} has been made`);
    return ref;
  }

  #who(pid: Pid): string {
    return [...this.pids].find(([, one]) => one === pid)?.[0] ?? "?";
  }

  #which(ref: Ref): string {
    return [...this.#refs].find(([, one]) => one === ref)?.[0] ?? "?";
  }

  #place(to: Target): Pid | string {
    if (typeof to === "string") return this.#pid(to);
    if ("name" in to) return to.name;
    throw new Inexpressible("no alias yet");
  }
}

function isReferring(message: unknown): message is Referring {
  return typeof message === "object" && message !== null && "reference" in message;
}
