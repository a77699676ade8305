// Reasons of an end: what an error becomes, as plain data that anybody may be sent.
import { copyMessage } from "./copy.ts";
import { ExitReason } from "./messages.ts";
import type { ErrorReason, Reason } from "./types.ts";

/** The reason of a process that this was thrown out of. */
export function endReason(error: unknown): Reason {
  if (!(error instanceof ExitReason)) return errorReason(error);
  try {
    return copyMessage(error.reason);
  } catch (refusal) {
    return errorReason(error.reason instanceof Error ? error.reason : refusal);
  }
}

function errorReason(error: unknown): ErrorReason {
  // Whatever is thrown, its own accessors must not throw out of the pump.
  try {
    if (error instanceof Error) {
      return { error: {
        name: String(error.name), message: String(error.message), stack: String(error.stack),
      } };
    }
    return { error: { name: "throw", message: String(error), stack: "" } };
  } catch {
    return { error: { name: "throw", message: "a value that cannot be read", stack: "" } };
  }
}
