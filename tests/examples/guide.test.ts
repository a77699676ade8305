// The guide shows each example as it is, and what it prints; and its commands work elsewhere too.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import t from "tap";
import type { Test } from "tap";
import { plainNode } from "../programs.ts";
import { listFiles, readText, root } from "../tidy/sources.ts";

const guide = readText("docs/guide.md");
/** Those that end by themselves; chat-room.test.ts runs the other one. */
const programs = listFiles("examples", [".ts"]).filter((path) => path.split("/").length === 2);

function outputOf(path: string): string | undefined {
  const [, behind = ""] = guide.split(readText(path));
  return /^```\n\n```text\n([^]*?\n)```/.exec(behind)?.[1];
}

function run(folder: string, parameters: readonly string[]) {
  const options = { cwd: folder, encoding: "utf8", timeout: 60_000 } as const;
  return spawnSync("env", [...plainNode, ...parameters], options);
}

/** A folder in which pidgeon is installed, as `npm install ../pidgeon` does it: by a link. */
function project(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), "pidgeon-guide-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, "node_modules/@types"), { recursive: true });
  symlinkSync(root, join(folder, "node_modules/pidgeon"), "junction");
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  return folder;
}

t.test("every example stands in the guide, as it is", (t) => {
  t.ok(programs.length >= 3);
  for (const path of [...programs, "examples/chat-room/main.ts"]) {
    t.ok(guide.includes(`\`\`\`ts\n${readText(path)}\`\`\`\n`), path);
  }
  t.end();
});

t.test("in the clone each prints what the guide says", (t) => {
  for (const path of programs) {
    const { status, stdout, stderr } = run(root, [`build/${path.replace(/\.ts$/, ".js")}`]);
    t.equal(stderr, "", path);
    t.equal(status, 0, path);
    t.equal(stdout, outputOf(path), path);
  }
  t.end();
});

t.test("in another project the installed example runs, and a copy compiles and runs", (t) => {
  const folder = project(t);
  for (const name of ["typescript", "@types/node", "undici-types"]) {
    symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name), "junction");
  }
  const commands = [...guide.matchAll(/^ {4}((?:npx|node) .+)$/gm)].map(([, line = ""]) => line);
  const installed = commands.find((line) => line.includes("node_modules/pidgeon")) ?? "";
  const compile = commands.find((line) => line.startsWith("npx tsc ")) ?? "";
  for (const path of programs) {
    const name = basename(path, ".ts");
    const renamed = (line: string) => line.replaceAll("counter", name).split(" ").slice(1);
    t.equal(run(folder, renamed(installed)).stdout, outputOf(path), `${path}, installed`);
    cpSync(join(root, path), join(folder, basename(path)));
    const [tsc = "", ...options] = renamed(compile);
    const compiled = run(folder, [join(root, "node_modules/.bin", tsc), ...options]);
    t.equal(compiled.stdout, "", `${path} compiles`);
    t.equal(run(folder, [`build/${name}.js`]).stdout, outputOf(path), `${path}, a copy`);
  }
  t.end();
});
