// Makes the API reference from the doc blocks of host/, by TypeDoc: npm run docs.
import { register } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readText, root } from "./tidy/sources.ts";

/**
 * TypeDoc needs the compiler's old interface, which TypeScript 7 lacks: for it alone `typescript`
 * is the package typescript-6.
 */
const hook = `export function resolve(name, context, next) {
  return next(name === "typescript" ? "typescript-6" : name, context);
}`;

/** Each is a call of the ABI, which docs/abi.md documents. */
const abiCalls = [...readText("host/kernel/exports.ts").matchAll(/^ {2}(\w+)\(/gm)]
  .map(([, name]) => `pidgeon/kernel.KernelExports.${name}`);

/** Writes the reference as HTML; answers TypeDoc's warnings and errors. Takes some 15 s. */
export async function makeReference(folder: string): Promise<string[]> {
  register(`data:text/javascript,${encodeURIComponent(hook)}`);
  const { Application, Logger, LogLevel } = await import("typedoc");
  const complaints: string[] = [];
  const app = await Application.bootstrap({
    name: "Pidgeon",
    entryPoints: ["", "kernel/", "fastify/"].map((name) => join(root, `host/${name}index.ts`)),
    tsconfig: join(root, "host/tsconfig.json"),
    basePath: root,
    readme: "none",
    disableSources: true,
    excludeInternal: true,
    excludePrivate: true,
    excludeProtected: true,
    validation: { notExported: false, invalidLink: true, notDocumented: true, rewrittenLink: true },
    requiredToBeDocumented: [
      "Enum", "Variable", "Function", "Class", "Interface", "TypeAlias", "CallSignature",
      "GetSignature",
    ],
    intentionallyNotDocumented: abiCalls,
  });
  app.logger = new class extends Logger {
    override log(message: string, level: number): void {
      if (level >= LogLevel.Warn) complaints.push(message);
    }
  }();
  const project = await app.convert();
  if (project === undefined) return complaints;
  app.validate(project);
  await app.generateDocs(project, folder);
  return complaints;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = join(root, "build/reference");
  const complaints = await makeReference(folder);
  for (const complaint of complaints) console.error(complaint);
  console.log(`The reference: ${join(folder, "index.html")}`);
  process.exitCode = complaints.length === 0 ? 0 : 1;
}
