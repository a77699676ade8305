// Runs scenarios through the kernel's raw ABI, every structure checked after every call.
import type { Test } from "tap";
import { Status, type Pid } from "../../host/kernel/abi.ts";
import { TestKernel } from "../assembly/test-kernel.ts";
import { loud, type Answer } from "./raw-calls.ts";
import { RawSteps } from "./raw-steps.ts";
import {
  castOf, stepsOf, type Entry, type Scenario, type Step, type Term, type Trace,
} from "./scenario.ts";
import { Recorder } from "./trace.ts";

/**
 * How a process waits for its next step: with its turn open, with its turn offered (so that all are
 * in the same drain), or in the run queue.
 */
export type Holding = "open" | "offered" | "queued";

type Receive = Extract<Step, { op: "receive" }>;
type Waiting = Receive | Extract<Step, { op: "hibernate" }>;

interface Numbered {
  readonly step: Step;
  readonly index: number;
}

/** A process and what is still before it. */
interface Player {
  readonly name: string;
  readonly pid: Pid;
  readonly steps: Numbered[];
  /** It ends so in its first turn, and nobody is told but by the kernel. */
  readonly exits: Term | undefined;
  isOpen: boolean;
  /** The receive or hibernation in which it waits. */
  blocked: { readonly step: Waiting; readonly index: number } | undefined;
}

/** The trace of a scenario. The kernel is empty again at its end, or the test fails. */
export function runRaw(t: Test, scenario: Scenario, holding: Holding): Trace {
  const stage = new Stage(t, scenario, holding);
  for (const entry of scenario.steps) stage.play(entry);
  stage.close();
  return stage.recorder.trace;
}

class Stage {
  readonly recorder = new Recorder();
  readonly #k: TestKernel;
  readonly #raw: RawSteps;
  readonly #holding: Holding;
  readonly #script = new Map<string, Numbered[]>();
  readonly #players = new Map<string, Player>();
  #endsRead = 0;
  /** The number of the step that may be done. */
  #turn = 0;

  constructor(t: Test, scenario: Scenario, holding: Holding) {
    this.#k = new TestKernel(t);
    this.#raw = new RawSteps(this.#k);
    this.#raw.onSpawn = (name, pid, exits) => this.#enter(name, pid, exits);
    this.#raw.onSuspend = (name) => this.#endTurn(name);
    this.#holding = holding;
    scenario.steps.flatMap(stepsOf).forEach((step, at) => {
      const steps = this.#script.get(step.actor) ?? [];
      this.#script.set(step.actor, [...steps, { step, index: at + 1 }]);
    });
    for (const name of castOf(scenario).roots) this.#enter(name, this.#k.spawn(), undefined);
    this.#react();
  }

  play(entry: Entry): void {
    const first = this.#turn + 1;
    if ("pass" in entry) this.#k.step(entry.pass);
    for (const { actor } of stepsOf(entry)) {
      this.#turn += 1;
      const player = this.#players.get(actor);
      if (player !== undefined) this.#advance(player);
    }
    this.#react();
    this.recorder.settled(first, this.#turn);
  }

  close(): void {
    this.#k.close();
  }

  #enter(name: string, pid: Pid, exits: Term | undefined): void {
    const steps = this.#script.get(name) ?? [];
    this.#raw.pids.set(name, pid);
    this.#players.set(name, { name, pid, steps, exits, isOpen: false, blocked: undefined });
  }

  /** Everybody goes on as far as he can, in the order of their turns. */
  #react(): void {
    for (let hasMoved = true; hasMoved; ) {
      this.#k.step();
      this.#readEnds();
      hasMoved = false;
      const offered = this.#k.offered.map((pid) => this.#players.get(this.#raw.who(pid)));
      for (const player of new Set([...offered, ...this.#players.values()])) {
        if (player !== undefined && this.#advance(player)) hasMoved = true;
      }
    }
  }

  /** Does what a process can do now; whether it did anything. */
  #advance(player: Player): boolean {
    let hasMoved = false;
    const { blocked } = player;
    if (blocked !== undefined) {
      if (!this.#begin(player)) return false;
      player.blocked = undefined;
      const { step, index } = blocked;
      if (step.op === "receive") this.#walk(player, step, index);
      else this.#answered(player, step, index, loud("awake"));
      hasMoved = true;
    }
    if (player.exits !== undefined && this.#begin(player)) {
      this.#raw.finish(player.pid, player.exits);
      this.#players.delete(player.name);
      return true;
    }
    while (player.blocked === undefined) {
      const next = player.steps[0];
      if (next === undefined || next.index > this.#turn || !this.#begin(player)) break;
      player.steps.shift();
      this.#perform(player, next);
      hasMoved = true;
      if (next.step.op === "yield") break;
    }
    return hasMoved;
  }

  #perform(player: Player, { step, index }: Numbered): void {
    if (step.op === "receive") {
      this.#k.kernel.rewind(player.pid);
      this.#walk(player, step, index);
      return;
    }
    if (step.op === "hibernate") this.#hibernate(player, step, index);
    else if (step.op === "yield") this.#release(player);
    else this.#answered(player, step, index, this.#raw.perform(player.pid, step));
  }

  /** Waits for any message; one that is there already wakes at once. */
  #hibernate(player: Player, step: Waiting, index: number): void {
    const status = this.#k.kernel.hibernate(player.pid, 1);
    if (status === Status.AGAIN) {
      this.#answered(player, step, index, loud("awake"));
    } else {
      player.isOpen = false;
      player.blocked = { step, index };
    }
  }

  /** Looks for the wanted message from the cursor on, and waits if it is not there. */
  #walk(player: Player, step: Receive, index: number): void {
    const { kernel } = this.#k;
    const { pid } = player;
    const { match, after = Infinity } = step;
    const ref = match !== undefined && "ref" in match ? this.#raw.ref(match.ref) : undefined;
    for (let shown = kernel.peek(pid); ; ) {
      if (shown === Status.SHOWN) {
        if (this.#raw.isWanted(match)) {
          const text = this.#raw.shownText();
          this.#k.take(pid);
          this.#answered(player, step, index, loud(text));
          return;
        }
        shown = kernel.skip(pid);
        continue;
      }
      const status = ref === undefined ? kernel.wait(pid, after, 1)
        : kernel.waitRef(pid, ref, after, 1);
      if (status === Status.TIMED_OUT) {
        this.#answered(player, step, index, loud("nothing"));
        return;
      }
      if (status === Status.OK) {
        player.isOpen = false;
        player.blocked = { step, index };
        return;
      }
      if (status === Status.BAD_ARGUMENT) {
        this.#answered(player, step, index, loud("refused"));
        return;
      }
      if (status !== Status.AGAIN) throw new Error(`wait answers ${status}`);
      shown = kernel.peek(pid);
    }
  }

  #answered(player: Player, step: Step, index: number, answer: Answer): void {
    const { name, pid } = player;
    if ("endedBy" in answer) {
      this.#players.delete(name);
      this.recorder.ended(name, answer.endedBy);
    } else if (!this.#k.fast.isAlive(pid)) {
      // It has ended itself: the event says how.
      player.isOpen = false;
    } else {
      if (answer.isLoud || step.shown) this.recorder.answered(name, index, step.op, answer.text);
      if (this.#holding !== "open") this.#release(player);
    }
  }

  /** Opens its turn if one is offered. */
  #begin(player: Player): boolean {
    if (player.isOpen) {
      player.isOpen = this.#k.fast.isAlive(player.pid);
      return player.isOpen;
    }
    const { offered } = this.#k;
    let at = offered.indexOf(player.pid);
    if (at < 0 && this.#holding === "queued") {
      this.#k.step();
      at = offered.indexOf(player.pid);
    }
    if (at < 0) return false;
    offered.splice(at, 1);
    player.isOpen = this.#k.kernel.begin(player.pid) >= 0;
    return player.isOpen;
  }

  /** Closes its turn until its next step. */
  #release(player: Player): void {
    if (!player.isOpen) return;
    player.isOpen = false;
    this.#k.kernel.yieldTurn(player.pid, 1);
    if (this.#holding === "offered") this.#k.step();
  }

  /** A suspension takes hold when the turn that is open ends. */
  #endTurn(name: string): void {
    const player = this.#players.get(name);
    if (player !== undefined) this.#release(player);
  }

  #readEnds(): void {
    const { ended } = this.#k;
    for (; this.#endsRead < ended.length; this.#endsRead++) {
      const { pid, reason } = ended[this.#endsRead]!;
      const handle = /^handle (\d+)$/.exec(reason)?.[1];
      const text = handle === undefined ? reason : this.#raw.valueText(Number(handle));
      const name = this.#raw.who(pid);
      if (this.#players.delete(name)) this.recorder.ended(name, text);
    }
  }
}
