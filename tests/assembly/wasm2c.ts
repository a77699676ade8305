// Compiles a kernel to C and to a program that replays recordings: a host without an engine.
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Test } from "tap";
import { findProgram } from "../programs.ts";
import { root } from "./test-kernel.ts";

/** A program that replays a recording: the hashes of its images, and what went wrong. */
export type Replayer = (recording: Uint8Array) => { hashes: string[]; problem: string };

/** The kernel's calls by name, each with its arguments in an array of doubles. */
function tableOf(header: string): string {
  const prototypes = [...header.matchAll(
    /\/\* export: '(\w+)' \*\/\n(u32|f64) (\w+)\(Z_kernel_instance_t\*((?:, \w+)*)\);/g,
  )];
  const functions = prototypes.map(([, name = "", answer = "", symbol = "", types = ""]) => {
    const args = types.split(", ").slice(1).map((type, index) =>
      type === "u32" ? `, to_u32(a[${index}])` : `, a[${index}]`).join("");
    const cast = answer === "u32" ? "(double)(int32_t)" : "";
    return `static double call_${name}(Z_kernel_instance_t *k, const double *a) {\n` +
      `  (void)a;\n  return ${cast}${symbol}(k${args});\n}\n`;
  });
  const entries = prototypes.map(([, name = ""]) => `  {"${name}", call_${name}},\n`);
  return `${functions.join("")}static const call_t calls[] = {\n${entries.join("")}  {0, 0},\n};\n`;
}

/** Compiles a kernel with wasm2c and gcc; takes some seconds. */
export function buildReplayer(t: Test, wasm: Uint8Array): Replayer {
  const folder = mkdtempSync(join(tmpdir(), "pidgeon-replayer-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const wasm2c = findProgram("wabt") ?? "";
  writeFileSync(join(folder, "kernel.wasm"), wasm);
  execFileSync(wasm2c, ["kernel.wasm", "--no-debug-names", "-n", "kernel", "-o", "kernel.c"], {
    cwd: folder,
  });
  writeFileSync(join(folder, "calls.h"), tableOf(readFileSync(join(folder, "kernel.h"), "utf8")));
  copyFileSync(join(root, "tests/assembly/replayer.c"), join(folder, "replayer.c"));
  const installed = join(dirname(wasm2c), "..");
  const runtime = join(installed, "share/wabt/wasm2c");
  execFileSync(findProgram("gcc") ?? "", [
    "-O1", "-w", "-I", join(installed, "include"), "-I", runtime, "replayer.c", "kernel.c",
    join(runtime, "wasm-rt-impl.c"), "-o", "replayer", "-lm",
  ], { cwd: folder });
  return (recording) => {
    writeFileSync(join(folder, "recording"), recording);
    const { status, stdout, stderr } = spawnSync(join(folder, "replayer"), ["recording"], {
      cwd: folder, encoding: "utf8",
    });
    const problem = status === 0 ? "" : `status ${String(status)}: ${stderr}`;
    return { hashes: stdout.split("\n").filter((line) => line !== ""), problem };
  };
}
