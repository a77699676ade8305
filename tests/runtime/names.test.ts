// Names that nobody can have: they reach nobody, and no alias whose number a status has.
import { aliasOf, Status } from "../../host/kernel/abi.ts";
import { Down, GenServer, receive, TIMEOUT } from "../../host/index.ts";
import type { Pid, Ref } from "../../host/index.ts";
import { like, scenario } from "./harness.ts";

const tooLong = "x".repeat(70_000);

for (const [what, name] of [["too long", tooLong], ["not Unicode", "a\ud800"]] as const) {
  scenario(`a name that is ${what} reaches no alias, whatever the status of the call`, (t, h) => {
    const { runtime } = h;
    h.run(function* (self) {
      const alias = self.alias();
      // References go by the slots of a table: the alias that BAD_ARGUMENT would be the address of.
      while (self.alias() > Status.BAD_ARGUMENT) continue;
      t.ok(self.unalias(aliasOf(8 as Ref)) || alias === Status.BAD_ARGUMENT);
      const victim = self.alias();
      t.equal(victim % 2 ** 24, Status.BAD_ARGUMENT);
    });
    t.equal(runtime.whereis(name), undefined);
  });

  scenario(`nobody gets what is sent to a name that is ${what}`, (t, h) => {
    const { runtime } = h;
    h.run(function* (self) {
      for (let ref = 0; ref < 16; ref++) self.alias();
      t.equal(self.send(aliasOf(8 as Ref), "there is such an alias"), true);
      yield* receive();
      t.equal(self.whereis(name), undefined);
      t.equal(self.send(name, 1), false);
      t.equal(self.send(name, { n: 1 }), false);
      t.equal(self.trySend(name, 1), "noproc");
      t.same([runtime.send(name, 1), runtime.trySend(name, 1)], [false, "noproc"]);
      t.equal(GenServer.cast(self, name, 1), false);
      t.equal(runtime.cast(name, 1), false);
      try {
        yield* GenServer.call(self, name, 1);
        t.fail("nobody can answer");
      } catch (error) {
        t.match(error, { cause: "noproc" });
      }
      const refused = like({
        code: "PIDGEON_KERNEL_STATUS", details: like({ status: "BAD_ARGUMENT" }),
      });
      t.throws(() => self.monitor(name), refused);
      t.throws(() => self.sendAfter(0, name, 1), refused);
      t.throws(() => self.sendAfter(0, name, { n: 1 }), refused);
      t.throws(() => self.register(name), refused);
      t.throws(() => self.join(name), refused);
      t.throws(() => self.sendToGroup(name, 1), refused);
      t.equal(self.unregister(name), false);
      t.equal(self.leave("no such group"), false);
      t.same(self.getMembers(name), []);
      t.equal(yield* receive(undefined, 5), TIMEOUT, "the alias got nothing");
    });
  });
}

scenario("names that differ in a lone surrogate alone do not collide", (t, h) => {
  h.run(function* (self) {
    t.equal(self.register("a\ufffd"), true);
    for (const name of ["a\ud800", "a\udc00", "\ud800a", "ä\udfffb"]) {
      t.equal(self.whereis(name), undefined);
    }
    t.equal(self.whereis("a\ufffd"), self.pid);
    const other: Pid = self.spawn(function* () { yield* receive(); });
    t.equal(self.register("\ud83d\ude00", other), true, "a pair is a character");
    t.equal(self.whereis("😀"), other);
    const ref = self.monitor("😀");
    self.exit(other, "kill");
    t.equal((yield* receive(Down)).ref, ref);
  });
});
