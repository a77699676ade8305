// How processes end: reasons, exit signals, kill, normal, trapping.
import { scenario } from "../scenario.ts";
import { A, B, C, shown } from "../steps.ts";

export const exits = [
  scenario({
    id: "exits/code-done", decided: "BEAM",
    title: "a process whose code is done ends with normal",
    steps: [A.monitor(B, "m"), B.returns(), A.receive()],
    trace: ["B ended: normal", "A receive: DOWN m B normal"],
  }),
  scenario({
    id: "exits/own-reason", suite: "process_SUITE:t_exit_1", decided: "BEAM",
    title: "exit/1 ends with its reason, whatever term that is",
    steps: [
      A.monitor(B, "b"), A.monitor(C, "c"), B.exits("boom"), C.exits(["why", 1, ["x"]]),
      A.receive(), A.receive(),
    ],
    trace: [
      "B ended: boom", "C ended: [why, 1, [x]]",
      "A receive: DOWN b B boom", "A receive: DOWN c C [why, 1, [x]]",
    ],
  }),
  scenario({
    id: "exits/big-reason", suite: "process_SUITE:t_exit_2_other", decided: "BEAM",
    title: "a big reason arrives whole at everybody who hears of it",
    steps: [
      A.trapExit(true), A.spawn(B, { link: true, monitor: "m" }),
      C.exit(B, Array.from({ length: 60 }, (_, n) => n)), A.receive({ exit: "B" }),
      A.receive({ down: "m" }),
    ],
    trace: [
      `B ended: [${Array.from({ length: 60 }, (_, n) => n).join(", ")}]`,
      `A receive: EXIT B [${Array.from({ length: 60 }, (_, n) => n).join(", ")}]`,
      `A receive: DOWN m B [${Array.from({ length: 60 }, (_, n) => n).join(", ")}]`,
    ],
  }),
  scenario({
    id: "exits/signal-other", decided: "BEAM",
    title: "an exit signal ends who does not trap, with the signal's reason",
    steps: [A.exit(B, "gone"), A.isAlive(B)],
    trace: ["B ended: gone", "A isAlive: false"],
  }),
  scenario({
    id: "exits/signal-trapped", decided: "BEAM",
    title: "an exit signal is a message to who traps exits",
    steps: [B.trapExit(true), A.exit(B, "gone"), B.receive(), A.isAlive(B)],
    trace: ["B receive: EXIT A gone", "A isAlive: true"],
  }),
  scenario({
    id: "exits/normal-other", suite: "process_SUITE:t_exit_2_other_normal", decided: "BEAM",
    title: "exit/2 with normal to another is dropped",
    steps: [shown(A.exit(B, "normal")), A.isAlive(B), B.receive(undefined, { after: 0 })],
    trace: ["A exit: true", "A isAlive: true", "B receive: nothing"],
  }),
  scenario({
    id: "exits/normal-trapped", decided: "BEAM",
    title: "exit/2 with normal is a message to who traps exits",
    steps: [B.trapExit(true), A.exit(B, "normal"), B.receive()],
    trace: ["B receive: EXIT A normal"],
  }),
  scenario({
    id: "exits/normal-self", suite: "process_SUITE:normal_suicide_exit", decided: "BEAM",
    title: "exit/2 with normal to oneself ends, if one does not trap exits",
    steps: [A.exit(A, "normal"), A.log("still here"), B.isAlive(A)],
    trace: ["A ended: normal", "B isAlive: false"],
  }),
  scenario({
    id: "exits/self", suite: "process_SUITE:self_exit", decided: "BEAM",
    title: "exit/2 to oneself is a message to who traps exits, normal too",
    steps: [A.trapExit(true), A.exit(A, "normal"), A.receive(), A.exit(A, "other"), A.receive()],
    trace: ["A receive: EXIT A normal", "A receive: EXIT A other"],
  }),
  scenario({
    id: "exits/abnormal-self", suite: "process_SUITE:abnormal_suicide_exit", decided: "BEAM",
    title: "exit/2 to oneself ends at once, links hear of it",
    steps: [
      A.trapExit(true), A.spawn(B, { link: true }), B.exit(B, "enough"), B.log("still here"),
      A.receive(),
    ],
    trace: ["B ended: enough", "A receive: EXIT B enough"],
  }),
  scenario({
    id: "exits/not-caught", suite: "process_SUITE:t_exit_2_catch", decided: "BEAM",
    title: "exit/2 to oneself is no exception that could be caught",
    steps: [A.trapExit(true), A.spawn(B, { link: true }), shown(B.exit(B, "die")), A.receive()],
    trace: ["B ended: die", "A receive: EXIT B die"],
    differs: {
      generators: {
        trace: ["B exit: true", "B ended: die", "A receive: EXIT B die"],
        because: "JavaScript can't be stopped in its middle: the code ends at its next yield",
      },
    },
  }),
  scenario({
    id: "exits/error", suite: "process_SUITE:trap_exit_badarg", decided: "BEAM",
    title: "an error is a reason too, and comes whole however big it is",
    steps: [
      A.trapExit(true), A.spawn(B, { link: true }),
      B.errors(["badarg", Array.from({ length: 60 }, (_, n) => n)]), A.receive(),
    ],
    trace: [
      `B ended: error [badarg, [${Array.from({ length: 60 }, (_, n) => n).join(", ")}]]`,
      `A receive: EXIT B error [badarg, [${Array.from({ length: 60 }, (_, n) => n).join(", ")}]]`,
    ],
  }),
  scenario({
    id: "exits/kill-self", decided: "BEAM",
    title: "exit/2 with kill to oneself cannot be caught",
    steps: [
      A.monitor(B, "m"), B.trapExit(true), shown(B.exit(B, "kill")), B.log("caught"), A.receive(),
    ],
    trace: ["B ended: killed", "A receive: DOWN m B killed"],
    differs: {
      generators: {
        trace: ["B exit: true", "B ended: killed", "A receive: DOWN m B killed"],
        because: "JavaScript can't be stopped in its middle: the code ends at its next yield",
      },
    },
  }),
  scenario({
    id: "exits/kill-is-killed", suite: "signal_SUITE:kill2killed", decided: "BEAM",
    title: "exit/2 with kill ends who traps too, as killed; links and monitors see killed",
    steps: [
      A.trapExit(true), A.spawn(B, { link: true }), B.trapExit(true), A.monitor(B, "m"),
      C.exit(B, "kill"), A.receive({ exit: "B" }), A.receive({ down: "m" }),
    ],
    trace: ["B ended: killed", "A receive: EXIT B killed", "A receive: DOWN m B killed"],
  }),
  scenario({
    id: "exits/kill-by-link", decided: "BEAM",
    title: "kill as the reason of one's own end is an ordinary one over a link: it can be trapped",
    steps: [
      A.trapExit(true), A.link(B), C.link(B), B.exits("kill"), A.receive(), A.isAlive(C),
    ],
    trace: ["B ended: kill", "C ended: kill", "A receive: EXIT B kill", "A isAlive: false"],
  }),
  scenario({
    id: "exits/twice", suite: "process_SUITE:exit_twice", decided: "BEAM",
    title: "only the first deadly signal counts",
    steps: [A.monitor(B, "m"), C.exit(B, "first"), C.exit(B, "second"), A.receive()],
    trace: ["B ended: first", "A receive: DOWN m B first"],
  }),
  scenario({
    id: "exits/trap-when-received", decided: "BEAM",
    title: "trapping counts when the signal comes: what came as a message stays one",
    steps: [
      B.trapExit(true), A.exit(B, "one"), B.trapExit(false), B.receive(), A.exit(B, "two"),
    ],
    trace: ["B receive: EXIT A one", "B ended: two"],
  }),
  scenario({
    id: "exits/trap-old-value", decided: "BEAM",
    title: "process_flag answers the value before",
    steps: [
      A.info(A, "trapExit"), A.trapExit(true), A.info(A, "trapExit"), A.trapExit(false),
      A.info(A, "trapExit"),
    ],
    trace: ["A info: false", "A info: true", "A info: false"],
  }),
  scenario({
    id: "exits/dead-target", decided: "BEAM",
    title: "an exit signal to a dead process is lost, silently",
    steps: [B.exits("gone"), shown(A.exit(B, "kill")), shown(A.exit(B, "normal"))],
    trace: ["B ended: gone", "A exit: true", "A exit: true"],
  }),
  scenario({
    id: "exits/timeout-race", suite: "process_SUITE:exit_and_timeout", decided: "BEAM",
    title: "a process that is ended inside a receive with a timeout does not time out",
    steps: [B.receive(undefined, { after: 5_000 }), A.exit(B, "gone"), A.isAlive(B)],
    trace: ["B ended: gone", "A isAlive: false"],
  }),
  scenario({
    id: "exits/messages-are-lost", decided: "BEAM",
    title: "messages of a process that ended are nobody's; sends to it are silent",
    steps: [
      A.send(B, "x"), A.exit(B, "gone"), shown(A.send(B, "y")), A.info(B, "messageQueueLength"),
    ],
    trace: ["B ended: gone", "A send: true", "A info: undefined"],
  }),
];
