// The gate of every export: entering, and the checks of what an embedder passes in.

import {
  BAD_ARGUMENT, BAD_HANDLE, BAD_STATE, CORRUPT, MESSAGE_HANDLE, MESSAGE_NUMBER, OK, REASON_ATOM,
  REASON_HANDLE,
} from "../abi";
import { control, PHASE_HANDLER, PHASE_HOST, PHASE_KERNEL } from "../control";
import { adoptHandle, checkHandle, dropHandle, yieldHandle } from "../handles";
import { recover } from "../handlers";

/** Every call begins here: refuses before init and after a trap in the kernel. O(1). */
export function enter(): i32 {
  const phase = control.phase;
  control.phase = PHASE_KERNEL;
  return phase == PHASE_HOST ? OK : enterAfter(phase);
}

/** Enters after something else than an ordinary call. */
function enterAfter(phase: u32): i32 {
  if (phase == PHASE_KERNEL) return CORRUPT;
  if (phase == PHASE_HANDLER) {
    recover();
    return OK;
  }
  control.phase = phase;
  return BAD_STATE;
}

/** Whether bytes lie in the scratch area. */
export function inScratch(pointer: u32, length: u32): bool {
  const offset = pointer - control.scratch;
  return offset <= control.scratchBytes && length <= control.scratchBytes - offset;
}

/** Whether a call may send this: a number, or a handle that is the host's; with a plain tag. */
export function checkPayload(tag: u32, kind: u32, value: f64): i32 {
  if (tag > 255) return BAD_ARGUMENT;
  if (kind == MESSAGE_NUMBER) return OK;
  if (kind != MESSAGE_HANDLE) return BAD_ARGUMENT;
  return <f64>(<u32>value) == value ? checkHandle(<u32>value) : BAD_HANDLE;
}

/** Takes over the reason of a call, with the call's own reference. */
export function adoptReason(reasonKind: u32, value: u32): i32 {
  if (reasonKind == REASON_ATOM) return OK;
  if (reasonKind != REASON_HANDLE) return BAD_ARGUMENT;
  const status = checkHandle(value);
  if (status == OK) adoptHandle(value);
  return status;
}

/** Gives up the call's own reference: to the host if the call was refused. */
export function settleReason(status: i32, reasonKind: u32, value: u32): i32 {
  if (reasonKind == REASON_HANDLE) {
    if (status < 0) yieldHandle(value);
    else dropHandle(value);
  }
  return status;
}
