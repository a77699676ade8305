// The XML declaration that may stand before a stream's opening (XML §2.8, RFC 6120 §11.4).
import { XmlFault, notWellFormed } from "./limits.ts";

const SPACE = "[ \\t\\r\\n]";
const EQUALS = `${SPACE}*=${SPACE}*`;

/** `<?xml version='1.0' encoding='UTF-8' standalone='yes'?>`, the last two optional. */
const DECLARATION = new RegExp(
  `^<\\?xml${SPACE}+version${EQUALS}(?:'1\\.0'|"1\\.0")` +
    `(?:${SPACE}+encoding${EQUALS}(?:'([\\w.-]+)'|"([\\w.-]+)"))?` +
    `(?:${SPACE}+standalone${EQUALS}(?:'(?:yes|no)'|"(?:yes|no)"))?` +
    `${SPACE}*\\?>${SPACE}*`,
);

/** The declaration at the beginning of a text, with the white space behind it. */
export function declarationOf(text: string): string | XmlFault {
  const match = DECLARATION.exec(text);
  if (match === null) return notWellFormed();
  const encoding = match[1] ?? match[2] ?? "UTF-8";
  if (encoding.toUpperCase() === "UTF-8") return match[0];
  return new XmlFault("unsupported-encoding", "Only UTF-8 is supported.");
}
