// Monitors: one way, stackable, by pid and name; demonitor with flush and info.
import { scenario } from "../scenario.ts";
import { A, B, C, D, E, pass, shown, together } from "../steps.ts";

export const monitors = [
  scenario({
    id: "monitors/killed-by-watcher-target", suite: "monitor_SUITE:case_1", decided: "BEAM",
    title: "A watches B, B kills A: B hears nothing and lives",
    steps: [A.monitor(B, "m"), B.exit(A, "kill"), C.isAlive(B), C.info(B, "monitoredBy")],
    trace: ["A ended: killed", "C isAlive: true", "C info: 0"],
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
  }),
  scenario({
    id: "monitors/normal", suite: "monitor_SUITE:mon_1", decided: "BEAM",
    title: "a normal end fires too",
    steps: [A.monitor(B, "m"), B.returns(), A.receive()],
    trace: ["B ended: normal", "A receive: DOWN m B normal"],
  }),
  scenario({
    id: "monitors/dead", suite: "monitor_SUITE:mon_1", decided: "BEAM",
    title: "a monitor of a dead process fires at once with noproc",
    steps: [B.exits("x"), A.monitor(B, "m"), A.receive(), A.info(A, "monitors")],
    trace: ["B ended: x", "A receive: DOWN m B noproc", "A info: 0"],
  }),
  scenario({
    id: "monitors/unknown-name", suite: "monitor_SUITE:mon_1", decided: "BEAM",
    title: "a monitor of an unknown name fires at once with noproc",
    steps: [A.monitor({ name: "nobody" }, "m"), A.receive()],
    trace: ["A receive: DOWN m noproc"],
  }),
  scenario({
    id: "monitors/name-resolved-once", decided: "BEAM",
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
    },
  }),
  scenario({
    id: "monitors/one-way", decided: "BEAM",
    title: "a monitor is one way: the watcher's end does nothing to the watched",
    steps: [A.monitor(B, "m"), A.exits("x"), C.isAlive(B), C.info(B, "monitoredBy")],
    trace: ["A ended: x", "C isAlive: true", "C info: 0"],
  }),
  scenario({
    id: "monitors/demonitor", suite: "monitor_SUITE:demon_2", decided: "BEAM",
    title: "after demonitor no Down comes",
    steps: [
      A.monitor(B, "m"), shown(A.demonitor("m")), B.exits("x"), A.receive(undefined, { after: 20 }),
      pass(100),
    ],
    trace: ["A demonitor: true", "B ended: x", "A receive: nothing"],
  }),
  scenario({
    id: "monitors/demonitor-twice", suite: "monitor_SUITE:demon_2", decided: "BEAM",
    title: "demonitor of a reference that is no monitor any more is true; info says false",
    steps: [
      A.monitor(B, "m"), A.demonitor("m", { info: true }), A.demonitor("m", { info: true }),
      shown(A.demonitor("m")),
    ],
    trace: ["A demonitor: true", "A demonitor: false", "A demonitor: true"],
  }),
  scenario({
    id: "monitors/demonitor-late", decided: "BEAM",
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
  }),
  scenario({
    id: "monitors/from-birth-and-ended-by-the-watched", suite: "monitor_SUITE:case_1a",
    decided: "BEAM",
    title: "A watches B from its birth, B ends A: B hears nothing and lives",
    steps: [
      A.spawn(B, { monitor: "m" }), B.exit(A, "foo"), C.isAlive(B), C.info(B, "monitoredBy"),
    ],
    trace: ["A ended: foo", "C isAlive: true", "C info: 0"],
  }),
  scenario({
    id: "monitors/from-birth-others-reference", suite: "monitor_SUITE:case_2a", decided: "BEAM",
    title: "a child can't end the monitor that its parent has of it",
    steps: [
      A.spawn(B, { monitor: "m" }), shown(B.demonitor("m")), B.returns(), A.receive(),
    ],
    trace: ["B demonitor: true", "B ended: normal", "A receive: DOWN m B normal"],
  }),
  scenario({
    id: "monitors/nonsense", suite: "monitor_SUITE:mon_e_1", decided: "BEAM",
    title: "what is no process can't be watched",
    steps: [A.misuse("monitor"), A.info(A, "monitors"), A.receive(undefined, { after: 0 })],
    trace: ["A misuse: refused", "A info: 0", "A receive: nothing"],
  }),
  scenario({
    id: "monitors/demonitor-nonsense", suite: "monitor_SUITE:demon_e_1", decided: "BEAM",
    title: "what is no reference is refused; the watched one's demonitor does nothing",
    steps: [
      A.misuse("demonitor"), B.monitor(A, "m"), shown(A.demonitor("m")), A.info(A, "monitoredBy"),
    ],
    trace: ["A misuse: refused", "A demonitor: true", "A info: 1"],
  }),
  scenario({
    id: "monitors/demonitor-plain-reference", suite: "monitor_SUITE:demon_1", decided: "BEAM",
    title: "demonitor of a reference that never was a monitor is true",
    steps: [A.makeRef("r"), shown(A.demonitor("r")), A.demonitor("r", { info: true })],
    trace: ["A demonitor: true", "A demonitor: false"],
  }),
  scenario({
    id: "monitors/end-then-demonitor", suite: "monitor_SUITE:local_remove_monitor",
    decided: "BEAM",
    title: "a race of end and demonitor: either info is true, or the Down is there",
    steps: [
      A.spawn(B, { monitor: "m" }), A.spawn(C, { monitor: "n" }),
      together(B.returns(), A.demonitor("m", { info: true })),
      A.receive({ down: "m" }, { after: 0 }), A.receive({ down: "m" }, { after: 20 }), pass(100),
    ],
    trace: [
      "A demonitor: false", "B ended: normal", "A receive: DOWN m B normal", "A receive: nothing",
    ],
    orTrace: [
      ["A demonitor: true", "B ended: normal", "A receive: nothing", "A receive: nothing"],
    ],
    ours: [
      "A demonitor: false", "B ended: normal", "A receive: DOWN m B normal", "A receive: nothing",
    ],
  }),
  scenario({
    id: "monitors/demonitor-then-end", suite: "monitor_SUITE:local_remove_monitor",
    decided: "BEAM",
    title: "the other way round: info is true, and no Down ever comes",
    steps: [
      A.spawn(B, { monitor: "m" }), together(A.demonitor("m", { info: true }), B.returns()),
      A.receive({ down: "m" }, { after: 0 }), A.receive({ down: "m" }, { after: 20 }), pass(100),
    ],
    trace: ["A demonitor: true", "B ended: normal", "A receive: nothing", "A receive: nothing"],
  }),
  scenario({
    id: "monitors/exit-then-demonitor", suite: "erl_link_SUITE:otp_5772_monitor",
    decided: "BEAM",
    title: "demonitor just after an exit signal: a Down is there at once or never",
    steps: [
      A.priority("high"), A.spawn(B, { priority: "low" }), A.monitor(B, "m"),
      together(A.exit(B, "bang"), A.demonitor("m")), A.receive({ down: "m" }, { after: 0 }),
      A.receive({ down: "m" }, { after: 50 }), pass(200),
    ],
    trace: ["B ended: bang", "A receive: DOWN m B bang", "A receive: nothing"],
    orTrace: [["B ended: bang", "A receive: nothing", "A receive: nothing"]],
    ours: ["B ended: bang", "A receive: DOWN m B bang", "A receive: nothing"],
  }),
  scenario({
    id: "monitors/mixed", suite: "monitor_SUITE:mixer", decided: "BEAM",
    title: "many watch one and are watched by it: ends and demonitors leave nothing behind",
    steps: [
      ...[B, C, D, E].flatMap((one, at) => [one.monitor(A, `m${at}`), A.monitor(one, `n${at}`)]),
      A.infos(A, ["monitors", "monitoredBy"]), B.exits("flaff"), A.receive({ down: "n0" }),
      C.demonitor("m1"), A.infos(A, ["monitors", "monitoredBy"]), A.demonitor("n1"), D.exits("x"),
      A.receive({ down: "n2" }), A.infos(C, ["monitors", "monitoredBy"]),
      A.demonitor("n3", { info: true }), E.exits("flaff"), A.infos(A, ["monitors", "monitoredBy"]),
      A.receive(undefined, { after: 0 }),
    ],
    trace: [
      "A infos: 4, 4", "B ended: flaff", "A receive: DOWN n0 B flaff", "A infos: 3, 2",
      "D ended: x", "A receive: DOWN n2 D x", "A infos: 0, 0", "A demonitor: true",
      "E ended: flaff", "A infos: 0, 0", "A receive: nothing",
    ],
  }),
  scenario({
    id: "monitors/earlier-incarnation", suite: "monitor_SUITE:otp_5827", decided: "BEAM",
    title: "the pid of one that is gone is noproc, even if a new process has its place",
    steps: [
      B.exits("x"), A.spawn(C), A.spawn(D), A.monitor(B, "m"), A.receive(),
      A.info(C, "monitoredBy"), A.isAlive(B), A.isAlive(C),
    ],
    trace: [
      "B ended: x", "A receive: DOWN m B noproc", "A info: 0", "A isAlive: false",
      "A isAlive: true",
    ],
  }),
  scenario({
    id: "monitors/whole-life", suite: "erl_link_SUITE:process_monitors", decided: "BEAM",
    title: "made, ended, made again, fired, made of a dead one: both sides agree all the time",
    steps: [
      A.monitor(B, "m"), A.info(A, "monitors"), A.info(B, "monitoredBy"), B.demonitor("m"),
      A.info(A, "monitors"), A.demonitor("m"), A.info(A, "monitors"), A.info(B, "monitoredBy"),
      A.monitor(B, "n"), B.exits("bye"), A.receive(), A.info(A, "monitors"), A.monitor(B, "o"),
      A.receive(), A.info(A, "monitors"), A.register("a"), A.monitor({ name: "a" }, "p"),
      A.receive(undefined, { after: 20 }), pass(100), shown(A.demonitor("p")),
    ],
    trace: [
      "A info: 1", "A info: 1", "A info: 1", "A info: 0", "A info: 0", "B ended: bye",
      "A receive: DOWN n B bye", "A info: 0", "A receive: DOWN o B noproc", "A info: 0",
      "A receive: nothing", "A demonitor: true",
    ],
  }),
];
