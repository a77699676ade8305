// RFC 6120 §8 and §10: addresses, requests and answers.

import { test } from "tap";
import { openStage } from "./stage.ts";

const ERRORS = "urn:ietf:params:xml:ns:xmpp-stanzas";
const PING = "<ping xmlns='urn:xmpp:ping'/>";

test("a forged address ends the stream, and nothing arrives", async (t) => {
  const stage = await openStage(t);
  const { juliet } = await stage.enter("juliet");
  for (const from of [
    "juliet@localhost", "juliet@localhost/stage", "localhost", "romeo@localhost/other",
  ]) {
    const { romeo } = await stage.enter("romeo");
    romeo.send(`<message from='${from}' to='juliet@localhost'><body>Hi</body></message>`);
    await romeo.receivesStreamError("invalid-from");
    await juliet.receivesNothing();
  }
});

test("the client may write its own address, and others always see the full one", async (t) => {
  const stage = await openStage(t);
  const { romeo, juliet } = await stage.enter("romeo", "juliet");
  for (const from of ["romeo@localhost", "romeo@localhost/stage", "ROMEO@localhost/stage"]) {
    romeo.send(`<message from='${from}' to='juliet@localhost'><body>Hi</body></message>`);
    await juliet.receives(`<message from='romeo@localhost/stage' to='juliet@localhost'>
      <body>Hi</body></message>`);
  }
});

test("an address that is none comes back as an error", async (t) => {
  const stage = await openStage(t);
  const { romeo } = await stage.enter("romeo");
  romeo.send("<message to='a@b@c' id='1'><body>Hi</body></message>");
  await romeo.receives(`<message type='error' id='1' from='a@b@c' to='romeo@localhost/stage'>
    <error type='modify'><jid-malformed xmlns='${ERRORS}'/></error></message>`);
});

test("another domain cannot be reached", async (t) => {
  const stage = await openStage(t);
  const { romeo } = await stage.enter("romeo");
  const error = `<error type='cancel'><remote-server-not-found xmlns='${ERRORS}'/></error>`;
  const back = "from='juliet@elsewhere.example' to='romeo@localhost/stage' type='error' id='1'";
  romeo.send("<message to='juliet@elsewhere.example' id='1'><body>Hi</body></message>");
  await romeo.receives(`<message ${back}>${error}</message>`);
  romeo.send(`<iq to='juliet@elsewhere.example' type='get' id='1'>${PING}</iq>`);
  await romeo.receives(`<iq ${back}>${error}</iq>`);
  romeo.send("<presence to='juliet@elsewhere.example' id='1'/>");
  await romeo.receives(`<presence ${back}>${error}</presence>`);
});

test("errors and results are never answered", async (t) => {
  const stage = await openStage(t);
  const { romeo } = await stage.enter("romeo");
  romeo.send("<message to='nobody@localhost' type='error'/>");
  romeo.send("<message to='nobody@elsewhere.example' type='error'/>");
  romeo.send("<iq to='nobody@localhost/x' type='result' id='1'/>");
  romeo.send("<iq to='nobody@localhost/x' type='error' id='1'/>");
  romeo.send("<iq to='localhost' type='result' id='1'/>");
  romeo.send("<iq type='result' id='1'/>");
  await romeo.receivesNothing();
});

test("a request that is malformed is refused", async (t) => {
  const stage = await openStage(t);
  const { romeo } = await stage.enter("romeo");
  const error = `<error type='modify'><bad-request xmlns='${ERRORS}'/></error>`;
  for (const request of [
    "<iq type='get' id='1'/>",
    "<iq type='set' id='1'/>",
    `<iq type='get' id='1'>${PING}${PING}</iq>`,
    `<iq id='1'>${PING}</iq>`,
    `<iq type='shout' id='1'>${PING}</iq>`,
  ]) {
    romeo.send(request);
    await romeo.receives(`<iq type='error' id='1' to='romeo@localhost/stage'>${error}</iq>`);
  }
  romeo.send(`<iq type='get'>${PING}</iq>`);
  await romeo.receives(`<iq type='error' to='romeo@localhost/stage'>${error}</iq>`);
});

test("a request that nobody understands is refused, whoever it is for", async (t) => {
  const stage = await openStage(t);
  const { romeo } = await stage.enter("romeo", "juliet");
  for (const to of [
    "localhost", "localhost/somewhere", "romeo@localhost", "juliet@localhost", "nobody@localhost",
    "nobody@localhost/phone", "juliet@localhost/phone",
  ]) {
    romeo.send(`<iq type='get' id='1' to='${to}'><query xmlns='urn:example'/></iq>`);
    await romeo.receives(`<iq type='error' id='1' from='${to}' to='romeo@localhost/stage'>
      <error type='cancel'><service-unavailable xmlns='${ERRORS}'/></error></iq>`);
  }
});

test("a client's request reaches a client, and its answer comes back", async (t) => {
  const stage = await openStage(t);
  const { romeo, juliet } = await stage.enter("romeo", "juliet");
  romeo.send(`<iq type='get' id='7' to='juliet@localhost/stage'><time xmlns='urn:xmpp:time'/>
    </iq>`);
  await juliet.receives(`<iq type='get' id='7' from='romeo@localhost/stage'
    to='juliet@localhost/stage'>
    <time xmlns='urn:xmpp:time'/></iq>`);
  juliet.send(`<iq type='result' id='7' to='romeo@localhost/stage'>
    <time xmlns='urn:xmpp:time'><utc>1595</utc></time></iq>`);
  await romeo.receives(`<iq type='result' id='7' from='juliet@localhost/stage'
    to='romeo@localhost/stage'>
    <time xmlns='urn:xmpp:time'><utc>1595</utc></time></iq>`);
});

test("an answer carries the address of who gave it, so that it can't be forged", async (t) => {
  const stage = await openStage(t);
  const { romeo, juliet } = await stage.enter("romeo", "juliet");
  juliet.send(`<iq type='result' id='roster' to='romeo@localhost/stage'><query
    xmlns='jabber:iq:roster'/></iq>`);
  await romeo.receives(`<iq type='result' id='roster' from='juliet@localhost/stage'
    to='romeo@localhost/stage'><query xmlns='jabber:iq:roster'/></iq>`);
});

test("stanzas between two clients keep their order, whatever they are", async (t) => {
  const stage = await openStage(t);
  const { romeo, juliet } = await stage.enter("romeo", "juliet");
  for (let count = 0; count < 10; count++) {
    romeo.send(`<message id='m${count}' to='juliet@localhost'><body>Hi</body></message>`);
    romeo.send(`<presence id='p${count}' to='juliet@localhost/stage'/>`);
    romeo.send(`<iq id='i${count}' type='get' to='juliet@localhost/stage'>${PING}</iq>`);
  }
  for (let count = 0; count < 10; count++) {
    await juliet.receives(`<message id='m${count}' from='*' to='*'><body>Hi</body></message>`);
    await juliet.receives(`<presence id='p${count}' from='*' to='*'/>`);
    await juliet.receives(`<iq id='i${count}' type='get' from='*' to='*'>${PING}</iq>`);
  }
});

test("xml:lang of the stream goes with its stanzas, unless they have their own", async (t) => {
  const stage = await openStage(t);
  const { juliet } = await stage.enter("juliet");
  await stage.createAccount("romeo");
  const romeo = stage.connect("romeo");
  await romeo.open();
  romeo.sendPlain("romeo", "secret");
  await romeo.next();
  romeo.send(
    `<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='localhost' version='1.0'
      xml:lang='it'/>`);
  await romeo.next();
  await romeo.next();
  await romeo.bind("stage");
  romeo.send("<message to='juliet@localhost'><body>Ciao</body></message>");
  await juliet.receives(`<message from='romeo@localhost/stage' to='juliet@localhost' xml:lang='it'>
    <body>Ciao</body></message>`);
  romeo.send("<message to='juliet@localhost' xml:lang='en'><body>Hi</body></message>");
  await juliet.receives(`<message from='romeo@localhost/stage' to='juliet@localhost' xml:lang='en'>
    <body>Hi</body></message>`);
});
