// XEP-0030: Service Discovery, 2.5.0

import { bareOf } from "../jid.ts";
import {
  type AccountFace, defineModule, type Identity, refuse, type Request, request, type XmppModule,
} from "../module.ts";
import { isAvailable } from "../resource.ts";
import { seenByContact } from "../subscription.ts";
import { type Element, element } from "../xml/element.ts";

const INFO = "http://jabber.org/protocol/disco#info";
const ITEMS = "http://jabber.org/protocol/disco#items";

export const serviceDiscovery = defineModule({
  name: "xep-0030-service-discovery",
  spec: "XEP-0030",
  title: "Service Discovery",
  version: "2.5.0",
  features: [INFO, ITEMS],
  accountFeatures: [INFO, ITEMS],
  identities: [{ category: "server", type: "im", name: "Pidgeon" }],
  accountIdentities: [{ category: "account", type: "registered" }],
  handlers: (server) => ({
    requests: [
      request("server", "get", "query", INFO, (asked) => serverInfo(asked, server.modules)),
      request("server", "get", "query", ITEMS, serverItems),
      request("account", "get", "query", INFO, accountInfo),
      request("account", "get", "query", ITEMS, accountItems),
    ],
  }),
});

function nodeOf({ payload }: Request): string | undefined {
  return payload.attributes["node"];
}

function serverInfo(asked: Request, modules: readonly XmppModule[]) {
  if (nodeOf(asked) !== undefined) return refuse("item-not-found");
  return infoElement(
    modules.flatMap(({ identities }) => identities ?? []),
    modules.flatMap(({ features }) => features ?? []),
  );
}

function serverItems(asked: Request) {
  return nodeOf(asked) === undefined ? element("query", ITEMS) : refuse("item-not-found");
}

function* accountInfo(asked: Request, account: AccountFace) {
  if (!(yield* maySee(asked, account))) return refuse("service-unavailable");
  if (nodeOf(asked) !== undefined) return refuse("item-not-found");
  const { modules } = account.server;
  return infoElement(
    modules.flatMap(({ accountIdentities }) => accountIdentities ?? []),
    modules.flatMap(({ accountFeatures }) => accountFeatures ?? []),
  );
}

/** §8: the available resources are for those who may see the user's presence. */
function* accountItems(asked: Request, account: AccountFace) {
  if (!(yield* maySee(asked, account))) return refuse("service-unavailable");
  if (nodeOf(asked) !== undefined) return refuse("item-not-found");
  const items = account.resources.filter(isAvailable)
    .map(({ jid }) => element("item", ITEMS, { jid }));
  return element("query", ITEMS, undefined, items);
}

/** Strangers get the answer that they get of users who don't exist. */
function* maySee({ from }: Request, account: AccountFace) {
  const asker = bareOf(from);
  if (asker === account.bare) return true;
  return seenByContact((yield* account.roster()).stateOf(asker).subscription);
}

function infoElement(identities: readonly Identity[], features: readonly string[]): Element {
  const unique = [...new Set(features)].sort();
  return element("query", INFO, undefined, [
    ...identities.map(({ category, type, name }) =>
      element("identity", INFO, { category, type, name })),
    ...unique.map((feature) => element("feature", INFO, { var: feature })),
  ]);
}
