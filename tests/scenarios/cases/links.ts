// Links: both ways, one a pair, unlink, ends over links.
import { scenario, type Entry, type Step } from "../scenario.ts";
import { A, Actor, B, C, D, pass, shown, together } from "../steps.ts";

/** Five steps at a time: A and B link, unlink or give way, by numbers that look random. */
function randomly(rounds: number): Entry[] {
  let number = 17_127;
  const next = () => {
    number = (number * 75 + 74) % 65_537;
    return number;
  };
  return Array.from({ length: rounds }, () => together(...Array.from({ length: 5 }, () => {
    const [one, other] = next() % 2 === 0 ? [A, B] : [B, A];
    return [one.link(other), one.unlink(other), one.yield()][next() % 3] as Step;
  })));
}

/** A line of links from A, whose last one ends by exit(kill), or by `kill` of itself or of A. */
function chain(how: string, length: number) {
  const line = Array.from({ length }, (_, at) => new Actor(`P${String(at + 1).padStart(2, "0")}`));
  const last = line.at(-1) as Actor;
  const killer = how === "exit2" ? last : A;
  const end = how === "exit1" ? last.exits("kill") : killer.exit(last, "kill");
  const reason = how === "exit1" ? "kill" : "killed";
  return scenario({
    id: `links/${how}-over-${length}`, suite: "signal_SUITE:kill2killed", decided: "BEAM",
    title: `${length} links away, ${reason} arrives as ${reason}`,
    steps: [
      A.trapExit(true),
      ...line.map((one, at) => (line[at - 1] ?? A).spawn(one, { link: true })), end, A.receive(),
    ],
    trace: [
      ...line.map(({ name }) => `${name} ended: ${reason}`), `A receive: EXIT P01 ${reason}`,
    ],
  });
}

export const links = [
  scenario({
    id: "links/both-ways", suite: "erl_link_SUITE:links", decided: "BEAM",
    title: "a link works both ways, whoever made it",
    steps: [
      A.link(B), C.link(D), A.exits("one"), D.exits("two"),
    ],
    trace: ["A ended: one", "B ended: one", "C ended: two", "D ended: two"],
  }),
  scenario({
    id: "links/normal-end", decided: "BEAM",
    title: "a normal end leaves a linked process alone, and is a message to one that traps",
    steps: [A.link(B), C.trapExit(true), C.link(A), A.returns(), C.receive(), C.isAlive(B)],
    trace: ["A ended: normal", "C receive: EXIT A normal", "C isAlive: true"],
  }),
  scenario({
    id: "links/one-a-pair", decided: "BEAM",
    title: "linking again changes nothing: one Exit, one unlink",
    steps: [
      A.trapExit(true), A.link(B), shown(A.link(B)), B.link(A), A.info(A, "links"),
      B.exits("x"), A.receive(), A.receive(undefined, { after: 0 }),
    ],
    trace: [
      "A link: true", "A info: 1", "B ended: x", "A receive: EXIT B x", "A receive: nothing",
    ],
  }),
  scenario({
    id: "links/self", decided: "BEAM",
    title: "a link to oneself is none",
    steps: [shown(A.link(A)), A.info(A, "links"), shown(A.unlink(A))],
    trace: ["A link: true", "A info: 0", "A unlink: true"],
  }),
  scenario({
    id: "links/dead-not-trapping", suite: "erl_link_SUITE:links", decided: "BEAM",
    title: "link to a dead process raises noproc in one that does not trap exits",
    steps: [B.exits("gone"), A.link(B), A.info(A, "links")],
    trace: ["B ended: gone", "A link: noproc", "A info: 0"],
  }),
  scenario({
    id: "links/dead-trapping", decided: "BEAM",
    title: "link to a dead process is an Exit with noproc to one that traps exits",
    steps: [A.trapExit(true), B.exits("gone"), shown(A.link(B)), A.receive(), A.info(A, "links")],
    trace: ["B ended: gone", "A link: true", "A receive: EXIT B noproc", "A info: 0"],
  }),
  scenario({
    id: "links/unlink", suite: "erl_link_SUITE:links", decided: "BEAM",
    title: "after unlink neither end reaches the other",
    steps: [
      A.link(B), A.info(B, "links"), shown(B.unlink(A)), A.info(A, "links"), B.exits("x"),
      C.isAlive(A),
    ],
    trace: ["A info: 1", "B unlink: true", "A info: 0", "B ended: x", "C isAlive: true"],
  }),
  scenario({
    id: "links/unlink-none", decided: "BEAM",
    title: "unlink without a link, or from a dead process, is true",
    steps: [shown(A.unlink(B)), B.exits("x"), shown(A.unlink(B))],
    trace: ["A unlink: true", "B ended: x", "A unlink: true"],
  }),
  scenario({
    id: "links/unlink-exit", decided: "BEAM",
    title: "an Exit that has come before unlink stays in the mailbox",
    steps: [A.trapExit(true), A.link(B), B.exits("x"), shown(A.unlink(B)), A.receive()],
    trace: ["B ended: x", "A unlink: true", "A receive: EXIT B x"],
  }),
  scenario({
    id: "links/unlink-then-end", decided: "BEAM",
    title: "once unlink has returned, no Exit of a later end comes",
    steps: [
      A.trapExit(true), A.link(B), A.unlink(B), B.exits("x"),
      A.receive({ exit: "B" }, { after: 20 }), pass(100),
    ],
    trace: ["B ended: x", "A receive: nothing"],
  }),
  scenario({
    id: "links/link-again", decided: "BEAM",
    title: "a link made anew after unlink works",
    steps: [
      A.trapExit(true), A.link(B), A.unlink(B), B.link(A), A.info(A, "links"), B.exits("x"),
      A.receive(),
    ],
    trace: ["A info: 1", "B ended: x", "A receive: EXIT B x"],
  }),
  scenario({
    id: "links/spawn-link-atomic", decided: "BEAM",
    title: "a child of spawn_link that ends at once is seen with its true reason",
    steps: [A.trapExit(true), A.spawn(B, { link: true, exits: "early" }), A.receive()],
    trace: ["A receive: EXIT B early"],
  }),
  scenario({
    id: "links/parent-ends", suite: "process_SUITE:spawn_request_link_parent_exit",
    decided: "BEAM",
    title: "a child of spawn_link ends with its parent",
    steps: [A.spawn(B, { link: true }), B.receive(), A.exits("tired"), C.isAlive(B)],
    trace: ["A ended: tired", "B ended: tired", "C isAlive: false"],
  }),
  scenario({
    id: "links/cascade", decided: "BEAM",
    title: "an end runs along a chain of links with the first reason, up to one that traps exits",
    steps: [
      A.link(B), B.link(C), C.link(D), D.trapExit(true), A.exits("domino"), D.receive(),
    ],
    trace: [
      "A ended: domino", "B ended: domino", "C ended: domino", "D receive: EXIT C domino",
    ],
  }),
  scenario({
    id: "links/killed-along", suite: "signal_SUITE:kill2killed", decided: "BEAM",
    title: "killed runs along a chain of links unchanged",
    steps: [
      A.link(B), B.link(C), D.trapExit(true), D.link(C), D.exit(A, "kill"), D.receive(),
    ],
    trace: ["A ended: killed", "B ended: killed", "C ended: killed", "D receive: EXIT C killed"],
  }),
  scenario({
    id: "links/exit-then-unlink", suite: "erl_link_SUITE:otp_5772_link", decided: "BEAM",
    title: "unlink just after an exit signal: an Exit is there at once or never",
    steps: [
      A.priority("high"), A.trapExit(true), A.spawn(B, { link: true, priority: "low" }),
      together(A.exit(B, "bang"), A.unlink(B)), A.receive({ exit: "B" }, { after: 0 }),
      A.receive({ exit: "B" }, { after: 50 }), pass(200),
    ],
    trace: ["B ended: bang", "A receive: EXIT B bang", "A receive: nothing"],
    orTrace: [["B ended: bang", "A receive: nothing", "A receive: nothing"]],
    ours: ["B ended: bang", "A receive: EXIT B bang", "A receive: nothing"],
  }),
  scenario({
    id: "links/link-to-one-that-has-unlinked", suite: "signal_SUITE:unlink_exit",
    decided: "BEAM",
    title: "B unlinks A and ends, A links to B again: noproc, or B's reason",
    steps: [
      A.trapExit(true), B.link(A), together(B.unlink(A), B.exits("bye"), A.link(B)), A.receive(),
      A.receive(undefined, { after: 20 }), pass(100),
    ],
    trace: ["B ended: bye", "A receive: EXIT B noproc", "A receive: nothing"],
    orTrace: [["B ended: bye", "A receive: EXIT B bye", "A receive: nothing"]],
    ours: ["B ended: bye", "A receive: EXIT B noproc", "A receive: nothing"],
  }),
  scenario({
    id: "links/simultaneous", decided: "BEAM",
    suite: "erl_link_SUITE:otp_17127_local_link_with_simultaneous_link_unlink",
    title: "A links while B links and unlinks: afterwards both say the same",
    steps: [
      together(A.link(B), B.link(A), B.unlink(A)), B.send(A, "ping"), A.receive(),
      A.send(B, "pong"), B.receive(), C.info(A, "links"), C.info(B, "links"), C.isAlive(A),
      C.isAlive(B),
    ],
    trace: [
      "A receive: ping", "B receive: pong", "C info: 0", "C info: 0", "C isAlive: true",
      "C isAlive: true",
    ],
    orTrace: [[
      "A receive: ping", "B receive: pong", "C info: 1", "C info: 1", "C isAlive: true",
      "C isAlive: true",
    ]],
    ours: [
      "A receive: ping", "B receive: pong", "C info: 0", "C info: 0", "C isAlive: true",
      "C isAlive: true",
    ],
  }),
  scenario({
    id: "links/random", suite: "erl_link_SUITE:otp_17127_local_random", decided: "BEAM",
    title: "both link and unlink at random, a hundred times: afterwards both say the same",
    steps: [
      ...randomly(20), C.info(A, "links"), C.info(B, "links"), C.isAlive(A), C.isAlive(B),
    ],
    trace: ["C info: 0", "C info: 0", "C isAlive: true", "C isAlive: true"],
    orTrace: [["C info: 1", "C info: 1", "C isAlive: true", "C isAlive: true"]],
    ours: ["C info: 0", "C info: 0", "C isAlive: true", "C isAlive: true"],
  }),
  ...["exit1", "exit2", "other"].flatMap((how) => [9, 10].map((length) => chain(how, length))),
];
