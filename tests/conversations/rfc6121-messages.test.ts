// RFC 6121 §5 and §8: messages, and which of the user's clients get them.

import { test } from "tap";
import { type Client, openStage, settled } from "./stage.ts";

const UNAVAILABLE = "<error type='cancel'>" +
  "<service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";

test("Romeo writes to Juliet, and Juliet answers", async (t) => {
  const stage = await openStage(t);
  const { romeo, juliet } = await stage.enter("romeo/orchard", "juliet/balcony")
    .then((clients) => ({ romeo: clients["romeo/orchard"], juliet: clients["juliet/balcony"] }));
  romeo.send(`<message to='juliet@localhost' type='chat' id='1'>
    <body>Wherefore &lt;art&gt; thou &amp; "I"?</body><thread>t1</thread></message>`);
  await juliet.receives(`<message from='romeo@localhost/orchard' to='juliet@localhost' type='chat'
    id='1'>
    <body>Wherefore &lt;art&gt; thou &amp; "I"?</body><thread>t1</thread></message>`);
  juliet.send(`<message to='romeo@localhost/orchard' type='chat' id='2'><body>Here.</body>
    </message>`);
  await romeo.receives(`<message from='juliet@localhost/balcony' to='romeo@localhost/orchard'
    type='chat' id='2'><body>Here.</body></message>`);
});

test("a message without an address comes back to the user's own clients", async (t) => {
  const stage = await openStage(t);
  const { romeo } = await stage.enter("romeo");
  romeo.send("<message><body>To myself</body></message>");
  await romeo.receives(`<message from='romeo@localhost/stage' to='romeo@localhost'>
    <body>To myself</body></message>`);
});

/** Which of Juliet's clients get a message, and whether Romeo gets it back. */
async function fates(
  t: Parameters<typeof openStage>[0],
  type: string | undefined,
  to: string,
  priorities: (number | undefined)[],
): Promise<string> {
  const stage = await openStage(t);
  const { romeo } = await stage.enter("romeo");
  const clients: Client[] = [];
  for (const [index, priority] of priorities.entries()) {
    const client = await stage.login(`juliet/${"abc"[index]}`);
    if (priority !== undefined) {
      client.send(`<presence><priority>${priority}</priority></presence>`);
    }
    clients.push(client);
  }
  await settled();
  for (const client of clients) client.forget();
  romeo.send(`<message ${type === undefined ? "" : `type='${type}'`} to='juliet@localhost${to}'
    id='1'>
    <body>Hi</body></message>`);
  await settled();
  let seen = "";
  for (const [index, client] of clients.entries()) {
    const got = await client.receivesNothing().then(() => false, () => true);
    if (got) seen += "abc"[index];
  }
  const back = await romeo.receivesNothing().then(() => false, () => true);
  if (back) {
    await romeo.receives(`<message type='error' from='juliet@localhost${to}' id='1'
      to='romeo@localhost/stage'>${UNAVAILABLE}</message>`);
  }
  return back ? `${seen} back` : seen;
}

test("who gets a message: by type, address, presence and priority", async (t) => {
  const all = [1, 0, -1];
  const cases: [string | undefined, string, (number | undefined)[], string][] = [
    // To the bare address: every client that is available and not of negative priority.
    [undefined, "", all, "ab"],
    ["normal", "", all, "ab"],
    ["chat", "", all, "ab"],
    ["headline", "", all, "ab"],
    ["groupchat", "", all, " back"],
    ["error", "", all, ""],
    ["chat", "", [-1], " back"],
    ["headline", "", [-1], ""],
    ["chat", "", [undefined], " back"],
    ["chat", "", [], " back"],
    ["normal", "", [], " back"],
    ["headline", "", [], ""],
    // To a client: that one, whatever its presence.
    ["chat", "/c", all, "c"],
    ["groupchat", "/c", all, "c"],
    ["error", "/c", all, "c"],
    ["normal", "/a", [undefined], "a"],
    // To a client that is not there: only a chat finds the others.
    ["chat", "/x", all, "ab"],
    ["chat", "/x", [], " back"],
    ["normal", "/x", all, " back"],
    ["groupchat", "/x", all, " back"],
    ["headline", "/x", all, ""],
    ["error", "/x", all, ""],
  ];
  for (const [type, to, priorities, expected] of cases) {
    t.equal(await fates(t, type, to, priorities), expected,
      `${type} to juliet${to} with ${JSON.stringify(priorities)}`);
  }
});

test("a user who is offline and one who does not exist cannot be told apart", async (t) => {
  const stage = await openStage(t);
  await stage.createAccount("juliet");
  const { romeo } = await stage.enter("romeo");
  for (const name of ["juliet", "nobody"]) {
    for (const [stanza, kind] of [
      ["<message to='X@localhost' id='1'><body>Hi</body></message>", "message"],
      ["<message to='X@localhost/phone' id='1' type='chat'><body>Hi</body></message>", "message"],
      ["<iq to='X@localhost' type='get' id='1'><ping xmlns='urn:xmpp:ping'/></iq>", "ping"],
      [`<iq to='X@localhost' type='get' id='1'><query
        xmlns='http://jabber.org/protocol/disco#info'/></iq>`, "iq"],
      ["<iq to='X@localhost' type='get' id='1'><vCard xmlns='vcard-temp'/></iq>", "iq"],
      ["<presence to='X@localhost' id='1'/>", "nothing"],
      ["<presence to='X@localhost' type='probe' id='1'/>", "nothing"],
      ["<presence to='X@localhost' type='subscribe' id='1'/>", "nothing"],
      ["<presence to='X@localhost' type='unsubscribe' id='1'/>", "nothing"],
    ] as const) {
      romeo.send(stanza.replace("X", name));
      if (kind === "nothing") await romeo.receivesNothing();
      else if (kind === "ping") {
        await romeo.receives(`<iq type='result' id='1' from='${name}@localhost'
          to='romeo@localhost/stage'/>`);
      } else {
        await romeo.receives(`<${kind} type='error' id='1' from='*' to='romeo@localhost/stage'>
          ${UNAVAILABLE}</${kind}>`);
      }
    }
  }
});

test("what passes through keeps its foreign elements, namespaces and attributes", async (t) => {
  const stage = await openStage(t);
  const { romeo, juliet } = await stage.enter("romeo", "juliet");
  const inner = `<body>a</body><x xmlns='urn:a' k='&apos;&lt;'><y xmlns='urn:b'><![CDATA[<z>]]>
    </y></x>
    <p:q xmlns:p='urn:p' p:r='1'/><html xmlns='http://jabber.org/protocol/xhtml-im'>
    <body xmlns='http://www.w3.org/1999/xhtml'><p>a<em>b</em>c</p></body></html>`;
  romeo.send(`<message to='juliet@localhost'>${inner}</message>`);
  await juliet.receives(
    `<message from='romeo@localhost/stage' to='juliet@localhost'>${inner}</message>`);
});
