// Compiles the kernel to C without an engine, checks what it asks of one, runs the document's host.
// needs: wabt, gcc
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import t from "tap";
import { findProgram } from "../programs.ts";
import { readText, root } from "./sources.ts";

/** The features beyond the four that the kernel may use: DESIGN.md K1. */
const withoutFeatures = ["--disable-simd", "--disable-multi-value", "--disable-reference-types"];
const kernel = join(root, "build/kernel.wasm");

t.test("the kernel uses no feature that old engines lack", (t) => {
  execFileSync(findProgram("wasm-validate") ?? "", [...withoutFeatures, kernel]);
  t.pass("wasm-validate takes it");
  t.end();
});

t.test("the host in C of docs/abi.md compiles with what wasm2c makes, and runs", (t) => {
  const pattern = /^```c\n([^]*?)^```\n\n```text\n([^]*?)^```/m;
  const [, program = "", output] = pattern.exec(readText("docs/abi.md")) ?? [];
  const wasm2c = findProgram("wabt") ?? "";
  const folder = mkdtempSync(join(tmpdir(), "pidgeon-wasm2c-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const source = join(folder, "kernel.c");
  execFileSync(wasm2c, [kernel, "--no-debug-names", "-n", "kernel", "-o", source]);
  writeFileSync(join(folder, "host.c"), program);
  const installed = join(dirname(wasm2c), "..");
  const runtime = join(installed, "share/wabt/wasm2c");
  execFileSync(findProgram("gcc") ?? "", [
    "-O1", "-w", "-I", join(installed, "include"), "-I", runtime, "host.c", "kernel.c",
    join(runtime, "wasm-rt-impl.c"), "-o", "host", "-lm",
  ], { cwd: folder });
  t.equal(execFileSync(join(folder, "host"), { encoding: "utf8" }), output);
  t.end();
});
