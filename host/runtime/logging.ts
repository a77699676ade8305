// Logging: where reports go without a logger, and what a logger that throws can't do.
import type { Logger, Report } from "./types.ts";

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
  } else if (report.type === "trap") {
    const who = report.label === undefined
      ? "a native process" : `process ${report.pid} (${report.label})`;
    console.error(`pidgeon: ${who} has trapped:`, report.error);
  } else if (report.type === "memory_limit") {
    const { pid, bytes } = report;
    console.error(`pidgeon: the mailbox of process ${pid} is beyond its limit: ${bytes} bytes`);
  } else {
    const [first, ...others] = report.pids;
    const who = others.length === 0 ? `process ${first}` : `one of ${report.pids.length} processes`;
    const ms = Math.round(report.durationMs);
    console.error(`pidgeon: ${who} kept all others waiting for ${ms} ms`);
  }
}
