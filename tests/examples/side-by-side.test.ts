// What the documents put side by side prints the same: Erlang on the BEAM; plain Node as it says.
// needs: erlang
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { findProgram, plainNode } from "../programs.ts";
import { readText } from "../tidy/sources.ts";

const folder = mkdtempSync(join(tmpdir(), "pidgeon-side-by-side-"));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));

// The programs in TypeScript are run by tests/tidy/documents.test.ts, with the same `text` blocks.
t.test("each program of for-erlang-programmers.md prints on the BEAM what it does here", (t) => {
  const pairs =
    /^```erlang\n(-module\((\w+)\)[^]*?)^```\n\n```ts\n[^]*?^```\n\n```text\n([^]*?)^```/gm;
  const programs = [...readText("docs/for-erlang-programmers.md").matchAll(pairs)];
  t.ok(programs.length >= 3);
  for (const [, code = "", module = "", output] of programs) {
    writeFileSync(join(folder, `${module}.erl`), code);
    execFileSync("erlc", ["-Werror", "-o", folder, join(folder, `${module}.erl`)]);
    const options = ["+S", "1", "-noshell", "-kernel", "logger_level", "none", "-pa", folder];
    const run = ["-s", module, "main", "-s", "init", "stop"];
    const erl = findProgram("erlang") ?? "erl";
    t.equal(execFileSync(erl, [...options, ...run], { encoding: "utf8" }), output, module);
  }
  t.end();
});

t.test("the plain programs of for-node-programmers.md print what it says", (t) => {
  const blocks = /^```js\n([^]*?)^```\n\n```text\n([^]*?)^```/gm;
  const programs = [...readText("docs/for-node-programmers.md").matchAll(blocks)];
  t.ok(programs.length >= 3);
  for (const [index, [, code = "", output]] of programs.entries()) {
    const file = join(folder, `${index}.mjs`);
    writeFileSync(file, code);
    const run = spawnSync("env", [...plainNode, file], { encoding: "utf8", timeout: 20_000 });
    t.equal(run.stderr, "");
    t.equal(run.stdout, output, code);
  }
  t.end();
});
