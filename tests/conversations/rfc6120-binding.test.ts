// RFC 6120 §7: resources, and who has one already.

import { test } from "tap";
import { openStage } from "./stage.ts";

const BIND = "urn:ietf:params:xml:ns:xmpp-bind";
const ERRORS = "urn:ietf:params:xml:ns:xmpp-stanzas";

test("Romeo binds the resource that he asks for", async (t) => {
  const stage = await openStage(t);
  await stage.createAccount("romeo");
  const romeo = stage.connect("romeo");
  await romeo.authenticate("romeo");
  t.equal(await romeo.bind("garden"), "romeo@localhost/garden");
});

test("the server makes a resource up that nobody can guess", async (t) => {
  const stage = await openStage(t);
  await stage.createAccount("romeo");
  const jids = new Set<string>();
  for (let count = 0; count < 3; count++) {
    const romeo = stage.connect("romeo");
    await romeo.authenticate("romeo");
    jids.add(await romeo.bind());
  }
  t.equal(jids.size, 3);
  for (const jid of jids) t.match(jid, /^romeo@localhost\/[\w-]{12,}$/);
});

test("a second session takes the resource over, the first ends with a conflict", async (t) => {
  const stage = await openStage(t);
  const { juliet } = await stage.enter("juliet");
  const first = await stage.login("romeo/garden");
  first.send("<presence to='juliet@localhost'/>");
  await juliet.receives("<presence from='romeo@localhost/garden' to='juliet@localhost'/>");
  const second = await stage.login("romeo/garden");
  await first.receivesStreamError("conflict");
  await juliet.receives(
    "<presence type='unavailable' from='romeo@localhost/garden' to='juliet@localhost'/>");
  juliet.send("<message to='romeo@localhost/garden'><body>Who is it?</body></message>");
  await second.receives(`<message from='juliet@localhost/stage' to='romeo@localhost/garden'>
    <body>Who is it?</body></message>`);
});

test("a resource that is not valid is refused, and another can be asked for", async (t) => {
  const stage = await openStage(t);
  await stage.createAccount("romeo");
  const romeo = stage.connect("romeo");
  await romeo.authenticate("romeo");
  romeo.send(`<iq type='set' id='1'><bind xmlns='${BIND}'><resource>${"a".repeat(1_100)
  }</resource></bind></iq>`);
  await romeo.receives(`<iq type='error' id='1'><error type='modify'><bad-request
    xmlns='${ERRORS}'/>
    <_/></error></iq>`);
  t.equal(await romeo.bind("garden"), "romeo@localhost/garden");
});

test("one stream has one resource", async (t) => {
  const stage = await openStage(t);
  const { romeo } = await stage.enter("romeo");
  romeo.send(`<iq type='set' id='1'><bind xmlns='${BIND}'/></iq>`);
  await romeo.receives(`<iq type='error' id='1' from='romeo@localhost' to='romeo@localhost/stage'>
    <error type='cancel'><not-allowed xmlns='${ERRORS}'/></error></iq>`);
});

test("an account has so many resources and no more", async (t) => {
  const stage = await openStage(t, { settings: { resourcesPerAccount: 2 } });
  await stage.login("romeo/one");
  await stage.login("romeo/two");
  const third = stage.connect("third");
  await third.authenticate("romeo");
  third.send(`<iq type='set' id='1'><bind xmlns='${BIND}'/></iq>`);
  await third.receives(`<iq type='error' id='1'><error type='wait'>
    <resource-constraint xmlns='${ERRORS}'/></error></iq>`);
});

test("old clients may ask for a session", async (t) => {
  const stage = await openStage(t);
  const { romeo } = await stage.enter("romeo");
  const request = "<session xmlns='urn:ietf:params:xml:ns:xmpp-session'/>";
  romeo.send(`<iq type='set' id='1' to='localhost'>${request}</iq>`);
  await romeo.receives("<iq type='result' id='1' from='localhost' to='romeo@localhost/stage'/>");
  romeo.send(`<iq type='set' id='2'>${request}</iq>`);
  await romeo.receives(`<iq type='result' id='2' from='romeo@localhost'
    to='romeo@localhost/stage'/>`);
});

test("without a resource no message leaves", async (t) => {
  const stage = await openStage(t);
  await stage.createAccount("romeo");
  const romeo = stage.connect("romeo");
  await romeo.authenticate("romeo");
  romeo.send("<message to='juliet@localhost'><body>Hi</body></message>");
  await romeo.receivesStreamError("not-authorized");
});
