// Processes as plain C structs, from a PEERS folder: the limit that the hardware sets. The program
// does the work several times by itself, the first time unmeasured, and prints one JSON line.
import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Sampler } from "../instrument/contestant.ts";

/** Measured passes a sample; the program answers their median. */
const PASSES = 5;

interface BaselineLine {
  readonly ops: number;
  readonly ns_per_op: number;
  readonly cpu_ns: number;
}

/** baseline.c of the PEERS folder, or of actors/ in it; undefined if there is none. */
export function baselineSource(): string | undefined {
  const peers = process.env["PEERS"];
  if (peers === undefined || peers === "") return undefined;
  return [join(peers, "actors"), peers]
    .map((folder) => join(folder, "c/baseline.c"))
    .find((file) => existsSync(file));
}

/** Compiles the program for one of its benchmarks; throws if gcc or the source is missing. */
export async function compileBaseline(name: string): Promise<Sampler> {
  const source = baselineSource();
  if (source === undefined) throw new Error("PEERS names no folder with actors/c/baseline.c");
  const folder = mkdtempSync(join(tmpdir(), "pidgeon-baseline-"));
  const program = join(folder, "baseline");
  const stop = async () => rmSync(folder, { recursive: true, force: true });
  try {
    execFileSync("gcc", ["-O2", "-o", program, source], { stdio: ["ignore", "ignore", "pipe"] });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    async sample() {
      const { stdout } = await promisify(execFile)(program, [name, String(PASSES)]);
      const line = JSON.parse(stdout) as BaselineLine;
      const { ops } = line;
      return { operations: ops, wallNs: line.ns_per_op * ops, cpuNs: line.cpu_ns * ops };
    },
    stop,
  };
}
