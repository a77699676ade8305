// Aliases: references to which a process lets itself be sent, until it takes them back.
import { scenario } from "../scenario.ts";
import { A, B, C, D, pass, shown, together } from "../steps.ts";

export const aliases = [
  scenario({
    id: "aliases/send", suite: "process_SUITE:alias_bif", decided: "BEAM",
    title: "what is sent to an alias comes to its process, in the sender's order",
    steps: [
      A.alias("a"), together(B.send({ alias: "a" }, "one"), B.send(A, "two")), A.receive(),
      A.receive(),
    ],
    trace: ["A receive: one", "A receive: two"],
  }),
  scenario({
    id: "aliases/unalias", suite: "process_SUITE:alias_bif", decided: "BEAM",
    title: "unalias is true once; what is sent to it later is lost, silently",
    steps: [
      A.alias("a"), A.unalias("a"), A.unalias("a"), shown(B.send({ alias: "a" }, "x")),
      A.receive(undefined, { after: 0 }),
    ],
    trace: ["A unalias: true", "A unalias: false", "B send: true", "A receive: nothing"],
  }),
  scenario({
    id: "aliases/queued-stays", decided: "BEAM",
    title: "what lies in the mailbox already stays there when its alias ends",
    steps: [
      A.alias("a"), B.send({ alias: "a" }, "x"), A.info(A, "messageQueueLength"), A.unalias("a"),
      A.receive(),
    ],
    trace: ["A info: 1", "A unalias: true", "A receive: x"],
  }),
  scenario({
    id: "aliases/reply", suite: "process_SUITE:alias_bif", decided: "BEAM",
    title: "an alias for one reply ends with the first message through it",
    steps: [
      A.alias("a", { reply: true }),
      together(B.send({ alias: "a" }, "one"), B.send({ alias: "a" }, "two")), A.receive(),
      A.receive(undefined, { after: 0 }), A.unalias("a"),
    ],
    trace: ["A receive: one", "A receive: nothing", "A unalias: false"],
  }),
  scenario({
    id: "aliases/reply-to-oneself", decided: "BEAM",
    title: "a process's own message through its alias for one reply counts",
    steps: [
      A.alias("a", { reply: true }), A.send({ alias: "a" }, "x"), A.receive(),
      A.send({ alias: "a" }, "y"), A.receive(undefined, { after: 0 }),
    ],
    trace: ["A receive: x", "A receive: nothing"],
  }),
  scenario({
    id: "aliases/others", suite: "process_SUITE:alias_bif", decided: "BEAM",
    title: "nobody else can take an alias back",
    steps: [A.alias("a"), B.unalias("a"), B.send({ alias: "a" }, "x"), A.receive()],
    trace: ["B unalias: false", "A receive: x"],
  }),
  scenario({
    id: "aliases/no-alias", decided: "BEAM",
    title: "a plain reference is no alias: false, and what is sent to it is lost",
    steps: [
      A.makeRef("r"), A.unalias("r"), shown(B.send({ alias: "r" }, "x")),
      A.receive(undefined, { after: 0 }),
    ],
    trace: ["A unalias: false", "B send: true", "A receive: nothing"],
    differs: {
      raw: {
        trace: ["A unalias: false", "B send: refused", "A receive: nothing"],
        because: "an address that never was an alias is its host's mistake: BAD_PID",
      },
    },
  }),
  scenario({
    id: "aliases/several", decided: "BEAM",
    title: "aliases of one process end one by one",
    steps: [
      A.alias("a"), A.alias("b"), A.unalias("a"), B.send({ alias: "a" }, "x"),
      B.send({ alias: "b" }, "y"), A.receive(),
    ],
    trace: ["A unalias: true", "A receive: y"],
  }),
  scenario({
    id: "aliases/dead-owner", decided: "BEAM",
    title: "an alias ends with its process",
    steps: [A.alias("a"), A.exits("x"), shown(B.send({ alias: "a" }, "y"))],
    trace: ["A ended: x", "B send: true"],
  }),
  scenario({
    id: "aliases/monitor-explicit", suite: "process_SUITE:monitor_alias", decided: "BEAM",
    title: "an explicit alias of a monitor outlives the monitor's Down and demonitor",
    steps: [
      A.monitor(B, "m", { alias: "explicit_unalias" }), A.demonitor("m"),
      C.send({ alias: "m" }, "one"), A.receive(),
      A.monitor(B, "n", { alias: "explicit_unalias" }), B.exits("x"), A.receive(),
      C.send({ alias: "n" }, "two"), A.receive(), A.unalias("n"), A.unalias("m"),
    ],
    trace: [
      "A receive: one", "B ended: x", "A receive: DOWN n B x", "A receive: two",
      "A unalias: true", "A unalias: true",
    ],
  }),
  scenario({
    id: "aliases/monitor-unalias", suite: "process_SUITE:monitor_alias", decided: "BEAM",
    title: "unalias of a monitor's reference leaves the monitor",
    steps: [
      A.monitor(B, "m", { alias: "explicit_unalias" }), A.unalias("m"), C.send({ alias: "m" }, "x"),
      B.exits("y"), A.receive(),
    ],
    trace: ["A unalias: true", "B ended: y", "A receive: DOWN m B y"],
  }),
  scenario({
    id: "aliases/demonitor-ends-it", suite: "process_SUITE:monitor_alias", decided: "BEAM",
    title: "an alias of mode demonitor ends with demonitor",
    steps: [
      A.monitor(B, "m", { alias: "demonitor" }), B.send({ alias: "m" }, "one"), A.receive(),
      B.send({ alias: "m" }, "two"), A.receive(), A.demonitor("m"), B.send({ alias: "m" }, "three"),
      A.receive(undefined, { after: 0 }), A.unalias("m"),
    ],
    trace: ["A receive: one", "A receive: two", "A receive: nothing", "A unalias: false"],
  }),
  scenario({
    id: "aliases/down-ends-it", suite: "process_SUITE:monitor_alias", decided: "BEAM",
    title: "an alias of mode demonitor ends with the Down",
    steps: [
      A.monitor(B, "m", { alias: "demonitor" }), B.exits("x"), C.send({ alias: "m" }, "late"),
      A.receive(), A.receive(undefined, { after: 0 }), A.unalias("m"),
    ],
    trace: ["B ended: x", "A receive: DOWN m B x", "A receive: nothing", "A unalias: false"],
  }),
  scenario({
    id: "aliases/reply-demonitors", suite: "process_SUITE:monitor_alias", decided: "BEAM",
    title: "a message through an alias of mode reply_demonitor ends both alias and monitor",
    steps: [
      A.monitor(B, "m", { alias: "reply_demonitor" }),
      together(B.send({ alias: "m" }, "one"), B.send({ alias: "m" }, "two"), B.exits("x")),
      A.receive(), A.receive(undefined, { after: 0 }), A.info(A, "monitors"),
      A.demonitor("m", { info: true }),
    ],
    trace: [
      "B ended: x", "A receive: one", "A receive: nothing", "A info: 0", "A demonitor: false",
    ],
  }),
  scenario({
    id: "aliases/reply-demonitor-down", suite: "process_SUITE:monitor_alias", decided: "BEAM",
    title: "mode reply_demonitor: a Down ends the alias, a late reply is lost",
    steps: [
      A.monitor(B, "m", { alias: "reply_demonitor" }), B.exits("x"),
      C.send({ alias: "m" }, "late"), A.receive(), A.receive(undefined, { after: 0 }),
    ],
    trace: ["B ended: x", "A receive: DOWN m B x", "A receive: nothing"],
  }),
  scenario({
    id: "aliases/reply-demonitor-timeout", suite: "process_SUITE:monitor_alias",
    decided: "BEAM",
    title: "mode reply_demonitor: demonitor ends the alias, a reply after a call's timeout is lost",
    steps: [
      A.monitor(B, "m", { alias: "reply_demonitor" }), A.receive(undefined, { after: 0 }),
      A.demonitor("m", { flush: true, info: true }), B.send({ alias: "m" }, "late"),
      A.receive(undefined, { after: 0 }),
    ],
    trace: ["A receive: nothing", "A demonitor: true", "A receive: nothing"],
  }),
  scenario({
    id: "aliases/noproc", decided: "BEAM",
    title: "a monitor of a dead process with an explicit alias: noproc comes, the alias stays",
    steps: [
      B.exits("x"), A.monitor(B, "m", { alias: "explicit_unalias" }), A.receive(),
      C.send({ alias: "m" }, "y"), A.receive(),
      A.monitor(B, "n", { alias: "demonitor" }), A.receive(), C.send({ alias: "n" }, "z"),
      A.receive(undefined, { after: 0 }),
    ],
    trace: [
      "B ended: x", "A receive: DOWN m B noproc", "A receive: y", "A receive: DOWN n B noproc",
      "A receive: nothing",
    ],
  }),
  scenario({
    id: "aliases/demonitor-of-an-alias", suite: "monitor_SUITE:gh_5225_demonitor_alias",
    decided: "BEAM",
    title: "demonitor of a reference that is an alias, but no monitor any more, does nothing",
    steps: [
      A.alias("a"), shown(A.demonitor("a")), A.demonitor("a", { flush: true }),
      A.spawn(B, { monitor: "m", alias: "explicit_unalias", exits: "x" }), A.receive(),
      A.demonitor("m"), A.demonitor("m", { flush: true }),
      A.monitor(B, "n", { alias: "explicit_unalias" }), A.receive(), A.demonitor("n"),
      A.demonitor("n", { flush: true }), C.send({ alias: "a" }, "one"), A.receive(),
      C.send({ alias: "n" }, "two"), A.receive(),
    ],
    trace: [
      "A demonitor: true", "A demonitor: true", "A receive: DOWN m B x", "A demonitor: true",
      "A receive: DOWN n B noproc", "A demonitor: true", "A receive: one", "A receive: two",
    ],
  }),
  scenario({
    id: "aliases/demonitor-ends-reply", decided: "BEAM",
    suite: "monitor_SUITE:unexpected_alias_at_demonitor_gh5310",
    title: "an alias of mode reply_demonitor ends with demonitor, another monitor stays",
    steps: [
      A.monitor(B, "m"), A.monitor(B, "n", { alias: "reply_demonitor" }),
      A.demonitor("n", { flush: true }), B.send({ alias: "n" }, "hello"), B.returns(), A.receive(),
      A.receive(undefined, { after: 0 }),
    ],
    trace: [
      "A demonitor: true", "B ended: normal", "A receive: DOWN m B normal", "A receive: nothing",
    ],
  }),
  scenario({
    id: "aliases/no-down-after-demonitor", suite: "monitor_SUITE:down_on_alias_gh5310",
    decided: "BEAM",
    title: "demonitor leaves an explicit alias, and no Down of an end just then comes through it",
    steps: [
      A.monitor(B, "m", { alias: "explicit_unalias" }),
      A.monitor(C, "n", { alias: "explicit_unalias" }),
      together(B.exits(["bye", ["compound"]]), A.demonitor("m", { flush: true }), C.exits("bye"),
        A.demonitor("n", { flush: true })),
      A.receive(undefined, { after: 20 }), pass(100), D.send({ alias: "m" }, "x"), A.receive(),
    ],
    trace: [
      "A demonitor: true", "A demonitor: true", "B ended: [bye, [compound]]", "C ended: bye",
      "A receive: nothing", "A receive: x",
    ],
  }),
  scenario({
    id: "aliases/unknown-name", suite: "monitor_SUITE:monitor_3_noproc_gh6185", decided: "BEAM",
    title: "a monitor of an unknown name with alias and tag: tagged noproc comes, the alias stays",
    steps: [
      A.monitor({ name: "nobody" }, "m", { alias: "explicit_unalias", tag: "lost" }), A.receive(),
      C.send({ alias: "m" }, "x"), A.receive(), A.unalias("m"), C.send({ alias: "m" }, "y"),
      A.receive(undefined, { after: 0 }),
      D.monitor({ name: "nobody" }, "n", { alias: "explicit_unalias", tag: "lost" }),
      D.exits("bang"), A.isAlive(D),
    ],
    trace: [
      "A receive: lost m noproc", "A receive: x", "A unalias: true", "A receive: nothing",
      "D ended: bang", "A isAlive: false",
    ],
  }),
  scenario({
    id: "aliases/spawn-monitor", suite: "process_SUITE:spawn_monitor_alias", decided: "BEAM",
    title: "a child that is monitored from birth replies through the monitor's alias",
    steps: [
      A.spawn(B, { monitor: "m", alias: "reply_demonitor" }), B.send({ alias: "m" }, "hello"),
      B.exits("x"), A.receive(), A.receive(undefined, { after: 0 }),
    ],
    trace: ["B ended: x", "A receive: hello", "A receive: nothing"],
  }),
  scenario({
    id: "aliases/tag", suite: "process_SUITE:monitor_tag", decided: "BEAM",
    title: "a monitor's tag stands in the place of DOWN, also for noproc and from birth",
    steps: [
      A.monitor(B, "m", { tag: "gone" }), A.spawn(C, { monitor: "n", tag: "lost" }), B.exits("x"),
      A.receive(), C.exits("y"), A.receive(), A.monitor(B, "o", { tag: "never" }), A.receive(),
    ],
    trace: [
      "B ended: x", "A receive: gone m B x", "C ended: y", "A receive: lost n C y",
      "A receive: never o B noproc",
    ],
  }),
  scenario({
    id: "aliases/tags-apart", suite: "monitor_SUITE:monitor_tag_storage", decided: "BEAM",
    title: "monitors of one process keep their own tags, with and without an alias",
    steps: [
      A.monitor(B, "m", { tag: "one" }), A.monitor(B, "n"),
      A.monitor(B, "o", { tag: "two", alias: "explicit_unalias" }), B.exits("x"),
      A.receive({ down: "o" }), A.receive({ down: "n" }), A.receive({ down: "m" }),
    ],
    trace: [
      "B ended: x", "A receive: two o B x", "A receive: DOWN n B x", "A receive: one m B x",
    ],
  }),
  scenario({
    id: "aliases/message-before-down", suite: "signal_SUITE:monitor_order", decided: "BEAM",
    title: "what was sent through an alias before an end comes before its Down",
    steps: [
      A.alias("a"), A.monitor(B, "m"), together(B.send({ alias: "a" }, "one"), B.exits("x")),
      A.receive(), A.receive(),
    ],
    trace: ["B ended: x", "A receive: one", "A receive: DOWN m B x"],
  }),
  scenario({
    id: "aliases/wakes", decided: "BEAM",
    title: "a message through an alias wakes its process",
    steps: [A.alias("a"), A.receive(), B.send({ alias: "a" }, "x")],
    trace: ["A receive: x"],
  }),
];
