// Reasons of an end: what an error becomes, as immutable data that all who are told share.
import { immutable } from "./copy.ts";
import { ExitReason } from "./messages.ts";
import { processStack } from "./stack.ts";
import type { ErrorReason, Reason } from "./types.ts";

/** The reason of a process that this was thrown out of; it never throws. */
export function endReason(error: unknown): Reason {
  if (!isExitReason(error)) return errorReason(error);
  try {
    return immutable(error.reason);
  } catch (refusal) {
    return errorReason(nestedError(error) ?? refusal);
  }
}

/** True for ExitReason; false also for what cannot be asked, such as a revoked proxy. */
export function isExitReason(error: unknown): error is ExitReason {
  try {
    return error instanceof ExitReason;
  } catch {
    return false;
  }
}

/** The error that was given as the reason, if it was one. */
function nestedError(exit: ExitReason): unknown {
  try {
    return exit.reason instanceof Error ? exit.reason : undefined;
  } catch {
    return undefined;
  }
}

function errorReason(error: unknown): ErrorReason {
  // Whatever is thrown, its own accessors must not throw out of the pump.
  try {
    if (error instanceof Error) {
      return reasonFrom(String(error.name), String(error.message),
        processStack(String(error.stack)));
    }
    return reasonFrom("throw", String(error), "");
  } catch {
    return reasonFrom("throw", "a value that cannot be read", "");
  }
}

function reasonFrom(name: string, message: string, stack: string): ErrorReason {
  return immutable({ error: { name, message, stack } });
}
