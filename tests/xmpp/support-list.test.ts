// docs/xmpp.md says what the modules declare. To bring it up to date:
//   PIDGEON_WRITE_DOCS=1 node build/tests/xmpp/support-list.test.js

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "tap";
import { modules } from "../../host/xmpp/modules/index.ts";
import { supportList } from "../../host/xmpp/support-list.ts";

const root = new URL("../../../", import.meta.url);
const document = new URL("docs/xmpp.md", root);
const list = /(<!-- support list[^\n]*-->\n)[^]*?(<!-- end -->)/;

test("docs/xmpp.md lists the modules as they are", (t) => {
  const written = readFileSync(document, "utf8");
  const current = written.replace(list, (_, start, end) => `${start}\n${supportList(modules)}\n\n${end}`);
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
