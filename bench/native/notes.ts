// What a native process of the benchmarks remembers beyond its word: a table of numbers in the
// scratch area, which no host uses meanwhile. It has room for `limits.scratchBytes / 8`.

import { control } from "../../assembly/control";

export function note(index: u32): f64 {
  return load<f64>(control.scratch + (index << 3));
}

export function setNote(index: u32, value: f64): void {
  store<f64>(control.scratch + (index << 3), value);
}
