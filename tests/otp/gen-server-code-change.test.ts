// GenServer: other callbacks for a running server. sys:change_code between suspend and resume.
import {
  after, cont, exit, GenServer, hibernate, noreply, ok, reply, sleep, stop, TIMEOUT,
} from "../../host/index.ts";
import type { GenServerModule, Process } from "../../host/index.ts";
import { scenario } from "../runtime/harness.ts";

/** Counts in a number. */
const first: GenServerModule<number, number> = {
  name: "first",
  init: (total) => ok(total),
  handleCall: (n: number, _from, total) => reply(total + n, total + n),
};

interface Counting {
  calls: { add(request: { n: number }): { total: number; changes: string[] } };
}
interface Second { readonly total: number; readonly changes: string[] }

/** Counts in an object, and takes other requests. */
const second: GenServerModule<Second, never, Counting> = {
  name: "second",
  init: () => stop("only by a change of code"),
  codeChange: (total: number, extra: string) => ok({ total, changes: [extra] }),
  handleCall: {
    add: ({ n }, _from, { total, changes }) => {
      const state = { total: total + n, changes };
      return reply(state, state);
    },
  },
};

scenario("new callbacks go on with what their codeChange makes of the state", (t, h) => {
  const got = h.run(function* (self) {
    const pid = yield* GenServer.start(self, first, 5);
    const before: number = yield* GenServer.call(self, pid, 1);
    const changed = yield* GenServer.changeCode(self, pid, second, "extra");
    const server = GenServer.ref<Counting>(pid);
    const after = yield* GenServer.call(self, server, { kind: "add", n: 1 });
    return [before, changed, after, self.runtime.processInfo(pid, "label")];
  });
  t.same(got, [6, { ok: true }, { total: 7, changes: ["extra"] }, "second"]);
});

scenario("gen_server_SUITE:undef_code_change: what fails keeps the old callbacks", (t, h) => {
  const broken: Partial<GenServerModule<unknown>>[] = [
    {},
    { codeChange: () => stop("not yet") },
    { codeChange: () => { throw stop("nor now"); } },
    { codeChange: () => { throw new Error("broken"); } },
    { *codeChange() { yield* sleep(1); return exit("exit"); } },
    { codeChange: () => undefined as never },
    { codeChange: () => stop(() => "can't be sent") },
  ];
  const got = h.run(function* (self) {
    const pid = yield* GenServer.start(self, first, 5);
    const seen: unknown[] = [];
    for (const module of broken) {
      seen.push(yield* GenServer.changeCode(self, pid, { init: () => ok(0), ...module }));
    }
    return [...seen, yield* GenServer.call(self, pid, 1)];
  });
  t.match(got, [
    { ok: false, reason: { undefined: "codeChange" } }, { ok: false, reason: "not yet" },
    { ok: false, reason: "nor now" }, { ok: false, reason: { error: { message: "broken" } } },
    { ok: false, reason: "exit" }, { ok: false, reason: { badReturn: "codeChange" } },
    { ok: false, reason: { error: { name: "PidgeonError" } } }, 6,
  ]);
  t.same(h.reports, []);
});

scenario("a change comes between two messages, in its turn, and may wait itself", (t, h) => {
  const got: unknown[] = [];
  const logging = (name: string): GenServerModule<string> => ({
    init: () => ok(name),
    *codeChange(old: string) {
      yield* sleep(5);
      return ok(`${old}, ${name}`, cont("changed"));
    },
    handleContinue: (term, state) => { got.push([state, term]); return noreply(state); },
    *handleInfo(message, state) {
      yield* sleep(5);
      got.push([state, message]);
      return noreply(state);
    },
  });
  h.run(function* (self) {
    const pid = yield* GenServer.start(self, logging("old"), undefined);
    self.send(pid, 1);
    self.spawn((own: Process) => GenServer.changeCode(own, pid, logging("new")));
    yield* sleep(1);
    self.send(pid, 2);
    yield* sleep(50);
  });
  t.same(got, [["old", 1], ["old, new", "changed"], ["old, new", 2]]);
});

scenario("what a server waits for goes on over a change: its time, and its sleep", (t, h) => {
  const times: unknown[] = [];
  const timed = (name: string, next: () => ReturnType<typeof after>): GenServerModule<string> => ({
    init: () => ok(name, next()),
    codeChange: () => ok(name),
    handleInfo(message, state) {
      times.push([state, message === TIMEOUT, h.clock.now()]);
      return noreply(state);
    },
  });
  const start = h.clock.now();
  h.run(function* (self) {
    const pid = yield* GenServer.start(self, timed("old", () => after(100)), undefined);
    yield* sleep(60);
    yield* GenServer.changeCode(self, pid, timed("new", () => after(1)));
    yield* sleep(100);
    const asleep = yield* GenServer.start(self, timed("old", hibernate), undefined);
    yield* GenServer.changeCode(self, asleep, timed("awake", hibernate));
    self.send(asleep, "wake");
    yield* sleep(1);
  });
  t.same(times, [["new", true, start + 100], ["awake", false, start + 160]]);
});

scenario("the extra argument is copied, the old state is handed over", (t, h) => {
  const got = h.run(function* (self) {
    const pid = yield* GenServer.start(self, first, 1);
    const extra = { list: [1] };
    const keeping: GenServerModule<{ list: number[] }> = {
      init: () => ignored(),
      codeChange: (_old, given) => ok(given),
      handleCall: (_request, _from, state) => reply(state.list, state),
    };
    const change = GenServer.changeCode(self, pid, keeping, extra);
    extra.list.push(2);
    yield* change;
    return yield* GenServer.call(self, pid, "get");
  });
  t.same(got, [1]);
});

function ignored(): never {
  throw new Error("no server is started with this");
}

scenario("a change of the code of nobody fails as a call does", (t, h) => {
  const got = h.run(function* (self) {
    try {
      return yield* GenServer.changeCode(self, "nobody", second);
    } catch (error) {
      return (error as { cause: unknown }).cause;
    }
  });
  t.equal(got, "noproc");
});
