// What the compiler knows of supervisors: ids of children, options, extra arguments.
import type { Operation, Pid, Process } from "../../host/runtime/index.ts";
import { DynamicSupervisor, GenServer, ok, Supervisor } from "../../host/otp/index.ts";
import type { ChildResult, ChildSpec, SupervisorPid } from "../../host/otp/index.ts";
import { scenario } from "../runtime/harness.ts";

const base = GenServer.spec({ init: () => ok(null) }, undefined);
const notFound = { ok: false, error: "not_found" };

scenario("ids that are known are checked, wrong ones are not_found all the same", (t, h) => {
  const got = h.run(function* (self) {
    const pid = yield* Supervisor.start(self, {
      children: [Supervisor.childSpec(base, { id: "a" }), Supervisor.spec("b", {})],
    });
    const known: SupervisorPid<"a" | "b"> = pid;
    const [first] = yield* Supervisor.whichChildren(self, known);
    const id: "a" | "b" | undefined = first?.id;
    yield* Supervisor.terminateChild(self, pid, "b");
    yield* Supervisor.terminateChild(self, pid, first?.pid as Pid);
    return [
      id,
      // @ts-expect-error "c" is no child's id
      yield* Supervisor.terminateChild(self, pid, "c"),
      // @ts-expect-error "c" is no child's id
      yield* Supervisor.deleteChild(self, pid, "c"),
      // @ts-expect-error "c" is no child's id
      yield* Supervisor.restartChild(self, pid, "c"),
    ];
  });
  t.same(got, ["a", notFound, notFound, notFound]);
});

scenario("a supervisor by name, or with specifications of any id, takes every id", (t, h) => {
  const got = h.run(function* (self) {
    const children: readonly ChildSpec[] = [base];
    const pid = yield* Supervisor.start(self, { children }, { name: "any" });
    return [
      yield* Supervisor.deleteChild(self, "any", "c"),
      yield* Supervisor.deleteChild(self, pid, "c"),
      yield* Supervisor.deleteChild(self, pid as Pid, "c"),
      yield* idsThatComeLater(self),
    ];
  });
  t.same(got, [notFound, notFound, notFound, { ok: true }]);
});

function* idsThatComeLater(self: Process): Operation<ChildResult> {
  const children = [Supervisor.childSpec(base, { id: "a" })];
  const closed = yield* Supervisor.start(self, { children });
  const open = yield* Supervisor.start<string>(self, { children });
  const late = Supervisor.childSpec(base, { id: "late" });
  // @ts-expect-error this supervisor has no child of that id
  yield* Supervisor.startChild(self, closed, late);
  yield* Supervisor.startChild(self, open, late);
  return yield* Supervisor.terminateChild(self, open, "late");
}

scenario("start functions know the extra arguments of their supervisor", (t, h) => {
  const got = h.run(function* (self) {
    const pid = yield* DynamicSupervisor.start(self, { extraArguments: ["shard", 7] });
    const started = yield* DynamicSupervisor.startChild(self, pid, {
      start: (own, name, shard) => {
        const text: string = name;
        const number: number = shard;
        return GenServer.startLink(own, { init: () => ok([text, number]) }, undefined);
      },
    });
    // @ts-expect-error the supervisor gives a text first
    yield* DynamicSupervisor.startChild(self, pid, { start: startOfNumber });
    yield* DynamicSupervisor.startChild(self, pid as Pid, { start: startOfNumber });
    return started.ok;
  });
  t.equal(got, true);
});

function startOfNumber(self: Process, _shard: number, _name: string) {
  return GenServer.startLink(self, { init: () => ok(null) }, undefined);
}

scenario("options and results are closed", (t, h) => {
  const wrong = [
    // @ts-expect-error Erlang's word
    Supervisor.spec("x", { strategy: "one_for_one" }),
    // @ts-expect-error a start function is mandatory
    Supervisor.checkChildSpecs([{ id: "x" }]),
    // @ts-expect-error no such shutdown
    Supervisor.checkChildSpecs([{ ...base, shutdown: "brutal_kill" }]),
  ];
  t.same(wrong.slice(1), [
    { invalid: "start", value: "undefined" }, { invalid: "shutdown", value: "brutal_kill" },
  ]);
  const error = h.run(function* (self) {
    const pid = yield* Supervisor.start(self, {});
    const result = yield* Supervisor.startChild(self, pid, base);
    // @ts-expect-error only a result that is ok has a pid for sure
    if (!result.ok && result.error === "failed") return result.pid;
    return result.ok;
  });
  t.equal(error, true);
});
