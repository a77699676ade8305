// The tables of docs/benchmarks.md are made from the rows of a run.
import t from "tap";
import type { Row } from "../../bench/instrument/benchmark.ts";
import { markdown } from "../../bench/instrument/markdown.ts";

const machine = {
  date: "2026-11-24 09:00", processor: "CPU", cores: 2, memoryGiB: 24, system: "Linux", node: "20",
  v8: "11", erlang: undefined, commit: "abc", load: 0,
};

function row(benchmark: string, system: string, unit: string, median: number, more = {}): Row {
  const spread = { lower: median, upper: median * 1.5, samples: [median] };
  return { benchmark, system, unit, median, ...spread, ...more };
}

t.test("time, plain Node and memory have a table each; what was missed stands out", async (t) => {
  const ratio = { median: 0.05, lower: 0.04, upper: 0.06 };
  const text = markdown({
    machine,
    rows: [
      row("ring", "pidgeon", "CPU-ns/hop", 12),
      row("ring", "beam", "CPU-ns/hop", 240, { ratio, bar: { atMost: 1 / 25, met: false } }),
      row("ring", "generators", "CPU-ns/hop", 6, { ratio: { ...ratio, median: 2 } }),
      row("idle", "pidgeon", "bytes/process", 66, { bar: { atMost: 128, met: true } }),
      row("chat", "Pidgeon", "CPU-µs/message", 7),
    ],
  });
  t.match(text, /^CPU, 2 cores[^]*commit abc/);
  const ring = "| `ring`: hop | 12.0 (12.0–18.0) |";
  t.match(text, `${ring} 240 (240–360) | 1/20.0 | 1/25: **missed** | | | |`);
  t.match(text, `${ring} | | 6.00 (6.00–9.00) | 2.00 | |`);
  t.match(text, "| `idle` | 66.0 (66.0–99.0) | 128 | | |");
  t.notMatch(text, "chat", "servers' rows have another shape");
  t.equal(markdown({ machine, rows: [] }).split("\n").length, 3, "no rows, no table");
});
