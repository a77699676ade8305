// Watches a kernel's memory: that what a call must not touch is as it was. Knows the control block
// of assembly/control.ts; a field that moves there moves here.
import { Counter, Status } from "../../host/kernel/abi.ts";
import type { KernelExports } from "../../host/kernel/exports.ts";
import { CONTROL, Table, tablesOf, type Range } from "./memory-map.ts";

const PAGE_BYTES = 65536;
const STATE = CONTROL + 64;
const COUNTERS = CONTROL + 1152;
const PARTIAL_SLABS = CONTROL + 1536;
const CLASS_TABLE = CONTROL + 2048;
/** The window is of a call. */
const WINDOW = CONTROL + 32768 + 1024;
const WINDOW_BYTES = 48;
const IMAGE = CONTROL + 32768 + 8192;
const IMAGE_BYTES = 512;

/** Fields of the control block that a refused call may write, as offsets behind CONTROL + 32. */
const NOTICES = 156;
const REFUSAL = 164;
const SLAB_FRESH = 88;
const QUICK = 232;

/** What lies behind the tables, in a page that is the host's. */
const FOREIGN = 0xa5;

export class MemoryWatch {
  readonly #bytes: Uint8Array;
  readonly #before: Uint8Array;
  readonly #tables: readonly Range[];

  /** Adds a page behind the kernel's memory; who has views of it must make them anew. */
  constructor(exports: KernelExports) {
    exports.memory.grow(1);
    this.#bytes = new Uint8Array(exports.memory.buffer);
    this.#before = new Uint8Array(this.#bytes.length);
    this.#tables = tablesOf(exports);
    this.#bytes.fill(FOREIGN, this.#table(Table.SLABS).end);
    if (this.#bytes.length - this.#table(Table.SLABS).end < PAGE_BYTES) throw new Error("the map");
  }

  #table(table: number): Range {
    return this.#tables[table] as Range;
  }

  /** Remembers all memory as it is before a call. */
  remember(): void {
    this.#before.set(this.#bytes);
  }

  /** Whether what lies behind the tables is as it was; else where it is not. */
  findForeign(): number | undefined {
    const { end } = this.#table(Table.SLABS);
    for (let at = end; at < this.#bytes.length; at++) if (this.#bytes[at] !== FOREIGN) return at;
    return undefined;
  }

  /** After any call: the first byte that changed of what none may change. */
  findTrespass(mayWriteScratch: boolean): number | undefined {
    const ranges: Range[] = [{ start: 0, end: CONTROL }];
    this.#tables.forEach(({ end }, index) => {
      const next = this.#tables[index + 1]?.start ?? this.#bytes.length;
      ranges.push({ start: end, end: next });
    });
    if (!mayWriteScratch) ranges.push(this.#table(Table.SCRATCH));
    return this.#findChange(ranges);
  }

  /** After a call that was refused: the first byte that changed, but for counters of refusals. */
  findChangeBy(refusal: number): number | undefined {
    const field = (offset: number, length = 4) => {
      return { start: CONTROL + 32 + offset, end: CONTROL + 32 + offset + length };
    };
    const deadLetters = COUNTERS + 8 * Counter.DEAD_LETTERS;
    const allowed: Range[] = [field(REFUSAL), { start: deadLetters, end: deadLetters + 8 }];
    // A mailbox beyond its memory limit is noticed, also where the message is refused after that.
    if (refusal === Status.MAILBOX_FULL || refusal === Status.NO_MEMORY) {
      allowed.push(field(NOTICES, 8), this.#table(Table.GUARDS));
    }
    // The header of an image is of a call, as the window.
    if (refusal === Status.BUSY) allowed.push({ start: IMAGE, end: IMAGE + IMAGE_BYTES });
    // The memory is tried, and blocks that were had go back: free ones may lie in another order.
    if (refusal === Status.NO_MEMORY) {
      const slabs = COUNTERS + 8 * Counter.SLABS;
      allowed.push(field(SLAB_FRESH, 8), field(QUICK, 8), { start: slabs, end: slabs + 8 });
      allowed.push({ start: PARTIAL_SLABS, end: CLASS_TABLE });
      allowed.push(this.#table(Table.SLAB_RECORDS), this.#table(Table.SLABS));
    }
    const ranges = [{ start: 0, end: STATE }, { start: STATE, end: WINDOW },
      { start: WINDOW + WINDOW_BYTES, end: this.#bytes.length }];
    return this.#findChange(ranges, allowed);
  }

  #findChange(ranges: readonly Range[], allowed: readonly Range[] = []): number | undefined {
    for (const { start, end } of ranges) {
      const now = this.#bytes.subarray(start, end);
      if (Buffer.compare(now, this.#before.subarray(start, end)) === 0) continue;
      const at = now.findIndex((byte, index) => {
        const address = start + index;
        return byte !== this.#before[address]
          && !allowed.some((one) => address >= one.start && address < one.end);
      });
      if (at >= 0) return start + at;
    }
    return undefined;
  }
}
