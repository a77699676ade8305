// XEP-0199: XMPP Ping

import { test } from "tap";
import { openStage } from "./stage.ts";

const PING = "<ping xmlns='urn:xmpp:ping'/>";

test("the server answers a ping", async (t) => {
  const stage = await openStage(t);
  const { romeo } = await stage.enter("romeo");
  romeo.send(`<iq type='get' id='c2s1' to='localhost'>${PING}</iq>`);
  await romeo.receives("<iq type='result' id='c2s1' from='localhost' to='romeo@localhost/stage'/>");
});

test("the server answers a ping for the user's own account", async (t) => {
  const stage = await openStage(t);
  const { romeo } = await stage.enter("romeo");
  romeo.send(`<iq type='get' id='1'>${PING}</iq>`);
  await romeo.receives(`<iq type='result' id='1' from='romeo@localhost'
    to='romeo@localhost/stage'/>`);
});

test("Romeo pings Juliet's client", async (t) => {
  const stage = await openStage(t);
  const { romeo, juliet } = await stage.enter("romeo", "juliet");
  romeo.send(`<iq type='get' id='e2e1' to='juliet@localhost/stage'>${PING}</iq>`);
  await juliet.receives(
    `<iq type='get' id='e2e1' from='romeo@localhost/stage'
      to='juliet@localhost/stage'>${PING}</iq>`);
  juliet.send("<iq type='result' id='e2e1' to='romeo@localhost/stage'/>");
  await romeo.receives(
    "<iq type='result' id='e2e1' from='juliet@localhost/stage' to='romeo@localhost/stage'/>");
});
