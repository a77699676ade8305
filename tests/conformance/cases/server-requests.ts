// gen_server: requests whose answer is received later, alone and in collections.
import { scenario } from "../scenario.ts";
import { A, B, pass, server } from "../steps.ts";

const waits = (key: string) => ({ say: key, do: [{ save: key }] });

export const serverRequests = [
  scenario({
    id: "server/request", suite: "gen_server_SUITE:send_request",
    title: "a request is answered while its sender does something else",
    steps: [
      A.start(server("s")), A.sendRequest("s", { say: "x", reply: "answer" }, "r"),
      A.receiveResponse("r"),
    ],
    trace: ["s init undefined", "A start: ok", "s call x 0", "A receiveResponse: reply answer"],
  }),
  scenario({
    id: "server/request-waits", suite: "gen_server_SUITE:send_request",
    title: "who waits for the answer to a request waits until it is given",
    steps: [
      A.start(server("s")), A.sendRequest("s", waits("from"), "r"), A.waitResponse("r"),
      B.reply("from", "late"),
    ],
    trace: ["s init undefined", "A start: ok", "s call from 0", "A waitResponse: reply late"],
  }),
  scenario({
    id: "server/request-wait-again", suite: "gen_server_SUITE:send_request",
    title: "wait_response whose time runs out may be tried again",
    steps: [
      A.start(server("s")), A.sendRequest("s", waits("from"), "r"),
      A.waitResponse("r", { timeoutMs: 50 }), pass(100), B.reply("from", "late"),
      A.waitResponse("r"),
    ],
    trace: [
      "s init undefined", "A start: ok", "s call from 0", "A waitResponse: timeout",
      "A waitResponse: reply late",
    ],
  }),
  scenario({
    id: "server/request-given-up", suite: "gen_server_SUITE:send_request",
    title: "receive_response whose time runs out gives the request up: a late answer is lost",
    steps: [
      A.start(server("s")), A.sendRequest("s", waits("from"), "r"),
      A.receiveResponse("r", { timeoutMs: 50 }), pass(100), B.reply("from", "late"), A.receive(),
    ],
    trace: [
      "s init undefined", "A start: ok", "s call from 0", "A receiveResponse: timeout",
      "A receive: nothing",
    ],
  }),
  scenario({
    id: "server/request-check", suite: "gen_server_SUITE:send_request",
    title: "check_response tells an answer from other messages",
    steps: [
      A.start(server("s")), A.sendRequest("s", waits("from"), "r"), B.send("A", "word"),
      A.checkResponse("r"), A.checkResponse("r"), B.reply("from", "yes"), A.checkResponse("r"),
    ],
    trace: [
      "s init undefined", "A start: ok", "s call from 0", "A checkResponse: no reply",
      "A checkResponse: nothing", "A checkResponse: reply yes",
    ],
  }),
  scenario({
    id: "server/request-nobody", suite: "gen_server_SUITE:send_request",
    title: "a request to a dead server or to nobody is answered with noproc",
    steps: [
      A.start(server("s")), A.stop("s"), A.sendRequest("s", { say: "x" }, "r"),
      A.receiveResponse("r"), A.sendRequest({ name: "nobody" }, { say: "x" }, "q"),
      A.receiveResponse("q"),
    ],
    trace: [
      "s init undefined", "A start: ok", "s terminate normal 0", "s ended: normal", "A stop: ok",
      "A receiveResponse: error noproc", "A receiveResponse: error noproc",
    ],
  }),
  scenario({
    id: "server/request-server-ends", suite: "gen_server_SUITE:send_request",
    title: "a server that ends before it answers: the answer is its reason",
    steps: [
      A.start(server("s")), A.sendRequest("s", waits("from"), "r"),
      B.cast("s", { say: "end", stop: "tired" }), A.receiveResponse("r"), A.receive(),
    ],
    trace: [
      "s init undefined", "A start: ok", "s call from 0", "s cast end 0", "s terminate tired 0",
      "s ended: tired", "A receiveResponse: error tired", "A receive: nothing",
    ],
  }),
  scenario({
    id: "server/requests-in-order-of-answers",
    suite: "gen_server_SUITE:send_request_receive_reqid_collection",
    title: "the answers to a collection come in the order in which they were given, then none",
    steps: [
      A.start(server("s")), A.sendRequest("s", waits("a"), "one"),
      A.sendRequest("s", waits("b"), "two"), A.collect("one", "two"), B.reply("b", "second"),
      B.reply("a", "first"), A.receiveOfAll(), A.receiveOfAll(), A.receiveOfAll(),
    ],
    trace: [
      "s init undefined", "A start: ok", "s call a 0", "s call b 0",
      "A receiveOfAll: two reply second", "A receiveOfAll: one reply first",
      "A receiveOfAll: no request",
    ],
  }),
  scenario({
    id: "server/requests-given-up",
    suite: "gen_server_SUITE:send_request_receive_reqid_collection",
    title: "a collection whose time runs out is given up: late answers are lost",
    steps: [
      A.start(server("s")), A.sendRequest("s", waits("a"), "one"),
      A.sendRequest("s", waits("b"), "two"), A.collect("one", "two"), B.reply("b", "in_time"),
      A.receiveOfAll({ timeoutMs: 50 }), A.receiveOfAll({ timeoutMs: 50 }), pass(100),
      B.reply("a", "late"), A.receive(),
    ],
    trace: [
      "s init undefined", "A start: ok", "s call a 0", "s call b 0",
      "A receiveOfAll: two reply in_time", "A receiveOfAll: timeout", "A receive: nothing",
    ],
  }),
  scenario({
    id: "server/requests-waited-again",
    suite: "gen_server_SUITE:send_request_wait_reqid_collection",
    title: "a collection that was waited for in vain may be waited for again",
    steps: [
      A.start(server("s")), A.sendRequest("s", waits("a"), "one"), A.collect("one"),
      A.waitForAll({ timeoutMs: 50 }), pass(100), B.reply("a", "late"), A.waitForAll(),
      A.waitForAll(),
    ],
    trace: [
      "s init undefined", "A start: ok", "s call a 0", "A waitForAll: timeout",
      "A waitForAll: one reply late", "A waitForAll: no request",
    ],
  }),
  scenario({
    id: "server/requests-server-ends",
    suite: "gen_server_SUITE:send_request_wait_reqid_collection",
    title: "one server's end answers its own requests, and no other's",
    steps: [
      A.start(server("s")), A.start(server("t")), A.sendRequest("s", waits("a"), "one"),
      A.sendRequest("t", waits("b"), "two"), A.collect("one", "two"), B.exit("s", "kill"),
      A.waitForAll(), B.reply("b", "alive"), A.waitForAll(),
    ],
    trace: [
      "s init undefined", "A start: ok", "t init undefined", "A start: ok", "s call a 0",
      "t call b 0", "s ended: killed", "A waitForAll: one error killed",
      "A waitForAll: two reply alive",
    ],
  }),
  scenario({
    id: "server/requests-check",
    suite: "gen_server_SUITE:send_request_check_reqid_collection",
    title: "check_response finds whose answer a message is",
    steps: [
      A.start(server("s")), A.sendRequest("s", waits("a"), "one"),
      A.sendRequest("s", waits("b"), "two"), A.collect("one", "two"), B.send("A", "word"),
      B.reply("b", "second"), B.reply("a", "first"), A.checkOfAll(), A.checkOfAll(), A.checkOfAll(),
      A.checkOfAll(),
    ],
    trace: [
      "s init undefined", "A start: ok", "s call a 0", "s call b 0", "A checkOfAll: no reply",
      "A checkOfAll: two reply second", "A checkOfAll: one reply first", "A checkOfAll: nothing",
    ],
  }),
  scenario({
    id: "server/reply-by-alias", suite: "gen_server_SUITE:reply_by_alias_with_payload",
    title: "who has given a request up can be answered safely, with anything",
    steps: [
      A.start(server("s")),
      A.call("s", waits("from"), { timeoutMs: 50 }), pass(100),
      B.reply("from", ["a", ["payload"], 1]), B.reply("from", "again"), A.receive(),
    ],
    trace: [
      "s init undefined", "A start: ok", "s call from 0", "A call: call timeout",
      "A receive: nothing",
    ],
  }),
];
