// Supervisor: significant children whose end is the supervisor's. OTP's rules since 24.
// A title names the case of OTP's supervisor_SUITE whose meaning it has.
import { sleep } from "../../host/runtime/index.ts";
import type { Operation, Pid, Process, Reason } from "../../host/runtime/index.ts";
import { StartFailed, Supervisor } from "../../host/otp/index.ts";
import type { AutoShutdown, ChildSpec, Restart } from "../../host/otp/index.ts";
import { scenario } from "../runtime/harness.ts";
import type { Harness } from "../runtime/harness.ts";
import { child, downOf, end, taken, under } from "./supervision.ts";

function significant(log: string[], id: string, restart: Restart): ChildSpec {
  return child(log, id, { restart, significant: true });
}

/** The supervisor's end after what `body` does, or undefined if it lives on. */
function endAfter(
  h: Harness, autoShutdown: AutoShutdown, children: readonly ChildSpec[],
  body: (self: Process, supervisor: Pid) => Operation<unknown>,
): Reason {
  return h.run(under({ autoShutdown, intensity: 10, children }, function* (self, pid) {
    const ref = self.monitor(pid);
    yield* body(self, pid);
    yield* sleep(5);
    if (!self.runtime.isAlive(pid)) return yield* downOf(ref);
    yield* Supervisor.stop(self, pid);
    return undefined;
  }));
}

const ends: readonly [Restart, Reason, boolean][] = [
  ["temporary", "normal", true], ["temporary", "shutdown", true], ["temporary", "odd", true],
  ["transient", "normal", true], ["transient", "shutdown", true],
  ["transient", { shutdown: 1 }, true], ["transient", "odd", false],
];

for (const [restart, reason, isEnd] of ends) {
  const title = `anySignificant: a ${restart} one that ends as ${JSON.stringify(reason)} ` +
    `${isEnd ? "ends" : "does not end"} the supervisor (significant_${restart})`;
  scenario(title, (t, h) => {
    const log: string[] = [];
    const children = [
      child(log, "a"), significant(log, "s", restart), significant(log, "other", restart),
    ];
    const got = endAfter(h, "anySignificant", children, (self) => end(self, "s", reason));
    t.equal(got, isEnd ? "shutdown" : undefined);
    t.equal(taken(log), isEnd
      ? "+a +s +other -s -other -a" : "+a +s +other -s +s -other -s -a");
  });
}

scenario("allSignificant: the last that runs ends the supervisor (significant_transient)",
  (t, h) => {
    const log: string[] = [];
    const children = [
      significant(log, "s", "transient"), child(log, "a"), significant(log, "other", "temporary"),
    ];
    const got = endAfter(h, "allSignificant", children, function* (self, pid) {
      yield* end(self, "a", "odd");
      yield* end(self, "s", "normal");
      t.equal(self.runtime.isAlive(pid), true, "one is left");
      yield* end(self, "other", "odd");
    });
    t.equal(got, "shutdown");
  });

scenario("the end of a child that is not significant ends no supervisor", (t, h) => {
  const log: string[] = [];
  const children = [
    significant(log, "s", "transient"), child(log, "a", { restart: "temporary" }),
    child(log, "b", { restart: "transient" }),
  ];
  const got = endAfter(h, "anySignificant", children, function* (self) {
    yield* end(self, "a", "normal");
    yield* end(self, "b", "normal");
  });
  t.equal(got, undefined);
});

scenario("never: significant children are refused", (t, h) => {
  const log: string[] = [];
  const problem = { badCombination: { autoShutdown: "never", significant: true } };
  for (const autoShutdown of [undefined, "never"] as const) {
    try {
      h.run(under({
        ...(autoShutdown && { autoShutdown }), children: [significant(log, "s", "transient")],
      }, function* () {}));
      t.fail("it has started");
    } catch (error) {
      t.ok(error instanceof StartFailed);
      t.same((error as StartFailed).reason, { startSpec: problem });
    }
  }
  const added = h.run(under({}, (self, pid) =>
    Supervisor.startChild(self, pid, significant(log, "s", "temporary"))));
  t.same(added, { ok: false, error: "invalid_child_spec", reason: problem });
  t.same(log, []);
});

scenario("a permanent child can't be significant", (t, h) => {
  const spec = significant([], "s", "permanent");
  const problem = { badCombination: { restart: "permanent", significant: true } };
  const added = h.run(under({ autoShutdown: "anySignificant" }, (self, pid) =>
    Supervisor.startChild(self, pid, spec)));
  t.same(added, { ok: false, error: "invalid_child_spec", reason: problem });
  t.same(Supervisor.checkChildSpecs([spec]), problem);
});

scenario("a child that is terminated by request ends no supervisor", (t, h) => {
  for (const autoShutdown of ["anySignificant", "allSignificant"] as const) {
    const children = [significant([], "s", "transient"), significant([], "x", "temporary")];
    const got = endAfter(h, autoShutdown, children, function* (self, pid) {
      yield* Supervisor.terminateChild(self, pid, "s");
      yield* Supervisor.terminateChild(self, pid, "x");
    });
    t.equal(got, undefined, autoShutdown);
  }
});

scenario("a bystander that is stopped ends no supervisor (significant_bystander)", (t, h) => {
  const log: string[] = [];
  const children = [
    child(log, "a"), significant(log, "s", "temporary"), significant(log, "x", "transient"),
  ];
  const got = h.run(under({ strategy: "oneForAll", autoShutdown: "anySignificant", children },
    function* (self, pid) {
      yield* end(self, "a", "odd");
      return (yield* Supervisor.whichChildren(self, pid)).map(({ id }) => id);
    }));
  t.same(got, ["a", "x"]);
});

scenario("a supervisor that is significant takes the one above with it (significant_escalation)",
  (t, h) => {
    const log: string[] = [];
    const inner = Supervisor.spec("inner", {
      autoShutdown: "anySignificant", children: [significant(log, "s", "transient")],
    }, { restart: "transient", significant: true });
    const got = endAfter(h, "anySignificant", [child(log, "a"), inner],
      (self) => end(self, "s", "normal"));
    t.equal(got, "shutdown");
    t.equal(taken(log), "+a +s -s -a");
  });
