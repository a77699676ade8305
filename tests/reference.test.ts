// The API reference is made without a warning: every export has a doc block, every link a target.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { makeReference } from "./reference.ts";

t.setTimeout(300_000);

t.test("TypeDoc has no complaint, and writes of all that is exported", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "pidgeon-reference-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  t.same(await makeReference(folder), []);
  const page = (path: string) => readFileSync(join(folder, path), "utf8");
  t.match(page("modules/pidgeon.html"), "GenServer");
  t.match(page("modules/pidgeon_kernel.html"), "Recorder");
  const call = page("functions/pidgeon.GenServer.call.html");
  t.match(call, "Throws CallFailed", "with the doc block");
  t.match(call, "timeoutMs", "with the parameters");
});
