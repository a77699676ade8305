// Plays scenarios under OTP's own behaviours: all of them in one start of the BEAM.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { toErlang } from "../scenarios/beam.ts";
import { actorsOf } from "./scenario.ts";
import type { Scenario } from "./scenario.ts";
import { Recorder } from "./trace.ts";
import type { Kind } from "./trace.ts";

const MODULES = ["conformance", "words", "acts", "actor", "server", "bare", "machine", "family"];

/** One scheduler: whoever is quiet there has nothing to do. */
const FLAGS = ["+S", "1:1", "-noshell", "-kernel", "logger_level", "none"];

/** Traces by id; `scale` stretches every time. */
export function playOnBeam(
  scenarios: readonly Scenario[], folder: string, sources: string, scale = 1,
): Map<string, string[]> {
  if (scenarios.length === 0) return new Map();
  const files = MODULES.map((name) => join(sources, `${name}.erl`));
  execFileSync("erlc", ["-o", folder, ...files], { stdio: "pipe" });
  const [input, output] = [join(folder, "scenarios.term"), join(folder, "traces.txt")];
  const terms = scenarios.map((one) => ({
    id: one.id, actors: actorsOf(one), steps: one.steps,
  }));
  writeFileSync(input, `${toErlang(terms)}.\n`);
  const main = ["-run", "conformance", "main", input, output, String(scale)];
  execFileSync("erl", [...FLAGS, "-pa", folder, ...main], { stdio: "pipe", timeout: 120_000 });
  const unordered = new Set(scenarios.filter((one) => one.unordered).map(({ id }) => id));
  return parse(readFileSync(output, "utf8"), unordered);
}

function parse(text: string, unordered: ReadonlySet<string>): Map<string, string[]> {
  const traces = new Map<string, string[]>();
  let recorder = new Recorder(false);
  for (const line of text.split("\n")) {
    const [kind = "", name = "", ...rest] = line.split("\t");
    if (kind === "S") {
      recorder = new Recorder(unordered.has(name));
      traces.set(name, recorder.trace);
    } else if (kind === "G") {
      recorder.settled();
    } else if (kind !== "") {
      recorder.line(kind as Kind, name, rest.join("\t"));
    }
  }
  return traces;
}
