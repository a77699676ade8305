// Exports of the kernel: snapshots, and the restoring of one in a new instance.

import { OK } from "../abi";
import { IMAGE, leave } from "../control";
import { beginRestore, finishRestore } from "../restore";
import { takeSnapshot } from "../snapshot";
import { enter } from "./gate";

/** Where the header of an image lies (512 bytes, see ImageHeader); callable at any time. */
export function image_address(): usize {
  return IMAGE;
}

/**
 * Writes the header of an image: the number of its extents. The image is what the header's table of
 * extents (at byte 128: address and bytes, u32 each) names, one behind the other; the header comes
 * first. BUSY: a turn is open, or events are unread. It is valid until the next call. O(image).
 */
export function snapshot(): i32 {
  const refused = enter();
  return refused == OK ? leave(takeSnapshot()) : refused;
}

/**
 * In a new instance instead of init: the header of an image lies at image_address. Takes its limits
 * and grows memory once. The number of extents, whose bytes the host now writes to where the table
 * says; BAD_IMAGE (another layout, or damaged), NO_HANDLER, NO_MEMORY, BAD_STATE: nothing was done.
 */
export function restore_begin(): i32 {
  return beginRestore();
}

/**
 * Brings the written image to life, at this time of the host's clock. BAD_IMAGE (damaged),
 * BAD_ARGUMENT (as clock), BAD_STATE: nothing was done, the extents may be written again. If the
 * clock is earlier than the image's, no time has gone by: timers are as far off as they were. Host
 * processes end with reason `restored`, without EXITED events. O(image).
 */
export function restore(nowMs: f64): i32 {
  return finishRestore(nowMs);
}
