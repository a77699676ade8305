// Compiles the kernel to C without an engine, and checks what it asks of an engine.
// needs: wabt, gcc
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import t from "tap";
import { findProgram } from "../programs.ts";
import { root } from "./sources.ts";

/** The features beyond the four that the kernel may use: DESIGN.md K1. */
const withoutFeatures = ["--disable-simd", "--disable-multi-value", "--disable-reference-types"];
const kernel = join(root, "build/kernel.wasm");

t.test("the kernel uses no feature that old engines lack", (t) => {
  execFileSync(findProgram("wasm-validate") ?? "", [...withoutFeatures, kernel]);
  t.pass("wasm-validate takes it");
  t.end();
});

t.test("wasm2c and a C compiler take the kernel", (t) => {
  const wasm2c = findProgram("wabt") ?? "";
  const folder = mkdtempSync(join(tmpdir(), "pidgeon-wasm2c-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const source = join(folder, "kernel.c");
  execFileSync(wasm2c, [kernel, "--no-debug-names", "-n", "kernel", "-o", source]);
  const headers = join(dirname(wasm2c), "../include");
  execFileSync(findProgram("gcc") ?? "", ["-O1", "-w", "-I", headers, "-c", source], {
    cwd: folder,
  });
  t.ok(existsSync(join(folder, "kernel.o")));
  t.end();
});
