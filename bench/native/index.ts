// kernel.bench.wasm: the kernel with the native processes that the benchmarks run.

import "./handlers";
import { PROCESS_BYTES } from "../../assembly/limits";
import { processAt } from "../../assembly/process";

export * from "../../assembly/index";

/** Address of a slot's record: bench/memory/preset-age.ts writes old pids there. After init. */
export function bench_record_address(slot: u32): usize {
  return changetype<usize>(processAt(slot));
}

export function bench_record_bytes(): u32 {
  return PROCESS_BYTES;
}
