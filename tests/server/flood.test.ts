// Clients that aren't logged in send more than is handled: they lose their streams, others don't.
import t from "tap";
import WebSocket from "ws";
import { Counter } from "../../host/kernel/abi.ts";
import { defaultLimits } from "../../host/server/limits.ts";
import { closed, collect, opened } from "./stub-xmpp.ts";
import { startTestServer } from "./test-server.ts";

t.setTimeout(120_000);

const OPEN = "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='localhost' version='1.0'/>";
const password = Buffer.from("\0nobody\0wrong").toString("base64");
/** What it asks for takes some milliseconds; meanwhile the session handles nothing else. */
const AUTH =
  `<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${password}</auth>`;

t.test("a flood before the login costs the flooders their streams, and only them", async (t) => {
  const server = await startTestServer({ settings: { connectionsMax: 32 } });
  const { webSocketUrl, server: { runtime } } = server;
  const flooders = Array.from({ length: 20 }, () => new WebSocket(webSocketUrl, "xmpp"));
  await Promise.all(flooders.map(opened));
  const ends = flooders.map(closed);
  let failures = 0;
  for (const socket of flooders) {
    socket.on("message", (frame) => (failures += String(frame).startsWith("<failure") ? 1 : 0));
  }
  for (const socket of flooders) {
    socket.send(OPEN);
    socket.send(AUTH);
    for (let frame = 0; frame < 20_000; frame += 1) socket.send("<a/>");
  }
  let peak = 0;
  let isOver = false;
  const sample = (): void => {
    peak = Math.max(peak, runtime.counter(Counter.LIVE_HANDLES));
    if (!isOver) setImmediate(sample);
  };
  sample();
  const guest = new WebSocket(webSocketUrl, "xmpp");
  await opened(guest);
  const received = collect(guest);
  guest.send(OPEN);
  const [header, features] = await received.take(2);
  t.match(header, /^<open /);
  t.match(features, /<mechanism>SCRAM-SHA-256</);
  await Promise.all(ends);
  isOver = true;
  t.equal(failures, flooders.length, "what was handled before the end was answered");
  const allowed = 2 * flooders.length * defaultLimits.inputFramesMax;
  t.ok(peak > 0 && peak < allowed, `${peak} frames and messages waited at most`);
  guest.close();
  await server.whenConnections(0);
  t.equal(runtime.counter(Counter.LIVE_HANDLES), 0, "nothing is left of it");
  await server.close();
});
