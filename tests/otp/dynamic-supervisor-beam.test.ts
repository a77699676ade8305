// Random lives of dynamic supervisors, under OTP's simple_one_for_one and under ours: the same must
// happen.
// needs: erlang
import { test } from "tap";
import { Down, receive, sleep } from "../../host/runtime/index.ts";
import type { Operation, Pid, Process } from "../../host/runtime/index.ts";
import { DynamicSupervisor } from "../../host/otp/index.ts";
import type { Restart } from "../../host/otp/index.ts";
import { Harness, randomFrom, stopEmpty } from "../runtime/harness.ts";
import { runOnBeam, startable, stopNamed } from "./supervision-beam.ts";
import type { Outcome } from "./supervision-beam.ts";

const SCHEDULES = 200;
const STEPS = 20;
const seed = Number(process.env["SEED"] ?? Date.now() % 2 ** 31);

type Step =
  | { readonly op: "stop"; readonly ids: readonly string[]; readonly reason: string }
  | {
    readonly op: "add"; readonly id: string; readonly number: number;
    readonly outcomes: readonly Outcome[];
  }
  | { readonly op: "remove"; readonly id: string }
  | { readonly op: "running" };

interface Schedule {
  readonly flags: { readonly intensity: number };
  /** Of all children, as in a simple_one_for_one. */
  readonly template: {
    readonly restart: Restart; readonly shutdown: number | "brutalKill"; readonly type: "worker";
  };
  readonly steps: readonly Step[];
}

const ids = ["a", "b", "c", "d", "e", "f"] as const;

function makeSchedule(random: (below: number) => number): Schedule {
  const pick = <T>(of: readonly T[]): T => of[random(of.length)]!;
  let number = 0;
  // An ignored restart is left out: OTP keeps a child without a process, Elixir and we forget it.
  const outcomes = () => Array.from({ length: 6 }, (): Outcome =>
    random(7) === 0 ? "fails" : "goes well");
  const step = (): Step => {
    const reason = pick(["normal", "shutdown", "shutdown_x", "odd", "odd", "kill"]);
    switch (random(8)) {
      case 0: case 1: case 2:
        return { op: "add", id: pick(ids), number: number++, outcomes: outcomes() };
      case 3: return { op: "remove", id: pick(ids) };
      case 4: return { op: "running" };
      case 5: return { op: "stop", ids: [pick(ids), pick(ids)], reason: "kill" };
      default: return { op: "stop", ids: [pick(ids)], reason };
    }
  };
  return {
    flags: { intensity: random(9) },
    template: {
      restart: pick<Restart>(["permanent", "transient", "temporary"]),
      shutdown: pick([1_000, 1_000, "brutalKill"]),
      type: "worker",
    },
    steps: Array.from({ length: STEPS }, step),
  };
}

function* play(self: Process, schedule: Schedule, log: string[]): Operation<void> {
  const { flags: { intensity }, template, steps } = schedule;
  const supervisor = yield* DynamicSupervisor.start(self, { intensity, periodMs: 3_600_000 });
  self.monitor(supervisor);
  for (const step of steps) {
    yield* take(self, supervisor, step, template, log);
    yield* sleep(1);
    if (!self.runtime.isAlive(supervisor)) {
      log.push(`{ended,${String((yield* receive(Down)).reason)}}`);
      return;
    }
  }
  yield* DynamicSupervisor.stop(self, supervisor, "shutdown");
  log.push("stopped");
}

function* take(
  self: Process, supervisor: Pid, step: Step, template: Schedule["template"], log: string[],
): Operation<void> {
  switch (step.op) {
    case "stop":
      stopNamed(self, step.ids, step.reason);
      return;
    case "add": {
      const { op: _op, ...child } = step;
      const spec = startable({ ...child, ...template, significant: false }, log);
      const { significant: _significant, ...dynamic } = spec;
      const result = yield* DynamicSupervisor.startChild(self, supervisor, dynamic);
      log.push(result.ok ? "started" : result.error);
      return;
    }
    case "remove": {
      const pid = self.whereis(step.id) ?? self.pid;
      const result = yield* DynamicSupervisor.terminateChild(self, supervisor, pid);
      log.push(result.ok ? "ok" : result.error);
      return;
    }
    case "running": {
      const { active } = yield* DynamicSupervisor.countChildren(self, supervisor);
      log.push(`{running,${active}}`);
    }
  }
}

void test(`${SCHEDULES} random lives are those of OTP's simple_one_for_one, seed ${seed}`,
  async (t) => {
    const random = randomFrom(seed);
    const schedules = Array.from({ length: SCHEDULES }, () => makeSchedule(random));
    const expected = runOnBeam(schedules, t.testdir());
    t.equal(expected.length, SCHEDULES);
    const seen = new Set<string>();
    for (const [index, schedule] of schedules.entries()) {
      const harness = new Harness();
      const log: string[] = [];
      harness.run((self) => play(self, schedule, log));
      await stopEmpty(harness.runtime);
      for (const word of log) seen.add(word.replace(/,[a-f]\}/, ",a}"));
      if (log.join(" ") !== expected[index]) {
        t.equal(log.join(" "), expected[index], JSON.stringify(schedule));
      }
    }
    const words = [
      "{up,a}", "{down,a}", "{fails,a}", "{ended,shutdown}", "stopped", "ok", "started", "failed",
      "already_started", "not_found", "{running,3}",
    ];
    t.same(words.filter((word) => !seen.has(word)), [], "everything has happened");
  });
