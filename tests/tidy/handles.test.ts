// That every test looks, at its end, for handles that are left: withKernel, scenario, openStage and
// stopEmpty do; who makes a kernel or a runtime without them has to count them itself.
import t from "tap";
import { readSources } from "./sources.ts";

const tests = readSources("tests").filter(({ path }) => !path.startsWith("tests/tidy/"));

/** Files whose code matches and that have none of the marks. */
function without(made: RegExp, marks: RegExp): string[] {
  return tests.filter(({ code }) => made.test(code) && !marks.test(code)).map(({ path }) => path);
}

t.test("who starts a runtime stops it with a look at what is left", (t) => {
  t.same(without(/\bRuntime\.start\(/, /\bstopEmpty\(|\bCounter\.LIVE_HANDLES\b/), []);
  t.end();
});

t.test("who makes a kernel and passes handles in counts them", (t) => {
  const made = /\bKernel\.(instantiate|restore)\(|new Kernel\(/;
  const makers = tests.filter(({ code }) => made.test(code));
  t.ok(makers.length > 10);
  const passing = makers.filter(({ code }) => /[sS]endHandle\(|\bHANDLE\b|\.handle\(/.test(code));
  const marks = /\bCounter\.LIVE_HANDLES\b|\bsettleHandles\b|\bwithKernel\(/;
  t.same(passing.filter(({ code }) => !marks.test(code)).map(({ path }) => path), []);
  t.end();
});
