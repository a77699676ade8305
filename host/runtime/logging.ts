// Logging: where reports go without a logger, and what a logger that throws can't do.
import { inspect } from "node:util";
import type { Clock } from "./clock.ts";
import type { CrashReport, ErrorReason, Logger, Report } from "./types.ts";

/** A second of reports is counted anew from the first one on. */
const WINDOW_MS = 1_000;

/** Drops what is more than so many reports in a second; how many, the next second's first tells. */
export function limited(logger: Logger, clock: Clock, perSecond: number): Logger {
  let endsAtMs = -Infinity;
  let told = 0;
  let dropped = 0;
  return (report) => {
    const nowMs = clock.now();
    if (nowMs >= endsAtMs) {
      endsAtMs = nowMs + WINDOW_MS;
      told = 0;
      if (dropped > 0) logger({ type: "dropped", reports: dropped });
      dropped = 0;
    }
    if (told >= perSecond) {
      dropped++;
    } else {
      told++;
      logger(report);
    }
  };
}

/** What reports are written to: pino's logger, Fastify's, or one like them. */
export interface LeveledLogger {
  /** For what ends a process. */
  error(fields: object, text: string): void;
  /** For all else. */
  warn(fields: object, text: string): void;
}

/** How reports are written to pino. */
export interface PinoOptions {
  /** Default true. False leaves messages and states out: they may be private. */
  readonly messages?: boolean;
}

/**
 * A logger for `Runtime.start` that writes to pino: crashes and traps as errors, all else as
 * warnings. Fields are the report's; an uncaught error is `err`, as pino's own serializer names
 * it; messages and states are text of bounded length, for they may hold anything.
 */
export function logToPino(pino: LeveledLogger, options: PinoOptions = {}): Logger {
  const isWhole = options.messages !== false;
  return (report) => {
    if (report.type === "crash") pino.error(crashFields(report, isWhole), "process has ended");
    else if (report.type === "trap") pino.error(report, "process has trapped");
    else if (report.type === "handler_crash") pino.error(report, "event handler has failed");
    else pino.warn(report, `pidgeon: ${report.type}`);
  };
}

function crashFields(
  { reason, lastMessage, state, messages, ...report }: CrashReport, isWhole: boolean,
): object {
  const { error } = (typeof reason === "object" ? reason : null) as Partial<ErrorReason> | null
    ?? {};
  return {
    ...report,
    ...(error === undefined ? { reason: text(reason) }
      // Without a prototype, so that pino's serializer takes the type from the name.
      : { err: Object.assign(Object.create(null), { type: error.name, ...error }) as object }),
    ...(isWhole && lastMessage !== undefined && { lastMessage: text(lastMessage) }),
    ...(isWhole && state !== undefined && { state: text(state) }),
    ...(isWhole && { messages: messages.map(text) }),
  };
}

function text(value: unknown): string {
  return inspect(value, { depth: 3, maxArrayLength: 20, maxStringLength: 200, breakLength: 1e9 });
}

/**
 * The logger as the runtime calls it: what it throws goes to console.error with the report, for the
 * pump must go on.
 */
export function guarded(logger: Logger): Logger {
  return (report) => {
    try {
      logger(report);
    } catch (error) {
      try {
        console.error("pidgeon: the logger has thrown:", error, "when it was told", report);
      } catch {
        // Nobody is left who could be told.
      }
    }
  };
}

/** The default logger: one line for each report. */
export function logToConsole(report: Report): void {
  if (report.type === "crash") {
    const who = report.label === undefined ? `${report.pid}` : `${report.pid} (${report.label})`;
    console.error(`pidgeon: process ${who} has ended:`, report.reason);
  } else if (report.type === "handler_crash") {
    const { pid, handler, reason } = report;
    console.error(`pidgeon: the handler ${handler} of process ${pid} has failed:`, reason);
  } else if (report.type === "trap") {
    const who = report.label === undefined
      ? "a native process" : `process ${report.pid} (${report.label})`;
    console.error(`pidgeon: ${who} has trapped:`, report.error);
  } else if (report.type === "memory_limit") {
    const { pid, bytes } = report;
    console.error(`pidgeon: the mailbox of process ${pid} is beyond its limit: ${bytes} bytes`);
  } else if (report.type === "dropped") {
    console.error(`pidgeon: ${report.reports} reports more have been dropped`);
  } else {
    const [first, ...others] = report.pids;
    const who = others.length === 0 ? `process ${first}` : `one of ${report.pids.length} processes`;
    const ms = Math.round(report.durationMs);
    console.error(`pidgeon: ${who} kept all others waiting for ${ms} ms`);
  }
}
