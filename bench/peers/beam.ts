// Erlang's virtual machine as a contestant: compiles pidgeon_bench.erl, starts it on one scheduler.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MemoryBenchmark, Size, TimeBenchmark } from "../instrument/benchmark.ts";
import { Contestant } from "../instrument/contestant.ts";
import { projectFolder } from "../instrument/machine.ts";

/** MiB of address space that +MMscs sets aside; what is freed stays mapped. */
const SUPER_CARRIER_MIB = 6000;
const WARM_UPS = 2;

/** Compiles into a new temporary folder and starts `erl`; throws if Erlang is not installed. */
export async function startBeam(
  benchmark: TimeBenchmark | MemoryBenchmark, size?: Size,
): Promise<Contestant> {
  const folder = mkdtempSync(join(tmpdir(), "pidgeon-beam-"));
  try {
    const source = join(projectFolder, "bench/peers/pidgeon_bench.erl");
    execFileSync("erlc", ["-o", folder, source], { stdio: "inherit" });
    const isTimed = benchmark.kind === "time";
    const { breadth = 0, operations = 0 } = size ?? (isTimed ? benchmark.size : {});
    const carrier = isTimed && benchmark.superCarrier ? ["+MMscs", `${SUPER_CARRIER_MIB}`] : [];
    const machine = ["-noshell", "+S", "1:1", "+P", "4000000", ...carrier];
    const numbers = [breadth, operations, isTimed && benchmark.cold ? 0 : WARM_UPS].map(String);
    const program = ["-run", "pidgeon_bench", "main", benchmark.beam ?? "", ...numbers];
    return await Contestant.start("erl", [...machine, "-pa", folder, ...program]);
  } finally {
    rmSync(folder, { recursive: true, force: true }); // the modules are loaded by now
  }
}
