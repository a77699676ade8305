// The three kinds of time-out of a GenStateMachine: what starts, changes and ends them.
import { sleep } from "../../host/runtime/index.ts";
import { TimerTimeout } from "../../host/runtime/index.ts";
import type { Operation } from "../../host/runtime/index.ts";
import {
  eventTimeout, genericTimeout, GenStateMachine, keepStateAndData, nextEvent, nextState, postpone,
  repeatStateAndData, stateTimeout,
} from "../../host/otp/index.ts";
import type { GenStateMachineModule } from "../../host/otp/index.ts";
import { Harness, like, scenario } from "../runtime/harness.ts";

type Answer = (state: string) => unknown;

/** Each time-out that comes, with its time since the start and its state. */
function timing(h: Harness): { seen: unknown[]; module: GenStateMachineModule<string, null, any> } {
  const seen: unknown[] = [];
  const beganAtMs = h.clock.now();
  return {
    seen,
    module: {
      init: (answer: () => unknown) => answer() as never,
      handleEvent(event, state) {
        if (event.type === "internal") return (event.content as Answer)(state) as never;
        const what = event.name ?? event.type;
        seen.push([h.clock.now() - beganAtMs, state, what, event.content ?? event.message]);
        return keepStateAndData();
      },
    },
  };
}

/** Runs answers one after the other, each as an internal event, then lets time pass. */
function play(h: Harness, answers: readonly Answer[], waitMs = 1_000): unknown[] {
  const { seen, module } = timing(h);
  const events = answers.map((content) => nextEvent({ type: "internal", content }));
  h.run(function* (self): Operation<void> {
    yield* GenStateMachine.start(self, module, () => nextState("a", null, ...events));
    yield* sleep(waitMs);
  });
  return seen;
}

scenario("gen_statem_SUITE:state_timeout: ended by a change of the state alone", (t, h) => {
  t.same(play(h, [
    () => keepStateAndData(stateTimeout(100, "kept")),
    () => keepStateAndData(), () => repeatStateAndData(), () => nextState("a", null),
  ]), [[100, "a", "stateTimeout", "kept"]]);
  t.same(play(h, [
    () => keepStateAndData(stateTimeout(100, "lost")), () => nextState("b", null),
    () => nextState("c", null, stateTimeout(50, "set while it changes")),
  ]), [[50, "c", "stateTimeout", "set while it changes"]]);
});

scenario("an event time-out is ended by any event, also one that is postponed", (t, h) => {
  t.same(play(h, [() => keepStateAndData(eventTimeout(100, "one"))]),
    [[100, "a", "eventTimeout", "one"]]);
  t.same(play(h, [
    () => keepStateAndData(eventTimeout(100, "lost")), () => keepStateAndData(postpone()),
  ]), []);
});

scenario("gen_statem_SUITE:generic_timers: by name, whatever happens, each on its own", (t, h) => {
  t.same(play(h, [
    () => keepStateAndData(genericTimeout("x", 100, 1), genericTimeout("y", 50, 2)),
    () => nextState("b", null), () => keepStateAndData(genericTimeout("x", 80, 3)),
    () => keepStateAndData(genericTimeout("stateTimeout", 60, 4), stateTimeout(70, 5)),
  ]), [
    [50, "b", "y", 2], [60, "b", "stateTimeout", 4], [70, "b", "stateTimeout", 5],
    [80, "b", "x", 3],
  ]);
});

scenario("gen_statem_SUITE:timeout_cancel_and_update: content changes, time stays", (t, h) => {
  t.same(play(h, [
    () => keepStateAndData(stateTimeout(100, "old"), genericTimeout("gone", 50),
      genericTimeout("also", 60), genericTimeout("ended", 0)),
    () => keepStateAndData(stateTimeout("update", "new"), genericTimeout("gone", "cancel"),
      genericTimeout("also", Infinity), genericTimeout("ended", "cancel"),
      genericTimeout("never", "cancel")),
  ]), [[100, "a", "stateTimeout", "new"]]);
  t.same(play(h, [() => keepStateAndData(genericTimeout("none", "update", "at once"))]),
    [[0, "a", "none", "at once"]]);
});

scenario("the last action for the same time-out counts", (t, h) => {
  t.same(play(h, [() => keepStateAndData(
    stateTimeout(0, "first"), genericTimeout("x", 0, "x"), stateTimeout(0, "last"))]),
  [[0, "a", "x", "x"], [0, "a", "stateTimeout", "last"]]);
});

scenario("zero time-outs: after what is queued, in their order, before the mailbox", (t, h) => {
  const { seen, module } = timing(h);
  const zero = (name: string): unknown => genericTimeout(name, 0, "zero");
  h.run(function* (self) {
    yield* GenStateMachine.start(self, module, function* () {
      for (const n of [1, 2]) self.send(this_(), n);
      yield* sleep(1);
      return nextState("a", null, zero("x") as never, stateTimeout(0, "s"),
        nextEvent({ type: "info", message: "inserted" }),
        nextEvent({ type: "internal", content: () => keepStateAndData(zero("z") as never) }),
        nextEvent({ type: "info", message: "inserted too" }));
    }, { name: "zeros" });
    yield* sleep(1);
    function this_() { return self.whereis("zeros")!; }
  });
  t.same(seen.map((one) => (one as unknown[]).slice(2)), [
    ["info", "inserted"], ["info", "inserted too"], ["x", "zero"], ["stateTimeout", "s"],
    ["z", "zero"], ["info", 1], ["info", 2],
  ]);
});

scenario("a zero event time-out is ended by an event that is inserted", (t, h) => {
  t.same(play(h, [
    () => keepStateAndData(eventTimeout(0, "lost"), nextEvent({ type: "info", message: 1 })),
  ]), [[0, "a", "info", 1]]);
});

scenario("a time of the clock; one in the past is over at once", (t, h) => {
  const at = h.clock.now() + 40;
  t.same(play(h, [() => keepStateAndData(
    stateTimeout(at, "then", { absolute: true }),
    genericTimeout("past", -5, "past", { absolute: true }))]),
  [[0, "a", "past", "past"], [40, "a", "stateTimeout", "then"]]);
});

scenario("a time-out that was cancelled after its message has come is none", (t, h) => {
  const { seen, module } = timing(h);
  h.run(function* (self) {
    const pid = yield* GenStateMachine.start(self, {
      ...module,
      init: () => nextState("a", null, genericTimeout("x", 10, 1), stateTimeout(10, 2)),
      *handleEvent(event, state, data, own) {
        if (event.message !== "slow") {
          return module.handleEvent!(event, state, data, own) as never;
        }
        yield* sleep(50);
        return keepStateAndData(genericTimeout("x", "cancel"), stateTimeout("update", "changed"));
      },
    } as GenStateMachineModule<string, null>, undefined);
    self.send(pid, "slow");
    yield* sleep(100);
    const { messageQueueLength, timers } = self.runtime.processInfo(pid)!;
    seen.push(messageQueueLength, timers);
  });
  t.same(seen, [[50, "a", "stateTimeout", "changed"], 0, 0]);
});

scenario("a machine's own startTimer is information", (t, h) => {
  const { seen, module } = timing(h);
  h.run(function* (self) {
    const pid = yield* GenStateMachine.start(self, module,
      () => nextState("a", null, stateTimeout(20)));
    self.startTimer(10, pid, "own");
    yield* sleep(50);
  });
  t.match(seen, [[10, "a", "info", { message: "own" }], [20, "a", "stateTimeout"]]);
  t.ok((seen[0] as unknown[])[3] instanceof TimerTimeout);
});

scenario("a time that is none is refused where it is written", (t) => {
  const bad = [-1, NaN, 2 ** 32, -Infinity, "soon" as never];
  for (const when of bad) {
    for (const make of [stateTimeout, eventTimeout]) {
      t.throws(() => make(when), like({ code: "PIDGEON_BAD_TIME" }));
    }
    t.throws(() => genericTimeout("x", when), like({ code: "PIDGEON_BAD_TIME" }));
  }
  t.throws(() => stateTimeout(NaN, 0, { absolute: true }), like({ code: "PIDGEON_BAD_TIME" }));
});
