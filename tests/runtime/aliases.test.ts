// Aliases and priority messages: addresses that a process takes back, and what comes first.
import { Counter } from "../../host/kernel/abi.ts";
import {
  aliasOf, Down, Exit, receive, refOfAlias, sleep, TIMEOUT,
} from "../../host/runtime/index.ts";
import type { Alias, Operation, Pid, Process, Ref } from "../../host/runtime/index.ts";
import { like, scenario } from "./harness.ts";

/** All that lies in the mailbox, oldest first. */
function* drain(): Operation<unknown[]> {
  const messages: unknown[] = [];
  for (;;) {
    const message: unknown = yield* receive(undefined, 0);
    if (message === TIMEOUT) return messages;
    messages.push(message);
  }
}

scenario("what is sent to an alias reaches its process until it is taken back", (t, h) => {
  h.run(function* (self) {
    const alias = self.alias();
    t.equal(self.send(alias, { n: 1 }), true);
    t.equal(self.unalias(alias), true);
    t.equal(self.unalias(alias), false);
    t.equal(self.send(alias, { n: 2 }), false);
    t.equal(self.trySend(alias, 3), "noproc");
    t.same(yield* drain(), [{ n: 1 }]);
  });
  t.equal(h.runtime.counter(Counter.DEAD_LETTERS), 2);
});

scenario("an alias can be sent in a message, and used from outside", (t, h) => {
  const got = h.run(function* (self) {
    const alias = self.alias();
    self.spawn(function* (other: Process) {
      const to = yield* receive<Alias>();
      other.send(to, "hello");
    });
    h.runtime.send(alias, "from outside");
    const [child] = h.runtime.processes().slice(-1);
    self.send(child!, alias);
    yield* sleep(1);
    return yield* drain();
  });
  t.same(got, ["from outside", "hello"]);
});

scenario("an alias for one reply ends with the first message", (t, h) => {
  const got = h.run(function* (self) {
    const alias = self.alias({ reply: true });
    const sent = [self.send(alias, "one"), self.send(alias, "two")];
    return [...sent, self.unalias(alias), ...yield* drain()];
  });
  t.same(got, [true, false, false, "one"]);
});

scenario("nobody else can take an alias back, and a plain reference is none", (t, h) => {
  h.run(function* (self) {
    const alias = self.alias();
    self.spawn(function* (other: Process) { t.equal(other.unalias(alias), false); });
    yield* sleep(1);
    t.equal(self.send(alias, 1), true);
    t.equal(self.send(aliasOf(self.makeRef()), 2), false);
    t.equal(self.unalias(aliasOf(self.makeRef())), false);
    self.exit(aliasOf(self.makeRef()), "nobody");
    t.same(yield* drain(), [1]);
  });
});

scenario("a monitor's reference is an alias, by its mode", (t, h) => {
  h.run(function* (self) {
    const pid = self.spawn(function* () { yield* receive(); });
    const stays = self.monitor(pid, { alias: "explicit_unalias" });
    const ends = self.monitor(pid, { alias: "demonitor" });
    const once = self.monitor(pid, { alias: "reply_demonitor" });
    self.send(aliasOf(once), "reply");
    t.equal(self.send(aliasOf(once), "late"), false);
    t.equal(self.demonitor(once, { info: true }), false, "the reply has ended the monitor");
    self.demonitor(ends);
    t.equal(self.send(aliasOf(ends), "late"), false);
    self.demonitor(stays);
    t.equal(self.send(aliasOf(stays), "still"), true);
    t.equal(self.unalias(aliasOf(stays)), true);
    t.same(yield* drain(), ["reply", "still"]);
    self.send(pid, "end");
    yield* sleep(1);
    t.same(yield* drain(), [], "no Down");
  });
});

scenario("a monitor's tag is its Down's, and a Down without one has 0", (t, h) => {
  h.run(function* (self) {
    const { pid, ref } = self.spawnOpt({ monitor: { tag: 7 } }, function* () {});
    const plain = self.monitor(pid);
    const downs = new Map<Ref, Down>();
    for (let n = 0; n < 2; n++) {
      const down = yield* receive(Down);
      downs.set(down.ref, down);
    }
    t.same([downs.get(ref)?.tag, downs.get(plain)?.tag], [7, 0]);
    t.throws(() => self.monitor(pid, { tag: 256 }), like({ code: "PIDGEON_BAD_OPTION" }));
  });
});

scenario("a monitor by name says who had the name, or 0", (t, h) => {
  h.run(function* (self) {
    const pid = self.spawn(function* () { yield* receive(); });
    self.register("worker", pid);
    const known = self.monitor("worker");
    const unknown = self.monitor("nobody");
    const first = yield* receive(Down);
    t.same([first.ref, first.pid, first.reason], [unknown, 0, "noproc"]);
    self.send("worker", "end");
    const second = yield* receive(Down);
    t.same([second.ref, second.pid, second.reason], [known, pid, "normal"]);
  });
});

scenario("a monitor of oneself is none", (t, h) => {
  h.run(function* (self) {
    self.register("me");
    for (const target of [self.pid, "me"] as const) {
      const ref = self.monitor(target, { alias: "explicit_unalias" });
      t.equal(self.send(aliasOf(ref), "x"), false);
      t.equal(self.demonitor(ref, { info: true }), false);
      t.equal(self.demonitor(ref), true);
    }
    t.same(h.runtime.processInfo(self.pid, "monitors"), []);
  });
});

scenario("priority messages stand before ordinary ones, in their own order", (t, h) => {
  h.run(function* (self) {
    const alias = self.alias({ priority: true });
    for (const message of ["a", { b: 1 }]) self.send(self.pid, message);
    self.send(alias, "first", { priority: true });
    self.send(alias, "ordinary");
    self.send(alias, { second: true }, { priority: true });
    t.same(yield* drain(), ["first", { second: true }, "a", { b: 1 }, "ordinary"]);
  });
});

scenario("what is urgent is found by a process that has passed over others", (t, h) => {
  h.run(function* (self) {
    for (let n = 0; n < 100; n++) self.send(self.pid, { n });
    t.same(yield* receive({ n: 90 }), { n: 90 });
    const alias = self.alias({ priority: true });
    self.send(alias, { n: 1_000 }, { priority: true });
    t.same(yield* receive({ n: 95 }), { n: 95 });
    self.send(alias, { n: 1_001 }, { priority: true });
    t.same(yield* receive({ n: Number }), { n: 1_000 });
    t.same(yield* receive({ n: 50 }), { n: 50 });
    const left = (yield* drain()) as { n: number }[];
    t.same(left.slice(0, 3), [{ n: 1_001 }, { n: 0 }, { n: 1 }]);
    t.equal(left.length, 98);
  });
});

scenario("who begins to admit priority finds again what it has passed over", (t, h) => {
  h.run(function* (self) {
    for (let n = 0; n < 10; n++) self.send(self.pid, { n });
    yield* receive({ n: 8 });
    self.alias({ priority: true });
    t.same(yield* receive({ n: 3 }, 0), { n: 3 });
    t.same(yield* receive({ n: 9 }, 0), { n: 9 });
  });
});

scenario("a waiting receive takes an urgent message that it wants", (t, h) => {
  const got: unknown[] = [];
  let alias: Alias | undefined;
  const pid = h.runtime.spawn(function* (self: Process) {
    alias = self.alias({ priority: true });
    got.push(yield* receive({ n: 3 }), yield* receive());
  });
  h.pump();
  h.runtime.send(pid, { n: 1 });
  h.pump();
  h.runtime.spawn(function* (self: Process) { self.send(alias!, { n: 3 }, { priority: true }); });
  h.pump();
  t.same(got, [{ n: 3 }, { n: 1 }]);
});

scenario("priority needs an alias that was made for it", (t, h) => {
  h.run(function* (self) {
    const plain = self.alias();
    self.send(self.pid, "a");
    t.equal(self.send(plain, "b", { priority: true }), true);
    t.same(yield* drain(), ["a", "b"], "an alias without it: an ordinary message");
    self.register("me");
    self.trapExit = true;
    self.send(self.pid, "c");
    self.send(self.pid, "d", { priority: true });
    self.send("me", "e", { priority: true });
    self.exit(self.pid, "f", { priority: true });
    t.same(yield* drain(), ["c", "d", "e", new Exit(self.pid, "f")], "without one as well");
  });
});

scenario("Exits and Downs come first if they were asked for so", (t, h) => {
  h.run(function* (self) {
    self.trapExit = true;
    const body = function* () { yield* receive(); };
    const pids = [self.spawn(body), self.spawn(body), self.spawn(body)] as const;
    self.link(pids[0], { priority: true });
    self.link(pids[1]);
    const ref: Ref = self.monitor(pids[2], { priority: true });
    self.send(self.pid, "ordinary");
    for (const pid of [pids[1], pids[0], pids[2]]) self.send(pid, "end");
    yield* sleep(1);
    const got = (yield* drain()).map((one) => one instanceof Exit ? one.from
      : one instanceof Down ? one.ref : one);
    t.same(got, [pids[0], ref, "ordinary", pids[1]]);
  });
});

scenario("an urgent exit signal comes first, and ends who does not trap", (t, h) => {
  let alias: Alias | undefined;
  const trapping = h.runtime.spawn(function* (self: Process) {
    self.trapExit = true;
    alias = self.alias({ priority: true });
    yield* receive("go");
    const first = yield* receive(Exit);
    t.equal(first.reason, "urgent");
    t.same(yield* drain(), ["ordinary"]);
    self.trapExit = false;
    yield* receive("never");
  });
  h.pump();
  h.runtime.send(trapping, "ordinary");
  h.run(function* (self) { self.exit(alias!, "urgent", { priority: true }); });
  h.runtime.send(trapping, "go");
  h.pump();
  h.run(function* (self) { self.exit(alias!, "over", { priority: true }); });
  t.notOk(h.runtime.isAlive(trapping));
});

scenario("the reference of an alias and the address are one another's opposites", (t, h) => {
  h.run(function* (self) {
    const alias = self.alias();
    t.equal(aliasOf(refOfAlias(alias)), alias);
    t.equal(h.runtime.processInfo(self.pid, "aliases"), 1);
    const pids: readonly Pid[] = h.runtime.processes();
    t.ok(pids.every((pid) => pid > 0) && alias < 0);
  });
});
