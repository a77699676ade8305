// The documents tell the truth: README's programs compile and run, links lead somewhere.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, posix } from "node:path";
import t from "tap";
import { plainNode } from "../programs.ts";
import { listFiles, readText, root } from "./sources.ts";

interface Program {
  readonly name: string;
  readonly code: string;
  /** What it prints, if a `text` block follows it at once. */
  readonly output: string | undefined;
}

/** Inside the project, so that the programs import `pidgeon` by its own name, as a user would. */
const folder = join(root, "build/documents");
const documents = [...listFiles(".", [".md"])].filter((path) => !path.startsWith("examples/"));

/** The `js` blocks that are whole programs: they make an instance of the kernel themselves. */
function embeddingsOf(document: string): Program[] {
  const blocks = /^```js\n([^]*?)^```\n(?:\n?```text\n([^]*?)^```)?/gm;
  const name = document.replace(/\.md$/, "").replaceAll("/", "-").toLowerCase();
  return [...readText(document).matchAll(blocks)]
    .map(([, code = "", output], index) => ({ name: `${name}-js-${index + 1}`, code, output }))
    .filter(({ code }) => code.includes("WebAssembly.Instance"));
}

/** Compiled and run by the build and by tests/examples/. */
const examples = new Set(listFiles("examples", [".ts"]).map(readText));

/** README's `ts` blocks, and those of docs/ that are whole programs: they import the package. */
function programsOf(document: string): Program[] {
  const blocks = /^```ts\n([^]*?)^```\n(?:\n?```text\n([^]*?)^```)?/gm;
  const name = document.replace(/\.md$/, "").replaceAll("/", "-").toLowerCase();
  return [...readText(document).matchAll(blocks)]
    .map(([, code = "", output], index) => ({ name: `${name}-${index + 1}`, code, output }))
    .filter(({ code }) => document === "README.md" || /from "pidgeon[/"]/.test(code))
    .filter(({ code }) => !examples.has(code));
}

t.test("the programs in the documents compile and run", (t) => {
  const programs = documents.flatMap(programsOf);
  for (const document of ["readme", "docs-kernel", "docs-otp", "docs-behaviours"]) {
    t.ok(programs.some(({ name }) => name.startsWith(document)), `${document} shows a program`);
  }
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const { name, code } of programs) writeFileSync(join(folder, `${name}.ts`), code);
  const options = {
    extends: "../../tsconfig.json",
    compilerOptions: {
      rootDir: "../..",
      outDir: "./out",
      incremental: false,
      declaration: false,
      noUnusedLocals: false,
      noUnusedParameters: false,
    },
    include: ["*.ts"],
    exclude: [],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(options));
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const compiled = spawnSync("env", [...plainNode, tsc, "-p", folder], { encoding: "utf8" });
  t.equal(compiled.stdout, "", "tsc has no complaint");
  t.equal(compiled.status, 0, `tsc ends well: ${compiled.stderr}`);
  for (const { name, output } of programs) {
    const file = join(folder, "out/build/documents", `${name}.js`);
    const run = spawnSync("env", [...plainNode, file], { encoding: "utf8", timeout: 20_000 });
    t.equal(run.status, 0, `${name} ends by itself and well: ${run.stderr}`);
    if (output !== undefined) t.equal(run.stdout, output, `${name} prints what the document says`);
  }
  t.end();
});

t.test("the plain JavaScript in the documents runs in the project's folder", (t) => {
  const programs = documents.flatMap(embeddingsOf);
  t.ok(programs.some(({ name }) => name.startsWith("docs-abi")), "abi.md embeds the kernel");
  mkdirSync(folder, { recursive: true });
  for (const { name, code, output } of programs) {
    const file = join(folder, `${name}.mjs`);
    writeFileSync(file, code);
    const options = { cwd: root, encoding: "utf8", timeout: 20_000 } as const;
    const run = spawnSync("env", [...plainNode, file], options);
    t.equal(run.status, 0, `${name} ends by itself and well: ${run.stderr}`);
    t.equal(run.stdout, output, `${name} prints what the document says`);
    t.notMatch(code, /\bhost\//, "without the TypeScript host");
  }
  t.end();
});

t.test("links between the documents and to sources lead somewhere", (t) => {
  const dead: string[] = [];
  for (const document of documents) {
    for (const [, target = ""] of readText(document).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target) || target.startsWith("#")) continue;
      const path = posix.join(posix.dirname(document), target.replace(/#.*$/, ""));
      if (!existsSync(join(root, path))) dead.push(`${document}: ${target}`);
    }
  }
  t.same(dead, []);
  t.end();
});

t.test("a document has a chapter once", (t) => {
  for (const document of documents) {
    const chapters = [...readText(document).matchAll(/^## (.+)$/gm)].map(([, title]) => title);
    t.equal(new Set(chapters).size, chapters.length, document);
  }
  t.end();
});

t.test("the kernel's README leads to every file of it", (t) => {
  const readme = readText("assembly/README.md");
  const order = readme.slice(readme.indexOf("## Reading order"));
  const files = listFiles("assembly", [".ts"]).filter((path) => path.split("/").length === 2);
  t.same(files.filter((path) => !order.includes(`\`${posix.basename(path)}\``)), []);
  const named = [...order.matchAll(/`([\w-]+\.ts)`/g)].map(([, name = ""]) => `assembly/${name}`);
  t.same(named.filter((path) => !files.includes(path)), []);
  t.end();
});

t.test("the README is one screen of claims: 200 lines at most", (t) => {
  const lines = readText("README.md").trimEnd().split("\n").length;
  t.ok(lines > 20 && lines <= 200, `${lines} lines`);
  t.end();
});

t.test("the glossary has each term once, in order, with what not to say", (t) => {
  const sections = readText("docs/glossary.md").split(/^## /m).slice(1);
  const all: string[] = [];
  for (const section of sections) {
    const rows = [...section.matchAll(/^\| \*\*(.+?)\*\* \| (.+?) \| (.+?) \|$/gm)];
    const terms = rows.map(([, term = ""]) => term.toLowerCase());
    t.equal(rows.length, section.match(/^\| \*\*/gm)?.length, "each row has three columns");
    t.same(terms, [...terms].sort(), "terms are in order");
    all.push(...terms);
  }
  t.equal(new Set(all).size, all.length, "no term twice");
  t.ok(all.includes("pid") && all.includes("stanza"));
  t.end();
});

t.test("the fuzzes do as many operations as docs/kernel.md says", (t) => {
  const rows = [...readText("docs/kernel.md").matchAll(/^\| `(tests\/.+?)` \| .+ \| (.+) \|$/gm)];
  t.ok(rows.length >= 10);
  let total = 0;
  for (const [, path = "", cell = ""] of rows) {
    const told = [...cell.matchAll(/(?:(\d+) × )?([\d,]+)/g)].map(([, times = "1", count = ""]) => {
      total += Number(times) * Number(count.replaceAll(",", ""));
      return count.replaceAll(",", "_");
    });
    const calls = [...readText(path).matchAll(/fuzzOptions\(t, (.+?)\);/g)];
    const done = calls.flatMap(([, given = ""]) => given.match(/\d[\d_]{3,}/g) ?? []);
    t.same(told.sort(), done.sort(), path);
  }
  t.ok(total >= 1_000_000, `${total} operations`);
  t.end();
});
