// What a supervisor's options are by default, and what they may not be.
import { backoffProblem } from "./backoff.ts";
import type { Backoff } from "./backoff.ts";
import { invalid } from "./child-spec.ts";
import type { SpecProblem } from "./child-spec.ts";
import type { SupervisorSpec } from "./supervisor-types.ts";

export const INTENSITY = 1;
export const PERIOD_MS = 5_000;

const strategies: readonly unknown[] = ["oneForOne", "oneForAll", "restForOne"];
const autoShutdowns: readonly unknown[] = ["never", "anySignificant", "allSignificant"];

/** What is wrong with a supervisor's options, undefined if nothing. @see supervisor, sup_flags/0 */
export function flagsProblem(spec: SupervisorSpec): SpecProblem | undefined {
  const { strategy = "oneForOne", autoShutdown = "never" } = spec;
  if (!strategies.includes(strategy)) return invalid("strategy", strategy);
  if (!autoShutdowns.includes(autoShutdown)) return invalid("autoShutdown", autoShutdown);
  return limitsProblem(spec);
}

/** The same of those that all kinds of supervisors have. */
export function limitsProblem(spec: {
  readonly intensity?: number; readonly periodMs?: number; readonly backoff?: Backoff;
}): SpecProblem | undefined {
  const { intensity = INTENSITY, periodMs = PERIOD_MS, backoff } = spec;
  if (!(Number.isInteger(intensity) && intensity >= 0)) return invalid("intensity", intensity);
  if (!(periodMs > 0)) return invalid("periodMs", periodMs);
  const key = backoff === undefined ? undefined : backoffProblem(backoff);
  return key === undefined ? undefined : invalid(`backoff.${key}`, backoff?.[key]);
}
