// The steps of scenarios as calls of the kernel's ABI.
import {
  AliasOption, Demonitor, Flag, Info, MessageKind, MonitorOption, Option, ProcessStatus, ReasonKind,
  Status, statusName, SuspendOption, type Pid,
} from "../../host/kernel/abi.ts";
import type { Kernel } from "../../host/kernel/kernel.ts";
import type { TestKernel } from "../assembly/test-kernel.ts";
import { RawWords, TAG_MESSAGE, TAG_TIMEOUT } from "./raw-words.ts";
import {
  Inexpressible, termText,
  type AliasMode, type InfoItem, type MonitorOptions, type Priority, type Step, type Term,
} from "./scenario.ts";

/** What a step has answered: silent unless it is shown, or the end of its process. */
export type Answer =
  | { readonly text: string; readonly isLoud: boolean }
  | { readonly endedBy: string };

type StepOf<O extends Step["op"]> = Extract<Step, { op: O }>;

const priorities: readonly Priority[] = ["normal", "low", "high", "max"];
const statuses: Readonly<Record<number, string>> = {
  [ProcessStatus.RUNNABLE]: "runnable", [ProcessStatus.OFFERED]: "runnable",
  [ProcessStatus.RUNNING]: "running", [ProcessStatus.WAITING]: "waiting",
  [ProcessStatus.SUSPENDED]: "suspended",
};
const aliasModes: Readonly<Record<AliasMode, number>> = {
  explicit_unalias: MonitorOption.ALIAS_EXPLICIT, demonitor: MonitorOption.ALIAS_DEMONITOR,
  reply_demonitor: MonitorOption.ALIAS_REPLY,
};
const infoItems: Readonly<Partial<Record<InfoItem, number>>> = {
  messageQueueLength: Info.MESSAGE_QUEUE_LENGTH, links: Info.LINKS, monitors: Info.MONITORS,
  monitoredBy: Info.MONITORED_BY, priority: Info.PRIORITY, trapExit: Info.TRAP_EXIT,
  status: Info.STATUS,
};

const quiet: Answer = { text: "true", isLoud: false };
export const loud = (text: string): Answer => ({ text, isLoud: true });

/** Does the steps of one scenario. */
export class RawSteps extends RawWords {
  /** Called when a step has made a process. */
  onSpawn: (name: string, pid: Pid, exits: Term | undefined) => void = () => {};
  /** Called when a process has been suspended. */
  onSuspend: (name: string) => void = () => {};
  readonly #kernel: Kernel;
  readonly #begunAt: number;

  constructor(k: TestKernel) {
    super(k);
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
      case "alias": {
        this.refs.set(step.as, kernel.alias(pid, step.reply ? AliasOption.REPLY : 0));
        return quiet;
      }
      case "unalias": return loud(String(kernel.unalias(pid, this.ref(step.ref)) === Status.OK));
      case "suspend": {
        const options = step.unless ? SuspendOption.UNLESS : 0;
        const status = kernel.suspend(pid, this.pid(step.of), options);
        if (status === Status.OK) this.onSuspend(step.of);
        return status === Status.ALREADY ? { text: "false", isLoud: false } : this.#done(status);
      }
      case "resume": return this.#done(kernel.resume(pid, this.pid(step.of)));
      case "isAlive": return loud(String(kernel.isAlive(this.pid(step.of))));
      case "info": return loud(this.#info(this.pid(step.of), step.item));
      default: throw new Inexpressible(`raw: no ${step.op}`);
    }
  }

  finish(pid: Pid, reason: Term): Answer {
    const [kind, value] = this.reason(reason);
    this.#kernel.finish(pid, kind, value);
    return { endedBy: termText(reason) };
  }

  #spawn(pid: Pid, step: StepOf<"spawn">): Answer {
    let options: number = priorities.indexOf(step.priority ?? "normal");
    if (step.link) options |= Option.LINK;
    const isPlain = step.alias === undefined && step.tag === undefined;
    if (step.monitor !== undefined && isPlain) options |= Option.MONITOR;
    const child = this.#kernel.spawnHost(pid, options);
    if (child < 0) return loud(statusName(child));
    this.pids.set(step.child, child);
    if (step.monitor !== undefined && isPlain) this.refs.set(step.monitor, this.#kernel.lastRef);
    // Nothing runs between two calls: this is as atomic.
    else if (step.monitor !== undefined) this.#watch(pid, child, step.monitor, step);
    this.onSpawn(step.child, child, step.exits);
    return quiet;
  }

  #send(pid: Pid, step: StepOf<"send">): Answer {
    const to = this.place(step.to);
    if (to === 0) return loud("refused");
    const ref = step.ref === undefined ? 0 : this.ref(step.ref);
    let status: Status;
    if (typeof step.body === "number") {
      status = this.#kernel.sendNumber(pid, to, TAG_MESSAGE, ref, step.body);
    } else {
      const handle = this.hold(step.body);
      status = this.#kernel.sendHandle(pid, to, TAG_MESSAGE, ref, handle);
      if (status < 0) this.k.giveBack(handle);
    }
    return status === Status.NO_PROCESS ? quiet : this.#done(status);
  }

  #monitor(pid: Pid, step: StepOf<"monitor">): Answer {
    const to = this.place(step.to);
    const answer = this.#watch(pid, to === 0 ? this.deadPid() : to, step.as, step);
    if (typeof step.to !== "string") this.byName.add(this.ref(step.as));
    return answer;
  }

  #watch(pid: Pid, target: Pid, as: string, { alias, tag }: MonitorOptions): Answer {
    const options = alias === undefined ? 0 : aliasModes[alias];
    const number = tag === undefined ? 0 : this.tagOf(tag);
    const ref = this.#kernel.monitor(pid, target, options, number);
    if (ref < 0) return loud(statusName(ref));
    this.refs.set(as, ref);
    return quiet;
  }

  #exit(pid: Pid, step: StepOf<"exit">): Answer {
    const to = this.place(step.to);
    if (to === 0) return loud("refused");
    const [kind, value] = this.reason(step.reason);
    const status = this.#kernel.exitSignal(pid, to, kind, value);
    if (status < 0 && kind === ReasonKind.HANDLE) this.k.giveBack(value);
    return status === Status.NO_PROCESS ? quiet : this.#done(status);
  }

  #startTimer(pid: Pid, step: StepOf<"sendAfter" | "startTimer">): Answer {
    const ms = step.absolute ? Math.max(0, this.#begunAt + step.ms - this.k.now) : step.ms;
    const isNumber = typeof step.body === "number";
    const value = isNumber ? step.body as number : this.hold(step.body);
    const kind = isNumber ? MessageKind.NUMBER : MessageKind.HANDLE;
    const tag = step.op === "startTimer" ? TAG_TIMEOUT : TAG_MESSAGE;
    const timer = this.#kernel.sendAfter(pid, this.place(step.to) as Pid, tag, 0, kind, value, ms);
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
}
