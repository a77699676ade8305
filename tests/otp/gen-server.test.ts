// GenServer: start, calls, casts, information, ends. OTP's rules.
import { Down, Exit, receive, sleep, TIMEOUT, wait } from "../../host/runtime/index.ts";
import type { From, Operation, Process } from "../../host/runtime/index.ts";
import {
  after, cont, GenServer, ignore, noreply, ok, reply, StartFailed, stop, stopReply,
} from "../../host/otp/index.ts";
import type { GenServerModule } from "../../host/otp/index.ts";
import { like, scenario } from "../runtime/harness.ts";

type Request =
  | "get" | "later" | "crash" | "nothing" | { add: number } | { stop: string } | { slow: number };

const counter: GenServerModule<number, number> = {
  name: "counter",
  init: (start) => ok(start),
  handleCall(request: Request, from, total, self) {
    if (request === "get") return reply(total, total);
    if (request === "crash") throw new Error("crashed");
    if (request === "nothing") return undefined as never;
    if (request === "later") {
      self.spawn(function* (other: Process) { GenServer.reply(other, from, "answered"); });
      return noreply(total);
    }
    if ("stop" in request) return stopReply(request.stop, "bye", total);
    if ("slow" in request) return slowly(request.slow, total);
    return reply(total + request.add, total + request.add);
  },
  handleCast: (n: number, total) => n < 0 ? stop({ negative: n }, total) : noreply(total + n),
};

function* slowly(ms: number, total: number) {
  yield* sleep(ms);
  return reply("slow", total);
}

scenario("gen_server_SUITE:call, cast: answers from the state, which casts change", (t, h) => {
  const got = h.run(function* (self) {
    const pid = yield* GenServer.startLink(self, counter, 10);
    const first = yield* GenServer.call<number>(self, pid, { add: 5 });
    const sent = GenServer.cast(self, pid, 100);
    GenServer.cast(self.runtime, pid, 1);
    return [first, sent, yield* GenServer.call(self, pid, "get")];
  });
  t.same(got, [15, true, 116]);
});

scenario("gen_server_SUITE:start: a server can be found by its name", (t, h) => {
  const got = h.run(function* (self) {
    const pid = yield* GenServer.start(self, counter, 1, { name: "counter" });
    const total: number = yield* GenServer.call(self, "counter", { add: 1 });
    GenServer.cast(self, "counter", 3);
    return [self.whereis("counter") === pid, total, yield* GenServer.call(self, "counter", "get")];
  });
  t.same(got, [true, 2, 5]);
});

scenario("gen_server_SUITE:start: a name that is taken: refused, with its pid", (t, h) => {
  const got = h.run(function* (self) {
    const pid = yield* GenServer.start(self, counter, 1, { name: "counter" });
    try {
      yield* GenServer.startLink(self, counter, 1, { name: "counter" });
    } catch (error) {
      return error instanceof StartFailed && (error.reason as { alreadyStarted: unknown })
        .alreadyStarted === pid;
    }
    return false;
  });
  t.equal(got, true);
  t.same(h.reports, []);
});

scenario("the starter waits for init, which may wait itself", (t, h) => {
  const order: string[] = [];
  h.run(function* (self) {
    const module: GenServerModule<null> = {
      *init() {
        yield* sleep(50);
        order.push("init");
        return ok(null);
      },
    };
    yield* GenServer.startLink(self, module, undefined);
    order.push("started");
  });
  t.same(order, ["init", "started"]);
});

scenario("an init that fails fails the start: one answer, no Exit, no name left", (t, h) => {
  const inits: GenServerModule<null>["init"][] = [
    () => stop("no database"),
    () => { throw new Error("broken"); },
    function* () { yield* sleep(1); return stop("no database"); },
    function* () { yield* sleep(1); throw new Error("broken"); },
    () => undefined as never,
    () => ignore(),
  ];
  const got = h.run(function* (self) {
    self.trapExit = true;
    const reasons: unknown[] = [];
    for (const init of inits) {
      try {
        yield* GenServer.startLink(self, { init }, undefined, { name: "failing" });
      } catch (error) {
        if (!(error instanceof StartFailed)) throw error;
        reasons.push(error.ignored ? "ignored" : error.reason);
      }
      reasons.push(self.whereis("failing"), yield* receive(undefined, 5));
    }
    return reasons;
  });
  const broken = { error: { message: "broken" } };
  const reasons = ["no database", broken, "no database", broken, { badReturn: "init" }, "ignored"];
  t.match(got, reasons.flatMap((reason) => [reason, undefined, TIMEOUT]));
});

scenario("an init that takes too long is killed", (t, h) => {
  const pids: unknown[] = [];
  const module: GenServerModule<null> = {
    *init(_args, self) {
      pids.push(self.pid);
      yield* sleep(1000);
      return ok(null);
    },
  };
  t.throws(() => h.run((self) =>
    GenServer.startLink(self, module, undefined, { timeoutMs: 50 })), like({ reason: "timeout" }));
  h.pump();
  t.equal(h.runtime.isAlive(pids[0] as never), false);
});

scenario("a server killed while it starts fails the start", (t, h) => {
  const module: GenServerModule<null> = {
    *init(_args, self) {
      self.exit(self.pid, "kill");
      yield* sleep(1000);
      return ok(null);
    },
  };
  t.throws(() => h.run((self) => GenServer.start(self, module, undefined)),
    like({ reason: "killed" }));
});

scenario("a reply may come later, and from another process", (t, h) => {
  t.equal(h.run(function* (self) {
    const pid = yield* GenServer.start(self, counter, 0);
    return yield* GenServer.call(self, pid, "later");
  }), "answered");
});

scenario("gen_server_SUITE:crash: the caller learns its reason at once", (t, h) => {
  const got = h.run(function* (self) {
    const pid = yield* GenServer.start(self, counter, 0);
    try {
      yield* GenServer.call(self, pid, "crash", Infinity);
    } catch (error) {
      return (error as { cause: unknown }).cause;
    }
    return undefined;
  });
  t.match(got, { error: { message: "crashed" } });
  const reason = { error: { message: "crashed" } };
  t.match(h.reports, [{ type: "crash", label: "counter", reason }]);
});

scenario("gen_server_SUITE:undef_handle_call, _cast, _info: or answered wrongly", (t, h) => {
  const bare: GenServerModule<null> = { init: () => ok(null) };
  const ends = h.run(function* (self) {
    const reasons: unknown[] = [];
    const cases: [GenServerModule<any, any>, (pid: never) => void][] = [
      [bare, (pid) => { self.core.send(self.pid, pid, 1, self.makeRef(), "call"); }],
      [bare, (pid) => { GenServer.cast(self, pid, "cast"); }],
      [counter, (pid) => { self.core.send(self.pid, pid, 1, self.makeRef(), "nothing"); }],
      [{ init: () => ok(null), handleCast: () => reply(1, null) as never },
        (pid) => { GenServer.cast(self, pid, 1); }],
    ];
    for (const [module, act] of cases) {
      const pid = yield* GenServer.start(self, module, 0);
      self.monitor(pid);
      act(pid as never);
      reasons.push((yield* receive(Down)).reason);
    }
    const pid = yield* GenServer.start(self, bare, undefined);
    self.send(pid, "information is dropped");
    yield* sleep(1);
    reasons.push(self.runtime.isAlive(pid));
    return reasons;
  });
  t.same(ends, [
    { undefined: "handleCall" }, { undefined: "handleCast" }, { badReturn: "not a result" },
    { badReturn: "reply without a call" }, true,
  ]);
});

scenario("a continue without its callback, or that throws, ends the server", (t, h) => {
  const broken: GenServerModule<null> = {
    init: () => ok(null, cont("term")),
    handleContinue() { throw new Error("continued"); },
  };
  h.run(function* (self) {
    yield* GenServer.start(self, { init: () => ok(null, cont("term")) }, undefined);
    yield* GenServer.start(self, broken, undefined);
  });
  t.match(h.reports, [
    { reason: { undefined: "handleContinue" } }, { reason: { error: { message: "continued" } } },
  ]);
});

scenario("gen_server_SUITE:undef_in_terminate: it runs once; its error is the reason", (t, h) => {
  let runs = 0;
  const module: GenServerModule<null> = {
    init: () => ok(null),
    handleCast: (_message, state) => stop("first", state),
    terminate() { runs++; throw new Error("second"); },
  };
  const reason = h.run(function* (self) {
    const pid = yield* GenServer.start(self, module, undefined);
    self.monitor(pid);
    GenServer.cast(self, pid, 1);
    return (yield* receive(Down)).reason;
  });
  t.match(reason, { error: { message: "second" } });
  t.equal(runs, 1);
});

scenario("a server handles one message at a time, even while it waits", (t, h) => {
  const got: unknown[] = [];
  h.run(function* (self) {
    const pid = yield* GenServer.start(self, counter, 0);
    for (const request of [{ slow: 20 }, "get"]) {
      self.spawn(function* (own: Process) { got.push(yield* GenServer.call(own, pid, request)); });
    }
    yield* sleep(50);
  });
  t.same(got, ["slow", 0]);
});

scenario("a generator callback may call other servers", (t, h) => {
  const front: GenServerModule<{ back: number }, number> = {
    init: (back) => ok({ back }),
    *handleCall(request, _from: From, state, self) {
      const total: number = yield* GenServer.call(self, state.back as never, request);
      return reply({ total }, state);
    },
  };
  t.same(h.run(function* (self) {
    const back = yield* GenServer.start(self, counter, 40);
    const pid = yield* GenServer.start(self, front, back);
    return yield* GenServer.call(self, pid, { add: 2 });
  }), { total: 42 });
});

scenario("gen_server_SUITE:continue: it runs before anything that is queued", (t, h) => {
  const got = h.run(function* (self) {
    const module: GenServerModule<string[], null> = {
      *init() {
        yield* sleep(5);
        return ok(["init"], cont("a"));
      },
      handleContinue: (term: string, state) => term === "a"
        ? noreply([...state, term], cont("b")) : noreply([...state, term]),
      handleCall: (_request, _from, state) => reply(state, state),
      handleInfo: (message: string, state) => noreply([...state, message]),
    };
    self.spawn(function* (own: Process) {
      yield* sleep(1);
      own.send("continuing", "queued");
    });
    yield* GenServer.start(self, module, null, { name: "continuing" });
    return yield* GenServer.call(self, "continuing", "get");
  });
  t.same(got, ["init", "a", "b", "queued"]);
});

scenario("after: TIMEOUT comes if no message does", (t, h) => {
  const times: number[] = [];
  const module: GenServerModule<null> = {
    init: () => ok(null, after(100)),
    handleInfo(message, state) {
      if (message === TIMEOUT) times.push(h.clock.now());
      return message === TIMEOUT ? noreply(state) : noreply(state, after(100));
    },
  };
  const start = h.clock.now();
  h.run(function* (self) {
    const pid = yield* GenServer.start(self, module, undefined);
    yield* sleep(60);
    self.send(pid, "again");
    yield* sleep(500);
  });
  t.same(times, [start + 160]);
});

scenario("terminate runs at a stop, a crash and a parent's exit that is trapped", (t, h) => {
  const seen: unknown[] = [];
  const module: GenServerModule<string, string> = {
    init(name, self) {
      self.trapExit = true;
      return ok(name);
    },
    handleCast: (reason: string, state) => {
      if (reason === "throw") throw new Error("thrown");
      return stop(reason, state);
    },
    *terminate(reason, state) {
      yield* wait(undefined);
      seen.push([state, reason]);
    },
  };
  const trap = function* (self: Process): Operation<void> {
    const parent = self.spawn(function* (own: Process) {
      yield* GenServer.startLink(own, module, "child");
      own.trapExit = true;
      yield* receive("end");
    });
    for (const reason of ["normal", "odd", "throw"]) {
      const pid = yield* GenServer.start(self, module, reason);
      GenServer.cast(self, pid, reason);
    }
    const pid = yield* GenServer.start(self, module, "stopped");
    yield* GenServer.stop(self, pid, { shutdown: "asked" });
    self.send(parent, "end");
    yield* sleep(1);
  };
  const pid = h.runtime.spawn(trap);
  h.pump();
  return new Promise<void>((resolve) => { setImmediate(resolve); })
    .then(async () => {
      for (let round = 0; round < 20; round++) {
        h.advance(10);
        await new Promise(setImmediate);
      }
      t.notOk(h.runtime.isAlive(pid));
      t.match(seen, [
        ["normal", "normal"], ["odd", "odd"], ["throw", { error: { message: "thrown" } }],
        ["stopped", { shutdown: "asked" }], ["child", "normal"],
      ]);
      t.equal(h.reports.length, 2, "orderly ends are not reported");
    });
});

scenario("gen_server_SUITE:stop1: waits for the end; of the dead; a time", (t, h) => {
  const stubborn: GenServerModule<null> = {
    init: () => ok(null),
    *terminate() { yield* sleep(1000); },
  };
  const got = h.run(function* (self) {
    const pid = yield* GenServer.start(self, counter, 0);
    yield* GenServer.stop(self, pid);
    const results: unknown[] = [self.runtime.isAlive(pid)];
    const slow = yield* GenServer.start(self, stubborn, undefined);
    for (const [server, ms] of [[pid, Infinity], ["nobody", Infinity], [slow, 20]] as const) {
      try {
        yield* GenServer.stop(self, server, "normal", ms);
      } catch (error) {
        results.push((error as StartFailed).reason);
      }
    }
    self.exit(slow, "kill");
    return results;
  });
  t.same(got, [false, "noproc", "noproc", "timeout"]);
});

scenario("stopReply answers before the end", (t, h) => {
  const got = h.run(function* (self) {
    const pid = yield* GenServer.start(self, counter, 0);
    const ref = self.monitor(pid);
    const answer: string = yield* GenServer.call(self, pid, { stop: "shutdown" });
    const down = yield* receive(Down);
    return [answer, down.ref === ref, down.reason];
  });
  t.same(got, ["bye", true, "shutdown"]);
});

scenario("gen_server_SUITE:info: the Exit of others than the parent, if trapped", (t, h) => {
  const module: GenServerModule<unknown[]> = {
    init(_args, self) {
      self.trapExit = true;
      self.spawnLink(function* () {});
      return ok([]);
    },
    handleInfo: (message, state) =>
      noreply([...state, message instanceof Exit ? message.reason : "other"]),
    handleCall: (_request, _from, state) => reply(state, state),
  };
  t.same(h.run(function* (self) {
    const pid = yield* GenServer.startLink(self, module, undefined);
    yield* sleep(1);
    return yield* GenServer.call(self, pid, "get");
  }), ["normal"]);
});
