// Ends of processes: reasons, exit signals, links, monitors, names. Erlang's rules.
import {
  Down, exit, Exit, ExitReason, isImmutable, receive, sleep, TIMEOUT,
} from "../../host/runtime/index.ts";
import type { Operation, Pid, Process, Reason } from "../../host/runtime/index.ts";
import { scenario } from "./harness.ts";

/** Lives until it is told something. */
function* idle(): Operation<void> {
  yield* receive("end");
}

/** The reason with which a process ends. */
function* reasonOf(
  self: Process, body: (self: Process) => Operation<unknown>,
): Operation<Reason> {
  const { ref } = self.spawnMonitor(body);
  const down = yield* receive(Down);
  return down.ref === ref ? down.reason : "another monitor";
}

scenario("a process ends as normal when its code is done", (t, h) => {
  t.equal(h.run((self) => reasonOf(self, function* () {})), "normal");
  t.same(h.reports, []);
});

scenario("exit ends a process with any plain reason", (t, h) => {
  for (const reason of ["shutdown", "custom", { code: 7, list: [1] }, 42, null]) {
    t.same(h.run((self) => reasonOf(self, function* () { exit(reason); })), reason);
  }
  t.same(h.reports, []);
});

scenario("a reason that can't be sent becomes an error reason", (t, h) => {
  const reason = h.run((self) => reasonOf(self, function* () { exit({ f: () => 1 }); }));
  t.match(reason, { error: { message: /a function, at f/ } });
  const nested = h.run((self) => reasonOf(self, function* () { exit(new Error("inside")); }));
  t.match(nested, { error: { message: "inside" } });
});

scenario("an uncaught error ends its process alone, with the error as data", (t, h) => {
  const other = h.runtime.spawn(idle);
  const reason = h.run((self) => reasonOf(self, function* () { throw new TypeError("oops"); }));
  t.match(reason, { error: { name: "TypeError", message: "oops", stack: /oops/ } });
  t.ok(h.runtime.isAlive(other));
  t.match(h.reports, [{ type: "crash", reason: { error: { message: "oops" } } }]);
});

scenario("whatever is thrown, only its process ends", (t, h) => {
  const hostile = new Error("x");
  Object.defineProperty(hostile, "message", { get() { throw new Error("again"); } });
  const revocable = Proxy.revocable({}, {});
  revocable.revoke();
  const exiting = new ExitReason("x");
  Object.defineProperty(exiting, "reason", { get() { throw new Error("again"); } });
  const all = [
    undefined, null, 7, "text", hostile, Object.create(null), revocable.proxy, exiting,
  ];
  for (const thrown of all) {
    const reason = h.run((self) => reasonOf(self, function* () { throw thrown; }));
    t.match(reason, { error: { message: String } });
  }
});

scenario("a reason is shared by all who are told, and nobody can change it", (t, h) => {
  const ends: ((self: Process, pid: Pid) => unknown)[] = [
    (_, pid) => h.runtime.send(pid, "throw"),
    (_, pid) => h.runtime.send(pid, "exit"),
    (self, pid) => { self.exit(pid, { code: { n: 1 } }); },
    (_, pid) => { h.runtime.exit(pid, { code: { n: 1 } }); },
  ];
  for (const end of ends) {
    const reasons = h.run(function* (self): Operation<Reason[]> {
      self.trapExit = true;
      const { pid } = self.spawnMonitor(function* () {
        if ((yield* receive()) === "throw") throw new Error("oops");
        exit({ code: { n: 1 } });
      });
      self.link(pid);
      end(self, pid);
      return [(yield* receive(Exit)).reason, (yield* receive(Down)).reason];
    });
    for (const reason of reasons as Record<string, object>[]) {
      t.ok(isImmutable(reason));
      const [part] = Object.values(reason);
      t.ok(Object.isFrozen(reason) && Object.isFrozen(part));
    }
  }
});

scenario("without room for its reason a process ends all the same", (t, h) => {
  const { handles } = h.runtime.core;
  const pid = h.runtime.spawn(function* () { throw new Error("oops"); });
  const taken: number[] = [];
  for (let handle = handles.allocate(0); handle !== 0; handle = handles.allocate(0)) {
    taken.push(handle);
  }
  h.pump();
  for (const handle of taken) handles.free(handle);
  t.notOk(h.runtime.isAlive(pid));
  t.match(h.reports, [{ type: "crash", reason: { error: { message: "oops" } } }]);
});

scenario("the end of a process frees its name before anyone is told", (t, h) => {
  const result = h.run(function* (self) {
    const { pid } = self.spawnMonitor(function* (own: Process) {
      own.register("service");
      yield* receive();
    });
    yield* sleep(1);
    const before = self.whereis("service") === pid;
    self.send("service", "go");
    yield* receive(Down);
    return [before, self.whereis("service")];
  });
  t.same(result, [true, undefined]);
});

scenario("names: one a process, one holder, free again when given up", (t, h) => {
  const result = h.run(function* (self) {
    const other = self.spawn(function* (own: Process) {
      own.register("taken");
      yield* receive();
    });
    yield* sleep(1);
    return [
      self.register("taken"), self.register("mine"), self.register("second"),
      self.unregister("mine"), self.unregister("mine"), self.register("grüße/ü"),
      self.whereis("grüße/ü") === self.pid, self.send(other, "end"),
    ];
  });
  t.same(result, [false, true, false, true, false, true, true, true]);
});

scenario("an exit signal ends a process that doesn't trap, with its reason", (t, h) => {
  for (const reason of ["shutdown", { why: "x" }]) {
    t.same(h.run(function* (self) {
      const { pid } = self.spawnMonitor(idle);
      self.exit(pid, reason);
      return (yield* receive(Down)).reason;
    }), reason);
  }
});

scenario("an exit signal with reason normal is ignored unless exits are trapped", (t, h) => {
  const result = h.run(function* (self) {
    const plain = self.spawn(idle);
    const trapping = self.spawn(function* (own: Process) {
      own.trapExit = true;
      const message = yield* receive(Exit);
      own.send(message.from, { got: message.reason });
    });
    yield* sleep(1);
    self.exit(plain, "normal");
    self.exit(trapping, "normal");
    const got: unknown = yield* receive();
    const alive = self.runtime.isAlive(plain);
    self.exit(plain, "kill");
    return [got, alive];
  });
  t.same(result, [{ got: "normal" }, true]);
});

scenario("kill can't be trapped and ends the process as killed", (t, h) => {
  const reason = h.run(function* (self) {
    const { pid } = self.spawnMonitor(function* (own: Process) {
      own.trapExit = true;
      yield* receive("never");
    });
    yield* sleep(1);
    self.exit(pid, "kill");
    return (yield* receive(Down)).reason;
  });
  t.equal(reason, "killed");
});

scenario("kill that comes over a link is not converted, and can be trapped", (t, h) => {
  const result = h.run(function* (self) {
    self.trapExit = true;
    self.spawnLink(function* () { exit("kill"); });
    return (yield* receive(Exit)).reason;
  });
  t.equal(result, "kill");
});

scenario("links end together, unless the end is normal", (t, h) => {
  const [a, b, c] = h.run(function* (self) {
    const ends: Reason[] = [];
    for (const reason of ["normal", "broken"]) {
      const { pid } = self.spawnMonitor(function* (own: Process) {
        own.spawnLink(function* () { exit(reason); });
        yield* receive(undefined, 50);
      });
      void pid;
      ends.push((yield* receive(Down)).reason);
    }
    const chain = (depth: number) => function* (own: Process): Operation<void> {
      if (depth > 0) own.spawnLink(chain(depth - 1));
      else exit("deep");
      yield* receive();
    };
    ends.push(yield* reasonOf(self, chain(50)));
    return ends;
  }) as [Reason, Reason, Reason];
  t.equal(a, "normal");
  t.equal(b, "broken");
  t.equal(c, "deep");
});

scenario("unlink parts them; a link to a dead process raises noproc or is trapped", (t, h) => {
  const result = h.run(function* (self) {
    const pid = self.spawnLink(function* () { yield* receive(); exit("broken"); });
    self.unlink(pid);
    self.send(pid, "go");
    yield* sleep(1);
    let raised: unknown;
    try {
      self.link(pid);
    } catch (error) {
      raised = error instanceof ExitReason ? error.reason : error;
    }
    self.trapExit = true;
    self.link(pid);
    const trapped = yield* receive(Exit);
    return [raised, trapped.reason, trapped.from === pid];
  });
  t.same(result, ["noproc", "noproc", true]);
});

scenario("monitors stack, each fires once, a dead target fires at once", (t, h) => {
  const result = h.run(function* (self) {
    const pid = self.spawn(idle);
    const refs = [self.monitor(pid), self.monitor(pid)];
    self.send(pid, "end");
    const downs = [yield* receive(Down), yield* receive(Down)];
    const late = self.monitor(pid);
    const dead = yield* receive(Down);
    const unknown = self.monitor("nobody");
    const nobody = yield* receive(Down);
    return [
      downs.map((down) => down.ref).sort().join() === refs.sort().join(),
      downs.every((down) => down.pid === pid && down.reason === "normal"),
      dead.ref === late, dead.reason, nobody.ref === unknown, nobody.reason,
      yield* receive(undefined, 5),
    ];
  });
  t.same(result, [true, true, true, "noproc", true, "noproc", TIMEOUT]);
});

scenario("demonitor with flush leaves no Down behind", (t, h) => {
  const result = h.run(function* (self) {
    const pid = self.spawn(idle);
    const active = self.monitor(pid);
    const queued = self.monitor(pid);
    const wasActive = self.demonitor(active, { info: true });
    self.send(pid, "end");
    yield* sleep(1);
    const wasQueued = self.demonitor(queued, { flush: true, info: true });
    return [wasActive, wasQueued, self.demonitor(queued), yield* receive(undefined, 0)];
  });
  t.same(result, [true, false, true, TIMEOUT]);
});

scenario("a child that ends at once is never missed", (t, h) => {
  const result = h.run(function* (self) {
    self.trapExit = true;
    const linked = self.spawnLink(function* () { exit("at once"); });
    const first = yield* receive(Exit);
    const { ref } = self.spawnMonitor(function* () { exit("at once"); });
    const second = yield* receive(Down);
    return [first.from === linked, first.reason, second.ref === ref, second.reason];
  });
  t.same(result, [true, "at once", true, "at once"]);
});

scenario("Exit and Down can't be forged by plain messages", (t, h) => {
  const got = h.run(function* (self) {
    self.send(self.pid, { ref: 1, pid: self.pid, reason: "forged" });
    t.throws(() => self.send(self.pid, new Exit(self.pid, "forged")),
      { code: "PIDGEON_NOT_SENDABLE" });
    return [yield* receive(Down, 0), yield* receive(Exit, 0), yield* receive(Object, 0)];
  });
  t.same(got.slice(0, 2), [TIMEOUT, TIMEOUT]);
});

scenario("a process that kills itself runs no further", (t, h) => {
  const steps: string[] = [];
  const pid = h.runtime.spawn(function* (self: Process) {
    steps.push("before");
    self.exit(self.pid, "kill");
    yield* receive(undefined, 0);
    steps.push("after");
  });
  h.pump();
  t.same(steps, ["before"]);
  t.notOk(h.runtime.isAlive(pid));
});

scenario("a process killed in the same drain, before its turn, gets none", (t, h) => {
  const ran: string[] = [];
  const victims: Pid[] = [];
  h.runtime.spawn(function* (self: Process) {
    for (const pid of victims) self.exit(pid, "kill");
  });
  victims.push(h.runtime.spawn(function* () { ran.push("victim"); }));
  h.pump();
  t.same(ran, []);
});

scenario("a new process in the slot of a dead one is another process", (t, h) => {
  const old = h.runtime.spawn(idle);
  h.pump();
  h.runtime.exit(old, { gone: true });
  const next = h.runtime.spawn(function* () { yield* receive(); });
  h.pump();
  t.not(next, old);
  t.notOk(h.runtime.isAlive(old));
  t.ok(h.runtime.isAlive(next));
  t.equal(h.runtime.send(old, "x"), false);
});

scenario("yielding something that is no operation is the process's own error", (t, h) => {
  const pid = h.runtime.spawn(function* (): Generator<never, void> {
    yield 7 as never;
  });
  h.pump();
  t.notOk(h.runtime.isAlive(pid));
  t.match(h.reports, [{ reason: { error: { message: /use yield\*/ } } }]);
});

scenario("a process needs a generator function", (t, h) => {
  const plain = (() => undefined) as unknown as () => Operation<void>;
  t.throws(() => h.runtime.spawn(plain), { code: "PIDGEON_NOT_A_GENERATOR" });
  h.pump();
});
