// Erlang's virtual machine as a contestant: compiles pidgeon_bench.erl and starts it on one scheduler.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Contestant } from "../instrument/contestant.ts";
import { projectFolder } from "../instrument/machine.ts";

/** Compiles into a new temporary folder and starts `erl`; throws if Erlang is not installed. */
export async function startBeam(name: string): Promise<Contestant> {
  const folder = mkdtempSync(join(tmpdir(), "pidgeon-beam-"));
  try {
    const source = join(projectFolder, "bench/peers/pidgeon_bench.erl");
    execFileSync("erlc", ["-o", folder, source], { stdio: "inherit" });
    const { contestant } = await Contestant.start("erl", [
      "-noshell", "+S", "1:1", "+P", "4000000", "-pa", folder, "-run", "pidgeon_bench", "main", name,
    ]);
    return contestant;
  } finally {
    rmSync(folder, { recursive: true, force: true }); // the modules are loaded by now
  }
}
