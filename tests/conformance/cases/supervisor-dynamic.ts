// supervisor: simple_one_for_one, DynamicSupervisor here.
import { scenario } from "../scenario.ts";
import type { ChildDefinition } from "../scenario.ts";
import { A, B, child, ends } from "../steps.ts";

const dynamic = (id: string, options: Partial<ChildDefinition> = {}): ChildDefinition =>
  ({ ...child(id), dynamic: true, ...options });

export const supervisorDynamic = [
  scenario({
    id: "supervisor/dynamic", suite: "supervisor_SUITE:simple_one_for_one",
    title: "a dynamic supervisor starts children by request, and restarts each alone",
    steps: [
      A.supervise("sup", { template: {}, intensity: 9 }), A.startChild("sup", dynamic("a")),
      A.startChild("sup", dynamic("b")), A.send("a", ends("odd")), A.whereis("a"), A.whereis("b"),
    ],
    trace: [
      "A supervise: ok", "a init undefined", "A startChild: started a", "b init undefined",
      "A startChild: started b", "a info end 0", "a terminate odd 0", "a.2 init undefined",
      "a ended: odd", "A whereis: a.2", "A whereis: b",
    ],
  }),
  scenario({
    id: "supervisor/dynamic-administration", suite: "supervisor_SUITE:child_adm_simple",
    title: "a dynamic child is terminated by its pid, and is gone then",
    steps: [
      A.supervise("sup", { template: {} }), A.startChild("sup", dynamic("a")),
      A.terminatePid("sup", "a"), A.whereis("a"), A.terminatePid("sup", "a"),
      A.startChild("sup", dynamic("a")),
    ],
    trace: [
      "A supervise: ok", "a init undefined", "A startChild: started a", "a terminate shutdown 0",
      "a ended: shutdown", "A terminatePid: ok", "A whereis: nobody", "A terminatePid: ok",
      "a.2 init undefined", "A startChild: started a.2",
    ],
    differs: {
      trace: [
        "A supervise: ok", "a init undefined", "A startChild: started a", "a terminate shutdown 0",
        "a ended: shutdown", "A terminatePid: ok", "A whereis: nobody", "A terminatePid: not_found",
        "a.2 init undefined", "A startChild: started a.2",
      ],
      because: "a pid that is no child's is not_found, as Elixir has it",
    },
  }),
  scenario({
    id: "supervisor/dynamic-extra", suite: "supervisor_SUITE:simple_one_for_one_extra",
    title: "each start of a dynamic child is given what all have in common",
    steps: [
      A.supervise("sup", { template: {}, extra: "common", intensity: 9 }),
      A.startChild("sup", dynamic("a")), A.send("a", ends("odd")),
      A.call("a", { say: "get", reply: "got" }),
    ],
    trace: [
      "A supervise: ok", "a init undefined", "A startChild: started a", "a info end common",
      "a terminate odd common", "a.2 init undefined", "a ended: odd", "a.2 call get common",
      "A call: got",
    ],
  }),
  scenario({
    id: "supervisor/dynamic-escalation", suite: "supervisor_SUITE:simple_one_for_one_escalation",
    title: "one restart too many among all dynamic children ends the supervisor",
    steps: [
      A.trapExit(), A.supervise("sup", { template: {}, intensity: 1 }),
      A.startChild("sup", dynamic("a")), A.startChild("sup", dynamic("b")),
      A.send("a", ends("odd")), A.send("b", ends("odd")), A.receive(),
    ],
    trace: [
      "A supervise: ok", "a init undefined", "A startChild: started a", "b init undefined",
      "A startChild: started b", "a info end 0", "a terminate odd 0", "a.2 init undefined",
      "a ended: odd", "b info end 0", "b terminate odd 0", "a.2 terminate shutdown 0",
      "a.2 ended: shutdown", "b ended: odd", "sup ended: shutdown", "A receive: EXIT sup shutdown",
    ],
  }),
  scenario({
    id: "supervisor/dynamic-shutdown", suite: "supervisor_SUITE:simple_one_for_one_shutdown",
    title: "dynamic children are stopped all at the same time", unordered: true,
    steps: [
      A.supervise("sup", { template: {} }), A.startChild("sup", dynamic("a")),
      A.startChild("sup", dynamic("b")), A.startChild("sup", dynamic("c")),
      A.stop("sup", "shutdown"),
    ],
    trace: [
      "A supervise: ok", "a init undefined", "A startChild: started a", "b init undefined",
      "A startChild: started b", "c init undefined", "A startChild: started c",
      "a terminate shutdown 0", "b terminate shutdown 0", "c terminate shutdown 0",
      "a ended: shutdown", "b ended: shutdown", "c ended: shutdown", "sup ended: shutdown",
    ],
  }),
  scenario({
    id: "supervisor/dynamic-brutally", suite: "supervisor_SUITE:sup_stop_brutal_kill_dynamic",
    title: "dynamic children with brutal_kill are killed", unordered: true,
    steps: [
      A.supervise("sup", { template: { shutdown: "brutal_kill" } }),
      A.startChild("sup", dynamic("a", { shutdown: "brutal_kill" })),
      A.startChild("sup", dynamic("b", { shutdown: "brutal_kill" })), A.stop("sup", "shutdown"),
    ],
    trace: [
      "A supervise: ok", "a init undefined", "A startChild: started a", "b init undefined",
      "A startChild: started b", "a ended: killed", "b ended: killed", "sup ended: shutdown",
    ],
  }),
  scenario({
    id: "supervisor/dynamic-ignored",
    suite: "supervisor_SUITE:sup_start_ignore_temporary_child_start_child_simple",
    title: "a dynamic child whose start ignores is none",
    steps: [
      A.supervise("sup", { template: { restart: "temporary" } }),
      A.startChild("sup", dynamic("a", { restart: "temporary", starts: ["ignores"] })),
      A.startChild("sup", dynamic("a", { restart: "temporary" })),
    ],
    trace: [
      "A supervise: ok", "a ignores", "A startChild: ignored", "a init undefined",
      "A startChild: started a",
    ],
  }),
  scenario({
    id: "supervisor/dynamic-fails", suite: "supervisor_SUITE:sup_start_child_returns_error_simple",
    title: "a dynamic child whose start fails is none",
    steps: [
      A.supervise("sup", { template: {} }),
      A.startChild("sup", dynamic("a", { starts: ["fails"] })),
      A.whereis("a"), A.startChild("sup", dynamic("b")), B.isAlive("b"),
    ],
    trace: [
      "A supervise: ok", "a does not start", "A startChild: failed: not_yet", "A whereis: nobody",
      "b init undefined", "A startChild: started b", "B isAlive: true",
    ],
  }),
  scenario({
    id: "supervisor/dynamic-restart-fails",
    suite: "supervisor_SUITE:hanging_restart_loop_simple",
    title: "a dynamic child whose restart fails is tried again, and each try counts",
    steps: [
      A.trapExit(), A.supervise("sup", { template: {}, intensity: 3 }),
      A.startChild("sup", dynamic("a", { starts: ["goes_well", "fails", "fails"] })),
      A.send("a", ends("odd")), A.whereis("a"), A.send("a", ends("odd")), A.receive(),
    ],
    trace: [
      "A supervise: ok", "a init undefined", "A startChild: started a", "a info end 0",
      "a terminate odd 0", "a does not start", "a does not start", "a.2 init undefined",
      "a ended: odd", "A whereis: a.2", "a.2 info end 0", "a.2 terminate odd 0", "a.2 ended: odd",
      "sup ended: shutdown", "A receive: EXIT sup shutdown",
    ],
  }),
];
