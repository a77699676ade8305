// XEP-0077: In-Band Registration

import { test } from "tap";
import { childNamed } from "../../host/xmpp/xml/element.ts";
import { type Client, openStage, settled } from "./stage.ts";

const REGISTER = "jabber:iq:register";

function registers(client: Client, name: string, password: string): void {
  client.send(`<iq type='set' id='reg'><query xmlns='${REGISTER}'>
    <username>${name}</username><password>${password}</password></query></iq>`);
}

function refusal(type: string, condition: string, to = ""): string {
  const address = to === "" ? "" : "to='romeo@localhost/stage' from='*'";
  return `<iq type='error' id='reg' ${address}><error type='${type}'>
    <${condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><_/></error></iq>`;
}

const DONE = "<iq type='result' id='reg'/>";

test("Bill registers and logs in on the same stream", async (t) => {
  const stage = await openStage(t);
  const bill = stage.connect("bill");
  await bill.open();
  bill.send(`<iq type='get' id='1'><query xmlns='${REGISTER}'/></iq>`);
  await bill.receives(`<iq type='result' id='1'><query xmlns='${REGISTER}'>
    <instructions>*</instructions><username/><password/></query></iq>`);
  registers(bill, "Bill", "Calliope");
  await bill.receives(DONE);
  bill.sendPlain("bill", "Calliope");
  await bill.receives("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
  await bill.open();
  t.equal(await bill.bind("globe"), "bill@localhost/globe");
});

test("a request to the domain is the same, and is answered by it", async (t) => {
  const stage = await openStage(t);
  const bill = stage.connect("bill");
  await bill.open();
  bill.send(`<iq type='get' id='1' to='localhost'><query xmlns='${REGISTER}'/></iq>`);
  await bill.receives(`<iq type='result' id='1' from='localhost'>
    <query xmlns='${REGISTER}'><_/></query></iq>`);
});

test("a registration that is wrong is refused with the reason", async (t) => {
  const stage = await openStage(t);
  await stage.createAccount("romeo");
  const client = stage.connect("client");
  await client.open();
  registers(client, "romeo", "x");
  await client.receives(refusal("cancel", "conflict"));
  registers(client, "ROMEO", "x");
  await client.receives(refusal("cancel", "conflict"));
  registers(client, "", "x");
  await client.receives(refusal("modify", "not-acceptable"));
  registers(client, "bill", "");
  await client.receives(refusal("modify", "not-acceptable"));
  registers(client, "b@d", "x");
  await client.receives(refusal("modify", "jid-malformed"));
  client.send(`<iq type='set' id='reg'><query xmlns='${REGISTER}'><remove/></query></iq>`);
  await client.receives(refusal("wait", "unexpected-request"));
});

test("one stream registers one account", async (t) => {
  const stage = await openStage(t);
  const client = stage.connect("client");
  await client.open();
  registers(client, "one", "x");
  await client.receives(DONE);
  registers(client, "two", "x");
  await client.receives(refusal("modify", "not-acceptable"));
});

test("one address registers so many accounts in a while", async (t) => {
  const settings = { registrationsPerAddress: 2, registrationPeriodMs: 1_000 };
  const stage = await openStage(t, { settings });
  const register = async (name: string, address: string, expected: string) => {
    const client = stage.connect(name, { address });
    await client.open();
    registers(client, name, "x");
    await client.receives(expected);
  };
  await register("a", "192.0.2.1", DONE);
  await register("b", "192.0.2.1", DONE);
  await register("c", "192.0.2.1", refusal("wait", "not-acceptable"));
  await register("d", "192.0.2.2", DONE);
  await stage.pass(1_000);
  await register("c", "192.0.2.1", DONE);
});

test("the limit can be switched off", async (t) => {
  const stage = await openStage(t, { settings: { registrationsPerAddress: Infinity } });
  for (let count = 0; count < 10; count++) {
    const client = stage.connect("client");
    await client.open();
    registers(client, `user${count}`, "x");
    await client.receives(DONE);
  }
});

test("registration can be closed, and is over a connection that others can read", async (t) => {
  const closed = await openStage(t, { settings: { registration: false } });
  const open = await openStage(t);
  for (const client of [
    closed.connect("client"), open.connect("client", { loopback: false, secure: false }),
  ]) {
    const features = await client.open();
    t.notOk(childNamed(features, "register", "http://jabber.org/features/iq-register"));
    registers(client, "bill", "x");
    await client.receives(refusal("cancel", "service-unavailable").replace("<_/>", ""));
  }
});

test("Romeo changes his password", async (t) => {
  const stage = await openStage(t);
  const { romeo } = await stage.enter("romeo");
  for (const [index, to] of ["", "to='localhost'"].entries()) {
    romeo.send(`<iq type='set' id='reg' ${to}><query xmlns='${REGISTER}'>
      <username>romeo</username><password>new${index}</password></query></iq>`);
    await romeo.receives("<iq type='result' id='reg' from='*' to='romeo@localhost/stage'/>");
  }
  const again = stage.connect("again");
  await again.open();
  again.sendPlain("romeo", "secret");
  await again.receives(
    "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>");
  again.sendPlain("romeo", "new1");
  await again.receives("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
});

test("nobody changes another's password or removes another's account", async (t) => {
  const stage = await openStage(t);
  const { romeo } = await stage.enter("romeo", "juliet");
  romeo.send(`<iq type='set' id='reg'><query xmlns='${REGISTER}'>
    <username>juliet</username><password>x</password></query></iq>`);
  await romeo.receives(refusal("cancel", "not-allowed", "romeo"));
  romeo.send(`<iq type='set' id='reg' to='juliet@localhost'><query xmlns='${REGISTER}'>
    <remove/></query></iq>`);
  await romeo.receives(refusal("auth", "forbidden", "romeo").replace("<_/>", ""));
  t.ok(await stage.storage.accounts.get("juliet@localhost"));
});

test("Romeo asks what is registered: his name, not his password", async (t) => {
  const stage = await openStage(t);
  const { romeo } = await stage.enter("romeo");
  for (const to of ["", "to='localhost'"]) {
    romeo.send(`<iq type='get' id='1' ${to}><query xmlns='${REGISTER}'/></iq>`);
    await romeo.receives(`<iq type='result' id='1' from='*' to='romeo@localhost/stage'>
      <query xmlns='${REGISTER}'><registered/><username>romeo</username><password/></query></iq>`);
  }
});

test("Romeo removes his account: his sessions end, Juliet loses him", async (t) => {
  const stage = await openStage(t);
  await stage.befriend("romeo", "juliet");
  const { romeo, juliet } = await stage.enter("romeo", "juliet");
  const phone = await stage.login("romeo/phone");
  await juliet.askRoster();
  romeo.forget();
  romeo.send(`<iq type='set' id='reg'><query xmlns='${REGISTER}'><remove/></query></iq>`);
  await romeo.receives(
    "<iq type='result' id='reg' from='romeo@localhost' to='romeo@localhost/stage'/>");
  await romeo.receivesStreamError("not-authorized");
  await phone.receivesStreamError("not-authorized");
  const gone = (type: string) => `<presence type='${type}' from='romeo@localhost'
    to='juliet@localhost'/>`;
  const push = (subscription: string) => `<iq type='set' id='*' to='juliet@localhost/stage'>
    <query xmlns='jabber:iq:roster'><item jid='romeo@localhost' subscription='${subscription}'/>
    </query></iq>`;
  await juliet.receives(gone("unsubscribe"));
  await juliet.receives(push("to"));
  await juliet.receives(
    "<presence type='unavailable' from='romeo@localhost/stage' to='juliet@localhost'/>");
  await juliet.receives(gone("unsubscribed"));
  await juliet.receives(push("none"));
  await settled();
  t.equal(await stage.storage.accounts.get("romeo@localhost"), undefined);
  const again = stage.connect("again");
  await again.open();
  again.sendPlain("romeo", "secret");
  await again.receives(
    "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>");
});
