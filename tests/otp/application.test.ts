// Application: what needs what, started in order and stopped in reverse.
import { exit, sleep } from "../../host/runtime/index.ts";
import type { Process } from "../../host/runtime/index.ts";
import { Application, Supervisor } from "../../host/otp/index.ts";
import { scenario } from "../runtime/harness.ts";
import { child } from "./supervision.ts";

/** Three, each of which needs those before it. */
function chain(log: string[]) {
  const make = (name: string, dependencies: readonly Application<any>[]) => Application.define({
    name, dependencies, env: { port: 1 },
    start: (self) => Supervisor.startLink(self, { children: [child(log, name)] }),
    prepStop: () => { log.push(`prepStop ${name}`); },
    stop: () => { log.push(`stop ${name}`); },
  });
  const storage = make("storage", []);
  const sessions = make("sessions", [storage]);
  return { storage, sessions, chat: make("chat", [sessions, storage]) };
}

scenario("dependencies start first, once; all stop in reverse with the runtime", async (t, h) => {
  const log: string[] = [];
  const { storage, chat } = chain(log);
  const got = h.run(function* (self) {
    yield* Application.start(self, storage);
    return [yield* Application.ensureAllStarted(self, chat), yield* Application.which(self)];
  });
  t.same(got, [{ ok: true, started: ["sessions", "chat"] }, ["storage", "sessions", "chat"]]);
  t.same(log.splice(0), ["+storage", "+sessions", "+chat"]);
  await h.runtime.stop();
  t.same(log, ["chat", "sessions", "storage"].flatMap((name) =>
    [`prepStop ${name}`, `-${name}`, `stop ${name}`]));
});

scenario("one whose dependency does not run is not started, nor one twice", (t, h) => {
  const { storage, sessions } = chain([]);
  const got = h.run(function* (self) {
    return [yield* Application.start(self, sessions), yield* Application.start(self, storage),
      yield* Application.start(self, storage), yield* Application.stop(self, storage),
      yield* Application.stop(self, storage), yield* Application.start(self, storage)];
  });
  t.same(got, [
    { ok: false, error: "not_started", application: "storage" }, { ok: true },
    { ok: false, error: "already_started" }, true, false, { ok: true },
  ]);
});

scenario("if one fails, ensureAllStarted stops what it has started", (t, h) => {
  const log: string[] = [];
  const { sessions } = chain(log);
  const broken = Application.define({
    name: "broken", dependencies: [sessions], start: () => exit("no port"),
  });
  const got = h.run(function* (self) {
    return [yield* Application.ensureAllStarted(self, broken), yield* Application.which(self)];
  });
  t.same(got, [{ ok: false, application: "broken", reason: "no port" }, []]);
  t.same(log.filter((line) => line.startsWith("-")), ["-sessions", "-storage"]);
});

scenario("settings: defaults, what was put before, what the start is given", (t, h) => {
  const seen: unknown[] = [];
  const app = Application.define({
    name: "app", env: { port: 1, host: "a", path: "/" },
    start(self, env) {
      seen.push(env);
      return Supervisor.startLink(self, {});
    },
  });
  const got = h.run(function* (self) {
    const before = Application.getEnv(self, app).port;
    Application.putEnv(h.runtime, app, { port: 2, host: "b" });
    yield* Application.start(self, app, "temporary", { host: "c" });
    Application.putEnv(self, app, { path: "/x" });
    return [before, Application.getEnv(self, app)];
  });
  t.same(got, [1, { port: 2, host: "c", path: "/x" }]);
  t.same(seen, [{ port: 2, host: "c", path: "/" }]);
});

for (const [type, reason, stops] of [
  ["temporary", "bad", false], ["transient", "normal", false], ["transient", "bad", true],
  ["permanent", "normal", true],
] as const) {
  scenario(`a ${type} one that ends with ${reason} ${stops ? "stops" : "leaves"} the others`,
    async (t, h) => {
      const log: string[] = [];
      const { storage } = chain(log);
      const app = Application.define({
        name: "app", dependencies: [storage],
        start: function* (self: Process) {
          return self.spawnLink(function* () {
            yield* sleep(50);
            exit(reason);
          });
        },
        stop: () => { log.push("stop app"); },
      });
      h.runtime.spawn(function* (self) {
        yield* Application.ensureAllStarted(self, app, type);
      });
      h.pump();
      h.advance(100);
      t.same(log.splice(0), ["+storage", "stop app",
        ...stops ? ["prepStop storage", "-storage", "stop storage"] : []]);
      await new Promise(setImmediate);
      t.equal(h.runtime.processes().length === 0, stops, "the runtime has stopped");
    });
}
