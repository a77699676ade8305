// kernel.bench.wasm: the kernel with the native processes that the benchmarks run.

import "./handlers";
import { PROCESS_BYTES } from "../../assembly/limits";
import { find, processAt } from "../../assembly/process";

export * from "../../assembly/index";

/** Address of a slot's record: bench/memory/preset-age.ts writes old pids there. After init. */
export function bench_record_address(slot: u32): usize {
  return changetype<usize>(processAt(slot));
}

export function bench_record_bytes(): u32 {
  return PROCESS_BYTES;
}

/** The word of a live process, by which a benchmark checks what was done; NaN if it is dead. */
export function bench_word(pid: f64): f64 {
  const process = find(pid);
  return process === null ? NaN : process.word;
}
