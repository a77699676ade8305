// GenServer: hibernation, results that are thrown, ends, and starts that fail.
import {
  after, cont, Down, exit, GenServer, hibernate, ignore, noreply, ok, receive, reply, sleep,
  StartFailed, stop, stopReply, TIMEOUT,
} from "../../host/index.ts";
import type { GenServerModule, Operation, Pid, Process } from "../../host/index.ts";
import { slotOf } from "../../host/runtime/process-table.ts";
import { Waiting } from "../../host/runtime/suspension.ts";
import { type Harness, scenario } from "../runtime/harness.ts";

function isAsleep(h: Harness, pid: Pid): boolean {
  return h.runtime.core.table.suspensions[slotOf(pid)]!.kind === Waiting.HIBERNATION;
}

/** What a start or a stop throws. */
function* failureOf(operation: Operation<unknown>): Operation<unknown> {
  try {
    return yield* operation;
  } catch (error) {
    return (error as StartFailed).reason;
  }
}

/** Keeps all that it gets; a message may be what it answers. */
const keeping: GenServerModule<unknown[], "awake" | "asleep"> = {
  init: (how) => ok([], how === "asleep" ? hibernate() : undefined),
  handleCall(request, _from, seen) {
    if (request === "seen") return reply(seen, seen);
    if (request === "sleep") return reply("sleeping", seen, hibernate());
    return reply(request, [...seen, request]);
  },
  handleCast: (message, seen) => noreply([...seen, message], hibernate()),
  handleInfo: (message, seen) => message === "continue" ? noreply(seen, cont("term"))
    : message === "short" ? noreply([...seen, message], after(10))
    : noreply([...seen, message === TIMEOUT ? "TIMEOUT" : message], hibernate()),
  handleContinue: (term, seen) => noreply([...seen, term], hibernate()),
};

scenario("gen_server_SUITE:hibernate: any message wakes a server, and none is missed", (t, h) => {
  const got = h.run(function* (self) {
    const pid = yield* GenServer.start(self, keeping, "asleep");
    yield* sleep(1);
    const states = [isAsleep(h, pid)];
    const first: unknown = yield* GenServer.call(self, pid, "first");
    states.push(isAsleep(h, pid));
    const told: unknown = yield* GenServer.call(self, pid, "sleep");
    states.push(isAsleep(h, pid));
    for (const message of ["a", "continue", "b"]) self.send(pid, message);
    GenServer.cast(self, pid, "cast");
    yield* sleep(1);
    states.push(isAsleep(h, pid));
    return [states, first, told, yield* GenServer.call(self, pid, "seen")];
  });
  t.same(got, [[true, false, true, true], "first", "sleeping",
    ["first", "a", "term", "b", "cast"]]);
});

scenario("a hibernating server stops, and ends with its parent", (t, h) => {
  const got = h.run(function* (self) {
    const pid = yield* GenServer.start(self, keeping, "asleep");
    yield* GenServer.stop(self, pid);
    const traps: GenServerModule<null> = {
      init(_args, own) {
        own.trapExit = true;
        return ok(null, hibernate());
      },
    };
    const child: { pid?: Pid } = {};
    self.spawn(function* (parent: Process) {
      child.pid = yield* GenServer.startLink(parent, traps, undefined);
      yield* sleep(10);
      exit("parent");
    });
    yield* sleep(5);
    self.monitor(child.pid!);
    return [self.runtime.isAlive(pid), (yield* receive(Down)).reason];
  });
  t.same(got, [false, "parent"]);
});

scenario("gen_server_SUITE:auto_hibernate: who hears nothing sleeps without a time", (t, h) => {
  const got = h.run(function* (self) {
    const options = { hibernateAfterMs: 20 };
    const pid = yield* GenServer.start(self, keeping, "awake", options);
    const states: unknown[] = [];
    for (const ms of [10, 20]) {
      yield* sleep(ms);
      states.push(isAsleep(h, pid));
    }
    yield* GenServer.call(self, pid, "again");
    states.push(isAsleep(h, pid));
    yield* sleep(30);
    states.push(isAsleep(h, pid));
    // The result's own time comes first, and goes on as information.
    self.send(pid, "short");
    yield* sleep(15);
    return [...states, yield* GenServer.call(self, pid, "seen")];
  });
  t.same(got, [false, true, false, true, ["again", "short", "TIMEOUT"]]);
});

scenario("hibernation leaves no alarm behind: nothing keeps Node awake", (t, h) => {
  const pid: { value?: Pid } = {};
  h.run(function* (self) {
    const options = { hibernateAfterMs: 20 };
    pid.value = yield* GenServer.start(self, keeping, "awake", options);
  });
  const { kernel } = h.runtime.core;
  t.ok(kernel.nextDeadline() < Infinity);
  h.advance(20);
  t.equal(kernel.nextDeadline(), Infinity);
  t.ok(isAsleep(h, pid.value!));
});

scenario("a result that a callback throws counts as its answer", (t, h) => {
  const throwing: GenServerModule<string[], () => unknown> = {
    init(throws) { throw throws(); },
    handleCall(request, _from, seen) {
      if (request === "seen") throw reply(seen, seen);
      if (request === "continue") throw reply(1, seen, cont("term"));
      throw stopReply("normal", "bye", seen);
    },
    *handleCast(message, seen) {
      yield* sleep(1);
      throw noreply([...seen, message]);
    },
    async handleInfo(message, seen) { throw noreply([...seen, message]); },
    handleContinue(term, seen) { throw noreply([...seen, term]); },
  };
  const got = h.run(function* (self) {
    const seen: unknown[] = [];
    for (const throws of [() => ignore(), () => stop("no")]) {
      seen.push(yield* failureOf(GenServer.start(self, throwing, throws)));
    }
    const pid = yield* GenServer.start(self, throwing, () => ok([]));
    GenServer.cast(self, pid, "cast");
    yield* GenServer.call(self, pid, "continue");
    seen.push(yield* GenServer.call(self, pid, "seen"));
    self.monitor(pid);
    seen.push(yield* GenServer.call(self, pid, "end"));
    return [...seen, (yield* receive(Down)).reason];
  });
  t.same(got, ["ignore", "no", ["cast", "term"], "bye", "normal"]);
  t.match(h.reports, [{ type: "crash", reason: "no" }]);
  t.equal(h.reports.length, 1);
});

scenario("what is thrown and is no result is an error", (t, h) => {
  const values: unknown[] = [
    { type: "stop", reason: "normal" }, { type: "noreply" }, "noreply", null, undefined,
    Object.assign(new Error("e"), { type: "ignore" }), { ...ok(1), more: 1 },
  ];
  const throwing: GenServerModule<null> = {
    init: () => ok(null),
    handleCast(index: number) { throw values[index]; },
  };
  const got = h.run(function* (self) {
    const reasons: unknown[] = [];
    for (let index = 0; index < values.length; index++) {
      const pid = yield* GenServer.start(self, throwing, undefined);
      self.monitor(pid);
      GenServer.cast(self, pid, index);
      reasons.push(Object.keys((yield* receive(Down)).reason as object)[0]);
    }
    return reasons;
  });
  t.same(got, values.map(() => "error"));
});

scenario("a wrong result that is thrown ends the server", (t, h) => {
  const throwing: GenServerModule<null> = {
    init: () => ok(null),
    handleCast() { throw reply(1, null); },
    handleInfo() { throw ok(null); },
  };
  const got = h.run(function* (self) {
    const reasons: unknown[] = [];
    for (const act of [GenServer.cast, self.send.bind(self)] as unknown[]) {
      const pid = yield* GenServer.start(self, throwing, undefined);
      self.monitor(pid);
      if (act === GenServer.cast) GenServer.cast(self, pid, 1);
      else self.send(pid, 1);
      reasons.push((yield* receive(Down)).reason);
    }
    return reasons;
  });
  t.same(got, [{ badReturn: "reply without a call" }, { badReturn: "not a result" }]);
});

scenario("gen_server_SUITE:otp_7669: whoever's start has failed, its name is free", (t, h) => {
  const inits: GenServerModule<null>["init"][] = [
    () => stop("no"), () => ignore(), () => { throw new Error("broken"); },
    function* () { yield* sleep(1000); return ok(null); },
    function* (_args, self) {
      self.exit(self.pid, "kill");
      yield* sleep(1);
      return ok(null);
    },
  ];
  const got = h.run(function* (self) {
    // The one that is killed has not taken its link away.
    self.trapExit = true;
    const names: unknown[] = [];
    for (const init of inits) {
      for (const start of [GenServer.start, GenServer.startLink]) {
        const options = { name: "failing", timeoutMs: 10 };
        yield* failureOf(start(self, { init }, undefined, options));
        names.push(self.whereis("failing"));
      }
    }
    return names;
  });
  t.same(got, inits.flatMap(() => [undefined, undefined]));
});

scenario("gen_server_SUITE:stop2, stop3: a stop waits for the end, by name too", (t, h) => {
  const ends: unknown[] = [];
  const ending: GenServerModule<string, string> = {
    init: (name) => ok(name),
    *terminate(reason, name) {
      yield* sleep(5);
      ends.push([name, reason]);
    },
  };
  const got = h.run(function* (self) {
    const pid = yield* GenServer.start(self, ending, "one");
    yield* GenServer.stop(self, pid, "odd");
    yield* GenServer.start(self, ending, "two", { name: "two" });
    yield* GenServer.stop(self, "two", { shutdown: ["term"] });
    return [self.runtime.isAlive(pid), self.whereis("two")];
  });
  t.same(got, [false, undefined]);
  t.same(ends, [["one", "odd"], ["two", { shutdown: ["term"] }]]);
});

scenario("a stop tells when the server has ended for another reason", (t, h) => {
  const broken: GenServerModule<null> = {
    init: () => ok(null),
    terminate: () => exit("broken"),
  };
  const got = h.run(function* (self) {
    const pid = yield* GenServer.start(self, broken, undefined);
    const seen = [yield* failureOf(GenServer.stop(self, pid))];
    const dying = self.spawn(function* () { yield* sleep(5); exit("first"); });
    return [...seen, yield* failureOf(GenServer.stop(self, dying, "normal", 10)),
      yield* failureOf(GenServer.stop(self, self.pid))];
  });
  t.same(got, ["broken", "first", "calling_self"]);
});

scenario("gen_server_SUITE:stop10: a time that is none is refused", (t, h) => {
  const got = h.run(function* (self) {
    const pid = yield* GenServer.start(self, keeping, "awake");
    const codes: unknown[] = [];
    for (const ms of [-1, NaN, 2 ** 40]) {
      try {
        yield* GenServer.stop(self, pid, "normal", ms);
      } catch (error) {
        codes.push((error as { code: unknown }).code);
      }
    }
    const info = self.runtime.processInfo(self.pid)!;
    return [...codes, self.runtime.isAlive(pid), info.monitors.length];
  });
  t.same(got, ["PIDGEON_BAD_TIME", "PIDGEON_BAD_TIME", "PIDGEON_BAD_TIME", true, 0]);
});

scenario("the parent's exit always stops a server: in order if it traps exits", (t, h) => {
  const ends: unknown[] = [];
  const child: GenServerModule<string, { name: string; traps: boolean }> = {
    init({ name, traps }, self) {
      self.trapExit = traps;
      return ok(name);
    },
    handleInfo: (message, name) => { ends.push(["information", message]); return noreply(name); },
    terminate: (reason, name) => { ends.push([name, reason]); },
  };
  const got = h.run(function* (self) {
    const lives = new Map<string, Pid>();
    for (const reason of ["normal", "odd"]) {
      self.spawn(function* (parent: Process) {
        for (const traps of [true, false]) {
          const pid = yield* GenServer.startLink(parent, child, { name: reason, traps });
          lives.set(`${reason} ${traps ? "trapped" : "untrapped"}`, pid);
        }
        exit(reason);
      });
    }
    yield* sleep(1);
    return [...lives].flatMap(([name, pid]) => self.runtime.isAlive(pid) ? [name] : []);
  });
  // As in Erlang, a `normal` that is not trapped is no reason to end.
  t.same(got, ["normal untrapped"]);
  t.same(ends, [["normal", "normal"], ["odd", "odd"]]);
});

scenario("gen_server_SUITE:call_with_huge_message_queue: a call passes over what waits", (t, h) => {
  t.equal(h.run(function* (self) {
    const pid = yield* GenServer.start(self, keeping, "awake");
    for (let n = 0; n < 5_000; n++) self.send(self.pid, n);
    for (let n = 0; n < 100; n++) yield* GenServer.call(self, pid, n);
    const seen = yield* GenServer.call<unknown[]>(self, pid, "seen");
    return seen.length + (yield* receive(Number));
  }), 100);
});
