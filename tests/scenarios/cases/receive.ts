// Receive: selective order, time, marked references, queues that are long.
import { scenario, type Entry } from "../scenario.ts";
import { A, B, C, pass, shown } from "../steps.ts";

/** A calls B and gets `count` answers, `between` something else happens. */
function call(ref: string, count: number, ...between: Entry[]): Entry[] {
  const answers = Array.from({ length: count }, (_, at) => at + 1);
  return [
    A.monitor(B, ref), A.send(B, "question", { ref }), B.receive({ ref }),
    ...answers.map((n) => B.send(A, n, { ref })), ...between,
    ...answers.map(() => A.receive({ ref })), A.demonitor(ref, { flush: true, info: true }),
  ];
}

/** What a call shows. */
function called(ref: string, count: number, ...between: string[]): string[] {
  const answers = Array.from({ length: count }, (_, at) => `A receive: ${ref}: ${at + 1}`);
  return [`B receive: ${ref}: question`, ...between, ...answers, "A demonitor: true"];
}

const many = Array.from({ length: 10 }, (_, n) => `n${n}`);

export const receives = [
  scenario({
    id: "receive/selective", decided: "BEAM",
    title: "a receive takes the oldest that fits; others stay in their order",
    steps: [
      B.send(A, "one"), B.send(A, "two"), B.send(A, "three"), B.send(A, "two"),
      A.receive({ body: "two" }), A.receive(), A.receive({ body: "two" }), A.receive(),
    ],
    trace: ["A receive: two", "A receive: one", "A receive: two", "A receive: three"],
  }),
  scenario({
    id: "receive/after-zero", decided: "BEAM",
    title: "after 0 looks at the whole mailbox, and does not wait",
    steps: [
      B.send(A, "one"), B.send(A, "two"), A.receive({ body: "two" }, { after: 0 }),
      A.receive({ body: "three" }, { after: 0 }), A.receive(undefined, { after: 0 }),
      A.receive(undefined, { after: 0 }),
    ],
    trace: ["A receive: two", "A receive: nothing", "A receive: one", "A receive: nothing"],
  }),
  scenario({
    id: "receive/time-counts-from-entering", decided: "BEAM",
    title: "time counts from entering the receive: a message that does not fit changes nothing",
    steps: [
      A.receive({ body: "x" }, { after: 300 }), pass(200), B.send(A, "y"), pass(200),
      B.log("before twice the time"), A.receive(),
    ],
    trace: ["A receive: nothing", "B log: before twice the time", "A receive: y"],
  }),
  scenario({
    id: "receive/each-its-own-time", decided: "BEAM",
    title: "the next receive has its own time",
    steps: [
      A.receive({ body: "x" }, { after: 50 }), pass(200),
      A.receive({ body: "x" }, { after: 5_000 }), B.log("not yet"), B.send(A, "x"),
    ],
    trace: ["A receive: nothing", "B log: not yet", "A receive: x"],
  }),
  scenario({
    id: "receive/in-time", decided: "BEAM",
    title: "a message in time ends the time: it does not come up in a later receive",
    steps: [
      A.receive({ body: "x" }, { after: 400 }), B.send(A, "x"), A.receive(), pass(600),
      B.send(A, "late"),
    ],
    trace: ["A receive: x", "A receive: late"],
  }),
  scenario({
    id: "receive/woken-in-vain", decided: "BEAM",
    title: "messages that do not fit wake in vain and stay in their order",
    steps: [
      A.receive({ body: "x" }), B.send(A, "one"), C.send(A, "two"), A.info(A, "links"),
      B.send(A, "x"), A.receive(), A.receive(),
    ],
    trace: ["A receive: x", "A info: 0", "A receive: one", "A receive: two"],
  }),
  scenario({
    id: "receive/huge-queue", suite: "receive_SUITE:call_with_huge_message_queue",
    decided: "BEAM",
    title: "a call in front of a long queue gets its answer, and the queue is untouched",
    steps: [
      B.flood(A, 300), ...call("m", 1), A.info(A, "messageQueueLength"), A.drain(),
    ],
    trace: [...called("m", 1), "A info: 300", "A drain: 300 in order"],
  }),
  scenario({
    id: "receive/in-between", suite: "receive_SUITE:receive_in_between", decided: "BEAM",
    title: "another receive between making a reference and awaiting it loses nothing",
    steps: [
      A.send(A, "dummy"), ...call("m", 1, A.receive({ body: "dummy" })),
      A.send(A, "dummy"), ...call("n", 1, A.receive({ body: "dummy" })),
    ],
    trace: [
      ...called("m", 1, "A receive: dummy"), ...called("n", 1, "A receive: dummy"),
    ],
  }),
  scenario({
    id: "receive/mark-overwritten", suite: "receive_SUITE:receive_opt_exception",
    decided: "BEAM",
    title: "a second reference that is never awaited does not hide the first one's message",
    steps: [
      A.makeRef("r"), A.send(A, "outer", { ref: "r" }), A.makeRef("s"),
      A.send(A, "inner", { ref: "s" }), A.receive({ ref: "r" }, { after: 0 }), A.receive(),
    ],
    trace: ["A receive: r: outer", "A receive: s: inner"],
  }),
  scenario({
    id: "receive/mark-in-recursion", suite: "receive_SUITE:receive_opt_recursion",
    decided: "BEAM",
    title: "an inner receive that finds nothing does not hide what the outer one awaits",
    steps: [
      B.exits("x"), A.makeRef("r"), A.send(A, "outer", { ref: "r" }), A.makeRef("s"),
      A.send(B, "inner", { ref: "s" }), A.receive({ ref: "s" }, { after: 0 }),
      A.receive({ ref: "r" }, { after: 0 }),
    ],
    trace: ["B ended: x", "A receive: nothing", "A receive: r: outer"],
  }),
  scenario({
    id: "receive/mark-behind-others", suite: "receive_SUITE:receive_opt_deferred_save",
    decided: "BEAM",
    title: "what came before the reference is received first, then the reference, then the rest",
    steps: [
      A.receive({ body: "go" }), B.send(A, "go"), B.flood(A, 5), B.send(A, "stop"), A.makeRef("r"),
      A.send(A, "marked", { ref: "r" }), ...[1, 2, 3, 4, 5].map((body) => A.receive({ body })),
      A.receive({ ref: "r" }), A.receive(),
    ],
    trace: [
      "A receive: go", "A receive: 1", "A receive: 2", "A receive: 3", "A receive: 4",
      "A receive: 5", "A receive: r: marked", "A receive: stop",
    ],
  }),
  scenario({
    id: "receive/nested-calls", suite: "receive_SUITE:multi_recv_opt", decided: "BEAM",
    title: "calls within calls, each with several answers, over a long queue",
    steps: [
      B.flood(A, 200), ...call("one", 3, ...call("two", 3, ...call("three", 3))), A.drain(),
    ],
    trace: [
      ...called("one", 3, ...called("two", 3, ...called("three", 3))), "A drain: 200 in order",
    ],
  }),
  scenario({
    id: "receive/many-calls-within", suite: "receive_SUITE:multi_recv_opt_clear",
    decided: "BEAM",
    title: "many calls between an outer call and its answers",
    steps: [
      B.flood(A, 100), ...call("outer", 4, ...many.flatMap((ref) => call(ref, 2))), A.drain(),
    ],
    trace: [
      ...called("outer", 4, ...many.flatMap((ref) => called(ref, 2))), "A drain: 100 in order",
    ],
  }),
  scenario({
    id: "receive/bad-time", suite: "receive_SUITE:gh_5235_missing_save_reset", decided: "BEAM",
    title: "a receive with a bad time is refused, and the next one sees the whole mailbox",
    steps: [
      A.send(A, "init"), A.receive({ body: "never" }, { after: -1 }), A.receive({ body: "init" }),
    ],
    trace: ["A receive: refused", "A receive: init"],
  }),
  scenario({
    id: "receive/bad-time-and-mark", suite: "receive_SUITE:gh_5235_recv_mark", decided: "BEAM",
    title: "a reference that is made after a receive with a bad time hides nothing older",
    steps: [
      A.send(A, "init"), A.receive({ body: "never" }, { after: -1 }), A.makeRef("r"),
      A.send(A, "marked", { ref: "r" }), A.receive({ body: "init" }), A.receive({ ref: "r" }),
    ],
    trace: ["A receive: refused", "A receive: init", "A receive: r: marked"],
  }),
  scenario({
    id: "receive/own-messages", decided: "BEAM",
    title: "what a process sends to itself stands behind what has come before",
    steps: [
      B.send(A, "one"), A.send(A, "two"), B.send(A, "three"), shown(A.send(A, "four")),
      ...Array.from({ length: 4 }, () => A.receive()),
    ],
    trace: [
      "A send: true", "A receive: one", "A receive: two", "A receive: three", "A receive: four",
    ],
  }),
];
