// The architecture: which folder may import which, and that nothing lies about unused.
import t from "tap";
import { findLines, importsOf, readSources, readText } from "./sources.ts";
import type { Source } from "./sources.ts";

const sources = readSources("assembly", "host", "tests", "bench", "examples").filter(
  ({ path }) => !path.endsWith(".d.ts"),
);
const byPath = new Map(sources.map((source) => [source.path, source]));
const imports = new Map(sources.map((source) => [source.path, importsOf(source)]));
const inHost = sources.filter((source) => source.path.startsWith("host/"));

/** What a folder of host/ may import beside itself and the error table. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  kernel: [],
  runtime: ["kernel"],
  otp: ["runtime", "kernel"],
  guests: ["runtime", "kernel"],
  fastify: ["otp", "runtime", "kernel"],
  storage: [],
  xmpp: ["otp", "runtime", "storage"],
  server: ["xmpp", "otp", "runtime", "storage"],
  tools: [],
  /** host/index.ts: the package's face for developers. */
  "": ["otp", "guests", "runtime", "kernel"],
};

/** Where a program starts. */
const entries = [
  "host/index.ts", "host/kernel/index.ts", "host/fastify/index.ts", "host/server/main.ts",
  "host/tools/prepare.mjs",
];
/** Part of the product, though no program of ours runs it: for others' tests and debugging. */
const forTests = ["host/storage/memory.ts"];
const testEntries = ["tests/run.ts", "bench/main.ts", "bench/native/index.ts"];
const assemblyEntries = ["assembly/index.ts", "assembly/debug.ts"];

function folderOf(path: string): string {
  return path.split("/").length > 2 ? (path.split("/")[1] ?? "") : "";
}

t.test("host folders import downward only: server, xmpp, otp, runtime, kernel", (t) => {
  const upward: string[] = [];
  for (const { path } of inHost) {
    const folder = folderOf(path);
    for (const { path: target, typeOnly } of imports.get(path) ?? []) {
      if (target === undefined || target === "host/errors.ts") continue;
      const isInside = target.startsWith("host/") && folderOf(target) === folder;
      // The storage keeps what xmpp defines: it may know the types, never the code.
      const isStored = folder === "storage" && folderOf(target) === "xmpp" && typeOnly;
      const isBelow = target.startsWith("host/") && allowed[folder]?.includes(folderOf(target));
      if (!isInside && !isStored && !isBelow) upward.push(`${path}: ${target}`);
    }
  }
  t.same(upward, []);
  t.end();
});

t.test("modules of the XMPP server know module.ts and helpers, not the processes", (t) => {
  const inner = ["session", "sessions", "session-stanzas", "account", "accounts", "context",
    "server"].map((name) => `host/xmpp/${name}.ts`);
  const modules = inHost.filter(({ path }) => path.startsWith("host/xmpp/modules/"));
  t.ok(modules.length > 0);
  t.same(inner.filter((path) => !byPath.has(path)), [], "no file has another name");
  t.same(modules.flatMap(({ path }) => (imports.get(path) ?? [])
    .filter((one) => one.path !== undefined && inner.includes(one.path))
    .map((one) => `${path}: ${one.path}`)), []);
  t.end();
});

t.test("host/kernel and host/guests alone touch WebAssembly", (t) => {
  const outside = inHost.filter(({ path }) => !["kernel", "guests"].includes(folderOf(path)));
  t.same(outside.flatMap((source) => findLines(source, /\bWebAssembly\b/, "code")), []);
  const loader = inHost.filter(({ path }) => {
    return imports.get(path)?.some(({ specifier }) => specifier === "@assemblyscript/loader");
  });
  t.ok(loader.every(({ path }) => folderOf(path) === "kernel"));
  t.ok(loader.length <= 1, "the loader is used in one file");
  t.end();
});

t.test("binaryen is loaded with the first guest only: no file imports it at once", (t) => {
  const direct = inHost.flatMap(({ path }) => (imports.get(path) ?? [])
    .filter(({ specifier, typeOnly, names }) =>
      specifier === "binaryen" && !typeOnly && !(names === undefined && isLazy(path)))
    .map(({ specifier }) => `${path}: ${specifier}`));
  t.same(direct, []);
  t.end();
});

function isLazy(path: string): boolean {
  return /\bimport\("binaryen"\)/.test(readText(path));
}

t.test("the kernel imports nothing but itself", (t) => {
  const outside = sources
    .filter(({ path }) => path.startsWith("assembly/"))
    .flatMap(({ path }) => (imports.get(path) ?? []).map((one) => `${path}: ${one.path}`))
    .filter((line) => !line.includes(": assembly/"));
  t.same(outside, []);
  t.end();
});

t.test("imports between our files are written with .ts and lead somewhere", (t) => {
  const wrong: string[] = [];
  for (const { path } of sources.filter((source) => !isAssembly(source))) {
    for (const { specifier, path: target } of imports.get(path) ?? []) {
      if (target === undefined || /\.(mjs|html|json|css|wasm)$/.test(specifier)) continue;
      const exact = /\.(ts|js)$/.test(specifier) && byPath.has(target);
      if (!exact && /\.\w+$/.test(specifier)) wrong.push(`${path}: ${specifier}`);
    }
  }
  t.same(wrong, []);
  t.end();
});

t.test("packages that are imported are named in package.json", (t) => {
  const data = JSON.parse(readText("package.json"));
  const development = Object.keys(data.devDependencies);
  const production = Object.keys(data.dependencies);
  const wrong: string[] = [];
  for (const { path } of sources.filter((source) => !isAssembly(source))) {
    for (const { specifier, path: target, typeOnly } of imports.get(path) ?? []) {
      const name = /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? "";
      if (target !== undefined || specifier.startsWith("node:") || name === "pidgeon") continue;
      const known = path.startsWith("host/") ? production : [...production, ...development];
      const isTyped = typeOnly && known.includes(`@types/${name}`);
      if (!known.includes(name) && !isTyped) wrong.push(`${path}: ${specifier}`);
    }
  }
  t.same(wrong, []);
  t.end();
});

t.test("every file is reached from an entry point or a test", (t) => {
  const tests = sources.filter(({ path }) => /\.test\.ts$|^tests\/types\//.test(path));
  const examples = sources.filter(({ path }) => path.startsWith("examples/"));
  const starts = [...tests, ...examples].map(({ path }) => path);
  const reached = reach([...entries, ...testEntries, ...assemblyEntries, ...starts]);
  t.same(sources.filter(({ path }) => !reached.has(path)).map(({ path }) => path), []);
  t.end();
});

t.test("every file of host is reached from a program, not from tests alone", (t) => {
  const reached = reach([...entries, ...forTests]);
  t.same(inHost.filter(({ path }) => !reached.has(path)).map(({ path }) => path), []);
  t.end();
});

t.test("every export of host is imported by another file", (t) => {
  const used = new Set<string>();
  for (const { path } of sources) {
    for (const { path: target, names } of imports.get(path) ?? []) {
      if (target === undefined) continue;
      for (const name of names ?? ["*"]) used.add(`${target} ${name}`);
    }
  }
  const unused = inHost.filter(isChecked).flatMap((source) => {
    if (used.has(`${source.path} *`)) return [];
    return exportsOf(source)
      .filter((name) => !used.has(`${source.path} ${name}`))
      .map((name) => `${source.path}: ${name}`);
  });
  t.same(unused, []);
  t.end();
});

/** The package's face, and the kernel's numbers, which are complete whether we use them or not. */
function isChecked({ path }: Source): boolean {
  return path !== "host/index.ts" && path !== "host/errors.ts" && path !== "host/kernel/abi.ts";
}

/** The exported names. A type that another declaration of the file mentions is used by that. */
function exportsOf(source: Source): string[] {
  const declaration =
    /^export (?:declare |abstract |async )*(function\*?|class|const|interface|type) (\w+)/gm;
  const found: string[] = [];
  for (const [, kind, name = ""] of source.code.matchAll(declaration)) {
    const mentions = source.code.match(new RegExp(`\\b${name}\\b`, "g"))?.length ?? 0;
    const isType = kind === "interface" || kind === "type" || kind === "class";
    if (!isType || mentions < 2) found.push(name);
  }
  for (const [, list = ""] of source.code.matchAll(/^export (?:type )?\{([^}]*)\}(?! from)/gm)) {
    found.push(...list.split(",").map((part) => part.trim().replace(/.* as /, "")));
  }
  return found.filter((name) => name !== "");
}

function reach(starts: readonly string[]): Set<string> {
  const reached = new Set<string>();
  const queue = starts.filter((path) => byPath.has(path));
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (reached.has(path)) continue;
    reached.add(path);
    for (const { path: target } of imports.get(path) ?? []) {
      if (target !== undefined) queue.push(target);
    }
  }
  return new Set([...reached].filter((path) => byPath.has(path)));
}

function isAssembly({ path }: Source): boolean {
  return /^(assembly|bench\/native|examples\/native\/assembly)\//.test(path);
}
