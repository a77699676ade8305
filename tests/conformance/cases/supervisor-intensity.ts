// supervisor: how many restarts are too many, and restarts that fail.
import { scenario } from "../scenario.ts";
import type { SupervisorDefinition } from "../scenario.ts";
import { A, child, ends, family, pass } from "../steps.ts";

const three = (strategy: string): Omit<SupervisorDefinition, "as"> =>
  ({ strategy, intensity: 9, children: [child("a"), child("b"), child("c")] });

export const supervisorIntensity = [
  scenario({
    id: "supervisor/one-for-one-escalation", suite: "supervisor_SUITE:one_for_one_escalation",
    title: "one restart too many: the supervisor stops its children and ends with shutdown",
    steps: [
      A.trapExit(), A.supervise("sup", { intensity: 1, children: [child("a"), child("b")] }),
      A.send("a", ends("odd")), A.send("b", ends("odd")), A.receive(),
    ],
    trace: [
      "a init undefined", "b init undefined", "A supervise: ok", "a info end 0",
      "a terminate odd 0", "a.2 init undefined", "a ended: odd", "b info end 0",
      "b terminate odd 0", "a.2 terminate shutdown 0", "a.2 ended: shutdown", "b ended: odd",
      "sup ended: shutdown", "A receive: EXIT sup shutdown",
    ],
  }),
  scenario({
    id: "supervisor/one-for-all-escalation", suite: "supervisor_SUITE:one_for_all_escalation",
    title: "with one_for_all a restart of all counts once",
    steps: [
      A.trapExit(), A.supervise("sup", { ...three("one_for_all"), intensity: 2 }),
      A.send("a", ends("odd")), A.send("b", ends("odd")), A.send("c", ends("odd")), A.receive(),
    ],
    trace: [
      "a init undefined", "b init undefined", "c init undefined", "A supervise: ok", "a info end 0",
      "a terminate odd 0", "c terminate shutdown 0", "b terminate shutdown 0", "a.2 init undefined",
      "b.2 init undefined", "c.2 init undefined", "a ended: odd", "b ended: shutdown",
      "c ended: shutdown", "b.2 info end 0", "b.2 terminate odd 0", "c.2 terminate shutdown 0",
      "a.2 terminate shutdown 0", "a.3 init undefined", "b.3 init undefined", "c.3 init undefined",
      "a.2 ended: shutdown", "b.2 ended: odd", "c.2 ended: shutdown", "c.3 info end 0",
      "c.3 terminate odd 0", "b.3 terminate shutdown 0", "a.3 terminate shutdown 0",
      "a.3 ended: shutdown", "b.3 ended: shutdown", "c.3 ended: odd", "sup ended: shutdown",
      "A receive: EXIT sup shutdown",
    ],
  }),
  scenario({
    id: "supervisor/rest-for-one-escalation", suite: "supervisor_SUITE:rest_for_one_escalation",
    title: "intensity 0: the first crash ends the supervisor",
    steps: [
      A.trapExit(), A.supervise("sup", { ...three("rest_for_one"), intensity: 0 }),
      A.send("b", ends("odd")), A.receive(),
    ],
    trace: [
      "a init undefined", "b init undefined", "c init undefined", "A supervise: ok", "b info end 0",
      "b terminate odd 0", "c terminate shutdown 0", "a terminate shutdown 0", "a ended: shutdown",
      "b ended: odd", "c ended: shutdown", "sup ended: shutdown", "A receive: EXIT sup shutdown",
    ],
  }),
  scenario({
    id: "supervisor/default-intensity", suite: "supervisor_SUITE:multiple_restarts",
    title: "by default the second crash within five seconds is one too many",
    steps: [
      A.trapExit(), A.supervise("sup", { children: [child("a")] }), A.send("a", ends("odd")),
      pass(50), A.send("a", ends("odd")), A.receive(),
    ],
    trace: [
      "a init undefined", "A supervise: ok", "a info end 0", "a terminate odd 0",
      "a.2 init undefined", "a ended: odd", "a.2 info end 0", "a.2 terminate odd 0",
      "a.2 ended: odd", "sup ended: shutdown", "A receive: EXIT sup shutdown",
    ],
  }),
  scenario({
    id: "supervisor/many-restarts", suite: "supervisor_SUITE:multiple_restarts",
    title: "as many restarts as the intensity says go well, one more does not",
    steps: [
      A.trapExit(), A.supervise("sup", { intensity: 4, children: [child("a")] }),
      ...[1, 2, 3, 4].map(() => A.send("a", ends("odd"))), A.children("sup"),
      A.send("a", ends("odd")), A.receive(),
    ],
    trace: [
      "a init undefined", "A supervise: ok", "a info end 0", "a terminate odd 0",
      "a.2 init undefined", "a ended: odd", "a.2 info end 0", "a.2 terminate odd 0",
      "a.3 init undefined", "a.2 ended: odd", "a.3 info end 0", "a.3 terminate odd 0",
      "a.4 init undefined", "a.3 ended: odd", "a.4 info end 0", "a.4 terminate odd 0",
      "a.5 init undefined", "a.4 ended: odd", "A children: [a runs as a.5, a worker]",
      "a.5 info end 0", "a.5 terminate odd 0", "a.5 ended: odd", "sup ended: shutdown",
      "A receive: EXIT sup shutdown",
    ],
  }),
  scenario({
    id: "supervisor/period", title: "restarts that are older than the period don't count",
    steps: [
      A.trapExit(), A.supervise("sup", { intensity: 1, periodSeconds: 1, children: [child("a")] }),
      A.send("a", ends("odd")), pass(2_100), A.send("a", ends("odd")), A.children("sup"),
      A.send("a", ends("odd")), A.receive(),
    ],
    trace: [
      "a init undefined", "A supervise: ok", "a info end 0", "a terminate odd 0",
      "a.2 init undefined", "a ended: odd", "a.2 info end 0", "a.2 terminate odd 0",
      "a.3 init undefined", "a.2 ended: odd", "A children: [a runs as a.3, a worker]",
      "a.3 info end 0", "a.3 terminate odd 0", "a.3 ended: odd", "sup ended: shutdown",
      "A receive: EXIT sup shutdown",
    ],
  }),
  scenario({
    id: "supervisor/restart-fails", suite: "supervisor_SUITE:hanging_restart_loop",
    title: "a restart that fails is tried again, and each try counts",
    steps: [
      A.trapExit(),
      A.supervise("sup", {
        intensity: 3, children: [child("a", { starts: ["goes_well", "fails", "fails"] })],
      }),
      A.send("a", ends("odd")), A.children("sup"), A.send("a", ends("odd")), A.receive(),
    ],
    trace: [
      "a init undefined", "A supervise: ok", "a info end 0", "a terminate odd 0",
      "a does not start", "a does not start", "a.2 init undefined", "a ended: odd",
      "A children: [a runs as a.2, a worker]", "a.2 info end 0", "a.2 terminate odd 0",
      "a.2 ended: odd", "sup ended: shutdown", "A receive: EXIT sup shutdown",
    ],
  }),
  scenario({
    id: "supervisor/restart-fails-for-all",
    suite: "supervisor_SUITE:one_for_all_other_child_fails_restart",
    title: "one_for_all: another child fails when all are restarted: from the top again",
    steps: [
      A.trapExit(),
      A.supervise("sup", {
        strategy: "one_for_all", intensity: 5,
        children: [child("a"), child("b", { starts: ["goes_well", "fails"] }), child("c")],
      }),
      A.send("a", ends("odd")), A.children("sup"),
    ],
    trace: [
      "a init undefined", "b init undefined", "c init undefined", "A supervise: ok", "a info end 0",
      "a terminate odd 0", "c terminate shutdown 0", "b terminate shutdown 0", "a.2 init undefined",
      "b does not start", "a.2 terminate shutdown 0", "a.3 init undefined", "b.2 init undefined",
      "c.2 init undefined", "a ended: odd", "a.2 ended: shutdown", "b ended: shutdown",
      "c ended: shutdown",
      "A children: [a runs as a.3, a worker, b runs as b.2, a worker, c runs as c.2, a worker]",
    ],
  }),
  scenario({
    id: "supervisor/restart-fails-for-rest",
    suite: "supervisor_SUITE:rest_for_one_other_child_fails_restart",
    title: "rest_for_one: a child behind fails to start: from that one on again",
    steps: [
      A.trapExit(),
      A.supervise("sup", {
        strategy: "rest_for_one", intensity: 5,
        children: [child("a"), child("b", { starts: ["goes_well", "fails"] }), child("c")],
      }),
      A.send("a", ends("odd")), A.children("sup"),
    ],
    trace: [
      "a init undefined", "b init undefined", "c init undefined", "A supervise: ok", "a info end 0",
      "a terminate odd 0", "c terminate shutdown 0", "b terminate shutdown 0", "a.2 init undefined",
      "b does not start", "b.2 init undefined", "c.2 init undefined", "a ended: odd",
      "b ended: shutdown", "c ended: shutdown",
      "A children: [a runs as a.2, a worker, b runs as b.2, a worker, c runs as c.2, a worker]",
    ],
  }),
  scenario({
    id: "supervisor/restart-ignored",
    title: "a child that ignores its restart stays, without a process",
    steps: [
      A.supervise("sup", {
        children: [child("a", { starts: ["goes_well", "ignores"] }), child("b")],
      }),
      A.send("a", ends("odd")), A.children("sup"), A.restartChild("sup", "a"),
    ],
    trace: [
      "a init undefined", "b init undefined", "A supervise: ok", "a info end 0",
      "a terminate odd 0", "a ignores", "a ended: odd",
      "A children: [a does not run, a worker, b runs as b, a worker]", "a.2 init undefined",
      "A restartChild: started a.2",
    ],
  }),
  scenario({
    id: "supervisor/temporary-bystander", suite: "supervisor_SUITE:temporary_bystander",
    title: "a temporary child beside one that is restarted is stopped and forgotten",
    steps: [
      A.supervise("sup", {
        strategy: "one_for_all", children: [child("a"), child("b", { restart: "temporary" })],
      }),
      A.send("a", ends("odd")), A.children("sup"),
      A.supervise("rest", {
        strategy: "rest_for_one", children: [child("c"), child("d", { restart: "temporary" })],
      }),
      A.send("c", ends("odd")), A.children("rest"),
    ],
    trace: [
      "a init undefined", "b init undefined", "A supervise: ok", "a info end 0",
      "a terminate odd 0", "b terminate shutdown 0", "a.2 init undefined", "a ended: odd",
      "b ended: shutdown", "A children: [a runs as a.2, a worker]", "c init undefined",
      "d init undefined", "A supervise: ok", "c info end 0", "c terminate odd 0",
      "d terminate shutdown 0", "c.2 init undefined", "c ended: odd", "d ended: shutdown",
      "A children: [c runs as c.2, a worker]",
    ],
  }),
  scenario({
    id: "supervisor/temporary-forgotten",
    suite: "supervisor_SUITE:do_not_save_child_specs_for_temporary_children",
    title: "a temporary child that is terminated is forgotten as well",
    steps: [
      A.supervise("sup", { children: [child("a", { restart: "temporary" })] }),
      A.terminateChild("sup", "a"), A.children("sup"), A.restartChild("sup", "a"),
    ],
    trace: [
      "a init undefined", "A supervise: ok", "a terminate shutdown 0", "a ended: shutdown",
      "A terminateChild: ok", "A children: []", "A restartChild: not_found",
    ],
  }),
  scenario({
    id: "supervisor/tree-escalation", title: "a supervisor that gives up is restarted by its own",
    steps: [
      A.supervise("top", { children: [child("a"), family("low", [child("b")], { intensity: 0 })] }),
      A.send("b", ends("odd")), A.children("top"), A.children("low"),
    ],
    trace: [
      "a init undefined", "b init undefined", "A supervise: ok", "b info end 0",
      "b terminate odd 0", "b.2 init undefined", "b ended: odd", "low ended: shutdown",
      "A children: [a runs as a, a worker, low runs as low.2, a supervisor]",
      "A children: [b runs as b.2, a worker]",
    ],
  }),
];
