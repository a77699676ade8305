// Limits and priority at a start: those of spawnOpt, for every behaviour.
import {
  DynamicSupervisor, GenServer, GenStateMachine, noreply, ok, reply, Supervisor,
} from "../../host/otp/index.ts";
import type { GenServerModule } from "../../host/otp/index.ts";
import { CallFailed } from "../../host/runtime/index.ts";
import { scenario } from "../runtime/harness.ts";

const slow: GenServerModule<number, number> = {
  init: (state) => ok(state),
  handleCall: (_request, _from, state) => reply(state, state),
  handleCast: (_request, state) => noreply(state),
};

scenario("a full mailbox of a server refuses casts and calls; init is not concerned", (t, h) => {
  const mailboxLimit = { messages: 2 };
  const result = h.run(function* (self) {
    const server = yield* GenServer.start(self, slow, 1, { mailboxLimit, priority: "high" });
    const { priority, mailboxLimit: messages } = self.runtime.processInfo(server)!;
    const sent = [1, 2, 3].map((n) => GenServer.cast(self, server, n));
    let cause: unknown;
    try {
      yield* GenServer.call(self, server, 1);
    } catch (error) {
      cause = (error as CallFailed).cause;
    }
    yield* GenServer.stop(self, server);
    return [priority, messages, sent, cause];
  });
  t.same(result, ["high", 2, [true, true, false], "mailbox_full"]);
});

scenario("every start takes them: startLink, spec under supervisors, the supervisors themselves",
  (t, h) => {
    const limits = { mailboxLimit: { messages: 7, policy: "drop" } } as const;
    const found = h.run(function* (self) {
      self.trapExit = true;
      const linked = yield* GenServer.startLink(self, slow, 1, limits);
      const root = yield* Supervisor.start(self, {
        children: [
          GenServer.spec(slow, 1, { id: "child", name: "child", ...limits }),
          DynamicSupervisor.spec("children", {}, { name: "children", ...limits }),
        ],
      }, limits);
      const pids = [linked, root, self.whereis("child")!, self.whereis("children")!];
      const all = pids.map((pid) => self.runtime.processInfo(pid, "mailboxLimit"));
      yield* Supervisor.stop(self, root);
      yield* GenServer.stop(self, linked);
      return all;
    });
    t.same(found, [7, 7, 7, 7]);
  });

scenario("a memory limit ends a server; nonsense is refused before a start", (t, h) => {
  h.run(function* (self) {
    const server = yield* GenServer.start(self, slow, 1, { memoryLimit: { bytes: 64 } });
    self.suspend(server);
    for (let count = 0; count < 5; count++) GenServer.cast(self, server, { count });
    self.resume(server);
    t.notOk(self.runtime.isAlive(server));
  });
  t.match(h.reports, [{ type: "memory_limit" }]);
  const before = h.runtime.processes().length;
  t.throws(() => h.run(function* (self) {
    yield* GenServer.start(self, slow, 1, { mailboxLimit: { messages: -1 } });
  }), { code: "PIDGEON_BAD_OPTION" });
  t.throws(() => h.run(function* (self) {
    yield* GenServer.start(self, slow, 1, { priority: "urgent" as never });
  }), { code: "PIDGEON_BAD_OPTION" });
  for (const hibernateAfterMs of [-1, NaN, 2 ** 32]) {
    t.throws(() => h.run(function* (self) {
      yield* GenServer.start(self, slow, 1, { hibernateAfterMs });
    }), { code: "PIDGEON_BAD_TIME" });
  }
  for (const module of [undefined, null, {}, "counter"] as never[]) {
    t.throws(() => h.run((self) => GenServer.start(self, module, 1)),
      { code: "PIDGEON_BAD_OPTION" });
    t.throws(() => h.run((self) => GenStateMachine.start(self, module, 1)),
      { code: "PIDGEON_BAD_OPTION" });
  }
  t.equal(h.runtime.processes().length, before);
});
