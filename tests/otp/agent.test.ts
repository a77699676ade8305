// Agent: a state in a process of its own, read and changed by functions that run there.
import { CallFailed, exit, sleep } from "../../host/runtime/index.ts";
import type { Operation } from "../../host/runtime/index.ts";
import { Agent, Registry, StartFailed, Supervisor } from "../../host/otp/index.ts";
import { scenario } from "../runtime/harness.ts";

function* thrown(operation: Operation<unknown>): Operation<any> {
  try {
    return { answered: yield* operation };
  } catch (error) {
    return error;
  }
}

scenario("get, update, getAndUpdate and cast run in order, in the agent", (t, h) => {
  const got = h.run(function* (self) {
    const agent = yield* Agent.startLink(self, () => [1]);
    Agent.cast(self, agent, (list) => [...list, 2]);
    yield* Agent.update(self, agent, (list) => [...list, 3]);
    const last = yield* Agent.getAndUpdate(self, agent, (list) => [list.at(-1), list.slice(1)]);
    return [last, yield* Agent.get(self, agent, (list) => list)];
  });
  t.same(got, [3, [2, 3]]);
});

scenario("what is got is a copy: its changes are nobody else's", (t, h) => {
  const got = h.run(function* (self) {
    const agent = yield* Agent.start(self, () => ({ list: [1] }));
    const mine = yield* Agent.get(self, agent, (state) => state);
    mine.list.push(2);
    return yield* Agent.get(self, agent, ({ list }) => list.length);
  });
  t.equal(got, 1);
});

scenario("names, of the kernel and of a registry, and a supervisor's restart", (t, h) => {
  const names = Registry.unique<string>("names");
  const got = h.run(function* (self) {
    yield* Supervisor.start(self, { children: [
      Registry.spec(names), Agent.spec(() => 1, { name: "one" }),
      Agent.spec(() => 2, { name: Registry.via(names, "two") }),
    ] });
    const one = Agent.ref<number>("one");
    yield* Agent.update(self, one, (n) => n + 10);
    const before = yield* Agent.get(self, one, (n) => n);
    self.exit(self.whereis("one")!, "kill");
    yield* sleep(1);
    const two = Agent.ref<number>(Registry.via(names, "two"));
    return [before, yield* Agent.get(self, one, (n) => n), yield* Agent.get(self, two, (n) => n)];
  });
  t.same(got, [11, 1, 2]);
});

scenario("a function that throws ends the agent and the call, or the start", (t, h) => {
  const got = h.run(function* (self) {
    const agent = yield* Agent.start(self, () => 0);
    const call = yield* thrown(Agent.get(self, agent, () => exit("bad")));
    const start = yield* thrown(Agent.start(self, () => exit("no")));
    t.ok(call instanceof CallFailed && start instanceof StartFailed);
    const cast = Agent.cast(self, agent, () => 1);
    return [call.cause, start.reason, self.runtime.isAlive(agent), cast];
  });
  t.same(got, ["bad", "no", false, false]);
});

scenario("stop ends it; a call of a dead agent fails", (t, h) => {
  const got = h.run(function* (self) {
    const agent = yield* Agent.startLink(self, () => 0);
    yield* Agent.stop(self, agent);
    return (yield* thrown(Agent.get(self, agent, (n) => n))).cause;
  });
  t.equal(got, "noproc");
});
