// Host handles: values that stay in the host, of which the kernel counts the references.
//
//   counts[h] = 0            the host's to use
//             = n            n messages or reasons of the kernel name it
//             = RELEASED|next  dropped by the kernel; the host has not heard of it yet
//
// I1  A handle is on the released chain exactly if its count has the bit RELEASED.
// Costs: all O(1); nothing here allocates or fails.

import { BAD_HANDLE, COUNTER_LIVE_HANDLES, OK } from "./abi";
import { control, count, counted, invariant } from "./control";

const RELEASED: u32 = 0x80000000;

export function handleCount(handle: u32): u32 {
  return load<u32>(control.handles + (handle << 2));
}

function setHandleCount(handle: u32, references: u32): void {
  store<u32>(control.handles + (handle << 2), references);
}

/** Whether a host may hand this handle over now. O(1). */
export function checkHandle(handle: u32): i32 {
  if (handle == 0 || handle >= control.handleLimit) return BAD_HANDLE;
  return handleCount(handle) == 0 ? OK : BAD_HANDLE;
}

/** Takes a handle over from the host, with one reference. O(1). */
export function adoptHandle(handle: u32): void {
  setHandleCount(handle, 1);
  count(COUNTER_LIVE_HANDLES, 1);
}

/** One more reference. O(1). */
export function retainHandle(handle: u32): void {
  invariant(handleCount(handle) - 1 < RELEASED - 1);
  setHandleCount(handle, handleCount(handle) + 1);
}

/** One reference less, given to the host: true if it was the last, and the host's again. O(1). */
export function yieldHandle(handle: u32): bool {
  const references = handleCount(handle);
  invariant(references - 1 < RELEASED - 1);
  setHandleCount(handle, references - 1);
  if (references > 1) return false;
  count(COUNTER_LIVE_HANDLES, -1);
  return true;
}

/** One reference less; the last puts the handle on the released chain. O(1). */
export function dropHandle(handle: u32): void {
  if (!yieldHandle(handle)) return;
  setHandleCount(handle, RELEASED | control.released);
  control.released = handle;
}

/** Takes a handle off the released chain: the host's again. 0 when the chain is empty. O(1). */
export function takeReleased(): u32 {
  const handle = control.released;
  if (!handle) return 0;
  control.released = handleCount(handle) & ~RELEASED;
  setHandleCount(handle, 0);
  return handle;
}

/** Whether a handle waits on the released chain. O(1). */
export function isReleased(handle: u32): bool {
  return (handleCount(handle) & RELEASED) != 0;
}

/** Adds to a count; false where that is no count. The debug build's audit of references. O(1). */
export function auditHandle(handle: u32, by: i32): bool {
  if (handle == 0 || handle >= control.handleLimit || isReleased(handle)) return false;
  if (by < 0 && handleCount(handle) == 0) return false;
  setHandleCount(handle, handleCount(handle) + by);
  return true;
}

/** The debug build's check of this structure: 0, or 500 + what is broken. O(handles). */
export function verifyHandles(): u32 {
  let released: u32 = 0;
  let live: u32 = 0;
  for (let handle: u32 = 1; handle < control.handleLimit; handle++) {
    if (isReleased(handle)) released++;
    else if (handleCount(handle)) live++;
  }
  for (let at = control.released; at; at = handleCount(at) & ~RELEASED) {
    if (at >= control.handleLimit || !isReleased(at) || released == 0) return 501;
    released--;
  }
  if (released) return 502;
  if (handleCount(0)) return 503;
  return counted(COUNTER_LIVE_HANDLES) == <f64>live ? 0 : 504;
}
