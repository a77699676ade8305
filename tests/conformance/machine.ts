// A GenStateMachine whose callbacks do what its events, or its definition, say: machine.erl.
import { Down, Exit } from "../../host/runtime/index.ts";
import type { From, Process } from "../../host/runtime/index.ts";
import {
  eventTimeout, genericTimeout, ignore, keepState, keepStateAndData, nextEvent, nextState, postpone,
  hibernate, repeatState, repeatStateAndData, replyTo, stateTimeout, stop, stopAndReply,
} from "../../host/otp/index.ts";
import type { GenStateMachineModule } from "../../host/otp/index.ts";
import type { MachineAction, MachineDefinition, MachineScript, When } from "./scenario.ts";
import { run } from "./server.ts";
import { camel, isScript, reasonOf } from "./world.ts";
import type { World } from "./world.ts";

type AnyModule = GenStateMachineModule<any, any, any>;

const STATES = ["a", "b", "c", "d"] as const;

export function scriptedMachine(world: World, definition: MachineDefinition): AnyModule {
  const { as, init, enter, on = {}, mode = "handle_event_function" } = definition;
  const told = (self: Process, kind: string, text: string, state: unknown, data: unknown) =>
    world.told(self, kind, `${text} ${String(state)}`, data);
  const answer = (self: Process, script: MachineScript, data: unknown, from?: From): any =>
    run(world, self, script, from, () => resultOf(world, script, data, from));
  const event = (
    self: Process, kind: string, content: unknown, state: string, data: unknown, from?: From,
  ) => {
    told(self, kind, world.messageText(content), state, data);
    return answer(self, scriptOf(content, state, on), data, from);
  };
  const entered = (self: Process, old: unknown, state: string, data: unknown) => {
    told(self, "enter", String(old), state, data);
    return answer(self, enter?.[state] ?? {}, data);
  };
  const handlersOf = (state: string): object => ({
    ...(enter && {
      enter: (old: unknown, data: unknown, self: Process) => entered(self, old, state, data),
    }),
    handleCall: (request: unknown, from: From, data: unknown, self: Process) =>
      event(self, "call", request, state, data, from),
    handleCast: (message: unknown, data: unknown, self: Process) =>
      event(self, "cast", message, state, data),
    handleInfo: (message: unknown, data: unknown, self: Process) =>
      event(self, "info", message, state, data),
    handleInternal: (content: unknown, data: unknown, self: Process) =>
      event(self, "internal", content, state, data),
    handleEventTimeout: (content: unknown, data: unknown, self: Process) =>
      event(self, "event_timeout", content, state, data),
    handleStateTimeout: (content: unknown, data: unknown, self: Process) =>
      event(self, "state_timeout", content, state, data),
    handleTimeout: Object.fromEntries(["x", "y"].map((name) => [
      name, (content: unknown, data: unknown, self: Process) =>
        event(self, `timeout_${name}`, content, state, data),
    ])),
  });
  const handleEvent = (given: any, state: string, data: unknown, self: Process) => {
    if (given.type === "enter") return entered(self, given.oldState, state, data);
    const kind = { eventTimeout: "event_timeout", stateTimeout: "state_timeout" }[
      given.type as string] ?? (given.type === "timeout" ? `timeout_${given.name}` : given.type);
    const content = given.request ?? given.message ?? given.content;
    return event(self, kind, content, state, data, given.from);
  };
  return {
    name: as,
    stateEnter: enter !== undefined && mode === "handle_event_function",
    init(_args: unknown, self: Process) {
      world.born(as, self.pid);
      told(self, "init", "", undefined, undefined);
      return run(world, self, init, undefined, () => begin(world, init)) as any;
    },
    ...(mode === "state_functions"
      ? { states: Object.fromEntries(STATES.map((state) => [state, handlersOf(state)])) }
      : { handleEvent }),
    terminate(reason: never, state: unknown, data: unknown, self: Process) {
      told(self, "terminate", world.reasonText(reason), state, data);
      return run(world, self, on.terminate ?? {}, undefined, () => undefined);
    },
    codeChange(state: unknown, data: unknown, script: MachineScript, self: Process) {
      told(self, "codeChange", script.say ?? "", state, data);
      return run(world, self, script, undefined, () => script.stop === undefined
        ? nextState(script.next ?? state, script.data ?? data) : stop(reasonOf(script.stop)));
    },
  } as AnyModule;
}

/** What to do may depend on the state. */
function scriptOf(
  content: unknown, state: string, on: NonNullable<MachineDefinition["on"]>,
): MachineScript {
  if (isScript(content)) {
    const script = content as MachineScript;
    return script.in?.[state] ?? script;
  }
  if (content instanceof Exit) return on.exit ?? {};
  return content instanceof Down ? on.down ?? {} : {};
}

function begin(world: World, script: MachineScript): unknown {
  if (script.bad !== undefined) return script.bad;
  if (script.ignore) return ignore();
  if (script.stop !== undefined) return stop(reasonOf(script.stop));
  return nextState(script.next, script.data ?? 0, ...actionsOf(world, script, undefined));
}

function resultOf(
  world: World, script: MachineScript, old: unknown, from: From | undefined,
): unknown {
  const actions = actionsOf(world, script, from);
  const data = script.data ?? old;
  if (script.bad !== undefined) return script.bad;
  if (script.stop !== undefined) {
    const reason = reasonOf(script.stop);
    return actions.length === 0 ? stop(reason, data) : stopAndReply(reason, actions, data);
  }
  if (script.next !== undefined) return nextState(script.next, data, ...actions);
  if (script.data === undefined) {
    return script.repeat ? repeatStateAndData(...actions) : keepStateAndData(...actions);
  }
  return script.repeat ? repeatState(data, ...actions) : keepState(data, ...actions);
}

function actionsOf(world: World, script: MachineScript, from: From | undefined): any[] {
  return (script.actions ?? []).map((action) => actionOf(world, action, from));
}

function actionOf(world: World, action: MachineAction, from: From | undefined): unknown {
  if (action === "postpone") return postpone();
  if (action === "hibernate") return hibernate();
  if ("reply" in action) return replyTo(from!, action.reply);
  if ("replyTo" in action) return replyTo(world.callers.get(action.replyTo)!, action.value);
  if ("nextEvent" in action) return nextEvent(inserted(action, from));
  if ("stateTimeout" in action) return stateTimeout(when(action.stateTimeout), action.content);
  if ("eventTimeout" in action) return eventTimeout(when(action.eventTimeout), action.content);
  if ("timeout" in action) return genericTimeout(action.timeout, when(action.when), action.content);
  return action.bad;
}

function when(given: When): number | "update" | "cancel" {
  return given === "infinity" ? Infinity : given;
}

function inserted({ nextEvent: content, as }: Inserted, from: From | undefined): object {
  if (as === "call") return { type: "call", request: content, from };
  const type = as === "timeout" ? "eventTimeout" : camel(as);
  return { type, [as === "cast" || as === "info" ? "message" : "content"]: content };
}

type Inserted = Extract<MachineAction, { readonly nextEvent: unknown }>;
