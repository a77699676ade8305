// Replies to who has a full mailbox: in their place, and before the end of who has sent them.
import { GenServer, noreply, ok, receive, stopReply, Supervisor } from "../../host/index.ts";
import type { GenServerModule, Operation, Pid, Process, SpawnOptions } from "../../host/index.ts";
import { scenario } from "./harness.ts";
import type { Harness } from "./harness.ts";

/** Calls a server with a mailbox that is full, and answers what the call does. */
function callFull<M extends GenServerModule<undefined, undefined>>(
  h: Harness, module: M, limits: SpawnOptions,
): { reply?: unknown; error?: unknown } {
  const outcome: { reply?: unknown; error?: unknown } = {};
  let caller = 0 as Pid;
  h.runtime.spawn(function* (self: Process): Operation<void> {
    const server = yield* GenServer.start(self, module, undefined);
    caller = self.spawnOpt(limits, function* (own: Process): Operation<void> {
      own.trapExit = true;
      yield* receive("full");
      try {
        outcome.reply = yield* GenServer.call(own, server, "question");
      } catch (error) {
        outcome.error = error;
      }
    });
  });
  h.pump();
  for (const message of ["full", "stays"]) h.runtime.send(caller, message);
  h.advance(5);
  return outcome;
}

const limits: Readonly<Record<string, SpawnOptions>> = {
  refuse: { mailboxLimit: { messages: 2 } },
  drop: { mailboxLimit: { messages: 2, policy: "drop" } },
  kill: { mailboxLimit: { messages: 2, policy: "kill" } },
  memory: { memoryLimit: { bytes: 64 } },
};

scenario("a server that replies and stops has answered, though its caller is full", (t, h) => {
  const stopping: GenServerModule<undefined, undefined> = {
    name: "stopping",
    init: () => ok(undefined),
    handleCall(_request, from, state) {
      fill(h, from.pid);
      return stopReply("normal", { answer: 42 }, state);
    },
  };
  for (const [name, options] of Object.entries(limits)) {
    t.same(callFull(h, stopping, options), { reply: { answer: 42 } }, name);
  }
});

scenario("what a server sends after its reply stays behind it in a full mailbox", (t, h) => {
  let seen: unknown;
  const poking: GenServerModule<undefined, undefined> = {
    name: "poking",
    init: () => ok(undefined),
    handleCall(_request, from, state, self) {
      fill(h, from.pid);
      self.suspend(from.pid);
      GenServer.reply(self, from, { answer: 42 });
      self.exit(from.pid, "poke");
      seen = h.runtime.processInfo(from.pid, "messages");
      self.resume(from.pid);
      return noreply(state);
    },
  };
  for (const [name, options] of Object.entries(limits)) {
    t.same(callFull(h, poking, options), { reply: { answer: 42 } }, name);
    const messages = seen as unknown[];
    t.match(messages.at(-2), { value: { answer: 42 } });
    t.match(messages.at(-1), { reason: "poke" });
  }
});

scenario("a supervisor's uncopied answers leave no monitor, and pass a full mailbox", (t, h) => {
  h.run(function* (self) {
    const supervisor = yield* Supervisor.start(self, { children: [] });
    self.send(self.pid, "fills it");
    self.processFlag("mailboxLimit", { messages: 1 });
    t.same(yield* Supervisor.whichChildren(self, supervisor), []);
    t.same(yield* Supervisor.getChildSpec(self, supervisor, "none"),
      { ok: false, error: "not_found" });
    t.same(h.runtime.processInfo(self.pid, "monitors"), []);
    t.equal(h.runtime.processInfo(self.pid, "aliases"), 0);
    self.exit(supervisor, "kill");
  });
});

/** Up to its limit. */
function fill({ runtime }: Harness, pid: Process["pid"]): void {
  while ((runtime.processInfo(pid, "messageQueueLength") ?? 2) < 2) {
    if (!runtime.send(pid, "fills it")) return;
  }
}
