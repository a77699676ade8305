// Finds the programs of this machine that some tests need: Chromium, Erlang, wabt, a C compiler.
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Names that a program goes by; what is not listed goes by its own. */
const aliases: Readonly<Record<string, readonly string[]>> = {
  chromium: ["chromium", "chromium-browser", "google-chrome"],
  erlang: ["erl"],
  wabt: ["wasm2c"],
  gcc: ["gcc", "cc"],
};

/** The path of a program, or undefined if this machine doesn't have it. */
export function findProgram(name: string): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  for (const alias of aliases[name] ?? [name]) {
    const found = folders.map((folder) => join(folder, alias)).find(isExecutable);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * The programs that a test file says it needs, in a line `// needs: chromium, erlang` among its
 * first five. Such a file is listed as skipped where one is missing; with CI=true it fails.
 */
export function neededPrograms(source: string): string[] {
  for (const line of source.split("\n").slice(0, 5)) {
    const match = /^\/\/ needs: (.+)$/.exec(line);
    if (match?.[1] !== undefined) return match[1].split(",").map((name) => name.trim());
  }
  return [];
}

/**
 * What the program `env` is given to run Node without the hooks by which tap measures the coverage
 * of child processes: they break tsc, and cost 0.2 s a process.
 */
export const plainNode: readonly string[] = ["-u", "NODE_OPTIONS", process.execPath];
