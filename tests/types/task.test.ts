// Task's types: what a body returns is what its owner awaits.
import { sleep, Task, TaskSupervisor } from "../../host/index.ts";
import type { Operation, Process, TaskOutcome } from "../../host/index.ts";
import { like, scenario } from "../runtime/harness.ts";

function* lengthOf(_self: Process, text: string): Operation<number> {
  yield* sleep(1);
  return text.length;
}

scenario("the type of a body flows to await, yield, awaitMany and streams", (t, h) => {
  h.run(function* (self) {
    const task: Task<number> = Task.async(self, lengthOf, "four");
    const four: number = yield* Task.await(self, task);
    const many = yield* Task.awaitMany(self, [
      Task.async(self, lengthOf, "a"), Task.async(self, function* () { return "text"; }),
    ]);
    const [one, text]: [number, string] = many;
    const outcome: TaskOutcome<number> | undefined =
      yield* Task.yield(self, Task.async(self, lengthOf, "ab"));
    const lengths: TaskOutcome<number>[] =
      yield* Task.asyncStream(self, ["a", "ab"], lengthOf).toArray();
    yield* TaskSupervisor.start(self, {}, { name: "tasks" });
    const supervised: Task<number> = yield* TaskSupervisor.async(self, "tasks", lengthOf, "abc");
    const three: number = yield* Task.await(self, supervised);
    t.same([four, one, text, outcome, lengths.length, three],
      [4, 1, "text", { ok: true, value: 2 }, 2, 3]);
  });
});

/** Each line is wrong; compiled, and run for its last line alone. */
export function* wrongUses(self: Process): Operation<void> {
  const task = Task.async(self, lengthOf, "four");
  // @ts-expect-error: it takes a text
  const args = () => Task.async(self, lengthOf, 4);
  // @ts-expect-error: the value is a number
  const value = (): Operation<string> => Task.await(self, task);
  // @ts-expect-error: the items are no texts
  const items = () => Task.asyncStream(self, [1, 2], lengthOf);
  // @ts-expect-error: an outcome may be a failure
  const outcome = (of: TaskOutcome<number>): number => of.value;
  // @ts-expect-error: no such policy
  const policy = () => Task.asyncStream(self, ["a"], lengthOf, { onTimeout: "kill" });
  void [args, value, items, outcome];
  policy();
}

scenario("a wrong use that types do not see fails when it runs", (t, h) => {
  t.throws(() => h.run(wrongUses), like({ code: "PIDGEON_BAD_OPTION" }));
});
