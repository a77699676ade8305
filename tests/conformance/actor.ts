// A process beside those that are tested, as actor.erl: does one step after another.
import { CallFailed, ExitReason, receive, TIMEOUT } from "../../host/runtime/index.ts";
import type { Operation, Pid, Process } from "../../host/runtime/index.ts";
import {
  DynamicSupervisor, GenServer, GenStateMachine, StartFailed, Supervisor,
} from "../../host/otp/index.ts";
import type { LabelledResponse, Response, RestartChildResult } from "../../host/otp/index.ts";
import { specOf, startFamily } from "./family.ts";
import { scriptedMachine } from "./machine.ts";
import type { Op } from "./scenario.ts";
import { scripted } from "./server.ts";
import { camel, problemText, reasonOf, snake, termText } from "./world.ts";
import type { World } from "./world.ts";

type Of<K extends Op["op"]> = Op & { readonly op: K };
type ChildStep =
  Of<"startChild" | "terminateChild" | "terminatePid" | "restartChild" | "deleteChild">;

export class Actor {
  readonly #world: World;
  readonly #self: Process;

  constructor(world: World, self: Process) {
    this.#world = world;
    this.#self = self;
  }

  /** What an actor sees of a step; undefined: nothing that is told. */
  *perform(step: Op): Operation<string | undefined> {
    try {
      return yield* this.#do(step);
    } catch (error) {
      if (error instanceof StartFailed) {
        return error.ignored ? "ignore" : `error ${this.#world.reasonText(error.reason)}`;
      }
      if (error instanceof CallFailed || error instanceof ExitReason) {
        return this.#world.reasonText(error.reason);
      }
      throw error;
    }
  }

  *#do(step: Op): Operation<string | undefined> {
    const world = this.#world;
    const self = this.#self;
    switch (step.op) {
      case "start": return yield* this.#start(step);
      case "machine": return yield* this.#startMachine(step);
      case "supervise":
        yield* startFamily(world, self, step.supervisor);
        return "ok";
      case "call": {
        const to = world.target(step.to);
        return termText(yield* GenServer.call(self, to, step.request, step.timeoutMs));
      }
      case "stop":
        yield* GenServer.stop(self, world.target(step.of), reasonOf(step.reason), step.timeoutMs);
        return "ok";
      case "changeCode": return yield* this.#changeCode(step);
      case "receive": {
        const message = yield* this.#received();
        return message === TIMEOUT ? "nothing" : world.messageText(message);
      }
      case "receiveResponse":
      case "waitResponse": {
        const sent = world.requests.get(step.as)!;
        return this.#responseText(yield* GenServer[step.op](self, sent, step.timeoutMs));
      }
      case "checkResponse": {
        const message = yield* this.#received();
        if (message === TIMEOUT) return "nothing";
        const response = GenServer.checkResponse(self, message, world.requests.get(step.as)!);
        return response === undefined ? "no reply" : this.#responseText(response);
      }
      case "receiveOfAll":
      case "waitForAll": {
        const operation = step.op === "receiveOfAll" ? "receiveResponse" : "waitResponse";
        const one = yield* GenServer[operation](self, world.collection!, step.timeoutMs);
        return this.#labelledText(one);
      }
      case "checkOfAll": {
        const message = yield* this.#received();
        if (message === TIMEOUT) return "nothing";
        if (world.collection!.size === 0) return "no request";
        const one = GenServer.checkResponse(self, message, world.collection!);
        return one === undefined ? "no reply" : this.#labelledText(one);
      }
      case "startChild":
      case "terminateChild":
      case "terminatePid":
      case "restartChild":
      case "deleteChild": return this.#childText(yield* this.#child(step));
      case "childSpec": {
        const found = yield* Supervisor.getChildSpec(self, world.target(step.of), step.child);
        if (!found.ok) return found.error;
        const { id, restart, shutdown, significant, type } = found.spec;
        const values = { id, restart, shutdown: snake(shutdown), significant, type };
        return Object.entries(values).map(([key, value]) => `${key} ${String(value)}`).join(", ");
      }
      case "children": return this.#childrenText(yield* this.#children(world.target(step.of)));
      case "count": {
        const of = world.target(step.of);
        const counts = yield* this.#isDynamic(step.of) ? DynamicSupervisor.countChildren(self, of)
          : Supervisor.countChildren(self, of);
        return Object.entries(counts).map(([key, count]) => `${count} ${key}`).join(", ");
      }
      default: return this.#doAtOnce(step);
    }
  }

  #doAtOnce(step: Op): string | undefined {
    const world = this.#world;
    const self = this.#self;
    switch (step.op) {
      case "cast": GenServer.cast(self, world.target(step.to), step.request); return;
      case "send": self.send(world.target(step.to), step.message); return;
      case "reply": GenServer.reply(self, world.callers.get(step.key)!, step.value); return;
      case "exit": self.exit(world.pid(step.to), reasonOf(step.reason)); return;
      case "trapExit": self.trapExit = true; return;
      case "monitor": self.monitor(world.target(step.of)); return;
      case "link": self.link(world.pid(step.of)); return;
      case "unlink": self.unlink(world.pid(step.of)); return;
      case "isAlive": return String(self.runtime.isAlive(world.pid(step.of)));
      case "whereis": {
        const pid = self.whereis(step.name);
        return pid === undefined ? "nobody" : world.nameOf(pid);
      }
      case "sendRequest": {
        const sent = GenServer.sendRequest(self, world.target(step.to), step.request);
        world.requests.set(step.as, sent);
        return;
      }
      case "collect":
        world.collection = GenServer.requestIds();
        for (const as of step.requests) world.collection.add(world.requests.get(as)!, as);
        return;
      case "checkSpecs": {
        const specs = step.children.map((one) => specOf(world, "nobody", one));
        const auto = camel(step.autoShutdown) as "never" | undefined;
        const problem = Supervisor.checkChildSpecs(specs, auto);
        return problem === undefined ? "ok" : `bad specification: ${problemText(problem)}`;
      }
      default: throw new Error(`no step ${step.op}`);
    }
  }

  *#start(step: Of<"start">): Operation<string> {
    const { op: _op, server, link, named, ...times } = step;
    const options = { ...times, ...(named && { name: server.as }) };
    const module = scripted(this.#world, server);
    yield* GenServer[link ? "startLink" : "start"](this.#self, module, undefined, options);
    return "ok";
  }

  *#startMachine({ op: _op, machine, link, named, ...times }: Of<"machine">): Operation<string> {
    const options = { ...times, ...(named && { name: machine.as }) };
    const module = scriptedMachine(this.#world, machine);
    yield* GenStateMachine[link ? "startLink" : "start"](this.#self, module, undefined, options);
    return "ok";
  }

  *#changeCode(step: Of<"changeCode">): Operation<string> {
    const { of, request } = step;
    const pid = this.#world.pid(of);
    let change;
    if (step.machine === undefined) {
      const { module } = step;
      const code = scripted(this.#world, { as: of, init: {}, ...(module && { module }) });
      change = yield* GenServer.changeCode(this.#self, pid, code, request);
    } else {
      const code = scriptedMachine(this.#world, step.machine);
      change = yield* GenStateMachine.changeCode(this.#self, pid, code, request);
    }
    return change.ok ? "ok" : `refused ${this.#world.reasonText(change.reason)}`;
  }

  /** The first message that is no step. */
  #received(): Operation<unknown> {
    return receive((message: unknown) => !isNext(message), 0);
  }

  #isDynamic(of: unknown): boolean {
    return this.#world.dynamic.has(typeof of === "string" ? of : (of as { name: string }).name);
  }

  *#child(step: ChildStep): Operation<RestartChildResult> {
    const self = this.#self;
    const world = this.#world;
    const of = world.target(step.of);
    if (step.op === "startChild") {
      const family = typeof step.of === "string" ? step.of : step.of.name;
      const spec = specOf(world, family, step.child);
      if (!this.#isDynamic(step.of)) return yield* Supervisor.startChild(self, of, spec);
      return (yield* DynamicSupervisor.startChild(self, of, spec)) as RestartChildResult;
    }
    const { op, child } = step;
    if (op !== "terminatePid") return yield* Supervisor[op](self, of, child);
    const pid: Pid = world.pid(child);
    if (!this.#isDynamic(step.of)) return yield* Supervisor.terminateChild(self, of, pid);
    return yield* DynamicSupervisor.terminateChild(self, of, pid);
  }

  #children(of: Pid | string) {
    return Supervisor.whichChildren(this.#self, of);
  }

  #childrenText(children: readonly { id: string; pid: unknown; type: string }[]): string {
    const texts = children.map(({ id, pid, type }) => {
      const does = pid === undefined ? "does not run" : pid === "restarting" ? "is restarting"
        : `runs as ${this.#world.nameOf(pid)}`;
      return `${id} ${does}, a ${type}`;
    });
    return `[${texts.join(", ")}]`;
  }

  #childText(result: RestartChildResult): string {
    if (result.ok) {
      if (!("pid" in result)) return "ok";
      return result.pid === undefined ? "ignored" : `started ${this.#world.nameOf(result.pid)}`;
    }
    switch (result.error) {
      case "already_started": return `already started ${this.#world.nameOf(result.pid)}`;
      case "failed": return `failed: ${this.#world.reasonText(result.reason)}`;
      case "invalid_child_spec": return `bad specification: ${problemText(result.reason)}`;
      default: return result.error;
    }
  }

  #responseText(response: Response<any> | typeof TIMEOUT): string {
    if (response === TIMEOUT) return "timeout";
    if (response.type === "reply") return `reply ${termText(response.value)}`;
    return `error ${this.#world.reasonText(response.reason)}`;
  }

  #labelledText(one: LabelledResponse<any, any> | typeof TIMEOUT | undefined): string {
    if (one === undefined) return "no request";
    if (one === TIMEOUT) return "timeout";
    return `${String(one.label)} ${this.#responseText(one.response)}`;
  }
}

/** Tells an actor which step is its next; nobody else sends such a message. */
export function isNext(message: unknown): message is { readonly next: number } {
  return typeof message === "object" && message !== null && "next" in message &&
    typeof message.next === "number";
}
