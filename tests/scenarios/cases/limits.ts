// Limits: memory as max_heap_size has it, and mailboxes of so many messages.
import { scenario } from "../scenario.ts";
import { A, B, C, pass, shown } from "../steps.ts";

const cannot = { beam: "no limit of messages" };
/** A message that takes some room on the BEAM's heap. */
const thing = ["a", "b", "c", "d", "e", "f", "g", "h"];
const bytes = 3_000;

export const limits = [
  scenario({
    id: "limits/memory-kills", suite: "process_SUITE:spawn_opt_max_heap_size",
    decided: "BEAM",
    title: "who takes more memory than it may is killed, untrappably",
    steps: [
      A.trapExit(true), A.spawn(B, { link: true, monitor: "m" }), B.trapExit(true),
      B.limitMemory(bytes, { kill: true }), B.receive({ body: "never" }), A.flood(B, 100, thing),
      A.collect(B), A.receive({ exit: "B" }), A.receive({ down: "m" }),
    ],
    trace: ["B ended: killed", "A receive: EXIT B killed", "A receive: DOWN m B killed"],
  }),
  scenario({
    id: "limits/memory-without-kill", decided: "BEAM",
    title: "without kill it goes on, and nothing is lost",
    steps: [
      B.limitMemory(bytes), B.receive({ body: "go" }), A.flood(B, 100, thing), A.collect(B),
      A.info(B, "messageQueueLength"), A.send(B, "go"), B.drain(),
    ],
    trace: ["A info: 100", "B receive: go", "B drain: 100 out of order"],
  }),
  scenario({
    id: "limits/memory-set-late", decided: "BEAM",
    title: "a limit that is passed already when it is set kills at the next occasion",
    steps: [
      A.monitor(B, "m"), A.flood(B, 100, thing), B.limitMemory(bytes, { kill: true }),
      A.flood(B, 1, thing), A.collect(B), A.receive(),
    ],
    trace: ["B ended: killed", "A receive: DOWN m B killed"],
  }),
  scenario({
    id: "limits/memory-enough", decided: "BEAM",
    title: "who stays below its limit is left alone",
    steps: [
      B.limitMemory(100_000, { kill: true }), B.receive({ body: "never" }), A.flood(B, 20, thing),
      A.collect(B), A.isAlive(B), A.info(B, "messageQueueLength"),
    ],
    trace: ["A isAlive: true", "A info: 20"],
  }),
  scenario({
    id: "limits/refuses", decided: "elsewhere",
    title: "a full mailbox refuses: the sender is told, what is there stays",
    steps: [
      B.limitMessages(2, "refuse"), shown(A.send(B, "one")), shown(A.send(B, "two")),
      A.send(B, "three"), B.receive(), shown(A.send(B, "four")), A.send(B, "five"), B.receive(),
      B.receive(), B.receive(undefined, { after: 0 }),
    ],
    trace: [
      "A send: true", "A send: true", "A send: refused", "B receive: one", "A send: true",
      "A send: refused", "B receive: two", "B receive: four", "B receive: nothing",
    ],
    cannot,
  }),
  scenario({
    id: "limits/drops", decided: "elsewhere",
    title: "a mailbox that drops: the sender sees nothing of it",
    steps: [
      B.limitMessages(2, "drop"), A.send(B, "one"), A.send(B, "two"), shown(A.send(B, "three")),
      B.receive(), A.send(B, "four"), B.receive(), B.receive(),
      B.receive(undefined, { after: 0 }),
    ],
    trace: [
      "A send: true", "B receive: one", "B receive: two", "B receive: four", "B receive: nothing",
    ],
    cannot,
  }),
  scenario({
    id: "limits/kills", decided: "elsewhere",
    title: "a mailbox that kills: one message more, and its process ends as killed",
    steps: [
      A.monitor(B, "m"), B.trapExit(true), B.limitMessages(2, "kill"), A.send(B, "one"),
      A.send(B, "two"), A.isAlive(B), shown(A.send(B, "three")), A.receive(),
    ],
    trace: ["A isAlive: true", "A send: true", "B ended: killed", "A receive: DOWN m B killed"],
    cannot,
  }),
  scenario({
    id: "limits/signals-pass", decided: "elsewhere",
    title: "Exits, Downs and timers come into a full mailbox too",
    steps: [
      B.trapExit(true), B.limitMessages(1, "refuse"), B.link(C), B.monitor(C, "m"),
      A.sendAfter(50, B, "later"), A.send(B, "one"), A.send(B, "two"), C.exits("x"), pass(100),
      A.info(B, "messageQueueLength"), B.receive(), B.receive({ exit: "C" }),
      B.receive({ down: "m" }), B.receive(),
    ],
    trace: [
      "A send: refused", "C ended: x", "A info: 4", "B receive: one", "B receive: EXIT C x",
      "B receive: DOWN m C x", "B receive: later",
    ],
    cannot,
  }),
  scenario({
    id: "limits/set-late", decided: "elsewhere",
    title: "a limit below what is there takes nothing away; none lets all in again",
    steps: [
      A.flood(B, 3), B.limitMessages(1, "refuse"), A.send(B, 4), A.info(B, "messageQueueLength"),
      B.limitMessages(0, "refuse"), A.send(B, 5), B.drain(),
    ],
    trace: ["A send: refused", "A info: 3", "B drain: 4 in order"],
    cannot,
  }),
  scenario({
    id: "limits/group", decided: "elsewhere",
    title: "a send to a group passes by a member whose mailbox is full",
    steps: [
      B.join("g"), C.join("g"), B.limitMessages(1, "refuse"), A.send(B, "one"),
      A.sendGroup("g", "all"), C.receive(), B.receive(), B.receive(undefined, { after: 0 }),
    ],
    trace: [
      "A sendGroup: 1", "C receive: all", "B receive: one", "B receive: nothing",
    ],
    cannot,
  }),
];
