// The example of a native process: in this clone, and as a newcomer would begin with it.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { plainNode } from "../programs.ts";
import { readText, root } from "../tidy/sources.ts";

const readme = readText("examples/native/README.md");
const output = /^```text\n([^]*?)^```/m.exec(readme)?.[1];
const commands = /^```sh\n([^]*?)^```/m.exec(readme)?.[1]?.trim().split("\n") ?? [];

function run(folder: string, parameters: readonly string[]) {
  const options = { cwd: folder, encoding: "utf8", timeout: 60_000 } as const;
  return spawnSync("env", [...plainNode, ...parameters], options);
}

t.test("the project's build builds it, and it prints what its README says", (t) => {
  const { status, stdout, stderr } = run(root, ["build/examples/native/main.js"]);
  t.equal(stderr, "");
  t.equal(status, 0);
  t.equal(stdout, output);
  t.end();
});

t.test("a copy elsewhere is built and run by the commands of its README", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "pidgeon-native-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(join(root, "examples/native"), folder, { recursive: true });
  // What npm would bring is here already; linked, as npm links a package in a folder.
  const isInstall = (command: string) => command.startsWith("npm install ../pidgeon ");
  const packages = commands.find(isInstall)?.split(" ").slice(3) ?? [];
  mkdirSync(join(folder, "node_modules/@types"), { recursive: true });
  symlinkSync(root, join(folder, "node_modules/pidgeon"), "junction");
  for (const name of packages) {
    symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name), "junction");
  }
  let last = "";
  for (const command of commands.filter((one) => !isInstall(one))) {
    const [program = "", ...parameters] = command.split(" ");
    if (program === "npx") parameters[0] = join(root, "node_modules/.bin", parameters[0] ?? "");
    const result = program === "npm" ? spawnSync(program, parameters, { cwd: folder })
      : run(folder, parameters);
    t.equal(result.status, 0, `${command}: ${result.stdout}${result.stderr}`);
    last = String(result.stdout);
  }
  t.equal(last, output);
  t.end();
});
