// Ages the pids of a million slots that were never used: writes what a thousand lives would leave.
//
// A free process record keeps the pid that it gives next (assembly/process.ts, I1). Really spawning
// and ending 1,000,000 processes a thousand times would leave the same and take minutes.
import { SLOTS, type Limits } from "../../host/kernel/abi.ts";
import type { Kernel } from "../../host/kernel/kernel.ts";
import { GENERATIONS } from "../scheduler/aged.ts";
import { loadBenchKernel } from "../scheduler/native-kernel.ts";

interface RecordExports {
  bench_record_address(slot: number): number;
  bench_record_bytes(): number;
}

/**
 * Ages slots 1 to `count` of a kernel in which nothing has been spawned yet. Where the records lie
 * is asked from the benchmarks' kernel, which has the same layout with the same limits. O(count).
 */
export function presetAge(kernel: Kernel, limits: Partial<Limits>, count: number): void {
  const layout = loadBenchKernel(limits).exports as unknown as RecordExports;
  const bytes = layout.bench_record_bytes();
  const first = layout.bench_record_address(0);
  const view = new DataView(kernel.exports.memory.buffer);
  for (let slot = 1; slot <= count; slot++) {
    view.setFloat64(first + slot * bytes, GENERATIONS * SLOTS + slot, true);
  }
}
