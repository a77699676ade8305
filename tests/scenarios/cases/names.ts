// Names: who may register, what is refused, when a name is free again.
import { scenario } from "../scenario.ts";
import { A, B, C, D, shown } from "../steps.ts";

export const names = [
  scenario({
    id: "names/refused", suite: "process_SUITE:bad_register", decided: "BEAM",
    title: "neither a dead process nor what is none gets a name, and nobody has it then",
    steps: [
      B.exits("x"), A.register("n", B), A.send({ name: "n" }, "anything"), A.misuse("register"),
      A.whereis("n"),
    ],
    trace: [
      "B ended: x", "A register: refused", "A send: refused", "A misuse: refused",
      "A whereis: nobody",
    ],
  }),
  scenario({
    id: "names/again-and-again", suite: "register_SUITE:otp_8099", decided: "BEAM",
    title: "who had the name is killed: it can be given at once to the next",
    steps: [
      A.register("n", B), A.whereis("n"), A.exit(B, "kill"), shown(A.register("n", C)),
      A.whereis("n"), A.exit(C, "kill"), shown(A.register("n", D)), A.whereis("n"),
      A.exit(D, "kill"), A.whereis("n"),
    ],
    trace: [
      "A whereis: B", "B ended: killed", "A register: true", "A whereis: C", "C ended: killed",
      "A register: true", "A whereis: D", "D ended: killed", "A whereis: nobody",
    ],
  }),
  scenario({
    id: "names/one-each", decided: "BEAM",
    title: "a name is one process's, and a process has one name",
    steps: [
      shown(A.register("n")), B.register("n"), A.register("m"), B.whereis("n"), B.whereis("m"),
    ],
    trace: [
      "A register: true", "B register: refused", "A register: refused", "B whereis: A",
      "B whereis: nobody",
    ],
  }),
  scenario({
    id: "names/unregister-unknown", decided: "BEAM",
    title: "an unknown name can't be given up",
    steps: [A.unregister("n"), A.register("n"), shown(A.unregister("n")), A.unregister("n")],
    trace: ["A unregister: refused", "A unregister: true", "A unregister: refused"],
  }),
  scenario({
    id: "names/by-another", decided: "BEAM",
    title: "everybody may take a name away; its process lives on, and may get another",
    steps: [
      B.register("n"), shown(A.unregister("n")), A.whereis("n"), A.isAlive(B), B.register("m"),
      A.whereis("m"),
    ],
    trace: [
      "A unregister: true", "A whereis: nobody", "A isAlive: true", "A whereis: B",
    ],
  }),
  scenario({
    id: "names/for-another", decided: "BEAM",
    title: "a process may give another one a name",
    steps: [
      shown(A.register("n", B)), C.whereis("n"), C.send({ name: "n" }, "x"), B.receive(),
      A.info(B, "registeredName"),
    ],
    trace: ["A register: true", "C whereis: B", "B receive: x", "A info: n"],
  }),
  scenario({
    id: "names/end-frees", decided: "BEAM",
    title: "a process that ends gives its name up; a send to it is refused then",
    steps: [
      B.register("n"), A.send({ name: "n" }, "x"), B.receive(), B.exits("y"),
      A.send({ name: "n" }, "z"), shown(A.register("n")),
    ],
    trace: ["B receive: x", "B ended: y", "A send: refused", "A register: true"],
  }),
  scenario({
    id: "names/free-before-exit", decided: "BEAM",
    title: "the name is free when the Exit is there",
    steps: [
      A.trapExit(true), A.link(B), B.register("n"), B.exits("x"), A.receive(), A.whereis("n"),
      shown(A.register("n")),
    ],
    trace: [
      "B ended: x", "A receive: EXIT B x", "A whereis: nobody", "A register: true",
    ],
  }),
  scenario({
    id: "names/own-name", suite: "process_SUITE:t_process_info", decided: "BEAM",
    title: "a process that asks about itself: running, without a name, then with one",
    steps: [
      A.info(A, "registeredName"), A.register("n"), A.info(A, "registeredName"),
      A.info(A, "status"), A.unregister("n"), A.info(A, "registeredName"),
    ],
    trace: ["A info: none", "A info: n", "A info: running", "A info: none"],
  }),
  scenario({
    id: "names/monitor-after-it-moved", decided: "BEAM",
    title: "a monitor by name watches who had the name when it was made",
    steps: [
      B.register("n"), A.monitor({ name: "n" }, "m"), B.unregister("n"), C.register("n"),
      A.monitor({ name: "n" }, "o"), C.exits("x"), A.receive(), B.exits("y"), A.receive(),
    ],
    trace: ["C ended: x", "A receive: DOWN o x", "B ended: y", "A receive: DOWN m y"],
  }),
];
