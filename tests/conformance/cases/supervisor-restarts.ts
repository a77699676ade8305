// supervisor: which ends are followed by a restart, and of whom.
import { scenario } from "../scenario.ts";
import type { SupervisorDefinition } from "../scenario.ts";
import { A, child, ends } from "../steps.ts";

const three = (strategy: string): Omit<SupervisorDefinition, "as"> =>
  ({ strategy, intensity: 9, children: [child("a"), child("b"), child("c")] });

const endsOf = (restart: string, reason: Parameters<typeof ends>[0]) => [
  A.trapExit(), A.supervise("sup", { children: [child("a", { restart })] }),
  A.send("a", ends(reason)), A.children("sup"), A.count("sup"),
];

export const supervisorRestarts = [
  scenario({
    id: "supervisor/permanent-normal", suite: "supervisor_SUITE:permanent_normal",
    title: "a permanent child is restarted after a normal end",
    steps: endsOf("permanent", "normal"),
    trace: [
      "a init undefined", "A supervise: ok", "a info end 0", "a terminate normal 0",
      "a.2 init undefined", "a ended: normal", "A children: [a runs as a.2, a worker]",
      "A count: 1 specs, 1 active, 0 supervisors, 1 workers",
    ],
  }),
  scenario({
    id: "supervisor/transient-normal", suite: "supervisor_SUITE:transient_normal",
    title: "a transient child is not, and stays known", steps: endsOf("transient", "normal"),
    trace: [
      "a init undefined", "A supervise: ok", "a info end 0", "a terminate normal 0",
      "a ended: normal", "A children: [a does not run, a worker]",
      "A count: 1 specs, 0 active, 0 supervisors, 1 workers",
    ],
  }),
  scenario({
    id: "supervisor/temporary-normal", suite: "supervisor_SUITE:temporary_normal",
    title: "a temporary child is forgotten", steps: endsOf("temporary", "normal"),
    trace: [
      "a init undefined", "A supervise: ok", "a info end 0", "a terminate normal 0",
      "a ended: normal", "A children: []", "A count: 0 specs, 0 active, 0 supervisors, 0 workers",
    ],
  }),
  scenario({
    id: "supervisor/permanent-shutdown", suite: "supervisor_SUITE:permanent_shutdown",
    title: "a permanent child is restarted after shutdown", steps: endsOf("permanent", "shutdown"),
    trace: [
      "a init undefined", "A supervise: ok", "a info end 0", "a terminate shutdown 0",
      "a.2 init undefined", "a ended: shutdown", "A children: [a runs as a.2, a worker]",
      "A count: 1 specs, 1 active, 0 supervisors, 1 workers",
    ],
  }),
  scenario({
    id: "supervisor/transient-shutdown", suite: "supervisor_SUITE:transient_shutdown",
    title: "a transient child is not restarted after shutdown with a word",
    steps: endsOf("transient", { shutdown: "x" }),
    trace: [
      "a init undefined", "A supervise: ok", "a info end 0", "a terminate shutdown(x) 0",
      "a ended: shutdown(x)", "A children: [a does not run, a worker]",
      "A count: 1 specs, 0 active, 0 supervisors, 1 workers",
    ],
  }),
  scenario({
    id: "supervisor/temporary-shutdown", suite: "supervisor_SUITE:temporary_shutdown",
    title: "a temporary child is forgotten after shutdown", steps: endsOf("temporary", "shutdown"),
    trace: [
      "a init undefined", "A supervise: ok", "a info end 0", "a terminate shutdown 0",
      "a ended: shutdown", "A children: []", "A count: 0 specs, 0 active, 0 supervisors, 0 workers",
    ],
  }),
  scenario({
    id: "supervisor/permanent-abnormal", suite: "supervisor_SUITE:permanent_abnormal",
    title: "a permanent child is restarted after a crash", steps: endsOf("permanent", "odd"),
    trace: [
      "a init undefined", "A supervise: ok", "a info end 0", "a terminate odd 0",
      "a.2 init undefined", "a ended: odd", "A children: [a runs as a.2, a worker]",
      "A count: 1 specs, 1 active, 0 supervisors, 1 workers",
    ],
  }),
  scenario({
    id: "supervisor/transient-abnormal", suite: "supervisor_SUITE:transient_abnormal",
    title: "a transient child is restarted after a crash", steps: endsOf("transient", "odd"),
    trace: [
      "a init undefined", "A supervise: ok", "a info end 0", "a terminate odd 0",
      "a.2 init undefined", "a ended: odd", "A children: [a runs as a.2, a worker]",
      "A count: 1 specs, 1 active, 0 supervisors, 1 workers",
    ],
  }),
  scenario({
    id: "supervisor/temporary-abnormal", suite: "supervisor_SUITE:temporary_abnormal",
    title: "a temporary child is forgotten after a crash", steps: endsOf("temporary", "odd"),
    trace: [
      "a init undefined", "A supervise: ok", "a info end 0", "a terminate odd 0", "a ended: odd",
      "A children: []", "A count: 0 specs, 0 active, 0 supervisors, 0 workers",
    ],
  }),
  scenario({
    id: "supervisor/killed-child", title: "a child that is killed has crashed",
    steps: [
      A.supervise("sup", { children: [child("a", { restart: "transient" })] }), A.exit("a", "kill"),
      A.children("sup"),
    ],
    trace: [
      "a init undefined", "A supervise: ok", "a.2 init undefined", "a ended: killed",
      "A children: [a runs as a.2, a worker]",
    ],
  }),
  scenario({
    id: "supervisor/one-for-one", suite: "supervisor_SUITE:one_for_one",
    title: "one_for_one: the one that has ended is restarted, the others don't notice",
    steps: [A.supervise("sup", three("one_for_one")), A.send("b", ends("odd")), A.children("sup")],
    trace: [
      "a init undefined", "b init undefined", "c init undefined", "A supervise: ok", "b info end 0",
      "b terminate odd 0", "b.2 init undefined", "b ended: odd",
      "A children: [a runs as a, a worker, b runs as b.2, a worker, c runs as c, a worker]",
    ],
  }),
  scenario({
    id: "supervisor/one-for-all", suite: "supervisor_SUITE:one_for_all",
    title: "one_for_all: the others are stopped from right to left, all start from left to right",
    steps: [A.supervise("sup", three("one_for_all")), A.send("b", ends("odd")), A.children("sup")],
    trace: [
      "a init undefined", "b init undefined", "c init undefined", "A supervise: ok", "b info end 0",
      "b terminate odd 0", "c terminate shutdown 0", "a terminate shutdown 0", "a.2 init undefined",
      "b.2 init undefined", "c.2 init undefined", "a ended: shutdown", "b ended: odd",
      "c ended: shutdown",
      "A children: [a runs as a.2, a worker, b runs as b.2, a worker, c runs as c.2, a worker]",
    ],
  }),
  scenario({
    id: "supervisor/rest-for-one", suite: "supervisor_SUITE:rest_for_one",
    title: "rest_for_one: those behind are stopped and started again, those before are not",
    steps: [
      A.supervise("sup", three("rest_for_one")), A.send("b", ends("odd")), A.send("c", ends("odd")),
      A.send("a", ends("odd")), A.children("sup"),
    ],
    trace: [
      "a init undefined", "b init undefined", "c init undefined", "A supervise: ok", "b info end 0",
      "b terminate odd 0", "c terminate shutdown 0", "b.2 init undefined", "c.2 init undefined",
      "b ended: odd", "c ended: shutdown", "c.2 info end 0", "c.2 terminate odd 0",
      "c.3 init undefined", "c.2 ended: odd", "a info end 0", "a terminate odd 0",
      "c.3 terminate shutdown 0", "b.2 terminate shutdown 0", "a.2 init undefined",
      "b.3 init undefined", "c.4 init undefined", "a ended: odd", "b.2 ended: shutdown",
      "c.3 ended: shutdown",
      "A children: [a runs as a.2, a worker, b runs as b.3, a worker, c runs as c.4, a worker]",
    ],
  }),
];
