// Erlang's virtual machine as a contestant: compiles pidgeon_bench.erl, starts it on one scheduler.
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
    const machine = ["-noshell", "+S", "1:1", "+P", "4000000"];
    const program = ["-pa", folder, "-run", "pidgeon_bench", "main", name];
    return await Contestant.start("erl", [...machine, ...program]);
  } finally {
    rmSync(folder, { recursive: true, force: true }); // the modules are loaded by now
  }
}
