// The document of conformance: which scenarios there are, and what the BEAM and ours make of them.
import type { Scenario } from "./scenario.ts";

const titles: Readonly<Record<string, string>> = {
  server: "GenServer and gen_server", supervisor: "Supervisor and supervisor",
  machine: "GenStateMachine and gen_statem",
};

/** docs/conformance.md as a whole. */
export function writeTable(scenarios: readonly Scenario[]): string {
  const cases = new Set(scenarios.flatMap(({ suite }) => suite ?? []));
  const differing = scenarios.filter(({ differs }) => differs !== undefined);
  const tables = Object.entries(titles).map(([area, title]) => {
    const own = scenarios.filter(({ id }) => id.startsWith(`${area}/`));
    return [`## ${title}`, "", ...head, ...own.map(row), ""].join("\n");
  });
  return `${intro(scenarios.length, cases.size, differing.length)}\n${tables.join("\n")}`;
}

function intro(count: number, cases: number, differing: number): string {
  return `# Conformance: behaviours beside OTP's own

<!-- Written by UPDATE=1 node build/tests/conformance/conformance.test.js -->

Each row is a [scenario](../tests/conformance/scenario.ts): servers whose callbacks do what data
says, what others ask of them, and the trace that must come of it. A test plays it under the
behaviours of OTP 25.2.3 on the BEAM, and under Pidgeon's with plain callbacks and with generators,
in virtual time, and compares the three traces with what is written. There are ${count} scenarios,
which express the meaning of ${cases} cases of OTP's own suites; the BEAM decides each. In
${differing} ours differs on purpose; [otp.md](otp.md#different-and-why) has all differences.
That the scenarios notice faults is tested too: [seeded ones](../tests/conformance/faults.ts) in our
behaviours are each caught by one.
`;
}

const head = ["| scenario | suite case | decided by | here |", "| --- | --- | --- | --- |"];

function row({ id, title, suite = "", differs }: Scenario): string {
  const name = id.slice(id.indexOf("/") + 1);
  const here = differs === undefined ? "the same" : `differs: ${differs.because}`;
  return `| ${name}: ${title} | ${suite} | BEAM | ${here} |`;
}
