// gen_statem: how machines start, are asked, fail and end.
import { scenario } from "../scenario.ts";
import { A, B, machine, pass } from "../steps.ts";

const trapping = { do: [{ trapExit: true }] };
const get = { say: "get", actions: [{ reply: "got" }] };

export const machineLife = [
  scenario({
    id: "machine/start-linked", suite: "gen_statem_SUITE:start6",
    title: "a machine starts in the state that init answers, and is linked to its starter",
    steps: [A.trapExit(), A.machine(machine("m"), { link: true }), A.call("m", get), A.stop("m"),
      A.receive()],
    trace: [
      "m init undefined undefined", "A machine: ok", "m call get a 0", "A call: got",
      "m terminate normal a 0", "m ended: normal", "A stop: ok", "A receive: EXIT m normal",
    ],
  }),
  scenario({
    id: "machine/start", suite: "gen_statem_SUITE:start2",
    title: "a machine without a link; functions of its states take its events",
    steps: [A.machine(machine("m", {}, { mode: "state_functions" })), A.call("m", get)],
    trace: ["m init undefined undefined", "A machine: ok", "m call get a 0", "A call: got"],
  }),
  scenario({
    id: "machine/start-times-out", suite: "gen_statem_SUITE:start3",
    title: "an init that takes too long: the machine is killed, the start fails",
    steps: [
      A.machine(machine("m", { do: [{ sleep: 2_000 }] }), { timeoutMs: 50, named: true }),
      pass(100), A.whereis("m"),
    ],
    trace: [
      "m init undefined undefined", "m ended: killed", "A machine: error timeout",
      "A whereis: nobody",
    ],
  }),
  scenario({
    id: "machine/init-ignores", suite: "gen_statem_SUITE:start4",
    title: "an init that ignores: no machine, and that is no failure",
    steps: [A.machine(machine("m", { ignore: true }))],
    trace: ["m init undefined undefined", "m ended: normal", "A machine: ignore"],
  }),
  scenario({
    id: "machine/init-stops", suite: "gen_statem_SUITE:start5",
    title: "an init that stops fails the start with its reason",
    steps: [A.machine(machine("m", { stop: "stopped" }))],
    trace: ["m init undefined undefined", "m ended: stopped", "A machine: error stopped"],
  }),
  scenario({
    id: "machine/init-fails", title: "so does an error, and an answer that is none",
    steps: [
      A.machine(machine("m", { error: "broken" })), A.machine(machine("n", { bad: "nonsense" })),
    ],
    trace: [
      "m init undefined undefined", "m ended: error broken", "A machine: error broken",
      "n init undefined undefined", "n ended: bad return", "A machine: error bad return",
    ],
    differs: {
      trace: [
        "m init undefined undefined", "m ended: error broken", "A machine: error error broken",
        "n init undefined undefined", "n ended: bad return", "A machine: error bad return",
      ],
      because: "the starter is told the whole error",
    },
  }),
  scenario({
    id: "machine/already-started", suite: "gen_statem_SUITE:start8",
    title: "a second machine of one name is refused",
    steps: [
      A.machine(machine("m"), { named: true }), A.machine(machine("m"), { named: true }),
      A.call({ name: "m" }, get),
    ],
    trace: [
      "m init undefined undefined", "A machine: ok", "A machine: error already started m",
      "m call get a 0", "A call: got",
    ],
  }),
  scenario({
    id: "machine/stop", suite: "gen_statem_SUITE:stop1",
    title: "stop ends a machine in order: terminate gets state and data",
    steps: [A.machine(machine("m", { next: "b", data: 7 })), A.stop("m"), A.stop("m")],
    trace: [
      "m init undefined undefined", "A machine: ok", "m terminate normal b 7", "m ended: normal",
      "A stop: ok", "A stop: noproc",
    ],
  }),
  scenario({
    id: "machine/stop-reason", suite: "gen_statem_SUITE:stop2",
    title: "stop with a reason of its own",
    steps: [A.machine(machine("m")), A.monitor("m"), A.stop("m", "other_reason"), A.receive()],
    trace: [
      "m init undefined undefined", "A machine: ok", "m terminate other_reason a 0",
      "m ended: other_reason", "A stop: ok", "A receive: DOWN m other_reason",
    ],
  }),
  scenario({
    id: "machine/stop-named", suite: "gen_statem_SUITE:stop4", title: "stop by name",
    steps: [
      A.machine(machine("m"), { named: true }), A.stop({ name: "m" }), A.whereis("m"),
      A.stop({ name: "m" }),
    ],
    trace: [
      "m init undefined undefined", "A machine: ok", "m terminate normal a 0", "m ended: normal",
      "A stop: ok", "A whereis: nobody", "A stop: noproc",
    ],
  }),
  scenario({
    id: "machine/call-times-out", suite: "gen_statem_SUITE:abnormal1",
    title: "a call whose time runs out fails; the late reply is lost",
    steps: [
      A.machine(machine("m")), A.call("m", { say: "wait", do: [{ save: "k" }] }, { timeoutMs: 50 }),
      pass(100), A.cast("m", { say: "late", actions: [{ replyTo: "k", value: "late" }] }),
      A.receive(), A.call("m", get),
    ],
    trace: [
      "m init undefined undefined", "A machine: ok", "m call wait a 0", "A call: call timeout",
      "m cast late a 0", "A receive: nothing", "m call get a 0", "A call: got",
    ],
  }),
  scenario({
    id: "machine/bad-return", suite: "gen_statem_SUITE:abnormal2",
    title: "an answer that is none ends the machine",
    steps: [
      A.trapExit(), A.machine(machine("m"), { link: true }),
      A.call("m", { say: "bad", bad: "nonsense" }), A.receive(),
    ],
    trace: [
      "m init undefined undefined", "A machine: ok", "m call bad a 0", "m terminate bad return a 0",
      "m ended: bad return", "A call: call bad return", "A receive: EXIT m bad return",
    ],
  }),
  scenario({
    id: "machine/bad-action", suite: "gen_statem_SUITE:abnormal3",
    title: "an action that is none ends the machine",
    steps: [
      A.trapExit(), A.machine(machine("m"), { link: true }),
      A.call("m", { say: "bad", actions: [{ bad: "nonsense" }] }), A.receive(),
    ],
    trace: [
      "m init undefined undefined", "A machine: ok", "m call bad a 0", "m terminate bad action a 0",
      "m ended: bad action", "A call: call bad action", "A receive: EXIT m bad action",
    ],
  }),
  scenario({
    id: "machine/callback-fails",
    title: "an error in a callback: terminate runs, the caller hears of it",
    steps: [A.machine(machine("m")), A.call("m", { say: "bug", error: "broken" })],
    trace: [
      "m init undefined undefined", "A machine: ok", "m call bug a 0", "m terminate broken a 0",
      "m ended: error broken", "A call: call error broken",
    ],
    differs: {
      trace: [
        "m init undefined undefined", "A machine: ok", "m call bug a 0",
        "m terminate error broken a 0", "m ended: error broken", "A call: call error broken",
      ],
      because: "terminate gets the reason that everybody gets",
    },
  }),
  scenario({
    id: "machine/callback-exits", title: "an exit in a callback ends the machine with its reason",
    steps: [A.machine(machine("m")), A.call("m", { say: "leave", exit: { shutdown: "x" } })],
    trace: [
      "m init undefined undefined", "A machine: ok", "m call leave a 0",
      "m terminate shutdown(x) a 0", "m ended: shutdown(x)", "A call: call shutdown(x)",
    ],
  }),
  scenario({
    id: "machine/throws-result", title: "a result that is thrown counts",
    steps: [
      A.machine(machine("m")),
      A.call("m", { say: "go", next: "b", data: 1, actions: [{ reply: "went" }], thrown: true }),
      A.call("m", get),
    ],
    trace: [
      "m init undefined undefined", "A machine: ok", "m call go a 0", "A call: went",
      "m call get b 1", "A call: got",
    ],
  }),
  scenario({
    id: "machine/shutdown", suite: "gen_statem_SUITE:shutdown",
    title: "a machine that stops with shutdown tells it as such",
    steps: [
      A.trapExit(), A.machine(machine("m", trapping), { link: true }),
      A.cast("m", { say: "end", stop: { shutdown: "x" } }), A.receive(), A.call("m", get),
    ],
    trace: [
      "m init undefined undefined", "A machine: ok", "m cast end a 0",
      "m terminate shutdown(x) a 0", "m ended: shutdown(x)", "A receive: EXIT m shutdown(x)",
      "A call: call noproc",
    ],
  }),
  scenario({
    id: "machine/stop-and-reply", suite: "gen_statem_SUITE:stop_and_reply",
    title: "stop_and_reply answers callers of before and this one, then terminate runs",
    steps: [
      A.machine(machine("m")), A.call("m", { say: "wait", do: [{ save: "k" }] }),
      B.call("m", {
        say: "end", stop: "over", data: 9,
        actions: [{ replyTo: "k", value: "first" }, { reply: "second" }],
      }),
    ],
    trace: [
      "m init undefined undefined", "A machine: ok", "m call wait a 0", "m call end a 0",
      "m terminate over a 9", "m ended: over", "A call: first", "B call: second",
    ],
  }),
  scenario({
    id: "machine/stop-without-reply", title: "stop without a reply: the caller gets the reason",
    steps: [A.machine(machine("m")), A.call("m", { say: "end", stop: "over" })],
    trace: [
      "m init undefined undefined", "A machine: ok", "m call end a 0", "m terminate over a 0",
      "m ended: over", "A call: call over",
    ],
  }),
  scenario({
    id: "machine/parent-ends",
    title: "the end of its parent ends a machine that traps exits in order",
    steps: [A.machine(machine("m", trapping), { link: true }), B.exit("A", "gone")],
    trace: ["m init undefined undefined", "A machine: ok", "m terminate gone a 0", "m ended: gone"],
  }),
  scenario({
    id: "machine/linked-ends", title: "another's end and a monitor's message are info events",
    steps: [
      A.machine(machine("m", trapping, { on: { exit: { next: "b" }, down: { data: "saw_it" } } })),
      A.machine(machine("n")),
      A.cast("m", { say: "watch", do: [{ monitor: "n" }, { link: "n" }] }), A.exit("n", "kill"),
      A.call("m", get),
    ],
    unordered: true,
    trace: [
      "m init undefined undefined", "A machine: ok", "n init undefined undefined", "A machine: ok",
      "m cast watch a 0", "m info EXIT n killed a 0", "m info DOWN n killed b 0", "n ended: killed",
      "m call get b saw_it", "A call: got",
    ],
  }),
  scenario({
    id: "machine/terminate-fails", suite: "gen_statem_SUITE:undef_in_terminate",
    title: "an error in terminate takes the place of the reason",
    steps: [
      A.machine(machine("m", {}, { on: { terminate: { error: "broken" } } })),
      A.cast("m", { say: "end", stop: "over" }),
    ],
    trace: [
      "m init undefined undefined", "A machine: ok", "m cast end a 0", "m terminate over a 0",
      "m ended: error broken",
    ],
  }),
  scenario({
    id: "machine/code-change", suite: "gen_statem_SUITE:code_change",
    title: "new code makes state and data of the old ones; no state is entered",
    steps: [
      A.machine(machine("m", {}, { enter: {} })),
      A.changeMachine(machine("m", {}, { enter: {} }), { say: "v2", next: "b", data: "new" }),
      A.call("m", get),
    ],
    trace: [
      "m init undefined undefined", "m enter a a 0", "A machine: ok", "m codeChange v2 a 0",
      "A changeCode: ok", "m call get b new", "A call: got",
    ],
  }),
  scenario({
    id: "machine/code-change-refused", title: "new code that refuses: the old one goes on",
    steps: [
      A.machine(machine("m")), A.changeMachine(machine("m"), { say: "v2", stop: "too_old" }),
      A.call("m", get),
    ],
    trace: [
      "m init undefined undefined", "A machine: ok", "m codeChange v2 a 0",
      "A changeCode: refused too_old", "m call get a 0", "A call: got",
    ],
  }),
  scenario({
    id: "machine/hibernate", suite: "gen_statem_SUITE:hibernate",
    title: "a machine that hibernates wakes by any message, in its state",
    steps: [
      A.machine(machine("m", { actions: ["hibernate"] })),
      A.call("m", { say: "one", next: "b", actions: [{ reply: 1 }, "hibernate"] }),
      A.send("m", { say: "two", actions: ["hibernate"] }), A.call("m", get),
    ],
    trace: [
      "m init undefined undefined", "A machine: ok", "m call one a 0", "A call: 1",
      "m info two b 0", "m call get b 0", "A call: got",
    ],
  }),
  scenario({
    id: "machine/auto-hibernate", suite: "gen_statem_SUITE:auto_hibernate",
    title: "a machine that hibernates after a time keeps its time-outs",
    steps: [
      A.machine(machine("m"), { hibernateAfterMs: 30 }), pass(60),
      A.cast("m", { say: "go", actions: [{ timeout: "x", when: 100, content: { say: "tick" } }] }),
      pass(200), A.call("m", get),
    ],
    trace: [
      "m init undefined undefined", "A machine: ok", "m cast go a 0", "m timeout_x tick a 0",
      "m call get a 0", "A call: got",
    ],
  }),
  scenario({
    id: "machine/reply-by-alias", suite: "gen_statem_SUITE:reply_by_alias_with_payload",
    title: "a request that was given up can be answered safely",
    steps: [
      A.machine(machine("m")), A.sendRequest("m", { say: "wait", do: [{ save: "k" }] }, "r"),
      A.receiveResponse("r", { timeoutMs: 50 }), pass(100), B.reply("k", ["payload"]), A.receive(),
    ],
    trace: [
      "m init undefined undefined", "A machine: ok", "m call wait a 0",
      "A receiveResponse: timeout", "A receive: nothing",
    ],
  }),
  scenario({
    id: "machine/requests", suite: "gen_statem_SUITE:send_request_receive_reqid_collection",
    title: "requests of a collection are answered as a machine likes",
    steps: [
      A.machine(machine("m")), A.sendRequest("m", { say: "one", do: [{ save: "k" }] }, "one"),
      A.sendRequest("m", {
        say: "two", actions: [{ reply: "second" }, { replyTo: "k", value: "first" }],
      }, "two"),
      A.collect("one", "two"), A.receiveOfAll(), A.receiveOfAll(), A.receiveOfAll(),
    ],
    trace: [
      "m init undefined undefined", "A machine: ok", "m call one a 0", "m call two a 0",
      "A receiveOfAll: two reply second", "A receiveOfAll: one reply first",
      "A receiveOfAll: no request",
    ],
  }),
];
