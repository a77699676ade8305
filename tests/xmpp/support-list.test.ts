// docs/xmpp.md says what the modules declare. To bring it up to date:
//   PIDGEON_WRITE_DOCS=1 node build/tests/xmpp/support-list.test.js

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "tap";
import { modules } from "../../host/xmpp/modules/index.ts";
import type { XmppModule } from "../../host/xmpp/module.ts";

const root = new URL("../../../", import.meta.url);
const document = new URL("docs/xmpp.md", root);
const list = /(<!-- support list[^\n]*-->\n)[^]*?(<!-- end -->)/;

/** A Markdown table, a row for each module, in the order of its files. */
function supportList(modules: readonly XmppModule[]): string {
  const rows = [...modules]
    .sort((one, other) => one.name < other.name ? -1 : 1)
    .map(({ spec, title, version, name, features, accountFeatures }) => {
      const found = [...new Set([...features ?? [], ...accountFeatures ?? []])].sort();
      const discovered = found.map((feature) => `\`${feature}\``).join(", ");
      return `| ${spec} | ${title} | ${version} | \`${name}.ts\` | ${discovered} |`;
    });
  return [
    "| specification | title | version | file in host/xmpp/modules | discovered as |",
    "| --- | --- | --- | --- | --- |",
    ...rows,
  ].join("\n");
}

test("docs/xmpp.md lists the modules as they are", (t) => {
  const written = readFileSync(document, "utf8");
  const current = written.replace(list, (_, start, end) =>
    `${start}\n${supportList(modules)}\n\n${end}`);
  if (process.env["PIDGEON_WRITE_DOCS"] === "1") writeFileSync(document, current);
  else t.equal(written, current);
  t.match(current, list);
  t.end();
});

test("a module's name is its file's, and every file is in the list", (t) => {
  const files = readdirSync(new URL("host/xmpp/modules/", root))
    .map((file) => file.replace(/\.ts$/, "")).filter((name) => name !== "index").sort();
  t.same(modules.map(({ name }) => name).sort(), files);
  t.end();
});

test("a module's first line names its specification as it declares it", (t) => {
  for (const { name, spec, version } of modules) {
    const source = readFileSync(new URL(`host/xmpp/modules/${name}.ts`, root), "utf8");
    const [first = ""] = source.split("\n");
    t.ok(first.startsWith(`// ${spec}`) && first.includes(version), `${name}: ${first}`);
  }
  t.end();
});

test("ping is short", (t) => {
  const source = readFileSync(new URL("host/xmpp/modules/xep-0199-ping.ts", root), "utf8");
  t.ok(source.split("\n").length <= 25);
  t.end();
});
