// Settings, addresses and the table of handlers: the parts that are no processes.

import { test } from "tap";
import { Runtime } from "../../host/runtime/index.ts";
import { memoryStorage } from "../../host/storage/memory.ts";
import { Addresses } from "../../host/xmpp/addresses.ts";
import { kernelLimits } from "../../host/xmpp/capacity.ts";
import { defineModule, request, type XmppModule } from "../../host/xmpp/module.ts";
import { modules } from "../../host/xmpp/modules/index.ts";
import { startXmpp } from "../../host/xmpp/server.ts";
import { completeSettings } from "../../host/xmpp/settings.ts";
import { stopEmpty } from "../runtime/harness.ts";

function moduleOf(name: string, more: Partial<XmppModule> = {}): XmppModule {
  return defineModule({ name, spec: "", title: name, version: "1", handlers: {}, ...more });
}

test("settings have defaults, and the domain is prepared", (t) => {
  const settings = completeSettings({ domain: "Chat.Example", rosterItemsMax: 7 });
  t.equal(settings.domain, "chat.example");
  t.equal(settings.rosterItemsMax, 7);
  t.equal(completeSettings({}).domain, "localhost");
  t.end();
});

test("what is no domain is refused", (t) => {
  for (const domain of ["", "user@example.org", "example.org/resource", "a b"]) {
    t.throws(() => completeSettings({ domain }), { code: "PIDGEON_XMPP_DOMAIN" }, domain);
  }
  t.end();
});

test("the tables of a kernel grow with the connections", (t) => {
  t.ok(kernelLimits(10_000).processes! >= 30_000);
  t.ok(kernelLimits(20_000).names! > kernelLimits(10_000).names!);
  t.end();
});

test("addresses come prepared and in parts, and the same again", (t) => {
  const addresses = new Addresses(4);
  const address = addresses.parse("Romeo@LOCALHOST/Orchard")!;
  t.match(address, {
    text: "romeo@localhost/Orchard", bare: "romeo@localhost", local: "romeo", domain: "localhost",
    resource: "Orchard",
  });
  t.equal(addresses.parse("Romeo@LOCALHOST/Orchard"), address);
  t.match(addresses.parse("localhost"), { bare: "localhost", local: "", resource: "" });
  t.equal(addresses.parse("a@b@c"), undefined);
  for (let count = 0; count < 20; count++) {
    t.equal(addresses.parse(`u${count}@x`)?.local, `u${count}`);
  }
  t.not(addresses.parse("Romeo@LOCALHOST/Orchard"), address, "the oldest are forgotten");
  t.end();
});

test("modules that do not fit together are refused, and nothing has changed", async (t) => {
  const runtime = Runtime.start();
  t.teardown(() => stopEmpty(runtime));
  const storage = memoryStorage();
  const start = (...list: XmppModule[]) => startXmpp(runtime, { storage, modules: list });
  await t.rejects(start(moduleOf("a", { needs: ["b"] })), { code: "PIDGEON_XMPP_MODULE" });
  await t.rejects(start(moduleOf("a"), moduleOf("a")), { code: "PIDGEON_XMPP_MODULE" });
  const answer = request("server", "get", "x", "urn:x", () => undefined);
  const answers = { handlers: { requests: [answer] } };
  await t.rejects(start(moduleOf("a", answers), moduleOf("b", answers)), {
    code: "PIDGEON_XMPP_HANDLER",
  });
  const xmpp = await start(...modules);
  await t.rejects(xmpp.unload("rfc6121-roster"), { code: "PIDGEON_XMPP_MODULE" });
  await t.rejects(xmpp.unload("nothing"), { code: "PIDGEON_XMPP_MODULE" });
  await t.rejects(xmpp.load(modules[0]!), { code: "PIDGEON_XMPP_MODULE" });
  t.same(xmpp.modules, modules);
});

test("a module's own processes come and go with it", async (t) => {
  const runtime = Runtime.start();
  t.teardown(() => stopEmpty(runtime));
  const xmpp = await startXmpp(runtime, { storage: memoryStorage() });
  const limiter = "registrations of localhost";
  t.ok(runtime.whereis(limiter));
  await xmpp.unload("xep-0077-registration");
  t.equal(runtime.whereis(limiter), undefined);
  await xmpp.load(modules.find(({ name }) => name === "xep-0077-registration")!);
  t.ok(runtime.whereis(limiter));
});
