// Runs the compiled tests with tap and ends with the line `N passed, N failed`.
//
//   npm test                         everything, with the coverage floor of .taprc
//   npm test -- tests/xmpp jid       the files whose path contains one of these; no coverage
import { spawn } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { findProgram, neededPrograms } from "./programs.ts";

const root = join(import.meta.dirname ?? new URL(".", import.meta.url).pathname, "../..");
const tap = join(root, "node_modules/tap/dist/esm/run.mjs");

interface Skipped {
  readonly file: string;
  readonly missing: readonly string[];
}

interface Counts {
  passed: number;
  failed: number;
}

const wanted = process.argv.slice(2).map((path) => path.replace(/^(\.\/)?(build\/)?/, ""));
process.exitCode = await main(wanted, process.env["CI"] === "true");

/** Runs the files that match, or all; answers the exit code. */
async function main(patterns: readonly string[], isCi: boolean): Promise<number> {
  const files = testFiles().filter((file) => matches(file, patterns));
  if (files.length === 0) {
    console.error(`no test file matches ${patterns.join(", ")}`);
    return 1;
  }
  const skipped: Skipped[] = [];
  const chosen = files.filter((file) => {
    const needed = neededPrograms(readFileSync(join(root, file), "utf8"));
    const missing = needed.filter((name) => findProgram(name) === undefined);
    if (missing.length > 0) skipped.push({ file, missing });
    return missing.length === 0;
  });
  const counts = await runTap(chosen, patterns.length === 0 && skipped.length === 0);
  for (const { file, missing } of skipped) {
    console.log(`${isCi ? "not ok" : "skipped"}: ${file} needs ${missing.join(", ")}`);
    if (isCi) counts.failed += 1;
  }
  console.log(`${counts.passed} passed, ${counts.failed} failed`);
  return counts.failed === 0 ? 0 : 1;
}

/** The test files' sources, as paths from the root. */
function testFiles(): string[] {
  return readdirSync(join(root, "tests"), { recursive: true, encoding: "utf8" })
    .map((path) => `tests/${path.replaceAll("\\", "/")}`)
    .filter((path) => path.endsWith(".test.ts"))
    .sort();
}

function matches(file: string, patterns: readonly string[]): boolean {
  const names = `${file} ${file.replace(/\.ts$/, ".js")}`;
  return patterns.length === 0 || patterns.some((part) => names.includes(part));
}

/** Runs tap over compiled files. Prints a line a file, and the whole output of one that fails. */
async function runTap(files: readonly string[], withCoverage: boolean): Promise<Counts> {
  const counts: Counts = { passed: 0, failed: 0 };
  if (files.length === 0) return counts;
  const compiled = files.map((file) => `build/${file.replace(/\.ts$/, ".js")}`);
  const coverage = withCoverage ? [] : ["--disable-coverage"];
  const child = spawn(process.execPath, [tap, "--reporter=tap", ...coverage, ...compiled], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise<number>((resolve) => {
    child.once("close", (code) => resolve(code ?? 1));
  });
  let block: string[] = [];
  let diagnostics = false;
  for await (const line of createInterface({ input: child.stdout })) {
    const result = /^(not )?ok \d+ - (\S+)(.*)/.exec(line);
    const summary = /^# \{ (.*) \}$/.exec(line);
    if (result !== null) {
      if (result[1] === undefined) console.log(`ok ${result[2]}${result[3]}`);
      else console.log([...block, line].join("\n"));
      diagnostics = result[1] !== undefined;
      block = [];
    } else if (summary?.[1] !== undefined) {
      const count = (name: string) => new RegExp(`${name}: (\\d+)`).exec(summary[1] ?? "")?.[1];
      counts.passed = Number(count("pass") ?? 0);
      counts.failed = Number(count("fail") ?? 0);
    } else if (diagnostics && line.startsWith("  ")) {
      console.log(line);
    } else if (/^# (Subtest|time)/.test(line) || /^(\s*|TAP version 14|1\.\.\d+)$/.test(line)) {
      diagnostics = false;
    } else if (line.startsWith("    ")) {
      block.push(line);
    } else {
      console.log(line);
    }
  }
  // A coverage below the floor, or tap itself failing, is no failed assertion, but a failure.
  if ((await ended) !== 0 && counts.failed === 0) {
    console.log(`not ok: tap failed${withCoverage ? " (is coverage below the floor?)" : ""}`);
    counts.failed = 1;
  }
  return counts;
}
