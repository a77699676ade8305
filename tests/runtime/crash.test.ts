// Crash reports: what they tell, the stack as the process's code reads, and a storm of them.
import { Session } from "node:inspector";
import { Writable } from "node:stream";
import { pino } from "pino";
import { GenServer, logToPino, noreply, ok, receive, sleep } from "../../host/index.ts";
import type {
  CrashReport, ErrorReason, GenServerModule, Operation, Process, Report,
} from "../../host/index.ts";
import { scenario } from "./harness.ts";

function* innermost(): Operation<void> {
  yield* sleep(1);
  throw new Error("broken");
}

function* between(): Operation<void> {
  yield* innermost();
}

function* outermost(self: Process): Operation<void> {
  self.register("breaking");
  yield* receive();
  yield* between();
}

scenario("a crash report has what proc_lib's has", (t, h) => {
  const { parent, pid } = h.run(function* (self) {
    self.register("parent");
    const pid = self.spawn(outermost);
    const link = self.spawn(function* () { yield* receive("never"); });
    yield* sleep(1);
    self.send(pid, { n: 0 });
    for (let n = 1; n <= 12; n++) self.send(pid, { n });
    yield* sleep(10);
    self.exit(link, "kill");
    return { parent: self.pid, pid };
  });
  const report = h.reports[0] as CrashReport;
  t.match(report, {
    type: "crash", pid, registeredName: "breaking", label: "outermost",
    reason: { error: { name: "Error", message: "broken" } }, ancestors: ["parent"], links: [],
    messageQueueLength: 12,
  });
  t.same(report.messages, Array.from({ length: 10 }, (_, index) => ({ n: index + 1 })));
  t.not(parent, pid);
  t.equal(h.reports.length, 1);
});

scenario("a module whose name can't be read is reported without one", (t, h) => {
  const server = {
    get name(): string { throw new Error("no name"); },
    init: () => { throw new Error("broken"); },
  };
  h.run(function* (self) {
    self.spawn(function* (starter: Process) {
      yield* GenServer.start(starter, server as GenServerModule<null>, undefined);
    });
    yield* receive(undefined, 10);
  });
  t.match(h.reports, [{ type: "crash", label: "init", reason: { error: { message: "broken" } } }]);
});

scenario("the last message is the one that was handled", (t, h) => {
  const server: GenServerModule<number> = {
    name: "server",
    init: () => ok(0),
    handleCast: (message: { bad: boolean }, state) => {
      if (message.bad) throw new Error("bad");
      return noreply(state);
    },
  };
  h.run(function* (self) {
    const pid = yield* GenServer.start(self, server, undefined);
    GenServer.cast(self, pid, { bad: false });
    GenServer.cast(self, pid, { bad: true });
    self.spawn(function* first() { throw new Error("first"); });
    yield* sleep(1);
  });
  t.match(h.reports, [
    { label: "server", lastMessage: { request: { bad: true } }, links: [], messages: [] },
    { label: "first", lastMessage: undefined },
  ]);
});

scenario("a stack names the process's functions with file and line, nothing else", (t, h) => {
  h.run(function* (self) {
    self.send(self.spawn(outermost), "go");
    yield* sleep(10);
  });
  const { stack } = ((h.reports[0] as CrashReport).reason as ErrorReason).error;
  const places = stack.split("\n").slice(1);
  t.equal(places.length, 3, stack);
  for (const [index, name] of ["innermost", "between", "outermost"].entries()) {
    t.match(places[index], new RegExp(`at ${name} \\(.*crash\\.test\\.[jt]s:\\d+:\\d+\\)`));
  }
});

scenario("the inspector sees a process's functions where it pauses", (t, h) => {
  const session = new Session();
  session.connect();
  const paused: string[][] = [];
  session.on("Debugger.paused", ({ params }) => {
    paused.push(params.callFrames.map(({ functionName }) => functionName));
  });
  session.post("Debugger.enable");
  session.post("Debugger.setPauseOnExceptions", { state: "all" });
  h.run(function* (self) {
    self.send(self.spawn(outermost), "go");
    yield* sleep(10);
  });
  session.disconnect();
  t.same(paused[0]?.slice(0, 3), ["innermost", "between", "outermost"]);
});

scenario("a storm of crashes is limited, and what was dropped is counted", (t, h) => {
  h.run(function* (self) {
    for (let n = 0; n < 10; n++) self.spawn(function* () { throw new Error(`${n}`); });
    yield* sleep(2_000);
    self.spawn(function* () { throw new Error("later"); });
    yield* sleep(1);
  });
  t.match(h.reports, [
    { type: "crash" }, { type: "crash" }, { type: "crash" }, { type: "dropped", reports: 7 },
    { type: "crash", reason: { error: { message: "later" } } },
  ]);
  t.equal(h.reports.length, 5);
}, { reportsPerSecond: 3 });

scenario("formatStatus keeps secrets out of state, message and reason", (t, h) => {
  const server = (formatStatus: GenServerModule<string>["formatStatus"]) => ({
    init: () => ok("secret state"),
    handleCast(message: string, state: string) {
      if (message === "secret message") throw new Error(`secret of ${state}`);
      return noreply(state);
    },
    formatStatus,
  });
  h.run(function* (self) {
    for (const format of [
      () => ({ state: "shown", message: "asked", reason: "broken" }),
      () => { throw new Error("no format"); },
      undefined,
    ]) {
      const pid = yield* GenServer.start(self, server(format) as never, undefined as never);
      GenServer.cast(self, pid, "secret message");
      yield* sleep(1);
    }
  });
  t.match(h.reports[0], { state: "shown", lastMessage: "asked", reason: "broken" });
  t.notMatch(JSON.stringify(h.reports.slice(0, 2)), /secret/);
  t.match(h.reports[1], { reason: { badFormatStatus: { error: { message: "no format" } } } });
  t.match(h.reports[2], { state: "secret state", lastMessage: { request: "secret message" } });
});

function written(report: Report, options?: { messages: boolean }): Record<string, unknown> {
  let line = "";
  const stream = new Writable({
    write(chunk, _encoding, done) { line += String(chunk); done(); },
  });
  logToPino(pino({}, stream), options)(report);
  return JSON.parse(line) as Record<string, unknown>;
}

scenario("pino gets reports as fields, with levels; messages are text", (t, h) => {
  h.run(function* (self) {
    const pid = self.spawn(function* named() { yield* receive(); throw new Error("broken"); });
    self.send(pid, { text: "x".repeat(1_000), more: { deep: [1] } });
    yield* sleep(1);
  });
  const line = written(h.reports[0]!);
  t.match(line, { level: 50, msg: "process has ended", err: { type: "Error", message: "broken" } });
  t.match(String(line["lastMessage"]), "... 800 more characters");
  const short = written(h.reports[0]!, { messages: false });
  t.same(Object.keys(short).filter((key) => /message|state/i.test(key)), ["messageQueueLength"]);
  t.match(written({ type: "dropped", reports: 7 }),
    { level: 40, msg: "pidgeon: dropped", reports: 7 });
});
