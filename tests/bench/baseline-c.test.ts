// The baseline in C: found in a PEERS folder, compiled, and what it prints is a sample.
// needs: gcc
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { baselineSource, compileBaseline } from "../../bench/peers/baseline-c.ts";

/** As the real one: a line of JSON for the benchmark and the number of passes that it is given. */
const program = `#include <stdio.h>
int main(int argc, char **argv) {
  printf("{\\"bench\\":\\"%s\\",\\"ops\\":100,\\"ns_per_op\\":2.50,\\"cpu_ns\\":2.00}\\n", argv[1]);
  return argc != 3;
}
`;

t.test("the C baseline of a PEERS folder is compiled and sampled", async (t) => {
  const folder = t.testdir();
  t.intercept(process, "env", { value: { ...process.env, PEERS: folder } });
  t.equal(baselineSource(), undefined, "an empty folder has none");
  await t.rejects(compileBaseline("ring_1k"), /PEERS names no folder/);
  mkdirSync(join(folder, "actors/c"), { recursive: true });
  const source = join(folder, "actors/c/baseline.c");
  writeFileSync(source, program);
  t.equal(baselineSource(), source);
  const baseline = await compileBaseline("ring_1k");
  t.same(await baseline.sample(), { operations: 100, wallNs: 250, cpuNs: 200 });
  await baseline.stop();
  writeFileSync(source, "no C");
  await t.rejects(compileBaseline("ring_1k"), /gcc/);
  t.ok(existsSync(source));
});
