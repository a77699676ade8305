// What processes tell of each other: status, mailbox, relations, lists of items, who lives.
import { scenario } from "../scenario.ts";
import { A, B, C, D, E, shown, together } from "../steps.ts";

export const information = [
  scenario({
    id: "information/messages-of-another", suite: "process_SUITE:process_info_other_msg",
    decided: "BEAM",
    title: "one sees another's mailbox fill in order, and empty when it is emptied",
    steps: [
      B.send(B, "own"), B.receive({ body: "empty" }), A.info(B, "messages"), A.send(B, "a"),
      A.info(B, "messages"), A.send(B, "b"), A.info(B, "messages"), A.send(B, ["c", 1]),
      A.info(B, "messages"), A.info(B, "memory"), A.send(B, "empty"), B.receive(), B.receive(),
      B.receive(), A.info(B, "messages"),
    ],
    trace: [
      "A info: own", "A info: own | a", "A info: own | a | b", "A info: own | a | b | [c, 1]",
      "A info: some", "B receive: empty", "B receive: own", "B receive: a", "B receive: b",
      "A info: [c, 1]",
    ],
  }),
  scenario({
    id: "information/own-messages", suite: "process_SUITE:process_info_messages",
    decided: "BEAM",
    title: "one's own mailbox while others fill it: in each sender's order, and nothing is taken",
    steps: [
      B.send(A, "b1"), C.send(A, "c1"), B.send(A, "b2"), C.send(A, "c2"), A.info(A, "messages"),
      A.receive(), A.send(D, "b1"), A.receive(), A.send(D, "c1"), D.receive(), D.receive(),
      A.info(A, "messages"),
    ],
    trace: [
      "A info: b1 | c1 | b2 | c2", "A receive: b1", "A receive: c1", "D receive: b1",
      "D receive: c1", "A info: b2 | c2",
    ],
  }),
  scenario({
    id: "information/status", suite: "process_SUITE:process_info_other_status",
    decided: "BEAM",
    title: "a waiting process is waiting, whatever the priority of who asks",
    steps: [
      B.receive(), A.info(B, "status"), A.priority("high"), A.info(B, "status"), A.priority("max"),
      A.info(B, "status"),
    ],
    trace: ["A info: waiting", "A info: waiting", "A info: waiting"],
  }),
  scenario({
    id: "information/status-and-messages",
    suite: "process_SUITE:process_info_status_handled_signal", decided: "BEAM",
    title: "to be asked for its messages does not show in its status",
    steps: [B.receive(), A.infos(B, ["status", "messages"])],
    trace: ["A infos: waiting, none"],
  }),
  scenario({
    id: "information/several-items", suite: "process_SUITE:process_info_2_list",
    decided: "BEAM",
    title: "several items come in the order of the question, of oneself and of another",
    steps: [
      B.receive(), A.register("a"), B.link(C), A.infos(B, ["status", "trapExit", "priority"]),
      A.infos(B, ["priority", "trapExit", "status", "trapExit"]),
      A.infos(A, ["registeredName", "status", "messageQueueLength"]),
      A.infos(C, ["registeredName", "links"]),
    ],
    trace: [
      "A infos: waiting, false, normal", "A infos: normal, false, waiting, false",
      "A infos: a, running, 0", "A infos: none, 0",
    ],
  }),
  scenario({
    id: "information/parent", suite: "process_SUITE:process_info_parent", decided: "BEAM",
    title: "the parent is who spawned it, alive or not; a first one has none here",
    steps: [
      A.spawn(B, { link: true }), B.spawn(C), D.info(B, "parent"), D.info(C, "parent"),
      D.info(A, "parent"), B.unlink(A), B.returns(), D.info(C, "parent"),
    ],
    trace: [
      "D info: A", "D info: B", "D info: nobody", "B ended: normal", "D info: B",
    ],
  }),
  scenario({
    id: "information/all-items", suite: "process_SUITE:process_info_smoke_all",
    decided: "BEAM",
    title: "every item of a process with a name, links, monitors and messages; none of a dead one",
    steps: [
      B.register("b"), B.link(C), B.monitor(C, "m"), A.monitor(B, "n"), B.spawn(D, { link: true }),
      A.send(B, "x"), A.send(B, "y"), B.receive({ body: "never" }),
      A.infos(B, [
        "registeredName", "messages", "messageQueueLength", "links", "monitors", "monitoredBy",
        "trapExit", "priority", "status", "suspending", "memory", "parent",
      ]),
      B.exit(B, "no"), A.exit(B, "kill"), A.isAlive(B), A.infos(B, ["links", "status"]),
      A.info(B, "messages"),
    ],
    trace: [
      "A infos: b, x | y, 2, 2, 1, 1, false, normal, waiting, 0, some, nobody",
      "B ended: killed", "C ended: killed", "D ended: killed", "A isAlive: false",
      "A infos: undefined", "A info: undefined",
    ],
  }),
  scenario({
    id: "information/sent-to-oneself", suite: "process_SUITE:process_info_self_signal",
    decided: "BEAM",
    title: "what a process has sent to itself it sees at once",
    steps: [A.send(A, "own"), A.info(A, "messages"), A.monitor(B, "m"), A.send(A, "two"),
      A.info(A, "messages")],
    trace: ["A info: own", "A info: own | two"],
  }),
  scenario({
    id: "information/own-queue-length", suite: "process_SUITE:process_info_self_msgq_len",
    decided: "BEAM",
    title: "the length of one's own mailbox counts messages, and no other signals",
    steps: [
      B.flood(A, 40), B.monitor(A, "m"), B.demonitor("m"), B.link(A), B.unlink(A),
      A.info(A, "messageQueueLength"),
    ],
    trace: ["A info: 40"],
  }),
  scenario({
    id: "information/length-and-messages",
    suite: "process_SUITE:process_info_self_msgq_len_messages", decided: "BEAM",
    title: "length and messages of one question are of one moment",
    steps: [
      B.flood(A, 3), A.infos(A, ["messageQueueLength", "messages"]), A.receive(),
      A.infos(A, ["messages", "messageQueueLength"]),
    ],
    trace: ["A infos: 3, 1 | 2 | 3", "A receive: 1", "A infos: 2 | 3, 2"],
  }),
  scenario({
    id: "information/own-and-others-view", suite: "process_SUITE:otp_4725", decided: "BEAM",
    title: "a process with options says of itself what others see",
    steps: [
      A.spawn(B, { link: true, priority: "max" }), B.infos(B, ["links", "trapExit", "priority"]),
      A.infos(B, ["links", "trapExit", "priority"]), A.spawn(C),
      C.infos(C, ["links", "trapExit", "priority"]), A.infos(C, ["links", "trapExit", "priority"]),
    ],
    trace: [
      "B infos: 1, false, max", "A infos: 1, false, max", "C infos: 0, false, normal",
      "A infos: 0, false, normal",
    ],
  }),
  scenario({
    id: "information/suspending", decided: "BEAM",
    title: "one sees whom a process suspends, until it resumes or they end",
    steps: [
      A.suspend(B), A.suspend(C), A.suspend(C), A.info(A, "suspending"), D.exit(B, "kill"),
      A.info(A, "suspending"), A.resume(C), A.info(A, "suspending"), A.resume(C),
      A.info(A, "suspending"),
    ],
    trace: ["A info: 2", "B ended: killed", "A info: 1", "A info: 1", "A info: 0"],
  }),
  scenario({
    id: "information/dead", decided: "BEAM",
    title: "a dead process tells nothing, neither one item nor several",
    steps: [
      B.exits("x"), A.info(B, "status"), A.info(B, "registeredName"), A.infos(B, ["links"]),
    ],
    trace: ["B ended: x", "A info: undefined", "A info: undefined", "A infos: undefined"],
  }),
  scenario({
    id: "information/processes", suite: "process_SUITE:processes_this_tab", decided: "BEAM",
    title: "the list of processes: all that live, none that has ended, new ones at once",
    steps: [
      A.processes(), A.exit(B, "kill"), A.spawn(D), C.processes(), D.returns(), A.spawn(E),
      C.exits("x"), A.processes(),
    ],
    trace: [
      "A processes: A B C", "B ended: killed", "C processes: A C D", "D ended: normal",
      "C ended: x", "A processes: A E",
    ],
  }),
  scenario({
    id: "information/just-born", suite: "process_SUITE:processes_send_infant", decided: "BEAM",
    title: "a process is listed, and can be sent to, before it has done anything",
    steps: [together(A.spawn(B), C.processes(), shown(C.send(B, "hello"))), B.receive()],
    trace: ["C processes: A B C", "C send: true", "B receive: hello"],
  }),
  scenario({
    id: "information/refused-flags", suite: "process_SUITE:process_flag_badarg",
    decided: "BEAM",
    title: "a priority that is none is refused, and the old one stays",
    steps: [A.priority("high"), A.misuse("priority"), A.info(A, "priority")],
    trace: ["A misuse: refused", "A info: high"],
  }),
];
