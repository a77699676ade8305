// RFC 6120 §4 and RFC 7395: streams, their ends and their errors.

import { test } from "tap";
import { childNamed } from "../../host/xmpp/xml/element.ts";
import { openStage } from "./stage.ts";

const OPEN = "urn:ietf:params:xml:ns:xmpp-framing";
const HEADER = `<open xmlns='${OPEN}' from='localhost' id='*' version='1.0' xml:lang='en'/>`;

test("a stream opens with a header and features", async (t) => {
  const stage = await openStage(t);
  const romeo = stage.connect("romeo");
  const features = await romeo.open();
  t.equal(features.name, "features");
  t.ok(childNamed(features, "mechanisms", "urn:ietf:params:xml:ns:xmpp-sasl"));
  t.ok(childNamed(features, "register", "http://jabber.org/features/iq-register"));
  t.notOk(childNamed(features, "bind", "urn:ietf:params:xml:ns:xmpp-bind"));
});

test("two streams have different ids that nobody can guess", async (t) => {
  const stage = await openStage(t);
  const ids = new Set<string>();
  for (let count = 0; count < 20; count++) {
    const client = stage.connect("client");
    client.send(`<open xmlns='${OPEN}' to='localhost' version='1.0'/>`);
    ids.add((await client.receives(HEADER)).attributes["id"]!);
  }
  t.equal(ids.size, 20);
  for (const id of ids) t.ok(id.length >= 16);
});

test("the domain is compared without regard to case", async (t) => {
  const stage = await openStage(t);
  const romeo = stage.connect("romeo");
  t.equal((await romeo.open("LocalHost")).name, "features");
});

test("a client closes its stream: the server closes too, and the connection", async (t) => {
  const stage = await openStage(t);
  const { romeo } = await stage.enter("romeo");
  romeo.send(`<close xmlns='${OPEN}'/>`);
  await romeo.receives(`<close xmlns='${OPEN}'/>`);
  t.ok(romeo.isClosed);
});

test("a stream header that is wrong gets the error that says so", async (t) => {
  const stage = await openStage(t);
  const cases: [string, string][] = [
    [`<open xmlns='${OPEN}' to='elsewhere.example' version='1.0'/>`, "host-unknown"],
    [`<open xmlns='${OPEN}' version='1.0'/>`, "improper-addressing"],
    [`<open xmlns='${OPEN}' to='localhost'/>`, "unsupported-version"],
    [`<open xmlns='${OPEN}' to='localhost' version='0.9'/>`, "unsupported-version"],
    [`<open xmlns='urn:example' to='localhost' version='1.0'/>`, "invalid-namespace"],
    ["<message><body>Hi</body></message>", "bad-format"],
    ["<open", "not-well-formed"],
    ["hello", "not-well-formed"],
  ];
  for (const [frame, condition] of cases) {
    const client = stage.connect(frame);
    client.send(frame);
    await client.receives(HEADER);
    await client.receivesStreamError(condition);
  }
});

test("XML that RFC 6120 forbids ends the stream", async (t) => {
  const stage = await openStage(t);
  const cases: [string, string][] = [
    ["<!-- hello --><message xmlns='jabber:client'/>", "restricted-xml"],
    ["<message xmlns='jabber:client'><!-- hello --></message>", "restricted-xml"],
    ["<?php echo ?><message xmlns='jabber:client'/>", "restricted-xml"],
    ["<!DOCTYPE message [<!ENTITY a 'b'>]><message xmlns='jabber:client'>&a;</message>",
      "restricted-xml"],
    ["<message xmlns='jabber:client'><body></message>", "not-well-formed"],
    ["<presence xmlns='jabber:client'/><presence xmlns='jabber:client'/>", "not-well-formed"],
    ["<message/>", "invalid-namespace"],
    ["<message xmlns='jabber:server'/>", "invalid-namespace"],
    ["<letter xmlns='jabber:client'/>", "unsupported-stanza-type"],
    ["<message xmlns='urn:example'/>", "unsupported-stanza-type"],
    [`<open xmlns='${OPEN}' to='localhost' version='1.0'/>`, "policy-violation"],
  ];
  for (const [frame, condition] of cases) {
    const { romeo } = await stage.enter("romeo");
    romeo.sendRaw(frame);
    await romeo.receivesStreamError(condition);
  }
});

test("a frame that is too large ends the stream, earlier before authentication", async (t) => {
  const settings = { frameBytesBeforeAuthentication: 1_000, frameBytes: 2_000 };
  const stage = await openStage(t, { settings });
  const stranger = stage.connect("stranger");
  await stranger.open();
  stranger.send(`<iq type='get' id='1'><query
    xmlns='jabber:iq:register'>${"a".repeat(1_000)}</query></iq>`);
  await stranger.receivesStreamError("policy-violation");
  const { romeo } = await stage.enter("romeo");
  romeo.send(`<message to='romeo@localhost/stage'><body>${"a".repeat(1_500)}</body></message>`);
  await romeo.next();
  romeo.send(`<message to='romeo@localhost/stage'><body>${"a".repeat(2_500)}</body></message>`);
  await romeo.receivesStreamError("policy-violation");
});

test("who does not authenticate in time is disconnected", async (t) => {
  const stage = await openStage(t, { settings: { authenticationTimeoutMs: 1_000 } });
  const { romeo } = await stage.enter("romeo");
  const silent = stage.connect("silent");
  const slow = stage.connect("slow");
  await slow.open();
  await stage.pass(999);
  t.notOk(slow.isClosed);
  await stage.pass(1);
  await silent.receives(HEADER);
  await silent.receivesStreamError("connection-timeout");
  await slow.receivesStreamError("connection-timeout");
  await romeo.receivesNothing();
  t.notOk(romeo.isClosed);
});

test("the server stops: every client is told, then all connections are closed", async (t) => {
  const stage = await openStage(t);
  const { romeo, juliet } = await stage.enter("romeo", "juliet");
  const stranger = stage.connect("stranger");
  await stranger.open();
  await stage.xmpp.stop();
  for (const client of [romeo, juliet, stranger]) {
    await client.receivesStreamError("system-shutdown");
  }
  t.equal(stage.xmpp.connections, 0);
});

test("a connection after the server has stopped is closed", async (t) => {
  const stage = await openStage(t);
  await stage.xmpp.stop();
  const late = stage.connect("late");
  await late.receives(HEADER);
  await late.receivesStreamError("system-shutdown");
});

test("a stream header with another's address is refused after authentication", async (t) => {
  const stage = await openStage(t);
  await stage.createAccount("romeo");
  const romeo = stage.connect("romeo");
  await romeo.open();
  romeo.sendPlain("romeo", "secret");
  await romeo.receives("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
  romeo.send(`<open xmlns='${OPEN}' from='juliet@localhost' to='localhost' version='1.0'/>`);
  await romeo.receives(
    `<open xmlns='${OPEN}' from='localhost' to='romeo@localhost' id='*' version='1.0'
      xml:lang='en'/>`);
  await romeo.receivesStreamError("invalid-from");
});
