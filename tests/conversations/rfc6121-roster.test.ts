// RFC 6121 §2: the roster.

import { test } from "tap";
import { type Client, openStage, type Stage } from "./stage.ts";

const ERRORS = "urn:ietf:params:xml:ns:xmpp-stanzas";

function set(id: string, item: string): string {
  return `<iq type='set' id='${id}'><query xmlns='jabber:iq:roster'>${item}</query></iq>`;
}

function result(id: string, client = "stage"): string {
  return `<iq type='result' id='${id}' from='romeo@localhost' to='romeo@localhost/${client}'/>`;
}

function pushed(item: string, client = "stage"): string {
  return `<iq type='set' id='*' to='romeo@localhost/${client}'>
    <query xmlns='jabber:iq:roster'>${item}</query></iq>`;
}

function roster(items: string): string {
  return `<iq type='result' id='roster' from='romeo@localhost' to='romeo@localhost/stage'>
    <query xmlns='jabber:iq:roster'>${items}</query></iq>`;
}

async function enterRomeo(stage: Stage): Promise<Client> {
  const { romeo } = await stage.enter("romeo");
  await romeo.askRoster();
  return romeo;
}

async function asksRoster(client: Client, items: string): Promise<void> {
  client.send("<iq type='get' id='roster'><query xmlns='jabber:iq:roster'/></iq>");
  await client.receives(roster(items));
}

test("a new roster is empty", async (t) => {
  const stage = await openStage(t);
  const { romeo } = await stage.enter("romeo");
  await asksRoster(romeo, "");
});

test("Romeo adds, changes and removes a contact", async (t) => {
  const stage = await openStage(t);
  const romeo = await enterRomeo(stage);
  romeo.send(set("1", "<item jid='juliet@localhost' name='Juliet'><group>Friends</group></item>"));
  const item = `<item jid='juliet@localhost' name='Juliet' subscription='none'>
    <group>Friends</group></item>`;
  await romeo.receives(pushed(item));
  await romeo.receives(result("1"));
  await asksRoster(romeo, item);
  romeo.send(set("2", `<item jid='Juliet@LOCALHOST/balcony'><group>A</group><group>B</group>
    </item>`));
  const changed =
    "<item jid='juliet@localhost' subscription='none'><group>A</group><group>B</group></item>";
  await romeo.receives(pushed(changed));
  await romeo.receives(result("2"));
  await asksRoster(romeo, changed);
  romeo.send(set("3", "<item jid='juliet@localhost' subscription='remove'/>"));
  await romeo.receives(pushed("<item jid='juliet@localhost' subscription='remove'/>"));
  await romeo.receives(result("3"));
  await asksRoster(romeo, "");
});

test("the roster is there after all clients and the account process have gone", async (t) => {
  const stage = await openStage(t, { settings: { accountIdleMs: 1_000 } });
  const romeo = await enterRomeo(stage);
  romeo.send(set("1", "<item jid='juliet@localhost'/>"));
  await romeo.next();
  await romeo.receives(result("1"));
  romeo.disconnect();
  await stage.pass(1_000);
  t.equal(stage.runtime.whereis("romeo@localhost"), undefined);
  const { romeo: again } = await stage.enter("romeo");
  await asksRoster(again, "<item jid='juliet@localhost' subscription='none'/>");
});

test("every client that has asked for the roster is told, no other", async (t) => {
  const stage = await openStage(t);
  const romeo = await enterRomeo(stage);
  const phone = await stage.login("romeo/phone");
  await phone.askRoster();
  const deaf = await stage.login("romeo/deaf");
  romeo.send(set("1", "<item jid='juliet@localhost'/>"));
  const item = "<item jid='juliet@localhost' subscription='none'/>";
  await romeo.receives(pushed(item));
  await romeo.receives(result("1"));
  await phone.receives(pushed(item, "phone"));
  phone.send("<iq type='result' id='x'/>");
  await deaf.receivesNothing();
  await romeo.receivesNothing();
});

test("a client cannot set the subscription", async (t) => {
  const stage = await openStage(t);
  const romeo = await enterRomeo(stage);
  romeo.send(set("1", `<item jid='juliet@localhost' subscription='both' ask='subscribe'
    approved='true'/>`));
  await romeo.receives(pushed("<item jid='juliet@localhost' subscription='none'/>"));
});

test("a change that is wrong is refused, and nobody is told", async (t) => {
  const stage = await openStage(t, { settings: { rosterItemsMax: 1 } });
  const romeo = await enterRomeo(stage);
  const long = "a".repeat(1_024);
  const cases: [string, string, string][] = [
    ["", "modify", "bad-request"],
    ["<item jid='a@localhost'/><item jid='b@localhost'/>", "modify", "bad-request"],
    ["<item/>", "modify", "bad-request"],
    ["<thing jid='a@localhost'/>", "modify", "bad-request"],
    ["<item jid='a@b@c'/>", "modify", "jid-malformed"],
    ["<item jid='romeo@localhost'/>", "cancel", "not-allowed"],
    ["<item jid='a@localhost'><group/></item>", "modify", "not-acceptable"],
    [`<item jid='a@localhost'><group>${long}</group></item>`, "modify", "not-acceptable"],
    [`<item jid='a@localhost' name='${long}'/>`, "modify", "not-acceptable"],
    ["<item jid='a@localhost'><group>A</group><group>A</group></item>", "modify", "bad-request"],
    ["<item jid='a@localhost' subscription='remove'/>", "cancel", "item-not-found"],
  ];
  for (const [item, type, condition] of cases) {
    romeo.send(set("1", item));
    await romeo.receives(`<iq type='error' id='1' from='romeo@localhost' to='romeo@localhost/stage'>
      <error type='${type}'><${condition} xmlns='${ERRORS}'/><_/></error></iq>`);
  }
  romeo.send(set("1", "<item jid='a@localhost'/>"));
  await romeo.next();
  await romeo.receives(result("1"));
  romeo.send(set("2", "<item jid='b@localhost'/>"));
  await romeo.receives(`<iq type='error' id='2' from='romeo@localhost' to='romeo@localhost/stage'>
    <error type='cancel'><not-allowed xmlns='${ERRORS}'/><_/></error></iq>`);
});

test("nobody sees or changes another's roster, whether there is one or not", async (t) => {
  const stage = await openStage(t);
  const { romeo } = await stage.enter("romeo", "juliet");
  for (const to of ["juliet@localhost", "nobody@localhost"]) {
    const refusal = `<iq type='error' id='1' from='${to}' to='romeo@localhost/stage'>
      <error type='auth'><forbidden xmlns='${ERRORS}'/></error></iq>`;
    romeo.send(`<iq type='get' id='1' to='${to}'><query xmlns='jabber:iq:roster'/></iq>`);
    await romeo.receives(refusal);
    romeo.send(`<iq type='set' id='1' to='${to}'><query xmlns='jabber:iq:roster'>
      <item jid='romeo@localhost'/></query></iq>`);
    await romeo.receives(refusal);
  }
});

test("a roster push of another user's making arrives with that user's address", async (t) => {
  const stage = await openStage(t);
  const romeo = await enterRomeo(stage);
  const { juliet } = await stage.enter("juliet");
  const item = `<query xmlns='jabber:iq:roster'><item jid='tybalt@localhost' subscription='both'/>
    </query>`;
  juliet.send(`<iq type='set' id='1' to='romeo@localhost/stage'>${item}</iq>`);
  await romeo.receives(
    `<iq type='set' id='1' from='juliet@localhost/stage' to='romeo@localhost/stage'>${item}</iq>`);
});

test("storage that fails is said so, and the client goes on", async (t) => {
  const stage = await openStage(t);
  const romeo = await enterRomeo(stage);
  await stage.storage.close();
  romeo.send(set("1", "<item jid='juliet@localhost'/>"));
  await romeo.receives(`<iq type='error' id='1' from='romeo@localhost' to='romeo@localhost/stage'>
    <error type='wait'><internal-server-error xmlns='${ERRORS}'/><_/></error></iq>`);
  romeo.send("<iq type='get' id='2'><ping xmlns='urn:xmpp:ping'/></iq>");
  await romeo.receives(result("2"));
});
