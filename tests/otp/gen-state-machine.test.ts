// GenStateMachine: states, postponed and inserted events, state enter calls, ends. OTP's rules.
import { Down, receive, sleep } from "../../host/runtime/index.ts";
import {
  GenStateMachine, keepState, keepStateAndData, nextEvent, nextState, popCallbackModule, postpone,
  repeatState, repeatStateAndData, replyTo, stop,
} from "../../host/otp/index.ts";
import type { GenStateMachineModule } from "../../host/otp/index.ts";
import { scenario } from "../runtime/harness.ts";

type Seen = readonly unknown[];

/** Notes every event with its state; a cast is the result that is wanted. */
function noting(module: Partial<GenStateMachineModule<any, any, any>> = {}): {
  readonly seen: unknown[]; readonly module: GenStateMachineModule<any, any, any>;
} {
  const seen: unknown[] = [];
  return {
    seen,
    module: {
      init: () => nextState("a", 0),
      handleEvent(event, state, data) {
        const { type } = event;
        seen.push([state, type, event.message?.id ?? event.content ?? event.oldState ?? data]);
        if (type === "call") return keepStateAndData(replyTo(event.from, [state, data]));
        return type === "cast" ? event.message.answer(state, data) : keepStateAndData();
      },
      ...module,
    },
  };
}

/** In order: casts hold functions, so they are inserted as one event by a continuing machine. */
function script(steps: readonly ((state: unknown, data: number) => unknown)[]) {
  return steps.map((answer, id) =>
    nextEvent({ type: "cast" as const, message: { id, answer } }));
}

scenario("gen_statem_SUITE:start1: calls, casts and information go to the state", (t, h) => {
  const module: GenStateMachineModule<"off" | "on", Seen> = {
    name: "switch",
    init: () => nextState("off", []),
    states: {
      off: {
        handleCall: (request, from, seen) =>
          nextState("on", [...seen, request], replyTo(from, "switched on")),
        handleCast: (message, seen) => keepState([...seen, `off ${message}`]),
        handleInfo: (message, seen) => keepState([...seen, message]),
      },
      on: {
        handleCall: (_request, from, seen) => keepStateAndData(replyTo(from, seen)),
        handleCast: (message, seen) => keepState([...seen, `on ${message}`]),
      },
    },
  };
  const got = h.run(function* (self) {
    const pid = yield* GenStateMachine.startLink(self, module, undefined, { name: "switch" });
    GenStateMachine.cast(self, pid, "cast");
    self.send(pid, "information");
    const first: string = yield* GenStateMachine.call(self, "switch", "turn");
    GenStateMachine.cast(self, "switch", "cast");
    const second = yield* GenStateMachine.call(self, pid, "seen");
    yield* GenStateMachine.stop(self, pid);
    return [first, second, self.whereis("switch")];
  });
  t.same(got, ["switched on", ["off cast", "information", "turn", "on cast"], undefined]);
});

scenario("gen_statem_SUITE:event_order: postponed first, inserted before, in order", (t, h) => {
  const { seen, module } = noting({
    init: () => nextState("a", 0, ...script([
      () => keepStateAndData(postpone()),
      () => keepStateAndData(postpone()),
      () => keepStateAndData(nextEvent({ type: "internal", content: "x" }), postpone(),
        nextEvent({ type: "internal", content: "y" })),
      () => nextState("b", 1, nextEvent({ type: "info", message: { id: "z" } })),
    ].map((first) => (state: unknown, data: number) =>
      state === "a" ? first() : keepState(data + 1)))),
  });
  const end = h.run(function* (self) {
    const pid = yield* GenStateMachine.start(self, module, 0);
    return yield* GenStateMachine.call(self, pid, "end");
  });
  t.same(seen.slice(0, -1), [
    ["a", "cast", 0], ["a", "cast", 1], ["a", "cast", 2], ["a", "internal", "x"],
    ["a", "internal", "y"], ["a", "cast", 3], ["b", "info", "z"],
    ["b", "cast", 0], ["b", "cast", 1], ["b", "cast", 2],
  ]);
  t.same(end, ["b", 4]);
});

scenario("gen_statem_SUITE:postpone: a call is answered in a later state", (t, h) => {
  const module: GenStateMachineModule<"closed" | "open", null> = {
    init: () => nextState("closed", null),
    states: {
      closed: {
        handleCall: () => keepStateAndData(postpone()),
        handleCast: () => nextState("open", null),
        // Neither of these is a change: what is postponed waits on.
        handleInfo: (message) => message === "repeat"
          ? repeatState(null) : nextState("closed", null),
      },
      open: { handleCall: (request, from) => keepStateAndData(replyTo(from, request)) },
    },
  };
  const got = h.run(function* (self) {
    const pid = yield* GenStateMachine.start(self, module, undefined);
    const ids = [1, 2].map((n) => GenStateMachine.sendRequest(self, pid, n));
    self.send(pid, "repeat");
    self.send(pid, "same");
    const early = yield* GenStateMachine.waitResponse(self, ids[0]!, 5);
    GenStateMachine.cast(self, pid, "open");
    const responses: unknown[] = [typeof early];
    for (const id of ids) responses.push(yield* GenStateMachine.receiveResponse(self, id));
    return responses;
  });
  t.same(got, ["symbol", { type: "reply", value: 1 }, { type: "reply", value: 2 }]);
});

scenario("gen_statem_SUITE:state_enter: the first state, changes, repetitions", (t, h) => {
  const order: unknown[] = [];
  const enter = (name: string) => (old: string, data: number) => {
    order.push(`${old}>${name}`);
    return data === 2 && name === "b" ? keepState(data + 1) : keepStateAndData();
  };
  const module: GenStateMachineModule<"a" | "b", number> = {
    init: () => nextState("a", 0, nextEvent({ type: "internal", content: "first" })),
    states: {
      a: {
        enter: enter("a"),
        handleInternal(content) {
          order.push(content);
          return keepState(1);
        },
        handleCast: (to) => to === "a" ? nextState("a", 1) : nextState("b", 2),
        handleInfo: () => repeatStateAndData(),
      },
      b: {
        enter: enter("b"),
        handleCall: (_request, from, data) => nextState("a", 5, replyTo(from, data)),
      },
    },
  };
  const got = h.run(function* (self) {
    const pid = yield* GenStateMachine.start(self, module, undefined);
    GenStateMachine.cast(self, pid, "a");
    self.send(pid, "repeat");
    GenStateMachine.cast(self, pid, "b");
    return yield* GenStateMachine.call(self, pid, "data");
  });
  t.equal(got, 3, "enter may change the data");
  t.same(order, ["a>a", "first", "a>a", "a>b", "b>a"]);
});

scenario("an enter call may not change the state, postpone or insert", (t, h) => {
  const answers = [
    () => nextState("b", 0), () => keepStateAndData(postpone() as never),
    () => keepStateAndData(nextEvent({ type: "internal", content: 1 }) as never),
    () => keepStateAndData(popCallbackModule() as never),
  ];
  h.run(function* (self) {
    for (const answer of answers) {
      yield* GenStateMachine.start(self, {
        init: () => nextState("a", 0), stateEnter: true, handleEvent: answer as never,
      } as GenStateMachineModule<string, number>, undefined);
    }
  });
  t.match(h.reports, [
    { reason: { badStateEnterReturn: "nextState" } },
    ...["postpone", "nextEvent", "popCallbackModule"].map((action) =>
      ({ reason: { badStateEnterAction: action } })),
  ]);
});

scenario("what has no callback, or answers nonsense, ends the machine", (t, h) => {
  const module: GenStateMachineModule<"a" | "elsewhere", null> = {
    init: () => nextState("a", null),
    states: {
      a: {
        handleCast: (answer) => answer === "elsewhere"
          ? nextState("elsewhere", null) : answer === "pop"
            ? keepStateAndData(popCallbackModule()) : answer,
        handleCall: { only: (_request: unknown) => keepStateAndData() } as never,
      },
      elsewhere: {},
    },
  };
  const got = h.run(function* (self) {
    const reasons: unknown[] = [];
    for (const cast of [
      "pop", null, { type: "keepState", actions: [null] }, { type: "keepState", actions: [{}] },
      { type: "keepState", actions: [{ type: "nextEvent", event: { type: "enter" } }] },
    ]) {
      const pid = yield* GenStateMachine.start(self, module, undefined);
      self.monitor(pid);
      GenStateMachine.cast(self, pid, cast);
      reasons.push((yield* receive(Down)).reason);
    }
    for (const act of [
      (pid: never) => self.send(pid, "information"),
      (pid: never) => GenStateMachine.sendRequest(self, pid, { kind: "toString" }),
      (pid: never) => {
        GenStateMachine.cast(self, pid, "elsewhere");
        GenStateMachine.cast(self, pid, 1);
      },
    ]) {
      const pid = yield* GenStateMachine.start(self, module, undefined);
      const ref = self.monitor(pid);
      act(pid as never);
      reasons.push((yield* receive((one: unknown): one is Down =>
        one instanceof Down && one.ref === ref)).reason);
    }
    return reasons;
  });
  t.same(got, [
    { badAction: "popCallbackModule" }, { badReturn: "not a result" },
    { badAction: "not an action" }, { badAction: "not an action" }, { badAction: "nextEvent" },
    { undefined: "handleInfo" }, { undefined: "handleCall.toString" }, { undefined: "handleCast" },
  ]);
});

scenario("callbacks may wait; events that are queued wait with them, in order", (t, h) => {
  const order: unknown[] = [];
  const module: GenStateMachineModule<"a" | "b", null> = {
    init: () => nextState("a", null),
    states: {
      a: {
        *handleCast(message) {
          yield* sleep(5);
          order.push(message);
          return message === 2
            ? nextState("b", null, nextEvent({ type: "internal", content: "in" }))
            : keepStateAndData(postpone());
        },
      },
      b: {
        * enter() {
          yield* sleep(5);
          order.push("enter");
          return keepStateAndData();
        },
        async handleInternal(content) {
          order.push(content);
          return keepStateAndData();
        },
        handleCast(message) {
          order.push(`b ${message}`);
          return keepStateAndData();
        },
        handleCall: (_request, from) => keepStateAndData(replyTo(from, [...order])),
      },
    },
  };
  let got: unknown;
  h.runtime.spawn(function* (self) {
    const pid = yield* GenStateMachine.start(self, module, undefined);
    for (const n of [1, 2, 3]) GenStateMachine.cast(self, pid, n);
    got = yield* GenStateMachine.call(self, pid, "order");
  });
  return (async () => {
    for (let round = 0; round < 20 && got === undefined; round++) {
      h.advance(5);
      await new Promise(setImmediate);
    }
    t.same(got, [1, 2, "enter", "in", "b 1", "b 3"]);
  })();
});

scenario("a machine that always has an event of its own lets others run", (t, h) => {
  const module: GenStateMachineModule<string, number> = {
    init: () => nextState("busy", 0, nextEvent({ type: "internal" })),
    handleEvent: (_event, _state, n) => n >= 10_000
      ? stop("normal") : keepState(n + 1, nextEvent({ type: "internal" })),
  };
  const got = h.run(function* (self) {
    const pid = yield* GenStateMachine.start(self, module, undefined);
    yield* sleep(0);
    return self.runtime.isAlive(pid);
  });
  t.equal(got, true, "it has not run to its end before");
});
