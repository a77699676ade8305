// The packages that we depend on: their licences, and that the lock file is portable.
import t from "tap";
import { readText } from "./sources.ts";

interface Package {
  readonly version?: string;
  readonly license?: string;
  readonly resolved?: string;
  readonly dev?: boolean;
  readonly link?: boolean;
}

const lock: { packages: Record<string, Package> } = JSON.parse(readText("package-lock.json"));
const packages = Object.entries(lock.packages).filter(([path, entry]) => {
  return path !== "" && entry.version !== undefined && entry.link !== true;
});

/** Licences that let anyone run, change and pass on what is built with the package. */
const permissive =
  /\b(MIT|ISC|Apache-2\.0|BSD-[23]-Clause|0BSD|BlueOak-1\.0\.0|CC0-1\.0|Unlicense|Python-2\.0)\b/;

/** MPL-2.0 covers its own files only: Converse.js is served unchanged, with its licence. */
const withLicence = /^node_modules\/converse\.js(\/|$)/;

/** Data files of build tools, and MIT packages whose package.json predates the field. */
const development = [
  "caniuse-lite",
  "jsonc-simple-parser",
  "sasl-anonymous",
  "sasl-plain",
  "saslmechanisms",
  "spdx-exceptions",
].map((name) => `node_modules/${name}`);

t.test("every package has a licence that fits ours", (t) => {
  const odd = packages.filter(([path, { license = "", dev }]) => {
    const known = withLicence.test(path) || (dev === true && development.includes(path));
    return !permissive.test(license) && !known;
  });
  t.same(odd.map(([path, { license }]) => `${path}: ${license}`), []);
  t.end();
});

t.test("the lock file names no registry but npm's own", (t) => {
  const foreign = packages.filter(([, { resolved = "https://registry.npmjs.org/" }]) => {
    return !resolved.startsWith("https://registry.npmjs.org/");
  });
  t.same(foreign.map(([path]) => path), []);
  t.end();
});
