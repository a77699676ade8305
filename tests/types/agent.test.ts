// Agent's and Application's types: the state of an agent and the settings of an application.
import { Agent, Application, Supervisor } from "../../host/index.ts";
import type { Operation, Process } from "../../host/index.ts";
import { like, scenario } from "../runtime/harness.ts";

const app = Application.define({
  name: "app", env: { port: 1 },
  start: (self, { port }) => Supervisor.startLink(self, { intensity: port }),
});

scenario("an agent's functions know its state, settings their types", (t, h) => {
  h.run(function* (self) {
    const agent = yield* Agent.start(self, () => ({ count: 1 }), { name: "agent" });
    const count: number = yield* Agent.get(self, agent, (state) => state.count);
    const named = Agent.ref<{ count: number }>("agent");
    const both: number = yield* Agent.getAndUpdate(
      self, named, ({ count }) => [count + 1, { count: 5 }]);
    const port: number = Application.getEnv(self, app).port;
    t.same([count, both, port], [1, 2, 1]);
  });
});

/** Each line is wrong; compiled, and run for its last line alone. */
export function* wrongUses(self: Process): Operation<void> {
  const agent = yield* Agent.start(self, () => ({ count: 1 }));
  // @ts-expect-error: no such field
  const field = () => Agent.get(self, agent, (state) => state.total);
  // @ts-expect-error: the next state is none
  const next = () => Agent.update(self, agent, ({ count }) => count + 1);
  // @ts-expect-error: what is got is a number
  const got = (): Operation<string> => Agent.get(self, agent, ({ count }) => count);
  // @ts-expect-error: a setting of another type
  const setting = () => Application.putEnv(self, app, { port: "80" });
  // @ts-expect-error: no such type of start
  const type = () => Application.start(self, app, "eternal");
  // @ts-expect-error: the state is an object
  const cast = () => Agent.cast(self, agent, () => 1);
  void [field, next, got, setting, type];
  cast();
  yield* Agent.get(self, agent, ({ count }) => count.toFixed());
}

scenario("a wrong use that types do not see fails when it runs", (t, h) => {
  t.throws(() => h.run(wrongUses), like({ name: "CallFailed" }));
});
