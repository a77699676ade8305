// Every scenario on the BEAM, through the raw ABI and by generator processes: the same traces.
// On a kernel with a seeded fault (tests/mutations) through the raw ABI alone.
// needs: erlang
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { mutant, root } from "../assembly/test-kernel.ts";
import { runOnBeam } from "./beam.ts";
import { scenarios as all } from "./cases/index.ts";
import { runGenerators } from "./generators.ts";
import { allowed, BEGIN, END, same, writeMatrix, type Outcome } from "./matrix.ts";
import { runRaw, type Holding } from "./raw.ts";
import { Inexpressible, type Runner, type Scenario, type Trace } from "./scenario.ts";

/** How much longer times are when a scenario is tried again on the BEAM: the machine is busy. */
const SLOWER = 5;

const holdings: readonly Holding[] = ["open", "offered", "queued"];
const wanted = process.argv.slice(2);
const chosen = wanted.length === 0 ? all
  : all.filter(({ id }) => wanted.some((begin) => id.startsWith(begin)));
const rows: { scenario: Scenario; outcome: Outcome }[] = [];

t.setTimeout(150_000);

/** The BEAM's traces; those that differ are tried again with longer times. */
function beamTraces(t: Test): Map<string, Trace> {
  const able = chosen.filter(({ cannot }) => cannot?.beam === undefined);
  const sources = join(root, "tests/scenarios");
  const traces = runOnBeam(able, t.testdir(), sources);
  const again = able.filter((one) => !isAllowed(one, "beam", traces.get(one.id) ?? []));
  if (again.length === 0) return traces;
  t.comment(`slower on the BEAM: ${again.map(({ id }) => id).join(", ")}`);
  return new Map([...traces, ...runOnBeam(again, t.testdir(), sources, SLOWER)]);
}

function isAllowed(scenario: Scenario, runner: Runner, trace: Trace): boolean {
  return allowed(scenario, runner).some((one) => same(one, trace));
}

function check(t: Test, scenario: Scenario, runner: Runner, trace: Trace, how: string): void {
  const expected = allowed(scenario, runner);
  if (expected.some((one) => same(one, trace))) t.pass(how);
  else t.same(trace, expected.length === 1 ? expected[0] : { oneOf: expected }, how);
}

t.test("each id once, each area together, BEAM decides only what it runs", (t) => {
  const ids = all.map(({ id }) => id);
  t.equal(new Set(ids).size, ids.length);
  const areas = ids.map((id) => id.split("/")[0]).filter((area, at, list) => area !== list[at - 1]);
  t.equal(new Set(areas).size, areas.length, areas.join());
  for (const { id, decided, cannot, differs } of all) {
    if (decided === "BEAM") t.equal(cannot?.beam ?? differs?.beam, undefined, id);
    t.equal(cannot?.raw, undefined, `${id}: the raw ABI can express everything`);
  }
  t.end();
});

t.test("at least 150 scenarios, which show at least 60 cases of OTP's suites", (t) => {
  t.ok(all.length >= 150, `${all.length} scenarios`);
  const cases = new Set(all.map(({ suite }) => suite).filter((suite) => suite !== undefined));
  t.ok(cases.size >= 60, `${cases.size} cases`);
  t.end();
});

t.test("the scenarios", async (t) => {
  const beam = mutant === undefined ? beamTraces(t) : new Map<string, Trace>();
  for (const scenario of chosen) {
    await t.test(`${scenario.id}: ${scenario.title}`, async (t) => {
      const outcome: { -readonly [R in Runner]?: readonly Trace[] } = {};
      rows.push({ scenario, outcome });
      if (mutant === undefined && scenario.cannot?.beam === undefined) {
        const trace = beam.get(scenario.id) ?? [];
        outcome.beam = [trace];
        check(t, scenario, "beam", trace, "the BEAM");
      }
      outcome.raw = holdings.map((holding) => runRaw(t, scenario, holding));
      outcome.raw.forEach((trace, at) => {
        check(t, scenario, "raw", trace, `raw ABI, turns ${holdings[at]}`);
      });
      if (mutant !== undefined) return;
      const obstacle = scenario.cannot?.generators;
      if (obstacle !== undefined) {
        await t.rejects(runGenerators(t, scenario), new Inexpressible(obstacle), "it can't indeed");
      } else {
        const trace = await runGenerators(t, scenario);
        outcome.generators = [trace];
        check(t, scenario, "generators", trace, "generators");
      }
    });
  }
});

const isPart = mutant !== undefined || wanted.length > 0;
t.test("docs/otp.md shows what came of it", { skip: isPart }, (t) => {
  const file = join(root, "docs/otp.md");
  const text = readFileSync(file, "utf8");
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END) + END.length];
  t.ok(begin >= 0 && end > begin, "the document has the marks");
  const matrix = writeMatrix(rows);
  if (process.env["UPDATE"] === "1") {
    writeFileSync(file, text.slice(0, begin) + matrix + text.slice(end));
  } else {
    t.equal(text.slice(begin, end), matrix, "else: UPDATE=1");
  }
  t.end();
});
