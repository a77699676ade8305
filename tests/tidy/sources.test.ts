// The reader of the tidy tests: masking of comments and strings, finding of imports.
import t from "tap";
import { importsOf, maskText } from "./sources.ts";

t.test("masking keeps code and length, and blanks comments and strings", (t) => {
  const samples: readonly [string, string][] = [
    ["a // b\nc", "a     \nc"],
    ["a /* b\n*/ c", "a     \n   c"],
    ['f("x // y")', 'f("      ")'],
    ["f('it\\'s')", "f('     ')"],
    ["`a${b + `c${d}`}e` + f", "` ${b + ` ${d}`} ` + f"],
    ["`${ {a: 1}.a }x`; y", "`${ {a: 1}.a } `; y"],
    ["`a $ b`; c", "`     `; c"],
    ["x = /[/\"]'/g; y", "x =        g; y"],
    ["a / b / c", "a / b / c"],
  ];
  for (const [text, code] of samples) {
    const masked = maskText(text);
    t.equal(masked.length, text.length, text);
    t.equal(masked, code, text);
  }
  t.end();
});

t.test("imports are found with their names", (t) => {
  const text = [
    'import { a, type B, c as d } from "./sources.ts";',
    'import type { E } from "node:fs";',
    'export * from "./sources.ts";',
    'export * as f from "./sources.ts";',
    'import "./sources.ts";',
    'const g = await import("./sources.ts");',
    'new Worker(new URL("./text.test.js", import.meta.url));',
    '// import { h } from "./nothing.ts";',
  ].join("\n");
  const found = importsOf({ path: "tests/tidy/x.ts", text, code: maskText(text) });
  t.equal(found.length, 7);
  t.same(found[0]?.names, ["a", "B", "c"]);
  t.same(found.filter((one) => one.path === undefined).map((one) => one.specifier), ["node:fs"]);
  t.equal(found.filter((one) => one.path === "tests/tidy/sources.ts").length, 5);
  t.equal(found.filter((one) => one.path === "tests/tidy/text.test.ts").length, 1);
  t.end();
});
