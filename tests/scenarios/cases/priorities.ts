// Priority messages of OTP 28: through an alias that its owner has made for them. @see EEP 76
import { scenario } from "../scenario.ts";
import { A, B, C, D, pass, shown, together } from "../steps.ts";

const cannot = { beam: "priority messages are OTP 28's" };
const refused = {
  trace: ["B send: refused", "A receive: one", "A receive: nothing"],
  because: "nobody but an alias can admit it: the mistake is told",
} as const;
const urgent = { alias: "a" } as const;

export const priorities = [
  scenario({
    id: "priorities/first", decided: "specification",
    title: "a priority message stands before all ordinary ones",
    steps: [
      A.alias("a", { priority: true }), B.send(A, "one"), B.send(A, "two"),
      B.send(urgent, "now", { priority: true }), A.receive(), A.receive(), A.receive(),
    ],
    trace: ["A receive: now", "A receive: one", "A receive: two"],
    cannot,
  }),
  scenario({
    id: "priorities/among-themselves", decided: "specification",
    title: "priority messages keep their order among themselves",
    steps: [
      A.alias("a", { priority: true }), B.send(A, "ordinary"),
      B.send(urgent, "first", { priority: true }), C.send(urgent, "second", { priority: true }),
      B.send(urgent, "third", { priority: true }), ...[1, 2, 3, 4].map(() => A.receive()),
    ],
    trace: [
      "A receive: first", "A receive: second", "A receive: third", "A receive: ordinary",
    ],
    cannot,
  }),
  scenario({
    id: "priorities/not-asked-for", decided: "specification",
    title: "without the option a message through a priority alias is an ordinary one",
    steps: [
      A.alias("a", { priority: true }), B.send(A, "one"), B.send(urgent, "two"), A.receive(),
      A.receive(),
    ],
    trace: ["A receive: one", "A receive: two"],
    cannot,
  }),
  scenario({
    id: "priorities/not-admitted", decided: "specification",
    title: "through an alias that admits none it is an ordinary message",
    steps: [
      A.alias("a"), B.send(A, "one"), shown(B.send(urgent, "two", { priority: true })),
      A.receive(), A.receive(),
    ],
    trace: ["B send: true", "A receive: one", "A receive: two"],
    cannot,
  }),
  scenario({
    id: "priorities/to-a-process", decided: "specification",
    title: "to a process itself it is an ordinary message, for want of an alias",
    steps: [
      B.send(A, "one"), shown(B.send(A, "two", { priority: true })), A.receive(),
      A.receive(undefined, { after: 0 }),
    ],
    trace: ["B send: true", "A receive: one", "A receive: two"],
    differs: { raw: refused },
    cannot,
  }),
  scenario({
    id: "priorities/taken-back", decided: "specification",
    title: "after unalias it is lost; what lies in the mailbox stays in front",
    steps: [
      A.alias("a", { priority: true }), B.send(A, "one"),
      B.send(urgent, "now", { priority: true }), A.unalias("a"),
      shown(B.send(urgent, "late", { priority: true })), A.receive(), A.receive(),
      A.receive(undefined, { after: 0 }),
    ],
    trace: [
      "A unalias: true", "B send: true", "A receive: now", "A receive: one", "A receive: nothing",
    ],
    cannot,
  }),
  scenario({
    id: "priorities/selective", decided: "specification",
    title: "a receive takes the oldest that fits, and a priority one that does not fit stays first",
    steps: [
      A.alias("a", { priority: true }), B.send(A, "x"), B.send(urgent, "y", { priority: true }),
      A.receive({ body: "x" }), B.send(A, "z"), A.receive(), A.receive(),
    ],
    trace: ["A receive: x", "A receive: y", "A receive: z"],
    cannot,
  }),
  scenario({
    id: "priorities/passed-over", decided: "specification",
    title: "a receive that waits behind a long queue sees a priority message that comes now",
    steps: [
      A.alias("a", { priority: true }), B.flood(A, 50), A.receive({ body: "now" }),
      B.send(urgent, "now", { priority: true }), A.drain(),
    ],
    trace: ["A receive: now", "A drain: 50 in order"],
    cannot,
  }),
  scenario({
    id: "priorities/awaited-reference", decided: "specification",
    title: "who awaits a reference is not kept from it by a priority message",
    steps: [
      A.alias("a", { priority: true }), A.makeRef("r"), A.receive({ ref: "r" }),
      B.send(urgent, "now", { priority: true }), B.send(A, "answer", { ref: "r" }), A.receive(),
    ],
    trace: ["A receive: r: answer", "A receive: now"],
    cannot,
  }),
  scenario({
    id: "priorities/down", decided: "specification",
    title: "a monitor made for it tells the end with priority, another one does not",
    steps: [
      A.monitor(B, "m", { priorityDown: true }), A.monitor(B, "n"), C.send(A, "one"),
      B.exits("x"), A.receive(), A.receive(), A.receive(),
    ],
    trace: [
      "B ended: x", "A receive: DOWN m B x", "A receive: one", "A receive: DOWN n B x",
    ],
    cannot,
  }),
  scenario({
    id: "priorities/exit-signal", decided: "specification",
    title: "an exit signal with priority through an alias is the first message of who traps exits",
    steps: [
      A.trapExit(true), A.alias("a", { priority: true }), B.send(A, "one"), B.exit(A, "ordinary"),
      B.exit(urgent, "now", { priority: true }), A.receive(), A.receive(), A.receive(),
    ],
    trace: ["A receive: EXIT B now", "A receive: one", "A receive: EXIT B ordinary"],
    cannot,
  }),
  scenario({
    id: "priorities/reply-alias", decided: "specification",
    title: "an alias for one reply may admit priority too, and ends with it",
    steps: [
      A.alias("a", { priority: true, reply: true }), B.send(A, "one"),
      B.send(urgent, "reply", { priority: true }), B.send(urgent, "more", { priority: true }),
      A.receive(), A.receive(), A.receive(undefined, { after: 0 }),
    ],
    trace: ["A receive: reply", "A receive: one", "A receive: nothing"],
    cannot,
  }),
  scenario({
    id: "priorities/same-drain", decided: "specification",
    title: "B is woken, and sent a priority message before it had its turn: it sees that first",
    steps: [
      B.alias("a", { priority: true }), B.receive(),
      together(A.send(B, "ordinary"), C.send(urgent, "now", { priority: true })), B.receive(),
    ],
    trace: ["B receive: now", "B receive: ordinary"],
    cannot,
  }),
  scenario({
    id: "priorities/same-drain-suspended", decided: "specification",
    title: "woken, sent a priority message and suspended in one drain: first seen when resumed",
    steps: [
      B.alias("a", { priority: true }), B.receive(),
      together(A.send(B, "ordinary"), C.send(urgent, "now", { priority: true }), D.suspend(B)),
      pass(20), C.log("between"), D.resume(B), B.receive(),
    ],
    trace: ["C log: between", "B receive: now", "B receive: ordinary"],
    cannot,
  }),
];
