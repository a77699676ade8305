// The steps of scenarios as calls of a process's own methods.
import { PidgeonError } from "../../host/errors.ts";
import { aliasOf, ExitReason, receive, refOfAlias, TIMEOUT } from "../../host/runtime/index.ts";
import type { Operation, Pid, Process, Ref, Runtime } from "../../host/runtime/index.ts";
import { compete, giveWay } from "./generator-scheduling.ts";
import { GeneratorWords } from "./generator-words.ts";
import {
  drainedText, Inexpressible, leftText, termText, type Misuse, type MonitorOptions, type Step,
} from "./scenario.ts";

interface Answer {
  readonly text: string;
  readonly isLoud: boolean;
}

type StepOf<O extends Step["op"]> = Extract<Step, { op: O }>;
type Body = (self: Process) => Operation<void>;

const quiet: Answer = { text: "true", isLoud: false };
const loud = (text: string): Answer => ({ text, isLoud: true });

export class GeneratorSteps extends GeneratorWords {
  /** Processes whose end nobody but the scenario sees. */
  readonly unwatched = new Set<string>();
  readonly #begunAtMs: number;
  readonly #bodyOf: (name: string) => Body;

  constructor(runtime: Runtime, bodyOf: (name: string) => Body) {
    super(runtime);
    this.#begunAtMs = runtime.monotonicTime();
    this.#bodyOf = bodyOf;
  }

  *perform(self: Process, step: Step): Operation<Answer> {
    if (step.op === "hibernate") {
      yield* self.hibernate();
      return loud("awake");
    }
    if (step.op === "yield") {
      yield* giveWay();
      return quiet;
    }
    if (step.op === "compete") return loud(yield* compete(self, step.workers, step.turns));
    if (step.op === "drain") return loud(drainedText(yield* this.#drain()));
    if (step.op !== "receive") return this.#performAtOnce(self, step);
    const { match, after = Infinity } = step;
    const message: unknown = yield* receive((one: unknown) => this.isWanted(one, match), after);
    return loud(message === TIMEOUT ? "nothing" : this.messageText(message));
  }

  #performAtOnce(self: Process, step: Step): Answer {
    switch (step.op) {
      case "log": return loud(step.text);
      case "spawn": return this.#spawn(self, step);
      case "send": {
        const { to, body, ref } = step;
        const message = ref === undefined ? body : { reference: this.ref(ref), body };
        const result = self.trySend(this.place(to), message, { priority: step.priority === true });
        const isLost = result === "noproc" && (typeof to === "string" || "alias" in to);
        return result === "ok" || isLost ? quiet : loud("refused");
      }
      case "sendEach": {
        for (const name of step.to) self.send(this.pid(name), step.body);
        return quiet;
      }
      case "flood": {
        const to = this.pid(step.to);
        for (let number = 1; number <= step.count; number++) self.send(to, step.body ?? number);
        return quiet;
      }
      case "link": {
        try {
          self.link(this.pid(step.to));
          return quiet;
        } catch (error) {
          if (error instanceof ExitReason) return loud(this.reasonText(error.reason));
          throw error;
        }
      }
      case "unlink": {
        self.unlink(this.pid(step.to));
        return quiet;
      }
      case "monitor": {
        const ref = self.monitor(this.destination(step.to), this.#monitorOptions(step));
        if (typeof step.to !== "string") this.byName.add(ref);
        this.refs.set(step.as, ref);
        return quiet;
      }
      case "demonitor": {
        const { flush = false, info = false } = step;
        const answer = self.demonitor(this.ref(step.ref), { flush, info });
        return flush || info ? loud(String(answer)) : quiet;
      }
      case "exit": {
        const to = this.place(step.to);
        const address = typeof to === "string" ? self.whereis(to) : to;
        if (address === undefined) return loud("refused");
        self.exit(address, step.reason, { priority: step.priority === true });
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
        self.processFlag(step.flag, step.value);
        return quiet;
      }
      case "register": {
        return done(self.register(step.name, this.pid(step.of ?? "")));
      }
      case "unregister": return done(self.unregister(step.name));
      case "whereis": {
        const pid = self.whereis(step.name);
        return loud(pid === undefined ? "nobody" : this.who(pid));
      }
      case "sendAfter":
      case "startTimer": return this.#startTimer(self, step);
      case "timers": {
        for (let n = 1; n <= step.count; n++) {
          const timer = { actor: step.actor, to: step.to, body: n, ms: step.ms, absolute: true };
          this.#startTimer(self, { ...timer, op: "sendAfter", as: `${step.as}${n}` });
        }
        return quiet;
      }
      case "cancelTimer": {
        return loud(leftText(self.cancelTimer(this.ref(step.ref)) ?? -1, step.between));
      }
      case "readTimer": {
        return loud(leftText(self.readTimer(this.ref(step.ref)) ?? -1, step.between));
      }
      case "cancelTimers": {
        const numbers = Array.from({ length: step.count }, (_, at) => at + 1);
        const rests = numbers.map((n) => self.cancelTimer(this.ref(`${step.as}${n}`)));
        return loud(String(rests.filter((ms) => ms !== undefined).length));
      }
      case "makeRef": {
        this.refs.set(step.as, self.makeRef());
        return quiet;
      }
      case "alias": {
        const { reply = false, priority = false } = step;
        this.refs.set(step.as, refOfAlias(self.alias({ reply, priority })));
        return quiet;
      }
      case "unalias": return loud(String(self.unalias(aliasOf(this.ref(step.ref)))));
      case "suspend": return this.#suspend(self, this.pid(step.of), step.unless === true);
      case "resume": return done(self.resume(this.pid(step.of)));
      case "isAlive": return loud(String(this.runtime.isAlive(this.pid(step.of))));
      case "info": return loud(this.info(this.pid(step.of), step.item));
      case "infos": {
        const of = this.pid(step.of);
        const isDead = !this.runtime.isAlive(of);
        return loud(isDead ? "undefined" : step.items.map((one) => this.info(of, one)).join(", "));
      }
      case "processes": return loud(this.names(this.runtime.processes()));
      case "collect": return quiet;
      case "limit": {
        if ("bytes" in step) {
          const { bytes, kill = false } = step;
          self.processFlag("memoryLimit", { bytes, kill, errorLogger: false });
        } else {
          self.processFlag("mailboxLimit", { messages: step.messages, policy: step.policy });
        }
        return quiet;
      }
      case "join": return done(self.join(step.group));
      case "leave": return done(self.leave(step.group));
      case "members": return loud(this.names(self.getMembers(step.group)));
      case "sendGroup": return loud(String(self.sendToGroup(step.group, step.body)));
      case "misuse": return done(misuse(self, step.call));
      default: throw new Inexpressible(`no ${step.op} yet`);
    }
  }

  #spawn(self: Process, step: StepOf<"spawn">): Answer {
    const { child, exits, link = false, priority = "normal", monitor } = step;
    if (exits !== undefined) this.unwatched.add(child);
    const body: Body = exits === undefined ? this.#bodyOf(child) : function* () {
      throw new ExitReason(exits);
    };
    const options = { link, priority };
    if (monitor === undefined) {
      this.pids.set(child, self.spawnOpt(options, body));
    } else {
      const watching = { ...options, monitor: this.#monitorOptions(step) };
      const { pid, ref } = self.spawnOpt(watching, body);
      this.pids.set(child, pid);
      this.refs.set(monitor, ref);
    }
    return quiet;
  }

  /** Takes all that is there. */
  *#drain(): Operation<string[]> {
    const texts: string[] = [];
    for (;;) {
      const message: unknown = yield* receive(undefined, 0);
      if (message === TIMEOUT) return texts;
      texts.push(this.messageText(message));
    }
  }

  #monitorOptions({ alias, tag, priorityDown = false }: MonitorOptions) {
    if (tag !== undefined && !this.tags.includes(tag)) this.tags.push(tag);
    return {
      ...alias !== undefined && { alias }, priority: priorityDown,
      tag: tag === undefined ? 0 : this.tags.indexOf(tag),
    };
  }

  #startTimer(self: Process, step: StepOf<"sendAfter" | "startTimer">): Answer {
    const { ms, body, absolute = false, as } = step;
    const time = absolute ? this.#begunAtMs + ms : ms;
    const to = this.destination(step.to);
    const ref = step.op === "sendAfter" ? self.sendAfter(time, to, body, { absolute })
      : self.startTimer(time, to, body, { absolute });
    if (as !== undefined) this.refs.set(as, ref);
    return quiet;
  }

  #suspend(self: Process, pid: Pid, unlessSuspending: boolean): Answer {
    try {
      if (self.suspend(pid, { unlessSuspending })) return quiet;
      return unlessSuspending && this.runtime.isAlive(pid) ? { text: "false", isLoud: false }
        : loud("refused");
    } catch (error) {
      if (error instanceof PidgeonError) return loud("refused");
      throw error;
    }
  }
}

/** What is refused answers false. */
function done(isDone: boolean): Answer {
  return isDone ? quiet : loud("refused");
}

/** Whether a call with an argument that makes no sense was taken for one that does. */
function misuse(self: Process, call: Misuse): boolean {
  const [badPid, badRef] = [0.5 as Pid, 0.5 as Ref];
  switch (call) {
    case "monitor": return self.monitor(badPid) > 0;
    case "demonitor": return self.demonitor(badRef, { info: true });
    case "link": {
      self.link(badPid);
      return true;
    }
    case "cancelTimer": return self.cancelTimer(badRef) !== undefined;
    case "readTimer": return self.readTimer(badRef) !== undefined;
    case "priority": return self.processFlag("priority", "4711" as "low") === "low";
    case "register": return self.register("misused", badPid);
  }
}
