// A handler that has done much charges itself for it, as erlang:bump_reductions/1.

import { control } from "../../assembly/control";
import { SLICE_REDUCTIONS } from "../../assembly/limits";

/** Ends the running process's slice when its handler returns. O(1). */
export function giveWay(): void {
  control.charged += SLICE_REDUCTIONS;
}
