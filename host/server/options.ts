// The program's command line: what `npm start -- …` takes.
import { parseArgs } from "node:util";

export interface ProgramOptions {
  readonly help: boolean;
  readonly httpPort: number;
  readonly host: string;
  readonly domain: string;
  readonly dataFolder: string;
  readonly unlimited: boolean;
  readonly trustProxy: readonly string[];
  readonly allowedOrigins: readonly string[];
  readonly logLevel: LogLevel;
}

const logLevels = ["debug", "info", "warn", "error", "silent"] as const;
export type LogLevel = (typeof logLevels)[number];

/** A command line that can't be used; the text says what is wrong with it. */
export interface UsageError {
  readonly problem: string;
}

interface Option {
  /** The name of the value in the help; a switch has none. */
  readonly value?: string;
  readonly several?: true;
  readonly help: string;
}

const options: Readonly<Record<string, Option>> = {
  "http-port": { value: "PORT", help: "port for browsers and WebSocket clients (default 5280)" },
  host: { value: "ADDRESS", help: "address to listen on (default 127.0.0.1: this machine only)" },
  domain: { value: "NAME", help: "what stands behind the @ of the accounts (default localhost)" },
  data: { value: "DIR", help: "where accounts and rosters are kept (default ./data)" },
  "trust-proxy": {
    value: "ADDRESS",
    several: true,
    help: "believe the X-Forwarded headers of this reverse proxy (may be repeated)",
  },
  "allow-origin": {
    value: "ORIGIN",
    several: true,
    help: "let web pages of another origin connect (may be repeated)",
  },
  unlimited: { help: "switch the rate limits off, for load tests" },
  "log-level": { value: "LEVEL", help: `${logLevels.join(", ")} (default warn)` },
  help: { help: "show this" },
};

/** The options, as `--help` and each usage error list them. */
export function usage(): string {
  const rows = Object.entries(options).map(([name, { value, help }]) => {
    const left = value === undefined ? `--${name}` : `--${name} ${value}`;
    return `  ${left.padEnd(24)} ${help}\n`;
  });
  return `Usage: npm start -- [options]\n\n${rows.join("")}`;
}

/** Reads the arguments that follow the program's name. */
export function parseOptions(parameters: readonly string[]): ProgramOptions | UsageError {
  let values: Record<string, unknown>;
  try {
    values = parseArgs({ args: [...parameters], options: descriptions(), strict: true }).values;
  } catch (error) {
    return { problem: firstSentence(error) };
  }
  const text = (name: string, otherwise: string): string => String(values[name] ?? otherwise);
  const list = (name: string): readonly string[] => (values[name] ?? []) as string[];

  const httpPort = text("http-port", "5280");
  if (!/^\d{1,5}$/.test(httpPort) || Number(httpPort) > 65_535) {
    return { problem: `--http-port takes a number from 0 to 65535, not "${httpPort}"` };
  }
  const logLevel = logLevels.find((level) => level === text("log-level", "warn"));
  if (logLevel === undefined) {
    return { problem: `--log-level takes one of ${logLevels.join(", ")}` };
  }
  for (const name of ["host", "domain", "data"]) {
    if (values[name] === "") return { problem: `--${name} needs a value` };
  }
  for (const origin of list("allow-origin")) {
    if (origin !== "*" && !isOrigin(origin)) {
      return { problem: `--allow-origin takes an origin like https://chat.example.org` };
    }
  }
  return {
    help: values["help"] === true,
    httpPort: Number(httpPort),
    host: text("host", "127.0.0.1"),
    domain: text("domain", "localhost"),
    dataFolder: text("data", "./data"),
    unlimited: values["unlimited"] === true,
    trustProxy: list("trust-proxy"),
    allowedOrigins: list("allow-origin"),
    logLevel,
  };
}

function descriptions(): NonNullable<NonNullable<Parameters<typeof parseArgs>[0]>["options"]> {
  return Object.fromEntries(Object.entries(options).map(([name, { value, several }]) => [
    name,
    { type: value === undefined ? "boolean" : "string", multiple: several === true } as const,
  ]));
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}

/** Node's own texts go on with advice that doesn't fit here. */
function firstSentence(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split(/\.\s|\n/)[0]?.replace(/\.$/, "") ?? text;
}
