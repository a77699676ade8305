// The tables of docs/benchmarks.md, made from what `--json FILE` has written.
import type { Row } from "./benchmark.ts";
import type { Machine } from "./machine.ts";
import { barText, figure, header, shareText } from "./report.ts";

/** What `--json` writes. */
export interface Results {
  readonly machine: Machine;
  readonly rows: readonly Row[];
}

const EMPTY = "";

/** "29.6 (27.1–29.8)", without the brackets where they would say the same. */
function spread(row: Row | undefined): string {
  if (row === undefined) return EMPTY;
  const [median, lower, upper] = [row.median, row.lower, row.upper].map(figure);
  return lower === median && upper === median ? `${median}` : `${median} (${lower}–${upper})`;
}

function ratio(row: Row | undefined): string {
  return row?.ratio === undefined ? EMPTY : shareText(row.ratio.median);
}

/** "1/25", and what stands out: that it was missed. */
function bar(row: Row | undefined): string {
  if (row?.bar === undefined) return EMPTY;
  return barText(row).replace(": met", "").replace("missed", "**missed**");
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`.replaceAll("|  |", "| |").replaceAll("|  |", "| |");
}

function markdownTable(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  return [line(columns), `|${"---|".repeat(columns.length)}`, ...rows.map(line)].join("\n");
}

/** The rows of a benchmark, and one of them by its system. */
class Measured {
  readonly name: string;
  readonly #rows: readonly Row[];

  constructor(name: string, rows: readonly Row[]) {
    this.name = name;
    this.#rows = rows;
  }

  of(system: string): Row | undefined {
    return this.#rows.find((row) => row.system === system);
  }

  get isCompared(): boolean {
    return this.#rows.length > 1;
  }

  get unit(): string {
    return this.#rows[0]?.unit ?? EMPTY;
  }
}

function measured({ rows }: Results): Measured[] {
  return [...new Set(rows.map(({ benchmark }) => benchmark))].map((name) => {
    return new Measured(name, rows.filter(({ benchmark }) => benchmark === name));
  });
}

/** "`native-ring`: hop" */
function label({ name, unit }: Measured): string {
  return `\`${name}\`: ${unit.replace(/^CPU-ns\//, "")}`;
}

function timeTable(benchmarks: readonly Measured[]): string {
  const columns = ["CPU-ns", "Pidgeon", "BEAM", "ratio", "at most", "C", "ratio", "at most"];
  return markdownTable(columns, benchmarks.map((each) => {
    const [beam, c] = [each.of("beam"), each.of("c")];
    return [
      label(each), spread(each.of("pidgeon")), spread(beam), ratio(beam), bar(beam), spread(c),
      ratio(c), bar(c),
    ];
  }));
}

function plainNodeTable(benchmarks: readonly Measured[]): string {
  const columns = [
    "CPU-ns", "Pidgeon", "closures", "ratio", "generators", "ratio", "at most", "async", "ratio",
    "Effect", "ratio",
  ];
  return markdownTable(columns, benchmarks.map((each) => {
    const [closures, generators] = [each.of("closures"), each.of("generators")];
    const [async, effect] = [each.of("async"), each.of("effect")];
    return [
      label(each), spread(each.of("pidgeon")), spread(closures), ratio(closures),
      spread(generators), ratio(generators), bar(generators), spread(async), ratio(async),
      spread(effect), ratio(effect),
    ];
  }));
}

function memoryTable(benchmarks: readonly Measured[]): string {
  const columns = ["bytes a process", "Pidgeon", "at most", "BEAM", "ratio"];
  return markdownTable(columns, benchmarks.map((each) => {
    const [pidgeon, beam] = [each.of("pidgeon"), each.of("beam")];
    return [`\`${each.name}\``, spread(pidgeon), bar(pidgeon), spread(beam), ratio(beam)];
  }));
}

/**
 * Three tables under the machine's lines: time, plain Node, memory. Left out are servers and what
 * was compared with nobody.
 */
export function markdown(results: Results): string {
  const all = measured(results);
  const timed = all.filter((each) => each.unit.startsWith("CPU-ns/") && each.isCompared);
  const plain = timed.filter((each) => {
    return each.of("generators") !== undefined || each.of("effect") !== undefined;
  });
  const memory = all.filter(({ unit }) => unit === "bytes/process");
  const parts = [
    header(results.machine),
    ...(timed.length > 0 ? [timeTable(timed)] : []),
    ...(plain.length > 0 ? [plainNodeTable(plain)] : []),
    ...(memory.length > 0 ? [memoryTable(memory)] : []),
  ];
  return parts.join("\n\n");
}
