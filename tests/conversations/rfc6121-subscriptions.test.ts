// RFC 6121 §3: asking for another's presence, granting it, ending it.

import { test } from "tap";
import { type Client, openStage, settled, type Stage } from "./stage.ts";

function push(user: string, item: string): string {
  return `<iq type='set' id='*' to='${user}@localhost/stage'>
    <query xmlns='jabber:iq:roster'><item ${item}/></query></iq>`;
}

function presence(type: string, from: string, to: string): string {
  return `<presence type='${type}' from='${from}@localhost' to='${to}@localhost'/>`;
}

const JULIET = "jid='juliet@localhost'";
const ROMEO = "jid='romeo@localhost'";

async function enterBoth(stage: Stage): Promise<{ romeo: Client; juliet: Client }> {
  const both = await stage.enter("romeo", "juliet");
  await both.romeo.askRoster();
  await both.juliet.askRoster();
  return both;
}

/** Romeo sees Juliet and she him. */
async function enterFriends(stage: Stage): Promise<{ romeo: Client; juliet: Client }> {
  await stage.befriend("romeo", "juliet");
  const both = await enterBoth(stage);
  await settled();
  both.romeo.forget();
  both.juliet.forget();
  return both;
}

test("Romeo asks, Juliet grants: he sees her presence, she does not see his", async (t) => {
  const stage = await openStage(t);
  const { romeo, juliet } = await enterBoth(stage);
  romeo.send(`<presence type='subscribe' to='juliet@localhost/stage' id='1'>
    <status>It is I</status></presence>`);
  await romeo.receives(push("romeo", `${JULIET} subscription='none' ask='subscribe'`));
  await juliet.receives(`<presence type='subscribe' from='romeo@localhost' to='juliet@localhost'
    id='1'>
    <status>It is I</status></presence>`);
  await juliet.receivesNothing();
  juliet.send("<presence type='subscribed' to='romeo@localhost'/>");
  await juliet.receives(push("juliet", `${ROMEO} subscription='from'`));
  await romeo.receives(presence("subscribed", "juliet", "romeo"));
  await romeo.receives(push("romeo", `${JULIET} subscription='to'`));
  await romeo.receives("<presence from='juliet@localhost/stage' to='romeo@localhost'/>");
  romeo.send("<presence><show>away</show></presence>");
  await juliet.receivesNothing();
  juliet.send("<presence><show>dnd</show></presence>");
  await romeo.receivesAll(
    "<presence from='romeo@localhost/stage' to='romeo@localhost'><show>away</show></presence>",
    "<presence from='juliet@localhost/stage' to='romeo@localhost'><show>dnd</show></presence>");
});

test("both ask and grant: both see each other", async (t) => {
  const stage = await openStage(t);
  const { romeo, juliet } = await enterBoth(stage);
  romeo.send("<presence type='subscribe' to='juliet@localhost'/>");
  await settled();
  juliet.send("<presence type='subscribed' to='romeo@localhost'/>");
  juliet.send("<presence type='subscribe' to='romeo@localhost'/>");
  await settled();
  romeo.send("<presence type='subscribed' to='juliet@localhost'/>");
  await settled();
  romeo.forget();
  juliet.forget();
  t.equal((await stage.storage.roster.load("romeo@localhost")).items[0]?.subscription, "both");
  t.equal((await stage.storage.roster.load("juliet@localhost")).items[0]?.subscription, "both");
  romeo.send("<presence/>");
  await juliet.receives("<presence from='romeo@localhost/stage' to='juliet@localhost'/>");
});

test("Juliet refuses", async (t) => {
  const stage = await openStage(t);
  const { romeo, juliet } = await enterBoth(stage);
  romeo.send("<presence type='subscribe' to='juliet@localhost'/>");
  await romeo.next();
  await juliet.next();
  juliet.send("<presence type='unsubscribed' to='romeo@localhost'/>");
  await romeo.receives(presence("unsubscribed", "juliet", "romeo"));
  await romeo.receives(push("romeo", `${JULIET} subscription='none'`));
  await juliet.receivesNothing();
  t.same(await stage.storage.pending.list("juliet@localhost"), []);
});

test("a request waits until Juliet comes, also over a restart of her account", async (t) => {
  const stage = await openStage(t, { settings: { accountIdleMs: 1_000 } });
  await stage.createAccount("juliet");
  const { romeo } = await stage.enter("romeo");
  romeo.send(`<presence type='subscribe' to='juliet@localhost'><status>It is I</status>
    </presence>`);
  await stage.pass(1_000);
  t.equal(stage.runtime.whereis("juliet@localhost"), undefined);
  for (let time = 0; time < 2; time++) {
    const juliet = await stage.login("juliet");
    juliet.send("<presence/>");
    const request = `<presence type='subscribe' from='romeo@localhost' to='juliet@localhost'>
      <status>It is I</status></presence>`;
    await juliet.receives(request);
    await juliet.receives("<presence from='juliet@localhost/stage' to='juliet@localhost'/>");
    juliet.send("<presence><show>away</show></presence>");
    await juliet.next();
    await juliet.receivesNothing();
    juliet.disconnect();
    await stage.pass(1_000);
  }
});

test("a request that is repeated is shown once", async (t) => {
  const stage = await openStage(t);
  const { romeo, juliet } = await enterBoth(stage);
  romeo.send("<presence type='subscribe' to='juliet@localhost'/>");
  romeo.send("<presence type='subscribe' to='juliet@localhost'/>");
  await juliet.receives(presence("subscribe", "romeo", "juliet"));
  await juliet.receivesNothing();
});

test("Juliet withdraws what she granted: Romeo sees her leave", async (t) => {
  const stage = await openStage(t);
  const { romeo, juliet } = await enterFriends(stage);
  juliet.send("<presence type='unsubscribed' to='romeo@localhost'/>");
  await romeo.receives(
    "<presence type='unavailable' from='juliet@localhost/stage' to='romeo@localhost'/>");
  await romeo.receives(presence("unsubscribed", "juliet", "romeo"));
  await romeo.receives(push("romeo", `${JULIET} subscription='from'`));
  await juliet.receives(push("juliet", `${ROMEO} subscription='to'`));
  juliet.send("<presence/>");
  await romeo.receivesNothing();
});

test("Romeo no longer wants to see Juliet: he sees her leave", async (t) => {
  const stage = await openStage(t);
  const { romeo, juliet } = await enterFriends(stage);
  romeo.send("<presence type='unsubscribe' to='juliet@localhost'/>");
  await romeo.receives(push("romeo", `${JULIET} subscription='from'`));
  await juliet.receives(presence("unsubscribe", "romeo", "juliet"));
  await juliet.receives(push("juliet", `${ROMEO} subscription='to'`));
  await romeo.receives(
    "<presence type='unavailable' from='juliet@localhost/stage' to='romeo@localhost'/>");
});

test("removing a contact ends both subscriptions", async (t) => {
  const stage = await openStage(t);
  const { romeo, juliet } = await enterFriends(stage);
  romeo.send("<iq type='set' id='1'><query xmlns='jabber:iq:roster'>" +
    "<item jid='juliet@localhost' subscription='remove'/></query></iq>");
  await romeo.receives(push("romeo", `${JULIET} subscription='remove'`));
  await romeo.receives(`<iq type='result' id='1' from='romeo@localhost'
    to='romeo@localhost/stage'/>`);
  await juliet.receives(presence("unsubscribe", "romeo", "juliet"));
  await juliet.receives(push("juliet", `${ROMEO} subscription='to'`));
  await juliet.receives(
    "<presence type='unavailable' from='romeo@localhost/stage' to='juliet@localhost'/>");
  await juliet.receives(presence("unsubscribed", "romeo", "juliet"));
  await juliet.receives(push("juliet", `${ROMEO} subscription='none'`));
});

test("what was approved before is granted at once", async (t) => {
  const stage = await openStage(t);
  const { romeo, juliet } = await enterBoth(stage);
  juliet.send("<presence type='subscribed' to='romeo@localhost'/>");
  await juliet.receives(push("juliet", `${ROMEO} subscription='none' approved='true'`));
  await romeo.receivesNothing();
  romeo.send("<presence type='subscribe' to='juliet@localhost'/>");
  await romeo.receives(push("romeo", `${JULIET} subscription='none' ask='subscribe'`));
  await juliet.receives(push("juliet", `${ROMEO} subscription='from'`));
  await romeo.receives(presence("subscribed", "juliet", "romeo"));
  await romeo.receives(push("romeo", `${JULIET} subscription='to'`));
  await romeo.receives("<presence from='juliet@localhost/stage' to='romeo@localhost'/>");
});

test("a grant that nobody asked for changes nothing", async (t) => {
  const stage = await openStage(t);
  const { romeo, juliet } = await enterBoth(stage);
  juliet.send("<presence type='subscribed' to='romeo@localhost'/>");
  juliet.send("<presence type='unsubscribed' to='romeo@localhost'/>");
  await romeo.receivesNothing();
  t.same((await stage.storage.roster.load("romeo@localhost")).items, []);
});

test("a subscription to oneself is ignored", async (t) => {
  const stage = await openStage(t);
  const { romeo } = await enterBoth(stage);
  romeo.send("<presence type='subscribe' to='romeo@localhost'/>");
  romeo.send("<presence type='subscribe'/>");
  await romeo.receivesNothing();
});
