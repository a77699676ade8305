// gen_statem: the order of events, postponed ones, and state enter calls.
import { scenario } from "../scenario.ts";
import { A, machine, pass } from "../steps.ts";

const get = { say: "get", actions: [{ reply: "got" }] };
const go = (next: string) => ({ say: "go", next });

export const machineEvents = [
  scenario({
    id: "machine/next-events", suite: "gen_statem_SUITE:next_events",
    title: "inserted events come before the mailbox, in their order",
    steps: [
      A.machine(machine("m")),
      A.cast("m", {
        say: "begin", next: "b", do: [{ cast: "m", request: { say: "queued" } }],
        actions: [
          { nextEvent: { say: "one" }, as: "internal" }, { nextEvent: { say: "two" }, as: "cast" },
        ],
      }),
    ],
    trace: [
      "m init undefined undefined", "A machine: ok", "m cast begin a 0", "m internal one b 0",
      "m cast two b 0", "m cast queued b 0",
    ],
  }),
  scenario({
    id: "machine/event-order", suite: "gen_statem_SUITE:event_order",
    title: "an event inserted by an inserted one comes before its brothers",
    steps: [
      A.machine(machine("m")),
      A.cast("m", {
        say: "begin",
        actions: [
          {
            nextEvent: { say: "one", actions: [{ nextEvent: { say: "inner" }, as: "internal" }] },
            as: "internal",
          },
          { nextEvent: { say: "two" }, as: "internal" },
        ],
      }),
    ],
    trace: [
      "m init undefined undefined", "A machine: ok", "m cast begin a 0", "m internal one a 0",
      "m internal inner a 0", "m internal two a 0",
    ],
  }),
  scenario({
    id: "machine/event-types", suite: "gen_statem_SUITE:event_types",
    title: "events of every kind can be inserted, a call with its caller too",
    steps: [
      A.machine(machine("m")),
      A.call("m", {
        say: "begin", next: "b",
        actions: [
          { nextEvent: { say: "one" }, as: "internal" },
          { nextEvent: { say: "two" }, as: "state_timeout" },
          { nextEvent: { say: "three" }, as: "timeout" },
          { nextEvent: { say: "four" }, as: "info" },
          { nextEvent: { say: "five" }, as: "cast" }, { nextEvent: get, as: "call" },
        ],
      }),
    ],
    trace: [
      "m init undefined undefined", "A machine: ok", "m call begin a 0", "m internal one b 0",
      "m state_timeout two b 0", "m event_timeout three b 0", "m info four b 0", "m cast five b 0",
      "m call get b 0", "A call: got",
    ],
  }),
  scenario({
    id: "machine/init-events", title: "events that init inserts come first",
    steps: [
      A.machine(machine("m", {
        do: [{ cast: { name: "m" }, request: { say: "queued" } }],
        actions: [{ nextEvent: { say: "first" }, as: "internal" }],
      }), { named: true }),
    ],
    trace: [
      "m init undefined undefined", "m internal first a 0", "m cast queued a 0", "A machine: ok",
    ],
  }),
  scenario({
    id: "machine/postpone", title: "a postponed event is tried again after a change of state",
    steps: [
      A.machine(machine("m")),
      A.call("m", {
        say: "ask", in: { a: { actions: ["postpone"] }, b: { actions: [{ reply: 1 }] } },
      }),
      A.cast("m", { say: "stay", data: 1 }), A.cast("m", go("b")),
    ],
    trace: ["m init undefined undefined", "A machine: ok", "m call ask a 0"],
  }),
  scenario({
    id: "machine/postpone-order", suite: "gen_statem_SUITE:event_order",
    title: "postponed events keep their order, and come before newer ones",
    steps: [
      A.machine(machine("m")),
      A.cast("m", { say: "one", in: { a: { actions: ["postpone"] }, b: {} } }),
      A.cast("m", { say: "two", in: { a: { actions: ["postpone"] }, b: {} } }),
      A.cast("m", { ...go("b"), do: [{ cast: "m", request: { say: "newer" } }] }),
    ],
    trace: [
      "m init undefined undefined", "A machine: ok", "m cast one a 0", "m cast two a 0",
      "m cast go a 0", "m cast one b 0", "m cast two b 0", "m cast newer b 0",
    ],
  }),
  scenario({
    id: "machine/postpone-and-insert",
    title: "with a change of state: inserted events first, then postponed ones, then the mailbox",
    steps: [
      A.machine(machine("m")),
      A.cast("m", { say: "later", in: { a: { actions: ["postpone"] }, b: {} } }),
      A.cast("m", {
        ...go("b"), do: [{ cast: "m", request: { say: "newer" } }],
        actions: [{ nextEvent: { say: "inserted" }, as: "internal" }],
      }),
    ],
    trace: [
      "m init undefined undefined", "A machine: ok", "m cast later a 0", "m cast go a 0",
      "m internal inserted b 0", "m cast later b 0", "m cast newer b 0",
    ],
  }),
  scenario({
    id: "machine/postpone-and-change",
    title: "an event that is postponed by the change of state itself comes last of the postponed",
    steps: [
      A.machine(machine("m")),
      A.cast("m", { say: "one", in: { a: { actions: ["postpone"] }, b: {} } }),
      A.cast("m", { say: "two", in: { a: { next: "b", actions: ["postpone"] }, b: {} } }),
    ],
    trace: [
      "m init undefined undefined", "A machine: ok", "m cast one a 0", "m cast two a 0",
      "m cast one b 0", "m cast two b 0",
    ],
  }),
  scenario({
    id: "machine/postpone-twice", title: "an event may be postponed from state to state",
    steps: [
      A.machine(machine("m")),
      A.cast("m", {
        say: "later", in: { a: { actions: ["postpone"] }, b: { actions: ["postpone"] }, c: {} },
      }),
      A.cast("m", go("b")), A.cast("m", go("c")),
    ],
    trace: [
      "m init undefined undefined", "A machine: ok", "m cast later a 0", "m cast go a 0",
      "m cast later b 0", "m cast go b 0", "m cast later c 0",
    ],
  }),
  scenario({
    id: "machine/postponed-and-stopped",
    title: "postponed calls are lost with a machine that stops",
    steps: [
      A.machine(machine("m")), A.call("m", { say: "later", actions: ["postpone"] }),
      A.cast("m", { say: "end", stop: "over" }),
    ],
    trace: ["m init undefined undefined", "A machine: ok", "m call later a 0"],
  }),
  scenario({
    id: "machine/same-state",
    title: "next_state to the same state is no change: nothing is tried again",
    steps: [
      A.machine(machine("m", {}, { enter: {} })),
      A.cast("m", { say: "later", in: { a: { actions: ["postpone"] } } }), A.cast("m", go("a")),
      A.cast("m", go("b")),
    ],
    trace: [
      "m init undefined undefined", "m enter a a 0", "A machine: ok", "m cast later a 0",
      "m cast go a 0", "m cast go a 0", "m enter a b 0", "m cast later b 0",
    ],
  }),
  scenario({
    id: "machine/repeat-state",
    title: "repeat_state enters the state again and tries nothing again",
    steps: [
      A.machine(machine("m", {}, { enter: {} })),
      A.cast("m", { say: "later", in: { a: { actions: ["postpone"] } } }),
      A.cast("m", { say: "again", repeat: true, data: 1 }),
      A.cast("m", { say: "again", repeat: true }), A.cast("m", go("b")),
    ],
    trace: [
      "m init undefined undefined", "m enter a a 0", "A machine: ok", "m cast later a 0",
      "m cast again a 0", "m enter a a 1", "m cast again a 1", "m enter a a 1", "m cast go a 1",
      "m enter a b 1", "m cast later b 1",
    ],
  }),
  scenario({
    id: "machine/state-enter", suite: "gen_statem_SUITE:state_enter",
    title: "a state is entered at the start and after each change, before inserted events",
    steps: [
      A.machine(machine("m", {}, { enter: { a: { data: "in_a" }, b: { data: "in_b" } } })),
      A.cast("m", { ...go("b"), actions: [{ nextEvent: { say: "one" }, as: "internal" }] }),
      A.cast("m", { say: "stay" }), A.cast("m", go("a")),
    ],
    trace: [
      "m init undefined undefined", "m enter a a 0", "A machine: ok", "m cast go a in_a",
      "m enter a b in_a", "m internal one b in_b", "m cast stay b in_b", "m cast go b in_b",
      "m enter b a in_b",
    ],
  }),
  scenario({
    id: "machine/state-enter-functions", suite: "gen_statem_SUITE:state_enter",
    title: "functions of states are entered in the same way",
    steps: [
      A.machine(machine("m", {}, { mode: "state_functions", enter: { b: { data: "in_b" } } })),
      A.cast("m", go("b")), A.call("m", { ...get, next: "c" }),
    ],
    trace: [
      "m init undefined undefined", "m enter a a 0", "A machine: ok", "m cast go a 0",
      "m enter a b 0", "m call get b in_b", "m enter b c in_b", "A call: got",
    ],
  }),
  scenario({
    id: "machine/enter-actions", title: "a state enter call may reply and start times",
    steps: [
      A.machine(machine("m", {}, {
        enter: {
          b: {
            actions: [
              { replyTo: "k", value: "entered" }, { stateTimeout: 50, content: { say: "tick" } },
            ],
          },
        },
      })),
      A.call("m", { say: "ask", next: "b", do: [{ save: "k" }] }), pass(100),
    ],
    trace: [
      "m init undefined undefined", "m enter a a 0", "A machine: ok", "m call ask a 0",
      "m enter a b 0", "A call: entered", "m state_timeout tick b 0",
    ],
  }),
  scenario({
    id: "machine/enter-postpones", title: "a state enter call can't postpone: the machine ends",
    steps: [
      A.machine(machine("m", {}, { enter: { b: { actions: ["postpone"] } } })),
      A.cast("m", go("b")),
    ],
    trace: [
      "m init undefined undefined", "m enter a a 0", "A machine: ok", "m cast go a 0",
      "m enter a b 0", "m terminate bad action b 0", "m ended: bad action",
    ],
  }),
  scenario({
    id: "machine/enter-changes-state", title: "a state enter call can't change the state",
    steps: [A.machine(machine("m", {}, { enter: { b: { next: "c" } } })), A.cast("m", go("b"))],
    trace: [
      "m init undefined undefined", "m enter a a 0", "A machine: ok", "m cast go a 0",
      "m enter a b 0", "m terminate bad return b 0", "m ended: bad return",
    ],
  }),
  scenario({
    id: "machine/enter-repeats", title: "a state enter call that repeats its state runs again",
    steps: [
      A.machine(machine("m", {}, { enter: { b: { stop: "enough" } } })), A.cast("m", go("b")),
    ],
    trace: [
      "m init undefined undefined", "m enter a a 0", "A machine: ok", "m cast go a 0",
      "m enter a b 0", "m terminate enough b 0", "m ended: enough",
    ],
  }),
];
