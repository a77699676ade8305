// Timers: start, cancel, read; absolute, to names, equal times, dead destinations, odd times.
import { scenario } from "../scenario.ts";
import { A, B, C, pass, shown, together } from "../steps.ts";

/** Beyond 31 bits, and what may be left of it after 200 ms. */
const BIG = 2 ** 31;
const rest = [BIG - 10_000, BIG - 200] as const;
const restText = `left ${rest[0]} to ${rest[1]}`;
const deep = Array.from({ length: 40 }, (_, n) => ["item", n, [["deep", n]]]);
const deepText = `[${deep.map((_, n) => `[item, ${n}, [[deep, ${n}]]]`).join(", ")}]`;

export const timers = [
  scenario({
    id: "timers/start-timer", suite: "timer_bif_SUITE:start_timer_1", decided: "BEAM",
    title: "start_timer: its message bears its reference, once; then there is nothing to cancel",
    steps: [
      A.startTimer(50, A, "plopp", { as: "t" }), A.receive(), pass(100), A.readTimer("t"),
      A.cancelTimer("t"), A.startTimer(1_000, A, "plapp", { as: "u" }),
      A.cancelTimer("u", [900, 1_000]), A.receive(undefined, { after: 0 }), A.cancelTimer("u"),
      A.startTimer(5_000, A, "plopp", { as: "v" }), A.receive({ ref: "v" }, { after: 20 }),
      pass(100),
    ],
    trace: [
      "A receive: timeout t plopp", "A readTimer: false", "A cancelTimer: false",
      "A cancelTimer: left 900 to 1000", "A receive: nothing", "A cancelTimer: false",
      "A receive: nothing",
    ],
  }),
  scenario({
    id: "timers/send-after", suite: "timer_bif_SUITE:send_after_1", decided: "BEAM",
    title: "send_after: the message comes as it is, and the timer is gone",
    steps: [
      A.sendAfter(50, A, "plipp", { as: "t" }), A.receive(), pass(100), A.readTimer("t"),
    ],
    trace: ["A receive: plipp", "A readTimer: false"],
  }),
  scenario({
    id: "timers/order", suite: "timer_bif_SUITE:send_after_2", decided: "BEAM",
    title: "timers fire in the order of their times, not in that of their starts",
    steps: [
      together(
        A.sendAfter(360, A, "last"), A.sendAfter(0, A, "a0"), A.sendAfter(120, A, "a2"),
        A.sendAfter(60, A, "a1"), A.sendAfter(300, A, "a5"), A.sendAfter(180, A, "a3"),
        A.sendAfter(240, A, "a4"),
      ),
      pass(600), ...Array.from({ length: 7 }, () => A.receive()),
    ],
    trace: ["a0", "a1", "a2", "a3", "a4", "a5", "last"].map((body) => `A receive: ${body}`),
  }),
  scenario({
    id: "timers/close-order", suite: "timer_bif_SUITE:send_after_3", decided: "BEAM",
    title: "timers a millisecond apart fire in order",
    steps: [
      together(
        A.sendAfter(100, A, "b1"), A.sendAfter(101, A, "b2"), A.sendAfter(102, A, "b3"),
        A.sendAfter(103, A, "last"),
      ),
      pass(200), ...Array.from({ length: 4 }, () => A.receive()),
    ],
    trace: ["A receive: b1", "A receive: b2", "A receive: b3", "A receive: last"],
  }),
  scenario({
    id: "timers/cancel-unknown", suite: "timer_bif_SUITE:cancel_timer_1", decided: "BEAM",
    title: "a reference that is no timer's can't be cancelled",
    steps: [A.makeRef("r"), A.cancelTimer("r")],
    trace: ["A cancelTimer: false"],
  }),
  scenario({
    id: "timers/cancel-nonsense", suite: "timer_bif_SUITE:cancel_timer_e", decided: "BEAM",
    title: "what is no reference at all is refused",
    steps: [A.misuse("cancelTimer")],
    trace: ["A misuse: refused"],
  }),
  scenario({
    id: "timers/cancel", suite: "timer_bif_SUITE:cancel_timer_sync", decided: "BEAM",
    title: "cancel tells what was left; nothing for one that has fired or never was; none arrives",
    steps: [
      A.sendAfter(1_000, A, "cling", { as: "t" }), A.sendAfter(1_000, A, "clong", { as: "u" }),
      A.sendAfter(0, A, "pling", { as: "v" }), A.sendAfter(0, A, "plong", { as: "w" }),
      A.makeRef("r"), A.cancelTimer("t"), A.cancelTimer("u"), A.receive({ body: "pling" }),
      A.receive({ body: "plong" }), A.cancelTimer("v"), A.cancelTimer("w"), A.cancelTimer("r"),
      A.receive(undefined, { after: 1_100 }), pass(1_300),
    ],
    trace: [
      "A cancelTimer: left", "A cancelTimer: left", "A receive: pling", "A receive: plong",
      "A cancelTimer: false", "A cancelTimer: false", "A cancelTimer: false", "A receive: nothing",
    ],
  }),
  scenario({
    id: "timers/start-nonsense", suite: "timer_bif_SUITE:start_timer_e", decided: "BEAM",
    title: "start_timer refuses a time below zero, and one beyond all measure",
    steps: [
      A.startTimer(-4, A, "hej"), A.startTimer(2 ** 64, A, "hej"),
      A.receive(undefined, { after: 0 }),
    ],
    trace: ["A startTimer: refused", "A startTimer: refused", "A receive: nothing"],
  }),
  scenario({
    id: "timers/send-nonsense", suite: "timer_bif_SUITE:send_after_e", decided: "BEAM",
    title: "send_after refuses a time below zero, and one beyond all measure",
    steps: [
      A.sendAfter(-4, A, "hej"), A.sendAfter(2 ** 64, A, "hej"), A.receive(undefined, { after: 0 }),
    ],
    trace: ["A sendAfter: refused", "A sendAfter: refused", "A receive: nothing"],
  }),
  scenario({
    id: "timers/start-big", suite: "timer_bif_SUITE:start_timer_big", decided: "BEAM",
    title: "a time beyond 31 bits is counted down",
    steps: [A.startTimer(BIG, A, "hej", { as: "t" }), pass(200), A.cancelTimer("t", rest)],
    trace: [`A cancelTimer: ${restText}`],
  }),
  scenario({
    id: "timers/send-big", suite: "timer_bif_SUITE:send_after_big", decided: "BEAM",
    title: "send_after takes a time beyond 31 bits too",
    steps: [A.sendAfter(BIG, A, "hej", { as: "t" }), pass(200), A.cancelTimer("t", rest)],
    trace: [`A cancelTimer: ${restText}`],
  }),
  scenario({
    id: "timers/read-unknown", suite: "timer_bif_SUITE:read_timer_trivial", decided: "BEAM",
    title: "read_timer: false for another reference, what is none is refused",
    steps: [A.makeRef("r"), A.readTimer("r"), A.misuse("readTimer")],
    trace: ["A readTimer: false", "A misuse: refused"],
  }),
  scenario({
    id: "timers/read", suite: "timer_bif_SUITE:read_timer", decided: "BEAM",
    title: "read_timer tells what is left and leaves the timer, until it is cancelled",
    steps: [
      A.sendAfter(BIG, A, "hopp", { as: "t" }), pass(200), A.readTimer("t", rest),
      A.cancelTimer("t", rest), A.readTimer("t"),
    ],
    trace: [`A readTimer: ${restText}`, `A cancelTimer: ${restText}`, "A readTimer: false"],
  }),
  scenario({
    id: "timers/cleanup", suite: "timer_bif_SUITE:cleanup", decided: "BEAM",
    title: "timers go with their destination, dead before or later, and when they are cancelled",
    steps: [
      B.exits("x"), A.startTimer(5_000, B, "hej", { as: "t" }),
      A.sendAfter(5_000, B, "hej", { as: "u" }), A.readTimer("t"), A.readTimer("u"),
      A.startTimer(5_000, C, "hej", { as: "v" }), A.sendAfter(5_000, C, "hej", { as: "w" }),
      A.readTimer("v"), A.readTimer("w"), C.exits("y"), A.readTimer("v"), A.readTimer("w"),
    ],
    trace: [
      "B ended: x", "A readTimer: false", "A readTimer: false", "A readTimer: left",
      "A readTimer: left", "C ended: y", "A readTimer: false", "A readTimer: false",
    ],
  }),
  scenario({
    id: "timers/big-message", suite: "timer_bif_SUITE:evil_timers", decided: "BEAM",
    title: "messages of any size arrive whole, of both kinds, one's own and another's",
    steps: [
      A.startTimer(20, A, deep, { as: "t" }), A.sendAfter(50, A, deep),
      B.startTimer(20, A, 1, { as: "u" }), B.sendAfter(50, A, 2), B.startTimer(20, A, deep,
        { as: "v" }), pass(200), A.receive({ ref: "t" }), A.receive({ ref: "u" }),
      A.receive({ ref: "v" }), A.receive({ body: 2 }), A.receive(),
    ],
    trace: [
      `A receive: timeout t ${deepText}`, "A receive: timeout u 1",
      `A receive: timeout v ${deepText}`, "A receive: 2", `A receive: ${deepText}`,
    ],
  }),
  scenario({
    id: "timers/to-a-name", suite: "timer_bif_SUITE:registered_process", decided: "BEAM",
    title: "a timer to a name: cancelled though nobody has it; given before or after the start",
    steps: [
      A.startTimer(5_000, { name: "n" }, "hej", { as: "t" }), A.whereis("n"), A.cancelTimer("t"),
      A.readTimer("t"), A.startTimer(300, { name: "n" }, "one", { as: "u" }), A.readTimer("u"),
      A.register("n"), A.receive(), pass(500),
      A.sendAfter(50, { name: "n" }, "two", { as: "v" }), A.receive(), pass(100),
      A.readTimer("v"),
    ],
    trace: [
      "A whereis: nobody", "A cancelTimer: left", "A readTimer: false", "A readTimer: left",
      "A receive: timeout u one", "A receive: two", "A readTimer: false",
    ],
  }),
  scenario({
    id: "timers/same-time", suite: "timer_bif_SUITE:same_time_yielding", decided: "BEAM",
    title: "many timers of one time all fire, in the order of their starts",
    steps: [A.timers("t", 200, 300), A.drain(), pass(500), A.drain()],
    trace: ["A drain: nothing", "A drain: 200 in order"],
  }),
  scenario({
    id: "timers/same-time-cancelled", suite: "timer_bif_SUITE:same_time_yielding_with_cancel",
    decided: "BEAM",
    title: "of many timers of one time half are cancelled: none of these fires, all others do",
    steps: [
      A.timers("t", 100, 400), A.timers("u", 100, 400), A.cancelTimers("t", 100), pass(600),
      A.drain(), A.cancelTimers("u", 100),
    ],
    trace: ["A cancelTimers: 100", "A drain: 100 in order", "A cancelTimers: 0"],
  }),
  scenario({
    id: "timers/same-time-cancelled-by-another",
    suite: "timer_bif_SUITE:same_time_yielding_with_cancel_other", decided: "BEAM",
    title: "another process can cancel them as well",
    steps: [
      A.timers("t", 100, 400), A.timers("u", 100, 400), B.cancelTimers("u", 100), pass(600),
      A.drain(), B.cancelTimers("t", 100),
    ],
    trace: ["B cancelTimers: 100", "A drain: 100 in order", "B cancelTimers: 0"],
  }),
  scenario({
    id: "timers/owner-ends", suite: "timer_bif_SUITE:auto_cancel_yielding", decided: "BEAM",
    title: "a process that ends takes its many timers along",
    steps: [
      B.timers("t", 200, 60_000), A.readTimer("t200"), A.exit(B, "bang"), A.readTimer("t1"),
      A.readTimer("t200"), A.cancelTimers("t", 200),
    ],
    trace: [
      "A readTimer: left", "B ended: bang", "A readTimer: false", "A readTimer: false",
      "A cancelTimers: 0",
    ],
  }),
  scenario({
    id: "timers/zero", decided: "BEAM",
    title: "a timer of zero fires, and wakes its process",
    steps: [A.receive(), B.sendAfter(0, A, "x")],
    trace: ["A receive: x"],
  }),
  scenario({
    id: "timers/absolute", decided: "BEAM",
    title: "an absolute time counts from the clock's begin, not from now",
    steps: [
      pass(300), A.sendAfter(2_000, A, "x", { absolute: true, as: "t" }),
      A.cancelTimer("t", [100, 1_700]),
    ],
    trace: ["A cancelTimer: left 100 to 1700"],
  }),
  scenario({
    id: "timers/absolute-past", decided: "BEAM",
    title: "an absolute time that is past fires at once",
    steps: [pass(50), A.receive(), B.startTimer(10, A, "x", { absolute: true, as: "t" }), pass(20)],
    trace: ["A receive: timeout t x"],
  }),
  scenario({
    id: "timers/name-of-nobody", decided: "BEAM",
    title: "a name that nobody has when the time comes: nothing happens",
    steps: [
      B.register("n"), shown(A.sendAfter(50, { name: "n" }, "x", { as: "t" })), B.exits("y"),
      pass(100), A.readTimer("t"),
    ],
    trace: ["A sendAfter: true", "B ended: y", "A readTimer: false"],
  }),
  scenario({
    id: "timers/name-moves", decided: "BEAM",
    title: "a name is looked up when the time has come: who has it then gets the message",
    steps: [
      B.register("n"), A.sendAfter(300, { name: "n" }, "x"), B.unregister("n"), C.register("n"),
      pass(500), C.receive(undefined, { after: 0 }), B.receive(undefined, { after: 0 }),
    ],
    trace: ["C receive: x", "B receive: nothing"],
  }),
  scenario({
    id: "timers/survives-its-starter", decided: "BEAM",
    title: "a timer to another process outlives who started it",
    steps: [
      B.sendAfter(300, A, "x", { as: "t" }), B.exits("y"), A.readTimer("t"), A.receive(), pass(500),
    ],
    trace: ["B ended: y", "A readTimer: left", "A receive: x"],
  }),
  scenario({
    id: "timers/others", decided: "BEAM",
    title: "everybody may read and cancel a timer who has its reference",
    steps: [
      A.sendAfter(5_000, B, "x", { as: "t" }), C.readTimer("t"), C.cancelTimer("t"),
      A.cancelTimer("t"),
    ],
    trace: ["C readTimer: left", "C cancelTimer: left", "A cancelTimer: false"],
  }),
  scenario({
    id: "timers/fired-but-unread", decided: "BEAM",
    title: "a timer that has fired is over though its message lies unread",
    steps: [
      A.startTimer(20, A, "x", { as: "t" }), pass(100), A.cancelTimer("t"),
      A.info(A, "messageQueueLength"), A.receive({ ref: "t" }),
    ],
    trace: ["A cancelTimer: false", "A info: 1", "A receive: timeout t x"],
  }),
];
