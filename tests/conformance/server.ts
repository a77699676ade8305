// A GenServer whose callbacks do what the messages, or its definition, say: server.erl, bare.erl.
import { CallFailed, Down, Exit, exit, sleep, TIMEOUT } from "../../host/runtime/index.ts";
import type { From, Operation, Process } from "../../host/runtime/index.ts";
import {
  after, cont, GenServer, hibernate, ignore, noreply, ok, reply, stop, stopReply,
} from "../../host/otp/index.ts";
import type { GenServerModule, Next } from "../../host/otp/index.ts";
import { isScript, reasonOf, termText } from "./world.ts";
import type { World } from "./world.ts";
import type { Act, AnyScript, Following, Script, ServerDefinition } from "./scenario.ts";

type CallAct = Extract<Act, { readonly call: unknown }>;
type Callback = "init" | "call" | "cast" | "info" | "continue" | "codeChange" | "terminate";

export function scripted(world: World, definition: ServerDefinition): GenServerModule<any, any> {
  const { as, init, on = {} } = definition;
  const begin = (self: Process) => world.born(as, self.pid);
  if (definition.module === "bare") return bare(world, definition);
  const answer = (
    callback: Callback, self: Process, script: Script, state: unknown, text: string, from?: From,
  ): any => {
    world.told(self, callback, text, state);
    return run(world, self, script, from, () => resultOf(callback, script, state));
  };
  return {
    name: as,
    init(_args, self) {
      begin(self);
      return answer("init", self, init, undefined, "");
    },
    handleCall: (script: Script, from, state, self) =>
      answer("call", self, script, state, script.say ?? "", from),
    handleCast: (script: Script, state, self) =>
      answer("cast", self, script, state, script.say ?? ""),
    handleInfo(message: unknown, state, self) {
      const script = isScript(message) ? message : on[kindOf(message)] ?? {};
      return answer("info", self, script, state, world.messageText(message));
    },
    handleContinue: (script: Script, state, self) =>
      answer("continue", self, script, state, script.say ?? ""),
    terminate: (reason, state, self) =>
      answer("terminate", self, on.terminate ?? {}, state, world.reasonText(reason)),
    codeChange: (old, script: Script, self) =>
      answer("codeChange", self, script, old, script.say ?? ""),
  };
}

/** A module that has init alone. */
function bare(world: World, { as, init }: ServerDefinition): GenServerModule<any, any> {
  return {
    name: as,
    init(_args, self) {
      world.born(as, self.pid);
      world.told(self, "init", "", undefined);
      return ok(init.state, nextOf(init.next));
    },
  };
}

function kindOf(message: unknown): "timeout" | "exit" | "down" | "other" {
  if (message === TIMEOUT) return "timeout";
  if (message instanceof Exit) return "exit";
  return message instanceof Down ? "down" : "other";
}

function resultOf(callback: Callback, script: Script, old: unknown): unknown {
  const state = script.state ?? old;
  const next = nextOf(script.next);
  if (script.bad !== undefined) return script.bad;
  if (callback === "init" || callback === "codeChange") {
    if (script.ignore) return ignore();
    return script.stop === undefined ? ok(state, next) : stop(reasonOf(script.stop));
  }
  if (script.stop !== undefined) {
    return script.reply === undefined ? stop(reasonOf(script.stop), state)
      : stopReply(reasonOf(script.stop), script.reply, state);
  }
  return script.reply === undefined ? noreply(state, next) : reply(script.reply, state, next);
}

function nextOf(next: Following | undefined): Next {
  if (next === undefined) return undefined;
  if (next === "hibernate") return hibernate();
  return "after_ms" in next ? after(next.after_ms) : cont(next.continue);
}

/** What a script does, then what it answers or throws; an operation where it waits or is to be. */
export function run(
  world: World, self: Process, script: AnyScript, from: From | undefined, result: () => unknown,
): unknown {
  const acts = script.do ?? [];
  const waits = acts.some((act) => "sleep" in act || "call" in act);
  if (waits || world.style === "generators") return inTurn(world, self, script, from, result);
  for (const act of acts) doAct(world, self, act, from);
  return finished(script, result);
}

function* inTurn(
  world: World, self: Process, script: AnyScript, from: From | undefined, result: () => unknown,
): Operation<unknown> {
  for (const act of script.do ?? []) {
    if ("sleep" in act) yield* sleep(act.sleep);
    else if ("call" in act) yield* called(world, self, act);
    else doAct(world, self, act, from);
  }
  return finished(script, result);
}

function* called(world: World, self: Process, act: CallAct): Operation<void> {
  const { call: to, request, timeoutMs } = act;
  const limitMs = timeoutMs === "infinity" ? Infinity : timeoutMs;
  let text: string;
  try {
    text = termText(yield* GenServer.call(self, world.target(to), request, limitMs));
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    text = world.reasonText(error.reason);
  }
  world.recorder.line("server", world.labelOf(self), `called: ${text}`);
}

function finished(script: AnyScript, result: () => unknown): unknown {
  if (script.exit !== undefined) exit(reasonOf(script.exit));
  if (script.error !== undefined) throw new Error(script.error);
  if (script.throw !== undefined) throw script.throw;
  if (script.thrown) throw result();
  return result();
}

function doAct(world: World, self: Process, act: Act, from: From | undefined): void {
  if ("save" in act) world.callers.set(act.save, from!);
  else if ("answer" in act) GenServer.reply(self, world.callers.get(act.answer)!, act.value);
  else if ("send" in act) self.send(world.target(act.send), act.value);
  else if ("after_ms" in act) self.sendAfter(act.after_ms, self.pid, act.value);
  else if ("trapExit" in act) self.trapExit = act.trapExit;
  else if ("link" in act) self.link(world.pid(act.link));
  else if ("monitor" in act) self.monitor(world.pid(act.monitor));
  else if ("kill" in act) self.exit(world.pid(act.kill), reasonOf(act.reason));
  else if ("cast" in act) GenServer.cast(self, world.target(act.cast), act.request);
}
