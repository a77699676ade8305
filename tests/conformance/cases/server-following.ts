// gen_server: what comes right after a callback: continue, a time, hibernation.
import { scenario } from "../scenario.ts";
import { A, pass, server } from "../steps.ts";

export const serverFollowing = [
  scenario({
    id: "server/continue-init", suite: "gen_server_SUITE:continue",
    title: "a continue of init runs before any message",
    steps: [
      A.start(server("s", {
        do: [{ cast: { name: "s" }, request: { say: "queued" } }],
        next: { continue: { say: "first", state: 1 } },
      }), { named: true }),
    ],
    trace: ["s init undefined", "s continue first 0", "s cast queued 1", "A start: ok"],
  }),
  scenario({
    id: "server/continue-call", suite: "gen_server_SUITE:continue",
    title: "a continue after a reply runs at once, before what is queued",
    steps: [
      A.start(server("s"), { named: true }),
      A.call("s", {
        say: "ask", reply: "yes", do: [{ cast: "s", request: { say: "queued" } }],
        next: { continue: { say: "then", state: 1 } },
      }),
    ],
    trace: [
      "s init undefined", "A start: ok", "s call ask 0", "s continue then 0", "s cast queued 1",
      "A call: yes",
    ],
  }),
  scenario({
    id: "server/continue-chain", suite: "gen_server_SUITE:continue",
    title: "a continue may continue, from a cast and from a message too",
    steps: [
      A.start(server("s")),
      A.cast("s", {
        say: "begin", do: [{ cast: "s", request: { say: "queued" } }],
        next: { continue: { say: "a", state: 1, next: { continue: { say: "b", state: 2 } } } },
      }),
      A.send("s", { say: "again", next: { continue: { say: "c", state: 3 } } }),
    ],
    trace: [
      "s init undefined", "A start: ok", "s cast begin 0", "s continue a 0", "s continue b 1",
      "s cast queued 2", "s info again 2", "s continue c 2",
    ],
  }),
  scenario({
    id: "server/continue-replies", suite: "gen_server_SUITE:continue",
    title: "a call may be answered by its continue",
    steps: [
      A.start(server("s")),
      A.call("s", {
        say: "ask", do: [{ save: "from" }],
        next: { continue: { say: "then", do: [{ answer: "from", value: "late" }] } },
      }),
    ],
    trace: ["s init undefined", "A start: ok", "s call ask 0", "s continue then 0", "A call: late"],
  }),
  scenario({
    id: "server/continue-stops", suite: "gen_server_SUITE:continue",
    title: "a continue may stop the server",
    steps: [
      A.start(server("s")),
      A.cast("s", { say: "begin", next: { continue: { say: "end", stop: "over", state: 9 } } }),
    ],
    trace: [
      "s init undefined", "A start: ok", "s cast begin 0", "s continue end 0", "s terminate over 9",
      "s ended: over",
    ],
  }),
  scenario({
    id: "server/timeout",
    title: "a time after a callback: handle_info gets timeout if nothing comes",
    steps: [
      A.start(server("s", { next: { after_ms: 50 } }, { timeout: { state: "timed_out" } })),
      pass(100), A.call("s", { say: "get", reply: "got" }), pass(100),
    ],
    trace: [
      "s init undefined", "A start: ok", "s info timeout 0", "s call get timed_out", "A call: got",
    ],
  }),
  scenario({
    id: "server/timeout-ended-by-message",
    title: "any message ends the time, and its callback may set another",
    steps: [
      A.start(server("s", { next: { after_ms: 150 } })), pass(50), A.send("s", "word"), pass(200),
      A.call("s", { say: "get", reply: "got", next: { after_ms: 50 } }), pass(100),
    ],
    trace: [
      "s init undefined", "A start: ok", "s info word 0", "s call get 0", "A call: got",
      "s info timeout 0",
    ],
  }),
  scenario({
    id: "server/timeout-zero",
    title: "a time of 0 comes after what is queued, and instead of nothing",
    steps: [
      A.start(server("s"), { named: true }),
      A.cast("s", {
        say: "queues", next: { after_ms: 0 }, do: [{ cast: "s", request: { say: "queued" } }],
      }),
      A.cast("s", { say: "alone", next: { after_ms: 0 } }),
    ],
    trace: [
      "s init undefined", "A start: ok", "s cast queues 0", "s cast queued 0", "s cast alone 0",
      "s info timeout 0",
    ],
  }),
  scenario({
    id: "server/hibernate", suite: "gen_server_SUITE:hibernate",
    title: "who hibernates, from any callback, wakes by any message with its state",
    steps: [
      A.start(server("s", { next: "hibernate", state: 1 })),
      A.call("s", { say: "get", reply: "got", next: "hibernate" }),
      A.cast("s", { say: "set", state: 2, next: "hibernate" }), A.send("s", "word"),
      A.call("s", { say: "last", reply: "got" }),
    ],
    trace: [
      "s init undefined", "A start: ok", "s call get 1", "A call: got", "s cast set 1",
      "s info word 2", "s call last 2", "A call: got",
    ],
  }),
  scenario({
    id: "server/hibernate-with-messages", suite: "gen_server_SUITE:hibernate",
    title: "who hibernates with messages in its mailbox goes on at once, in their order",
    steps: [
      A.start(server("s")),
      A.cast("s", {
        say: "sleep", next: "hibernate", state: 1,
        do: [{ cast: "s", request: { say: "one" } }, { cast: "s", request: { say: "two" } }],
      }),
    ],
    trace: ["s init undefined", "A start: ok", "s cast sleep 0", "s cast one 1", "s cast two 1"],
  }),
  scenario({
    id: "server/auto-hibernate", suite: "gen_server_SUITE:auto_hibernate",
    title: "who hibernates by itself after a time does its work as before",
    steps: [
      A.start(server("s"), { hibernateAfterMs: 50 }), pass(100),
      A.call("s", { say: "one", reply: 1, state: 1 }), pass(100), A.send("s", "word"), pass(100),
      A.call("s", { say: "two", reply: 2, next: { after_ms: 20 } }), pass(100),
      A.call("s", { say: "three", reply: 3 }),
    ],
    trace: [
      "s init undefined", "A start: ok", "s call one 0", "A call: 1", "s info word 1",
      "s call two 1", "A call: 2", "s info timeout 1", "s call three 1", "A call: 3",
    ],
  }),
];
