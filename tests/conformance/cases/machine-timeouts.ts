// gen_statem: the three kinds of time-out.
import { scenario } from "../scenario.ts";
import { A, machine, pass } from "../steps.ts";

const get = { say: "get", actions: [{ reply: "got" }] };
const tick = { say: "tick" };
const go = (next: string) => ({ say: "go", next });

export const machineTimeouts = [
  scenario({
    id: "machine/state-timeout", suite: "gen_statem_SUITE:state_timeout",
    title: "a state's time runs though events come",
    steps: [
      A.machine(machine("m", {
        actions: [{ stateTimeout: 100, content: { say: "tick", next: "b" } }],
      })),
      pass(50), A.cast("m", { say: "event" }), pass(100), A.call("m", get),
    ],
    trace: [
      "m init undefined undefined", "A machine: ok", "m cast event a 0", "m state_timeout tick a 0",
      "m call get b 0", "A call: got",
    ],
  }),
  scenario({
    id: "machine/state-timeout-ends", suite: "gen_statem_SUITE:state_timeout",
    title: "a state's time ends with the state",
    steps: [
      A.machine(machine("m", { actions: [{ stateTimeout: 50, content: tick }] })),
      A.cast("m", go("b")), pass(100), A.call("m", get),
    ],
    trace: [
      "m init undefined undefined", "A machine: ok", "m cast go a 0", "m call get b 0",
      "A call: got",
    ],
  }),
  scenario({
    id: "machine/state-timeout-of-next", suite: "gen_statem_SUITE:state_timeout",
    title: "a time that starts with a change of state is the new state's",
    steps: [
      A.machine(machine("m", { actions: [{ stateTimeout: 50, content: { say: "old" } }] })),
      A.cast("m", { ...go("b"), actions: [{ stateTimeout: 50, content: { say: "new" } }] }),
      pass(100),
    ],
    trace: [
      "m init undefined undefined", "A machine: ok", "m cast go a 0", "m state_timeout new b 0",
    ],
  }),
  scenario({
    id: "machine/state-timeout-restarted", title: "a time that is started anew begins anew",
    steps: [
      A.machine(machine("m", { actions: [{ stateTimeout: 100, content: { say: "first" } }] })),
      pass(50), A.cast("m", { say: "anew", actions: [{ stateTimeout: 100, content: tick }] }),
      pass(75), A.call("m", get), pass(75),
    ],
    trace: [
      "m init undefined undefined", "A machine: ok", "m cast anew a 0", "m call get a 0",
      "A call: got", "m state_timeout tick a 0",
    ],
  }),
  scenario({
    id: "machine/event-timeout", title: "an event's time fires if no event comes",
    steps: [
      A.machine(machine("m")),
      A.cast("m", { say: "begin", actions: [{ eventTimeout: 50, content: tick }] }), pass(100),
    ],
    trace: [
      "m init undefined undefined", "A machine: ok", "m cast begin a 0", "m event_timeout tick a 0",
    ],
  }),
  scenario({
    id: "machine/event-timeout-ends", title: "any event ends it",
    steps: [
      A.machine(machine("m")),
      A.cast("m", { say: "begin", actions: [{ eventTimeout: 100, content: tick }] }), pass(25),
      A.send("m", { say: "event" }), pass(200),
    ],
    trace: ["m init undefined undefined", "A machine: ok", "m cast begin a 0", "m info event a 0"],
  }),
  scenario({
    id: "machine/generic-timeouts", suite: "gen_statem_SUITE:generic_timers",
    title: "times with names run beside each other, whatever events and states come",
    steps: [
      A.machine(machine("m", {
        actions: [
          { timeout: "x", when: 100, content: { say: "slow" } },
          { timeout: "y", when: 50, content: { say: "fast", next: "b" } },
        ],
      })),
      A.cast("m", go("c")), pass(75), A.call("m", get), pass(75),
    ],
    trace: [
      "m init undefined undefined", "A machine: ok", "m cast go a 0", "m timeout_y fast c 0",
      "m call get b 0", "A call: got", "m timeout_x slow b 0",
    ],
  }),
  scenario({
    id: "machine/generic-timeout-restarted", suite: "gen_statem_SUITE:generic_timers",
    title: "a time with the name of one that runs takes its place",
    steps: [
      A.machine(machine("m", { actions: [{ timeout: "x", when: 50, content: { say: "old" } }] })),
      A.cast("m", { say: "anew", actions: [{ timeout: "x", when: 150, content: { say: "new" } }] }),
      pass(100), pass(100),
    ],
    trace: [
      "m init undefined undefined", "A machine: ok", "m cast anew a 0", "m timeout_x new a 0",
    ],
  }),
  scenario({
    id: "machine/cancel", suite: "gen_statem_SUITE:timeout_cancel_and_update",
    title: "times of all kinds can be cancelled, also where none runs",
    steps: [
      A.machine(machine("m", {
        actions: [{ stateTimeout: 50, content: tick }, { timeout: "x", when: 50, content: tick }],
      })),
      A.cast("m", {
        say: "cancel",
        actions: [
          { stateTimeout: "cancel", content: tick },
          { timeout: "x", when: "cancel", content: tick },
          { timeout: "y", when: "cancel", content: tick },
          { eventTimeout: "cancel", content: tick },
        ],
      }),
      pass(100), A.call("m", get),
    ],
    trace: [
      "m init undefined undefined", "A machine: ok", "m cast cancel a 0", "m call get a 0",
      "A call: got",
    ],
  }),
  scenario({
    id: "machine/infinity", title: "the time infinity cancels",
    steps: [
      A.machine(machine("m", { actions: [{ stateTimeout: 50, content: tick }] })),
      A.cast("m", { say: "never", actions: [{ stateTimeout: "infinity", content: tick }] }),
      pass(100),
    ],
    trace: ["m init undefined undefined", "A machine: ok", "m cast never a 0"],
  }),
  scenario({
    id: "machine/update", suite: "gen_statem_SUITE:timeout_cancel_and_update",
    title: "an update changes what a time says, not when",
    steps: [
      A.machine(machine("m", { actions: [{ stateTimeout: 100, content: { say: "old" } }] })),
      pass(50),
      A.cast("m", {
        say: "update", actions: [{ stateTimeout: "update", content: { say: "new" } }],
      }),
      pass(75),
    ],
    trace: [
      "m init undefined undefined", "A machine: ok", "m cast update a 0", "m state_timeout new a 0",
    ],
  }),
  scenario({
    id: "machine/update-of-none", suite: "gen_statem_SUITE:timeout_cancel_and_update",
    title: "an update of a time that does not run fires at once",
    steps: [
      A.machine(machine("m")),
      A.cast("m", { say: "update", actions: [{ timeout: "x", when: "update", content: tick }] }),
    ],
    trace: [
      "m init undefined undefined", "A machine: ok", "m cast update a 0", "m timeout_x tick a 0",
    ],
  }),
  scenario({
    id: "machine/zero-timeouts", suite: "gen_statem_SUITE:state_timeout",
    title: "times of 0 come after inserted events, in their order, before the mailbox",
    steps: [
      A.machine(machine("m")),
      A.cast("m", {
        say: "begin", do: [{ cast: "m", request: { say: "queued" } }],
        actions: [
          { stateTimeout: 0, content: { say: "state" } },
          { timeout: "x", when: 0, content: { say: "named" } },
          { nextEvent: { say: "inserted" }, as: "internal" },
        ],
      }),
    ],
    trace: [
      "m init undefined undefined", "A machine: ok", "m cast begin a 0", "m internal inserted a 0",
      "m state_timeout state a 0", "m timeout_x named a 0", "m cast queued a 0",
    ],
  }),
  scenario({
    id: "machine/zero-event-timeout",
    title: "an event time of 0 comes though the mailbox is not empty",
    steps: [
      A.machine(machine("m")),
      A.cast("m", {
        say: "begin", do: [{ cast: "m", request: { say: "queued" } }],
        actions: [{ eventTimeout: 0, content: tick }],
      }),
    ],
    trace: [
      "m init undefined undefined", "A machine: ok", "m cast begin a 0", "m event_timeout tick a 0",
      "m cast queued a 0",
    ],
  }),
  scenario({
    id: "machine/zero-event-timeout-ended", title: "but not if an event was inserted before it",
    steps: [
      A.machine(machine("m")),
      A.cast("m", {
        say: "begin",
        actions: [
          { eventTimeout: 0, content: tick }, { nextEvent: { say: "inserted" }, as: "internal" },
        ],
      }),
    ],
    trace: [
      "m init undefined undefined", "A machine: ok", "m cast begin a 0", "m internal inserted a 0",
    ],
  }),
  scenario({
    id: "machine/replies-in-order",
    title: "replies are actions among others; several callers at once",
    steps: [
      A.machine(machine("m")), A.sendRequest("m", { say: "one", do: [{ save: "k" }] }, "r"),
      A.sendRequest("m", { say: "two", actions: [{ reply: 2 }, { replyTo: "k", value: 1 }] }, "q"),
      A.collect("r", "q"), A.receiveOfAll(), A.receiveOfAll(),
    ],
    trace: [
      "m init undefined undefined", "A machine: ok", "m call one a 0", "m call two a 0",
      "A receiveOfAll: q reply 2", "A receiveOfAll: r reply 1",
    ],
  }),
];
