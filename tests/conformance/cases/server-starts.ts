// gen_server: how servers are started, and how a start fails.
import { scenario } from "../scenario.ts";
import { A, pass, server } from "../steps.ts";

export const serverStarts = [
  scenario({
    id: "server/start", suite: "gen_server_SUITE:start",
    title: "the start of a server answers when init has",
    steps: [A.start(server("s")), A.isAlive("s")],
    trace: ["s init undefined", "A start: ok", "A isAlive: true"],
  }),
  scenario({
    id: "server/start-named", suite: "gen_server_SUITE:start",
    title: "a server has its name from its start on, and can be called by it",
    steps: [
      A.start(server("s"), { named: true }), A.whereis("s"),
      A.call({ name: "s" }, { say: "get", reply: "got" }),
    ],
    trace: ["s init undefined", "A start: ok", "A whereis: s", "s call get 0", "A call: got"],
  }),
  scenario({
    id: "server/already-started", suite: "gen_server_SUITE:start",
    title: "a second server of one name is refused, with the pid of the first; init does not run",
    steps: [
      A.start(server("s"), { named: true }), A.start(server("s", { state: 1 }), { named: true }),
      A.call({ name: "s" }, { say: "get", reply: "got" }),
    ],
    trace: [
      "s init undefined", "A start: ok", "A start: error already started s", "s call get 0",
      "A call: got",
    ],
  }),
  scenario({
    id: "server/init-stops", suite: "gen_server_SUITE:start",
    title: "an init that stops fails the start with its reason; terminate does not run",
    steps: [A.start(server("s", { stop: "no_database" }))],
    trace: ["s init undefined", "s ended: no_database", "A start: error no_database"],
  }),
  scenario({
    id: "server/init-ignores", suite: "gen_server_SUITE:start",
    title: "an init that ignores: no server, and that is no failure",
    steps: [A.start(server("s", { ignore: true }), { named: true }), A.whereis("s")],
    trace: ["s init undefined", "s ended: normal", "A start: ignore", "A whereis: nobody"],
  }),
  scenario({
    id: "server/init-fails", title: "an error in init fails the start",
    steps: [A.start(server("s", { error: "broken" }))],
    trace: ["s init undefined", "s ended: error broken", "A start: error error broken"],
  }),
  scenario({
    id: "server/init-exits", title: "an exit in init fails the start with its reason",
    steps: [A.start(server("s", { exit: { shutdown: "early" } }))],
    trace: ["s init undefined", "s ended: shutdown(early)", "A start: error shutdown(early)"],
  }),
  scenario({
    id: "server/init-answers-badly", title: "an init that answers what is no result",
    steps: [A.start(server("s", { bad: "nonsense" }))],
    trace: ["s init undefined", "s ended: bad return", "A start: error bad return"],
  }),
  scenario({
    id: "server/init-throws-result", title: "a result that init throws counts as its answer",
    steps: [
      A.start(server("s", { thrown: true, state: 7 })), A.call("s", { say: "get", reply: "got" }),
    ],
    trace: ["s init undefined", "A start: ok", "s call get 7", "A call: got"],
  }),
  scenario({
    id: "server/init-takes-too-long", suite: "gen_server_SUITE:start",
    title: "an init that takes too long: the server is killed, the start fails",
    steps: [
      A.start(server("s", { do: [{ sleep: 2_000 }] }), { timeoutMs: 50, named: true }), pass(100),
      A.whereis("s"),
    ],
    trace: ["s init undefined", "s ended: killed", "A start: error timeout", "A whereis: nobody"],
  }),
  scenario({
    id: "server/no-name-after-failure", suite: "gen_server_SUITE:otp_7669",
    title: "when a start has failed, its name is free already",
    steps: [
      A.start(server("s", { stop: "failed" }), { named: true }), A.whereis("s"),
      A.start(server("s"), { named: true }), A.whereis("s"),
    ],
    trace: [
      "s init undefined", "s ended: failed", "A start: error failed", "A whereis: nobody",
      "s.2 init undefined", "A start: ok", "A whereis: s.2",
    ],
  }),
  scenario({
    id: "server/linked-start-fails",
    title: "a linked start that fails: who traps exits sees the exit signal as well",
    steps: [
      A.trapExit(), A.start(server("s", { stop: "failed" }), { link: true }), A.receive(),
    ],
    trace: [
      "s init undefined", "s ended: failed", "A start: error failed", "A receive: EXIT s failed",
    ],
    differs: {
      trace: ["s init undefined", "s ended: failed", "A start: error failed", "A receive: nothing"],
      because: "one failure, told once: the link is gone first",
    },
  }),
];
