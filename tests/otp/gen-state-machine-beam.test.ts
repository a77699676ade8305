// Random programs of states, events and time-outs, in OTP's gen_statem and in ours: the same events
// must come in the same states.
// needs: erlang
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import {
  eventTimeout, genericTimeout, GenStateMachine, hibernate, keepState, keepStateAndData, nextEvent,
  nextState, postpone, repeatState, repeatStateAndData, replyTo, stateTimeout,
} from "../../host/otp/index.ts";
import type { Action, GenStateMachineModule, MachineMessages } from "../../host/otp/index.ts";
import { Harness, randomFrom, stopEmpty } from "../runtime/harness.ts";
import { toErlang } from "../scenarios/beam.ts";
import { root } from "../tidy/sources.ts";

const PROGRAMS = 500;
const EVENTS = 12;
/** Callbacks of a program; later ones do nothing, so that each has an end. */
const MOST = 100;
const seed = Number(process.env["SEED"] ?? Date.now() % 2 ** 31);

const states = ["a", "b", "c"] as const;
type Name = (typeof states)[number];
type When = number | "cancel" | "update" | "infinity";
type Act =
  | readonly ["postpone"] | readonly ["hibernate"] | readonly ["next_event", number]
  | readonly ["state_timeout" | "event_timeout" | "x" | "y", When, number];

interface Answer {
  readonly result: "next" | "keep" | "keep_all" | "repeat" | "repeat_all";
  readonly to: Name;
  readonly actions: readonly Act[];
}

interface Program {
  readonly enters: boolean;
  readonly most: number;
  readonly first: readonly Act[];
  readonly casts: readonly number[];
  readonly events: readonly Readonly<Record<Name, Answer>>[];
  readonly entries: Readonly<Record<Name, Answer>>;
}

function makeProgram(random: (below: number) => number): Program {
  const pick = <T>(of: readonly T[]): T => of[random(of.length)]!;
  // Events that a callback makes come after its own in the table.
  const act = (id: number, isEntry = false): Act => {
    const made = id + 1 + random(EVENTS - id - 1);
    const isLast = id >= EVENTS - 1;
    const kind = random(isEntry ? 5 : 8);
    if (kind === 4) return ["hibernate"];
    if (kind > 5) return ["postpone"];
    if (kind === 5) return isLast ? ["hibernate"] : ["next_event", made];
    const when = isLast ? "cancel" as const
      : pick<When>([0, 0, 0, "cancel", "update", "infinity", 1_000_000]);
    return [pick(["state_timeout", "event_timeout", "x", "y"] as const), when, made];
  };
  const acts = (id: number, isEntry = false): Act[] =>
    Array.from({ length: random(4) }, () => act(id, isEntry));
  const answer = (id: number): Answer => ({
    result: pick(["next", "next", "next", "keep", "keep_all", "repeat", "repeat_all"] as const),
    to: pick(states), actions: acts(id),
  });
  const entry = (): Answer => ({
    result: pick(["keep", "keep_all"] as const), to: "a", actions: acts(random(EVENTS), true),
  });
  const each = <T>(make: () => T): Record<Name, T> => ({ a: make(), b: make(), c: make() });
  return {
    enters: random(2) === 0, most: MOST, first: acts(0),
    casts: Array.from({ length: 1 + random(5) }, () => random(EVENTS)),
    events: Array.from({ length: EVENTS }, (_, id) => each(() => answer(id))),
    entries: each(entry),
  };
}

function actionOf(act: Act): Action<MachineMessages> {
  if (act[0] === "postpone") return postpone();
  if (act[0] === "hibernate") return hibernate();
  if (act[0] === "next_event") return nextEvent({ type: "internal", content: act[1] });
  const [kind, time, content] = act;
  const when = time === "infinity" ? Infinity : time;
  if (kind === "state_timeout") return stateTimeout(when, content);
  return kind === "event_timeout" ? eventTimeout(when, content)
    : genericTimeout(kind, when, content);
}

const words: Readonly<Record<string, string>> = {
  stateTimeout: "state_timeout", eventTimeout: "event_timeout",
};

function moduleOf(program: Program): GenStateMachineModule<Name, number> {
  const log: string[] = [];
  let left = program.most;
  return {
    stateEnter: program.enters,
    init: () => nextState("a", 0, ...program.first.map(actionOf)),
    handleEvent(event, state, data) {
      if (event.type === "call") return keepStateAndData(replyTo(event.from, log.join(" ")));
      const content = event.oldState ?? event.content ?? event.message;
      const type = event.name ?? words[event.type] ?? event.type;
      log.push(`{${state},${type},${content},${data}}`);
      if (left-- <= 0) return keepStateAndData();
      const { result, to, actions } = event.type === "enter" ? program.entries[state]
        : program.events[content]![state];
      const all = actions.map(actionOf);
      switch (result) {
        case "next": return nextState(to, data + 1, ...all);
        case "keep": return keepState(data + 1, ...all);
        case "keep_all": return keepStateAndData(...all);
        case "repeat": return repeatState(data + 1, ...all);
        case "repeat_all": return repeatStateAndData(...all);
      }
    },
  };
}

async function runHere(program: Program): Promise<string> {
  const harness = new Harness();
  const trace = harness.run(function* (self) {
    const machine = yield* GenStateMachine.start(self, moduleOf(program), undefined);
    for (const id of program.casts) GenStateMachine.cast(self, machine, id);
    return yield* GenStateMachine.call<string>(self, machine, "log");
  });
  await stopEmpty(harness.runtime);
  return trace;
}

function runOnBeam(programs: readonly Program[], folder: string): string[] {
  const [input, output] = [join(folder, "programs.term"), join(folder, "traces.txt")];
  execFileSync("erlc", ["-o", folder, join(root, "tests/otp/stating.erl")], { stdio: "pipe" });
  writeFileSync(input, `${toErlang(programs)}.\n`);
  execFileSync("erl", [
    "+S", "1:1", "-noshell", "-kernel", "logger_level", "none", "-pa", folder,
    "-run", "stating", "main", input, output,
  ], { stdio: "pipe", timeout: 60_000 });
  return readFileSync(output, "utf8").replace(/\n$/, "").split("\n");
}

void test(`${PROGRAMS} random machines do as OTP's (seed ${seed})`, async (t) => {
  const random = randomFrom(seed);
  const programs = Array.from({ length: PROGRAMS }, () => makeProgram(random));
  const theirs = runOnBeam(programs, t.testdir());
  t.equal(theirs.length, PROGRAMS);
  for (const type of ["cast", "internal", "enter", "event_timeout", "state_timeout", "x", "y"]) {
    t.ok(theirs.some((trace) => trace.includes(`,${type},`)), `${type} came`);
  }
  for (const [index, program] of programs.entries()) {
    const ours = await runHere(program);
    if (ours === theirs[index]) continue;
    t.same(ours.split(" "), theirs[index]!.split(" "), JSON.stringify(program));
    return;
  }
});
