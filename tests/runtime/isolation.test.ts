// Isolation (H2): whatever way a value crosses, neither side ever sees the other's changes, sending
// does not alter it, and what can't be sent is refused with its path.
//   SEED=… OPERATIONS=… node build/tests/runtime/isolation.test.js
import { test } from "tap";
import { PidgeonError } from "../../host/errors.ts";
import { GenServer, noreply, ok, reply } from "../../host/otp/index.ts";
import type { GenServerModule } from "../../host/otp/index.ts";
import {
  Call, Cast, Down, Exit, exit, immutable, receive, ReplyMessage, TIMEOUT, TimerTimeout,
} from "../../host/runtime/index.ts";
import type { From, Operation, Process } from "../../host/runtime/index.ts";
import { hostileValue, isImage, mutableParts, portrait, spoil, spoiledValue }
  from "./hostile-values.ts";
import { Harness, randomFrom, stopEmpty } from "./harness.ts";

const SEED = Number(process.env["SEED"] ?? Date.now() % 1_000_000);
const ROUNDS = Math.ceil(Number(process.env["OPERATIONS"] ?? 4_000) / 20);

/** Hands a value to another process, or to itself, and answers what arrives, by reference. */
type Way = (self: Process, value: unknown) => Operation<unknown>;

interface Store { readonly at: (value: unknown) => void; readonly answer: unknown }

/** Keeps what it is told where the test sees it, and answers what it was started with. */
const store: GenServerModule<Store, Store> = {
  init: (state) => ok(state),
  handleCall: (request: unknown, from, state) => {
    state.at(request);
    if (request !== "later") return reply(state.answer, state);
    return noreply({ ...state, from } as Store);
  },
  handleCast: (message: unknown, state, self) => {
    state.at(message);
    const { from } = state as Store & { from?: From };
    if (from !== undefined) GenServer.reply(self, from, state.answer);
    return noreply(state);
  },
  handleInfo: (message: unknown, state) => {
    state.at(message);
    return noreply(state);
  },
  codeChange: (state: Store, extra: unknown) => {
    state.at(extra);
    return ok(state);
  },
};

function* withStore(
  self: Process, answer: unknown, body: (server: any) => Operation<unknown>,
): Operation<{ got: unknown; result: unknown }> {
  let got: unknown;
  const server = yield* GenServer.start(self, store, { at: (value) => { got = value; }, answer });
  const ref = self.monitor(server);
  try {
    const result = yield* body(server);
    // What it was sent before this it has handled when this is over.
    yield* GenServer.stop(self, server);
    return { got, result };
  } finally {
    self.demonitor(ref, { flush: true });
    self.exit(server, "kill");
  }
}

const ways: Readonly<Record<string, Way>> = {
  *send(self, value) {
    self.send(self.pid, value);
    return yield* receive();
  },
  *trySend(self, value) {
    self.trySend(self.pid, value);
    return yield* receive();
  },
  *alias(self, value) {
    const alias = self.alias({ priority: true, reply: true });
    self.send(alias, value, { priority: true });
    return yield* receive();
  },
  *outside(self, value) {
    self.runtime.send(self.pid, value);
    return yield* receive();
  },
  *passedOver(self, value) {
    self.send(self.pid, value);
    self.send(self.pid, { type: "wanted" });
    yield* receive({ type: "wanted" });
    return yield* receive();
  },
  *looked(self, value) {
    self.send(self.pid, value);
    spoil(self.runtime.processInfo(self.pid, "messages"));
    return yield* receive();
  },
  *call(self, value) {
    return (yield* withStore(self, 1, (server) => GenServer.call(self, server, value))).got;
  },
  *plainCall(self, value) {
    const request = GenServer.sendRequest(self, self.pid, value);
    const call = yield* receive(Call);
    GenServer.reply(self, call.from, 1);
    yield* GenServer.receiveResponse(self, request);
    return call.request;
  },
  *reply(self, value) {
    return (yield* withStore(self, value, (server) => GenServer.call(self, server, 1))).result;
  },
  *lateReply(self, value) {
    return (yield* withStore(self, value, function* (server) {
      const request = GenServer.sendRequest(self, server, "later");
      GenServer.cast(self, server, 1);
      const response = yield* GenServer.receiveResponse(self, request);
      if (response === TIMEOUT) return response;
      return response.type === "reply" ? response.value : exit(response.reason);
    })).result;
  },
  *replyMessage(self, value) {
    return (yield* withStore(self, value, function* (server) {
      GenServer.sendRequest(self, server, 1);
      const answer = yield* receive<ReplyMessage | Down>();
      return answer instanceof ReplyMessage ? answer.value : exit(answer.reason);
    })).result;
  },
  *multiCall(self, value) {
    return (yield* withStore(self, value, function* (server) {
      const { replies, bad } = yield* GenServer.multiCall(self, [server], 1);
      return bad.length === 0 ? replies[0]?.value : exit((yield* receive(Down)).reason);
    })).result;
  },
  *cast(self, value) {
    return (yield* withStore(self, 1, function* (server) {
      GenServer.cast(self, server, value);
    })).got;
  },
  *plainCast(self, value) {
    GenServer.abcast(self, [self.pid], value);
    return (yield* receive(Cast)).request;
  },
  *info(self, value) {
    return (yield* withStore(self, 1, function* (server) { self.send(server, value); })).got;
  },
  *codeChange(self, value) {
    return (yield* withStore(self, 1, (server) =>
      GenServer.changeCode(self, server, store, value))).got;
  },
  *timer(self, value) {
    self.sendAfter(5, self.pid, value);
    return yield* receive();
  },
  *namedTimer(self, value) {
    self.register("timed");
    self.startTimer(5, "timed", value);
    self.unregister("timed");
    self.register("timed");
    return (yield* receive(TimerTimeout)).message;
  },
  *group(self, value) {
    self.join("group");
    self.sendToGroup("group", value);
    const got = yield* receive();
    self.leave("group");
    return got;
  },
  *exitSignal(self, value) {
    const { pid } = self.spawnMonitor(function* () { yield* receive("never"); });
    try {
      self.exit(pid, value);
    } catch (error) {
      self.exit(pid, "kill");
      yield* receive(Down);
      throw error;
    }
    return (yield* receive(Down)).reason;
  },
  *trappedExit(self, value) {
    self.trapExit = true;
    self.exit(self.pid, value);
    return (yield* receive(Exit)).reason;
  },
  *ownReason(self, value) {
    self.trapExit = true;
    self.spawnLink(function* () { exit(value); });
    return thrownIn((yield* receive(Exit)).reason);
  },
  *stopReason(self, value) {
    // It stands for the default.
    if (value === undefined) return value;
    const server = yield* GenServer.start(self, store, { at() {}, answer: 1 });
    self.monitor(server);
    try {
      yield* GenServer.stop(self, server, value);
    } catch (error) {
      self.exit(server, "kill");
      throw error;
    }
    return (yield* receive(Down)).reason;
  },
};

/** A process that ends with what can't be told ends with that error instead. */
function thrownIn(reason: any): unknown {
  // An error as the reason is told as data: nothing is refused.
  if (reason?.error?.message === "e") {
    const details = { reason: "an instance of Error", path: "(the message)" };
    throw new PidgeonError("PIDGEON_NOT_SENDABLE", details);
  }
  if (reason?.error?.name !== "PidgeonError") return reason;
  const [, told, path] = /^a message can't hold (.*), at (.*)$/.exec(reason.error.message) ?? [];
  throw new PidgeonError("PIDGEON_NOT_SENDABLE", { reason: told!, path: path! });
}

/** What is not copied for its one receiver is frozen for all of them. */
const frozen: ReadonlySet<string> =
  new Set(["group", "exitSignal", "trappedExit", "ownReason", "stopReason"]);

for (const [name, way] of Object.entries(ways)) {
  void test(`${name}: neither side sees the other's changes (SEED=${SEED})`, async (t) => {
    const random = randomFrom(SEED);
    const harness = new Harness();
    const faults: string[] = [];
    for (let round = 0; round < ROUNDS && faults.length === 0; round++) {
      const { value, image } = hostileValue(random, 4);
      const before = portrait(value);
      const got = harness.run((self) => way(self, value));
      const check = (isRight: boolean, fault: string) => {
        if (!isRight) faults.push(`round ${round}: ${fault}`);
      };
      // The atoms of exit reasons are Erlang's; a random value is none of them.
      check(isImage(got, image), "what arrives is not what was sent");
      check(isSame(portrait(value), before), "sending has altered the sender's value");
      const own = mutableParts(value);
      check([...mutableParts(got)].every((part) => !own.has(part)), "both hold the same object");
      if (frozen.has(name)) check(mutableParts(got).size === 0, "shared, and not frozen");
      spoil(value);
      check(isImage(got, image), "the receiver sees the sender's changes");
      const spoiled = portrait(value);
      spoil(got);
      check(isSame(portrait(value), spoiled), "the sender sees the receiver's changes");
    }
    t.same(faults, []);
    await stopEmpty(harness.runtime);
  });

  void test(`${name}: what can't be sent is named by its path (SEED=${SEED})`, async (t) => {
    const random = randomFrom(SEED);
    const harness = new Harness();
    const faults: unknown[] = [];
    for (let round = 0; round < ROUNDS && faults.length === 0; round++) {
      const { value, path, reason } = spoiledValue(random);
      const before = portrait(value);
      let found: unknown;
      try {
        found = harness.run((self) => way(self, value));
      } catch (error) {
        found = refusalIn(error);
      }
      const expected = { path, reason };
      if (!isImage(found, expected)) faults.push({ round, expected, found });
      if (!isSame(portrait(value), before)) faults.push(`round ${round}: the value was altered`);
    }
    t.same(faults, []);
    await stopEmpty(harness.runtime);
  });
}

/** A server that answers with what can't be sent ends, and its caller is told why. */
function refusalIn(error: any): unknown {
  if (error instanceof PidgeonError) return { path: error.details["path"],
    reason: error.details["reason"] };
  try {
    return thrownIn(error.cause ?? error.reason);
  } catch (inner) {
    return refusalIn(inner);
  }
}

function isSame(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((one, index) => Object.is(one, b[index]));
}

void test("what two receivers of one message do with it, neither sees of the other", (t) => {
  const harness = new Harness();
  const got: any[] = [];
  const member = function* (self: Process): Operation<void> {
    self.join("pair");
    got.push(yield* receive());
  };
  for (let count = 0; count < 2; count++) harness.runtime.spawn(member);
  harness.pump();
  harness.runtime.sendToGroup("pair", { list: [1] });
  harness.pump();
  t.equal(got.length, 2);
  t.throws(() => { got[0].list.push(2); }, TypeError);
  t.same(got[1], { list: [1] });
  t.end();
});

void test("a getter that sends while it is read gets its own copy, and its reader's stays", (t) => {
  const harness = new Harness();
  const [outer, inner] = harness.run(function* (self) {
    const value = {
      before: { n: 1 },
      get part() {
        self.send(self.pid, { large: Array.from({ length: 9_000 }, (_, index) => index) });
        return { n: 2 };
      },
      after: [3],
    };
    self.send(self.pid, value);
    const first = yield* receive();
    return [yield* receive(), first];
  });
  t.same(outer, { before: { n: 1 }, part: { n: 2 }, after: [3] });
  t.equal(inner.large.length, 9_000);
  t.end();
});

void test("the limits count the message alone, whatever its getters send", (t) => {
  const harness = new Harness();
  const body = () => harness.run(function* (self) {
    const sending = { get part() { self.send(self.pid, [1]); return 1; } };
    self.send(self.pid, Array.from({ length: 9_999 }, (_, index) => index === 0 ? sending : [1]));
  });
  t.throws(body, { code: "PIDGEON_NOT_SENDABLE", message: /more than 10000 values/ });
  t.end();
});

void test("the depth that is allowed is the one that is named, and others' faults keep their path",
  (t) => {
    const nested = (depth: number, innermost: unknown) => {
      let value = innermost;
      for (let count = 0; count < depth; count++) value = [value];
      return value;
    };
    const sent = (value: unknown) => new Harness().run(function* (self) {
      self.send(self.pid, value);
    });
    sent(nested(500, 1));
    immutable(nested(500, 1));
    t.throws(() => sent(nested(501, 1)), /more than 500 objects inside each other/);
    t.throws(() => immutable(nested(501, 1)), /more than 500 objects inside each other/);
    t.throws(() => sent(nested(500, () => 1)), /a function, at (\[0\]){500}$/);
    const large: unknown[] = Array.from({ length: 20_000 }, () => 0);
    t.throws(() => immutable([...large, () => 1]), /a function, at \[20000\]/);
    const hung = Object.assign([Symbol("s")], { extra: () => 1 });
    t.throws(() => sent(hung), /a symbol, at \[0\]/);
    t.end();
  });
