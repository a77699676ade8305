// Reads the project's source files for the tidy tests: their text, and their text without
// comments and strings, so that plain patterns find code and nothing else.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's root folder. */
export const root = join(dirname(fileURLToPath(import.meta.url)), "../../..");

export interface Source {
  /** From the root, with slashes. */
  readonly path: string;
  readonly text: string;
  /** As long as `text`; the inside of comments, strings and patterns is blank. */
  readonly code: string;
}

/** An import or a re-export of another file or package. */
export interface Import {
  readonly specifier: string;
  /** What it resolves to, from the root; undefined for a package. */
  readonly path: string | undefined;
  /** The imported names; undefined for all of them (`* as x`, `export *`, `import()`). */
  readonly names: readonly string[] | undefined;
  readonly typeOnly: boolean;
}

const ignored = new Set([".git", ".tap", "build", "data", "node_modules", "screenshots"]);

/** The files below a folder with one of these endings, as sorted paths from the root. */
export function listFiles(folder: string, endings: readonly string[]): string[] {
  const found: string[] = [];
  const visit = (path: string) => {
    if (!existsSync(join(root, path))) return;
    for (const entry of readdirSync(join(root, path), { withFileTypes: true })) {
      const child = posix.join(path, entry.name);
      if (entry.isDirectory() && !ignored.has(entry.name)) visit(child);
      if (entry.isFile() && endings.some((ending) => child.endsWith(ending))) found.push(child);
    }
  };
  visit(folder);
  return found.sort();
}

/** The text of a file, "" if it isn't there. */
export function readText(path: string): string {
  return existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8") : "";
}

/** The TypeScript and JavaScript sources below some folders. */
export function readSources(...folders: string[]): Source[] {
  return folders
    .flatMap((folder) => listFiles(folder, [".ts", ".mjs"]))
    .map((path) => ({ path, text: readText(path), code: maskText(readText(path)) }));
}

/** Words before which a slash starts a pattern, not a division. */
const beforePattern = /(?:^|[(,=:[!&|?{};+\-*%~^<>]|\b(?:return|typeof|case|of|yield))\s*$/;

/** Blanks the inside of comments, strings, templates' text and patterns; keeps line ends. */
export function maskText(text: string): string {
  let code = "";
  let position = 0;
  /** For each template that is open, the depth of braces inside its current `${}`. */
  const templates: number[] = [];
  const blank = (end: number) => {
    code += text.slice(position, end).replace(/[^\n]/g, " ");
    position = end;
  };
  const keep = (end: number) => {
    code += text.slice(position, end);
    position = end;
  };
  const template = () => {
    const match = /(?:\\[^]|\$(?!\{)|[^\\`$])*/y;
    match.lastIndex = position;
    blank(position + (match.exec(text)?.[0].length ?? 0));
    if (text[position] === "`") keep(position + 1);
    else if (position < text.length) {
      keep(position + 2);
      templates.push(0);
    }
  };
  while (position < text.length) {
    const here = text[position] ?? "";
    const rest = text.slice(position, position + 2);
    const depth = templates.at(-1);
    if (rest === "//") {
      const end = text.indexOf("\n", position);
      blank(end < 0 ? text.length : end);
    } else if (rest === "/*") {
      const end = text.indexOf("*/", position + 2);
      blank(end < 0 ? text.length : end + 2);
    } else if (here === '"' || here === "'") {
      const match = here === '"' ? /(?:\\.|[^\\"\n])*/y : /(?:\\.|[^\\'\n])*/y;
      match.lastIndex = position + 1;
      const length = match.exec(text)?.[0].length ?? 0;
      keep(position + 1);
      blank(position + length);
      keep(Math.min(position + 1, text.length));
    } else if (here === "`") {
      keep(position + 1);
      template();
    } else if (here === "}" && depth === 0) {
      templates.pop();
      keep(position + 1);
      template();
    } else if (here === "/" && beforePattern.test(code.slice(-200))) {
      const match = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\//y;
      match.lastIndex = position;
      const length = match.exec(text)?.[0].length ?? 1;
      blank(position + length);
    } else {
      if (depth !== undefined && here === "{") templates.push((templates.pop() ?? 0) + 1);
      if (depth !== undefined && here === "}") templates.push((templates.pop() ?? 0) - 1);
      keep(position + 1);
    }
  }
  return code;
}

/** The imports and re-exports of a file, and the other files of ours that it names in a string. */
export function importsOf(source: Source): Import[] {
  const found: Import[] = [];
  const add = (match: RegExpMatchArray, names: readonly string[] | undefined, type: boolean) => {
    const start = (match.index ?? 0) + match[0].lastIndexOf('"', match[0].length - 2) + 1;
    const end = source.text.indexOf('"', start);
    const specifier = source.text.slice(start, end);
    const path = resolveImport(source.path, specifier);
    found.push({ specifier, path, names, typeOnly: type });
  };
  const statement =
    /\b(?:import|export)\s+(type\s+)?(\w+|\*(?:\s+as\s+\w+)?|\{[^}]*\})\s*from\s*" *"/g;
  for (const match of source.code.matchAll(statement)) {
    const clause = match[2] ?? "";
    const names = clause.startsWith("{") ? importedNames(clause) : undefined;
    add(match, names, match[1] !== undefined);
  }
  for (const match of source.code.matchAll(/\bimport\s*\(?\s*" *"/g)) add(match, undefined, false);
  // Workers and programs for a child process are named by a string: "./worker.js", "writer.js".
  for (const match of source.code.matchAll(/" *"/g)) {
    const text = source.text.slice(match.index + 1, match.index + match[0].length - 1);
    const file = posix.join(posix.dirname(source.path), text.replace(/\.js$/, ".ts"));
    const isOurs = /^[\w./-]+\.(js|ts)$/.test(text) && existsSync(join(root, file));
    if (isOurs && !found.some((one) => one.path === file)) {
      found.push({ specifier: text, path: file, names: undefined, typeOnly: false });
    }
  }
  return found;
}

function importedNames(clause: string): string[] {
  return clause
    .slice(1, -1)
    .split(",")
    .map((part) => part.trim().replace(/^type\s+/, "").replace(/\s+as\s+.*$/, ""))
    .filter((name) => name !== "");
}

/** `./x.ts`, `./x.js` (a compiled worker) and AssemblyScript's `./x` all name the file x.ts. */
function resolveImport(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  const path = posix.join(posix.dirname(from), specifier);
  const candidates = [path, path.replace(/\.js$/, ".ts"), `${path}.ts`, `${path}/index.ts`];
  return candidates.find((file) => /\.\w+$/.test(file) && existsSync(join(root, file))) ?? path;
}

/** The lines at which a pattern matches, as `path:line: text`. */
export function findLines(source: Source, pattern: RegExp, where: "text" | "code"): string[] {
  const lines = source.text.split("\n");
  return source[where].split("\n").flatMap((line, index) => {
    return pattern.test(line) ? [`${source.path}:${index + 1}: ${lines[index]?.trim()}`] : [];
  });
}
