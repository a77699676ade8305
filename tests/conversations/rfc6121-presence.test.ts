// RFC 6121 §4: who is there, and who is told.

import { test } from "tap";
import { openStage, settled } from "./stage.ts";

const ERRORS = "urn:ietf:params:xml:ns:xmpp-stanzas";

test("initial presence goes to contacts and own clients, and shows theirs", async (t) => {
  const stage = await openStage(t);
  await stage.befriend("romeo", "juliet");
  const { juliet, phone } = await stage.enter("juliet/stage", "romeo/phone")
    .then((all) => ({ juliet: all["juliet/stage"], phone: all["romeo/phone"] }));
  await settled();
  juliet.forget();
  phone.forget();
  const romeo = await stage.login("romeo/stage");
  romeo.send("<presence><show>chat</show></presence>");
  const own = `<presence from='romeo@localhost/stage' to='romeo@localhost'><show>chat</show>
    </presence>`;
  await romeo.receives(own);
  await romeo.receives("<presence from='romeo@localhost/phone' to='romeo@localhost/stage'/>");
  await romeo.receives("<presence from='juliet@localhost/stage' to='romeo@localhost/stage'/>");
  await phone.receives(own);
  await phone.receivesNothing();
  await juliet.receives(
    "<presence from='romeo@localhost/stage' to='juliet@localhost'><show>chat</show></presence>");
  await juliet.receivesNothing();
});

test("later presence is not a greeting", async (t) => {
  const stage = await openStage(t);
  await stage.befriend("romeo", "juliet");
  const { romeo, juliet } = await stage.enter("romeo", "juliet");
  await settled();
  romeo.forget();
  romeo.send("<presence><show>away</show></presence>");
  await romeo.receives(
    "<presence from='romeo@localhost/stage' to='romeo@localhost'><show>away</show></presence>");
  await romeo.receivesNothing();
  await juliet.receives(
    "<presence from='romeo@localhost/stage' to='juliet@localhost'><show>away</show></presence>");
});

test("strangers are told nothing", async (t) => {
  const stage = await openStage(t);
  const { romeo, juliet } = await stage.enter("romeo", "juliet");
  romeo.send("<presence><show>away</show></presence>");
  await romeo.next();
  await juliet.receivesNothing();
});

test("Romeo says goodbye: contacts and own clients hear it with his words", async (t) => {
  const stage = await openStage(t);
  await stage.befriend("romeo", "juliet");
  const { romeo, juliet } = await stage.enter("romeo", "juliet");
  const phone = await stage.login("romeo/phone");
  phone.send("<presence/>");
  await settled();
  for (const client of [romeo, juliet, phone]) client.forget();
  romeo.send("<presence type='unavailable'><status>Parting</status></presence>");
  const goodbye = (to: string) => `<presence type='unavailable' from='romeo@localhost/stage'
    to='${to}'>
    <status>Parting</status></presence>`;
  await romeo.receives(goodbye("romeo@localhost"));
  await phone.receives(goodbye("romeo@localhost"));
  await juliet.receives(goodbye("juliet@localhost"));
  romeo.disconnect();
  await juliet.receivesNothing();
});

test("Romeo's connection breaks: contacts and own clients are told once", async (t) => {
  const stage = await openStage(t);
  await stage.befriend("romeo", "juliet");
  const { romeo, juliet } = await stage.enter("romeo", "juliet");
  const phone = await stage.login("romeo/phone");
  phone.send("<presence/>");
  await settled();
  for (const client of [romeo, juliet, phone]) client.forget();
  romeo.disconnect();
  await juliet.receives(`<presence type='unavailable' from='romeo@localhost/stage'
    to='juliet@localhost'/>`);
  await phone.receives(`<presence type='unavailable' from='romeo@localhost/stage'
    to='romeo@localhost'/>`);
  await juliet.receivesNothing();
  await phone.receivesNothing();
});

test("a client that has not sent presence leaves unnoticed", async (t) => {
  const stage = await openStage(t);
  await stage.befriend("romeo", "juliet");
  const { juliet } = await stage.enter("juliet");
  const romeo = await stage.login("romeo");
  romeo.disconnect();
  await juliet.receivesNothing();
});

test("directed presence reaches a stranger, and so does its end", async (t) => {
  const stage = await openStage(t);
  const { romeo, juliet } = await stage.enter("romeo", "juliet");
  romeo.send("<presence to='juliet@localhost/stage'><show>chat</show></presence>");
  await juliet.receives(`<presence from='romeo@localhost/stage' to='juliet@localhost/stage'>
    <show>chat</show></presence>`);
  romeo.send("<presence><show>away</show></presence>");
  await juliet.receivesNothing();
  romeo.disconnect();
  await juliet.receives(
    "<presence type='unavailable' from='romeo@localhost/stage' to='juliet@localhost/stage'/>");
});

test("directed presence that is taken back has no end", async (t) => {
  const stage = await openStage(t);
  const { romeo, juliet } = await stage.enter("romeo", "juliet");
  romeo.send("<presence to='juliet@localhost'/>");
  romeo.send("<presence type='unavailable' to='juliet@localhost'/>");
  await juliet.receives("<presence from='romeo@localhost/stage' to='juliet@localhost'/>");
  await juliet.receives(
    "<presence type='unavailable' from='romeo@localhost/stage' to='juliet@localhost'/>");
  romeo.send("<presence type='unavailable'/>");
  await settled();
  romeo.disconnect();
  await juliet.receivesNothing();
});

test("a goodbye ends directed presence, with its words", async (t) => {
  const stage = await openStage(t);
  const { romeo, juliet } = await stage.enter("romeo", "juliet");
  romeo.send("<presence to='juliet@localhost'/>");
  await juliet.next();
  romeo.send("<presence type='unavailable'><status>Parting</status></presence>");
  await juliet.receives(`<presence type='unavailable' from='romeo@localhost/stage'
    to='juliet@localhost'><status>Parting</status></presence>`);
  romeo.disconnect();
  await juliet.receivesNothing();
});

test("presence for a client that is not there vanishes", async (t) => {
  const stage = await openStage(t);
  const { romeo, juliet } = await stage.enter("romeo", "juliet");
  romeo.send("<presence to='juliet@localhost/nowhere'/>");
  romeo.send("<presence to='localhost'/>");
  await juliet.receivesNothing();
  await romeo.receivesNothing();
});

test("a contact may probe, a stranger may not", async (t) => {
  const stage = await openStage(t);
  await stage.befriend("romeo", "juliet");
  const { romeo, tybalt, juliet } = await stage.enter("romeo", "tybalt", "juliet");
  await settled();
  romeo.forget();
  juliet.forget();
  romeo.send("<presence type='probe' to='juliet@localhost'/>");
  await romeo.receives("<presence from='juliet@localhost/stage' to='romeo@localhost/stage'/>");
  tybalt.send("<presence type='probe' to='juliet@localhost'/>");
  // The refusal ends at his account, which never had a subscription to lose.
  await tybalt.receivesNothing();
  await juliet.receivesNothing();
});

test("presence that makes no sense is refused", async (t) => {
  const stage = await openStage(t);
  const { romeo } = await stage.enter("romeo");
  for (const stanza of [
    "<presence id='1'><priority>128</priority></presence>",
    "<presence id='1'><priority>-129</priority></presence>",
    "<presence id='1'><priority>high</priority></presence>",
    "<presence id='1' type='shout'/>",
    "<presence id='1' type='probe'/>",
  ]) {
    romeo.send(stanza);
    await romeo.receives(`<presence type='error' id='1' to='romeo@localhost/stage'>
      <error type='modify'><bad-request xmlns='${ERRORS}'/></error></presence>`);
  }
  romeo.send("<presence><priority>127</priority></presence>");
  await romeo.next();
  romeo.send("<presence><priority> -128 </priority></presence>");
  await romeo.next();
  await romeo.receivesNothing();
});
