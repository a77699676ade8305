// Groups: names with many members, and one message to all of them.
import { Bytes, isImmutable, receive, sleep } from "../../host/runtime/index.ts";
import type { Operation, Pid, Process } from "../../host/runtime/index.ts";
import { like, scenario } from "./harness.ts";

/** A member that keeps what it gets. */
function member(group: string, got: unknown[]) {
  return function* (self: Process): Operation<void> {
    self.join(group);
    for (;;) got.push(yield* receive());
  };
}

scenario("who joins twice is a member twice, and leaves twice", (t, h) => {
  h.run(function* (self) {
    t.same(self.getMembers("team"), []);
    t.equal(self.leave("team"), false);
    t.same([self.join("team"), self.join("team")], [true, true]);
    t.same(self.getMembers("team"), [self.pid, self.pid]);
    t.equal(h.runtime.processInfo(self.pid, "groups"), 1);
    t.same([self.leave("team"), self.leave("team"), self.leave("team")], [true, true, false]);
    t.same(h.runtime.getMembers("team"), []);
  });
});

scenario("one may let others join and leave; the dead can't", (t, h) => {
  h.run(function* (self) {
    const pid = self.spawn(function* () { yield* receive(); });
    t.equal(self.join("team", pid), true);
    self.join("team");
    t.same(new Set(self.getMembers("team")), new Set([pid, self.pid]));
    self.send(pid, "end");
    yield* sleep(1);
    t.same(self.getMembers("team"), [self.pid], "an end leaves all groups");
    t.same([self.join("team", pid), self.leave("team", pid)], [false, false]);
  });
});

scenario("a message to a group reaches each member once, as one frozen value", (t, h) => {
  const got: unknown[][] = [[], [], []];
  for (const own of got) h.runtime.spawn(member("team", own));
  h.pump();
  h.run(function* (self) {
    self.join("team");
    self.join("team");
    const message = { list: [1, 2] };
    t.equal(self.sendToGroup("team", message), 4);
    t.notOk(Object.isFrozen(message), "the sender's value stays its own");
    t.same(yield* receive(undefined, 0), message);
    t.type(yield* receive(undefined, 0), "symbol");
  });
  t.same(got, [[{ list: [1, 2] }], [{ list: [1, 2] }], [{ list: [1, 2] }]]);
  t.equal(got[0]![0], got[1]![0], "the same value");
  t.ok(isImmutable(got[0]![0] as object));
});

scenario("numbers, texts and bytes go to groups, from outside too", (t, h) => {
  const got: unknown[] = [];
  h.runtime.spawn(member("team", got));
  h.pump();
  for (const message of [1, "text", Bytes.fromText("bytes"), null]) {
    t.equal(h.runtime.sendToGroup("team", message), 1);
  }
  h.pump();
  t.same(got, [1, "text", Bytes.fromText("bytes"), null]);
});

scenario("a group without members gets nothing, and a bad message nobody", (t, h) => {
  h.run(function* (self) {
    t.same([self.sendToGroup("nobody", 1), self.sendToGroup("nobody", { n: 1 })], [0, 0]);
    self.join("team");
    t.throws(() => self.sendToGroup("team", { f: () => 1 }),
      like({ code: "PIDGEON_NOT_SENDABLE" }));
    t.type(yield* receive(undefined, 0), "symbol");
  });
});

scenario("members with a full mailbox are not counted", (t, h) => {
  h.run(function* (self) {
    const pids: Pid[] = [];
    for (const messages of [1, 0]) {
      const pid = self.spawnOpt({ mailboxLimit: { messages } }, function* () {
        yield* receive("never");
      });
      self.join("team", pid);
      pids.push(pid);
    }
    t.same([self.sendToGroup("team", { n: 1 }), self.sendToGroup("team", { n: 2 })], [2, 1]);
    t.same(pids.map((pid) => h.runtime.processInfo(pid, "messageQueueLength")), [1, 2]);
  });
});

scenario("a group of a thousand: all get it, and all leave by their ends", (t, h) => {
  let sum = 0;
  for (let n = 0; n < 1_000; n++) {
    h.runtime.spawn(function* (self: Process) {
      self.join("crowd");
      const { n: got } = yield* receive<{ n: number }>();
      sum += got;
    });
  }
  h.pump();
  t.equal(h.runtime.sendToGroup("crowd", { n: 2 }), 1_000);
  h.pump();
  t.equal(sum, 2_000);
  t.same(h.runtime.getMembers("crowd"), []);
});
