// supervisor: what it is asked for, and how it and its children are stopped.
import { scenario } from "../scenario.ts";
import { A, B, child, ends, family, pass } from "../steps.ts";

export const supervisorRequests = [
  scenario({
    id: "supervisor/child-administration", suite: "supervisor_SUITE:child_adm",
    title: "terminate, restart and delete of a child, each where it can't be",
    steps: [
      A.supervise("sup", { children: [] }), A.startChild("sup", child("a")),
      A.startChild("sup", child("a")), A.deleteChild("sup", "a"), A.restartChild("sup", "a"),
      A.terminateChild("sup", "a"), A.terminateChild("sup", "a"), A.startChild("sup", child("a")),
      A.children("sup"), A.restartChild("sup", "a"), A.terminateChild("sup", "a"),
      A.deleteChild("sup", "a"), A.deleteChild("sup", "a"), A.restartChild("sup", "a"),
      A.terminateChild("sup", "a"), A.children("sup"),
    ],
    trace: [
      "A supervise: ok", "a init undefined", "A startChild: started a",
      "A startChild: already started a", "A deleteChild: running", "A restartChild: running",
      "a terminate shutdown 0", "a ended: shutdown", "A terminateChild: ok", "A terminateChild: ok",
      "A startChild: already_present", "A children: [a does not run, a worker]",
      "a.2 init undefined", "A restartChild: started a.2", "a.2 terminate shutdown 0",
      "a.2 ended: shutdown", "A terminateChild: ok", "A deleteChild: ok",
      "A deleteChild: not_found", "A restartChild: not_found", "A terminateChild: not_found",
      "A children: []",
    ],
  }),
  scenario({
    id: "supervisor/start-child-fails", suite: "supervisor_SUITE:sup_start_child_returns_error",
    title: "a child whose start by start_child fails is forgotten",
    steps: [
      A.supervise("sup", { children: [] }), A.startChild("sup", child("a", { starts: ["fails"] })),
      A.children("sup"), A.startChild("sup", child("b", { restart: "sometimes" })),
      A.startChild("sup", child("a")),
    ],
    trace: [
      "A supervise: ok", "a does not start", "A startChild: failed: not_yet", "A children: []",
      "A startChild: bad specification: restart", "a init undefined", "A startChild: started a",
    ],
  }),
  scenario({
    id: "supervisor/restart-child-fails",
    suite: "supervisor_SUITE:sup_start_restart_child_returns_error",
    title: "a child whose restart by restart_child fails stays as it was",
    steps: [
      A.supervise("sup", { children: [child("a", { starts: ["goes_well", "fails"] })] }),
      A.terminateChild("sup", "a"), A.restartChild("sup", "a"), A.children("sup"),
      A.restartChild("sup", "a"),
    ],
    trace: [
      "a init undefined", "A supervise: ok", "a terminate shutdown 0", "a ended: shutdown",
      "A terminateChild: ok", "a does not start", "A restartChild: failed: not_yet",
      "A children: [a does not run, a worker]", "a.2 init undefined", "A restartChild: started a.2",
    ],
  }),
  scenario({
    id: "supervisor/name-taken", title: "a child whose name somebody else has can't be started",
    steps: [
      A.supervise("sup", { children: [] }),
      A.start({ as: "a", init: { state: 0 } }, { named: true }),
      A.startChild("sup", child("a")), A.children("sup"),
    ],
    trace: [
      "A supervise: ok", "a init undefined", "A start: ok", "A startChild: already started a",
      "A children: []",
    ],
  }),
  scenario({
    id: "supervisor/stop-infinity", suite: "supervisor_SUITE:sup_stop_infinity",
    title: "a child with shutdown infinity takes the time that it needs",
    steps: [
      A.supervise("sup", {
        children: [child("a", {
          shutdown: "infinity",
          server: {
            init: { state: 0, do: [{ trapExit: true }] },
            on: { terminate: { do: [{ sleep: 150 }] } },
          },
        })],
      }),
      A.stop("sup", "shutdown"), pass(50), A.whereis("a"), pass(150), A.whereis("a"),
    ],
    trace: [
      "a init undefined", "A supervise: ok", "a terminate shutdown 0", "a ended: shutdown",
      "sup ended: shutdown",
    ],
  }),
  scenario({
    id: "supervisor/stop-timeout", suite: "supervisor_SUITE:sup_stop_timeout",
    title: "a child that takes longer than its shutdown time is killed",
    steps: [
      A.supervise("sup", {
        children: [child("a"), child("b", {
          shutdown: 50,
          server: {
            init: { state: 0, do: [{ trapExit: true }] },
            on: { terminate: { do: [{ sleep: 5_000 }] } },
          },
        })],
      }),
      A.stop("sup", "shutdown"), pass(100),
    ],
    trace: [
      "a init undefined", "b init undefined", "A supervise: ok", "b terminate shutdown 0",
      "a terminate shutdown 0", "a ended: shutdown", "b ended: killed", "sup ended: shutdown",
    ],
  }),
  scenario({
    id: "supervisor/stop-brutally", suite: "supervisor_SUITE:sup_stop_brutal_kill",
    title: "a child with brutal_kill is killed: no terminate",
    steps: [
      A.supervise("sup", { children: [child("a"), child("b", { shutdown: "brutal_kill" })] }),
      A.stop("sup", "shutdown"),
    ],
    trace: [
      "a init undefined", "b init undefined", "A supervise: ok", "a terminate shutdown 0",
      "a ended: shutdown", "b ended: killed", "sup ended: shutdown",
    ],
  }),
  scenario({
    id: "supervisor/stop-otherwise",
    title: "a child that ends with another reason when it is told to",
    steps: [
      A.supervise("sup", {
        children: [child("a", {
          server: {
            init: { state: 0, do: [{ trapExit: true }] }, on: { terminate: { exit: "worse" } },
          },
        })],
      }),
      A.terminateChild("sup", "a"), A.children("sup"), A.stop("sup", "shutdown"),
    ],
    trace: [
      "a init undefined", "A supervise: ok", "a terminate shutdown 0", "a ended: worse",
      "A terminateChild: ok", "A children: [a does not run, a worker]", "sup ended: shutdown",
    ],
  }),
  scenario({
    id: "supervisor/parent-ends", title: "a supervisor ends with its parent: first its children",
    steps: [
      A.supervise("sup", { children: [child("a"), child("b")] }), B.monitor("sup"),
      B.exit("A", "gone"), B.receive(),
    ],
    trace: [
      "a init undefined", "b init undefined", "A supervise: ok", "b terminate shutdown 0",
      "a terminate shutdown 0", "a ended: shutdown", "b ended: shutdown", "sup ended: gone",
      "B receive: DOWN sup gone",
    ],
  }),
  scenario({
    id: "supervisor/killed", title: "a supervisor that is killed takes its children along by links",
    steps: [
      A.trapExit(), A.supervise("sup", { children: [child("a")] }), A.exit("sup", "kill"),
      A.receive(),
    ],
    trace: [
      "a init undefined", "A supervise: ok", "a terminate killed 0", "a ended: killed",
      "sup ended: killed", "A receive: EXIT sup killed",
    ],
  }),
  scenario({
    id: "supervisor/unlinked", suite: "supervisor_SUITE:child_unlink",
    title: "a child that has been killed brutally is gone when terminate_child answers",
    steps: [
      A.supervise("sup", { children: [child("a", { shutdown: "brutal_kill" })] }),
      A.terminateChild("sup", "a"), A.whereis("a"),
    ],
    trace: [
      "a init undefined", "A supervise: ok", "a ended: killed", "A terminateChild: ok",
      "A whereis: nobody",
    ],
  }),
  scenario({
    id: "supervisor/tree", suite: "supervisor_SUITE:tree",
    title: "a tree starts and stops in order, and counts its own children only",
    steps: [
      A.supervise("top", {
        children: [
          child("a"), family("left", [child("b"), child("c")]), family("right", [child("d")]),
        ],
      }),
      A.children("top"), A.count("top"), A.terminateChild("top", "left"), A.children("top"),
      A.restartChild("top", "left"), A.stop("top", "shutdown"),
    ],
    trace: [
      "a init undefined", "b init undefined", "c init undefined", "d init undefined",
      "A supervise: ok",
      "A children: [a runs as a, a worker, left runs as left, a supervisor, " +
        "right runs as right, a supervisor]",
      "A count: 3 specs, 3 active, 2 supervisors, 1 workers", "c terminate shutdown 0",
      "b terminate shutdown 0", "b ended: shutdown", "c ended: shutdown", "left ended: shutdown",
      "A terminateChild: ok",
      "A children: [a runs as a, a worker, left does not run, a supervisor, " +
        "right runs as right, a supervisor]",
      "b.2 init undefined", "c.2 init undefined", "A restartChild: started left.2",
      "d terminate shutdown 0", "c.2 terminate shutdown 0", "b.2 terminate shutdown 0",
      "a terminate shutdown 0", "a ended: shutdown", "b.2 ended: shutdown", "c.2 ended: shutdown",
      "d ended: shutdown", "left.2 ended: shutdown", "right ended: shutdown", "top ended: shutdown",
    ],
  }),
  scenario({
    id: "supervisor/count", suite: "supervisor_SUITE:count_children",
    title: "children are counted: specifications, living ones, supervisors, workers",
    steps: [
      A.supervise("sup", {
        children: [child("a"), child("b", { restart: "temporary" }), family("f", [])],
      }),
      A.count("sup"), A.terminateChild("sup", "a"), A.count("sup"), A.terminateChild("sup", "f"),
      A.count("sup"), A.send("b", ends("normal")), A.count("sup"),
    ],
    trace: [
      "a init undefined", "b init undefined", "A supervise: ok",
      "A count: 3 specs, 3 active, 1 supervisors, 2 workers", "a terminate shutdown 0",
      "a ended: shutdown", "A terminateChild: ok",
      "A count: 3 specs, 2 active, 1 supervisors, 2 workers", "f ended: shutdown",
      "A terminateChild: ok", "A count: 3 specs, 1 active, 1 supervisors, 2 workers",
      "b info end 0", "b terminate normal 0", "b ended: normal",
      "A count: 2 specs, 0 active, 1 supervisors, 1 workers",
    ],
  }),
  scenario({
    id: "supervisor/order", suite: "supervisor_SUITE:order_of_children",
    title: "children that are added stand behind; a restart keeps a child's place",
    steps: [
      A.supervise("sup", { intensity: 9, children: [child("a"), child("b")] }),
      A.startChild("sup", child("c")), A.send("a", ends("odd")), A.terminateChild("sup", "b"),
      A.restartChild("sup", "b"), A.children("sup"), A.stop("sup", "shutdown"),
    ],
    trace: [
      "a init undefined", "b init undefined", "A supervise: ok", "c init undefined",
      "A startChild: started c", "a info end 0", "a terminate odd 0", "a.2 init undefined",
      "a ended: odd", "b terminate shutdown 0", "b ended: shutdown", "A terminateChild: ok",
      "b.2 init undefined", "A restartChild: started b.2",
      "A children: [a runs as a.2, a worker, b runs as b.2, a worker, c runs as c, a worker]",
      "c terminate shutdown 0", "b.2 terminate shutdown 0", "a.2 terminate shutdown 0",
      "a.2 ended: shutdown", "b.2 ended: shutdown", "c ended: shutdown", "sup ended: shutdown",
    ],
  }),
  scenario({
    id: "supervisor/strange-messages", title: "a supervisor drops messages that mean nothing to it",
    steps: [
      A.supervise("sup", { children: [child("a")] }), A.send("sup", "word"), A.exit("sup", "odd"),
      A.children("sup"),
    ],
    trace: [
      "a init undefined", "A supervise: ok", "a terminate shutdown 0", "a ended: shutdown",
      "sup ended: odd",
    ],
  }),
];
