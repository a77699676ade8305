// XEP-0030: Service Discovery

import { test } from "tap";
import { modules } from "../../host/xmpp/modules/index.ts";
import { elementsOf, firstElement } from "../../host/xmpp/xml/element.ts";
import { openStage } from "./stage.ts";

const INFO = "http://jabber.org/protocol/disco#info";
const ITEMS = "http://jabber.org/protocol/disco#items";

function refusal(from: string, condition: string): string {
  return `<iq type='error' id='1' from='${from}' to='romeo@localhost/stage'><error type='cancel'>
    <${condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>`;
}

test("the server says what it is and what its modules declare", async (t) => {
  const stage = await openStage(t);
  const { romeo } = await stage.enter("romeo");
  romeo.send(`<iq type='get' id='1' to='localhost'><query xmlns='${INFO}'/></iq>`);
  const info = await romeo.receives(`<iq type='result' id='1' from='localhost'
    to='romeo@localhost/stage'>
    <query xmlns='${INFO}'><identity category='server' type='im' name='Pidgeon'/><_/></query>
    </iq>`);
  const features = elementsOf(firstElement(info)!)
    .filter(({ name }) => name === "feature").map(({ attributes }) => attributes["var"]);
  const declared = new Set(modules.flatMap((module) => module.features ?? []));
  t.same(features, [...declared].sort());
  for (const feature of [INFO, ITEMS, "urn:xmpp:ping", "jabber:iq:register"]) {
    t.ok(features.includes(feature), feature);
  }
});

test("a module that is unloaded disappears, and works again when it is loaded", async (t) => {
  const stage = await openStage(t);
  const { romeo } = await stage.enter("romeo");
  const ping = modules.find(({ name }) => name === "xep-0199-ping")!;
  const ask = "<iq type='get' id='1' to='localhost'><ping xmlns='urn:xmpp:ping'/></iq>";
  await stage.xmpp.unload("xep-0199-ping");
  romeo.send(ask);
  await romeo.receives(refusal("localhost", "service-unavailable"));
  romeo.send(`<iq type='get' id='2' to='localhost'><query xmlns='${INFO}'/></iq>`);
  t.notMatch(await romeo.next(), /urn:xmpp:ping/);
  await stage.xmpp.load(ping);
  romeo.send(ask);
  await romeo.receives("<iq type='result' id='1' from='localhost' to='romeo@localhost/stage'/>");
});

test("the server has no items and no nodes", async (t) => {
  const stage = await openStage(t);
  const { romeo } = await stage.enter("romeo");
  romeo.send(`<iq type='get' id='1' to='localhost'><query xmlns='${ITEMS}'/></iq>`);
  await romeo.receives(`<iq type='result' id='1' from='localhost' to='romeo@localhost/stage'>
    <query xmlns='${ITEMS}'/></iq>`);
  for (const xmlns of [INFO, ITEMS]) {
    romeo.send(`<iq type='get' id='1' to='localhost'><query xmlns='${xmlns}' node='x'/></iq>`);
    await romeo.receives(refusal("localhost", "item-not-found"));
  }
});

test("an account is described to its user and contacts; strangers learn nothing", async (t) => {
  const stage = await openStage(t);
  await stage.befriend("romeo", "juliet");
  const { romeo } = await stage.enter("romeo", "juliet", "tybalt");
  romeo.forget();
  for (const to of ["romeo@localhost", "juliet@localhost"]) {
    romeo.send(`<iq type='get' id='1' to='${to}'><query xmlns='${INFO}'/></iq>`);
    await romeo.receives(`<iq type='result' id='1' from='${to}' to='romeo@localhost/stage'>
      <query xmlns='${INFO}'><identity category='account' type='registered'/><_/></query></iq>`);
    romeo.send(`<iq type='get' id='1' to='${to}'><query xmlns='${ITEMS}'/></iq>`);
    await romeo.receives(`<iq type='result' id='1' from='${to}' to='romeo@localhost/stage'>
      <query xmlns='${ITEMS}'><item jid='${to}/stage'/></query></iq>`);
    romeo.send(`<iq type='get' id='1' to='${to}'><query xmlns='${INFO}' node='x'/></iq>`);
    await romeo.receives(refusal(to, "item-not-found"));
  }
  for (const to of ["tybalt@localhost", "nobody@localhost"]) {
    for (const xmlns of [INFO, ITEMS]) {
      romeo.send(`<iq type='get' id='1' to='${to}'><query xmlns='${xmlns}'/></iq>`);
      await romeo.receives(refusal(to, "service-unavailable"));
    }
  }
});
