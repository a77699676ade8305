// EventManager: handlers come, go, fail and are swapped; the manager goes on. OTP's rules.
import { receive, sleep, TIMEOUT } from "../../host/runtime/index.ts";
import type { Operation, Process } from "../../host/runtime/index.ts";
import {
  EventManager, GenServer, hibernate, ok, removeHandler, reply, stop, Supervisor, swapHandler,
  sys,
} from "../../host/otp/index.ts";
import type { EventHandler, HandlerExit, SwapArgs } from "../../host/otp/index.ts";
import { like, scenario } from "../runtime/harness.ts";

/** Notes all that it gets in `seen`; an event that is a function is its answer. */
function noting(name: string, seen: unknown[]): EventHandler<unknown[], unknown, any> {
  const answerTo = (what: string) => (message: any, state: unknown[]): any => {
    seen.push([name, what, message]);
    switch (message) {
      case "remove": return removeHandler("removed");
      case "crash": throw new Error("crashed");
      case "nonsense": return 5;
      case "wait": return later(state, message);
      case "sleep": return ok(state, hibernate());
      default: return what === "call" ? reply(state, state) : ok([...state, message]);
    }
  };
  return {
    name,
    init(args) {
      seen.push([name, "init", args]);
      return args === "refuse" ? stop("refused") : ok([]);
    },
    handleEvent: answerTo("event"),
    handleCall: answerTo("call"),
    handleInfo: answerTo("info"),
    terminate(why, state) {
      seen.push([name, "terminate", why]);
      if (state.includes("fragile")) throw new Error("broken");
      return `${name} has ended`;
    },
  };
}

const isExit = (message: unknown): message is HandlerExit =>
  (message as { type?: unknown }).type === "handlerExit";

function* later(state: unknown[], message: unknown): Operation<unknown> {
  yield* sleep(5);
  return ok([...state, message]);
}

scenario("gen_event_SUITE:notify, sync_notify: the last added is first; in order", (t, h) => {
  const seen: unknown[] = [];
  const got = h.run(function* (self) {
    const manager = yield* EventManager.startLink<unknown>(self, { name: "events" });
    for (const name of ["a", "b"]) {
      yield* EventManager.addHandler(self, manager, noting(name, seen), 0);
    }
    const sent = [EventManager.notify(self, manager, "wait"),
      EventManager.notify(self.runtime, EventManager.ref("events"), 1),
      EventManager.notify(self, EventManager.ref("nobody"), 1)];
    yield* EventManager.syncNotify(self, manager, "last");
    seen.push("all have it");
    self.send(manager, "information");
    const calls = [yield* EventManager.call(self, manager, "a", "state"),
      yield* EventManager.call(self, manager, "c", "state")];
    return [sent, calls, yield* EventManager.whichHandlers(self, manager)];
  });
  t.same(got, [[true, true, false], [
    { ok: true, value: ["wait", 1, "last", "information"] }, { ok: false, error: "not_found" },
  ], ["b", "a"]]);
  t.same(seen.slice(2, 11), [
    ["b", "event", "wait"], ["a", "event", "wait"], ["b", "event", 1], ["a", "event", 1],
    ["b", "event", "last"], ["a", "event", "last"], "all have it",
    ["b", "info", "information"], ["a", "info", "information"],
  ]);
});

scenario("gen_event_SUITE:add_handler, delete_handler: ids, refusals, answers", (t, h) => {
  const seen: unknown[] = [];
  const a = noting("a", seen);
  const got = h.run(function* (self) {
    const manager = yield* EventManager.start(self);
    const broken: EventHandler<unknown[], any> = {
      ...a, name: "broken", init() { throw new Error(); },
    };
    const results: unknown[] = [
      yield* EventManager.addHandler(self, manager, a, "args"),
      yield* EventManager.addHandler(self, manager, a, "args"),
      yield* EventManager.addHandler(self, manager, a, "args", { id: "second" }),
      yield* EventManager.addHandler(self, manager, a, "refuse", { id: "third" }),
      yield* EventManager.addHandler(self, manager, broken, undefined),
      yield* EventManager.deleteHandler(self, manager, "a", "why"),
      yield* EventManager.deleteHandler(self, manager, "a"),
      yield* EventManager.whichHandlers(self, manager),
    ];
    yield* EventManager.syncNotify(self, manager, "fragile");
    results.push(yield* EventManager.deleteHandler(self, manager, "second"));
    return results;
  });
  t.match(got, [
    { ok: true, value: "a" }, { ok: false, error: "already_present" },
    { ok: true, value: "second" }, { ok: false, error: "failed", reason: "refused" },
    { ok: false, error: "failed", reason: { error: {} } }, { ok: true, value: "a has ended" },
    { ok: false, error: "not_found" }, ["second"],
    { ok: false, error: "failed", reason: { error: { message: "broken" } } },
  ]);
  t.same(seen.at(3), ["a", "terminate", { type: "deleted", args: "why" }]);
});

scenario("gen_event_SUITE:error: a handler that fails is removed alone, and reported", (t, h) => {
  const seen: unknown[] = [];
  const got = h.run(function* (self) {
    const manager = yield* EventManager.start<string>(self);
    const failing = function* (name: string, message: string) {
      yield* EventManager.addHandler(self, manager, noting(name, seen), 0);
      return yield* EventManager.call(self, manager, name, message);
    };
    yield* EventManager.addHandler(self, manager, noting("stays", []), 0);
    const calls = [yield* failing("a", "crash"), yield* failing("b", "nonsense"),
      yield* failing("c", "remove"), yield* failing("d", "wait")];
    yield* EventManager.addHandler(self, manager, noting("e", seen), 0);
    yield* EventManager.syncNotify(self, manager, "crash");
    return [calls, yield* EventManager.whichHandlers(self, manager),
      self.runtime.isAlive(manager)];
  });
  const crash = { error: { message: "crashed" } };
  t.match(got, [[
    { ok: false, error: "failed", reason: crash },
    { ok: false, error: "failed", reason: { badReturn: "not a result" } },
    { ok: true, value: "removed" },
    { ok: false, error: "failed", reason: { badReturn: "not a result" } },
  ], [], true]);
  t.match(h.reports.map((report) => [report.type, (report as { handler?: string }).handler]), [
    ["handler_crash", "a"], ["handler_crash", "b"], ["handler_crash", "d"], ["handler_crash", "e"],
    ["handler_crash", "stays"],
  ]);
  t.match(seen.filter((one) => (one as unknown[])[1] === "terminate").slice(0, 3), [
    ["a", "terminate", { type: "failed", reason: crash }],
    ["b", "terminate", { type: "failed", reason: { badReturn: "not a result" } }],
    ["c", "terminate", { type: "removed" }],
  ]);
});

scenario("gen_event_SUITE:add_sup_handler: each tells the other of its end", (t, h) => {
  const seen: unknown[] = [];
  const got = h.run(function* (self) {
    const manager = yield* EventManager.start<string>(self);
    const exits: unknown[] = [];
    for (const act of [
      () => EventManager.call(self, manager, "a", "crash"),
      () => EventManager.call(self, manager, "a", "remove"),
      () => EventManager.deleteHandler(self, manager, "a"),
      () => EventManager.swapHandler(self, manager, "a", swappedIn, undefined, { id: "b" }),
    ]) {
      yield* EventManager.addSupHandler(self, manager, noting("a", seen), 0);
      yield* act();
      const exit = yield* receive(isExit);
      exits.push([exit.handler, exit.reason]);
    }
    const other = self.spawn(function* (own: Process): Operation<void> {
      yield* EventManager.addSupHandler(own, manager, noting("other's", seen), 0);
      yield* receive("end");
    });
    yield* sleep(1);
    const before = yield* EventManager.whichHandlers(self, manager);
    self.send(other, "end");
    yield* sleep(1);
    const after = yield* EventManager.whichHandlers(self, manager);
    yield* EventManager.stop(self, manager);
    const last = yield* receive(isExit, 10);
    return [exits, before, after, last === TIMEOUT ? last : last.reason];
  });
  t.match(got, [[
    ["a", { error: { message: "crashed" } }], ["a", "normal"], ["a", "normal"],
    ["a", { swapped: "b" }],
  ], ["other's", "b"], ["b"], "shutdown"]);
  t.same(seen.at(-1), ["other's", "terminate", { type: "supervisorEnded", reason: "normal" }]);
});

const swappedIn: EventHandler<unknown, SwapArgs<undefined>> = {
  name: "swapped in",
  init: (args) => ok(args),
  handleEvent: (_event, state) => ok(state),
  handleCall: (_request, state) => reply(state, state),
};

scenario("gen_event_SUITE:swap_handler: the new one gets what the old one has left", (t, h) => {
  const seen: unknown[] = [];
  const own: EventHandler<number, void, string> = {
    name: "own",
    init: () => ok(0),
    handleEvent: (event, n) => event === "swap"
      ? swapHandler(n + 1, { handler: swappedIn, args: undefined, oldArgs: "bye" })
      : ok(n),
    terminate: (why, n) => [why.type, n],
  };
  const got = h.run(function* (self) {
    const manager = yield* EventManager.start<string>(self);
    yield* EventManager.addHandler(self, manager, own, undefined);
    yield* EventManager.addHandler(self, manager, noting("a", seen), 0);
    yield* EventManager.syncNotify(self, manager, "swap");
    const places = yield* EventManager.whichHandlers(self, manager);
    const states = [yield* EventManager.call(self, manager, "swapped in", 0)];
    const results: unknown[] = [
      yield* EventManager.swapHandler(self, manager, "a", swappedIn, undefined),
      yield* EventManager.swapHandler(self, manager, "a", swappedIn, undefined, { id: "x" }),
      yield* EventManager.swapSupHandler(self, manager, "gone", swappedIn, undefined, { id: "y" }),
    ];
    for (const id of ["x", "y"]) states.push(yield* EventManager.call(self, manager, id, 0));
    yield* EventManager.deleteHandler(self, manager, "y");
    results.push((yield* receive(isExit)).handler);
    return [places, results, states.map((one) => one.ok && one.value)];
  });
  t.same(got, [["a", "swapped in"], [
    { ok: false, error: "already_present" }, { ok: true, value: "x" }, { ok: true, value: "y" },
    "y",
  ], [
    { args: undefined, from: ["swapped", 1] }, { args: undefined, from: "a has ended" },
    { args: undefined, from: undefined },
  ]]);
});

scenario("a swap in place that fails is the end of both", (t, h) => {
  const failing: EventHandler<unknown, any> = { ...swappedIn, init: () => stop("no") };
  const own: EventHandler<null> = {
    name: "own", init: () => ok(null),
    handleEvent: () => swapHandler(null, { handler: failing, args: 1, id: "new" }),
  };
  const got = h.run(function* (self) {
    const manager = yield* EventManager.start(self);
    yield* EventManager.addSupHandler(self, manager, own, undefined);
    yield* EventManager.syncNotify(self, manager, 1);
    const exits = [yield* receive(isExit), yield* receive(isExit)];
    return [exits.map((one) => [one.handler, one.reason]),
      yield* EventManager.whichHandlers(self, manager)];
  });
  t.same(got, [[["own", { swapped: "new" }], ["new", "no"]], []]);
  t.match(h.reports, [{ type: "handler_crash", handler: "new", reason: "no" }]);
});

scenario("gen_event_SUITE:stop: handlers end with the manager and its parent", (t, h) => {
  const seen: unknown[] = [];
  h.run(function* (self) {
    const parent = self.spawn(function* (own: Process): Operation<void> {
      const manager = yield* EventManager.startLink(own);
      yield* EventManager.addHandler(own, manager, noting("a", seen), 0);
      yield* receive("end");
    });
    yield* sleep(1);
    self.send(parent, "end");
    yield* sleep(1);
    const root = yield* Supervisor.start(self, { children: [EventManager.spec({ name: "e" })] });
    const manager = EventManager.ref<string>("e");
    yield* EventManager.addHandler(self, manager, noting("b", seen), 0);
    yield* EventManager.syncNotify(self, manager, "sleep");
    yield* EventManager.syncNotify(self, manager, "awake");
    yield* GenServer.stop(self, root, "shutdown");
  });
  t.same(seen.filter((one) => (one as unknown[])[1] === "terminate"),
    [["a", "terminate", { type: "stopped" }], ["b", "terminate", { type: "stopped" }]]);
});

scenario("what can't be sent is refused in its sender; a dead manager is told of", (t, h) => {
  h.run(function* (self) {
    const manager = yield* EventManager.start(self);
    const handler = noting("a", []);
    for (const wrong of [
      () => EventManager.notify(self, manager, () => 1),
      () => EventManager.addHandler(self, manager, handler, () => 1),
      () => EventManager.call(self, manager, "a", () => 1),
    ]) t.throws(wrong, like({ code: "PIDGEON_NOT_SENDABLE" }));
    yield* EventManager.stop(self, manager);
    let cause: unknown;
    try {
      yield* EventManager.whichHandlers(self, manager);
    } catch (error) {
      cause = (error as { cause: unknown }).cause;
    }
    t.equal(cause, "noproc");
  });
});

scenario("gen_event_SUITE:get_state: the handlers, with their states", (t, h) => {
  t.match(h.run(function* (self) {
    const manager = yield* EventManager.start<string>(self);
    yield* EventManager.addHandler(self, manager, noting("a", []), 0);
    yield* EventManager.syncNotify(self, manager, "event");
    return yield* sys.getState(self, manager);
  }), { installed: [{ id: "a", state: ["event"] }] });
});
