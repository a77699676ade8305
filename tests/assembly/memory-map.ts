// Where the kernel's tables lie, for tests that look at its memory or age what is in it. Mirrors
// assembly/layout.ts and control.ts; what moves there moves here.
import type { KernelExports } from "../../host/kernel/exports.ts";

/** The control block, from which all other addresses follow. */
export const CONTROL = 65536;
const DIRECTORY = CONTROL + 32768 + 4096;
const TABLES = 12;
const RECORD_BYTES = 64;
/** In a relation's record. */
const GENERATION = 32;

/** The tables that tests speak of, by their place in the directory. */
export const Table = {
  PROCESSES: 0, SCRATCH: 2, GUARDS: 4, RELATIONS: 5, SLAB_RECORDS: 10, SLABS: 11,
} as const;

export interface Range {
  readonly start: number;
  readonly end: number;
}

/** All tables in the order of their addresses; once memory is laid out. */
export function tablesOf({ memory }: KernelExports): readonly Range[] {
  const words = new Uint32Array(memory.buffer);
  return Array.from({ length: TABLES }, (_, table) => {
    const start = words[DIRECTORY / 4 + 2 * table] as number;
    return { start, end: start + (words[DIRECTORY / 4 + 2 * table + 1] as number) };
  });
}

function recordAt(exports: KernelExports, table: number, slot: number): number {
  return (tablesOf(exports)[table] as Range).start + slot * RECORD_BYTES;
}

/** Ages a free process slot: the pid that it gets next. */
export function setNextPid(exports: KernelExports, slot: number, pid: number): void {
  const address = recordAt(exports, Table.PROCESSES, slot);
  new Float64Array(exports.memory.buffer)[address / 8] = pid;
}

/** Ages a free relation: the generation of the reference that it gets next. */
export function setRelationGeneration(
  exports: KernelExports, slot: number, generation: number,
): void {
  const address = recordAt(exports, Table.RELATIONS, slot) + GENERATION;
  new Uint32Array(exports.memory.buffer)[address / 4] = generation;
}
