// Who runs: the order of priorities, shares of turns, giving way. On the BEAM on one scheduler.
import { scenario } from "../scenario.ts";
import { A, B, C, D, E, Actor } from "../steps.ts";

const F = new Actor("F");
const share = "low 1/16 to 1/4 of normal";

export const scheduling = [
  scenario({
    id: "scheduling/order", decided: "BEAM", alone: true,
    title: "woken at once, max runs before high, high before normal, and low at last",
    steps: [
      B.priority("low"), D.priority("high"), E.priority("max"),
      ...[B, C, D, E].flatMap((one) => [one.receive(), one.send(F, one.name)]),
      A.sendEach([B, C, D, E], "go"), F.receive(), F.receive(), F.receive(), F.receive(),
    ],
    trace: [
      "B receive: go", "C receive: go", "D receive: go", "E receive: go",
      "F receive: E", "F receive: D", "F receive: C", "F receive: B",
    ],
  }),
  scenario({
    id: "scheduling/first-come", decided: "BEAM", alone: true,
    title: "processes of one priority run in the order in which they were woken",
    steps: [
      ...[B, C, D, E].flatMap((one) => [one.receive(), one.send(F, one.name)]),
      A.sendEach([D, B, E, C], "go"), F.receive(), F.receive(), F.receive(), F.receive(),
    ],
    trace: [
      "B receive: go", "C receive: go", "D receive: go", "E receive: go",
      "F receive: D", "F receive: B", "F receive: E", "F receive: C",
    ],
  }),
  scenario({
    id: "scheduling/yield", suite: "process_SUITE:yield", decided: "BEAM", alone: true,
    title: "who gives way lets the others run before it goes on",
    steps: [
      ...[B, C].flatMap((one) => [
        one.receive(), one.send(D, `${one.name}1`), one.yield(), one.send(D, `${one.name}2`),
        one.yield(), one.send(D, `${one.name}3`),
      ]),
      A.sendEach([B, C], "go"), ...Array.from({ length: 6 }, () => D.receive()),
    ],
    trace: [
      "B receive: go", "C receive: go", "D receive: B1", "D receive: C1", "D receive: B2",
      "D receive: C2", "D receive: B3", "D receive: C3",
    ],
  }),
  scenario({
    id: "scheduling/low-and-normal", suite: "process_SUITE:low_prio", decided: "BEAM",
    alone: true,
    title: "one of low beside one of normal gets about an eighth of its turns",
    steps: [A.compete(2_000, { priority: "normal", count: 1 }, { priority: "low", count: 1 })],
    trace: [`A compete: normal even, low even, ${share}`],
  }),
  scenario({
    id: "scheduling/equal", suite: "scheduler_SUITE:equal", decided: "BEAM", alone: true,
    title: "as many of low as of normal: fair among themselves, and in their shares",
    steps: [A.compete(4_000, { priority: "low", count: 20 }, { priority: "normal", count: 20 })],
    trace: [`A compete: low even, normal even, ${share}`],
  }),
  scenario({
    id: "scheduling/few-low", suite: "scheduler_SUITE:few_low", decided: "BEAM", alone: true,
    title: "few of low beside many of normal: each of low has its share, not more",
    steps: [A.compete(4_000, { priority: "low", count: 2 }, { priority: "normal", count: 40 })],
    trace: [`A compete: low even, normal even, ${share}`],
  }),
  scenario({
    id: "scheduling/many-low", suite: "scheduler_SUITE:many_low", decided: "BEAM", alone: true,
    title: "many of low beside few of normal: each of low has its share, not less",
    steps: [A.compete(4_000, { priority: "low", count: 40 }, { priority: "normal", count: 2 })],
    trace: [`A compete: low even, normal even, ${share}`],
  }),
  scenario({
    id: "scheduling/with-high", suite: "scheduler_SUITE:equal_with_high", decided: "BEAM",
    alone: true,
    title: "while one of high can run, nobody of normal and low does",
    steps: [
      A.compete(2_000, { priority: "low", count: 10 }, { priority: "normal", count: 10 },
        { priority: "high", count: 1 }),
    ],
    trace: ["A compete: low none, normal none, high even"],
  }),
  scenario({
    id: "scheduling/with-high-and-max", suite: "scheduler_SUITE:equal_with_high_max",
    decided: "BEAM", alone: true,
    title: "while one of max can run, nobody of high does either; several take turns",
    steps: [
      A.compete(2_000, { priority: "low", count: 5 }, { priority: "normal", count: 5 },
        { priority: "high", count: 5 }, { priority: "max", count: 3 }),
    ],
    trace: ["A compete: low none, normal none, high none, max even"],
  }),
];
