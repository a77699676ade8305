// Stacks of errors that have ended a process, as its code reads: who called whom by yield*.
/** Where this file lies, as stacks name it: source maps change that. */
const ownFolder = /([^\s(]*\/)stack\.[jt]s:/.exec(String(new Error().stack))?.[1] ?? "pidgeon:";
const kernelFolder = ownFolder.replace(/runtime\/$/, "kernel/");
const otpFolder = ownFolder.replace(/runtime\/$/, "otp/");

/**
 * A stack without what resumes generators, and without the runtime's and Node's own frames below
 * the process; whole if nothing else is in it. O(its length).
 */
export function processStack(stack: string): string {
  const lines = stack.split("\n").filter((line) => !/^ +at .*\.next \(<anonymous>\)$/.test(line));
  // The pump calls processes from turns.ts: what is below it is not theirs.
  const turn = lines.findIndex((line) => line.includes(`${ownFolder}turns.`));
  let length = turn === -1 ? lines.length : turn;
  while (length > 0 && isMachinery(lines[length - 1]!)) length--;
  const isEmpty = !lines.slice(0, length).some((line) => line.startsWith("    at "));
  return isEmpty ? stack : lines.slice(0, length).join("\n");
}

/** The name of the outermost function of such a stack: what the process runs. */
export function outermostFunction(stack: string): string | undefined {
  const last = stack.slice(stack.lastIndexOf("\n") + 1);
  const name = /^ +at (?:async )?(.+) \(.*\)$/.exec(last)?.[1];
  return name === "<anonymous>" ? undefined : name;
}

function isMachinery(line: string): boolean {
  if (!line.startsWith("    at ")) return false;
  return line.includes("node:internal") || line.includes(ownFolder) ||
    line.includes(kernelFolder) || line.includes(otpFolder);
}
