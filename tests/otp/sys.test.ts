// sys: states seen and replaced from outside, and servers held up. OTP's sys_SUITE in plain words.
import {
  after, CallFailed, DynamicSupervisor, exit, ExitReason, GenServer, noreply, ok, receive, reply,
  sleep, Supervisor, sys, TIMEOUT,
} from "../../host/index.ts";
import type { GenServerModule } from "../../host/index.ts";
import { like, scenario } from "../runtime/harness.ts";

interface State { readonly users: Map<string, { age: number }>; readonly password: string }

const users: GenServerModule<State> = {
  name: "users",
  init: () => ok({ users: new Map([["ann", { age: 1 }]]), password: "secret" }),
  handleCall: (_request, _from, state) => reply(state.users.get("ann")!.age, state),
  formatStatus: ({ state }) => ({ state: { ...state, password: "***" } }),
};

scenario("getState is a copy of any state: neither side sees the other's changes", (t, h) => {
  h.run(function* (self) {
    const server = yield* GenServer.start(self, users, undefined);
    const state = yield* sys.getState<State>(self, server);
    t.same(state, { users: new Map([["ann", { age: 1 }]]), password: "secret" });
    state.users.get("ann")!.age = 99;
    t.equal(yield* GenServer.call(self, server, "age"), 1);
    const given = { users: new Map([["ann", { age: 2 }]]), password: "new" };
    const replaced = yield* sys.replaceState<State>(self, server, () => given);
    replaced.users.get("ann")!.age = 98;
    t.equal(yield* GenServer.call(self, server, "age"), 2);
  });
});

scenario("a change that throws leaves the state as it was, and is told", (t, h) => {
  h.run(function* (self) {
    const server = yield* GenServer.start(self, users, undefined);
    try {
      yield* sys.replaceState(self, server, () => exit("no"));
      t.fail("it has thrown");
    } catch (error) {
      t.match(error, like({ reason: { callbackFailed: "no" } }));
      t.ok(error instanceof ExitReason);
    }
    t.equal(yield* GenServer.call(self, server, "age"), 1);
  });
  t.same(h.reports, []);
});

scenario("getStatus shows what formatStatus leaves of a state, suspended or not", (t, h) => {
  h.run(function* (self) {
    const server = yield* GenServer.startLink(self, users, undefined, { name: "users" });
    const shown = {
      pid: server, registeredName: "users", label: "users", parent: self.pid, status: "running",
      messageQueueLength: 0, state: { users: new Map([["ann", { age: 1 }]]), password: "***" },
    };
    t.same(yield* sys.getStatus(self, "users"), shown);
    yield* sys.suspend(self, "users");
    self.send(server, "waits");
    t.same(yield* sys.getStatus(self, "users"),
      { ...shown, status: "suspended", messageQueueLength: 1 });
  });
});

const log: GenServerModule<unknown[]> = {
  init: () => ok([]),
  handleCall: (request, _from, seen) => reply(seen, [...seen, request]),
  handleCast: (message, seen) =>
    noreply([...seen, message], message === "time" ? after(50) : undefined),
  handleInfo: (message, seen) => noreply([...seen, message === TIMEOUT ? "timeout" : message]),
};

scenario("a suspended server handles system messages while all others wait, in order", (t, h) => {
  h.run(function* (self) {
    const server = yield* GenServer.start(self, log, undefined);
    yield* sys.suspend(self, server);
    yield* sys.suspend(self, server);
    self.send(server, 1);
    GenServer.cast(self, server, { n: 2 });
    try {
      yield* GenServer.call(self, server, 3, 20);
      t.fail("it answers nobody");
    } catch (error) {
      t.match(error, like({ cause: "timeout" }));
      t.ok(error instanceof CallFailed);
    }
    t.same(yield* sys.getState(self, server), []);
    t.same(yield* sys.replaceState(self, server, () => ["new"]), ["new"]);
    yield* sys.resume(self, server);
    t.same(yield* sys.getState(self, server), ["new", 1, { n: 2 }, 3]);
  });
});

scenario("a time-out of the server begins anew when it is resumed", (t, h) => {
  h.run(function* (self) {
    const server = yield* GenServer.start(self, log, undefined);
    GenServer.cast(self, server, "time");
    yield* sys.suspend(self, server);
    yield* sleep(200);
    yield* sys.resume(self, server);
    t.same(yield* sys.getState(self, server), ["time"]);
    yield* sleep(200);
    t.same(yield* sys.getState(self, server), ["time", "timeout"]);
  });
});

scenario("a suspended server is stopped, and ends with its parent", (t, h) => {
  h.run(function* (self) {
    const server = yield* GenServer.start(self, log, undefined);
    yield* sys.suspend(self, server);
    yield* GenServer.stop(self, server);
    t.notOk(self.runtime.isAlive(server));
    const trapping: GenServerModule<number> = {
      init(_args, me) { me.trapExit = true; return ok(0); },
    };
    let child = server;
    const parent = self.spawn(function* (me) {
      child = yield* GenServer.startLink(me, trapping, undefined);
      yield* sys.suspend(me, child);
      yield* receive("never");
    });
    yield* sleep(10);
    const ref = self.monitor(child);
    self.exit(parent, "gone");
    t.match(yield* receive(), { ref, reason: "gone" });
  });
});

scenario("supervisors answer as well: a suspended one restarts its children later", (t, h) => {
  h.run(function* (self) {
    const spec = GenServer.spec(users, undefined, { name: "child" });
    const top = yield* Supervisor.start(self, { children: [spec] });
    t.match(yield* sys.getState(self, top), { strategy: "oneForOne" });
    yield* sys.suspend(self, top);
    self.exit(self.whereis("child")!, "kill");
    yield* sleep(10);
    t.equal(self.whereis("child"), undefined);
    yield* sys.resume(self, top);
    yield* sleep(10);
    t.ok(self.whereis("child"));
    const dynamic = yield* DynamicSupervisor.start(self, { maxChildren: 3 });
    t.match(yield* sys.getStatus(self, dynamic),
      { label: "dynamic supervisor", state: { maxChildren: 3 } });
  });
});

scenario("who is dead or runs no behaviour does not answer: it ends as a call", (t, h) => {
  h.run(function* (self) {
    const plain = self.spawn(function* () { yield* receive("never"); });
    for (const [server, cause] of [["nobody", "noproc"], [plain, "timeout"]] as const) {
      try {
        yield* sys.getState(self, server, 20);
        t.fail("nobody answers");
      } catch (error) {
        t.match(error, like({ cause }));
      }
    }
  });
});
