// Who may connect from a browser, and who counts as this machine.
import type { FastifyRequest } from "fastify";
import t from "tap";
import { isOriginAllowed } from "../../host/server/origin.ts";
import { isLoopback, peerOf } from "../../host/server/peer.ts";

const policy = {
  allowed: new Set(["https://partner.example"]),
  localNames: new Set(["localhost", "127.0.0.1"]),
};

t.test("which pages may open a stream", async (t) => {
  type Case = readonly [title: string, origin: string | undefined, host: string, expected: boolean];
  const remote: readonly Case[] = [
    ["no browser", undefined, "chat.example", true],
    ["the server's own page", "https://chat.example", "chat.example", true],
    ["the default port, written out", "https://chat.example", "chat.example:443", true],
    ["any letter case", "https://chat.example", "Chat.Example", true],
    ["an allowed origin", "https://partner.example", "chat.example", true],
    ["another host", "https://evil.example", "chat.example", false],
    ["another port", "https://chat.example:8443", "chat.example", false],
    ["an allowed origin's other scheme", "http://partner.example", "chat.example", false],
    ["a page without an origin", "null", "chat.example", false],
    ["a file", "file://", "chat.example", false],
    ["nonsense", "https://", "chat.example", false],
    ["a host that is none", "https://chat.example", "chat example", false],
  ];
  for (const [title, origin, host, expected] of remote) {
    t.equal(isOriginAllowed(origin, host, false, policy), expected, title);
  }
  t.equal(isOriginAllowed("https://chat.example", undefined, false, policy), false, "no host");
});

t.test("on loopback the host must be a local name: no DNS rebinding", async (t) => {
  const check = (host: string) => isOriginAllowed(`http://${host}`, host, true, policy);
  t.equal(check("localhost:5280"), true);
  t.equal(check("127.0.0.1:5280"), true);
  t.equal(check("evil.example:5280"), false);
  t.equal(isOriginAllowed(undefined, "evil.example", true, policy), true, "no browser");
});

t.test("a star allows every page", async (t) => {
  const open = { ...policy, allowed: new Set(["*"]) };
  t.equal(isOriginAllowed("null", "chat.example", true, open), true);
});

t.test("what is a loopback address", async (t) => {
  for (const address of ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"]) {
    t.equal(isLoopback(address), true, address);
  }
  for (const address of ["10.0.0.1", "::", "::ffff:10.0.0.1", "128.0.0.1", "1270.0.0.1"]) {
    t.equal(isLoopback(address), false, address);
  }
  t.equal(isLoopback(undefined), false, "gone already");
});

t.test("behind a proxy nobody is on loopback", async (t) => {
  const peer = (headers: Record<string, string>, remoteAddress = "127.0.0.1") =>
    peerOf({
      ip: remoteAddress,
      protocol: "http",
      raw: { socket: { remoteAddress }, headers },
    } as unknown as FastifyRequest);
  t.equal(peer({ host: "localhost" }).loopback, true);
  t.equal(peer({ host: "localhost" }, "10.0.0.1").loopback, false);
  const proxied = ["forwarded", "x-forwarded-for", "x-forwarded-proto", "x-real-ip", "via"];
  for (const header of proxied) t.equal(peer({ [header]: "x" }).loopback, false, header);
});
