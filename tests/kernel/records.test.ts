// The host reads the kernel's records by their offsets: the fields stand where it looks for them.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";

const root = join(import.meta.dirname ?? new URL(".", import.meta.url).pathname, "../../..");

/** The fields of a record of the kernel, `name type`. */
function fieldsOf(file: string, record: string): string[] {
  const source = readFileSync(join(root, "assembly", file), "utf8");
  const body = new RegExp(`class ${record} \\{\\n([^}]*?)\\n\\}`).exec(source)?.[1] ?? "";
  return [...body.matchAll(/^ {2}(\w+): (\w+);/gm)].map(([, name, type]) => `${name} ${type}`);
}

t.test("the window is what MessageView reads", (t) => {
  t.same(fieldsOf("control.ts", "Window"), [
    "kind u8", "tag u8", "reasonKind u8", "last u8", "length u32", "from f64", "ref f64",
    "value f64", "spawnedRef f64", "hold u32", "reserved u32",
  ]);
  t.end();
});

t.test("the face and the event records are what EventRing and Kernel read", (t) => {
  t.same(fieldsOf("control.ts", "Control").slice(0, 7), [
    "eventHead u32", "eventTail u32", "eventMask u32", "events u32", "scratch u32",
    "scratchBytes u32", "window u32",
  ]);
  t.same(fieldsOf("events.ts", "EventRecord"), [
    "kind u32", "reasonKind u32", "pid f64", "value f64", "spare f64",
  ]);
  t.end();
});
