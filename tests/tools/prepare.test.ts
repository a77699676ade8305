// npm start, test and bench on a clone: what is installed and built when, with npm, tsc and asc
// replaced by programs that write down how they are called.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import t, { type Test } from "tap";
import { plainNode } from "../programs.ts";

const original = join(dirname(fileURLToPath(import.meta.url)), "../../../host/tools/prepare.mjs");

/** Writes its name and arguments down; `work` is the body of what it does beside. */
const recorder = (name: string, work: string) => `
  const fs = require("node:fs");
  const path = require("node:path");
  const args = process.argv.slice(2);
  fs.appendFileSync("calls", ["${name}", ...args].join(" ") + "\\n");
  const put = (file, text) => {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
  };
  ${work}
`;

const lock = {
  packages: {
    "": {},
    "node_modules/a": { version: "1.0.0" },
    "node_modules/b": { version: "2.0.0", dev: true },
    "node_modules/c": { version: "1.0.0", optional: true },
  },
};

/** npm: installs what it is asked for, by writing the list that the real one writes. */
const npm = recorder(
  "npm",
  `const lock = JSON.parse(fs.readFileSync("package-lock.json"));
   if (args.includes("--omit=dev")) delete lock.packages["node_modules/b"];
   delete lock.packages["node_modules/c"];
   put("node_modules/.package-lock.json", JSON.stringify(lock));
   const tap = "node_modules/@tapjs/test/";
   if (!args.includes("--omit=dev")) put(tap + "test-built/dist/esm/index.js", "Test");
   put("node_modules/typescript/bin/tsc", fs.readFileSync("fake-tsc.cjs"));
   put("node_modules/assemblyscript/bin/asc.js", fs.readFileSync("fake-asc.cjs"));`,
);

/** tsc: "compiles" each source of the project by copying it; fails if one says so. */
const tsc = recorder(
  "tsc",
  `for (const folder of args[1] === "host" ? ["host"] : ["host", "tests"]) {
     for (const file of fs.readdirSync(folder, { recursive: true })) {
       if (!file.endsWith(".ts") || file.endsWith(".d.ts")) continue;
       const text = fs.readFileSync(path.join(folder, file), "utf8");
       if (text.includes("WRONG")) process.exit(2);
       put(path.join("build", folder, file.replace(/ts$/, "js")), text);
     }
   }`,
);

const asc = recorder("asc", `put(args[args.indexOf("--outFile") + 1], "wasm");`);

/** A project of three sources in a new folder, and a way to run prepare.mjs in it. */
function makeProject(t: Test) {
  const folder = mkdtempSync(join(tmpdir(), "pidgeon-prepare-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  write("package.json", '{ "type": "module" }');
  write("package-lock.json", JSON.stringify(lock));
  write("host/server/main.ts", 'console.log("server", ...process.argv.slice(2));');
  write("tests/run.ts", 'console.log("tests", ...process.argv.slice(2));');
  write("assembly/index.ts", "kernel");
  write("fake-npm.cjs", npm);
  write("fake-tsc.cjs", tsc);
  write("fake-asc.cjs", asc);
  mkdirSync(join(folder, "host/tools"), { recursive: true });
  copyFileSync(original, join(folder, "host/tools/prepare.mjs"));
  const prepare = async (...parameters: string[]) => {
    rmSync(join(folder, "calls"), { force: true });
    const program = join(folder, "host/tools/prepare.mjs");
    const child = spawn("env", [...plainNode, program, ...parameters], {
      cwd: folder,
      env: { ...process.env, npm_execpath: join(folder, "fake-npm.cjs") },
    });
    let output = "";
    let complaints = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (complaints += chunk));
    const [code] = await once(child, "close");
    const calls = existsSync(join(folder, "calls"))
      ? readFileSync(join(folder, "calls"), "utf8").trim().split("\n").sort()
      : [];
    return { code, output, complaints, programs: calls.map((call) => call.split(" ")[0]), calls };
  };
  return { write, prepare, exists: (path: string) => existsSync(join(folder, path)), folder };
}

t.test("a first start installs and builds the server and passes the options on", async (t) => {
  const project = makeProject(t);
  const first = await project.prepare("start", "--http-port", "0");
  t.equal(first.code, 0, first.complaints);
  t.same(first.programs, ["asc", "npm", "tsc"]);
  t.match(first.calls[1], /^npm ci --omit=dev/);
  t.match(first.calls[2], "tsc -p host");
  t.equal(first.output, "server --http-port 0\n");
  const second = await project.prepare("start");
  t.same(second.calls, [], "a second start does nothing but start");
  t.equal(second.output, "server\n");
});

t.test("a test after a start completes the packages and keeps those that are there", async (t) => {
  const project = makeProject(t);
  await project.prepare("start");
  const test = await project.prepare("test", "tests/a");
  t.same(test.programs, ["npm", "tsc"]);
  t.match(test.calls[0], /^npm install --no-save --include=dev/);
  t.equal(test.output, "tests tests/a\n");
  t.same((await project.prepare("start")).programs, []);
});

t.test("a package of another version makes npm start anew", async (t) => {
  const project = makeProject(t);
  await project.prepare("start");
  const packages = { ...lock.packages, "node_modules/a": { version: "1.0.1" } };
  project.write("package-lock.json", JSON.stringify({ packages }));
  t.match((await project.prepare("start")).calls[1], /^npm ci/);
});

t.test("only what has changed is built", async (t) => {
  const project = makeProject(t);
  await project.prepare("start");
  project.write("assembly/index.ts", "another kernel");
  t.same((await project.prepare("start")).programs, ["asc"]);
  project.write("host/server/main.ts", 'console.log("changed");');
  const changed = await project.prepare("start");
  t.same(changed.programs, ["tsc"]);
  t.equal(changed.output, "changed\n");
  rmSync(join(project.folder, "build/kernel.wasm"));
  t.same((await project.prepare("start")).programs, ["asc"], "what is lost is built again");
});

t.test("a program with its own native processes finds the kernel's sources", async (t) => {
  const project = makeProject(t);
  project.write("examples/native/assembly/index.ts", "words");
  const { calls } = await project.prepare("build");
  const call = calls.find((line) => line.includes("examples/native")) ?? "";
  const path = / --path (\S+)/.exec(call)?.[1] ?? "";
  t.ok(project.exists(join(path, "pidgeon/assembly/index.ts")), "under the package's name");
  t.ok(project.exists("build/examples/native/words.wasm"));
});

t.test("what was compiled from a file that is gone goes too", async (t) => {
  const project = makeProject(t);
  project.write("tests/types.d.ts", "types alone compile to nothing");
  project.write("tests/old.test.ts", "old");
  await project.prepare("build");
  t.ok(project.exists("build/tests/old.test.js"));
  rmSync(join(project.folder, "tests/old.test.ts"));
  await project.prepare("build");
  t.notOk(project.exists("build/tests/old.test.js"));
  t.same((await project.prepare("build")).calls, []);
});

t.test("an error of a compiler stops it, and is tried again the next time", async (t) => {
  const project = makeProject(t);
  project.write("host/wrong.ts", "WRONG");
  const failed = await project.prepare("start");
  t.equal(failed.code, 1);
  t.equal(failed.output, "");
  t.match(failed.complaints, "tsc failed");
  project.write("host/wrong.ts", "right");
  t.same((await project.prepare("start")).programs, ["tsc"]);
});

t.test("two commands at once take turns", async (t) => {
  const project = makeProject(t);
  const [start, build] = await Promise.all([project.prepare("start"), project.prepare("start")]);
  t.equal(start.code, 0, start.complaints);
  t.equal(build.code, 0, build.complaints);
  t.notOk(project.exists("build/.lock"));
});

t.test("a lock that a killed command left behind doesn't matter", async (t) => {
  const project = makeProject(t);
  const child = spawn(process.execPath, ["-e", ""]);
  await once(child, "close");
  project.write("build/.lock", String(child.pid));
  t.equal((await project.prepare("start")).code, 0);
});

t.test("an unknown command is an error that lists the commands", async (t) => {
  const { code, complaints } = await makeProject(t).prepare("stop");
  t.equal(code, 1);
  t.match(complaints, "unknown command stop: build, start, test, bench");
});

t.test("a program whose shell npm has ended by SIGTERM ends too", async (t) => {
  const project = makeProject(t);
  project.write(
    "host/server/main.ts",
    `setInterval(() => undefined, 1000);
     process.on("SIGTERM", () => { console.log("stopped"); process.exit(); });
     console.log("started");`,
  );
  await project.prepare("build");
  const program = join(project.folder, "host/tools/prepare.mjs");
  // As npm does it: the shell is the parent, and doesn't pass the signal on.
  const shell = spawn("sh", ["-c", `"${process.execPath}" "${program}" start; true`]);
  let output = "";
  shell.stdout.on("data", (chunk) => (output += chunk));
  await once(shell.stdout, "data");
  shell.kill("SIGTERM");
  await once(shell.stdout, "close");
  t.equal(output, "started\nstopped\n");
});
