// What a module must be to be a guest, as far as the engine tells; meter.ts checks the rest.
import { exportSignatures, IMPORT_MODULE, signatures } from "./abi.ts";
import type { GuestImport } from "./abi.ts";
import { GuestRefusal } from "./refusal.ts";

const SECTION_MEMORY = 5;

/** Throws GuestRefusal with what is missing, or what is more than a guest may have. */
export function checkModule(
  module: WebAssembly.Module, bytes: Uint8Array, allowed: ReadonlySet<GuestImport>,
): void {
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
    if (from === "env" && name === "abort") {
      throw new GuestRefusal("it imports env.abort: compile AssemblyScript with --use abort=");
    }
    if (from !== IMPORT_MODULE || kind !== "function" || !Object.hasOwn(signatures, name)) {
      throw new GuestRefusal(`it imports ${from}.${name} (${kind}), which guests don't get`);
    }
    if (!allowed.has(name as GuestImport)) {
      throw new GuestRefusal(`it imports ${from}.${name}, which this guest is not allowed`);
    }
  }
  const exports = new Map(
    WebAssembly.Module.exports(module).map(({ name, kind }) => [name, kind]));
  for (const name of ["memory", ...Object.keys(exportSignatures)]) {
    const kind = name === "memory" ? "memory" : "function";
    if (exports.get(name) !== kind) throw new GuestRefusal(`it does not export a ${kind} ${name}`);
  }
  if (memoriesOf(bytes) !== 1) throw new GuestRefusal("it has more than one memory");
}

/** The memories that a valid module defines. */
function memoriesOf(bytes: Uint8Array): number {
  let at = 8;
  const number = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++] as number;
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const section = bytes[at++];
    const end = number() + at;
    if (section === SECTION_MEMORY) return number();
    at = end;
  }
  return 0;
}
