// Hibernation: without time, until any message comes.
import { scenario } from "../scenario.ts";
import { A, B, C, pass } from "../steps.ts";

export const hibernation = [
  scenario({
    id: "hibernation/sleeps", suite: "hibernate_SUITE:basic", decided: "BEAM",
    title: "it waits with an empty mailbox, wakes on a message, and can sleep again",
    steps: [
      B.hibernate(), A.info(B, "status"), A.info(B, "messageQueueLength"), A.send(B, "what's up"),
      B.receive(), B.send(A, "all fine"), A.receive(), B.hibernate(), A.info(B, "status"),
      A.send(B, "quit"), B.receive(), B.returns(),
    ],
    trace: [
      "A info: waiting", "A info: 0", "B hibernate: awake", "B receive: what's up",
      "A receive: all fine", "A info: waiting", "B hibernate: awake", "B receive: quit",
      "B ended: normal",
    ],
  }),
  scenario({
    id: "hibernation/messages-in-queue", suite: "hibernate_SUITE:messages_in_queue",
    decided: "BEAM",
    title: "with a message in its mailbox it wakes at once",
    steps: [
      A.send(B, "kept"), A.send(B, "go ahead"), B.receive({ body: "go ahead" }),
      B.info(B, "messageQueueLength"), B.hibernate(), B.receive(),
    ],
    trace: ["B receive: go ahead", "B info: 1", "B hibernate: awake", "B receive: kept"],
  }),
  scenario({
    id: "hibernation/passed-over", decided: "BEAM",
    title: "a message that a receive has passed over wakes it as well",
    steps: [
      A.send(B, "kept"), B.receive({ body: "other" }, { after: 0 }), B.hibernate(), B.receive(),
    ],
    trace: ["B receive: nothing", "B hibernate: awake", "B receive: kept"],
  }),
  scenario({
    id: "hibernation/no-time", decided: "BEAM",
    title: "it has no time of its own; a timer's message wakes it",
    steps: [
      B.receive(undefined, { after: 20 }), pass(100), B.hibernate(), pass(100), A.log("asleep"),
      A.sendAfter(50, B, "x"), pass(100), B.receive(),
    ],
    trace: ["B receive: nothing", "A log: asleep", "B hibernate: awake", "B receive: x"],
  }),
  scenario({
    id: "hibernation/signals", decided: "BEAM",
    title: "Exits and Downs wake it as messages do",
    steps: [
      B.trapExit(true), B.link(A), B.monitor(C, "m"), B.hibernate(), C.exits("x"), B.receive(),
      B.hibernate(), A.exits("y"), B.receive(),
    ],
    trace: [
      "B hibernate: awake", "C ended: x", "B receive: DOWN m C x", "A ended: y",
      "B hibernate: awake", "B receive: EXIT A y",
    ],
  }),
  scenario({
    id: "hibernation/killed", decided: "BEAM",
    title: "it can be killed in its sleep, and what belongs to it goes",
    steps: [
      B.register("b"), B.link(C), B.hibernate(), A.monitor(B, "m"), A.exit(B, "kill"), A.receive(),
      A.whereis("b"), A.isAlive(C),
    ],
    trace: [
      "B ended: killed", "C ended: killed", "A receive: DOWN m B killed", "A whereis: nobody",
      "A isAlive: false",
    ],
  }),
  scenario({
    id: "hibernation/ordinary-exit", decided: "BEAM",
    title: "exit/2 with normal does not wake it, if it does not trap exits",
    steps: [
      B.hibernate(), A.exit(B, "normal"), A.log("asleep"), A.info(B, "messageQueueLength"),
      A.send(B, "x"),
    ],
    trace: ["A log: asleep", "A info: 0", "B hibernate: awake"],
  }),
  scenario({
    id: "hibernation/suspended", decided: "BEAM",
    title: "suspended in its sleep, it wakes on a message when it is resumed",
    steps: [
      B.hibernate(), A.suspend(B), A.send(B, "x"), A.log("asleep"), A.resume(B), B.receive(),
    ],
    trace: ["A log: asleep", "B hibernate: awake", "B receive: x"],
  }),
];
