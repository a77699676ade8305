// Ages the pids of slots that were never used: writes what a thousand lives would leave.
//
// A free process record keeps the pid that it gives next (assembly/process.ts, I1). Really spawning
// and ending 1,000,000 processes a thousand times would leave the same and take minutes.
import { SLOTS } from "../../host/kernel/abi.ts";
import type { Kernel } from "../../host/kernel/kernel.ts";
import { GENERATIONS } from "../scheduler/aged.ts";
import type { BenchKernel } from "../scheduler/native-kernel.ts";

/**
 * Ages slots 1 to `count` of a kernel in which nothing has been spawned yet. Where the records lie
 * is asked from a benchmarks' kernel that has the same limits, thus the same layout. O(count).
 */
export function presetAge(
  kernel: Kernel, layout: BenchKernel, count: number, generations = GENERATIONS,
): void {
  const bytes = layout.exports.bench_record_bytes();
  const first = layout.exports.bench_record_address(0);
  const view = new DataView(kernel.exports.memory.buffer);
  for (let slot = 1; slot <= count; slot++) {
    view.setFloat64(first + slot * bytes, generations * SLOTS + slot, true);
  }
}
