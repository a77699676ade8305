// Shrinks a failing run: leaves operations out while it still fails.

/** Runs at most; then what is left has to do. */
const RUNS_MAX = 300;

/** Some of the operations, of which `fails` still answers true; ever smaller pieces are tried. */
export function shrink<T>(operations: readonly T[], fails: (some: readonly T[]) => boolean): T[] {
  let kept = [...operations];
  let runs = 0;
  for (let size = Math.ceil(kept.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let start = kept.length - size; start > -size; start -= size) {
      if (++runs > RUNS_MAX) return kept;
      const from = Math.max(0, start);
      const some = [...kept.slice(0, from), ...kept.slice(start + size)];
      if (some.length < kept.length && fails(some)) kept = some;
    }
  }
  return kept;
}
