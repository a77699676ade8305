// The change of a running server's callbacks; module-process.ts makes it.
import { CALL_TIMEOUT_MS, CallOperation } from "../runtime/call.ts";
import { Tag } from "../runtime/messages.ts";
import type { Destination, Operation, Process, Reason } from "../runtime/index.ts";
import type { CommonModule } from "./module-process.ts";

/** The request, sent with Tag.SYSTEM. */
export interface CodeRequest {
  readonly module: CommonModule;
  readonly extra: unknown;
}

/** Whether the new callbacks are in. */
export type CodeChange =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: Reason };

/** Hands a running server other callbacks. Throws CallFailed. @see GenServer.changeCode */
export function changeCode(
  self: Process, server: Destination, module: CommonModule, extra: unknown,
  timeoutMs: number = CALL_TIMEOUT_MS,
): Operation<CodeChange> {
  const request: CodeRequest = { module, extra: self.core.copy(extra) };
  return new CallOperation(self, server, request, timeoutMs, true, Tag.SYSTEM);
}
