// Runs scenarios on the BEAM: the interpreter is compiled into a temporary folder, and started once
// for those that may run beside each other, once on one scheduler for those that must be alone.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { castOf, stepsOf, type Scenario, type Trace } from "./scenario.ts";
import { Recorder } from "./trace.ts";

/** Scenarios at a time: they mostly wait for small times. */
const WIDTH = 16;
const modules = ["interpreter", "steps", "words"];

/** A value as an Erlang term: words are atoms, objects maps, arrays lists. */
export function toErlang(value: unknown): string {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value === "string") return `'${value.replace(/['\\]/g, "\\$&")}'`;
  if (Array.isArray(value)) return `[${value.map(toErlang).join(",")}]`;
  const fields = Object.entries(value as object).filter(([, field]) => field !== undefined);
  return `#{${fields.map(([key, field]) => `'${key}' => ${toErlang(field)}`).join(",")}}`;
}

/** What the interpreter needs of a scenario: its entries by their steps' numbers, from 1 on. */
function describe(scenario: Scenario, number: number, scale: number): object {
  const { all, roots } = castOf(scenario);
  const steps: Record<string, object[]> = {};
  let index = 0;
  const entries = scenario.steps.map((entry) => {
    const first = index + 1;
    for (const step of stepsOf(entry)) {
      index += 1;
      (steps[step.actor] ??= []).push(withoutFalse({ ...step, index }));
    }
    return { first, last: index, ...("pass" in entry && { pass: entry.pass }) };
  });
  return { id: scenario.id, number, scale, all, roots, entries, steps };
}

/** The interpreter asks whether an option is there. */
function withoutFalse(step: object): object {
  const isFlag = "op" in step && step.op === "flag";
  return Object.fromEntries(Object.entries(step).filter(([, value]) => isFlag || value !== false));
}

/** Runs them all; `scale` stretches every time. Traces by id. */
export function runOnBeam(
  scenarios: readonly Scenario[], folder: string, sources: string, scale = 1,
): Map<string, Trace> {
  const files = modules.map((name) => join(sources, `${name}.erl`));
  execFileSync("erlc", ["-o", folder, ...files], { stdio: "pipe" });
  const alone = scenarios.filter((one) => one.alone);
  const others = scenarios.filter((one) => !one.alone);
  return new Map([
    ...runNode(others, folder, scale, WIDTH, []),
    ...runNode(alone, folder, scale, 1, ["+S", "1:1"]),
  ]);
}

function runNode(
  scenarios: readonly Scenario[], folder: string, scale: number, width: number,
  flags: readonly string[],
): Map<string, Trace> {
  if (scenarios.length === 0) return new Map();
  const [input, output] = [join(folder, "scenarios.term"), join(folder, "traces.txt")];
  const terms = scenarios.map((scenario, number) => describe(scenario, number, scale));
  writeFileSync(input, `${toErlang(terms)}.\n`);
  execFileSync("erl", [
    ...flags, "-noshell", "-kernel", "logger_level", "none", "-pa", folder,
    "-run", "interpreter", "main", input, output, String(width),
  ], { stdio: "pipe", timeout: 120_000 });
  return parse(readFileSync(output, "utf8"));
}

function parse(text: string): Map<string, Trace> {
  const traces = new Map<string, Trace>();
  let recorder = new Recorder();
  for (const line of text.split("\n")) {
    const [kind, first = "", second = "", third = "", ...rest] = line.split("\t");
    if (kind === "S") {
      recorder = new Recorder();
      traces.set(first, recorder.trace);
    } else if (kind === "L") {
      recorder.answered(first, Number(second), third, rest.join("\t"));
    } else if (kind === "E") {
      recorder.ended(first, second);
    } else if (kind === "G") {
      recorder.settled(Number(first), Number(second));
    }
  }
  return traces;
}
