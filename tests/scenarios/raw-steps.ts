// The steps of scenarios as calls of the kernel's ABI.
import {
  AliasOption, Atom, Demonitor, EXIT_PRIORITY, Flag, MonitorOption, Option, ReasonKind,
  SEND_PRIORITY, Status, statusName, SuspendOption, type Pid,
} from "../../host/kernel/abi.ts";
import {
  loud, priorities, quiet, RawCalls, type Answer, type StepOf,
} from "./raw-calls.ts";
import { TAG_MESSAGE } from "./raw-words.ts";
import {
  Inexpressible, leftText, termText,
  type AliasMode, type MonitorOptions, type Priority, type Step, type Target, type Term,
  type Workers,
} from "./scenario.ts";
import { sharesText } from "./shares.ts";

const aliasModes: Readonly<Record<AliasMode, number>> = {
  explicit_unalias: MonitorOption.ALIAS_EXPLICIT, demonitor: MonitorOption.ALIAS_DEMONITOR,
  reply_demonitor: MonitorOption.ALIAS_REPLY,
};

/** Does the steps of one scenario. */
export class RawSteps extends RawCalls {
  /** Called when a step has made a process. */
  onSpawn: (name: string, pid: Pid, exits: Term | undefined) => void = () => {};
  /** Called when a process has been suspended. */
  onSuspend: (name: string) => void = () => {};

  /** Does a step that can't block, inside its process's open turn. */
  perform(pid: Pid, step: Step): Answer {
    const kernel = this.kernel;
    switch (step.op) {
      case "log": return loud(step.text);
      case "spawn": return this.#spawn(pid, step);
      case "send": {
        return this.send(pid, step.to, step.body, step.ref, step.priority ? SEND_PRIORITY : 0);
      }
      case "sendEach": return this.sendEach(pid, step.to.map((name) => [name, step.body]));
      case "flood": {
        const bodies = Array.from({ length: step.count }, (_, at) => step.body ?? at + 1);
        return this.sendEach(pid, bodies.map((body) => [step.to, body]));
      }
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
        return this.done(step.flag === "trapExit"
          ? kernel.processFlag(pid, Flag.TRAP_EXIT, step.value ? 1 : 0)
          : kernel.processFlag(pid, Flag.PRIORITY, priorities.indexOf(step.value as Priority)));
      }
      case "limit": return this.limit(pid, step);
      case "exits": return this.finish(pid, step.reason);
      case "returns": return this.finish(pid, "normal");
      case "errors": return this.finish(pid, `error ${termText(step.value)}`);
      default: return this.#performOther(pid, step);
    }
  }

  #performOther(pid: Pid, step: Step): Answer {
    const kernel = this.kernel;
    switch (step.op) {
      case "register": return this.done(kernel.register(this.pid(step.of ?? ""), step.name));
      case "unregister": return this.done(kernel.unregister(step.name));
      case "whereis": {
        const found = kernel.whereis(step.name);
        return loud(found === 0 ? "nobody" : this.who(found));
      }
      case "sendAfter":
      case "startTimer": return this.startTimer(pid, step);
      case "cancelTimer": {
        return loud(leftText(kernel.cancelTimer(this.ref(step.ref)), step.between));
      }
      case "readTimer": return loud(leftText(kernel.readTimer(this.ref(step.ref)), step.between));
      case "timers": {
        for (let n = 1; n <= step.count; n++) {
          const timer = { actor: step.actor, to: step.to, body: n, ms: step.ms, absolute: true };
          this.startTimer(pid, { ...timer, op: "sendAfter", as: `${step.as}${n}` });
        }
        return quiet;
      }
      case "cancelTimers": {
        const numbers = Array.from({ length: step.count }, (_, at) => at + 1);
        const left = numbers.map((n) => kernel.cancelTimer(this.ref(`${step.as}${n}`)));
        return loud(String(left.filter((ms) => ms >= 0).length));
      }
      case "makeRef": {
        this.refs.set(step.as, kernel.makeRef());
        return quiet;
      }
      case "alias": {
        const priority = step.priority ? AliasOption.PRIORITY : 0;
        const reply = step.reply ? AliasOption.REPLY : 0;
        this.refs.set(step.as, kernel.alias(pid, reply + priority));
        return quiet;
      }
      case "unalias": return loud(String(kernel.unalias(pid, this.ref(step.ref)) === Status.OK));
      case "suspend": {
        const options = step.unless ? SuspendOption.UNLESS : 0;
        const status = kernel.suspend(pid, this.pid(step.of), options);
        if (status === Status.OK) this.onSuspend(step.of);
        return status === Status.ALREADY ? { text: "false", isLoud: false } : this.done(status);
      }
      case "resume": return this.done(kernel.resume(pid, this.pid(step.of)));
      case "isAlive": return loud(String(kernel.isAlive(this.pid(step.of))));
      case "info": return loud(this.info(this.pid(step.of), step.item));
      case "infos": {
        const of = this.pid(step.of);
        const isDead = !kernel.isAlive(of);
        return loud(isDead ? "undefined" : step.items.map((one) => this.info(of, one)).join(", "));
      }
      case "processes": return loud(this.names([...kernel.processes()]));
      case "collect": return quiet;
      case "drain": return loud(this.drain(pid));
      case "misuse": return this.done(this.misuse(pid, step.call));
      case "join": return this.done(kernel.groupJoin(pid, step.group));
      case "leave": return this.done(kernel.groupLeave(pid, step.group));
      case "members": {
        const members = kernel.groupMembers(step.group);
        const often = (one: Pid) => kernel.groupCount(one, step.group);
        return loud(this.names(members.flatMap((one) => Array<Pid>(often(one)).fill(one))));
      }
      case "sendGroup": {
        const handle = this.hold(step.body);
        const reached = kernel.groupSendHandle(pid, step.group, TAG_MESSAGE, 0, handle);
        if (reached <= 0) this.k.giveBack(handle);
        return loud(String(reached));
      }
      case "compete": return loud(this.#compete(pid, step.workers, step.turns));
      default: throw new Inexpressible(`raw: no ${step.op}`);
    }
  }

  finish(pid: Pid, reason: Term): Answer {
    const [kind, value] = this.reason(reason);
    this.kernel.finish(pid, kind, value);
    return { endedBy: termText(reason) };
  }

  #spawn(pid: Pid, step: StepOf<"spawn">): Answer {
    let options: number = priorities.indexOf(step.priority ?? "normal");
    if (step.link) options |= Option.LINK;
    const isPlain = step.alias === undefined && step.tag === undefined;
    if (step.monitor !== undefined && isPlain) options |= Option.MONITOR;
    const child = this.kernel.spawnHost(pid, options);
    if (child < 0) return loud(statusName(child));
    this.pids.set(step.child, child);
    if (step.monitor !== undefined && isPlain) this.refs.set(step.monitor, this.kernel.lastRef);
    // Nothing runs between two calls: this is as atomic.
    else if (step.monitor !== undefined) this.#watch(pid, step.child, step.monitor, step);
    this.onSpawn(step.child, child, step.exits);
    return quiet;
  }

  #monitor(pid: Pid, step: StepOf<"monitor">): Answer {
    const answer = this.#watch(pid, step.to, step.as, step);
    if (typeof step.to !== "string") this.byName.add(this.ref(step.as));
    return answer;
  }

  #watch(pid: Pid, target: Target, as: string, options: MonitorOptions): Answer {
    const { alias, tag } = options;
    const priority = options.priorityDown ? MonitorOption.PRIORITY : 0;
    const sum = (alias === undefined ? 0 : aliasModes[alias]) + priority;
    const number = tag === undefined ? 0 : this.tagOf(tag);
    const ref = typeof target !== "string" && "name" in target
      ? this.kernel.monitorName(pid, target.name, sum, number)
      : this.kernel.monitor(pid, this.place(target) as Pid, sum, number);
    if (ref < 0) return loud(statusName(ref));
    this.refs.set(as, ref);
    return quiet;
  }

  #exit(pid: Pid, step: StepOf<"exit">): Answer {
    const to = this.place(step.to);
    if (to === 0) return loud("refused");
    const [kind, value] = this.reason(step.reason);
    const priority = step.priority ? EXIT_PRIORITY : 0;
    const status = this.kernel.exitSignal(pid, to, kind + priority, value);
    if (status < 0 && kind === ReasonKind.HANDLE) this.k.giveBack(value);
    return status === Status.NO_PROCESS ? quiet : this.done(status);
  }

  /** Each turn is had when its event is read, before the next step, as a host does it. */
  #compete(pid: Pid, workers: readonly Workers[], turns: number): string {
    const { kernel } = this;
    const had = new Map<Pid, number>();
    const teams = workers.map(({ priority, count }) => {
      const option = priorities.indexOf(priority);
      const pids = Array.from({ length: count }, () => kernel.spawnHost(pid, option));
      for (const one of pids) had.set(one, 0);
      return { priority, pids };
    });
    for (let total = 0, alive = had.size; alive > 0;) {
      kernel.step(this.k.now, 100_000);
      this.k.readEvents();
      const { offered } = this.k;
      const own = offered.filter((one) => had.has(one));
      offered.splice(0, offered.length, ...offered.filter((one) => !had.has(one)));
      for (const worker of own) {
        this.k.fast.begin(worker);
        if (++total <= turns) {
          had.set(worker, (had.get(worker) ?? 0) + 1);
          this.k.fast.yieldTurn(worker, 1);
        } else {
          this.k.fast.finish(worker, ReasonKind.ATOM, Atom.NORMAL);
          alive--;
        }
      }
    }
    return sharesText(teams.map(({ priority, pids }) => {
      return { priority, turns: pids.map((one) => had.get(one) ?? 0) };
    }));
  }

  #linked(status: Status): Answer {
    if (status === Status.NO_PROCESS) return loud("noproc");
    return this.done(status);
  }
}
