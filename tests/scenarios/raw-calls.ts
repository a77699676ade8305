// The parts of a scenario's steps on the raw ABI: sends, timers, limits, what is asked.
import {
  Flag, Info, List, MailboxPolicy, MemoryPolicy, MessageKind, ProcessStatus, Status, TimerOption,
  type Pid, type Ref,
} from "../../host/kernel/abi.ts";
import type { Kernel } from "../../host/kernel/kernel.ts";
import type { TestKernel } from "../assembly/test-kernel.ts";
import { RawWords, TAG_MESSAGE, TAG_TIMEOUT } from "./raw-words.ts";
import {
  drainedText, Inexpressible,
  type InfoItem, type Misuse, type Priority, type Step, type Target, type Term,
} from "./scenario.ts";

/** What a step has answered: silent unless it is shown, or the end of its process. */
export type Answer =
  | { readonly text: string; readonly isLoud: boolean }
  | { readonly endedBy: string };

export type StepOf<O extends Step["op"]> = Extract<Step, { op: O }>;

export const priorities: readonly Priority[] = ["normal", "low", "high", "max"];
const statuses: Readonly<Record<number, string>> = {
  [ProcessStatus.RUNNABLE]: "runnable", [ProcessStatus.OFFERED]: "runnable",
  [ProcessStatus.RUNNING]: "running", [ProcessStatus.WAITING]: "waiting",
  [ProcessStatus.SUSPENDED]: "suspended",
};
const infoItems: Readonly<Partial<Record<InfoItem, number>>> = {
  messageQueueLength: Info.MESSAGE_QUEUE_LENGTH, links: Info.LINKS, monitors: Info.MONITORS,
  monitoredBy: Info.MONITORED_BY, priority: Info.PRIORITY, trapExit: Info.TRAP_EXIT,
  status: Info.STATUS, parent: Info.PARENT, memory: Info.MEMORY,
};
const policies = {
  refuse: MailboxPolicy.REFUSE, drop: MailboxPolicy.DROP, kill: MailboxPolicy.KILL,
} as const;
/** What can't be a pid, a reference, a priority. */
const NONSENSE = 0.5;


export const quiet: Answer = { text: "true", isLoud: false };
export const loud = (text: string): Answer => ({ text, isLoud: true });

/** What the steps are made of. */
export class RawCalls extends RawWords {
  protected readonly kernel: Kernel;
  readonly #begunAt: number;

  constructor(k: TestKernel) {
    super(k);
    this.kernel = k.kernel;
    this.#begunAt = k.now;
  }

  protected send(pid: Pid, target: Target, body: Term, name?: string, priority = 0): Answer {
    const to = this.place(target);
    if (to === 0) return loud("refused");
    const ref = name === undefined ? 0 : this.ref(name);
    const tag = TAG_MESSAGE + priority;
    let status: Status;
    if (typeof body === "number") {
      status = this.kernel.sendNumber(pid, to, tag, ref, body);
    } else {
      const handle = this.hold(body);
      status = this.kernel.sendHandle(pid, to, tag, ref, handle);
      if (status < 0) this.k.giveBack(handle);
    }
    return status === Status.NO_PROCESS ? quiet : this.done(status);
  }

  protected sendEach(pid: Pid, messages: readonly (readonly [to: string, body: Term])[]): Answer {
    const answers = messages.map(([to, body]) => this.send(pid, to, body));
    return answers.find((answer) => answer !== quiet) ?? quiet;
  }

  /** Takes all that is there. */
  protected drain(pid: Pid): string {
    const texts: string[] = [];
    this.kernel.rewind(pid);
    for (let shown = this.kernel.peek(pid); shown === Status.SHOWN; shown = this.k.take(pid)) {
      texts.push(this.shownText());
    }
    return drainedText(texts);
  }

  protected startTimer(pid: Pid, step: StepOf<"sendAfter" | "startTimer">): Answer {
    const { to, body } = step;
    const options = step.absolute ? TimerOption.ABSOLUTE : 0;
    const ms = step.absolute ? this.#begunAt + step.ms : step.ms;
    const isNumber = typeof body === "number";
    const value = isNumber ? body : this.hold(body);
    const kind = isNumber ? MessageKind.NUMBER : MessageKind.HANDLE;
    const tag = step.op === "startTimer" ? TAG_TIMEOUT : TAG_MESSAGE;
    const timer = typeof to !== "string" && "name" in to
      ? this.kernel.sendAfterName(pid, to.name, tag, 0, kind, value, ms, options)
      : this.kernel.sendAfter(pid, this.place(to) as Pid, tag, 0, kind, value, ms, options);
    if (timer < 0 && !isNumber) this.k.giveBack(value);
    // A timer for a dead process is gone at once, and nobody is told.
    const isGone = timer === Status.NO_PROCESS;
    if (timer < 0 && !isGone) return loud("refused");
    if (tag === TAG_MESSAGE) this.plainTimers.add(timer);
    if (step.as !== undefined) this.refs.set(step.as, isGone ? this.kernel.makeRef() : timer);
    return quiet;
  }

  protected limit(pid: Pid, step: StepOf<"limit">): Answer {
    const kernel = this.kernel;
    if ("bytes" in step) {
      kernel.processFlag(pid, Flag.MEMORY_POLICY, step.kill ? MemoryPolicy.KILL : 0);
      return this.done(kernel.processFlag(pid, Flag.MEMORY_LIMIT, step.bytes));
    }
    kernel.processFlag(pid, Flag.MAILBOX_POLICY, policies[step.policy]);
    return this.done(kernel.processFlag(pid, Flag.MAILBOX_LIMIT, step.messages));
  }

  protected misuse(pid: Pid, call: Misuse): Status {
    const kernel = this.kernel;
    const [badPid, badRef] = [NONSENSE as Pid, NONSENSE as Ref];
    switch (call) {
      case "monitor": return kernel.monitor(pid, badPid);
      case "demonitor": return kernel.demonitor(pid, badRef, 0);
      case "link": return kernel.link(pid, badPid);
      case "cancelTimer": return kernel.cancelTimer(badRef);
      case "readTimer": return kernel.readTimer(badRef);
      case "priority": return kernel.processFlag(pid, Flag.PRIORITY, 4711);
      case "register": return kernel.register(badPid, "misused");
    }
  }

  protected info(pid: Pid, item: InfoItem): string {
    const kernel = this.kernel;
    if (!kernel.isAlive(pid)) return "undefined";
    if (item === "registeredName") return kernel.processName(pid) || "none";
    if (item === "messages") return this.#messages(pid);
    if (item === "suspending") return String(kernel.processList(pid, List.SUSPENDING).length);
    const code = infoItems[item];
    if (code === undefined) throw new Inexpressible(`raw: no item ${item}`);
    const value = kernel.processInfo(pid, code);
    switch (item) {
      case "trapExit": return String(value === 1);
      case "priority": return priorities[value] ?? "?";
      case "status": return statuses[value] ?? "?";
      case "parent": return value === 0 ? "nobody" : this.who(value as Pid);
      case "memory": return value > 0 ? "some" : "none";
      default: return String(value);
    }
  }

  #messages(pid: Pid): string {
    const texts: string[] = [];
    while (this.kernel.inspect(pid, texts.length) === Status.SHOWN) texts.push(this.shownText());
    return texts.join(" | ") || "none";
  }

  protected names(pids: readonly Pid[]): string {
    return pids.map((pid) => this.who(pid)).sort().join(" ") || "nobody";
  }

  protected done(status: Status): Answer {
    return status < 0 ? loud("refused") : quiet;
  }
}
