// Reasons of an end: what an error becomes, as immutable data that all who are told share.
import { immutable } from "./copy.ts";
import { ExitReason } from "./messages.ts";
import { processStack } from "./stack.ts";
import type { ErrorReason, Reason } from "./types.ts";

/** The reason of a process that this was thrown out of; it never throws. */
export function endReason(error: unknown): Reason {
  if (!isExitReason(error)) return errorReason(error);
  try {
    return plainReason(error.reason);
  } catch (refusal) {
    return errorReason(refusal);
  }
}

/** The reason that a process has ended itself with, as what can be sent; it never throws. */
export function plainReason(reason: Reason): Reason {
  try {
    return immutable(reason);
  } catch (refusal) {
    return errorReason(isError(reason) ? reason : refusal);
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

function isError(reason: unknown): boolean {
  try {
    return reason instanceof Error;
  } catch {
    return false;
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
