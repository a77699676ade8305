// Random lives of supervisors, under OTP's own supervisor and under ours: the same must happen.
// needs: erlang
import { test } from "tap";
import { Down, receive, sleep } from "../../host/runtime/index.ts";
import type { Operation, Pid, Process } from "../../host/runtime/index.ts";
import { StartFailed, Supervisor } from "../../host/otp/index.ts";
import type {
  AutoShutdown, RestartChildResult, Restart, Strategy,
} from "../../host/otp/index.ts";
import { Harness, randomFrom, stopEmpty } from "../runtime/harness.ts";
import { runOnBeam, startable, stopNamed } from "./supervision-beam.ts";
import type { Child } from "./supervision-beam.ts";

const SCHEDULES = 300;
const STEPS = 14;
const seed = Number(process.env["SEED"] ?? Date.now() % 2 ** 31);

type Step =
  | { readonly op: "stop"; readonly ids: readonly string[]; readonly reason: string }
  | { readonly op: "terminate" | "restart" | "delete"; readonly id: string }
  | { readonly op: "start"; readonly child: Child }
  | { readonly op: "which" | "count" };

interface Schedule {
  readonly flags: {
    readonly strategy: Strategy; readonly auto: AutoShutdown; readonly intensity: number;
  };
  readonly children: readonly Child[];
  readonly steps: readonly Step[];
}

// ---- schedules ----

const ids = ["a", "b", "c", "d", "e"] as const;

function makeSchedule(random: (below: number) => number): Schedule {
  const pick = <T>(of: readonly T[]): T => of[random(of.length)]!;
  const auto = pick<AutoShutdown>(["never", "never", "anySignificant", "allSignificant"]);
  let number = 0;
  const child = (id: string): Child => ({
    id,
    number: number++,
    outcomes: Array.from({ length: 6 }, () => {
      const chance = random(12);
      return chance === 0 ? "ignores" : chance < 3 ? "fails" : "goes well";
    }),
    restart: pick<Restart>(["permanent", "permanent", "transient", "temporary"]),
    significant: random(auto === "never" ? 20 : 4) === 0,
    type: pick(["worker", "worker", "supervisor"]),
    shutdown: pick([1_000, 1_000, "brutalKill"]),
  });
  // A first start mostly goes well, or there is no life to compare.
  const first = (id: string): Child => {
    const made = child(id);
    const fixed = auto === "never" || made.restart === "permanent"
      ? { ...made, significant: random(60) === 0 } : made;
    return random(8) === 0 ? fixed : { ...fixed, outcomes: ["goes well", ...fixed.outcomes] };
  };
  const step = (): Step => {
    const reason = pick(["normal", "shutdown", "shutdown_x", "odd", "odd", "kill"]);
    switch (random(12)) {
      case 0: return { op: "terminate", id: pick(ids) };
      case 1: return { op: "restart", id: pick(ids) };
      case 2: return { op: "delete", id: pick(ids) };
      case 3: return { op: "start", child: child(pick(ids)) };
      case 4: return { op: "which" };
      case 5: return { op: "count" };
      case 6: return { op: "stop", ids: [pick(ids), pick(ids)], reason: "kill" };
      default: return { op: "stop", ids: [pick(ids)], reason };
    }
  };
  return {
    flags: { strategy: pick(["oneForOne", "oneForAll", "restForOne"]), auto, intensity: random(9) },
    children: ids.slice(0, 1 + random(5)).map(first),
    steps: Array.from({ length: STEPS }, step),
  };
}

// ---- here ----

/** As supervising.erl, step by step. */
class Life {
  readonly log: string[] = [];

  *play(self: Process, { flags, children, steps }: Schedule): Operation<void> {
    const { strategy, auto, intensity } = flags;
    const spec = {
      strategy, autoShutdown: auto, intensity, periodMs: 3_600_000,
      children: children.map((child) => startable(child, this.log)),
    };
    let supervisor: Pid;
    try {
      supervisor = yield* Supervisor.start(self, spec);
    } catch (error) {
      const reason = (error as StartFailed).reason as {
        readonly startSpec?: unknown; readonly shutdown: { readonly failedToStartChild: string };
      };
      this.log.push("startSpec" in reason
        ? "invalid" : `{failed,${reason.shutdown.failedToStartChild}}`);
      return;
    }
    self.monitor(supervisor);
    for (const step of steps) {
      yield* this.#step(self, supervisor, step);
      yield* sleep(1);
      if (!self.runtime.isAlive(supervisor)) {
        this.log.push(`{ended,${String((yield* receive(Down)).reason)}}`);
        return;
      }
    }
    yield* Supervisor.stop(self, supervisor, "shutdown");
    this.log.push("stopped");
  }

  *#step(self: Process, supervisor: Pid, step: Step): Operation<void> {
    switch (step.op) {
      case "stop":
        stopNamed(self, step.ids, step.reason);
        return;
      case "terminate":
        this.#answered(yield* Supervisor.terminateChild(self, supervisor, step.id)); return;
      case "restart":
        this.#answered(yield* Supervisor.restartChild(self, supervisor, step.id)); return;
      case "delete":
        this.#answered(yield* Supervisor.deleteChild(self, supervisor, step.id)); return;
      case "start": {
        const spec = startable(step.child, this.log);
        this.#answered(yield* Supervisor.startChild(self, supervisor, spec)); return;
      }
      case "which":
        for (const { id, pid, type } of yield* Supervisor.whichChildren(self, supervisor)) {
          this.log.push(`{${id},${typeof pid === "number" ? "running" : pid},${type}}`);
        }
        return;
      case "count": {
        const counts = yield* Supervisor.countChildren(self, supervisor);
        this.log.push(`[${Object.values(counts).join(",")}]`);
      }
    }
  }

  #answered(result: RestartChildResult): void {
    if (!result.ok) {
      this.log.push(result.error === "invalid_child_spec" ? "invalid" : result.error);
    } else if ("pid" in result) {
      this.log.push(result.pid === undefined ? "ignored" : "started");
    } else {
      this.log.push("ok");
    }
  }
}

void test(`${SCHEDULES} random lives of supervisors are those of OTP's supervisor, seed ${seed}`,
  async (t) => {
    const random = randomFrom(seed);
    const schedules = Array.from({ length: SCHEDULES }, () => makeSchedule(random));
    const expected = runOnBeam(schedules, t.testdir());
    t.equal(expected.length, SCHEDULES);
    const seen = new Set<string>();
    for (const [index, schedule] of schedules.entries()) {
      const harness = new Harness();
      const life = new Life();
      harness.run((self) => life.play(self, schedule));
      await stopEmpty(harness.runtime);
      for (const word of life.log) seen.add(word.replace(/,[a-e]\}/, ",a}"));
      if (life.log.join(" ") !== expected[index]) {
        t.equal(life.log.join(" "), expected[index], JSON.stringify(schedule));
      }
    }
    const words = [
      "{up,a}", "{down,a}", "{fails,a}", "{ignores,a}", "{ended,shutdown}", "{failed,a}", "stopped",
      "invalid", "ok", "started", "ignored", "failed", "already_started", "already_present",
      "running", "not_found",
    ];
    t.same(words.filter((word) => !seen.has(word)), [], "everything has happened");
  });
