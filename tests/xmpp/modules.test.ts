// Modules as a user writes them: answers, hooks, waiting, state, processes of their own.

import { test } from "tap";
import { type Process, receive, wait } from "../../host/runtime/index.ts";
import {
  defineModule, type Handlers, refuse, request, type Slot, type XmppModule,
} from "../../host/xmpp/module.ts";
import { modules } from "../../host/xmpp/modules/index.ts";
import { withChildren } from "../../host/xmpp/stanza.ts";
import { element, elementsOf } from "../../host/xmpp/xml/element.ts";
import { openStage, settled } from "../conversations/stage.ts";

const MINE = "urn:example:mine";

function withModule(handlers: XmppModule["handlers"]): { modules: readonly XmppModule[] } {
  const mine = defineModule({
    name: "mine", spec: "", title: "Mine", version: "1", features: [MINE], handlers,
  });
  return { modules: [...modules, mine] };
}

function ask(to: string, payload = `<query xmlns='${MINE}'/>`): string {
  return `<iq type='get' id='1' to='${to}'>${payload}</iq>`;
}

function answer(from: string, payload: string): string {
  return `<iq type='result' id='1' from='${from}' to='romeo@localhost/stage'>${payload}</iq>`;
}

test("a handler's return value is the answer, at once or after a while", async (t) => {
  const places = ["server", "account"] as const;
  const stage = await openStage(t, withModule({
    requests: [
      request(places, "get", "payload", MINE, () => element("fine", MINE)),
      request(places, "get", "empty", MINE, () => undefined),
      request(places, "get", "refused", MINE, () => refuse("gone", "Moved away.", "modify")),
      request(places, "get", "later", MINE, function* () {
        return element("fine", MINE, { at: yield* wait(Promise.resolve("last")) });
      }),
    ],
  }));
  const { romeo } = await stage.enter("romeo");
  for (const to of ["localhost", "romeo@localhost"]) {
    romeo.send(ask(to, `<payload xmlns='${MINE}'/>`));
    await romeo.receives(answer(to, `<fine xmlns='${MINE}'/>`));
    romeo.send(ask(to, `<empty xmlns='${MINE}'/>`));
    await romeo.receives(answer(to, ""));
    romeo.send(ask(to, `<later xmlns='${MINE}'/>`));
    await romeo.receives(answer(to, `<fine xmlns='${MINE}' at='last'/>`));
    romeo.send(ask(to, `<refused xmlns='${MINE}'/>`));
    await romeo.receives(`<iq type='error' id='1' from='${to}' to='romeo@localhost/stage'>
      <error type='modify'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>
      <text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas' _='*'>Moved away.</text></error></iq>`);
  }
});

test("who waits holds up only itself, and its own order is kept", async (t) => {
  let release = () => {};
  const held = new Promise<void>((resolve) => { release = resolve; });
  const stage = await openStage(t, withModule({
    requests: [request("server", "get", "query", MINE, function* () {
      yield* wait(held);
      return undefined;
    })],
  }));
  const { romeo, juliet } = await stage.enter("romeo", "juliet");
  romeo.send(ask("localhost"));
  romeo.send("<message to='juliet@localhost'><body>after</body></message>");
  juliet.send("<message to='juliet@localhost'><body>meanwhile</body></message>");
  await juliet.receives(`<message from='*' to='*'><body>meanwhile</body></message>`);
  await juliet.receivesNothing();
  release();
  await romeo.receives(answer("localhost", ""));
  await juliet.receives(`<message from='*' to='*'><body>after</body></message>`);
});

/** Hooks that write down what they see; `later` makes them wait first. */
function observing(seen: string[], later: boolean): Handlers {
  function* noting(text: string) {
    if (later) yield* wait(Promise.resolve());
    seen.push(text);
    return undefined;
  }
  const note = (text: string) => later ? noting(text) : void seen.push(text);
  return {
    messageSent: ({ id }) => note(`sent ${id}`),
    messageReceived: ({ id }) => note(`received ${id}`),
    messageUndelivered: ({ id }) => note(`undelivered ${id}`),
    presenceSent: ({ type }) => note(`presence sent ${type ?? "available"}`),
    presenceReceived: ({ from }) => note(`presence received from ${from}`),
    resourceGone: ({ jid }) => note(`gone ${jid}`),
  };
}

for (const later of [false, true]) {
  test(`hooks see every message and presence${later ? ", and may wait" : ""}`, async (t) => {
    const seen: string[] = [];
    const stage = await openStage(t, withModule(observing(seen, later)));
    const { romeo, juliet } = await stage.enter("romeo", "juliet");
    seen.length = 0;
    romeo.send("<message id='m1' to='juliet@localhost'><body>Hi</body></message>");
    romeo.send("<message id='m2' to='nobody@localhost'><body>Hi</body></message>");
    await juliet.next();
    await romeo.next();
    romeo.send("<presence to='juliet@localhost/stage'/>");
    await juliet.next();
    await settled();
    romeo.disconnect();
    await juliet.next();
    await settled();
    t.same(seen.sort(), [
      "gone romeo@localhost/stage", "presence received from romeo@localhost/stage",
      "presence received from romeo@localhost/stage", "presence sent available", "received m1",
      "received m2", "sent m1", "sent m2", "undelivered m2",
    // The error that came back was a message, too.
    ].concat(["received m2"]).sort());
  });
}

test("a hook can take a message: nobody else sees it, and nothing comes back", async (t) => {
  for (const hook of ["messageSent", "messageReceived", "messageUndelivered"] as const) {
    const stage = await openStage(t, withModule({ [hook]: () => "taken" }));
    const { romeo, juliet } = await stage.enter("romeo", "juliet");
    const isUndelivered = hook === "messageUndelivered";
    romeo.send(`<message to='${isUndelivered ? "nobody" : "juliet"}@localhost'/>`);
    await juliet.receivesNothing();
    await romeo.receivesNothing();
  }
});

test("a hook can send something else instead", async (t) => {
  const stage = await openStage(t, withModule({
    messageSent: (message, session) => {
      if (elementsOf(message).some(({ xmlns }) => xmlns === MINE)) return;
      session.route(withChildren(message, [...message.children, element("seen", MINE)]));
      return "taken";
    },
  }));
  const { romeo, juliet } = await stage.enter("romeo", "juliet");
  romeo.send("<message to='juliet@localhost'><body>Hi</body></message>");
  await juliet.receives(`<message from='romeo@localhost/stage' to='juliet@localhost'>
    <body>Hi</body><seen xmlns='${MINE}'/></message>`);
});

test("a slot keeps a value with one session or one account", async (t) => {
  const counter: Slot<number> = { name: "counter" };
  const count = request(["server", "account"], "get", "query", MINE, (_, face) => {
    const value = (face.read(counter) ?? 0) + 1;
    face.keep(counter, value === 3 ? undefined : value);
    return element("count", MINE, { value: String(value) });
  });
  const stage = await openStage(t, withModule({ requests: [count] }));
  const { romeo, juliet } = await stage.enter("romeo", "juliet");
  for (const to of ["localhost", "romeo@localhost"]) {
    for (const value of [1, 2, 3, 1]) {
      romeo.send(ask(to));
      await romeo.receives(answer(to, `<count xmlns='${MINE}' value='${value}'/>`));
    }
  }
  juliet.send(ask("localhost"));
  await juliet.receives(`<iq type='result' id='1' from='localhost' to='juliet@localhost/stage'>
    <count xmlns='${MINE}' value='1'/></iq>`);
});

test("a module handles elements that are no stanzas, and offers stream features", async (t) => {
  const stage = await openStage(t, withModule({
    streamFeatures: ({ bare }) => bare === "" ? [] : [element("mine", MINE)],
    nonzas: [{
      name: "enable",
      xmlns: MINE,
      handle: (received, session) => session.send(element("enabled", MINE, received.attributes)),
    }],
  }));
  await stage.createAccount("romeo");
  const romeo = stage.connect("romeo");
  const before = await romeo.open();
  t.notOk(elementsOf(before).some(({ xmlns }) => xmlns === MINE));
  romeo.sendPlain("romeo", "secret");
  await romeo.next();
  t.ok(elementsOf(await romeo.open()).some(({ xmlns }) => xmlns === MINE));
  romeo.send(`<enable xmlns='${MINE}' max='5'/>`);
  await romeo.receives(`<enabled xmlns='${MINE}' max='5'/>`);
});

test("a module's process answers over messages, as all processes do", async (t) => {
  function* echo(self: Process) {
    self.register("echo");
    for (;;) {
      const { from, text } = yield* receive<{ from: number; text: string }>();
      self.send(from as never, { echo: text });
    }
  }
  const stage = await openStage(t, withModule({
    children: [{ id: "echo", start: function* (self) { return self.spawnLink(echo); } }],
    requests: [request("server", "get", "query", MINE, function* (_, { self }) {
      self.send("echo", { from: self.pid, text: "hello" });
      const { echo } = yield* receive({ echo: String });
      return element("echo", MINE, { echo });
    })],
  }));
  const { romeo } = await stage.enter("romeo");
  romeo.send(ask("localhost"));
  await romeo.receives(answer("localhost", `<echo xmlns='${MINE}' echo='hello'/>`));
});
