// supervisor: significant children, whose end may be that of their supervisor.
import { scenario } from "../scenario.ts";
import type { ChildDefinition } from "../scenario.ts";
import { A, child, ends, family } from "../steps.ts";

const significant = (id: string, restart: string): ChildDefinition =>
  child(id, { significant: true, restart });

export const supervisorSignificant = [
  scenario({
    id: "supervisor/significant-any", suite: "supervisor_SUITE:significant_transient",
    title: "any_significant: the orderly end of one ends the supervisor",
    steps: [
      A.trapExit(),
      A.supervise("sup", {
        autoShutdown: "any_significant",
        children: [significant("a", "transient"), significant("b", "transient"), child("c")],
      }),
      A.send("a", ends("normal")), A.receive(),
    ],
    trace: [
      "a init undefined", "b init undefined", "c init undefined", "A supervise: ok", "a info end 0",
      "a terminate normal 0", "c terminate shutdown 0", "b terminate shutdown 0", "a ended: normal",
      "b ended: shutdown", "c ended: shutdown", "sup ended: shutdown",
      "A receive: EXIT sup shutdown",
    ],
  }),
  scenario({
    id: "supervisor/significant-crash", suite: "supervisor_SUITE:significant_transient",
    title: "a significant transient child that crashes is restarted",
    steps: [
      A.trapExit(),
      A.supervise("sup", {
        autoShutdown: "any_significant", children: [significant("a", "transient")],
      }),
      A.send("a", ends("odd")), A.children("sup"), A.send("a", ends({ shutdown: "x" })),
      A.receive(),
    ],
    trace: [
      "a init undefined", "A supervise: ok", "a info end 0", "a terminate odd 0",
      "a.2 init undefined", "a ended: odd", "A children: [a runs as a.2, a worker]",
      "a.2 info end 0", "a.2 terminate shutdown(x) 0", "a.2 ended: shutdown(x)",
      "sup ended: shutdown", "A receive: EXIT sup shutdown",
    ],
  }),
  scenario({
    id: "supervisor/significant-temporary", suite: "supervisor_SUITE:significant_temporary",
    title: "a significant temporary child ends the supervisor whatever its reason",
    steps: [
      A.trapExit(),
      A.supervise("sup", {
        autoShutdown: "any_significant", children: [significant("a", "temporary"), child("b")],
      }),
      A.send("a", ends("odd")), A.receive(),
    ],
    trace: [
      "a init undefined", "b init undefined", "A supervise: ok", "a info end 0",
      "a terminate odd 0", "b terminate shutdown 0", "a ended: odd", "b ended: shutdown",
      "sup ended: shutdown", "A receive: EXIT sup shutdown",
    ],
  }),
  scenario({
    id: "supervisor/significant-all", suite: "supervisor_SUITE:significant_bystander",
    title: "all_significant: the end of the last one ends the supervisor",
    steps: [
      A.trapExit(),
      A.supervise("sup", {
        autoShutdown: "all_significant",
        children: [significant("a", "transient"), child("b"), significant("c", "temporary")],
      }),
      A.send("a", ends("normal")), A.children("sup"), A.send("c", ends("odd")), A.receive(),
    ],
    trace: [
      "a init undefined", "b init undefined", "c init undefined", "A supervise: ok", "a info end 0",
      "a terminate normal 0", "a ended: normal",
      "A children: [a does not run, a worker, b runs as b, a worker, c runs as c, a worker]",
      "c info end 0", "c terminate odd 0", "b terminate shutdown 0", "b ended: shutdown",
      "c ended: odd", "sup ended: shutdown", "A receive: EXIT sup shutdown",
    ],
  }),
  scenario({
    id: "supervisor/significant-terminated", suite: "supervisor_SUITE:significant_temporary",
    title: "a significant child that is terminated by request ends nobody",
    steps: [
      A.supervise("sup", {
        autoShutdown: "any_significant", children: [significant("a", "temporary"), child("b")],
      }),
      A.terminateChild("sup", "a"), A.children("sup"),
    ],
    trace: [
      "a init undefined", "b init undefined", "A supervise: ok", "a terminate shutdown 0",
      "a ended: shutdown", "A terminateChild: ok", "A children: [b runs as b, a worker]",
    ],
  }),
  scenario({
    id: "supervisor/not-significant", suite: "supervisor_SUITE:nonsignificant_transient",
    title: "the end of children that are not significant ends no supervisor",
    steps: [
      A.supervise("sup", {
        autoShutdown: "any_significant",
        children: [child("a", { restart: "transient" }), child("b", { restart: "temporary" })],
      }),
      A.send("a", ends("normal")), A.send("b", ends("normal")), A.children("sup"),
    ],
    trace: [
      "a init undefined", "b init undefined", "A supervise: ok", "a info end 0",
      "a terminate normal 0", "a ended: normal", "b info end 0", "b terminate normal 0",
      "b ended: normal", "A children: [a does not run, a worker]",
    ],
  }),
  scenario({
    id: "supervisor/significant-escalation", suite: "supervisor_SUITE:significant_escalation",
    title: "a supervisor that ends by itself may be significant in turn",
    steps: [
      A.trapExit(),
      A.supervise("top", {
        autoShutdown: "any_significant",
        children: [
          child("a"),
          family("low", [significant("b", "transient")], {
            autoShutdown: "any_significant", significant: true, restart: "transient",
          }),
        ],
      }),
      A.send("b", ends("normal")), A.receive(),
    ],
    trace: [
      "a init undefined", "b init undefined", "A supervise: ok", "b info end 0",
      "b terminate normal 0", "a terminate shutdown 0", "a ended: shutdown", "b ended: normal",
      "low ended: shutdown", "top ended: shutdown", "A receive: EXIT top shutdown",
    ],
  }),
  scenario({
    id: "supervisor/significant-refused",
    title: "significant is refused of permanent children, and where it means nothing",
    steps: [
      A.trapExit(),
      A.supervise("sup", {
        autoShutdown: "any_significant", children: [significant("a", "permanent")],
      }),
      A.supervise("sup", { children: [significant("a", "transient")] }),
      A.supervise("sup", { children: [] }), A.startChild("sup", significant("a", "transient")),
    ],
    trace: [
      "A supervise: error bad specification: bad combination",
      "A supervise: error bad specification: bad combination", "A supervise: ok",
      "A startChild: bad specification: bad combination",
    ],
  }),
];
