// Spawning: with links, monitors and priorities, in one step.
import { scenario } from "../scenario.ts";
import { A, B, C, D, pass } from "../steps.ts";

export const spawning = [
  scenario({
    id: "spawning/request", suite: "process_SUITE:spawn_request_bif", decided: "BEAM",
    title: "a child with link and monitor that ends at once: both tell the true reason",
    steps: [
      A.trapExit(true), A.spawn(B, { link: true, monitor: "m", exits: ["exit", 1], request: true }),
      A.receive({ down: "m" }), A.receive({ exit: "B" }), A.spawn(C, { request: true }),
      C.send(A, "hello"), A.receive(),
    ],
    trace: [
      "A receive: DOWN m B [exit, 1]", "A receive: EXIT B [exit, 1]", "A receive: hello",
    ],
  }),
  scenario({
    id: "spawning/request-demonitor",
    suite: "process_SUITE:spawn_request_monitor_demonitor", decided: "BEAM",
    title: "the monitor of a child that was asked for can be ended once the child is there",
    steps: [
      A.spawn(B, { monitor: "m", request: true }), A.info(A, "monitors"),
      A.demonitor("m", { info: true }), A.info(A, "monitors"), A.exit(B, "kill"),
      A.receive(undefined, { after: 20 }), pass(100),
    ],
    trace: [
      "A info: 1", "A demonitor: true", "A info: 0", "B ended: killed", "A receive: nothing",
    ],
  }),
  scenario({
    id: "spawning/request-monitor-early-end",
    suite: "process_SUITE:spawn_request_monitor_child_exit", decided: "BEAM",
    title: "a monitored child that fails at once is seen with its own reason",
    steps: [A.spawn(B, { monitor: "m", exits: ["undef", "nothing"], request: true }), A.receive()],
    trace: ["A receive: DOWN m B [undef, nothing]"],
  }),
  scenario({
    id: "spawning/request-link-early-end",
    suite: "process_SUITE:spawn_request_link_child_exit", decided: "BEAM",
    title: "a linked child that fails at once is seen with its own reason",
    steps: [
      A.trapExit(true), A.spawn(B, { link: true, exits: ["undef", "nothing"], request: true }),
      A.receive(),
    ],
    trace: ["A receive: EXIT B [undef, nothing]"],
  }),
  scenario({
    id: "spawning/request-parent-ends",
    suite: "process_SUITE:spawn_request_link_parent_exit_compound_reason", decided: "BEAM",
    title: "a linked child ends with the compound reason of its parent",
    steps: [
      A.spawn(B, { link: true, request: true, priority: "max" }), B.receive(),
      A.exits(["kaboom", 1]), C.isAlive(B),
    ],
    trace: ["A ended: [kaboom, 1]", "B ended: [kaboom, 1]", "C isAlive: false"],
  }),
  scenario({
    id: "spawning/link-and-monitor", decided: "BEAM",
    title: "a child that is linked and monitored: its end is an Exit and a Down, each once",
    steps: [
      A.trapExit(true), A.spawn(B, { link: true, monitor: "m" }), A.info(B, "links"),
      A.info(B, "monitoredBy"), B.exits("x"), A.receive({ exit: "B" }), A.receive({ down: "m" }),
      A.receive(undefined, { after: 0 }),
    ],
    trace: [
      "A info: 1", "A info: 1", "B ended: x", "A receive: EXIT B x", "A receive: DOWN m B x",
      "A receive: nothing",
    ],
  }),
  scenario({
    id: "spawning/priority", decided: "BEAM",
    title: "a child has the priority of its options, not that of its parent",
    steps: [
      A.priority("high"), A.spawn(B), A.spawn(C, { priority: "low" }),
      A.spawn(D, { priority: "max", link: true }), A.info(B, "priority"), A.info(C, "priority"),
      A.info(D, "priority"),
    ],
    trace: ["A info: normal", "A info: low", "A info: max"],
  }),
  scenario({
    id: "spawning/inherits-nothing", decided: "BEAM",
    title: "a child does not trap exits because its parent does, and has no name, link or monitor",
    steps: [
      A.trapExit(true), A.register("a"), A.link(C), A.spawn(B),
      A.infos(B, ["trapExit", "registeredName", "links", "monitors", "messageQueueLength"]),
    ],
    trace: ["A infos: false, none, 0, 0, 0"],
  }),
  scenario({
    id: "spawning/plain-end", decided: "BEAM",
    title: "nobody hears of the end of a child without link and monitor",
    steps: [
      A.trapExit(true), A.spawn(B, { exits: "x" }), A.receive(undefined, { after: 20 }), pass(100),
      A.isAlive(B),
    ],
    trace: ["A receive: nothing", "A isAlive: false"],
  }),
  scenario({
    id: "spawning/link-kills-parent", decided: "BEAM",
    title: "a linked child's early end ends a parent that does not trap exits",
    steps: [A.spawn(B, { link: true, exits: "early" }), A.log("still here"), C.isAlive(A)],
    trace: ["A ended: early", "C isAlive: false"],
  }),
];
