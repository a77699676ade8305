// Runs scenarios by generator processes of host/runtime, on a clock that the scenario moves.
import type { Test } from "tap";
import { PidgeonError } from "../../host/errors.ts";
import { Info, MessageKind } from "../../host/kernel/abi.ts";
import {
  Counter, Down, ManualClock, receive, Runtime,
} from "../../host/runtime/index.ts";
import type { Operation, Pid, Process, Ref } from "../../host/runtime/index.ts";
import { Tag } from "../../host/runtime/messages.ts";
import { Suspension, Waiting } from "../../host/runtime/suspension.ts";
import type { Arming, Resumption } from "../../host/runtime/suspension.ts";
import { GeneratorSteps } from "./generator-steps.ts";
import {
  castOf, Inexpressible, stepsOf, type Entry, type Scenario, type Step, type Trace,
} from "./scenario.ts";
import { Recorder } from "./trace.ts";

const limits = {
  processes: 256, relations: 1024, messageBytes: 1 << 20, handles: 512, events: 16, names: 64,
} as const;

/** The trace of a scenario. The runtime is empty again at its end, or the test fails. */
export async function runGenerators(t: Test, scenario: Scenario): Promise<Trace> {
  const stage = new Stage(scenario);
  for (const entry of scenario.steps) stage.play(entry);
  await stage.close(t);
  return stage.recorder.trace;
}

/** A process waits before a step until the stage opens; nothing of that stays in its mailbox. */
class Gate extends Suspension {
  readonly #onShut: (ref: Ref) => void;

  constructor(onShut: (ref: Ref) => void) {
    super(Waiting.REFERENCE, undefined, Infinity);
    this.#onShut = onShut;
  }

  override arm(runtime: Arming, pid: Pid): void {
    const ref = runtime.makeRef();
    this.ref = ref;
    runtime.mark(pid);
    this.#onShut(ref);
  }

  protected override end(resumption: Resumption) {
    return resumption;
  }
}

interface Shut {
  readonly ref: Ref;
  readonly index: number;
}

class Stage {
  readonly recorder = new Recorder();
  readonly #clock = new ManualClock(1_000);
  readonly #runtime: Runtime;
  readonly #steps: GeneratorSteps;
  /** Each step by its number, from 1 on. */
  readonly #script: readonly Step[];
  /** Who waits at a gate. */
  readonly #shut = new Map<string, Shut>();
  readonly #watched = new Set<string>();
  #failure: unknown;
  /** The number of the step that may be done, and of the last one of the entry. */
  #turn = 0;
  #last = 0;

  constructor(scenario: Scenario) {
    this.#runtime = Runtime.start({
      clock: this.#clock, manual: true, limits, logger: () => {},
    });
    this.#script = scenario.steps.flatMap(stepsOf);
    this.#steps = new GeneratorSteps(this.#runtime, (name) => this.#body(name));
    for (const name of castOf(scenario).roots) {
      this.#steps.pids.set(name, this.#runtime.spawn(this.#body(name)));
    }
    this.#settle();
  }

  play(entry: Entry): void {
    const first = this.#last + 1;
    this.#last += stepsOf(entry).length;
    if ("pass" in entry) this.#clock.advance(entry.pass);
    // All of them are offered a turn before the first has had his.
    for (let index = first; index <= this.#last; index++) {
      this.#turn = first;
      this.#open(index, this.#last);
    }
    this.#settle();
    while (this.#turn < this.#last) {
      this.#turn += 1;
      this.#settle();
    }
    this.recorder.settled(first, this.#last);
  }

  async close(t: Test): Promise<void> {
    await this.#runtime.stop({ timeoutMs: 100 });
    const left = {
      processes: this.#runtime.counter(Counter.PROCESSES),
      handles: this.#runtime.counter(Counter.LIVE_HANDLES),
      values: this.#runtime.core.handles.live,
    };
    t.same(left, { processes: 0, handles: 0, values: 0 }, "generators: all is freed");
  }

  /** The code of a process: its steps, each behind its gate. */
  #body(name: string): (self: Process) => Operation<void> {
    const stage = this;
    return function* (self) {
      for (let index = 1; index <= stage.#script.length; index++) {
        const step = stage.#script[index - 1]!;
        if (step.actor !== name) continue;
        while (stage.#turn < index) {
          yield* new Gate((ref) => stage.#shut.set(name, { ref, index }));
        }
        if (step.op === "returns") return;
        const answer = yield* stage.#perform(self, step);
        if (answer.isLoud || step.shown) {
          stage.recorder.answered(name, index, step.op, answer.text);
        }
        stage.#done(index);
      }
      yield* new Gate(() => {});
    };
  }

  *#perform(self: Process, step: Step): Operation<{ text: string; isLoud: boolean }> {
    try {
      return yield* this.#steps.perform(self, step);
    } catch (error) {
      if (error instanceof Inexpressible) this.#failure = error;
      // A call that can't be meant: badarg in Erlang.
      else if (error instanceof PidgeonError) return { text: "refused", isLoud: true };
      throw error;
    }
  }

  /** The next of steps that belong together may be done, with nobody between. */
  #done(index: number): void {
    if (this.#turn !== index || index >= this.#last) return;
    this.#turn = index + 1;
    this.#open(this.#turn, this.#turn);
  }

  /** Lets the process of a step go on if its gate is for a step up to `last`. */
  #open(index: number, last: number): void {
    const { actor } = this.#script[index - 1]!;
    const shut = this.#shut.get(actor);
    const pid = this.#steps.pids.get(actor);
    if (shut === undefined || pid === undefined || shut.index > last) return;
    this.#shut.delete(actor);
    const { kernel } = this.#runtime.core;
    // A timer comes into a mailbox that is full, too.
    if (kernel.processInfo(pid, Info.MAILBOX_LIMIT) > 0) {
      kernel.sendAfter(0, pid, Tag.RESOLVED, shut.ref, MessageKind.NUMBER, 0, 0);
    } else {
      kernel.sendNumber(0, pid, Tag.RESOLVED, shut.ref, 0);
    }
  }

  /** Runs everything that can run now. */
  #settle(): void {
    for (let hasMoved = true; hasMoved; ) {
      hasMoved = false;
      this.#runtime.pump();
      this.#watch();
      for (const [, { index }] of this.#shut) {
        if (index > this.#turn) continue;
        this.#open(index, this.#turn);
        hasMoved = true;
      }
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Somebody outside of the scenario hears of every end. */
  #watch(): void {
    for (const [name, pid] of this.#steps.pids) {
      if (this.#watched.has(name) || this.#steps.unwatched.has(name)) continue;
      this.#watched.add(name);
      const stage = this;
      this.#runtime.spawn(function* (self: Process): Operation<void> {
        self.monitor(pid);
        const { reason } = yield* receive(Down);
        stage.#shut.delete(name);
        stage.recorder.ended(name, stage.#steps.reasonText(reason));
      });
      this.#runtime.pump();
    }
  }
}
