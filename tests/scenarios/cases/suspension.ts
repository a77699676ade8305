// Suspend and resume: counted by the suspender, released with its end.
import { scenario } from "../scenario.ts";
import { A, B, C, D, pass, shown, together } from "../steps.ts";

export const suspension = [
  scenario({
    id: "suspension/waits", suite: "process_SUITE:otp_7738_suspended", decided: "BEAM",
    title: "a suspended process does nothing until it is resumed, its queue fills",
    steps: [
      B.receive(), shown(A.suspend(B)), A.send(B, "x"), A.send(B, "y"),
      A.info(B, "messageQueueLength"), A.info(B, "status"), shown(A.resume(B)), B.receive(),
    ],
    trace: [
      "A suspend: true", "A info: 2", "A info: suspended", "A resume: true", "B receive: x",
      "B receive: y",
    ],
  }),
  scenario({
    id: "suspension/collected-while-waiting", suite: "process_SUITE:otp_7738_waiting",
    decided: "BEAM",
    title: "a waiting process whose memory is worked on wakes on its message",
    steps: [
      B.receive(), together(C.send(B, "wake up"), A.collect(B)), B.send(A, "woke up"), A.receive(),
    ],
    trace: ["B receive: wake up", "A receive: woke up"],
  }),
  scenario({
    id: "suspension/resumed-and-woken", suite: "process_SUITE:otp_7738_resume",
    decided: "BEAM",
    title: "a process that polls, suspended and resumed by another, gets what comes afterwards",
    steps: [
      B.receive(undefined, { after: 0 }), C.suspend(B), A.collect(B), pass(10), C.resume(B),
      C.send(B, "wake up"), B.receive(undefined, { after: 0 }), B.send(A, "woke up"), A.receive(),
    ],
    trace: ["B receive: nothing", "B receive: wake up", "A receive: woke up"],
  }),
  scenario({
    id: "suspension/between-steps", decided: "BEAM",
    title: "a process that has work to do does it after it is resumed",
    steps: [A.suspend(B), B.log("one"), B.log("two"), A.log("before"), A.resume(B)],
    trace: ["A log: before", "B log: one", "B log: two"],
  }),
  scenario({
    id: "suspension/counted", decided: "BEAM",
    title: "two suspends need two resumes; a third resume is refused",
    steps: [
      A.suspend(B), shown(A.suspend(B)), B.log("runs"), A.resume(B), A.log("once"), A.resume(B),
      A.resume(B),
    ],
    trace: ["A suspend: true", "A log: once", "B log: runs", "A resume: refused"],
  }),
  scenario({
    id: "suspension/unless", decided: "BEAM",
    title: "unless_suspending: false where one suspends already, and not counted",
    steps: [
      shown(A.suspend(B, { unless: true })), shown(A.suspend(B, { unless: true })), B.log("runs"),
      A.resume(B), A.resume(B),
    ],
    trace: ["A suspend: true", "A suspend: false", "B log: runs", "A resume: refused"],
  }),
  scenario({
    id: "suspension/unless-others", decided: "BEAM",
    title: "unless_suspending counts one's own suspension alone, not another's",
    steps: [
      A.suspend(B), shown(C.suspend(B, { unless: true })), B.log("runs"), A.resume(B),
      A.log("not yet"), C.resume(B),
    ],
    trace: ["C suspend: true", "A log: not yet", "B log: runs"],
  }),
  scenario({
    id: "suspension/two-suspenders", decided: "BEAM",
    title: "with two suspenders both have to resume",
    steps: [A.suspend(B), C.suspend(B), B.log("runs"), C.resume(B), C.log("one"), A.resume(B)],
    trace: ["C log: one", "B log: runs"],
  }),
  scenario({
    id: "suspension/suspender-ends", decided: "BEAM",
    title: "the end of a suspender resumes, however often it has suspended",
    steps: [A.suspend(B), A.suspend(B), B.log("runs"), A.exits("x")],
    trace: ["A ended: x", "B log: runs"],
  }),
  scenario({
    id: "suspension/suspender-killed", decided: "BEAM",
    title: "a suspender that is killed resumes too, and another's suspension stays",
    steps: [
      A.suspend(B), C.suspend(B), B.log("runs"), D.exit(A, "kill"), D.log("not yet"), C.resume(B),
    ],
    trace: ["A ended: killed", "D log: not yet", "B log: runs"],
  }),
  scenario({
    id: "suspension/self", decided: "BEAM",
    title: "a process can't suspend or resume itself",
    steps: [A.suspend(A), A.resume(A), A.log("goes on")],
    trace: ["A suspend: refused", "A resume: refused", "A log: goes on"],
  }),
  scenario({
    id: "suspension/dead", decided: "BEAM",
    title: "a dead process can't be suspended or resumed",
    steps: [B.exits("x"), A.suspend(B), A.resume(B)],
    trace: ["B ended: x", "A suspend: refused", "A resume: refused"],
  }),
  scenario({
    id: "suspension/not-mine", decided: "BEAM",
    title: "one can't resume what another has suspended",
    steps: [A.suspend(B), B.log("runs"), C.resume(B), C.log("still"), A.resume(B)],
    trace: ["C resume: refused", "C log: still", "B log: runs"],
  }),
  scenario({
    id: "suspension/killed", decided: "BEAM",
    title: "a suspended process can be killed, and is seen dead at once",
    steps: [
      A.monitor(B, "m"), A.suspend(B), B.log("runs"), C.exit(B, "kill"), A.receive(), A.resume(B),
    ],
    trace: ["B ended: killed", "A receive: DOWN m B killed", "A resume: refused"],
  }),
  scenario({
    id: "suspension/exit-signal", decided: "BEAM",
    title: "exit signals and links reach a suspended process",
    steps: [
      B.link(C), A.suspend(B), A.suspend(C), D.exit(C, "x"), D.isAlive(B),
    ],
    trace: ["B ended: x", "C ended: x", "D isAlive: false"],
  }),
  scenario({
    id: "suspension/trapped", decided: "BEAM",
    title: "an exit signal to a suspended process that traps exits waits in its mailbox",
    steps: [
      B.trapExit(true), B.receive(), A.suspend(B), C.exit(B, "x"), A.info(B, "messageQueueLength"),
      A.resume(B),
    ],
    trace: ["A info: 1", "B receive: EXIT C x"],
  }),
  scenario({
    id: "suspension/timer", decided: "BEAM",
    title: "timers fire into the mailbox of a suspended process",
    steps: [
      B.receive(), A.sendAfter(20, B, "x"), A.suspend(B), pass(200),
      A.info(B, "messageQueueLength"), A.resume(B),
    ],
    trace: ["A info: 1", "B receive: x"],
  }),
  scenario({
    id: "suspension/timeout", decided: "BEAM",
    title: "the time of a receive runs while its process is suspended",
    steps: [
      B.receive(undefined, { after: 50 }), A.suspend(B), pass(200), A.log("over"), A.resume(B),
    ],
    trace: ["A log: over", "B receive: nothing"],
  }),
  scenario({
    id: "suspension/late-message", decided: "BEAM",
    title: "a message that comes when the time is over, but before the resume",
    steps: [
      B.receive(undefined, { after: 50 }), A.suspend(B), pass(200), A.send(B, "x"), A.resume(B),
    ],
    trace: ["B receive: nothing"],
    differs: {
      raw: {
        trace: ["B receive: x"],
        because: "time is over only for a receive that has looked at the whole mailbox",
      },
      generators: {
        trace: ["B receive: x"],
        because: "time is over only for a receive that has looked at the whole mailbox",
      },
    },
  }),
  scenario({
    id: "suspension/status", decided: "BEAM",
    title: "the status of a waiting process: waiting, suspended, waiting",
    steps: [
      B.receive(), A.info(B, "status"), A.suspend(B), A.info(B, "status"), A.resume(B),
      A.info(B, "status"),
    ],
    trace: ["A info: waiting", "A info: suspended", "A info: waiting"],
  }),
  scenario({
    id: "suspension/by-suspended", decided: "BEAM",
    title: "a suspender that is suspended itself still suspends",
    steps: [
      A.suspend(B), C.suspend(A), B.log("runs"), A.resume(B), C.log("wait"), C.resume(A),
    ],
    trace: ["C log: wait", "B log: runs"],
  }),
  scenario({
    id: "suspension/normal-exit", decided: "BEAM",
    title: "exit/2 with normal does nothing to a suspended process",
    steps: [A.suspend(B), C.exit(B, "normal"), B.log("runs"), C.isAlive(B), A.resume(B)],
    trace: ["C isAlive: true", "B log: runs"],
  }),
  scenario({
    id: "suspension/link-and-monitor", decided: "BEAM",
    title: "links to and monitors of a suspended process are made at once",
    steps: [
      C.trapExit(true), A.suspend(B), C.link(B), C.monitor(B, "m"), C.info(C, "links"),
      A.exit(B, "kill"), C.receive({ exit: "B" }), C.receive({ down: "m" }),
    ],
    trace: [
      "C info: 1", "B ended: killed", "C receive: EXIT B killed", "C receive: DOWN m B killed",
    ],
  }),
  scenario({
    id: "suspension/same-drain", decided: "BEAM",
    title: "B is woken and suspended before it had its turn: it runs when it is resumed",
    steps: [
      B.receive(), together(A.send(B, "x"), A.suspend(B)), C.log("between"), A.resume(B),
    ],
    trace: ["C log: between", "B receive: x"],
    orTrace: [["B receive: x", "C log: between"]],
    ours: ["C log: between", "B receive: x"],
  }),
];
