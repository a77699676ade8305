// GenServer's types: what a server takes is said once, and what is wrong does not compile. Each
// `@ts-expect-error` is a failure of the compiler if the line below it is none.
import {
  after, exit, Exit, GenServer, noreply, ok, reply, sleep, stop, stopReply,
} from "../../host/index.ts";
import type {
  From, GenServerModule, Operation, Pid, Process, RequestId, ServerRef,
} from "../../host/index.ts";
import { like, scenario } from "../runtime/harness.ts";

interface Counting {
  calls: {
    add(request: { n: number }): number;
    total(): number;
    label(request: { prefix?: string }): string;
    later(): number;
  };
  casts: { set(cast: { to: number }): void; stop(): void };
  infos: "tick" | Exit;
}

interface State { readonly total: number; readonly waiting: readonly From<number>[] }

const counter: GenServerModule<State, number, Counting> = {
  name: "counter",
  init: (total) => ok({ total, waiting: [] }),
  handleCall: {
    add: ({ n }, _from, { total, ...state }) => reply(total + n, { ...state, total: total + n }),
    total: (_request, _from, state) => reply(state.total, state),
    *label({ prefix }, _from, state) {
      yield* sleep(1);
      return reply(`${prefix ?? "total"} ${state.total}`, state);
    },
    later: (_request, from, state) => noreply({ ...state, waiting: [...state.waiting, from] }),
  },
  handleCast: {
    set: ({ to }, state) => noreply({ ...state, total: to }),
    stop: (_message, state) => stop("normal", state),
  },
  handleInfo(message, state, self) {
    if (message instanceof Exit) return stop(message.reason, state);
    const isTick: "tick" = message;
    for (const from of state.waiting) GenServer.reply(self, from, state.total);
    return isTick === "tick" ? noreply({ ...state, waiting: [] }) : noreply(state);
  },
};

scenario("requests know their replies' types, by pid, by name and from outside", async (t, h) => {
  const got = h.run(function* (self) {
    const server = yield* GenServer.start(self, counter, 1, { name: "counter" });
    const pid: Pid = server;
    const total: number = yield* GenServer.call(self, server, { kind: "add", n: 1 });
    const label: string = yield* GenServer.call(self, server, { kind: "label", prefix: "sum" });
    const named = GenServer.ref<Counting>("counter");
    GenServer.cast(self, named, { kind: "set", to: 7 });
    const set: number = yield* GenServer.call(self, named, { kind: "total" });
    const sent: RequestId<number> = GenServer.sendRequest(self, server, { kind: "later" });
    self.send(server, "tick");
    const response = yield* GenServer.receiveResponse(self, sent, 100);
    const value: unknown = typeof response === "object" && response.type === "reply"
      ? response.value.toFixed(1) : response;
    const { replies } = yield* GenServer.multiCall(self, [server, named], { kind: "total" });
    const sum: number = replies.reduce((before, { value }) => before + value, 0);
    return [self.whereis("counter") === pid, total, label, set, value, sum];
  });
  t.same(got, [true, 2, "sum 2", 7, "7.0", 14]);
  const named = GenServer.ref<Counting>("counter");
  const outside: Promise<string> = h.runtime.call(named, { kind: "label" });
  h.advance(1);
  h.pump();
  t.equal(await outside, "total 7");
  t.equal(h.runtime.cast(named, { kind: "set", to: 8 }), true);
});

scenario("a server that says nothing, and a plain pid or name, take everything", (t, h) => {
  const echo: GenServerModule<null> = {
    init: () => ok(null),
    handleCall: (request, _from, state) => reply(request, state),
  };
  const got = h.run(function* (self) {
    const pid: Pid = yield* GenServer.start(self, echo, undefined, { name: "echo" });
    const one = yield* GenServer.call<number>(self, pid, 1);
    const two: string = yield* GenServer.call(self, "echo", "two");
    GenServer.cast(self, "nobody", 1);
    return [one + 1, two];
  });
  t.same(got, [2, "two"]);
});

scenario("a kind that there is no callback for ends the server, whatever it is called", (t, h) => {
  const got = h.run(function* (self) {
    const causes: unknown[] = [];
    for (const request of [{ kind: "toString" }, { kind: 1 }, "total", null, undefined]) {
      const pid: Pid = yield* GenServer.start(self, counter, 0);
      try {
        yield* GenServer.call(self, pid, request);
      } catch (error) {
        causes.push((error as { cause: unknown }).cause);
      }
    }
    return causes;
  });
  t.same(got, ["toString", "1", "undefined", "undefined", "undefined"]
    .map((kind) => ({ undefined: `handleCall.${kind}` })));
});

/** Compiled, never run. */
export function* wrongUses(self: Process, server: ServerRef<Counting>): Operation<void> {
  // @ts-expect-error: a field is missing
  yield* GenServer.call(self, server, { kind: "add" });
  // @ts-expect-error: a field of another type
  yield* GenServer.call(self, server, { kind: "add", n: "1" });
  // @ts-expect-error: a field too many
  yield* GenServer.call(self, server, { kind: "total", n: 1 });
  // @ts-expect-error: no such kind
  yield* GenServer.call(self, server, { kind: "subtract", n: 1 });
  // @ts-expect-error: a cast is no call
  yield* GenServer.call(self, server, { kind: "set", to: 1 });
  // @ts-expect-error: nor is a plain value one
  yield* GenServer.call(self, server, 5);
  // @ts-expect-error: the reply is a number
  const text: string = yield* GenServer.call(self, server, { kind: "total" });
  // @ts-expect-error: a call is no cast
  GenServer.cast(self, server, { kind: "total" });
  // @ts-expect-error: a field is missing
  self.runtime.cast(server, { kind: "set" });
  // @ts-expect-error: a field of another type
  void self.runtime.call(server, { kind: "add", n: null });
  // @ts-expect-error: the request's reply is a number
  const sent: RequestId<string> = GenServer.sendRequest(self, server, { kind: "total" });
  // @ts-expect-error: no such kind
  yield* GenServer.multiCall(self, [server], { kind: "totals" });
  // @ts-expect-error: a field of another type
  GenServer.abcast(self, [server], { kind: "set", to: "1" });
  // @ts-expect-error: the arguments are a number
  yield* GenServer.start(self, counter, "1");
  // @ts-expect-error: in a supervisor too
  GenServer.spec(counter, undefined);
  const started = yield* GenServer.start(self, counter, 1);
  // @ts-expect-error: what was started is known as well
  yield* GenServer.call(self, started, { kind: "subtract" });
  exit([text, sent]);
}

/** The same, of modules. */
export function wrongModules(from: From<number>, self: Process): unknown[] {
  const { handleCall, handleCast, handleInfo, init } = counter;
  // @ts-expect-error: no init
  const noInit: GenServerModule<State, number, Counting> = { handleCall, handleCast, handleInfo };
  // @ts-expect-error: calls are taken, and none is answered
  const noCalls: GenServerModule<State, number, Counting> = { init, handleCast, handleInfo };
  // @ts-expect-error: nobody takes the casts
  const noCasts: GenServerModule<State, number, Counting> = { init, handleCall, handleInfo };
  // @ts-expect-error: nor the information
  const noInfos: GenServerModule<State, number, Counting> = { init, handleCall, handleCast };
  const { add, total, label } = handleCall;
  const noLater: GenServerModule<State, number, Counting> = {
    init, handleCast, handleInfo,
    // @ts-expect-error: a kind without a callback
    handleCall: { add, total, label },
  };
  const wrongReplies: GenServerModule<State, number, Counting>["handleCall"] = {
    ...handleCall,
    // @ts-expect-error: the reply to this kind is a number
    add: ({ n }, _from, state) => reply(String(n), state),
    // @ts-expect-error: the last reply too
    total: (_request, _from, state) => stopReply("normal", "total", state),
    // @ts-expect-error: a result is missing
    label: (_request, _from, state) => { after(state.total); },
    // @ts-expect-error: the state is another
    later: () => noreply(1),
  };
  const wrongCasts: GenServerModule<State, number, Counting>["handleCast"] = {
    ...handleCast,
    // @ts-expect-error: a cast is not answered
    set: ({ to }, state) => reply(to, state),
  };
  // @ts-expect-error: this caller waits for a number
  GenServer.reply(self, from, "5");
  return [noInit, noCalls, noCasts, noInfos, noLater, wrongReplies, wrongCasts];
}

scenario("a wrong use that types do not see fails when it runs", (t, h) => {
  t.throws(() => h.run(function* (self) {
    const server = yield* GenServer.start(self, counter, 1);
    yield* wrongUses(self, server);
  }), like({ cause: { undefined: "handleCall.subtract" } }));
});
