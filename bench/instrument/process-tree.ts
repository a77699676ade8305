// CPU time and resident memory of a process and all its descendants, from Linux's /proc.
import { readdirSync, readFileSync } from "node:fs";

/** The unit of /proc's times: Linux shows them in hundredths of a second on every machine. */
const TICK_MS = 10;

function children(pid: number): number[] {
  const found: number[] = [];
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const list = readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").trim();
    if (list !== "") found.push(...list.split(" ").map(Number));
  }
  return found;
}

function visit(pid: number, seen: (pid: number) => void): void {
  let below: number[];
  try {
    seen(pid);
    below = children(pid);
  } catch {
    return; // ended meanwhile
  }
  for (const child of below) visit(child, seen);
}

/** CPU milliseconds, user and system, of all threads of the tree; in steps of 10 ms. */
export function treeCpuMs(root: number): number {
  let ticks = 0;
  visit(root, (pid) => {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in parentheses may hold anything; fields are counted from behind it.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    ticks += Number(fields[11]) + Number(fields[12]);
  });
  return ticks * TICK_MS;
}

/** Resident bytes of the tree. O(memory mappings). */
export function treeResidentBytes(root: number): number {
  let bytes = 0;
  visit(root, (pid) => {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
    bytes += Number(/^Rss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0) * 1024;
  });
  return bytes;
}
