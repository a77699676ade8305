// Registry: keys with values, found by every process without a message, gone with their processes.
import { Down, receive, sleep } from "../../host/runtime/index.ts";
import type { Operation, Process } from "../../host/runtime/index.ts";
import { GenServer, noreply, ok, Registry, reply, Supervisor } from "../../host/otp/index.ts";
import type { GenServerModule, StartFailed } from "../../host/otp/index.ts";
import { like, scenario } from "../runtime/harness.ts";

const rooms = Registry.unique<string | number, { topic: string }>("rooms");
const topics = Registry.duplicate<string, number>("topics");

const room: GenServerModule<unknown> = {
  name: "room",
  init: () => ok("empty"),
  handleCall: (request, _from, state) => reply([request, state], state),
  handleCast: (message, _state) => noreply(message),
};

/** Registers and says so, then lives until it is told to end. */
function* holder(self: Process, key: string, value: { topic: string }): Operation<void> {
  Registry.register(self, rooms, key, value);
  yield* receive();
}

scenario("a unique key is one process's; lookup finds it with its frozen value", (t, h) => {
  const value = { topic: "tea" };
  const got = h.run(function* (self) {
    yield* Registry.startLink(self, rooms);
    const other = self.spawn(holder, "kitchen", value);
    yield* sleep(1);
    const entries = Registry.lookup(self, rooms, "kitchen");
    t.same(entries, [{ key: "kitchen", pid: other, value }]);
    t.not(entries[0]!.value, value);
    t.ok(Object.isFrozen(entries[0]!.value));
    t.equal(Registry.whereis(self, rooms, "kitchen"), other);
    t.equal(Registry.whereis(h.runtime, rooms, "kitchen"), other, "from outside, too");
    t.same(Registry.register(self, rooms, "kitchen", value),
      { ok: false, error: "already_registered", pid: other });
    t.same(Registry.register(self, rooms, 5, value), { ok: true });
    t.same([Registry.keys(self, rooms, self.pid), Registry.count(self, rooms)], [[5], 2]);
    return Registry.lookup(self, rooms, "5");
  });
  t.same(got, [], "5 and its text are two keys");
});

scenario("who hears of an end finds the key free, and registers it at once", (t, h) => {
  const got = h.run(function* (self) {
    yield* Registry.startLink(self, rooms);
    const { pid } = self.spawnMonitor(holder, "kitchen", { topic: "tea" });
    yield* sleep(1);
    self.exit(pid, "kill");
    yield* receive(Down);
    const before = [Registry.lookup(self, rooms, "kitchen"), Registry.count(self, rooms),
      Registry.keys(self, rooms, pid), Registry.values(self, rooms, "kitchen", pid)];
    const taken = Registry.register(self, rooms, "kitchen", { topic: "cake" });
    yield* sleep(1);
    return [...before, taken.ok, Registry.values(self, rooms, "kitchen", self.pid)];
  });
  t.same(got, [[], 0, [], [], true, [{ topic: "cake" }]]);
});

scenario("a duplicate key has many entries; dispatch gives them all, in order", (t, h) => {
  const got = h.run(function* (self) {
    yield* Registry.startLink(self, topics);
    const listen = (self: Process, values: number[]) => (function* (): Operation<void> {
      for (const value of values) Registry.register(self, topics, "news", value);
      yield* receive("end");
    })();
    const first = self.spawn(listen, [1, 2]);
    const second = self.spawn(listen, [3]);
    yield* sleep(1);
    const sent: unknown[] = [];
    Registry.dispatch(self, topics, "news", (all) => {
      for (const { pid, value } of all) sent.push([pid === first, value]);
    });
    Registry.dispatch(self, topics, "nothing", () => sent.push("never"));
    const odd = Registry.match(self, topics, "news", (value: number) => value % 2 === 1);
    const selected = Registry.select(self, topics, { pid: second });
    self.send(first, "end");
    yield* sleep(1);
    const left = Registry.lookup(self, topics, "news").map(({ value }) => value);
    return [sent, odd.map(({ value }) => value), selected.length, left];
  });
  t.same(got, [[[true, 1], [true, 2], [false, 3]], [1, 3], 1, [3]]);
});

scenario("unregister ends a process's own entries, by shape if one is given", (t, h) => {
  const got = h.run(function* (self) {
    yield* Registry.startLink(self, topics);
    for (const value of [1, 2, 3]) Registry.register(self, topics, "news", value);
    Registry.unregister(self, topics, "news", 2);
    const some = Registry.values(self, topics, "news", self.pid);
    Registry.unregister(self, topics, "unknown");
    Registry.unregister(self, topics, "news");
    const links = self.runtime.processInfo(self.pid, "links")!.length;
    return [some, Registry.count(self, topics), links];
  });
  t.same(got, [[1, 3], 0, 1], "the link of a parent stays");
});

scenario("the first entry links to the registry, the last one's end unlinks", (t, h) => {
  const got = h.run(function* (self) {
    yield* Registry.start(self, topics);
    const links = () => self.runtime.processInfo(self.pid, "links")!.length;
    Registry.register(self, topics, "a", 1);
    Registry.register(self, topics, "b", 1);
    Registry.unregister(self, topics, "a");
    const one = links();
    Registry.unregister(self, topics, "b");
    return [one, links()];
  });
  t.same(got, [1, 0]);
});

scenario("a via name starts, calls, casts, sends, monitors and stops", async (t, h) => {
  const lobby = Registry.via(rooms, "lobby", { topic: "all" });
  const got = h.run(function* (self) {
    yield* Registry.start(self, rooms);
    const pid = yield* GenServer.start(self, room, undefined, { name: lobby });
    GenServer.cast(self, lobby, "full");
    const answer: unknown = yield* GenServer.call(self, lobby, "state");
    const sent = [self.send(lobby, 1), self.trySend(Registry.via(rooms, "nowhere"), 1)];
    const { value } = Registry.lookup(self, rooms, "lobby")[0]!;
    const error = yield* failure(GenServer.start(self, room, undefined, { name: lobby }));
    const missing = yield* failure(GenServer.call(self, Registry.via(rooms, "nowhere"), 1));
    const ref = self.monitor(Registry.via(rooms, "nowhere"));
    const down = yield* receive(Down);
    yield* GenServer.stop(self, lobby);
    t.same((error as StartFailed).reason, { alreadyStarted: pid });
    t.same((missing as StartFailed).reason,
      { call: { server: { registry: "rooms", key: "nowhere" }, cause: "noproc" } });
    t.same([down.ref, down.pid, down.reason], [ref, 0, "noproc"]);
    return [answer, sent, value, Registry.whereis(self, rooms, "lobby")];
  });
  t.same(got, [["state", "full"], [true, "noproc"], { topic: "all" }, undefined]);
  h.run((self) => GenServer.start(self, room, undefined, { name: lobby }));
  const outside = h.runtime.call(lobby, "outside");
  h.pump();
  t.same(await outside, ["outside", "empty"]);
});

function* failure(operation: Operation<unknown>): Operation<unknown> {
  try {
    return yield* operation;
  } catch (error) {
    return error;
  }
}

scenario("a start that fails under a via name leaves the key free", (t, h) => {
  const got = h.run(function* (self) {
    yield* Registry.startLink(self, rooms);
    const module = { init: () => ({ type: "ignore" }) } as GenServerModule<unknown>;
    const name = Registry.via(rooms, "lobby");
    yield* failure(GenServer.start(self, module, undefined, { name }));
    return Registry.whereis(self, rooms, "lobby");
  });
  t.equal(got, undefined);
});

scenario("listeners hear of every register and unregister, by an end too", (t, h) => {
  const heard = Registry.unique<string, { n: number }>("heard", { listeners: ["ear", "nobody"] });
  const got = h.run(function* (self) {
    self.register("ear");
    yield* Registry.startLink(self, heard);
    const pid = self.spawn(function* (self) {
      Registry.register(self, heard, "key", { n: 1 });
    });
    return [pid, yield* receive(), yield* receive()];
  });
  const [pid] = got;
  t.same(got.slice(1), [
    { type: "register", registry: "heard", key: "key", pid, value: { n: 1 } },
    { type: "unregister", registry: "heard", key: "key", pid },
  ]);
});

scenario("updateValue changes the own entry alone; the registry itself has values", (t, h) => {
  const got = h.run(function* (self) {
    yield* Registry.startLink(self, rooms);
    const none = Registry.updateValue(self, rooms, "a", (old) => old);
    Registry.register(self, rooms, "a", { topic: "tea" });
    const changed = Registry.updateValue(self, rooms, "a", ({ topic }) => ({ topic: `${topic}!` }));
    Registry.putMeta(self, rooms, "limit", 5);
    const { value } = Registry.lookup(self, rooms, "a")[0]!;
    return [none, changed, value, Registry.meta(self, rooms, "limit"),
      Registry.meta(self, rooms, "other")];
  });
  t.same(got, [
    { ok: false, error: "not_registered" },
    { ok: true, value: { topic: "tea!" }, old: { topic: "tea" } }, { topic: "tea!" }, 5, undefined,
  ]);
});

scenario("a registry that is restarted takes with it who has registered", (t, h) => {
  const got = h.run(function* (self) {
    yield* Supervisor.start(self, { children: [Registry.spec(rooms)] });
    const { pid } = self.spawnMonitor(holder, "kitchen", { topic: "tea" });
    yield* sleep(1);
    self.exit(self.whereis("rooms")!, "kill");
    const down = yield* receive(Down);
    yield* sleep(1);
    return [down.pid === pid, down.reason, Registry.count(self, rooms)];
  });
  t.same(got, [true, "killed", 0]);
});

scenario("a registry that does not run, and what can't be a key or value, are refused", (t, h) => {
  const refused = (body: (self: Process) => unknown, code: string) =>
    t.throws(() => h.run(function* (self) { body(self); }), like({ code }));
  refused((self) => Registry.lookup(self, rooms, "a"), "PIDGEON_NO_REGISTRY");
  refused((self) => self.send(Registry.via(rooms, "a"), 1), "PIDGEON_NO_REGISTRY");
  h.run(function* (self) {
    yield* Registry.start(self, rooms);
    yield* Registry.start(self, topics);
  });
  refused((self) => Registry.register(self, rooms, {} as string, { topic: "" }),
    "PIDGEON_BAD_OPTION");
  refused((self) => Registry.register(self, rooms, "a", { topic: (() => 1) as never }),
    "PIDGEON_NOT_SENDABLE");
  refused((self) => self.send({ registry: "topics", key: "a" }, 1), "PIDGEON_BAD_OPTION");
  t.equal(Registry.count(h.runtime, rooms), 0);
});

scenario("ten thousand keys come and go, and nothing is left of them", (t, h) => {
  const got = h.run(function* (self) {
    yield* Registry.startLink(self, topics);
    for (let index = 0; index < 10_000; index++) {
      Registry.register(self, topics, `${index % 50}`, index);
    }
    const many = Registry.count(self, topics);
    for (let key = 0; key < 50; key++) Registry.unregister(self, topics, `${key}`);
    return [many, Registry.count(self, topics), Registry.keys(self, topics, self.pid)];
  });
  t.same(got, [10_000, 0, []]);
});
