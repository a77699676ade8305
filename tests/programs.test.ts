// Which programs a test file needs, and where this machine has them.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import t from "tap";
import { findProgram, neededPrograms } from "./programs.ts";

t.test("a test file names what it needs among its first five lines", (t) => {
  t.same(neededPrograms("// Purpose.\n// needs: chromium, erlang\nimport"), ["chromium", "erlang"]);
  t.same(neededPrograms("// Purpose.\nimport"), []);
  t.same(neededPrograms(`// Purpose.\n${"\n".repeat(5)}// needs: chromium\n`), []);
  t.end();
});

t.test("a program is found on the path, by any of its names, if it can be run", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "pidgeon-programs-"));
  const path = process.env["PATH"];
  t.teardown(() => {
    process.env["PATH"] = path;
    rmSync(folder, { recursive: true, force: true });
  });
  process.env["PATH"] = ["", join(folder, "missing"), folder].join(delimiter);
  t.equal(findProgram("erlang"), undefined);
  writeFileSync(join(folder, "erl"), "");
  chmodSync(join(folder, "erl"), 0o644);
  t.equal(findProgram("erlang"), undefined, "a file that can't be run is no program");
  chmodSync(join(folder, "erl"), 0o755);
  t.equal(findProgram("erlang"), join(folder, "erl"));
  t.end();
});
