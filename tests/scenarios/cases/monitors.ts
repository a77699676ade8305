// Monitors: one way, stackable, by pid and name; demonitor with flush and info.
import { scenario } from "../scenario.ts";
import { A, B, C, pass, shown } from "../steps.ts";

export const monitors = [
  scenario({
    id: "monitors/killed-by-watcher-target", suite: "monitor_SUITE:case_1", decided: "BEAM",
    title: "A watches B, B kills A: B hears nothing and lives",
    steps: [A.monitor(B, "m"), B.exit(A, "kill"), C.isAlive(B), C.info(B, "monitoredBy")],
    trace: ["A ended: killed", "C isAlive: true", "C info: 0"],
    cannot: { generators: "processInfo has no monitoredBy" },
  }),
  scenario({
    id: "monitors/others-reference", suite: "monitor_SUITE:case_2", decided: "BEAM",
    title: "demonitor of another process's reference is true and does nothing",
    steps: [A.monitor(B, "m"), shown(B.demonitor("m")), B.exits("x"), A.receive()],
    trace: ["B demonitor: true", "B ended: x", "A receive: DOWN m B x"],
  }),
  scenario({
    id: "monitors/stack", suite: "monitor_SUITE:mon_1", decided: "BEAM",
    title: "monitors stack: as many Downs as monitors, each once",
    steps: [
      A.monitor(B, "m"), A.monitor(B, "n"), A.info(A, "monitors"), A.info(B, "monitoredBy"),
      B.exits("x"), A.receive({ down: "n" }), A.receive({ down: "m" }),
      A.receive(undefined, { after: 0 }), A.info(A, "monitors"),
    ],
    trace: [
      "A info: 2", "A info: 2", "B ended: x", "A receive: DOWN n B x", "A receive: DOWN m B x",
      "A receive: nothing", "A info: 0",
    ],
    cannot: { generators: "processInfo has no monitoredBy" },
  }),
  scenario({
    id: "monitors/normal", suite: "monitor_SUITE:mon_1", decided: "BEAM",
    title: "a normal end fires too",
    steps: [A.monitor(B, "m"), B.returns(), A.receive()],
    trace: ["B ended: normal", "A receive: DOWN m B normal"],
  }),
  scenario({
    id: "monitors/dead", suite: "monitor_SUITE:monitor_3_noproc", decided: "BEAM",
    title: "a monitor of a dead process fires at once with noproc",
    steps: [B.exits("x"), A.monitor(B, "m"), A.receive(), A.info(A, "monitors")],
    trace: ["B ended: x", "A receive: DOWN m B noproc", "A info: 0"],
  }),
  scenario({
    id: "monitors/unknown-name", suite: "monitor_SUITE:mon_2", decided: "BEAM",
    title: "a monitor of an unknown name fires at once with noproc",
    steps: [A.monitor({ name: "nobody" }, "m"), A.receive()],
    trace: ["A receive: DOWN m noproc"],
  }),
  scenario({
    id: "monitors/name-resolved-once", suite: "monitor_SUITE:mon_2", decided: "BEAM",
    title: "a name is looked up once: who has it later does not matter",
    steps: [
      B.register("shop"), A.monitor({ name: "shop" }, "m"), B.unregister("shop"),
      C.register("shop"), C.exits("other"), B.exits("x"), A.receive(),
    ],
    trace: ["C ended: other", "B ended: x", "A receive: DOWN m x"],
  }),
  scenario({
    id: "monitors/self", decided: "BEAM",
    title: "a monitor of oneself never fires: its reference is no monitor's",
    steps: [A.monitor(A, "m"), A.receive(undefined, { after: 20 }), pass(100),
      A.demonitor("m", { info: true })],
    trace: ["A receive: nothing", "A demonitor: false"],
    differs: {
      raw: {
        trace: ["A receive: nothing", "A demonitor: true"],
        because: "it is a monitor as any other, which nobody can live to see fire",
      },
      generators: {
        trace: ["A receive: nothing", "A demonitor: true"],
        because: "it is a monitor as any other, which nobody can live to see fire",
      },
    },
  }),
  scenario({
    id: "monitors/one-way", decided: "BEAM",
    title: "a monitor is one way: the watcher's end does nothing to the watched",
    steps: [A.monitor(B, "m"), A.exits("x"), C.isAlive(B), C.info(B, "monitoredBy")],
    trace: ["A ended: x", "C isAlive: true", "C info: 0"],
    cannot: { generators: "processInfo has no monitoredBy" },
  }),
  scenario({
    id: "monitors/demonitor", suite: "monitor_SUITE:demon_1", decided: "BEAM",
    title: "after demonitor no Down comes",
    steps: [
      A.monitor(B, "m"), shown(A.demonitor("m")), B.exits("x"), A.receive(undefined, { after: 20 }),
      pass(100),
    ],
    trace: ["A demonitor: true", "B ended: x", "A receive: nothing"],
  }),
  scenario({
    id: "monitors/demonitor-twice", suite: "monitor_SUITE:demon_1", decided: "BEAM",
    title: "demonitor of a reference that is no monitor any more is true; info says false",
    steps: [
      A.monitor(B, "m"), A.demonitor("m", { info: true }), A.demonitor("m", { info: true }),
      shown(A.demonitor("m")),
    ],
    trace: ["A demonitor: true", "A demonitor: false", "A demonitor: true"],
  }),
  scenario({
    id: "monitors/demonitor-late", suite: "monitor_SUITE:demon_3", decided: "BEAM",
    title: "demonitor after the Down has come leaves it in the mailbox; info says false",
    steps: [A.monitor(B, "m"), B.exits("x"), A.demonitor("m", { info: true }), A.receive()],
    trace: ["B ended: x", "A demonitor: false", "A receive: DOWN m B x"],
  }),
  scenario({
    id: "monitors/flush", suite: "monitor_SUITE:demonitor_flush", decided: "BEAM",
    title: "demonitor with flush takes a Down that has come out of the mailbox, no other message",
    steps: [
      A.monitor(B, "m"), A.send(A, "before"), B.exits("x"), A.send(A, "after"),
      A.demonitor("m", { flush: true, info: true }), A.receive(), A.receive(),
      A.receive(undefined, { after: 0 }),
    ],
    trace: [
      "B ended: x", "A demonitor: false", "A receive: before", "A receive: after",
      "A receive: nothing",
    ],
  }),
  scenario({
    id: "monitors/flush-active", suite: "monitor_SUITE:demonitor_flush", decided: "BEAM",
    title: "demonitor with flush and info of an active monitor: true, and nothing comes",
    steps: [
      A.monitor(B, "m"), A.demonitor("m", { flush: true, info: true }), B.exits("x"),
      A.receive(undefined, { after: 20 }),
      pass(100),
    ],
    trace: ["A demonitor: true", "B ended: x", "A receive: nothing"],
  }),
  scenario({
    id: "monitors/spawn-monitor-atomic", decided: "BEAM",
    title: "a child of spawn_monitor that ends at once is seen with its true reason",
    steps: [A.spawn(B, { monitor: "m", exits: "early" }), A.receive()],
    trace: ["A receive: DOWN m B early"],
  }),
  scenario({
    id: "monitors/big-reason", suite: "monitor_SUITE:large_exit", decided: "BEAM",
    title: "a big reason arrives whole",
    steps: [A.monitor(B, "m"), B.exits(Array.from({ length: 100 }, () => "abc")), A.receive()],
    trace: [
      `B ended: [${Array.from({ length: 100 }, () => "abc").join(", ")}]`,
      `A receive: DOWN m B [${Array.from({ length: 100 }, () => "abc").join(", ")}]`,
    ],
  }),
  scenario({
    id: "monitors/lists-empty", suite: "monitor_SUITE:list_cleanup", decided: "BEAM",
    title: "when all is over, nobody watches and nobody is watched",
    steps: [
      A.monitor(B, "m"), A.monitor(C, "n"), B.monitor(C, "o"), A.info(C, "monitoredBy"),
      C.exits("x"), A.info(A, "monitors"), B.info(B, "monitors"), A.exits("y"),
      B.info(B, "monitoredBy"),
    ],
    trace: [
      "A info: 2", "C ended: x", "A info: 1", "B info: 0", "A ended: y", "B info: 0",
    ],
    cannot: { generators: "processInfo has no monitoredBy" },
  }),
];
