// The list of what the server speaks, made from the modules' declarations.

import type { XmppModule } from "./module.ts";

/** A Markdown table, a row for each module, in the order of its files. */
export function supportList(modules: readonly XmppModule[]): string {
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
