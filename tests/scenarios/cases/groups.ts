// Groups of processes: join and leave, counted; who ends leaves all; one send to every member.
import { scenario } from "../scenario.ts";
import { A, B, C, D, pass, shown, together } from "../steps.ts";

export const groups = [
  scenario({
    id: "groups/join-and-leave", suite: "pg_SUITE:pg", decided: "BEAM",
    title: "a process joins, is the member, leaves, and there is no such group",
    steps: [
      A.members("g"), shown(A.join("g")), A.members("g"), B.members("g"), shown(A.leave("g")),
      A.members("g"),
    ],
    trace: [
      "A members: nobody", "A join: true", "A members: A", "B members: A", "A leave: true",
      "A members: nobody",
    ],
  }),
  scenario({
    id: "groups/counted", suite: "pg_SUITE:single", decided: "BEAM",
    title: "who has joined three times leaves three times; who has ended is no member",
    steps: [
      A.join("g"), A.join("g"), A.join("g"), A.members("g"), A.leave("other"), A.leave("g"),
      A.leave("g"), A.members("g"), A.leave("g"), A.leave("g"), A.members("g"), A.join("g"),
      B.join("g"), A.members("g"), B.exits("x"), A.members("g"), shown(A.leave("g")),
    ],
    trace: [
      "A members: A A A", "A leave: refused", "A members: A", "A leave: refused",
      "A members: nobody", "A members: A B", "B ended: x", "A members: A", "A leave: true",
    ],
  }),
  scenario({
    id: "groups/leave-and-end", suite: "pg_SUITE:leave_exit_race", decided: "BEAM",
    title: "leave, join and end of a member close together leave nobody behind",
    steps: [
      together(B.join("g"), B.leave("g"), B.exits("x")), together(C.join("g"), C.exits("y")),
      pass(20), A.members("g"), A.join("g"), A.members("g"),
    ],
    trace: ["B ended: x", "C ended: y", "A members: nobody", "A members: A"],
  }),
  scenario({
    id: "groups/end-leaves-all", decided: "BEAM",
    title: "who is killed leaves all its groups, however often it has joined",
    steps: [
      B.join("g"), B.join("g"), B.join("h"), A.join("h"), A.members("g"), A.members("h"),
      A.exit(B, "kill"), A.members("g"), A.members("h"),
    ],
    trace: [
      "A members: B B", "A members: A B", "B ended: killed", "A members: nobody", "A members: A",
    ],
  }),
  scenario({
    id: "groups/leave-of-others", decided: "BEAM",
    title: "who is no member can't leave, and others' groups are not touched",
    steps: [
      A.join("g"), B.leave("g"), A.leave("h"), A.members("g"), B.join("h"), A.members("h"),
      A.members("g"),
    ],
    trace: [
      "B leave: refused", "A leave: refused", "A members: A", "A members: B", "A members: A",
    ],
  }),
  scenario({
    id: "groups/send", decided: "BEAM",
    title: "a send reaches every member once, the sender too if it is one",
    steps: [
      A.join("g"), B.join("g"), C.join("g"), C.join("g"), B.sendGroup("g", "hello"), A.receive(),
      B.receive(), C.receive(), C.receive(undefined, { after: 0 }), D.sendGroup("g", ["n", 1]),
      C.receive(),
    ],
    trace: [
      "B sendGroup: 3", "A receive: hello", "B receive: hello", "C receive: hello",
      "C receive: nothing", "D sendGroup: 3", "C receive: [n, 1]",
    ],
  }),
  scenario({
    id: "groups/send-to-nobody", decided: "BEAM",
    title: "a send to a group without members reaches nobody",
    steps: [
      A.sendGroup("g", "x"), B.join("g"), A.sendGroup("g", "y"), B.leave("g"),
      A.sendGroup("g", "z"), B.receive(), B.receive(undefined, { after: 0 }),
    ],
    trace: [
      "A sendGroup: 0", "A sendGroup: 1", "A sendGroup: 0", "B receive: y", "B receive: nothing",
    ],
  }),
  scenario({
    id: "groups/send-order", decided: "BEAM",
    title: "what a process sends to a group and to a member comes in its order, before its end",
    steps: [
      A.join("g"), A.monitor(B, "m"),
      together(B.send(A, "one"), B.sendGroup("g", "two"), B.send(A, "three"), B.exits("x")),
      A.receive(), A.receive(), A.receive(), A.receive(),
    ],
    trace: [
      "B sendGroup: 1", "B ended: x", "A receive: one", "A receive: two", "A receive: three",
      "A receive: DOWN m B x",
    ],
  }),
  scenario({
    id: "groups/send-wakes", decided: "BEAM",
    title: "a send to a group wakes those who wait, and not who waits for something else",
    steps: [
      A.join("g"), B.join("g"), A.receive(), B.receive({ body: "other" }), C.sendGroup("g", "x"),
      C.send(B, "other"), B.receive(),
    ],
    trace: ["C sendGroup: 2", "A receive: x", "B receive: other", "B receive: x"],
  }),
  scenario({
    id: "groups/names-apart", decided: "BEAM",
    title: "a group's name is no process's name",
    steps: [
      A.join("n"), A.whereis("n"), shown(B.register("n")), A.members("n"), B.exits("x"),
      A.members("n"),
    ],
    trace: [
      "A whereis: nobody", "B register: true", "A members: A", "B ended: x", "A members: A",
    ],
  }),
];
