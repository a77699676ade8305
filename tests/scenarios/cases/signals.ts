// The order of signals, and what is over before anybody hears of an end.
import { scenario } from "../scenario.ts";
import { A, B, C, together } from "../steps.ts";

export const signals = [
  scenario({
    id: "signals/message-before-exit", suite: "signal_SUITE:xm_sig_order", decided: "BEAM",
    title: "a message sent before an exit signal comes before it",
    steps: [
      B.trapExit(true), together(A.send(B, "one"), A.exit(B, "x"), A.send(B, "two")), B.receive(),
      B.receive(), B.receive(),
    ],
    trace: ["B receive: one", "B receive: EXIT A x", "B receive: two"],
  }),
  scenario({
    id: "signals/message-before-down", suite: "signal_SUITE:monitor_order", decided: "BEAM",
    title: "what a process sent before its end comes before its Down",
    steps: [
      A.monitor(B, "m"), together(B.send(A, "one"), B.send(A, "two"), B.exits("x")), A.receive(),
      A.receive(), A.receive(),
    ],
    trace: [
      "B ended: x", "A receive: one", "A receive: two", "A receive: DOWN m B x",
    ],
  }),
  scenario({
    id: "signals/message-by-name-before-down",
    suite: "signal_SUITE:monitor_named_order_local", decided: "BEAM",
    title: "sent by name, monitored by name: the message still comes before the Down",
    steps: [
      A.register("a"), B.register("b"), A.monitor({ name: "b" }, "m"),
      together(B.send({ name: "a" }, "one"), B.exits("x")), A.receive(), A.receive(),
    ],
    trace: ["B ended: x", "A receive: one", "A receive: DOWN m x"],
  }),
  scenario({
    id: "signals/name-free-at-down", suite: "monitor_SUITE:named_down", decided: "BEAM",
    title: "the name of a dead process is free when its Down is there",
    steps: [
      B.register("b"), A.monitor(B, "m"), B.exits("x"), A.receive(), A.whereis("b"),
      A.register("b"), A.whereis("b"),
    ],
    trace: ["B ended: x", "A receive: DOWN m B x", "A whereis: nobody", "A whereis: A"],
  }),
  scenario({
    id: "signals/woken-then-killed", decided: "BEAM",
    title: "B is woken by a message and killed before it had its turn: it never runs",
    steps: [
      B.receive(), together(A.send(B, "x"), A.exit(B, "kill")), C.isAlive(B),
    ],
    trace: ["B ended: killed", "C isAlive: false"],
    orTrace: [["B receive: x", "B ended: killed", "C isAlive: false"]],
    ours: ["B ended: killed", "C isAlive: false"],
  }),
];
