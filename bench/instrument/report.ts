// The report for people: a header and one table a benchmark, in plain text.
import type { Row } from "./benchmark.ts";
import type { Machine } from "./machine.ts";

/** Three significant digits; whole numbers above a thousand, with separators. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return "-";
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString("en-US");
  return value.toPrecision(3);
}

export function header(machine: Machine): string {
  return [
    `${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.system}`,
    `Node ${machine.node} (V8 ${machine.v8}); Erlang: ${machine.erlang ?? "not installed"}`,
    `commit ${machine.commit}, ${machine.date} UTC, load ${machine.load}`,
  ].join("\n");
}

/** As a fraction below 1: "1/25". */
export function shareText(ratio: number): string {
  return ratio < 1 ? `1/${figure(1 / ratio)}` : figure(ratio);
}

function ratioText(row: Row): string {
  if (row.ratio === undefined) return "";
  const { median, lower, upper } = row.ratio;
  const share = median < 1 ? ` = ${shareText(median)}` : "";
  return `${figure(median)} (${figure(lower)} to ${figure(upper)})${share}`;
}

/** What is asked of a row, and whether it has it: "1/25: met". */
export function barText({ bar, ratio }: Row): string {
  if (bar === undefined) return "";
  const { atMost, met } = bar;
  const asked = ratio !== undefined && atMost < 1 ? `1/${Math.round(1 / atMost)}` : `${atMost}`;
  return `${asked}: ${met ? "met" : "missed"}`;
}

function moreText(row: Row): string {
  return Object.entries(row.more ?? {}).map(([key, value]) => `${key} ${figure(value)}`).join(", ");
}

const columns = ["system", "median", "quartiles", "unit", "Pidgeon / system", "at most", ""];

/** Lines of equal columns; a peer's row bears the ratio of Pidgeon to it, and its bar. */
export function table(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.system,
    figure(row.median),
    `${figure(row.lower)} to ${figure(row.upper)}`,
    row.unit,
    ratioText(row),
    barText(row),
    moreText(row),
  ]);
  const lines = [columns, ...cells];
  const widths = columns.map((_, column) => {
    return Math.max(...lines.map((line) => line[column]?.length ?? 0));
  });
  return lines
    .map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "))
    .map((line) => `  ${line.trimEnd()}`)
    .join("\n");
}
