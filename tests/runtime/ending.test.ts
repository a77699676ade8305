// Ends that are answered: as those of `exit`, without a throw.
import { setImmediate } from "node:timers/promises";
import {
  Down, ending, exit, ExitReason, GenServer, ok, receive, sleep, stop,
} from "../../host/index.ts";
import type { Callbacks, Operation, Process } from "../../host/index.ts";
import { scenario } from "./harness.ts";

const cyclic: { self?: unknown } = {};
cyclic.self = cyclic;

const reasons: Readonly<Record<string, unknown>> = {
  "normal": "normal", "shutdown": "shutdown", "a text": "broken", "a number": 7,
  "nothing": undefined, "an orderly object": { shutdown: 1 }, "an object": { code: [1, 2] },
  "a function, which is not sendable": () => {}, "an error": new TypeError("wrong"),
  "a cycle": cyclic,
};

/** The Down of a callback process that gets one message, and how many reports there were. */
function* endOf(self: Process, callbacks: Callbacks): Operation<unknown> {
  const pid = self.spawnCallback(callbacks);
  const ref = self.monitor(pid);
  self.send(pid, "end");
  const down = yield* receive(Down);
  return down.ref === ref ? down.reason : "another's";
}

/** The same, but for where an error was thrown. */
function withoutStack(reason: unknown): unknown {
  return JSON.parse(JSON.stringify(reason ?? null, (key, value: unknown) =>
    key === "stack" ? undefined : value));
}

for (const [title, reason] of Object.entries(reasons)) {
  scenario(`a callback that answers an end has it as by exit: ${title}`, (t, h) => {
    h.run(function* (self) {
      const thrown = yield* endOf(self, { receive: () => exit(reason) });
      const told = h.reports.length;
      const answers: readonly Callbacks[] = [
        { receive: () => ending(reason) },
        { *receive() { return ending(reason); } },
        { *receive() { yield* sleep(1); return ending(reason); } },
        { *receive() { yield* ending(reason); } },
      ];
      for (const callbacks of answers) {
        const wanted = withoutStack(thrown);
        const before = h.reports.length;
        t.same(withoutStack(yield* endOf(self, callbacks)), wanted);
        t.equal(h.reports.length - before, told, "and is reported as that");
      }
    });
  });
}

scenario("a promise of an end ends it when it is kept", async (t, h) => {
  const outcome = h.runtime.run((self) => endOf(self, { receive: async () => ending("broken") }));
  h.pump();
  await setImmediate();
  h.pump();
  t.equal(await outcome, "broken");
});

scenario("links get an end that is answered; nothing runs after it", (t, h) => {
  const got: unknown[] = [];
  h.run(function* (self) {
    self.trapExit = true;
    const pid = self.spawnCallback({
      receive: (message) => { got.push(message); return ending("broken"); },
    }, { link: true });
    self.send(pid, 1);
    self.send(pid, 2);
    t.match(yield* receive(), { from: pid, reason: "broken" });
    t.equal(self.send(pid, 3), false);
  });
  t.same(got, [1]);
});

scenario("a generator that returns an end has run its finally", (t, h) => {
  const did: string[] = [];
  h.run(function* (self) {
    const { ref } = self.spawnMonitor(function* (): Operation<unknown> {
      try {
        return ending({ code: 3 });
      } finally {
        yield* sleep(1);
        did.push("finally");
      }
    });
    t.match(yield* receive(Down), { ref, reason: { code: 3 } });
  });
  t.same(did, ["finally"]);
  t.same(h.reports, [], "as exit from a generator, it is nobody's crash");
});

scenario("who waits for a process outside gets an ExitReason", async (t, h) => {
  const outcome = h.runtime.run(function* () { return ending("broken"); });
  h.pump();
  await t.rejects(outcome, new ExitReason("broken"));
});

scenario("yield* of an end can be caught, as exit can", (t, h) => {
  t.equal(h.run(function* () {
    try {
      return yield* ending("broken");
    } catch (error) {
      return (error as ExitReason).reason;
    }
  }), "broken");
});

scenario("a server that answers an end terminates first", (t, h) => {
  const did: unknown[] = [];
  h.run(function* (self) {
    for (const handleCast of [() => ending("broken"), () => stop("broken")]) {
      const module = {
        init: () => ok(0), handleCast: handleCast as () => never,
        terminate: (reason: unknown) => did.push(reason),
      };
      const server = yield* GenServer.start(self, module, undefined);
      self.monitor(server);
      GenServer.cast(self, server, "end");
      t.match(yield* receive(Down), { pid: server, reason: "broken" });
    }
  });
  t.same(did, ["broken", "broken"]);
});
