// Reads docs/abi.md: its entries of exports, its tables of statuses, records and constants.
import { readText } from "../tidy/sources.ts";

/** What the document says of an export. */
export interface Entry {
  readonly name: string;
  /** `name: type` of each argument, as in AssemblyScript. */
  readonly parameters: readonly string[];
  readonly answer: string;
  /** The negative statuses that it may answer, but for BAD_STATE and CORRUPT of every call. */
  readonly refusals: readonly string[];
  /** `O(…).`, and what is said of it. */
  readonly cost: string;
}

export interface Field {
  readonly offset: number;
  readonly type: string;
  readonly name: string;
}

/** A row of the table of limits; all in the unit of the limit. */
export interface LimitRow {
  readonly offset: number;
  readonly name: string;
  readonly byDefault: number;
  readonly least: number;
  readonly most: number;
}

export const abiDocument = readText("docs/abi.md");

function numberOf(text: string): number {
  return Number(text.replaceAll(",", ""));
}

/** The text under a heading, up to the next of its level or above. */
function sectionOf(heading: string): string {
  const level = /^#+/.exec(heading)?.[0].length ?? 0;
  const start = abiDocument.indexOf(`\n${heading}\n`);
  if (start < 0) throw new Error(`docs/abi.md has no heading ${heading}`);
  const rest = abiDocument.slice(start + heading.length + 1);
  const end = new RegExp(`\n#{1,${level}} `).exec(rest)?.index;
  return rest.slice(0, end);
}

/** The cells of a table's rows under a heading, without its head. */
function rowsOf(heading: string): string[][] {
  return [...sectionOf(heading).matchAll(/^\| (?!---|name|number|offset)(.*) \|$/gm)]
    .map(([, cells = ""]) => cells.split(" | ").map((cell) => cell.trim()));
}

/** A name in backticks. */
function nameIn(cell = ""): string {
  const name = /^`(\w+)`$/.exec(cell)?.[1];
  if (name === undefined) throw new Error(`docs/abi.md: ${cell} should be a name in backticks`);
  return name;
}

/** Every `###` heading that is a signature, in order, with what its last paragraph says. */
export function documentedExports(): Entry[] {
  const pattern = /^### `(\w+)\((.*)\): (\w+)`\n([^]*?)(?=^#|(?![^]))/gm;
  return [...abiDocument.matchAll(pattern)].map((entry) => {
    const [, name = "", list = "", answer = "", text = ""] = entry;
    const facts = /^Answers [^]*$/m.exec(text)?.[0].replace(/\s+/g, " ").trim() ?? "";
    const [answers = "", refused = ""] = facts.split(" Refuses ");
    return {
      name,
      parameters: list === "" ? [] : list.split(", "),
      answer,
      refusals: [...refused.matchAll(/`([A-Z_]+)`/g)].map(([, status = ""]) => status),
      cost: /\bO\([^]*\.$/.exec(refused === "" ? answers : refused)?.[0] ?? "",
    };
  });
}

/** Number, name and text of each status. */
export function documentedStatuses(): { number: number; name: string; text: string }[] {
  return rowsOf("## Statuses").map(([number = "", name, text = ""]) =>
    ({ number: Number(number), name: nameIn(name), text }));
}

/** Every row `name | number` of the constants, in order. */
export function documentedConstants(): (readonly [string, number])[] {
  return rowsOf("## Constants").map(([name, number = ""]) => [nameIn(name), numberOf(number)]);
}

/** The fields of a record. */
export function documentedFields(record: string): Field[] {
  return rowsOf(`### ${record}`).map(([offset = "", type = "", name]) =>
    ({ offset: Number(offset), type, name: nameIn(name) }));
}

export function documentedLimits(): LimitRow[] {
  return rowsOf("### Limits").map(([offset, , name, byDefault = "", least = "", most = ""]) => ({
    offset: Number(offset),
    name: nameIn(name),
    byDefault: numberOf(byDefault),
    least: numberOf(least),
    most: numberOf(most),
  }));
}
