// GenStateMachine: starts that fail, ends, changes of its callbacks, sleep.
import { Down, receive, sleep } from "../../host/runtime/index.ts";
import {
  changeCallbackModule, GenServer, GenStateMachine, hibernate, ignore, keepState, keepStateAndData,
  nextEvent, nextState, popCallbackModule, postpone, pushCallbackModule, replyTo, StartFailed,
  stateTimeout, stop, stopAndReply, Supervisor, sys,
} from "../../host/otp/index.ts";
import type { GenStateMachineModule } from "../../host/otp/index.ts";
import { scenario } from "../runtime/harness.ts";

scenario("gen_statem_SUITE:start2: an init that fails, ignores or answers nonsense", (t, h) => {
  const inits: (() => unknown)[] = [
    () => stop("no"), () => ignore(), () => keepState(1), () => { throw stop("thrown"); },
    function* () { yield* sleep(1); throw new Error("late"); },
  ];
  const got = h.run(function* (self) {
    const reasons: unknown[] = [];
    for (const init of inits) {
      try {
        yield* GenStateMachine.start(self, { init } as never, undefined, { name: "failing" });
      } catch (error) {
        if (!(error instanceof StartFailed)) throw error;
        reasons.push(error.ignored ? "ignored" : error.reason, self.whereis("failing"));
      }
    }
    return reasons;
  });
  t.match(got, ["no", undefined, "ignored", undefined, { badReturn: "init" }, undefined,
    "thrown", undefined, { error: { message: "late" } }, undefined]);
});

scenario("gen_statem_SUITE:stop1: stop and reply, throw a result, terminate's view", (t, h) => {
  const ends: unknown[] = [];
  const module: GenStateMachineModule<string, number> = {
    init: () => nextState("a", 1),
    states: {},
    handleEvent(event) {
      if (event.type === "cast") throw nextState("b", 2, nextEvent({ type: "internal" }));
      if (event.type === "internal") return stop("stopped", 3);
      return stopAndReply("shutdown", replyTo(event.from, "bye"), 9);
    },
    terminate: (reason, state, data) => ends.push([reason, state, data]),
  };
  const got = h.run(function* (self) {
    const one = yield* GenStateMachine.start(self, module, undefined);
    const bye = yield* GenStateMachine.call(self, one, "stop");
    const two = yield* GenStateMachine.start(self, module, undefined);
    GenStateMachine.cast(self, two, "throw");
    const three = yield* GenStateMachine.start(self, module, undefined);
    yield* GenStateMachine.stop(self, three, "shutdown");
    return bye;
  });
  t.equal(got, "bye");
  t.same(ends, [["shutdown", "a", 9], ["stopped", "b", 3], ["shutdown", "a", 1]]);
  t.match(h.reports, [{ reason: "stopped" }]);
});

scenario("gen_statem_SUITE:pop_too_many: modules are changed, pushed and popped", (t, h) => {
  const named = (name: string): GenStateMachineModule<string, number> => ({
    init: () => nextState("s", 0),
    handleEvent(event) {
      if (event.type === "call") return keepStateAndData(replyTo(event.from, name));
      return keepStateAndData(event.message === "push" ? pushCallbackModule(named(`${name}+`))
        : event.message === "change" ? changeCallbackModule(named(`${name}*`))
          : popCallbackModule());
    },
  });
  const got = h.run(function* (self) {
    const pid = yield* GenStateMachine.start(self, named("m"), undefined);
    self.monitor(pid);
    const names: unknown[] = [];
    for (const step of ["push", "change", "pop", "change", "pop"]) {
      names.push(yield* GenStateMachine.call(self, pid, "name"));
      GenStateMachine.cast(self, pid, step);
    }
    return [...names, (yield* receive(Down)).reason];
  });
  t.same(got, ["m", "m+", "m+*", "m", "m*", { badAction: "popCallbackModule" }]);
});

scenario("gen_statem_SUITE:code_change: new callbacks make state and data anew", (t, h) => {
  const module: GenStateMachineModule<string, number> = {
    init: () => nextState("a", 0),
    handleEvent: (event, state, data) => keepStateAndData(replyTo(event.from, [state, data])),
  };
  const next: GenStateMachineModule<{ at: string }, number[]> = {
    init: () => nextState({ at: "never" }, []),
    handleEvent: (event, state, data) =>
      nextState({ ...state }, data, replyTo(event.from, [state, data])),
    codeChange: (state, data, extra) => nextState({ at: state }, [data, extra]),
  };
  const got = h.run(function* (self) {
    const pid = yield* GenStateMachine.start(self, module, undefined);
    const failed = yield* GenStateMachine.changeCode(self, pid, module);
    const before = yield* GenStateMachine.call(self, pid, 1);
    const change = yield* GenStateMachine.changeCode(self, pid, next, "extra");
    return [failed, before, change, yield* GenStateMachine.call(self, pid, 1)];
  });
  t.same(got, [{ ok: false, reason: { undefined: "codeChange" } }, ["a", 0], { ok: true },
    [{ at: "a" }, [0, "extra"]]]);
});

scenario("gen_statem_SUITE:hibernate: a machine sleeps and wakes; under a supervisor", (t, h) => {
  const module: GenStateMachineModule<{ n: number }, null> = {
    name: "sleeper",
    init: () => nextState({ n: 0 }, null, hibernate()),
    handleEvent(event, { n }) {
      return event.type === "cast" ? nextState({ n: n + 1 }, null, hibernate())
        : keepStateAndData(replyTo(event.from, n));
    },
  };
  t.equal(h.run(function* (self) {
    const children = [GenStateMachine.spec(module, undefined, { name: "sleeper" })];
    const root = yield* Supervisor.start(self, { children });
    for (let n = 0; n < 3; n++) {
      GenStateMachine.cast(self, "sleeper", 1);
      yield* sleep(1);
    }
    const n = yield* GenStateMachine.call<number>(self, "sleeper", 1);
    const child = (yield* Supervisor.whichChildren(self, root))[0]!;
    yield* GenServer.stop(self, root, "shutdown");
    return child.id === "sleeper" ? n : -1;
  }), 3);
});

scenario("a call waits for ever if nothing else is said", (t, h) => {
  const module: GenStateMachineModule<string, null> = {
    init: () => nextState("a", null),
    handleEvent: (event) => event.type === "info"
      ? nextState("b", null) : event.type === "call" && event.request === "later"
        ? keepStateAndData(replyTo(event.from, "answered")) : keepStateAndData(),
    states: { a: { handleCall: () => keepStateAndData(postpone()) } },
  };
  t.equal(h.run(function* (self) {
    const pid = yield* GenStateMachine.start(self, module, undefined);
    self.sendAfter(60_000, pid, "open");
    return yield* GenStateMachine.call(self, pid, "later");
  }), "answered");
});

scenario("gen_statem_SUITE:get_state, replace_state: of one that is suspended", (t, h) => {
  const module: GenStateMachineModule<"a" | "b", number> = {
    init: () => nextState("a", 0, stateTimeout(10)),
    states: {
      a: { handleStateTimeout: (_content, n) => keepState(n + 1) },
      b: {
        enter: () => stop("never entered"),
        handleStateTimeout: (_content, n) => keepState(n + 10),
        handleCall: (_request, from, n) => keepStateAndData(replyTo(from, n)),
      },
    },
    formatStatus: ({ state }) => ({ state: state.state }),
  };
  t.same(h.run(function* (self) {
    const pid = yield* GenStateMachine.start(self, module, undefined);
    yield* sys.suspend(self, pid);
    yield* sleep(50);
    const before = yield* sys.getState(self, pid);
    yield* sys.replaceState(self, pid, ({ data }) => ({ state: "b", data: data + 100 }));
    yield* sys.resume(self, pid);
    const { state } = yield* sys.getStatus(self, pid);
    return [before, state, yield* GenStateMachine.call(self, pid, "data")];
  }), [{ state: "a", data: 0 }, "b", 110]);
});
