// A worker that compiles kernels with a seeded fault: a copy of the sources, and what the test that
// is to catch it will load.
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parentPort } from "node:worker_threads";
import { compileKernel, nativeEntry } from "../assembly/native-build.ts";
import { root } from "../assembly/test-kernel.ts";
import type { Mutation } from "./table.ts";

/** What the worker is asked for: a folder to fill; without a mutation the kernel is healthy. */
export interface Order {
  readonly folder: string;
  readonly mutation: Mutation | undefined;
}

const debugEntry = 'export * from "./assembly/debug";';
/** Tests that load the build with native handlers. */
const NATIVE = /simulation$|native$/;

parentPort?.on("message", async ({ folder, mutation }: Order) => {
  try {
    cpSync(join(root, "assembly"), join(folder, "assembly"), { recursive: true });
    if (mutation !== undefined) mutate(join(folder, "assembly", mutation.file), mutation);
    const isNative = mutation === undefined || NATIVE.test(mutation.caughtBy);
    const isDebug = !isNative || mutation?.scenario !== undefined || mutation === undefined;
    const build = async (name: string, entry: string) => {
      writeFileSync(join(folder, name), await compileKernel(entry, folder, "-O0"));
    };
    if (isNative) await build("kernel.native.wasm", nativeEntry);
    if (isDebug) await build("kernel.debug.wasm", debugEntry);
    parentPort?.postMessage(undefined);
  } catch (error) {
    parentPort?.postMessage((error as Error).message);
  }
});

function mutate(path: string, { text, fault }: Mutation): void {
  const parts = readFileSync(path, "utf8").split(text);
  if (parts.length !== 2) throw new Error(`${parts.length - 1} times in ${path}: ${text}`);
  writeFileSync(path, parts.join(fault));
}
