// The pump: lets the kernel and its host processes run inside Node's event loop.
//
//   something is sent from outside ─► nextTick ─┐
//   a timer is due ─► the clock's alarm ────────┼─► step · turns · step … until idle or 4 ms are
// over
//   work was left over ─► setImmediate ─────────┘         └─► arm the next alarm
//
// Reading a clock costs as much as a hop between processes, so it is read after a number of turns
// that adapts to how long they take (at most 64, at least 1).
import { EventKind, Status } from "../kernel/abi.ts";
import type { Pid } from "../kernel/abi.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { Clock } from "./clock.ts";
import type { Core } from "./core.ts";
import { slotOf } from "./process-table.ts";
import type { Turns } from "./turns.ts";
import type { Logger } from "./types.ts";

/** A pump's share of one turn of the event loop. */
const PUMP_MS = 4;
/** Native processes run for about so many messages before the clock is looked at. */
const STEP_REDUCTIONS = 100_000;
/** Turns between two looks at the clock, at most. */
const SAMPLE_TURNS_MAX = 64;
/** The adaptive sample aims at this. */
const SAMPLE_MS = 0.5;
/** After so many pumps by nextTick one goes by setImmediate: promises alone must not starve I/O. */
const TICKS_MAX = 32;

export interface PumpOptions {
  /** Nothing is scheduled on the event loop. */
  readonly manual: boolean;
  /** The clock may be asked to ring. */
  readonly alarms: boolean;
  readonly longScheduleMs: number;
  readonly logger: Logger;
}

export class Pump {
  readonly #core: Core;
  readonly #kernel: Kernel;
  readonly #turns: Turns;
  readonly #clock: Clock;
  readonly #options: PumpOptions;
  readonly #run = () => this.#pump();
  readonly #free: (handle: number) => void;
  #scheduled = false;
  #stopped = false;
  #ticks = 0;
  #alarmAtMs = Infinity;
  /** Turns until the clock is read again, and what that number was. */
  #untilSample = SAMPLE_TURNS_MAX;
  #sampleTurns = SAMPLE_TURNS_MAX;
  #sampledAtMs = 0;
  /** The pids of the turns since the last sample, for long_schedule. */
  readonly #recent = new Float64Array(SAMPLE_TURNS_MAX);

  constructor(core: Core, turns: Turns, options: PumpOptions) {
    this.#core = core;
    this.#kernel = core.kernel;
    this.#turns = turns;
    this.#clock = core.clock;
    this.#options = options;
    this.#free = (handle) => core.handles.free(handle);
    core.wake = () => this.#wake();
  }

  /** Runs everything that is due now. */
  runToIdle(): void {
    let isIdle = false;
    try {
      do isIdle = this.#runFor(Infinity); while (!isIdle);
    } finally {
      if (isIdle) this.#armAlarm();
      else this.#wake();
    }
  }

  /** Nothing runs any more; alarms are taken back. */
  stop(): void {
    this.#stopped = true;
    this.#clock.silence();
  }

  #wake(): void {
    if (this.#scheduled || this.#stopped || this.#options.manual) return;
    this.#scheduled = true;
    if (++this.#ticks <= TICKS_MAX) {
      process.nextTick(this.#run);
    } else {
      this.#ticks = 0;
      setImmediate(this.#run);
    }
  }

  #pump(): void {
    this.#scheduled = false;
    if (this.#stopped) return;
    let isIdle = false;
    try {
      isIdle = this.#runFor(PUMP_MS);
    } finally {
      // Also when something has thrown, a clock for one: others must still have their turns.
      if (isIdle) {
        this.#armAlarm();
      } else {
        this.#scheduled = true;
        this.#ticks = 0;
        setImmediate(this.#run);
      }
    }
  }

  #armAlarm(): void {
    const deadlineMs = this.#kernel.nextDeadline();
    // An earlier alarm may stay: it rings in vain once, which is cheaper than moving it each time.
    if (deadlineMs === Infinity) {
      if (this.#alarmAtMs !== Infinity) this.#clock.silence();
      this.#alarmAtMs = Infinity;
    } else if (deadlineMs < this.#alarmAtMs && this.#options.alarms) {
      this.#alarmAtMs = deadlineMs;
      this.#clock.alarm(deadlineMs, () => {
        this.#alarmAtMs = Infinity;
        this.#pump();
      });
    }
  }

  /** Steps and drains; true if idle, false if the time is over and work is left. */
  #runFor(budgetMs: number): boolean {
    const core = this.#core;
    const kernel = this.#kernel;
    const { event } = kernel;
    const turns = this.#turns;
    if (core.pumping) return true;
    let nowMs = this.#clock.now();
    core.pumping = true;
    this.#sampledAtMs = nowMs;
    this.#untilSample = this.#sampleTurns;
    const endMs = nowMs + budgetMs;
    try {
      for (;;) {
        const status = this.#step(nowMs);
        let isQuiet = true;
        while (event.next()) {
          isQuiet = false;
          if (event.type === EventKind.RUN) {
            const { pid } = event;
            this.#recent[this.#sampleTurns - this.#untilSample] = pid;
            turns.turn(slotOf(pid));
          } else if (event.type === EventKind.EXITED) {
            this.#exited();
          } else {
            this.#core.systemMonitor.note(event.type, event.pid, event.value);
          }
          if (--this.#untilSample > 0) continue;
          nowMs = this.#sample();
          if (nowMs >= endMs) return false;
        }
        if (!isQuiet) continue;
        if (status !== Status.MORE) return true;
        nowMs = this.#sample();
        if (nowMs >= endMs) return false;
      }
    } finally {
      core.pumping = false;
      kernel.drainReleased(this.#free);
    }
  }

  /** A native process that traps throws out of the kernel, whose next call ends it. */
  #step(nowMs: number): number {
    try {
      return this.#kernel.step(nowMs, STEP_REDUCTIONS);
    } catch (error) {
      // Anything but OK: the kernel itself has trapped, and its tables can't be trusted.
      if (this.#kernel.setClock(nowMs) !== Status.OK) throw error;
      this.#options.logger({ type: "trap", error: String((error as Error).stack) });
      return Status.MORE;
    }
  }

  /** A process was ended by a signal: the event may be read until it is reaped. */
  #exited(): void {
    const { event } = this.#kernel;
    const { pid } = event;
    this.#turns.exited(pid, this.#core.reasonOf(event.reasonKind, event.value));
    this.#kernel.reap(pid);
  }

  /** Reads the clock, reports who was too long, and sets when to read it again. */
  #sample(): number {
    this.#kernel.drainReleased(this.#free);
    const nowMs = this.#clock.now();
    const durationMs = nowMs - this.#sampledAtMs;
    const turns = this.#sampleTurns - this.#untilSample;
    if (durationMs >= this.#options.longScheduleMs && turns > 0) {
      const pids = [...new Set(this.#recent.subarray(0, turns))] as Pid[];
      this.#options.logger({ type: "long_schedule", pids, durationMs });
    }
    if (turns > 0) {
      const fitting = Math.floor(turns * SAMPLE_MS / Math.max(durationMs, 0.001));
      this.#sampleTurns = Math.min(Math.max(1, fitting), SAMPLE_TURNS_MAX);
    }
    this.#untilSample = this.#sampleTurns;
    this.#sampledAtMs = nowMs;
    return nowMs;
  }
}
