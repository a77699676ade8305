// Median and spread of repeated measurements.

/** What repeats say: the median, and the quartiles around it as the spread. */
export interface Summary {
  readonly median: number;
  readonly lower: number;
  readonly upper: number;
  readonly samples: readonly number[];
}

/** The value below which `share` (0 to 1) of the sorted values lie, interpolated. */
export function quantile(sorted: readonly number[], share: number): number {
  const position = (sorted.length - 1) * share;
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? Number.NaN;
  return below + (above - below) * (position - Math.floor(position));
}

/** Median and quartiles; the samples stay in the order in which they were taken. */
export function summarize(samples: readonly number[]): Summary {
  const sorted = [...samples].sort((a, b) => a - b);
  return {
    median: quantile(sorted, 0.5),
    lower: quantile(sorted, 0.25),
    upper: quantile(sorted, 0.75),
    samples,
  };
}

/** Pairs two series taken in the same rounds: one quotient a round. */
export function ratios(ours: readonly number[], theirs: readonly number[]): Summary {
  return summarize(ours.map((value, round) => value / (theirs[round] ?? Number.NaN)));
}
