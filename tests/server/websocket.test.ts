// The WebSocket transport (RFC 7395) against a stub of the XMPP server.
import { connect, Socket } from "node:net";
import t from "tap";
import WebSocket from "ws";
import { defaultLimits } from "../../host/server/limits.ts";
import { closed, collect, opened, refusal, startStub } from "./stub-xmpp.ts";

// A machine may be busy; nothing here waits for a time to pass.
t.setTimeout(120_000);

const { xmpp, close, port, webSocketUrl: url } = await startStub();
t.teardown(close);

/** A client whose session is known. */
async function join(options: object = {}, address = url) {
  const accepted = xmpp.next();
  const socket = new WebSocket(address, "xmpp", options);
  await opened(socket);
  return { socket, session: await accepted };
}

t.test("the subprotocol xmpp is answered when it is offered, alone or among others", async (t) => {
  for (const offered of [["xmpp"], ["chat", "xmpp"]]) {
    const socket = new WebSocket(url, offered);
    await opened(socket);
    t.equal(socket.protocol, "xmpp");
    t.equal(socket.extensions, "", "without compression");
    socket.close();
  }
});

t.test("a client that doesn't offer it is refused and told why", async (t) => {
  for (const offered of [[], ["chat"], ["xmppx"]]) {
    const { status, text } = await refusal(new WebSocket(url, offered));
    t.equal(status, 400);
    t.match(text, /RFC 7395/);
  }
});

t.test("frames go in both directions in their order, as text", async (t) => {
  const { socket, session } = await join();
  const received = collect(socket);
  for (let index = 0; index < 100; index += 1) socket.send(`<in n="${index}">ü愛</in>`);
  await session.until(({ frames }) => frames.length === 100);
  t.same(session.frames, Array.from({ length: 100 }, (_, index) => `<in n="${index}">ü愛</in>`));
  for (const frame of session.frames) session.connection.write(frame.replace("in", "out"));
  t.same(await received.take(100), session.frames.map((frame) => frame.replace("in", "out")));
  socket.close();
});

t.test("a message in fragments is one frame", async (t) => {
  const { socket, session } = await join();
  socket.send("<a", { fin: false });
  socket.send(">é", { fin: false });
  socket.send("</a>");
  await session.until(({ frames }) => frames.length === 1);
  t.same(session.frames, ["<a>é</a>"]);
  socket.close();
});

t.test("all output of a turn leaves in one write", async (t) => {
  const { socket, session } = await join();
  const received = collect(socket);
  const writes: unknown[] = [];
  const original = Socket.prototype.write;
  t.teardown(() => (Socket.prototype.write = original));
  Socket.prototype.write = function (this: Socket, ...parameters: unknown[]) {
    if (this.localPort === port) writes.push(parameters[0]);
    return Reflect.apply(original, this, parameters) as boolean;
  };
  for (let index = 0; index < 10; index += 1) session.connection.write(`<a n="${index}"/>`);
  t.equal(writes.length, 0, "not before the turn ends");
  t.equal((await received.take(10)).at(-1), `<a n="9"/>`);
  t.equal(writes.length, 1);
  socket.close();
});

t.test("what is written before close arrives, later writes do nothing", async (t) => {
  const { socket, session } = await join();
  const received = collect(socket);
  const ended = closed(socket);
  session.connection.write("<last/>");
  session.connection.close();
  session.connection.write("<late/>");
  session.connection.close();
  t.same(await received.take(1), ["<last/>"]);
  t.match(await ended, { code: 1000 });
  await session.until(({ ends }) => ends > 0);
  t.equal(session.ends, 1, "the session is told once");
  session.connection.write("<late/>");
});

t.test("a client that leaves ends its session, with or without a closing handshake", async (t) => {
  const polite = await join();
  polite.socket.close();
  await polite.session.until(({ ends }) => ends === 1);
  const rude = await join();
  rude.socket.terminate();
  await rude.session.until(({ ends }) => ends === 1);
  t.pass();
});

t.test("what isn't a text frame of proper size closes with its own status", async (t) => {
  const small = await startStub({ limits: { frameBytesMax: 1000 } });
  t.teardown(small.close);
  const send = async (data: string | Buffer, binary: boolean) => {
    const accepted = small.xmpp.next();
    const socket = new WebSocket(small.webSocketUrl, "xmpp");
    const ended = closed(socket);
    await opened(socket);
    const session = await accepted;
    socket.send(data, { binary });
    const { code } = await ended;
    await session.until(({ ends }) => ends === 1);
    t.same(session.frames, []);
    return code;
  };
  t.equal(await send(Buffer.from("<a/>"), true), 1003, "binary");
  t.equal(await send(Buffer.from([0xc3, 0x28]), false), 1007, "invalid UTF-8");
  t.equal(await send("x".repeat(1001), false), 1009, "too long");
});

t.test("a client that doesn't read is closed once too much waits for it", async (t) => {
  const limits = { outputBytesMax: 50_000, closeTimeoutMs: 50 };
  const server = await startStub({ limits });
  t.teardown(server.close);
  const accepted = server.xmpp.next();
  // Without the library: nothing reads this socket until it is resumed.
  const socket = connect(server.port, "127.0.0.1");
  socket.write(handshake(server.port));
  const session = await accepted;
  const frame = `<message>${"x".repeat(10_000)}</message>`;
  let written = 0;
  while (session.ends === 0 && written < 10_000) {
    session.connection.write(frame);
    written += 1;
    await new Promise((resolve) => setImmediate(resolve));
  }
  t.equal(session.ends, 1, "the session learns it at once");
  let text = "";
  socket.on("data", (bytes) => (text += bytes.toString("latin1")));
  await new Promise((resolve) => socket.once("close", resolve));
  t.ok(text.length < written * 10_100);
});

t.test("a busy session gets so many frames at a time; the rest waits outside", async (t) => {
  const { socket, session } = await join();
  const max = defaultLimits.inputFramesMax;
  session.stalled = true;
  const sent = Array.from({ length: 5_000 }, (_, index) => `<in n="${index}"/>`);
  for (const frame of sent) socket.send(frame);
  await session.until(({ frames }) => frames.length === max);
  for (let handled = 0; handled < 100; handled += 1) {
    session.connection.handled(session.frames[handled]?.length ?? 0);
    await session.until(({ frames }) => frames.length >= handled + max);
    t.ok(session.frames.length <= handled + 1 + max, "no more wait than the limit");
  }
  session.stalled = false;
  for (const frame of session.frames.slice(100)) session.connection.handled(frame.length);
  await session.until(({ frames }) => frames.length === sent.length);
  t.same(session.frames, sent, "nothing is lost, all in order");
  socket.close();
});

t.test("a client that leaves a busy session is not forgotten", async (t) => {
  const { socket, session } = await join();
  session.stalled = true;
  for (let index = 0; index < 100; index += 1) socket.send("<in/>");
  await session.until(({ frames }) => frames.length === defaultLimits.inputFramesMax);
  const { connection } = session;
  connection.close();
  await session.until(({ ends }) => ends === 1);
  t.pass("the closing handshake came through");
  socket.terminate();
});

t.test("a client that is a little slow gets everything, and the reason at the end", async (t) => {
  const server = await startStub({ limits: { outputBytesMax: 50_000 } });
  t.teardown(server.close);
  const accepted = server.xmpp.next();
  const socket = new WebSocket(server.webSocketUrl, "xmpp");
  const received = collect(socket);
  const ended = closed(socket);
  await opened(socket);
  const session = await accepted;
  // More in one turn than may wait.
  for (let index = 0; index < 10; index += 1) session.connection.write("x".repeat(10_000));
  t.match((await received.take(2)).join(""), /resource-constraint.*<close xmlns/);
  t.match(await ended, { code: 1008 });
});

t.test("the address and what it is worth", async (t) => {
  const local = await join();
  t.match(local.session.connection, { address: "127.0.0.1", loopback: true, secure: false });
  t.equal(local.session.connection.transport, "websocket");
  local.socket.close();
  const headers = { "X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https" };
  const proxied = await join({ headers });
  t.match(proxied.session.connection, { address: "127.0.0.1", loopback: false, secure: false });
  proxied.socket.close();

  const trusting = await startStub({ trustProxy: ["127.0.0.1"] });
  t.teardown(trusting.close);
  const accepted = trusting.xmpp.next();
  const socket = new WebSocket(trusting.webSocketUrl, "xmpp", { headers });
  await opened(socket);
  const { connection } = await accepted;
  t.match(connection, { address: "203.0.113.7", loopback: false, secure: true });
  socket.close();
});

t.test("a page of another origin is refused, the server's own isn't", async (t) => {
  const foreign = new WebSocket(url, "xmpp", { origin: "https://evil.example" });
  t.equal((await refusal(foreign)).status, 403);
  const own = await join({ origin: `http://localhost:${port}` });
  own.socket.close();
});

t.test("a peer that answers no ping is given up; one that answers stays", async (t) => {
  const server = await startStub({ limits: { silenceMs: 50 } });
  t.teardown(server.close);
  const first = server.xmpp.next();
  const deaf = connect(server.port, "127.0.0.1");
  deaf.write(handshake(server.port));
  const gone = await first;
  const second = server.xmpp.next();
  const socket = new WebSocket(server.webSocketUrl, "xmpp");
  let pings = 0;
  socket.on("ping", () => (pings += 1));
  const session = await second;
  await gone.until(({ ends }) => ends === 1);
  deaf.destroy();
  while (pings < 3) await new Promise((resolve) => socket.once("ping", resolve));
  t.equal(session.ends, 0);
  socket.close();
});

t.test("there is no WebSocket at another address, and no page at this one", async (t) => {
  t.equal((await refusal(new WebSocket(url.replace("/ws", "/"), "xmpp"))).status, 404);
  const page = await fetch(`http://localhost:${port}/ws`);
  t.equal(page.status, 426);
  t.equal(page.headers.get("upgrade"), "websocket");
});

t.test("a refused upgrade leaves no socket behind, whoever refuses it", async (t) => {
  // Fastify answers the last one itself, before the WebSocket plugin sees it.
  for (const path of ["/", "/nothing", "/%zz"]) {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => {});
    socket.write(handshake(port).replace("/ws", path));
    let answer = "";
    socket.on("data", (bytes) => {
      answer += String(bytes);
      socket.end();
    });
    await new Promise((resolve) => socket.once("close", resolve));
    t.match(answer, /^HTTP\/1\.1 40[04] /, path);
  }
});

t.test("who asks for an upgrade while the server stops doesn't hold it up", async (t) => {
  let beforeClose = async (): Promise<void> => {};
  const server = await startStub({ beforeClose: () => beforeClose() });
  const socket = connect(server.port, "127.0.0.1");
  await new Promise((resolve) => socket.once("connect", resolve));
  beforeClose = async () => {
    socket.write(handshake(server.port));
    const answer = await new Promise((resolve) => socket.once("data", resolve));
    t.match(String(answer), /^HTTP\/1\.1 503 /);
  };
  await server.close();
  socket.destroy();
});

t.test("closing the server lets XMPP say goodbye, then ends every connection", async (t) => {
  let beforeClose = async (): Promise<void> => {};
  const limits = { closeTimeoutMs: 100 };
  const server = await startStub({ limits, beforeClose: () => beforeClose() });
  const accepted = server.xmpp.next();
  const socket = new WebSocket(server.webSocketUrl, "xmpp");
  const received = collect(socket);
  const session = await accepted;
  const next = server.xmpp.next();
  // This one answers nothing, not even a close.
  const deaf = connect(server.port, "127.0.0.1");
  deaf.write(handshake(server.port));
  await next;
  t.equal(server.connections, 2);
  beforeClose = async () => {
    t.equal((await fetch(new URL("/health", server.url))).status, 503);
    for (const { connection } of server.xmpp.sessions) {
      connection.write("<bye/>");
      connection.close();
    }
  };
  await server.close();
  t.same(await received.take(1), ["<bye/>"]);
  await session.until(({ ends }) => ends === 1);
  t.equal(server.connections, 0);
  deaf.destroy();
  await server.close();
});

function handshake(serverPort: number): string {
  return (
    `GET /ws HTTP/1.1\r\nHost: localhost:${serverPort}\r\nUpgrade: websocket\r\n` +
    "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: xmpp\r\n\r\n"
  );
}
