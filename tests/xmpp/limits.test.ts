// What is too much, and what fails: each gets its own error, and everybody else goes on.

import { test } from "tap";
import { memoryStorage } from "../../host/storage/memory.ts";
import { openStage, settled } from "../conversations/stage.ts";

const ERRORS = "urn:ietf:params:xml:ns:xmpp-stanzas";

test("one connection too many is refused, and may come when another has gone", async (t) => {
  const stage = await openStage(t, { settings: { connectionsMax: 2 } });
  const { romeo } = await stage.enter("romeo", "juliet");
  const third = stage.connect("third");
  await third.receives("<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' _='*'/>");
  await third.receivesStreamError("resource-constraint");
  third.send("<presence/>");
  third.disconnect();
  romeo.disconnect();
  await settled();
  t.equal((await stage.connect("fourth").open()).name, "features");
});

test("one account too many: who writes there is told, who logs in is not kept out", async (t) => {
  const stage = await openStage(t, { settings: { connectionsMax: 3, accountIdleMs: 1_000 } });
  const { romeo } = await stage.enter("romeo");
  const writes = async (to: string, answer: string) => {
    romeo.send(`<iq type='get' to='${to}@localhost' id='1'><query xmlns='urn:example:x'/></iq>`);
    await romeo.receives(`<iq type='error' id='1' from='*' to='*'>${answer}</iq>`);
  };
  const absent = `<error type='cancel'><service-unavailable xmlns='${ERRORS}'/></error>`;
  const full = `<error type='wait'><resource-constraint xmlns='${ERRORS}'/></error>`;
  for (const name of ["user0", "user1", "user2"]) await writes(name, absent);
  for (const name of ["user3", "user4", "juliet"]) await writes(name, full);
  await stage.login("juliet");
  // Who is woken already is another's no more, and leaves room.
  await stage.login("user0");
  await writes("user3", absent);
  await writes("user4", full);
  await stage.pass(1_000);
  await writes("user4", absent);
});

test("an account that has crashed stays in the share of those that stanzas start", async (t) => {
  const stage = await openStage(t, { settings: { connectionsMax: 1, accountRecoveryMs: 10 } });
  const { romeo } = await stage.enter("romeo");
  const ping = (to: string) =>
    romeo.send(`<iq type='get' to='${to}@localhost' id='1'><ping xmlns='urn:xmpp:ping'/></iq>`);
  ping("user0");
  await romeo.next();
  stage.runtime.exit(stage.runtime.whereis("user0@localhost")!, "kill");
  await stage.pass(10);
  ping("user1");
  await romeo.receives(`<iq type='error' id='1' from='*' to='*'><error type='wait'>
    <resource-constraint xmlns='${ERRORS}'/></error></iq>`);
});

test("storage that fails: a login may be tried again", async (t) => {
  const stage = await openStage(t);
  const { romeo } = await stage.enter("romeo");
  await stage.storage.close();
  const late = stage.connect("late");
  await late.open();
  late.sendPlain("juliet", "secret");
  await late.receives(
    "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><temporary-auth-failure/></failure>");
  romeo.send("<message to='romeo@localhost'><body>Still here</body></message>");
  await romeo.receives("<message from='*' to='*'><body>Still here</body></message>");
});

test("storage that fails: a registration may be tried again", async (t) => {
  const stage = await openStage(t);
  await stage.storage.close();
  const client = stage.connect("client");
  await client.open();
  client.send(`<iq type='set' id='1'><query xmlns='jabber:iq:register'>
    <username>bill</username><password>x</password></query></iq>`);
  await client.receives(`<iq type='error' id='1'><error type='wait'>
    <internal-server-error xmlns='${ERRORS}'/><_/></error></iq>`);
});

test("storage that fails: presence that needs the roster comes back", async (t) => {
  const stage = await openStage(t);
  const romeo = await stage.login("romeo");
  await stage.storage.close();
  romeo.send("<presence id='1'/>");
  await romeo.receives(`<presence type='error' id='1' to='romeo@localhost/stage'>
    <error type='cancel'><internal-server-error xmlns='${ERRORS}'/></error></presence>`);
  romeo.send("<iq type='get' id='2'><ping xmlns='urn:xmpp:ping'/></iq>");
  await romeo.receives("<iq type='result' id='2' from='*' to='*'/>");
});

test("the secret of the server outlives it: an unknown user's salt stays the same", async (t) => {
  const storage = memoryStorage();
  const salts: string[] = [];
  for (let start = 0; start < 2; start++) {
    const stage = await openStage(t, { storage });
    const client = stage.connect("client");
    await client.open();
    const first = Buffer.from("n,,n=nobody,r=nonce").toString("base64");
    client.send(`<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='SCRAM-SHA-1'>${
      first}</auth>`);
    const challenge = /<challenge[^>]*>([^<]+)</.exec(await client.next())![1]!;
    salts.push(/s=([^,]+)/.exec(Buffer.from(challenge, "base64").toString())![1]!);
    await stage.xmpp.stop();
  }
  t.equal(salts[0], salts[1]);
});

test("a roster that is full takes no more subscriptions", async (t) => {
  const stage = await openStage(t, { settings: { rosterItemsMax: 1 } });
  const { romeo } = await stage.enter("romeo");
  await romeo.askRoster();
  romeo.send("<presence type='subscribe' to='a@localhost'/>");
  await romeo.receives(`<iq type='set' id='*' to='*'><query xmlns='jabber:iq:roster'><_/></query>
    </iq>`);
  romeo.send("<presence type='subscribe' to='b@localhost' id='1'/>");
  await romeo.receives(`<presence type='error' id='1' from='b@localhost' to='romeo@localhost/stage'>
    <error type='cancel'><not-allowed xmlns='${ERRORS}'/></error></presence>`);
});
