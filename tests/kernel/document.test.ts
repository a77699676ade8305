// docs/abi.md says what is: of each export, status, constant, limit and record.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { loadBinaryen } from "../../host/guests/binaryen.ts";
import { Atom, limitNames, Status } from "../../host/kernel/abi.ts";
import { instantiateKernel, type KernelExports } from "../../host/kernel/exports.ts";
import { refusal, refusedImage, statusTexts } from "../../host/kernel/statuses.ts";
import { listFiles, readText, root } from "../tidy/sources.ts";
import {
  abiDocument, documentedConstants, documentedExports, documentedLimits, documentedStatuses,
} from "./abi-document.ts";

const wasm = readFileSync(join(root, "build/kernel.wasm"));
const entries = documentedExports();
const internal = /^(\w+_MASK|OPTIONS_ALL|COUNTERS|STATE_(FREE|RETIRED))$/;

/** `name(argument: type, …): type` of each function that some files export. */
function signaturesOf(paths: readonly string[], pattern: RegExp): Map<string, string> {
  const found = paths.flatMap((path) => [...readText(path).matchAll(pattern)]);
  return new Map(found.map(([, name = "", list = "", answer = ""]) => {
    const parameters = list.split(",").map((part) => part.trim()).filter((part) => part !== "");
    return [name, `${name}(${parameters.join(", ")}): ${answer}`];
  }));
}

/** Constants of an assembly file: numbers, or names of others; with their comments. */
function constantsOf(path: string): { name: string; number: number; comment: string }[] {
  const pattern = /^export const (\w+): \w+ = (-?\d+|[A-Z_]+);(?: \/\/ (.*))?$/gm;
  const known = new Map<string, number>();
  return [...readText(path).matchAll(pattern)].map(([, name = "", value = "", comment = ""]) => {
    const number = known.get(value) ?? Number(value);
    known.set(name, number);
    return { name, number, comment };
  });
}

const codes = constantsOf("assembly/abi.ts");
const statusNames = codes.slice(1, codes.findIndex(({ name }) => name === "PRIORITY_NORMAL"));

t.test("every export has one entry, with the signature of its source", (t) => {
  const pattern = /^export function (\w+)\(([^)]*)\): (\w+)/gm;
  const sources = signaturesOf(listFiles("assembly/exports", [".ts"]), pattern);
  const listed = [...readText("assembly/index.ts").matchAll(/^export \{([^}]*)\}/gm)]
    .flatMap(([, names = ""]) => names.split(",").map((name) => name.trim()))
    .filter((name) => name !== "");
  t.same(entries.map(({ name }) => name).sort(), [...listed].sort(), "none missing, none too much");
  for (const { name, parameters, answer } of entries) {
    t.equal(`${name}(${parameters.join(", ")}): ${answer}`, sources.get(name));
  }
  t.end();
});

t.test("kernel.wasm exports these, of these types, and the host types them by these names",
  async (t) => {
    const binaryen = await loadBinaryen();
    const module = binaryen.readBinary(wasm);
    const typesOf = (type: number) => binaryen.expandType(type)
      .map((one) => (one === binaryen.f64 ? "f64" : one === binaryen.i32 ? "i32" : "other"));
    const exported = new Map<string, string>();
    for (let index = 0; index < module.getNumExports(); index++) {
      const { kind, name, value } = binaryen.getExportInfo(module.getExportByIndex(index));
      if (kind !== binaryen.ExternalFunction) continue;
      const { params, results } = binaryen.getFunctionInfo(module.getFunction(value));
      exported.set(name, `(${typesOf(params).join()}) ${typesOf(results).join()}`);
    }
    module.dispose();
    const wasmType = (type = "") => (type === "f64" ? "f64" : "i32");
    const documented = entries.map(({ name, parameters, answer }) => {
      const types = parameters.map((parameter) => wasmType(parameter.split(": ")[1]));
      return [name, `(${types.join()}) ${wasmType(answer)}`] as const;
    });
    t.same(new Map(documented), exported);
    const typed = signaturesOf(["host/kernel/exports.ts"], /^ {2}(\w+)\(([^)]*)\): (\w+);/gm);
    t.same(typed, new Map(entries.map(({ name, parameters }) => {
      const names = parameters.map((parameter) => `${parameter.split(":")[0]}: number`);
      return [name, `${name}(${names.join(", ")}): number`];
    })));
  });

t.test("every entry says what it answers, what refuses, and its cost", (t) => {
  for (const { name, refusals, cost } of entries) {
    t.match(cost, /^O\(/, `${name} has a cost`);
    for (const status of refusals) {
      const number = Status[status as keyof typeof Status];
      t.ok(number < 0, `${name} refuses ${status}`);
    }
    t.equal(new Set(refusals).size, refusals.length, `${name} names a status once`);
  }
  t.end();
});

t.test("a status has the same number, name and text everywhere", (t) => {
  const documented = documentedStatuses();
  const inKernel = statusNames.map(({ name, number, comment: text }) => ({ number, name, text }));
  t.same(documented, inKernel);
  t.same(documented.map(({ name, number }) => [name, number]), Object.entries(Status));
  t.same(documented.map(({ name, text }) => [name, text]), Object.entries(statusTexts));
  const host = readText("host/kernel/abi.ts");
  for (const { name, number, text } of documented) {
    const comment = `  /** ${text} */\n  ${name}: ${number},\n`;
    t.ok(host.includes(comment), `the host's comment of ${name}`);
  }
  t.end();
});

t.test("an error for a refused call says the status in words", (t) => {
  const full = refusal("spawn", Status.LIMIT);
  t.equal(full.message, `the kernel refused spawn: LIMIT, ${statusTexts.LIMIT}`);
  t.match(refusal("spawn", -99).message, "-99, no status that this host knows");
  t.match(refusedImage(Status.NO_HANDLER).message, `NO_HANDLER, ${statusTexts.NO_HANDLER}`);
  t.end();
});

t.test("every constant is there once, with its number", (t) => {
  const documented = documentedConstants();
  const fixed = [...constantsOf("assembly/limits.ts"), ...constantsOf("assembly/layout.ts")];
  const known = new Map([...fixed, ...codes].map(({ name, number }) => [name, number]));
  for (const [name, number] of documented) t.equal(number, known.get(name), name);
  const expected = codes.filter(({ name }) => !internal.test(name)).map(({ name }) => name)
    .filter((name) => !statusNames.some((status) => status.name === name));
  const names = documented.map(([name]) => name);
  t.same(expected.filter((name) => !names.includes(name)), [], "none is missing");
  t.equal(new Set(names).size, names.length, "none stands twice");
  t.ok(Object.values(Atom).every((atom) => atom < 1024), "atoms from 1,024 on are the host's");
  t.end();
});

/** A kernel that is not born yet, with these limits; the others are small. */
function unborn(wanted: Readonly<Record<string, number>>): KernelExports {
  const exports = instantiateKernel(wasm);
  const words = new Uint32Array(exports.memory.buffer, exports.limits_address());
  limitNames.forEach((name, index) => {
    words[index] = wanted[name] ?? 0;
  });
  return exports;
}

/** Every limit at its least. */
const least = Object.fromEntries(documentedLimits().map((row) => [row.name, row.least]));

t.test("the limits have the defaults and ranges that the document says", (t) => {
  const rows = documentedLimits();
  t.same(rows.map(({ name }) => name), limitNames);
  const byDefault = unborn({});
  t.ok(byDefault.memory_needed() > 0);
  const words = new Uint32Array(byDefault.memory.buffer, byDefault.limits_address());
  for (const { name, offset, byDefault: number, most } of rows) {
    t.equal(words[offset / 4], number, `${name}'s default`);
    for (const wrong of [(least[name] ?? 0) - 1, most + 1]) {
      if (wrong < 1 || wrong >= 2 ** 32) continue;
      t.equal(unborn({ ...least, [name]: wrong }).memory_needed(), Status.BAD_ARGUMENT,
        `${name} ${wrong}`);
      t.equal(unborn({ ...least, [name]: wrong }).init(), Status.BAD_ARGUMENT);
    }
  }
  t.end();
});

t.test("memory_needed is the size of memory after init, each limit at its least and most", (t) => {
  const fits = (wanted: Readonly<Record<string, number>>, what: string) => {
    const needed = unborn(wanted).memory_needed();
    const exports = unborn(wanted);
    t.equal(exports.init(), Status.OK, what);
    t.equal(exports.memory.buffer.byteLength, needed, `${what}: ${needed} bytes`);
    t.ok(exports.spawn_host(0, 0) > 0);
    t.equal(exports.memory.buffer.byteLength, needed, "and it does not grow");
  };
  fits({}, "defaults");
  fits(least, "all at their least");
  for (const { name, most } of documentedLimits()) {
    if (most < 2 ** 32 - 1) fits({ ...least, [name]: most }, `${name} ${most}`);
    else fits({ ...least, [name]: 2 ** 28 }, `${name} 2^28`);
  }
  t.end();
});

t.test("limits that no memory has room for are refused by init, and others may follow", (t) => {
  for (const name of ["messageBytes", "scratchBytes"]) {
    const exports = unborn({ ...least, [name]: 2 ** 32 - 1 });
    t.ok(exports.memory_needed() > 4_294_901_760, `${name} needs more than there can be`);
    t.equal(exports.init(), Status.NO_MEMORY);
    t.equal(exports.memory.buffer.byteLength, 2 * 65536, "nothing was done");
    const words = new Uint32Array(exports.memory.buffer, exports.limits_address());
    limitNames.forEach((limit, index) => {
      words[index] = least[limit] ?? 0;
    });
    t.equal(exports.init(), Status.OK, "init may be called again");
    t.equal(exports.memory_needed(), Status.BAD_STATE);
  }
  t.end();
});

t.test("every call with options refuses bits that it does not know", (t) => {
  const exports = unborn({});
  exports.init();
  const pids = [exports.spawn_host(0, 0), exports.spawn_host(0, 0)];
  const others: Readonly<Record<string, number>> = {
    handler: 1, argument: 0, tag: 0, ref: 0, kind: 1, value: 0, ms: 1, length: 1,
  };
  const withOptions = entries.filter(({ parameters }) => parameters.includes("options: u32"));
  t.ok(withOptions.length > 8);
  for (const { name, parameters } of withOptions) {
    let pid = 0;
    const given = parameters.map((parameter) => {
      const [argument = ""] = parameter.split(":");
      return argument === "options" ? 2 ** 30 : others[argument] ?? (pids[pid++] as number);
    });
    const call = exports[name as keyof KernelExports] as (...args: number[]) => number;
    t.equal(call(...given), Status.BAD_ARGUMENT, `${name}(${given.join(", ")})`);
  }
  t.end();
});

t.test("the document's contents leads to its headings, and other links too", (t) => {
  const anchors = [...abiDocument.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading.toLowerCase().replace(/[^\w\- ]/g, "").replaceAll(" ", "-"));
  const links = [...abiDocument.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor = ""]) => anchor);
  t.ok(links.length > 15);
  t.same(links.filter((anchor) => !anchors.includes(anchor)), []);
  t.end();
});
