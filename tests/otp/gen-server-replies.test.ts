// GenServer: who gets a reply, and what becomes of one that nobody waits for. OTP 24's aliases.
import {
  Bytes, CallFailed, Counter, GenServer, noreply, ok, receive, reply, sleep,
} from "../../host/index.ts";
import type { From, GenServerModule, Operation, Process } from "../../host/index.ts";
import { scenario } from "../runtime/harness.ts";

/** Answers "now" at once, anything else when it is cast "answer", as often as that is cast. */
const deferring: GenServerModule<From[]> = {
  init: () => ok([]),
  handleCall: (request: string, from, waiting) =>
    request === "now" ? reply("now", waiting) : noreply([...waiting, from]),
  *handleCast(told: (boolean | number)[], waiting, self) {
    for (const from of waiting) {
      for (const value of ["first", "second"]) {
        self.send("teller", [...told, GenServer.reply(self, from, value)]);
      }
    }
    return noreply([]);
  },
};

function* causeOf(call: Operation<unknown>): Operation<unknown> {
  try {
    return yield* call;
  } catch (error) {
    return (error as CallFailed).cause;
  }
}

scenario("a reply that comes too late is lost before it is queued", (t, h) => {
  const got = h.run(function* (self) {
    self.register("teller");
    const server = yield* GenServer.start(self, deferring, undefined);
    const cause = yield* causeOf(GenServer.call(self, server, "later", 50));
    const lost = h.runtime.counter(Counter.DEAD_LETTERS);
    GenServer.cast(self, server, []);
    const told = [yield* receive(), yield* receive()];
    yield* sleep(1);
    const { runtime } = self;
    return {
      cause, told, lost: runtime.counter(Counter.DEAD_LETTERS) - lost,
      queued: runtime.processInfo(self.pid, "messageQueueLength"),
      aliases: runtime.processInfo(self.pid, "aliases"),
      monitors: runtime.processInfo(self.pid, "monitors"),
    };
  });
  t.same(got, {
    cause: "timeout", told: [[false], [false]], lost: 2, queued: 0, aliases: 0, monitors: [],
  });
});

scenario("a call is answered once: a second reply is lost", (t, h) => {
  const got = h.run(function* (self) {
    self.register("teller");
    const server = yield* GenServer.start(self, deferring, undefined);
    self.spawn(function* (other: Process) {
      yield* sleep(1);
      GenServer.cast(other, server, []);
    });
    const value: unknown = yield* GenServer.call(self, server, "later");
    const told = [yield* receive(), yield* receive()];
    const next: unknown = yield* GenServer.call(self, server, "now");
    return [value, told, next];
  });
  t.same(got, ["first", [[true], [false]], "now"]);
});

scenario("gen_server_SUITE:reply_by_alias_with_payload: a big value comes whole", (t, h) => {
  const module: GenServerModule<null> = {
    init: () => ok(null),
    handleCall: (_request, from, state, self) => {
      GenServer.reply(self, from, { bytes: new Bytes(new Uint8Array(100_000)), list: [1, 2] });
      return noreply(state);
    },
  };
  const got = h.run(function* (self) {
    const server = yield* GenServer.start(self, module, undefined);
    const value = yield* GenServer.call<{ bytes: Bytes; list: number[] }>(self, server, "get");
    return [value.bytes.length, value.list];
  });
  t.same(got, [100_000, [1, 2]]);
});

scenario("what answers by the caller's pid leaves no monitor and no Down behind", (t, h) => {
  const got = h.run(function* (self) {
    // A full mailbox makes the runtime answer its calls past the alias.
    self.send(self.pid, "fills it");
    self.processFlag("mailboxLimit", { messages: 1 });
    const server = yield* GenServer.start(self, deferring, undefined);
    const first: unknown = yield* GenServer.call(self, server, "now");
    const monitors = self.runtime.processInfo(self.pid, "monitors");
    return [first, monitors, self.runtime.processInfo(self.pid, "messageQueueLength")];
  });
  t.same(got, ["now", [], 1]);
});

scenario("the last words of a process come before its Down, to who has a limit too", (t, h) => {
  const got = h.run(function* (self) {
    self.processFlag("mailboxLimit", { messages: 100 });
    const dying = self.spawn(function* (own: Process): Operation<void> {
      const call: { from: From } = yield* receive();
      GenServer.reply(own, call.from, "last words");
    });
    const value: unknown = yield* GenServer.call(self, dying, "now");
    yield* sleep(1);
    return [value, self.runtime.processInfo(self.pid, "messageQueueLength")];
  });
  t.same(got, ["last words", 0]);
});

scenario("gen_server_SUITE:calling_self: a call of itself fails at once", (t, h) => {
  const got = h.run(function* (self) {
    self.register("me");
    return [
      yield* causeOf(GenServer.call(self, self.pid, 1)),
      yield* causeOf(GenServer.call(self, "me", 1)),
    ];
  });
  t.same(got, ["calling_self", "calling_self"]);
});
