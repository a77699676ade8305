// Real XMPP libraries over real sockets: each logs in and talks with each, in both directions.
import t from "tap";
import { startTestServer } from "../server/test-server.ts";
import type { ChatClient } from "./chat-client.ts";
import { register } from "./registration.ts";
import { stanzaJs } from "./stanza-js.ts";
import { stropheJs } from "./strophe-js.ts";
import { xmppJs } from "./xmpp-js.ts";

const libraries = [xmppJs, stanzaJs, stropheJs];
const text = `"Wherefore art thou" <Romeo> & co? 'Tis ünïcode: 愛 🕊️`;

// A machine may be busy; nothing here waits for a time to pass.
t.setTimeout(120_000);

t.test("XMPP libraries over WebSocket", async (t) => {
  const server = await startTestServer();
  const account = { url: server.webSocketUrl, domain: server.domain, password: "p '<&>" };
  const escaped = "p '&lt;&amp;&gt;";
  const people = new Map<string, ChatClient>();

  for (const [index, library] of libraries.entries()) {
    await t.test(`${library.name} logs in with SCRAM`, async (t) => {
      for (const name of ["romeo", "juliet"]) {
        const username = `${name}${index}`;
        await register({ ...account, username, password: escaped });
        const client = await library.login({ ...account, username });
        t.match(client.mechanism, /^SCRAM-SHA-/);
        t.match(client.jid, new RegExp(`^${username}@${server.domain}/.+`));
        people.set(username, client);
      }
    });
  }

  for (const [i, one] of libraries.entries()) {
    for (const [k, other] of libraries.entries()) {
      await t.test(`${one.name} and ${other.name} exchange messages`, async (t) => {
        const romeo = people.get(`romeo${i}`);
        const juliet = people.get(`juliet${k}`);
        if (romeo === undefined || juliet === undefined) return t.fail("not logged in");
        const bare = juliet.jid.split("/")[0] ?? "";
        romeo.send(bare, `1 ${text}`);
        romeo.send(bare, `2 ${text}`);
        t.same(await juliet.nextMessage(), { from: romeo.jid, body: `1 ${text}` });
        t.same(await juliet.nextMessage(), { from: romeo.jid, body: `2 ${text}` });
        juliet.send(romeo.jid, `3 ${text}`);
        t.same(await romeo.nextMessage(), { from: juliet.jid, body: `3 ${text}` });
      });
    }
  }

  await t.test("they log out and the server has no stream left", async (t) => {
    await Promise.all([...people.values()].map((person) => person.stop()));
    await server.whenConnections(0);
    t.pass();
  });
  await server.close();
});
