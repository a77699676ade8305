// Supervisors of many children: 100,000 GenServers are started one after another, and stopped.
import { DynamicSupervisor, GenServer, ok, Supervisor } from "../../host/otp/index.ts";
import type { ChildSpec } from "../../host/otp/index.ts";
import { Counter, Runtime } from "../../host/runtime/index.ts";
import type { Operation, Pid, Process } from "../../host/runtime/index.ts";
import type { Size, TimeBenchmark, Work } from "../instrument/benchmark.ts";
import { presetAge } from "../memory/preset-age.ts";
import { assertAged, GENERATIONS } from "./aged.ts";
import { loadBenchKernel } from "./native-kernel.ts";

const CHILDREN = 100_000;
/** 2 s for all of them, as the project's issues ask. */
const NS_A_CHILD = 2e9 / CHILDREN;

const server = { init: () => ok(0) };

interface Kind {
  start(self: Process): Operation<Pid>;
  startChild(self: Process, supervisor: Pid, spec: ChildSpec): Operation<{ readonly ok: boolean }>;
}

const ordered: Kind = { start: (self) => Supervisor.start(self, {}), startChild: startOrdered };
const dynamic: Kind = { start: (self) => DynamicSupervisor.start(self), startChild: startDynamic };

function startOrdered(self: Process, supervisor: Pid, spec: ChildSpec) {
  return Supervisor.startChild(self, supervisor, spec);
}

function startDynamic(self: Process, supervisor: Pid, spec: ChildSpec) {
  return DynamicSupervisor.startChild(self, supervisor, spec);
}

function* startAndStop(self: Process, kind: Kind, children: number): Operation<void> {
  const supervisor = yield* kind.start(self);
  for (let index = 0; index < children; index++) {
    const spec = GenServer.spec(server, undefined, { id: `child ${index}` });
    const { ok: isStarted } = yield* kind.startChild(self, supervisor, spec);
    if (!isStarted) throw new Error("a child was not started");
  }
  yield* GenServer.stop(self, supervisor, "shutdown");
}

function prepare(kind: Kind, { operations, generations }: Size): Work {
  const limits = { processes: operations + 64, relations: 3 * operations + 64 };
  const logger = () => {};
  const runtime = Runtime.start({ limits, logger });
  presetAge(runtime.core.kernel, loadBenchKernel(limits), operations, generations);
  assertAged([runtime.spawn(function* () {})], generations);
  return {
    run: async () => {
      const before = runtime.counter(Counter.EXITS);
      await runtime.run(startAndStop, kind, operations);
      const ended = runtime.counter(Counter.EXITS) - before;
      // The children, their supervisor; the process that starts them ends behind its answer.
      if (ended < operations + 1) throw new Error(`${ended} processes have ended`);
    },
  };
}

function benchmark(name: string, kind: Kind, work: string, beam: string): TimeBenchmark {
  return {
    kind: "time",
    name,
    work,
    operation: "child",
    size: { breadth: 0, operations: CHILDREN, generations: GENERATIONS },
    tiny: { breadth: 0, operations: 20, generations: 2 },
    systems: { pidgeon: (size) => prepare(kind, size) },
    beam,
    bars: [{ atMost: NS_A_CHILD }],
  };
}

export const supervisorChildren = benchmark("supervisor-children", ordered,
  "A supervisor starts 100,000 GenServers one by one, by calls, and stops them one by one.",
  "supervisor");

export const dynamicChildren = benchmark("dynamic-supervisor-children", dynamic,
  "A dynamic supervisor starts 100,000 GenServers by calls, and stops them all at a time.",
  "dynamic_supervisor");
