// Every scenario under OTP's own behaviours on the BEAM, and here: the same traces.
// needs: erlang
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { root } from "../tidy/sources.ts";
import { playOnBeam } from "./beam.ts";
import { scenarios as all } from "./cases/index.ts";
import { writeTable } from "./table.ts";
import { play } from "./play.ts";
import { same } from "./world.ts";

/** How much longer times are when a scenario is tried again on the BEAM: the machine is busy. */
const SLOWER = 5;

const wanted = process.argv.slice(2);
const chosen = wanted.length === 0 ? all
  : all.filter(({ id }) => wanted.some((begin) => id.startsWith(begin)));

t.setTimeout(150_000);

t.test("at least 120 scenarios, each id once, which show at least 60 cases of suites", (t) => {
  t.ok(all.length >= 120, `${all.length} scenarios`);
  t.equal(new Set(all.map(({ id }) => id)).size, all.length);
  const cases = new Set(all.map(({ suite }) => suite).filter((suite) => suite !== undefined));
  t.ok(cases.size >= 60, `${cases.size} cases`);
  t.end();
});

t.test("the scenarios", async (t) => {
  const sources = join(root, "tests/conformance");
  const beam = playOnBeam(chosen, t.testdir(), sources);
  const again = chosen.filter(({ id, trace }) => !same(beam.get(id) ?? [], trace));
  if (process.env["SHOW"] === "1") {
    for (const one of chosen) {
      const traces = { beam: beam.get(one.id), ours: await play(one, "plain") };
      t.comment(JSON.stringify({ id: one.id, ...traces }));
    }
  } else {
    for (const [id, trace] of playOnBeam(again, t.testdir(), sources, SLOWER)) beam.set(id, trace);
  }
  for (const scenario of chosen) {
    await t.test(`${scenario.id}: ${scenario.title}`, async (t) => {
      t.same(beam.get(scenario.id), scenario.trace, "the BEAM");
      const expected = scenario.differs?.trace ?? scenario.trace;
      t.same(await play(scenario, "plain"), expected, "here");
      t.same(await play(scenario, "generators"), expected, "here, by generators");
      if (scenario.differs !== undefined) t.not(same(expected, scenario.trace), true, "differs");
    });
  }
});

t.test("docs/conformance.md lists the scenarios", { skip: wanted.length > 0 }, (t) => {
  const file = join(root, "docs/conformance.md");
  const table = writeTable(all);
  if (process.env["UPDATE"] === "1") writeFileSync(file, table);
  else t.equal(readFileSync(file, "utf8"), table, "else: UPDATE=1");
  t.end();
});
