// supervisor: starts, and specifications that can not be.
import { scenario } from "../scenario.ts";
import { A, child, family } from "../steps.ts";

export const supervisorStarts = [
  scenario({
    id: "supervisor/start", suite: "supervisor_SUITE:sup_start_normal",
    title: "children are started from left to right and stopped from right to left",
    steps: [
      A.supervise("sup", { children: [child("a"), child("b"), child("c")] }), A.children("sup"),
      A.stop("sup", "shutdown"),
    ],
    trace: [
      "a init undefined", "b init undefined", "c init undefined", "A supervise: ok",
      "A children: [a runs as a, a worker, b runs as b, a worker, c runs as c, a worker]",
      "c terminate shutdown 0", "b terminate shutdown 0", "a terminate shutdown 0",
      "a ended: shutdown", "b ended: shutdown", "c ended: shutdown", "sup ended: shutdown",
    ],
  }),
  scenario({
    id: "supervisor/start-map", suite: "supervisor_SUITE:sup_start_map",
    title: "a child's specification has OTP's defaults",
    steps: [
      A.supervise("sup", { children: [child("a"), family("b", [])] }), A.childSpec("sup", "a"),
      A.childSpec("sup", "b"), A.childSpec("sup", "c"),
    ],
    trace: [
      "a init undefined", "A supervise: ok",
      "A childSpec: id a, restart permanent, shutdown 5000, significant false, type worker",
      "A childSpec: id b, restart permanent, shutdown infinity, significant false, type supervisor",
      "A childSpec: not_found",
    ],
  }),
  scenario({
    id: "supervisor/child-ignored", suite: "supervisor_SUITE:sup_start_ignore_child",
    title: "a child whose start ignores is known without a process, and can be started again",
    steps: [
      A.supervise("sup", { children: [child("a"), child("b", { starts: ["ignores"] })] }),
      A.children("sup"), A.count("sup"), A.restartChild("sup", "b"), A.children("sup"),
    ],
    trace: [
      "a init undefined", "b ignores", "A supervise: ok",
      "A children: [a runs as a, a worker, b does not run, a worker]",
      "A count: 2 specs, 1 active, 0 supervisors, 2 workers", "b init undefined",
      "A restartChild: started b", "A children: [a runs as a, a worker, b runs as b, a worker]",
    ],
  }),
  scenario({
    id: "supervisor/temporary-child-ignored",
    suite: "supervisor_SUITE:sup_start_ignore_temporary_child",
    title: "a temporary child whose start ignores is forgotten",
    steps: [
      A.supervise("sup", {
        children: [child("a", { restart: "temporary", starts: ["ignores"] }), child("b")],
      }),
      A.children("sup"),
    ],
    trace: [
      "a ignores", "b init undefined", "A supervise: ok", "A children: [b runs as b, a worker]",
    ],
  }),
  scenario({
    id: "supervisor/temporary-start-child-ignored",
    suite: "supervisor_SUITE:sup_start_ignore_temporary_child_start_child",
    title: "and so is one that start_child adds",
    steps: [
      A.supervise("sup", { children: [] }),
      A.startChild("sup", child("a", { restart: "temporary", starts: ["ignores"] })),
      A.children("sup"), A.startChild("sup", child("b", { starts: ["ignores"] })),
      A.children("sup"),
    ],
    trace: [
      "A supervise: ok", "a ignores", "A startChild: ignored", "A children: []", "b ignores",
      "A startChild: ignored", "A children: [b does not run, a worker]",
    ],
  }),
  scenario({
    id: "supervisor/start-fails", suite: "supervisor_SUITE:sup_start_child_returns_error",
    title: "one child that fails fails the start: those before it are stopped, none behind starts",
    steps: [
      A.trapExit(),
      A.supervise("sup", { children: [child("a"), child("b", { starts: ["fails"] }), child("c")] }),
      A.whereis("a"),
    ],
    trace: [
      "a init undefined", "b does not start", "a terminate shutdown 0", "a ended: shutdown",
      "sup ended: failed to start b: not_yet", "A supervise: error failed to start b: not_yet",
      "A whereis: nobody",
    ],
  }),
  scenario({
    id: "supervisor/start-crashes", suite: "supervisor_SUITE:sup_start_fail",
    title: "a start function that crashes is a start that fails",
    steps: [
      A.trapExit(),
      A.supervise("sup", { children: [child("a"), child("b", { starts: ["crashes"] })] }),
    ],
    trace: [
      "a init undefined", "b crashes", "a terminate shutdown 0", "a ended: shutdown",
      "sup ended: failed to start b: error broken",
      "A supervise: error failed to start b: error broken",
    ],
  }),
  scenario({
    id: "supervisor/init-fails", title: "a child whose init stops fails the start with its reason",
    steps: [
      A.trapExit(),
      A.supervise("sup", { children: [child("a", { server: { init: { stop: "no_database" } } })] }),
    ],
    trace: [
      "a init undefined", "a ended: no_database", "sup ended: failed to start a: no_database",
      "A supervise: error failed to start a: no_database",
    ],
  }),
  scenario({
    id: "supervisor/faulty-specs", suite: "supervisor_SUITE:sup_start_map_faulty_specs",
    title: "a specification that can't be fails the start, before any child is started",
    steps: [
      A.trapExit(),
      A.supervise("sup", { children: [child("a"), child("b", { restart: "sometimes" })] }),
      A.supervise("sup", { children: [child("a", { shutdown: "slowly" })] }),
      A.supervise("sup", { children: [child("a", { type: "boss" })] }),
      A.supervise("sup", { children: [child("a", { missing: "start" })] }),
      A.supervise("sup", { children: [child("a"), child("a")] }),
    ],
    trace: [
      "A supervise: error bad specification: restart",
      "A supervise: error bad specification: shutdown",
      "A supervise: error bad specification: type", "A supervise: error bad specification: start",
      "A supervise: error bad specification: duplicate a",
    ],
  }),
  scenario({
    id: "supervisor/faulty-flags", suite: "supervisor_SUITE:sup_flags",
    title: "flags that can't be fail the start",
    steps: [
      A.trapExit(), A.supervise("sup", { strategy: "one_for_none", children: [] }),
      A.supervise("sup", { intensity: -1, children: [] }),
      A.supervise("sup", { autoShutdown: "sometimes", children: [] }),
    ],
    trace: [
      "A supervise: error bad flag: strategy", "A supervise: error bad flag: intensity",
      "A supervise: error bad flag: autoShutdown",
    ],
  }),
  scenario({
    id: "supervisor/check-specs", suite: "supervisor_SUITE:child_specs",
    title: "specifications can be checked without a supervisor",
    steps: [
      A.checkSpecs([child("a"), child("b", { restart: "transient" })]),
      A.checkSpecs([child("a", { restart: "never" })]),
      A.checkSpecs([child("a", { shutdown: -1 })]),
      A.checkSpecs([child("a", { type: "none" })]),
      A.checkSpecs([child("a", { missing: "start" })]),
      A.checkSpecs([child("a"), child("a")]),
      A.checkSpecs([child("a", { significant: true })]),
      A.checkSpecs([child("a", { significant: true, restart: "transient" })], "never"),
      A.checkSpecs([child("a", { significant: true, restart: "transient" })], "any_significant"),
      A.checkSpecs([child("a", { shutdown: "brutal_kill" }), child("b", { shutdown: "infinity" })]),
    ],
    trace: [
      "A checkSpecs: ok", "A checkSpecs: bad specification: restart",
      "A checkSpecs: bad specification: shutdown", "A checkSpecs: bad specification: type",
      "A checkSpecs: bad specification: start", "A checkSpecs: bad specification: duplicate a",
      "A checkSpecs: bad specification: bad combination",
      "A checkSpecs: bad specification: bad combination", "A checkSpecs: ok", "A checkSpecs: ok",
    ],
  }),
];
