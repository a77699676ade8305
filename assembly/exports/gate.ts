// The gate of every export: entering, and the checks of what an embedder passes in.

import { BAD_ARGUMENT, BAD_STATE, CORRUPT, OK, REASON_ATOM, REASON_HANDLE } from "../abi";
import { control, PHASE_HANDLER, PHASE_KERNEL, PHASE_UNBORN } from "../control";
import { adoptHandle, checkHandle, dropHandle, yieldHandle } from "../handles";
import { recover } from "../scheduler";

/** Every call begins here: refuses before init and after a trap in the kernel. */
export function enter(): i32 {
  const phase = control.phase;
  if (phase == PHASE_KERNEL) return CORRUPT;
  if (phase == PHASE_UNBORN) return BAD_STATE;
  control.phase = PHASE_KERNEL;
  if (phase == PHASE_HANDLER) recover();
  return OK;
}

/** Whether bytes lie in the scratch area. */
export function inScratch(pointer: u32, length: u32): bool {
  const offset = pointer - control.scratch;
  return offset <= control.scratchBytes && length <= control.scratchBytes - offset;
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
