// The web client's page and files, the health route, and what isn't there.
import t from "tap";
import { startStub } from "./stub-xmpp.ts";

const server = await startStub({ domain: "chat.example" });
t.teardown(server.close);
const get = (path: string) => fetch(new URL(path, server.url), { redirect: "manual" });

t.test("the page is ours, small, and may load from this server only", async (t) => {
  const response = await get("/");
  const html = await response.text();
  t.match(html, /<title>Pidgeon<\/title>/);
  t.match(response.headers.get("content-type"), "text/html; charset=utf-8");
  const policy = response.headers.get("content-security-policy") ?? "";
  t.match(policy, /default-src 'none'; script-src 'self'/);
  t.notMatch(policy, /https?:|\*/, "no outside address");
  t.match(policy, /frame-ancestors 'none'/);
  t.equal(response.headers.get("cache-control"), "no-cache");
  t.equal(response.headers.get("x-content-type-options"), "nosniff");
  const addresses = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? "");
  t.ok(addresses.length >= 4 && addresses.every((address) => /^\/[^/]/.test(address)));
  for (const address of addresses) t.equal((await get(address)).status, 200, address);
});

t.test("the client is set up for this server's domain", async (t) => {
  const script = await (await get("/client.js")).text();
  t.match(script, /"locked_domain": "chat.example"/);
  t.match(script, /"registration_domain": "chat.example"/);
});

t.test("the client's files never change at their address and are kept by browsers", async (t) => {
  const html = await (await get("/")).text();
  const path = /"(\/converse\/\d[^"]+\.css)"/.exec(html)?.[1] ?? "";
  const response = await get(path);
  t.equal(response.headers.get("cache-control"), "public, max-age=31536000, immutable");
  t.match(response.headers.get("content-type"), /text\/css/);
  const locale = path.replace("converse.min.css", "chunkjs/locales/");
  t.not((await get(locale)).status, 200, "no listings");
});

t.test("its licence can be read", async (t) => {
  t.match(await (await get("/converse/LICENSE")).text(), /Mozilla Public License Version 2\.0/);
  t.match(await (await get("/converse/COPYRIGHT")).text(), /Converse/);
});

t.test("the health route answers without being cached", async (t) => {
  const response = await get("/health");
  t.same(await response.json(), { status: "ok" });
  t.equal(response.headers.get("cache-control"), "no-store");
});

t.test("what isn't there isn't, above all outside the client's folder", async (t) => {
  t.equal((await get("/nothing")).status, 404);
  const html = await (await get("/")).text();
  const prefix = /"(\/converse\/\d[^/]+\/)/.exec(html)?.[1] ?? "";
  for (const path of ["..%2fpackage.json", "%2e%2e/package.json", "..%5cpackage.json"]) {
    t.not((await get(prefix + path)).status, 200, path);
  }
});
