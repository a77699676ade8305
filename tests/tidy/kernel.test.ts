// The promises of kernel.wasm that can be read off the file: no imports, one memory.grow, no state
// in globals, its size. How: assembly/index.ts.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { root } from "./sources.ts";

const SIZE_BUDGET = 48 * 1024;

const bytes = readFileSync(join(root, "build/kernel.wasm"));
const debug = readFileSync(join(root, "build/kernel.debug.wasm"));
const module = new WebAssembly.Module(bytes);
const text = disassemble("kernel.wasm");

t.test("the kernel imports nothing", (t) => {
  t.same(WebAssembly.Module.imports(module), []);
  t.same(WebAssembly.Module.imports(new WebAssembly.Module(debug)), []);
  t.end();
});

t.test("the kernel exports functions and its memory only", (t) => {
  const exports = WebAssembly.Module.exports(module);
  t.same(exports.filter(({ kind }) => kind !== "function").map(({ name }) => name), ["memory"]);
  t.ok(exports.some(({ name }) => name === "init"));
  t.ok(exports.some(({ name }) => name === "step"));
  t.notMatch(text, /^ *\(start /m, "nothing runs at instantiation");
  t.end();
});

t.test("the debug build exports all that the release build does", (t) => {
  const names = WebAssembly.Module.exports(new WebAssembly.Module(debug)).map(({ name }) => name);
  const missing = WebAssembly.Module.exports(module).filter(({ name }) => !names.includes(name));
  t.same(missing, []);
  t.end();
});

t.test("memory grows at one place, for init and restore_begin", (t) => {
  t.equal(text.match(/\(memory\.grow\b/g)?.length, 1);
  t.notMatch(text, /^ *\(memory \$\d+ \d+ \d+\)/m, "the module sets no maximum");
  t.end();
});

t.test("all state is in linear memory: no global can change", (t) => {
  t.notMatch(text, /^ *\(global \S+ \(mut/m);
  t.end();
});

t.test("the kernel fits its budget", (t) => {
  t.ok(bytes.length <= SIZE_BUDGET, `${bytes.length} of ${SIZE_BUDGET} bytes`);
  t.end();
});

/**
 * The text form of a module, by the disassembler that comes with AssemblyScript's compiler. Through
 * a file: the program doesn't wait until a pipe has taken what it prints.
 */
function disassemble(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), "pidgeon-kernel-"));
  const target = join(folder, "kernel.wat");
  const program = join(root, "node_modules/binaryen/bin/wasm-dis");
  const options = ["--enable-bulk-memory", "--enable-nontrapping-float-to-int", "-o", target];
  execFileSync(process.execPath, [program, join(root, "build", name), ...options]);
  const text = readFileSync(target, "utf8");
  rmSync(folder, { recursive: true });
  return text;
}
