// The table of errors, its document and the code agree.
import t from "tap";
import { errors, PidgeonError } from "../../host/errors.ts";
import { readSources, readText } from "./sources.ts";

const codes = Object.entries(errors);
const rows = new Map<string, readonly string[]>();
for (const line of readText("docs/errors.md").split("\n")) {
  const cells = line.split("|").map((cell) => cell.trim());
  if (/^`PIDGEON_\w+`$/.test(cells[1] ?? "")) rows.set(cells[1]?.slice(1, -1) ?? "", cells);
}

t.test("an error has a code, its details, and a text that they fill", (t) => {
  const details = { operation: "link", status: -3, meaning: "why" };
  const error = new PidgeonError("PIDGEON_KERNEL_STATUS", details);
  t.equal(error.message, "the kernel refused link: -3, why");
  t.equal(error.code, "PIDGEON_KERNEL_STATUS");
  t.equal(error.name, "PidgeonError");
  t.same(error.details, details);
  t.ok(error instanceof Error);
  t.equal(new PidgeonError("PIDGEON_KERNEL_STATUS").message, "the kernel refused ?: ?, ?");
  t.end();
});

t.test("docs/errors.md lists each error once, with its text and what to do", (t) => {
  t.same([...rows.keys()], codes.map(([code]) => code), "the same codes in the same order");
  for (const [code, text] of codes) {
    t.equal(rows.get(code)?.[2], text, code);
    t.match(rows.get(code)?.[3], /^\S.{9,}/, `${code} says what to do`);
  }
  t.end();
});

t.test("every error of the table is thrown somewhere", (t) => {
  const code = readSources("host")
    .filter(({ path }) => path !== "host/errors.ts")
    .map(({ text }) => text)
    .join("\n");
  t.same(codes.filter(([name]) => !code.includes(`"${name}"`)).map(([name]) => name), []);
  t.end();
});
