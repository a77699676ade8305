// gen_server: what is missing in a module, and new code.
import { scenario } from "../scenario.ts";
import { A, server } from "../steps.ts";

export const serverCode = [
  scenario({
    id: "server/no-handle-call", suite: "gen_server_SUITE:undef_handle_call",
    title: "a server without handle_call ends when it is called",
    steps: [
      A.start({ ...server("s"), module: "bare" }), A.call("s", { say: "x", reply: 1 }),
    ],
    trace: [
      "s init undefined", "A start: ok", "s ended: undefined handle_call",
      "A call: call undefined handle_call",
    ],
  }),
  scenario({
    id: "server/no-handle-cast", suite: "gen_server_SUITE:undef_handle_cast",
    title: "a server without handle_cast ends when something is cast to it",
    steps: [
      A.start({ ...server("s"), module: "bare" }), A.monitor("s"), A.cast("s", { say: "x" }),
      A.receive(),
    ],
    trace: [
      "s init undefined", "A start: ok", "s ended: undefined handle_cast",
      "A receive: DOWN s undefined handle_cast",
    ],
  }),
  scenario({
    id: "server/no-handle-info", suite: "gen_server_SUITE:undef_handle_info",
    title: "a server without handle_info drops messages and lives on",
    steps: [A.start({ ...server("s"), module: "bare" }), A.send("s", "word"), A.isAlive("s")],
    trace: ["s init undefined", "A start: ok", "A isAlive: true"],
  }),
  scenario({
    id: "server/no-handle-continue", suite: "gen_server_SUITE:undef_handle_continue",
    title: "a server without handle_continue ends when init continues",
    steps: [
      A.start({ ...server("s", { next: { continue: { say: "x" } } }), module: "bare" }),
    ],
    trace: ["s init undefined", "s ended: undefined handle_continue", "A start: ok"],
  }),
  scenario({
    id: "server/no-terminate", suite: "gen_server_SUITE:undef_terminate1",
    title: "a server without terminate is stopped all the same",
    steps: [A.start({ ...server("s"), module: "bare" }), A.stop("s")],
    trace: ["s init undefined", "A start: ok", "s ended: normal", "A stop: ok"],
  }),
  scenario({
    id: "server/no-terminate-reason", suite: "gen_server_SUITE:undef_terminate2",
    title: "a server without terminate ends with the reason that it was given",
    steps: [
      A.start({ ...server("s"), module: "bare" }), A.monitor("s"), A.stop("s", { shutdown: "x" }),
      A.receive(),
    ],
    trace: [
      "s init undefined", "A start: ok", "s ended: shutdown(x)", "A stop: ok",
      "A receive: DOWN s shutdown(x)",
    ],
  }),
  scenario({
    id: "server/no-code-change", suite: "gen_server_SUITE:undef_code_change",
    title: "new code without code_change is refused; the server goes on",
    steps: [
      A.start({ ...server("s"), module: "bare" }), A.changeCode("s", { say: "v2" }, "bare"),
      A.isAlive("s"),
    ],
    trace: [
      "s init undefined", "A start: ok", "A changeCode: refused undefined code_change",
      "A isAlive: true",
    ],
  }),
  scenario({
    id: "server/code-change", title: "new code makes its state of the old one",
    steps: [
      A.start(server("s")), A.changeCode("s", { say: "v2", state: "new" }),
      A.call("s", { say: "get", reply: "got" }),
    ],
    trace: [
      "s init undefined", "A start: ok", "s codeChange v2 0", "A changeCode: ok", "s call get new",
      "A call: got",
    ],
  }),
  scenario({
    id: "server/code-change-refused", title: "new code that refuses the state: the old one stays",
    steps: [
      A.start(server("s")), A.changeCode("s", { say: "v2", stop: "too_old" }),
      A.call("s", { say: "get", reply: "got" }),
    ],
    trace: [
      "s init undefined", "A start: ok", "s codeChange v2 0", "A changeCode: refused too_old",
      "s call get 0", "A call: got",
    ],
  }),
  scenario({
    id: "server/code-change-fails", title: "new code that fails on the state: the old one stays",
    steps: [
      A.start(server("s")), A.changeCode("s", { say: "v2", error: "broken" }),
      A.call("s", { say: "get", reply: "got" }),
    ],
    trace: [
      "s init undefined", "A start: ok", "s codeChange v2 0", "A changeCode: refused error broken",
      "s call get 0", "A call: got",
    ],
  }),
];
