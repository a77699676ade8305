// The table of scenarios in docs/otp.md: what each system showed, and who decides.
import type { Runner, Scenario, Trace } from "./scenario.ts";

export const BEGIN =
  "<!-- scenarios: written by UPDATE=1 node build/tests/scenarios/scenarios.test.js -->";
export const END = "<!-- scenarios end -->";

/** What each system showed of a scenario. */
export type Outcome = { readonly [R in Runner]?: readonly Trace[] };

/** The traces that a system may show. */
export function allowed(scenario: Scenario, runner: Runner): readonly Trace[] {
  const different = scenario.differs?.[runner];
  if (different !== undefined) return [different.trace];
  if (runner !== "beam" && scenario.ours !== undefined) return [scenario.ours];
  return [scenario.trace, ...(scenario.orTrace ?? [])];
}

export function same(a: Trace, b: Trace): boolean {
  return a.length === b.length && a.every((line, index) => line === b[index]);
}

/** The tables, one an area, in the order of the scenarios. */
export function writeMatrix(rows: readonly { scenario: Scenario; outcome: Outcome }[]): string {
  const areas = new Map<string, { scenario: Scenario; outcome: Outcome }[]>();
  for (const one of rows) {
    const area = one.scenario.id.split("/")[0] ?? "";
    areas.set(area, [...(areas.get(area) ?? []), one]);
  }
  const tables = [...areas].map(([area, own]) => {
    const lines = own.map(({ scenario, outcome }) => row(scenario, outcome));
    return [`### ${area[0]?.toUpperCase()}${area.slice(1)}`, "", ...head, ...lines, ""].join("\n");
  });
  return `${BEGIN}\n\n${tables.join("\n")}\n${END}`;
}

const head = [
  "| scenario | suite case | BEAM 25.2 | raw ABI | generators | decided by |",
  "| --- | --- | --- | --- | --- | --- |",
];

function row(scenario: Scenario, outcome: Outcome): string {
  const { id, title, suite, decided } = scenario;
  const name = id.slice(id.indexOf("/") + 1);
  const cells = (["beam", "raw", "generators"] as const).map((one) => cell(scenario, outcome, one));
  return `| ${name}: ${title} | ${suite ?? ""} | ${cells.join(" | ")} | ${decided} |`;
}

function cell(scenario: Scenario, outcome: Outcome, runner: Runner): string {
  const reason = scenario.cannot?.[runner];
  if (reason !== undefined) return `– ${reason}`;
  const traces = outcome[runner];
  if (traces === undefined || traces.length === 0) return "not run";
  const text = (trace: Trace) => trace.join("; ").replaceAll("|", "/");
  const expected = allowed(scenario, runner);
  const wrong = traces.find((trace) => !expected.some((one) => same(one, trace)));
  if (wrong !== undefined) return `wrong: ${text(wrong)}`;
  const different = scenario.differs?.[runner];
  if (different === undefined) return "as stated";
  return `differs: ${text(different.trace)}, not ${text(scenario.trace)}; ${different.because}`;
}
