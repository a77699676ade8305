// The look of every source: columns, file lengths, purpose lines, marks that must not stay.
import t from "tap";
import { findLines, listFiles, readSources, readText } from "./sources.ts";
import type { Source } from "./sources.ts";

const sources = readSources("assembly", "host", "tests", "bench", "examples");
const inHost = sources.filter((source) => source.path.startsWith("host/"));
const inKernel = sources.filter((source) => source.path.startsWith("assembly/"));
const inTests = sources.filter((source) => source.path.startsWith("tests/"));
const isTidy = (source: Source) => source.path.startsWith("tests/tidy/");

t.test("no line is wider than 100 columns", (t) => {
  const others = listFiles(".", [".css", ".html", ".taprc", ".ci/run"]).map((path) => {
    return { path, text: readText(path), code: "" };
  });
  t.same([...sources, ...others].flatMap((source) => findLines(source, /^.{101}/, "text")), []);
  t.end();
});

t.test("no file is longer than 400 lines, in the kernel 300", (t) => {
  const long = sources.flatMap(({ path, text }) => {
    const lines = text.trimEnd().split("\n").length;
    const limit = path.startsWith("assembly/") ? 300 : 400;
    return lines > limit ? [`${path} has ${lines} lines, ${limit} at most`] : [];
  });
  t.same(long, []);
  t.end();
});

t.test("the first line of a file says its purpose", (t) => {
  const purpose = /^\/(?:\/|\*\*?) ?\S.{9,}/;
  t.same(sources.filter(({ text }) => !purpose.test(text)).map(({ path }) => path), []);
  t.end();
});

t.test("file names are in kebab case", (t) => {
  const odd = sources.filter(({ path }) => !/\/[a-z0-9-]+(\.[a-z]+)*\.(ts|mjs)$/.test(path));
  t.same(odd.map(({ path }) => path), []);
  t.end();
});

t.test("no tabs, no blanks at line ends, one line end at the end", (t) => {
  t.same(sources.flatMap((source) => findLines(source, /\t|\s$/, "text")), []);
  t.same(sources.filter(({ text }) => !/[^\n]\n$/.test(text)).map(({ path }) => path), []);
  t.end();
});

t.test("no mark of unfinished work and no test that is left out stays", (t) => {
  const marks = /\b(TO[D]O|FIX[M]E|XX[X]|HA[C]K)\b|@ts-(ignore|nocheck)|(eslint|prettier)-\w/;
  const left = /\b(t|test)\.(only|skip|todo)\(|\b(only|skip|todo): (true|"|`)/;
  const suppressed = sources.filter(({ path }) => !path.startsWith("tests/types/"));
  t.same(sources.flatMap((source) => (isTidy(source) ? [] : findLines(source, marks, "text"))), []);
  t.same(inTests.flatMap((source) => findLines(source, left, "code")), []);
  const expected = /^\s*(\/\/|\/\*) @ts-expect-error/;
  t.same(suppressed.flatMap((source) => findLines(source, expected, "text")), []);
  t.end();
});

t.test("no path of one machine is written down", (t) => {
  const machine = /["'`\s(](\/work|\/home|\/root|\/tmp\/pidgeon|\/Users|[A-Z]:\\)\//;
  const checked = sources.filter((source) => !isTidy(source));
  t.same(checked.flatMap((source) => findLines(source, machine, "text")), []);
  t.end();
});

t.test("modules hold no state", (t) => {
  const variable = /^(export )?(let|var)\b/;
  const container = /^(export )?const \w+.* = (new (Map|Set|Array)(<.*>)?\(\)|\[\]|\{\});?$/;
  const found = [...inHost, ...inKernel].flatMap((source) => findLines(source, variable, "code"));
  t.same(found, []);
  t.same(inHost.flatMap((source) => findLines(source, container, "code")), []);
  t.end();
});

t.test("types are strict: no cast to any, no enum, no default export in host", (t) => {
  const loose = /\bas any\b|<any>\w|\benum \w+ \{|^export default\b/;
  t.same(inHost.flatMap((source) => findLines(source, loose, "code")), []);
  t.end();
});
