// Plays a scenario here: virtual time, and everything quiet between two steps.
import { Down, receive } from "../../host/runtime/index.ts";
import type { Operation, Process } from "../../host/runtime/index.ts";
import { Harness, stopEmpty } from "../runtime/harness.ts";
import { Actor, isNext } from "./actor.ts";
import { actorsOf } from "./scenario.ts";
import type { Op, Scenario } from "./scenario.ts";
import { Recorder } from "./trace.ts";
import { World } from "./world.ts";
import type { Style } from "./world.ts";

export async function play(scenario: Scenario, style: Style): Promise<string[]> {
  const harness = new Harness();
  const recorder = new Recorder(scenario.unordered === true);
  const world = new World(harness.runtime, recorder, style);
  harness.runtime.spawn(watch, world);
  for (const name of actorsOf(scenario)) {
    world.called(name, harness.runtime.spawn(act, world, scenario, name));
  }
  harness.pump();
  for (const [index, step] of scenario.steps.entries()) {
    if ("pass" in step) harness.advance(step.pass);
    else harness.runtime.send(world.pid(step.actor), { next: index });
    harness.pump();
    recorder.settled();
  }
  await stopEmpty(harness.runtime);
  return recorder.trace;
}

function* watch(self: Process, world: World): Operation<void> {
  world.watchFrom(self);
  for (;;) world.ended(yield* receive(Down));
}

function* act(self: Process, world: World, { steps }: Scenario, name: string): Operation<void> {
  const actor = new Actor(world, self);
  for (;;) {
    const step = steps[(yield* receive(isNext)).next] as Op;
    const text = yield* actor.perform(step);
    if (text !== undefined) world.recorder.line("actor", name, `${step.op}: ${text}`);
  }
}
