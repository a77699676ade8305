// The ABI says one thing in all places: assembly/abi.ts, host/kernel/abi.ts and kernel.wasm.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import {
  ABI_VERSION, AliasOption, Atom, Counter, Demonitor, EventKind, EXIT_PRIORITY, Flag, Info,
  limitNames, LinkOption, List, MailboxPolicy, MemoryPolicy, MessageKind, MonitorOption, Option,
  ProcessKind, ProcessStatus, ReasonKind, SEND_EXEMPT, SEND_PRIORITY, SLOTS, Status, SuspendOption,
  TimerOption, Watch,
} from "../../host/kernel/abi.ts";
import { readText, root } from "../tidy/sources.ts";

/** `export const NAME: type = number;` of an assembly file. */
function constantsOf(path: string): Map<string, number> {
  const found = readText(path).matchAll(/^export const (\w+): \w+ = (-?\d+);/gm);
  return new Map([...found].map(([, name = "", value = ""]) => [name, Number(value)]));
}

const assembly = constantsOf("assembly/abi.ts");

/** Which constant of the assembly stands for which of the host's. */
const groups: readonly (readonly [string, Readonly<Record<string, number>>])[] = [
  ["", Status], ["OPTION_", { LINK: Option.LINK, MONITOR: Option.MONITOR,
    TRAP_EXIT: Option.TRAP_EXIT }],
  ["PRIORITY_", { NORMAL: Option.PRIORITY_NORMAL, LOW: Option.PRIORITY_LOW,
    HIGH: Option.PRIORITY_HIGH, MAX: Option.PRIORITY_MAX }],
  ["EVENT_", EventKind], ["MESSAGE_", MessageKind], ["REASON_", ReasonKind], ["ATOM_", Atom],
  ["PROCESS_", Flag], ["POLICY_", MailboxPolicy], ["MEMORY_", MemoryPolicy], ["LIST_", List],
  ["WATCH_", Watch], ["LINK_", LinkOption], ["ALIAS_", AliasOption], ["MONITOR_", MonitorOption],
  ["SUSPEND_", SuspendOption], ["TIMER_", TimerOption],
  ["", { SEND_PRIORITY, SEND_EXEMPT, EXIT_PRIORITY }],
  ["INFO_", Info], ["STATE_", ProcessStatus], ["DEMONITOR_", Demonitor],
  ["COUNTER_", Counter], ["KIND_", ProcessKind],
];

t.test("the host's codes are the kernel's", (t) => {
  for (const [prefix, codes] of groups) {
    for (const [name, code] of Object.entries(codes)) {
      t.equal(assembly.get(prefix + name), code, prefix + name);
    }
  }
  t.equal(assembly.get("ABI_VERSION"), ABI_VERSION);
  t.equal(constantsOf("assembly/limits.ts").get("SLOT_BITS"), Math.log2(SLOTS));
  t.end();
});

t.test("the host knows every code of the kernel", (t) => {
  const known = new Set(groups.flatMap(([prefix, codes]) =>
    Object.keys(codes).map((name) => prefix + name)));
  const internal =
    /^(ABI_VERSION|\w+_MASK|OPTIONS_ALL|COUNTERS|STATE_(FREE|RETIRED))$/;
  const unknown = [...assembly.keys()].filter((name) => !known.has(name) && !internal.test(name));
  t.same(unknown, []);
  t.end();
});

t.test("the limits stand in the order of the kernel's record, with its defaults", (t) => {
  const source = readText("assembly/limits.ts");
  const record = /class Limits \{([^}]*)\}/.exec(source)?.[1] ?? "";
  const fields = [...record.matchAll(/^ {2}(\w+): u32;/gm)].map(([, name]) => name);
  t.same(fields.filter((name) => name !== "reserved"), limitNames);
  const documented = readText("host/kernel/abi.ts");
  const constants = constantsOf("assembly/limits.ts");
  for (const name of limitNames) {
    const constant = `DEFAULT_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
    const value = constants.get(constant);
    t.ok(value !== undefined, constant);
    const document = new RegExp(`Default ([^.]+)\\. \\*/\\n {2}readonly ${name}:`);
    const said = document.exec(documented)?.[1];
    const bytes = said?.endsWith(" MiB") === true
      ? Number.parseInt(said, 10) * 2 ** 20 : Number(said?.replaceAll(",", ""));
    t.equal(bytes, value, `the host's document of ${name} says ${String(said)}`);
  }
  t.end();
});

t.test("kernel.wasm exports what index.ts lists and the host types", async (t) => {
  const module = await WebAssembly.compile(readFileSync(join(root, "build/kernel.wasm")));
  const exported = WebAssembly.Module.exports(module)
    .filter(({ kind }) => kind === "function").map(({ name }) => name).sort();
  const listed = [...readText("assembly/index.ts").matchAll(/^export \{([^}]*)\}/gm)]
    .flatMap(([, names = ""]) => names.split(",").map((name) => name.trim()))
    .filter((name) => name !== "").sort();
  t.same(exported, listed);
  const typed = [...readText("host/kernel/exports.ts").matchAll(/^ {2}(\w+)\(([^)]*)\)/gm)]
    .map(([, name = "", parameters = ""]) =>
      [name, parameters.split(",").filter((part) => part.trim() !== "").length] as const);
  t.same(typed.map(([name]) => name).sort(), listed);
  const { exports } = await WebAssembly.instantiate(module);
  for (const [name, count] of typed) {
    const callable: unknown = exports[name];
    t.equal(typeof callable === "function" ? callable.length : -1, count, `${name}'s parameters`);
  }
  const readme = readText("assembly/README.md");
  t.same(listed.filter((name) => !readme.includes(`\`${name}\``)), [], "README names them all");
});
