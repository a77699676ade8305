// GenServer: requests that are answered later, collections of them, and many servers at once.
import {
  CallFailed, Down, GenServer, noreply, ok, receive, reply, ReplyMessage, sleep, stop, TIMEOUT,
} from "../../host/index.ts";
import type {
  Destination, GenServerModule, Operation, Pid, Process, RequestId,
} from "../../host/index.ts";
import { scenario } from "../runtime/harness.ts";

/** Answers a number of milliseconds after so many, and a string at once; "crash" crashes it. */
const slow: GenServerModule<null> = {
  init: () => ok(null),
  handleCall(request: string | number, from, state, self) {
    if (request === "crash") return stop("crashed", state);
    if (typeof request === "string") return reply(request, state);
    self.spawn(function* (other: Process) {
      yield* sleep(request);
      GenServer.reply(other, from, request);
    });
    return noreply(state);
  },
};

function startSlow(self: Process, name?: string): Operation<Pid> {
  return GenServer.start(self, slow, undefined, name === undefined ? {} : { name });
}

function leftover(self: Process): unknown[] {
  const info = self.runtime.processInfo(self.pid)!;
  return [info.messageQueueLength, info.aliases, info.monitors.length];
}

scenario("gen_server_SUITE:send_request: answers are received in any order", (t, h) => {
  const got = h.run(function* (self) {
    const server = yield* startSlow(self);
    self.send(self.pid, "other");
    const [late, soon] = [10, 5].map((ms) => GenServer.sendRequest(self, server, ms));
    const first = yield* GenServer.receiveResponse(self, late!);
    const second = yield* GenServer.receiveResponse(self, soon!);
    return [first, second, yield* receive(), ...leftover(self)];
  });
  t.same(got, [
    { type: "reply", value: 10 }, { type: "reply", value: 5 }, "other", 0, 0, 0,
  ]);
});

scenario("gen_server_SUITE:send_request: who is dead, unknown or crashes: an error", (t, h) => {
  const got = h.run(function* (self) {
    const server = yield* startSlow(self);
    const responses: unknown[] = [];
    for (const target of [server, server, "nobody"] as Destination[]) {
      const id = GenServer.sendRequest(self, target, "crash");
      responses.push(yield* GenServer.receiveResponse(self, id));
    }
    return [server, responses, ...leftover(self)];
  });
  const server = got[0];
  t.same(got.slice(1), [[
    { type: "error", reason: "crashed", server }, { type: "error", reason: "noproc", server },
    { type: "error", reason: "noproc", server: "nobody" },
  ], 0, 0, 0]);
});

scenario("a receive gives a request up when its time is over; a wait does not", (t, h) => {
  const got = h.run(function* (self) {
    const server = yield* startSlow(self);
    const [given, kept] = [20, 30].map((ms) => GenServer.sendRequest(self, server, ms));
    const seen = [yield* GenServer.receiveResponse(self, given!, 10)];
    seen.push(yield* GenServer.waitResponse(self, kept!, 10));
    seen.push(yield* GenServer.waitResponse(self, kept!, 10));
    const queued = self.runtime.processInfo(self.pid, "messageQueueLength");
    return [...seen, queued, ...leftover(self)];
  });
  t.same(got, [TIMEOUT, TIMEOUT, { type: "reply", value: 30 }, 0, 0, 0, 0]);
});

scenario("an answer is a message: checkResponse tells what it says of a request", (t, h) => {
  const got = h.run(function* (self) {
    const server = yield* startSlow(self);
    const other = yield* startSlow(self);
    const [one, two] = [GenServer.sendRequest(self, server, "one"),
      GenServer.sendRequest(self, other, "crash")];
    const messages: unknown[] = [yield* receive(ReplyMessage), yield* receive(Down)];
    const told = messages.map((message) =>
      [one, two].map((id) => GenServer.checkResponse(self, message, id)));
    return [told, GenServer.checkResponse(self, "a message", one), other, ...leftover(self)];
  });
  const other = got[2];
  t.same(got, [[
    [{ type: "reply", value: "one" }, undefined],
    [undefined, { type: "error", reason: "crashed", server: other }],
  ], undefined, other, 0, 0, 0]);
});

scenario("a server gets answers as information, between its other messages", (t, h) => {
  const asking: GenServerModule<{ id: RequestId; seen: unknown[] }, Destination> = {
    init: (server, self) => ok({ id: GenServer.sendRequest(self, server, 5), seen: [] }),
    handleCall: (_request, _from, state) => reply(state.seen, state),
    handleInfo: (message, { id, seen }, self) =>
      noreply({ id, seen: [...seen, GenServer.checkResponse(self, message, id) ?? message] }),
  };
  t.same(h.run(function* (self) {
    const server = yield* startSlow(self);
    const pid = yield* GenServer.start(self, asking, server);
    self.send(pid, "before");
    yield* sleep(6);
    return yield* GenServer.call(self, pid, "seen");
  }), ["before", { type: "reply", value: 5 }]);
});

scenario("a server may ask itself, and answers when it comes to it", (t, h) => {
  const own: GenServerModule<unknown> = {
    init: () => ok(undefined),
    handleCall(request, _from, state, self) {
      if (request === "state") return reply(state, state);
      if (request === "twice") return reply(2, state);
      return reply("sent", GenServer.sendRequest(self, self.pid, "twice"));
    },
    handleInfo: (message, id, self) => noreply(GenServer.checkResponse(self, message, id as never)),
  };
  t.same(h.run(function* (self) {
    const pid = yield* GenServer.start(self, own, undefined);
    yield* GenServer.call(self, pid, "ask");
    yield* sleep(1);
    return yield* GenServer.call(self, pid, "state");
  }), { type: "reply", value: 2 });
});

scenario("what can't be sent, or meets a full mailbox, leaves no request behind", (t, h) => {
  const got = h.run(function* (self) {
    const full = self.spawn(function* (own: Process): Operation<void> {
      own.processFlag("mailboxLimit", { messages: 1 });
      yield* receive("never");
    });
    yield* sleep(1);
    self.send(full, "fills it");
    const seen: unknown[] = [];
    for (const request of [() => 1, "more"]) {
      try {
        GenServer.sendRequest(self, full, request);
      } catch (error) {
        seen.push(error instanceof CallFailed ? error.cause : (error as { code: unknown }).code);
      }
    }
    return [...seen, ...leftover(self)];
  });
  t.same(got, ["PIDGEON_NOT_SENDABLE", "mailbox_full", 0, 0, 0]);
});

scenario("gen_server_SUITE:send_request_receive_reqid_collection: in order of arrival", (t, h) => {
  const got = h.run(function* (self) {
    const ids = GenServer.requestIds<number, string>();
    const none = yield* GenServer.receiveResponse(self, ids);
    const server = yield* startSlow(self);
    const id = GenServer.sendRequest(self, server, 30);
    const added = [ids.add(id, "slow"), ids.add(id, "again")];
    ids.add(GenServer.sendRequest(self, server, 10), "quick");
    ids.add(GenServer.sendRequest(self, "nobody", 10), "unknown");
    const listed = ids.list().map(({ label }) => label);
    const got: unknown[] = [];
    while (ids.size > 1) got.push(yield* GenServer.receiveResponse(self, ids));
    const late = yield* GenServer.receiveResponse(self, ids, 5);
    yield* sleep(50);
    return [none, added, listed, got, late, ids.size, ...leftover(self)];
  });
  t.same(got, [
    undefined, [true, false], ["slow", "quick", "unknown"], [
      { label: "unknown", response: { type: "error", reason: "noproc", server: "nobody" } },
      { label: "quick", response: { type: "reply", value: 10 } },
    ], TIMEOUT, 0, 0, 0, 0,
  ]);
});

scenario("gen_server_SUITE:send_request_wait_reqid_collection: no time gives one up", (t, h) => {
  const got = h.run(function* (self) {
    const server = yield* startSlow(self);
    const ids = GenServer.requestIds<number, number>();
    for (const ms of [20, 40]) ids.add(GenServer.sendRequest(self, server, ms), ms);
    const seen: unknown[] = [];
    for (const ms of [5, 30, 1, 30]) seen.push(yield* GenServer.waitResponse(self, ids, ms));
    return [seen, ids.size, ...leftover(self)];
  });
  t.same(got, [[
    TIMEOUT, { label: 20, response: { type: "reply", value: 20 } },
    TIMEOUT, { label: 40, response: { type: "reply", value: 40 } },
  ], 0, 0, 0, 0]);
});

scenario("gen_server_SUITE:send_request_check_reqid_collection: messages told apart", (t, h) => {
  const got = h.run(function* (self) {
    const server = yield* startSlow(self);
    const ids = GenServer.requestIds<string, number>();
    ids.add(GenServer.sendRequest(self, server, "a"), 1);
    ids.add(GenServer.sendRequest(self, server, "b"), 2);
    self.send(self.pid, "no response");
    const seen: unknown[] = [];
    for (let left = 3; left > 0; left--) {
      const message: unknown = yield* receive();
      seen.push(GenServer.checkResponse(self, message, ids)?.label ?? message);
    }
    return [seen, ids.size];
  });
  t.same(got, [["no response", 1, 2], 0]);
});

scenario("gen_server_SUITE:multicall: every server's reply, in the servers' order", (t, h) => {
  const got = h.run(function* (self) {
    const servers: Destination[] = [yield* startSlow(self), "named"];
    yield* startSlow(self, "named");
    const all = yield* GenServer.multiCall(self, servers, 7);
    return [all.replies.map(({ value }) => value), all.replies[1]!.server, all.bad];
  });
  t.same(got, [[7, 7], "named", []]);
});

scenario("gen_server_SUITE:multicall_down: dead, unknown and slow ones are told", (t, h) => {
  const tardy: GenServerModule<null> = {
    init: () => ok(null),
    *handleCall(_request, _from, state) {
      yield* sleep(100);
      return reply("late", state);
    },
  };
  const got = h.run(function* (self) {
    const dead = self.spawn(function* () {});
    const slowOne = yield* GenServer.start(self, tardy, undefined, { name: "tardy" });
    const servers = [dead, "nobody", yield* startSlow(self), slowOne];
    const before = h.clock.now();
    const { replies, bad } = yield* GenServer.multiCall<string>(self, servers, "hello", 50);
    const tookMs = h.clock.now() - before;
    yield* sleep(200);
    return [replies.map(({ value }) => value), bad.map((one) => servers.indexOf(one as string)),
      tookMs >= 50, ...leftover(self)];
  });
  t.same(got, [["hello"], [0, 1, 3], true, 0, 0, 0]);
});

scenario("what multiCall can't send, or a time that is none, leaves no request behind", (t, h) => {
  const got = h.run(function* (self) {
    const server = yield* startSlow(self);
    const codes: unknown[] = [];
    for (const [request, ms] of [[() => 1, 10], ["hello", -1]] as const) {
      try {
        yield* GenServer.multiCall(self, [server, server], request, ms);
      } catch (error) {
        codes.push((error as { code: unknown }).code);
      }
    }
    return [...codes, ...leftover(self)];
  });
  t.same(got, ["PIDGEON_NOT_SENDABLE", "PIDGEON_BAD_TIME", 0, 0, 0]);
});

scenario("gen_server_SUITE:abcast: every server that is there gets it", (t, h) => {
  const got: unknown[] = [];
  const listening: GenServerModule<string, string> = {
    init: (name) => ok(name),
    handleCast(message, name) {
      got.push([name, message]);
      return noreply(name);
    },
  };
  h.run(function* (self) {
    const one = yield* GenServer.start(self, listening, "one");
    yield* GenServer.start(self, listening, "two", { name: "two" });
    GenServer.abcast(self, [one, "nobody", "two"], "hear");
    yield* sleep(1);
  });
  t.same(got, [["one", "hear"], ["two", "hear"]]);
});
