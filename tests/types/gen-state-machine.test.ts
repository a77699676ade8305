// GenStateMachine's types: states, data, calls with their replies and time-outs are said once. Each
// `@ts-expect-error` is a failure of the compiler if the line below it is none.
import {
  genericTimeout, GenStateMachine, keepState, keepStateAndData, nextEvent, nextState, postpone,
  replyTo, stateTimeout, stop,
} from "../../host/index.ts";
import type {
  From, GenStateMachineModule, Operation, Process, ServerRef,
} from "../../host/index.ts";
import { scenario } from "../runtime/harness.ts";

interface Locking {
  calls: { press(request: { digit: number }): boolean; count(): number };
  casts: { reset(): void };
  internals: "count";
  stateTimeout: "lock";
  timeouts: { alarm: number };
}

type States = "locked" | "open";
interface Data { readonly code: number; readonly opened: number }
type Door = GenStateMachineModule<States, Data, number, Locking>;

const count = (_request: { kind: "count" }, from: From<number>, data: Data) =>
  keepStateAndData(replyTo(from, data.opened));

const door: Door = {
  init: (code) => nextState("locked", { code, opened: 0 }),
  states: {
    locked: {
      handleCall: {
        press: ({ digit }, from, data) => digit === data.code
          ? nextState("open", data, replyTo(from, true), stateTimeout(1_000, "lock"),
            genericTimeout("alarm", "cancel"), nextEvent({ type: "internal", content: "count" }))
          : keepStateAndData(replyTo(from, false), genericTimeout("alarm", 100, digit)),
        count,
      },
      handleCast: { reset: (_message, data) => keepState({ ...data, opened: 0 }) },
      handleTimeout: {
        alarm: (digit, { code }) => digit > code ? stop("alarm") : keepStateAndData(),
      },
    },
    open: {
      enter: (old, _data) => old === "locked" ? keepStateAndData() : stop("odd"),
      handleCall: { press: () => keepStateAndData(postpone()), count },
      handleCast: { reset: (_message, data) => nextState("locked", { ...data, opened: 0 }) },
      handleInternal: (_content, data) => keepState({ ...data, opened: data.opened + 1 }),
      handleStateTimeout: (_content, data) => nextState("locked", data),
    },
  },
};

/** The rest is handleEvent's. */
const mixed: Door = {
  init: (code) => nextState("locked", { code, opened: 0 }),
  stateEnter: true,
  states: { locked: { handleCall: { count } } },
  handleEvent(event, state, data) {
    if (event.type === "call" && event.kind === "press") {
      return nextState(state, data, replyTo(event.from, event.request.digit === data.code));
    }
    if (event.type === "call") return keepStateAndData(replyTo(event.from, -1));
    if (event.type === "timeout") return keepState({ ...data, opened: event.content });
    return event.type === "enter" && event.oldState === "open" ? stop("odd") : keepStateAndData();
  },
};

scenario("a machine's calls know their replies; each state has its callbacks", (t, h) => {
  t.same(h.run(function* (self) {
    const one = yield* GenStateMachine.start(self, door, 5);
    const two = yield* GenStateMachine.start(self, mixed, 5);
    const wrong: boolean = yield* GenStateMachine.call(self, one, { kind: "press", digit: 4 });
    const right: boolean = yield* GenStateMachine.call(self, one, { kind: "press", digit: 5 });
    const opened: number = yield* GenStateMachine.call(self, one, { kind: "count" });
    const later: boolean = yield* GenStateMachine.call(self, one, { kind: "press", digit: 5 });
    const pressed = yield* GenStateMachine.call(self, two, { kind: "press", digit: 5 });
    return [wrong, right, opened, later, pressed,
      yield* GenStateMachine.call(self, two, { kind: "count" })];
  }), [false, true, 1, true, true, 0]);
});

/** Compiled, never run. */
export function* wrongUses(self: Process, server: ServerRef<Locking>): Operation<void> {
  // @ts-expect-error: a field is missing
  yield* GenStateMachine.call(self, server, { kind: "press" });
  // @ts-expect-error: the reply is a boolean
  const text: string = yield* GenStateMachine.call(self, server, { kind: "press", digit: 1 });
  // @ts-expect-error: a call is no cast
  GenStateMachine.cast(self, server, { kind: "count", text });
  // @ts-expect-error: the arguments are a number
  yield* GenStateMachine.start(self, door, "5");
}

/** The same, of modules. */
export function wrongModules(from: From<number>): unknown[] {
  const { init, states } = door;
  // @ts-expect-error: no init
  const noInit: Door = { states };
  // @ts-expect-error: a state without callbacks
  const noOpen: Door = { init, states: { locked: states!.locked! } };
  // @ts-expect-error: neither states nor handleEvent
  const nothing: Door = { init };
  // @ts-expect-error: no such state
  const noState: Door = { ...door, init: (code) => nextState("shut", { code, opened: 0 }) };
  // @ts-expect-error: other data
  const noData: Door = { ...door, init: (code) => nextState("open", { code }) };
  // @ts-expect-error: no such state
  const badNext: Door = { ...mixed, handleEvent: (_event, _old, data) => nextState("shut", data) };
  // @ts-expect-error: no such content of the state's time-out
  const badLock: Door = { ...mixed, handleEvent: () => keepStateAndData(stateTimeout(1, "open")) };
  // @ts-expect-error: no such name
  const badName: Door = { ...mixed, handleEvent: () => keepStateAndData(genericTimeout("no", 1)) };
  // @ts-expect-error: no such event
  const badEvent: Door = { ...mixed, handleEvent: () => keepStateAndData(nextEvent({ no: 1 })) };
  const enter = () => keepStateAndData(postpone());
  // @ts-expect-error: enter can't postpone
  const badEnter: Door = { ...mixed, states: { open: { enter } } };
  // @ts-expect-error: this caller waits for a number
  const badReply = replyTo(from, "5");
  return [
    noInit, noOpen, nothing, noState, noData, badNext, badLock, badName, badEvent, badEnter,
    badReply,
  ];
}
