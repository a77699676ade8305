// Makes a fresh clone runnable: installs the packages, builds what is stale, starts the program.
//
//   node host/tools/prepare.mjs              install and build everything
//   node host/tools/prepare.mjs start …      build the server alone and run it
//   node host/tools/prepare.mjs test …       build everything and run the tests
//   node host/tools/prepare.mjs bench …      build everything and run the benchmarks
//   node host/tools/prepare.mjs docs         build everything and make the API reference
//
// Plain JavaScript without a dependency, because it runs before `npm ci`. The program runs in this
// very process: one Node less to start and to pass signals through.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const output = join(root, "build");

/** What a command needs: the development packages too or the server's alone; what it runs. */
const commands = {
  build: { everything: true, program: undefined },
  start: { everything: false, program: "build/host/server/main.js" },
  test: { everything: true, program: "build/tests/run.js" },
  bench: { everything: true, program: "build/bench/main.js" },
  docs: { everything: true, program: "build/tests/reference.js" },
};

/** Compiled by asc, not by tsc. */
const assemblyFolders = ["bench/native", "examples/native/assembly"];

/** The WebAssembly modules. No imports and no managed objects: DESIGN.md K1 and K3. */
const modules = [
  { entry: "assembly/index.ts", target: "kernel.wasm", options: ["-O3"], server: true },
  { entry: "assembly/debug.ts", target: "kernel.debug.wasm", options: ["-O1", "--debug"] },
  { entry: "bench/native/index.ts", target: "kernel.bench.wasm", options: ["-O3"] },
  {
    entry: "examples/native/assembly/index.ts",
    target: "examples/native/words.wasm",
    options: ["-O3", "--path", "build/node_modules"],
  },
];
/** Two pages: static data, and the control block, into which hosts write the limits before init. */
const moduleOptions = ["--config", "assembly/asconfig.json"];

await main(process.argv[2] ?? "build", process.argv.slice(3));

async function main(name, rest) {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) fail(`unknown command ${name}: ${Object.keys(commands).join(", ")}`);
  if (Number.parseInt(process.versions.node, 10) < 20) {
    fail(`Node 20 or newer is needed, this is ${process.versions.node}`);
  }
  const unlock = await lock();
  process.once("exit", unlock);
  try {
    await install(command.everything);
    if (command.everything) await prepareTap();
    await build(command.everything);
  } catch (error) {
    fail(error.message);
  }
  unlock();
  process.removeListener("exit", unlock);
  if (command.program === undefined) return;
  const program = join(root, command.program);
  process.argv.splice(1, process.argv.length, program, ...rest);
  process.setSourceMapsEnabled(true);
  stopWithParent();
  await import(pathToFileURL(program).href);
}

/** npm passes SIGTERM to its shell alone, which ends and leaves us to another parent: end too. */
function stopWithParent() {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, "SIGTERM");
  }, 500);
  timer.unref();
}

/** Two commands at once in one folder (`npm start` here, `npm test` there) take turns. */
async function lock() {
  mkdirSync(output, { recursive: true });
  const file = join(output, ".lock");
  for (let told = false; ; await delay(100)) {
    try {
      writeFileSync(file, String(process.pid), { flag: "wx" });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    const owner = Number(readIfThere(file));
    if (!isRunning(owner)) rmSync(file, { force: true });
    else if (!told) told = say(`waiting for process ${owner}, which is building here`);
  }
}

function isRunning(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** Brings node_modules to what package-lock.json says. */
async function install(everything) {
  const wanted = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
  const text = readIfThere(join(root, "node_modules/.package-lock.json"));
  const present = text === "" ? undefined : JSON.parse(text).packages;
  const state = compare(wanted, present, everything);
  if (state === "complete") return;
  const kind = everything ? "--include=dev" : "--omit=dev";
  // `npm ci` removes node_modules, out of which a server may be running: only where it must.
  const verb = state === "partial" ? ["install", "--no-save"] : ["ci"];
  say(`installing packages: npm ${verb.join(" ")} ${kind}`);
  const npm = process.env.npm_execpath;
  const quiet = ["--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"];
  const parameters = [...verb, kind, ...quiet];
  if (npm !== undefined) await run(process.execPath, [npm, ...parameters], "npm");
  else await run("npm", parameters, "npm", { shell: process.platform === "win32" });
}

/**
 * complete: all that is wanted is there; partial: what is there is right, but some is missing;
 * other: npm has to start anew. Optional packages depend on the machine and are not compared.
 */
function compare(wanted, present, everything) {
  if (present === undefined) return "other";
  let missing = false;
  for (const [path, entry] of Object.entries(wanted)) {
    const fixed = path !== "" && entry.version !== undefined && !entry.optional;
    if (!fixed || entry.devOptional || entry.peer || (entry.dev && !everything)) continue;
    if (present[path] === undefined) missing = true;
    else if (present[path].version !== entry.version) return "other";
  }
  return missing ? "partial" : "complete";
}

/**
 * tap's Test class is generated from its plugins. The one for TypeScript wants the compiler's old
 * interface, which TypeScript 7 lacks, and our tests are compiled already: .taprc leaves it out.
 * tap would generate the class itself, but one run too late for the types.
 */
async function prepareTap() {
  const folder = join(root, "node_modules/@tapjs/test");
  const unwanted = "@tapjs/typescript";
  const text = readIfThere(join(folder, "test-built/dist/esm/index.js"));
  if (text === "") throw new Error("node_modules is damaged: remove it and try again");
  if (!text.includes(unwanted)) return;
  const { defaultPlugins } = await import(
    pathToFileURL(join(folder, "dist/esm/default-plugins.js")).href
  );
  const plugins = defaultPlugins.filter((name) => name !== unwanted);
  const generator = join(folder, "dist/esm/build.mjs");
  await run(process.execPath, [generator, ...plugins], "tap's test class");
}

/** Runs tsc and asc at the same time, each only if its inputs differ from the last good build. */
async function build(everything) {
  const stampFile = join(output, ".stamps.json");
  const stamps = JSON.parse(readIfThere(stampFile) || "{}");
  const settings = [
    "package.json", "package-lock.json", "tsconfig.json", "assembly/asconfig.json",
    "host/tools/prepare.mjs",
  ];
  const jobs = [];
  const add = (target, inputs, outputs, work) => {
    const stamp = digest([...settings, ...inputs]);
    const fresh = stamps[target] === stamp && outputs.every((file) => existsSync(file));
    if (!fresh) jobs.push({ target, stamp, work });
  };

  const assembly = list("assembly");
  for (const { entry, target, options, server } of modules) {
    if ((!server && !everything) || !existsSync(join(root, entry))) continue;
    const inputs = new Set([...assembly, ...list(dirname(entry))]);
    const file = join(output, target);
    const parameters = [entry, ...moduleOptions, ...options, "--outFile", `build/${target}`];
    const asc = join(root, "node_modules/assemblyscript/bin/asc.js");
    if (options.includes("--path")) linkPackage();
    add(target, [...inputs], [file], () => run(process.execPath, [asc, ...parameters], "asc"));
  }

  const folders = everything ? ["host", "tests", "bench", "examples"] : ["host"];
  const sources = folders.flatMap((folder) => list(folder)).filter((path) => !isAssembly(path));
  const results = sources
    .filter((path) => !path.endsWith(".d.ts"))
    .map((path) => join(output, path.replace(/\.ts$/, ".js")));
  const project = everything ? "." : "host";
  add(`tsc ${project}`, [...sources, "host/tsconfig.json"], results, async () => {
    removeOrphans(folders, new Set(results));
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    await run(process.execPath, [tsc, "-p", project], "tsc");
  });

  if (jobs.length === 0) return;
  say(`building ${jobs.map((job) => job.target).join(", ")}`);
  const outcomes = await Promise.allSettled(jobs.map((job) => job.work()));
  const failures = [];
  outcomes.forEach((outcome, index) => {
    if (outcome.status === "fulfilled") stamps[jobs[index].target] = jobs[index].stamp;
    else failures.push(outcome.reason.message);
  });
  writeFileSync(stampFile, JSON.stringify(stamps, undefined, 2));
  if (failures.length > 0) throw new Error(failures.join("; "));
}

/** For asc, which finds a package's sources only in a node_modules: our own under our own name. */
function linkPackage() {
  const link = join(output, "node_modules/pidgeon");
  if (existsSync(link)) return;
  mkdirSync(dirname(link), { recursive: true });
  // A link that a moved folder has left behind leads nowhere.
  rmSync(link, { force: true });
  symlinkSync(root, link, "junction");
}

/** Removes compiled files whose source is gone: a renamed test must not run twice. */
function removeOrphans(folders, results) {
  for (const folder of folders) {
    for (const path of list(join("build", folder), /\.(js|js\.map|d\.ts)$/)) {
      const file = join(root, path).replace(/\.(js\.map|d\.ts)$/, ".js");
      if (!results.has(file)) rmSync(join(root, path));
    }
  }
}

/** The files below a folder, as paths from the root, sorted. A missing folder is an empty one. */
function list(folder, pattern = /\.ts$/) {
  if (!existsSync(join(root, folder))) return [];
  const entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length))
    .map((path) => path.replaceAll("\\", "/").replace(/^\//, ""))
    .sort();
}

function isAssembly(path) {
  return assemblyFolders.some((folder) => path.startsWith(`${folder}/`));
}

/** Content, not time: git gives every file of a clone or a switched branch a new time. */
function digest(paths) {
  const hash = createHash("sha256");
  for (const path of paths) hash.update(`${path}\0${readIfThere(join(root, path))}\0`);
  return hash.digest("hex");
}

function readIfThere(file) {
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}

/** Runs a program with its output shown; rejects if it fails. */
function run(file, parameters, label, options = {}) {
  return new Promise((fulfil, reject) => {
    const child = spawn(file, parameters, { cwd: root, stdio: "inherit", ...options });
    child.once("error", (error) => reject(new Error(`${label}: ${error.message}`)));
    child.once("exit", (code, signal) => {
      if (code === 0) fulfil();
      else reject(new Error(`${label} failed (${signal ?? `exit code ${code}`})`));
    });
  });
}

function say(text) {
  process.stderr.write(`pidgeon: ${text}\n`);
  return true;
}

function fail(text) {
  say(text);
  process.exit(1);
}
