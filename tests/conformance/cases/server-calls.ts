// gen_server: calls, casts and other messages.
import { scenario } from "../scenario.ts";
import { A, B, pass, server } from "../steps.ts";

export const serverCalls = [
  scenario({
    id: "server/call", suite: "gen_server_SUITE:call",
    title: "calls are answered from the state that each leaves to the next",
    steps: [
      A.start(server("s")), A.call("s", { say: "one", reply: "first", state: 1 }),
      B.call("s", { say: "two", reply: "second", state: [1, 2] }),
      A.call("s", { say: "three", reply: [1, "x"] }),
    ],
    trace: [
      "s init undefined", "A start: ok", "s call one 0", "A call: first", "s call two 1",
      "B call: second", "s call three [1, 2]", "A call: [1, x]",
    ],
  }),
  scenario({
    id: "server/reply-later", suite: "gen_server_SUITE:call",
    title: "a call can be answered later, by anybody",
    steps: [
      A.start(server("s")), A.call("s", { say: "wait", do: [{ save: "from" }] }),
      B.call("s", { say: "other", reply: "meanwhile" }), B.reply("from", "at_last"),
    ],
    trace: [
      "s init undefined", "A start: ok", "s call wait 0", "s call other 0", "B call: meanwhile",
      "A call: at_last",
    ],
  }),
  scenario({
    id: "server/reply-before-result", suite: "gen_server_SUITE:call",
    title: "a callback may answer before it ends; the caller goes on then",
    steps: [
      A.start(server("s")),
      A.call("s", {
        say: "early", do: [{ save: "from" }, { answer: "from", value: "early" }, { sleep: 50 }],
        state: 1,
      }),
      pass(100), A.call("s", { say: "get", reply: "late" }),
    ],
    trace: [
      "s init undefined", "A start: ok", "s call early 0", "A call: early", "s call get 1",
      "A call: late",
    ],
  }),
  scenario({
    id: "server/two-replies", title: "a second reply to one call is lost",
    steps: [
      A.start(server("s")), A.call("s", { say: "wait", do: [{ save: "from" }] }),
      B.reply("from", "first"), B.reply("from", "second"), A.receive(),
    ],
    trace: [
      "s init undefined", "A start: ok", "s call wait 0", "A call: first", "A receive: nothing",
    ],
  }),
  scenario({
    id: "server/call-times-out", suite: "gen_server_SUITE:call",
    title: "a call whose time runs out fails; a later reply is lost before it is a message",
    steps: [
      A.start(server("s")),
      A.call("s", { say: "wait", do: [{ save: "from" }] }, { timeoutMs: 50 }), pass(100),
      B.reply("from", "late"), A.receive(), A.call("s", { say: "get", reply: "in_time" }),
      A.call("s", { say: "forget" }, { timeoutMs: 50 }), pass(100), B.stop("s"), A.receive(),
    ],
    trace: [
      "s init undefined", "A start: ok", "s call wait 0", "A call: call timeout",
      "A receive: nothing", "s call get 0", "A call: in_time", "s call forget 0",
      "A call: call timeout", "s terminate normal 0", "s ended: normal", "B stop: ok",
      "A receive: nothing",
    ],
  }),
  scenario({
    id: "server/call-nobody", title: "a call to a name that nobody has fails at once",
    steps: [A.call({ name: "nobody" }, { say: "x", reply: 1 })],
    trace: ["A call: call noproc"],
  }),
  scenario({
    id: "server/call-dead", title: "a call to a server that has ended fails at once",
    steps: [A.start(server("s")), A.stop("s"), A.call("s", { say: "x", reply: 1 })],
    trace: [
      "s init undefined", "A start: ok", "s terminate normal 0", "s ended: normal", "A stop: ok",
      "A call: call noproc",
    ],
  }),
  scenario({
    id: "server/call-remote-end", suite: "gen_server_SUITE:crash",
    title: "a server that ends before it answers: the caller gets its reason",
    steps: [
      A.start(server("s")), A.call("s", { say: "wait", do: [{ save: "from" }] }),
      B.cast("s", { say: "die", stop: "tired" }), A.receive(),
    ],
    trace: [
      "s init undefined", "A start: ok", "s call wait 0", "s cast die 0", "s terminate tired 0",
      "s ended: tired", "A call: call tired", "A receive: nothing",
    ],
  }),
  scenario({
    id: "server/stop-without-reply", suite: "gen_server_SUITE:crash",
    title: "handle_call stops without a reply: the caller gets the reason, even normal",
    steps: [A.start(server("s")), A.call("s", { say: "die", stop: "normal" })],
    trace: [
      "s init undefined", "A start: ok", "s call die 0", "s terminate normal 0", "s ended: normal",
      "A call: call normal",
    ],
  }),
  scenario({
    id: "server/stop-with-reply", suite: "gen_server_SUITE:call",
    title: "handle_call stops with a reply: the caller gets it, then terminate runs",
    steps: [
      A.start(server("s")), A.call("s", { say: "die", stop: { shutdown: "done" }, reply: "bye" }),
      A.receive(),
    ],
    trace: [
      "s init undefined", "A start: ok", "s call die 0", "s terminate shutdown(done) 0",
      "s ended: shutdown(done)", "A call: bye", "A receive: nothing",
    ],
  }),
  scenario({
    id: "server/calling-self", suite: "gen_server_SUITE:calling_self",
    title: "a server that calls itself fails at once with calling_self",
    steps: [
      A.start(server("s"), { named: true }),
      A.call("s", {
        say: "loop", reply: "done",
        do: [
          { call: "s", request: { say: "never" }, timeoutMs: "infinity" },
          { call: { name: "s" }, request: { say: "never" }, timeoutMs: 5_000 },
        ],
      }),
    ],
    trace: [
      "s init undefined", "A start: ok", "s call loop 0", "s called: call calling_self",
      "s called: call calling_self", "A call: done",
    ],
  }),
  scenario({
    id: "server/call-another",
    title: "a server that calls another one answers after it; its own messages wait",
    steps: [
      A.start(server("s")), A.start(server("t", { state: 5 })),
      A.call("s", {
        say: "ask", reply: "asked",
        do: [{
          call: "t", timeoutMs: "infinity",
          request: { say: "tell", reply: "told", do: [{ cast: "s", request: { say: "queued" } }] },
        }],
      }),
    ],
    trace: [
      "s init undefined", "A start: ok", "t init undefined", "A start: ok", "s call ask 0",
      "t call tell 5", "s called: told", "s cast queued 0", "A call: asked",
    ],
  }),
  scenario({
    id: "server/failure-passes-through",
    title: "a call within a call that nobody catches names both",
    steps: [
      A.start(server("s")), A.start(server("t")),
      A.call("s", {
        say: "ask", reply: "failed",
        do: [{ call: "t", request: { say: "die", stop: "tired" }, timeoutMs: "infinity" }],
      }),
    ],
    trace: [
      "s init undefined", "A start: ok", "t init undefined", "A start: ok", "s call ask 0",
      "t call die 0", "t terminate tired 0", "s called: call tired", "t ended: tired",
      "A call: failed",
    ],
  }),
  scenario({
    id: "server/cast", suite: "gen_server_SUITE:cast",
    title: "a cast changes the state; nobody waits for it",
    steps: [
      A.start(server("s"), { named: true }), A.cast("s", { say: "set", state: 1 }),
      A.cast({ name: "s" }, { say: "set", state: 2 }), A.call("s", { say: "get", reply: "got" }),
    ],
    trace: [
      "s init undefined", "A start: ok", "s cast set 0", "s cast set 1", "s call get 2",
      "A call: got",
    ],
  }),
  scenario({
    id: "server/cast-nobody", suite: "gen_server_SUITE:cast",
    title: "a cast to a dead server or to nobody's name is lost silently",
    steps: [
      A.start(server("s")), A.stop("s"), A.cast("s", { say: "x" }),
      A.cast({ name: "nobody" }, { say: "x" }), A.receive(),
    ],
    trace: [
      "s init undefined", "A start: ok", "s terminate normal 0", "s ended: normal", "A stop: ok",
      "A receive: nothing",
    ],
  }),
  scenario({
    id: "server/cast-order", suite: "gen_server_SUITE:cast_fast",
    title: "casts that come while a callback runs are done after it, in their order",
    steps: [
      A.start(server("s")), A.cast("s", { say: "slow", do: [{ sleep: 50 }] }),
      A.cast("s", { say: "one", state: 1 }), A.cast("s", { say: "two", state: 2 }),
      A.send("s", { say: "three", state: 3 }), A.call("s", { say: "four", reply: "all" }),
      pass(100),
    ],
    trace: [
      "s init undefined", "A start: ok", "s cast slow 0", "s cast one 0", "s cast two 1",
      "s info three 2", "s call four 3", "A call: all",
    ],
  }),
  scenario({
    id: "server/info", suite: "gen_server_SUITE:info",
    title: "plain messages of any kind go to handle_info",
    steps: [
      A.start(server("s"), { named: true }), A.send("s", { say: "hello", state: 1 }),
      A.send({ name: "s" }, [1, "x"]), A.send("s", "word"),
      A.send("s", { say: "stop", stop: "told" }),
    ],
    trace: [
      "s init undefined", "A start: ok", "s info hello 0", "s info [1, x] 1", "s info word 1",
      "s info stop 1", "s terminate told 1", "s ended: told",
    ],
  }),
  scenario({
    id: "server/timer-message", title: "what a timer sends goes to handle_info as it is",
    steps: [
      A.start(server("s", { do: [{ after_ms: 50, value: { say: "tick", state: 1 } }] })), pass(100),
      A.call("s", { say: "get", reply: "got" }),
    ],
    trace: ["s init undefined", "A start: ok", "s info tick 0", "s call get 1", "A call: got"],
  }),
];
