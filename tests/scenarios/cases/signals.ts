// The order of signals, and what is over before anybody hears of an end.
import { scenario } from "../scenario.ts";
import { A, B, C, pass, together } from "../steps.ts";

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
  scenario({
    id: "signals/woken-then-ended", decided: "BEAM",
    title: "B is woken and ended by a signal before it had its turn: it never runs",
    steps: [B.receive(), together(A.send(B, "x"), A.exit(B, "gone")), C.isAlive(B)],
    trace: ["B ended: gone", "C isAlive: false"],
    orTrace: [["B receive: x", "B ended: gone", "C isAlive: false"]],
    ours: ["B ended: gone", "C isAlive: false"],
  }),
  scenario({
    id: "signals/woken-then-trapped", decided: "BEAM",
    title: "B traps exits, is woken and sent a signal in one drain: two messages, in order",
    steps: [
      B.trapExit(true), B.receive(), together(A.send(B, "x"), A.exit(B, "gone")), B.receive(),
    ],
    trace: ["B receive: x", "B receive: EXIT A gone"],
  }),
  scenario({
    id: "signals/woken-then-linked-end", decided: "BEAM",
    title: "B is woken, and whom it is linked to ends before it had its turn: it never runs",
    steps: [B.link(C), B.receive(), together(A.send(B, "x"), C.exits("y")), A.isAlive(B)],
    trace: ["B ended: y", "C ended: y", "A isAlive: false"],
    orTrace: [["B receive: x", "B ended: y", "C ended: y", "A isAlive: false"]],
    ours: ["B ended: y", "C ended: y", "A isAlive: false"],
  }),
  scenario({
    id: "signals/woken-suspended-resumed", decided: "BEAM",
    title: "woken, suspended and resumed in one drain: it runs, once",
    steps: [
      B.receive(), together(A.send(B, "x"), A.suspend(B), A.resume(B)), B.info(B, "status"),
      B.receive(undefined, { after: 0 }),
    ],
    trace: ["B receive: x", "B info: running", "B receive: nothing"],
  }),
  scenario({
    id: "signals/watched-then-ended", decided: "BEAM",
    title: "watched and ended in one drain: the Down has the true reason",
    steps: [together(A.monitor(B, "m"), A.exit(B, "gone")), A.receive()],
    trace: ["B ended: gone", "A receive: DOWN m B gone"],
  }),
  scenario({
    id: "signals/ended-then-watched", decided: "BEAM",
    title: "ended and watched in one drain: noproc, or the true reason",
    steps: [together(C.exit(B, "gone"), A.monitor(B, "m")), A.receive()],
    trace: ["B ended: gone", "A receive: DOWN m B noproc"],
    orTrace: [["B ended: gone", "A receive: DOWN m B gone"]],
    ours: ["B ended: gone", "A receive: DOWN m B noproc"],
  }),
  scenario({
    id: "signals/flushed-in-the-same-drain", decided: "BEAM",
    title: "an end and a demonitor with flush in one drain: no Down is left",
    steps: [
      A.monitor(B, "m"), together(B.exits("x"), A.demonitor("m", { flush: true })),
      A.receive(undefined, { after: 20 }), pass(100),
    ],
    trace: ["A demonitor: true", "B ended: x", "A receive: nothing"],
  }),
];
