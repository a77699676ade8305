// The steps of scenarios as calls of the kernel's ABI, and its messages in the scenario's words.
import {
  Atom, Demonitor, Flag, Info, MessageKind, Option, ProcessStatus, ReasonKind, Status, statusName,
  type Pid, type Ref,
} from "../../host/kernel/abi.ts";
import type { Kernel } from "../../host/kernel/kernel.ts";
import type { TestKernel } from "../assembly/test-kernel.ts";
import {
  Inexpressible, termText,
  type InfoItem, type Pattern, type Priority, type Step, type Target, type Term,
} from "./scenario.ts";

/** What a step has answered: silent unless it is shown, or the end of its process. */
export type Answer =
  | { readonly text: string; readonly isLoud: boolean }
  | { readonly endedBy: string };

type StepOf<O extends Step["op"]> = Extract<Step, { op: O }>;

const TAG_MESSAGE = 0;
const TAG_TIMEOUT = 1;

const atoms: ReadonlyMap<Term, number> =
  new Map(Object.entries(Atom).map(([name, code]) => [name.toLowerCase(), code]));
const atomTexts = new Map([...atoms].map(([name, code]) => [code, String(name)]));
const priorities: readonly Priority[] = ["normal", "low", "high", "max"];
const statuses: Readonly<Record<number, string>> = {
  [ProcessStatus.RUNNABLE]: "runnable", [ProcessStatus.OFFERED]: "runnable",
  [ProcessStatus.RUNNING]: "running", [ProcessStatus.WAITING]: "waiting",
};
const infoItems: Readonly<Partial<Record<InfoItem, number>>> = {
  messageQueueLength: Info.MESSAGE_QUEUE_LENGTH, links: Info.LINKS, monitors: Info.MONITORS,
  monitoredBy: Info.MONITORED_BY, priority: Info.PRIORITY, trapExit: Info.TRAP_EXIT,
  status: Info.STATUS,
};

const quiet: Answer = { text: "true", isLoud: false };
export const loud = (text: string): Answer => ({ text, isLoud: true });

/** The scenario's processes, references and values, as the kernel numbers them. */
export class RawSteps {
  readonly k: TestKernel;
  readonly pids = new Map<string, Pid>();
  readonly refs = new Map<string, Ref>();
  /** Called when a step has made a process. */
  onSpawn: (name: string, pid: Pid, exits: Term | undefined) => void = () => {};
  /** Monitors that were made by name. */
  readonly #byName = new Set<Ref>();
  /** What handles stand for. */
  readonly #values = new Map<number, Term>();
  readonly #kernel: Kernel;
  readonly #begunAt: number;

  constructor(k: TestKernel) {
    this.k = k;
    this.#kernel = k.kernel;
    this.#begunAt = k.now;
  }

  /** Does a step that can't block, inside its process's open turn. */
  perform(pid: Pid, step: Step): Answer {
    const kernel = this.#kernel;
    switch (step.op) {
      case "log": return loud(step.text);
      case "spawn": return this.#spawn(pid, step);
      case "send": return this.#send(pid, step);
      case "link": return this.#linked(kernel.link(pid, this.pid(step.to)));
      case "unlink": {
        kernel.unlink(pid, this.pid(step.to));
        return quiet;
      }
      case "monitor": return this.#monitor(pid, step);
      case "demonitor": {
        const options = step.flush ? Demonitor.FLUSH : 0;
        const wasActive = kernel.demonitor(pid, this.ref(step.ref), options) === Status.OK;
        if (step.info) return loud(String(wasActive));
        return step.flush ? loud("true") : quiet;
      }
      case "exit": return this.#exit(pid, step);
      case "flag": {
        if (step.flag === "trapExit") kernel.processFlag(pid, Flag.TRAP_EXIT, step.value ? 1 : 0);
        else kernel.processFlag(pid, Flag.PRIORITY, priorities.indexOf(step.value as Priority));
        return quiet;
      }
      case "exits": return this.finish(pid, step.reason);
      case "returns": return this.finish(pid, "normal");
      default: return this.#performOther(pid, step);
    }
  }

  #performOther(pid: Pid, step: Step): Answer {
    const kernel = this.#kernel;
    switch (step.op) {
      case "register": return this.#done(kernel.register(this.pid(step.of ?? ""), step.name));
      case "unregister": return this.#done(kernel.unregister(step.name));
      case "whereis": {
        const found = kernel.whereis(step.name);
        return loud(found === 0 ? "nobody" : this.who(found));
      }
      case "sendAfter":
      case "startTimer": return this.#startTimer(pid, step);
      case "cancelTimer": return this.#left(kernel.cancelTimer(this.ref(step.ref)));
      case "readTimer": return this.#left(kernel.readTimer(this.ref(step.ref)));
      case "makeRef": {
        this.refs.set(step.as, kernel.makeRef());
        return quiet;
      }
      case "isAlive": return loud(String(kernel.isAlive(this.pid(step.of))));
      case "info": return loud(this.#info(this.pid(step.of), step.item));
      default: throw new Inexpressible(`raw: no ${step.op}`);
    }
  }

  finish(pid: Pid, reason: Term): Answer {
    const [kind, value] = this.#reason(reason);
    this.#kernel.finish(pid, kind, value);
    return { endedBy: termText(reason) };
  }

  #spawn(pid: Pid, step: StepOf<"spawn">): Answer {
    let options: number = priorities.indexOf(step.priority ?? "normal");
    if (step.link) options |= Option.LINK;
    if (step.monitor !== undefined) options |= Option.MONITOR;
    const child = this.#kernel.spawnHost(pid, options);
    if (child < 0) return loud(statusName(child));
    if (step.monitor !== undefined) this.refs.set(step.monitor, this.#kernel.lastRef);
    this.pids.set(step.child, child);
    this.onSpawn(step.child, child, step.exits);
    return quiet;
  }

  #send(pid: Pid, step: StepOf<"send">): Answer {
    const to = this.#place(step.to);
    if (to === 0) return loud("refused");
    const ref = step.ref === undefined ? 0 : this.ref(step.ref);
    let status: Status;
    if (typeof step.body === "number") {
      status = this.#kernel.sendNumber(pid, to, TAG_MESSAGE, ref, step.body);
    } else {
      const handle = this.#hold(step.body);
      status = this.#kernel.sendHandle(pid, to, TAG_MESSAGE, ref, handle);
      if (status < 0) this.k.giveBack(handle);
    }
    return status === Status.NO_PROCESS ? quiet : this.#done(status);
  }

  #monitor(pid: Pid, step: StepOf<"monitor">): Answer {
    const to = this.#place(step.to);
    const ref = this.#kernel.monitor(pid, to === 0 ? this.#deadPid() : to);
    if (ref < 0) return loud(statusName(ref));
    if (typeof step.to !== "string") this.#byName.add(ref);
    this.refs.set(step.as, ref);
    return quiet;
  }

  #exit(pid: Pid, step: StepOf<"exit">): Answer {
    const to = this.#place(step.to);
    if (to === 0) return loud("refused");
    const [kind, value] = this.#reason(step.reason);
    const status = this.#kernel.exitSignal(pid, to, kind, value);
    if (status < 0 && kind === ReasonKind.HANDLE) this.k.giveBack(value);
    return status === Status.NO_PROCESS ? quiet : this.#done(status);
  }

  #startTimer(pid: Pid, step: StepOf<"sendAfter" | "startTimer">): Answer {
    const ms = step.absolute ? Math.max(0, this.#begunAt + step.ms - this.k.now) : step.ms;
    const isNumber = typeof step.body === "number";
    const value = isNumber ? step.body as number : this.#hold(step.body);
    const kind = isNumber ? MessageKind.NUMBER : MessageKind.HANDLE;
    const tag = step.op === "startTimer" ? TAG_TIMEOUT : TAG_MESSAGE;
    const timer = this.#kernel.sendAfter(pid, this.#place(step.to) as Pid, tag, 0, kind, value, ms);
    if (timer < 0 && !isNumber) this.k.giveBack(value);
    // A timer for a dead process is gone at once, and nobody is told.
    const isGone = timer === Status.NO_PROCESS;
    if (timer < 0 && !isGone) return loud("refused");
    if (step.as !== undefined) this.refs.set(step.as, isGone ? this.#kernel.makeRef() : timer);
    return quiet;
  }

  #info(pid: Pid, item: InfoItem): string {
    const code = infoItems[item];
    if (code === undefined) throw new Inexpressible(`raw: no item ${item}`);
    const value = this.#kernel.processInfo(pid, code);
    if (value === Status.NO_PROCESS) return "undefined";
    if (item === "trapExit") return String(value === 1);
    if (item === "priority") return priorities[value] ?? "?";
    return item === "status" ? statuses[value] ?? "?" : String(value);
  }

  #done(status: Status): Answer {
    return status < 0 ? loud("refused") : quiet;
  }

  #linked(status: Status): Answer {
    if (status === Status.NO_PROCESS) return loud("noproc");
    return this.#done(status);
  }

  #left(ms: number): Answer {
    return loud(ms < 0 ? "false" : "left");
  }

  // ---- messages ----

  /** Whether the message that is shown is wanted. */
  isWanted(match: Pattern | undefined): boolean {
    if (match === undefined) return true;
    const { kind, from, ref } = this.k.fast.message;
    const isSignal = kind === MessageKind.EXIT || kind === MessageKind.DOWN;
    if ("exit" in match) return kind === MessageKind.EXIT && from === this.pid(match.exit);
    if ("down" in match) return kind === MessageKind.DOWN && ref === this.ref(match.down);
    if ("ref" in match) return !isSignal && ref === this.ref(match.ref);
    return !isSignal && this.shownText() === termText(match.body);
  }

  /** The message that is shown, as it reads in a trace. */
  shownText(): string {
    const { kind, tag, from, ref, value, reasonKind } = this.k.fast.message;
    if (kind === MessageKind.EXIT) {
      return `EXIT ${this.who(from)} ${this.reasonText(reasonKind, value)}`;
    }
    if (kind === MessageKind.DOWN) {
      const who = this.#byName.has(ref) ? "" : `${this.who(from)} `;
      return `DOWN ${this.#which(ref)} ${who}${this.reasonText(reasonKind, value)}`;
    }
    const body = kind === MessageKind.NUMBER ? String(value) : this.valueText(value);
    if (tag === TAG_TIMEOUT) return `timeout ${this.#which(ref)} ${body}`;
    const isTimers = [...this.refs].some(([, one]) => one === ref);
    return ref === 0 || !isTimers ? body : `${this.#which(ref)}: ${body}`;
  }

  reasonText(kind: number, value: number): string {
    if (kind === ReasonKind.HANDLE) return this.valueText(value);
    return atomTexts.get(value) ?? `atom ${value}`;
  }

  valueText(handle: number): string {
    const value = this.#values.get(handle);
    return value === undefined ? "?" : termText(value);
  }

  // ---- the scenario's words ----

  pid(name: string): Pid {
    const pid = this.pids.get(name);
    if (pid === undefined) throw new Error(`${name} has not been spawned`);
    return pid;
  }

  ref(name: string): Ref {
    const ref = this.refs.get(name);
    if (ref === undefined) throw new Error(`no reference ${name} has been made`);
    return ref;
  }

  who(pid: Pid): string {
    return [...this.pids].find(([, one]) => one === pid)?.[0] ?? "?";
  }

  #which(ref: Ref): string {
    return [...this.refs].find(([, one]) => one === ref)?.[0] ?? "?";
  }

  /** The pid of a target; 0 if nobody has the name. */
  #place(to: Target): Pid | 0 {
    if (typeof to === "string") return this.pid(to);
    if ("name" in to) return this.#kernel.whereis(to.name);
    return -this.ref(to.alias) as Pid;
  }

  /** A pid that is dead for certain: an unknown name is as dead as that. */
  #deadPid(): Pid {
    const pid = this.k.spawn();
    this.k.kill(pid);
    return pid;
  }

  #hold(value: Term): number {
    const handle = this.k.handle();
    this.#values.set(handle, value);
    return handle;
  }

  #reason(reason: Term): [kind: number, value: number] {
    const atom = atoms.get(reason);
    if (atom !== undefined) return [ReasonKind.ATOM, atom];
    return [ReasonKind.HANDLE, this.#hold(reason)];
  }
}
