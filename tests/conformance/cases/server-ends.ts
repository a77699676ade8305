// gen_server: how servers end.
import { scenario } from "../scenario.ts";
import { A, B, pass, server } from "../steps.ts";

const trapping = { do: [{ trapExit: true }] };

export const serverEnds = [
  scenario({
    id: "server/stop", suite: "gen_server_SUITE:stop1",
    title: "stop ends a server in order: terminate runs, and it is gone then",
    steps: [A.start(server("s")), A.stop("s"), A.isAlive("s")],
    trace: [
      "s init undefined", "A start: ok", "s terminate normal 0", "s ended: normal", "A stop: ok",
      "A isAlive: false",
    ],
  }),
  scenario({
    id: "server/stop-reason", suite: "gen_server_SUITE:stop2",
    title: "stop with a reason of its own: the server ends with it",
    steps: [A.start(server("s")), A.monitor("s"), A.stop("s", "enough"), A.receive()],
    trace: [
      "s init undefined", "A start: ok", "s terminate enough 0", "s ended: enough", "A stop: ok",
      "A receive: DOWN s enough",
    ],
  }),
  scenario({
    id: "server/stop-named", suite: "gen_server_SUITE:stop4",
    title: "stop by name; the name is free then",
    steps: [
      A.start(server("s"), { named: true }), A.stop({ name: "s" }, { shutdown: "x" }),
      A.whereis("s"),
    ],
    trace: [
      "s init undefined", "A start: ok", "s terminate shutdown(x) 0", "s ended: shutdown(x)",
      "A stop: ok", "A whereis: nobody",
    ],
  }),
  scenario({
    id: "server/stop-dead", suite: "gen_server_SUITE:stop1",
    title: "stop of a dead server, and of a name that nobody has: noproc",
    steps: [A.start(server("s")), A.stop("s"), A.stop("s"), A.stop({ name: "nobody" })],
    trace: [
      "s init undefined", "A start: ok", "s terminate normal 0", "s ended: normal", "A stop: ok",
      "A stop: noproc", "A stop: noproc",
    ],
  }),
  scenario({
    id: "server/stop-times-out",
    title: "stop whose time runs out fails; the server goes on ending",
    steps: [
      A.start(server("s", {}, { terminate: { do: [{ sleep: 150 }] } })),
      A.stop("s", "normal", { timeoutMs: 50 }), pass(100), A.isAlive("s"), pass(100),
      A.isAlive("s"),
    ],
    trace: [
      "s init undefined", "A start: ok", "s terminate normal 0", "A stop: timeout",
      "A isAlive: true", "s ended: normal", "A isAlive: false",
    ],
  }),
  scenario({
    id: "server/stop-ends-otherwise",
    title: "stop of a server that ends with another reason: the caller gets that one",
    steps: [
      A.start(server("s", {}, { terminate: { exit: "worse" } })), A.stop("s"),
    ],
    trace: [
      "s init undefined", "A start: ok", "s terminate normal 0", "s ended: worse", "A stop: worse",
    ],
  }),
  scenario({
    id: "server/stop-queued", title: "stop waits its turn: messages before it are done",
    steps: [
      A.start(server("s")), A.cast("s", { say: "slow", do: [{ sleep: 50 }], state: 1 }),
      A.cast("s", { say: "before", state: 2 }), A.stop("s"), B.cast("s", { say: "behind" }),
      pass(100),
    ],
    trace: [
      "s init undefined", "A start: ok", "s cast slow 0", "s cast before 1", "s terminate normal 2",
      "s ended: normal", "A stop: ok",
    ],
  }),
  scenario({
    id: "server/callback-fails", suite: "gen_server_SUITE:crash",
    title: "an error in a callback: terminate runs with it, and the server ends",
    steps: [
      A.start(server("s")), A.monitor("s"), A.cast("s", { say: "bug", error: "broken" }),
      A.receive(),
    ],
    trace: [
      "s init undefined", "A start: ok", "s cast bug 0", "s terminate error broken 0",
      "s ended: error broken", "A receive: DOWN s error broken",
    ],
  }),
  scenario({
    id: "server/callback-exits", suite: "gen_server_SUITE:crash",
    title: "an exit in a callback ends the server with its reason, and its caller's call",
    steps: [A.start(server("s")), A.call("s", { say: "leave", exit: { shutdown: "x" } })],
    trace: [
      "s init undefined", "A start: ok", "s call leave 0", "s terminate shutdown(x) 0",
      "s ended: shutdown(x)", "A call: call shutdown(x)",
    ],
  }),
  scenario({
    id: "server/callback-throws-result", title: "a result that a callback throws counts",
    steps: [
      A.start(server("s")), A.call("s", { say: "up", reply: "caught", state: 1, thrown: true }),
      A.cast("s", { say: "down", stop: "thrown", thrown: true }),
    ],
    trace: [
      "s init undefined", "A start: ok", "s call up 0", "A call: caught", "s cast down 1",
      "s terminate thrown 1", "s ended: thrown",
    ],
  }),
  scenario({
    id: "server/callback-throws-value", title: "a thrown value that is no result ends the server",
    steps: [A.start(server("s")), A.cast("s", { say: "throw", throw: "ball" })],
    trace: [
      "s init undefined", "A start: ok", "s cast throw 0", "s terminate bad return 0",
      "s ended: bad return",
    ],
    differs: {
      trace: [
        "s init undefined", "A start: ok", "s cast throw 0", "s terminate error ball 0",
        "s ended: error ball",
      ],
      because: "errors are thrown in JavaScript; only results count when thrown",
    },
  }),
  scenario({
    id: "server/bad-return", title: "an answer that is none ends the server, whatever the callback",
    steps: [
      A.start(server("s")), A.call("s", { say: "x", bad: "nonsense" }), A.start(server("t")),
      A.cast("t", { say: "x", bad: "nonsense" }), A.start(server("u")),
      A.send("u", { say: "x", bad: "nonsense" }), A.start(server("v")),
      A.cast("v", { say: "x", next: { continue: { say: "y", bad: "nonsense" } } }),
    ],
    trace: [
      "s init undefined", "A start: ok", "s call x 0", "s terminate bad return 0",
      "s ended: bad return", "A call: call bad return", "t init undefined", "A start: ok",
      "t cast x 0", "t terminate bad return 0", "t ended: bad return", "u init undefined",
      "A start: ok", "u info x 0", "u terminate bad return 0", "u ended: bad return",
      "v init undefined", "A start: ok", "v cast x 0", "v continue y 0", "v terminate bad return 0",
      "v ended: bad return",
    ],
  }),
  scenario({
    id: "server/parent-ends-trapping", suite: "gen_server_SUITE:start",
    title: "the end of its parent ends a server that traps exits in order: terminate runs",
    steps: [
      A.start(server("s", trapping), { link: true }), B.monitor("s"), B.exit("A", "gone"),
      B.receive(),
    ],
    trace: [
      "s init undefined", "A start: ok", "s terminate gone 0", "s ended: gone",
      "B receive: DOWN s gone",
    ],
  }),
  scenario({
    id: "server/parent-ends", title: "the end of its parent ends others at once, without terminate",
    steps: [A.start(server("s"), { link: true }), B.monitor("s"), B.exit("A", "gone"), B.receive()],
    trace: ["s init undefined", "A start: ok", "s ended: gone", "B receive: DOWN s gone"],
  }),
  scenario({
    id: "server/parent-signal", title: "an exit signal of the parent counts as its end",
    steps: [A.start(server("s", trapping), { link: true }), A.exit("s", "normal")],
    trace: ["s init undefined", "A start: ok", "s terminate normal 0", "s ended: normal"],
  }),
  scenario({
    id: "server/linked-ends",
    title: "the end of anybody else who is linked is a message for who traps exits",
    steps: [
      A.start(server("s", trapping)), A.start(server("t")),
      A.cast("s", { say: "link", do: [{ link: "t" }] }), A.stop("t", "odd"),
      A.call("s", { say: "get", reply: "alive" }),
    ],
    trace: [
      "s init undefined", "A start: ok", "t init undefined", "A start: ok", "s cast link 0",
      "t terminate odd 0", "s info EXIT t odd 0", "t ended: odd", "A stop: ok", "s call get 0",
      "A call: alive",
    ],
  }),
  scenario({
    id: "server/linked-ends-untrapped", title: "and the end of who doesn't, without terminate",
    steps: [
      A.start(server("s")), A.start(server("t")),
      A.cast("s", { say: "link", do: [{ link: "t" }] }), A.cast("t", { say: "die", stop: "odd" }),
    ],
    trace: [
      "s init undefined", "A start: ok", "t init undefined", "A start: ok", "s cast link 0",
      "t cast die 0", "t terminate odd 0", "s ended: odd", "t ended: odd",
    ],
  }),
  scenario({
    id: "server/killed", title: "a server that is killed runs no terminate, though it traps exits",
    steps: [A.start(server("s", trapping)), A.monitor("s"), A.exit("s", "kill"), A.receive()],
    trace: ["s init undefined", "A start: ok", "s ended: killed", "A receive: DOWN s killed"],
  }),
  scenario({
    id: "server/exit-message-stops", title: "a server may stop when it sees an exit",
    steps: [
      A.start(server("s", trapping, { exit: { stop: "as_well", state: 1 } })), A.exit("s", "hint"),
    ],
    trace: [
      "s init undefined", "A start: ok", "s info EXIT A hint 0", "s terminate as_well 1",
      "s ended: as_well",
    ],
  }),
  scenario({
    id: "server/monitors", title: "a monitor of a server's own tells handle_info",
    steps: [
      A.start(server("s", {}, { down: { state: "saw_it" } })), A.start(server("t")),
      A.cast("s", { say: "watch", do: [{ monitor: "t" }] }), A.stop("t", "odd"),
      A.call("s", { say: "get", reply: "got" }),
    ],
    trace: [
      "s init undefined", "A start: ok", "t init undefined", "A start: ok", "s cast watch 0",
      "t terminate odd 0", "s info DOWN t odd 0", "t ended: odd", "A stop: ok", "s call get saw_it",
      "A call: got",
    ],
  }),
  scenario({
    id: "server/terminate-fails", suite: "gen_server_SUITE:undef_in_terminate",
    title: "an error in terminate takes the place of the reason",
    steps: [
      A.start(server("s", {}, { terminate: { error: "broken" } })), A.monitor("s"),
      A.cast("s", { say: "end", stop: "tired" }), A.receive(),
    ],
    trace: [
      "s init undefined", "A start: ok", "s cast end 0", "s terminate tired 0",
      "s ended: error broken", "A receive: DOWN s error broken",
    ],
  }),
  scenario({
    id: "server/terminate-works", title: "terminate may call other servers and answer callers",
    steps: [
      A.start(server("t", { state: 5 })),
      A.start(server("s", {}, {
        terminate: {
          do: [
            { call: "t", request: { say: "bye", reply: "bye" }, timeoutMs: "infinity" },
            { answer: "from", value: "closing" },
          ],
        },
      })),
      A.call("s", { say: "wait", do: [{ save: "from" }] }),
      B.cast("s", { say: "end", stop: "normal" }),
    ],
    trace: [
      "t init undefined", "A start: ok", "s init undefined", "A start: ok", "s call wait 0",
      "s cast end 0", "s terminate normal 0", "t call bye 5", "s called: bye", "s ended: normal",
      "A call: closing",
    ],
  }),
  scenario({
    id: "server/orderly-ends",
    title: "normal, shutdown and shutdown with a word are all told as such",
    steps: [
      A.trapExit(), A.start(server("s"), { link: true }), A.start(server("t"), { link: true }),
      A.start(server("u"), { link: true }), A.cast("s", { say: "end", stop: "normal" }),
      A.receive(),
      A.cast("t", { say: "end", stop: "shutdown" }), A.receive(),
      A.cast("u", { say: "end", stop: { shutdown: "x" } }), A.receive(),
    ],
    trace: [
      "s init undefined", "A start: ok", "t init undefined", "A start: ok", "u init undefined",
      "A start: ok", "s cast end 0", "s terminate normal 0", "s ended: normal",
      "A receive: EXIT s normal", "t cast end 0", "t terminate shutdown 0", "t ended: shutdown",
      "A receive: EXIT t shutdown", "u cast end 0", "u terminate shutdown(x) 0",
      "u ended: shutdown(x)", "A receive: EXIT u shutdown(x)",
    ],
  }),
];
