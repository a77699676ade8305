// An AbortSignal that ends a wait.
import type { Pid, Ref } from "../kernel/abi.ts";
import { Tag } from "./messages.ts";
import type { Arming } from "./suspension.ts";

/**
 * Ends the wait for a reference with the signal's reason, thrown. Answers what takes that back; the
 * end of the process does as well. O(1).
 */
export function abortWait(runtime: Arming, pid: Pid, ref: Ref, signal: AbortSignal): () => void {
  const abort = (): void => runtime.settle(pid, ref, Tag.REJECTED, signal.reason);
  if (signal.aborted) {
    abort();
    return () => {};
  }
  signal.addEventListener("abort", abort);
  const remove = (): void => signal.removeEventListener("abort", abort);
  const forget = runtime.onEnd(pid, remove);
  return () => {
    remove();
    forget();
  };
}
