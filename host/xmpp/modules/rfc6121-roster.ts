// RFC 6121 §2: the roster

import type { RosterItem } from "../../storage/storage.ts";
import { bareOf } from "../jid.ts";
import {
  type AccountFace, defineModule, refuse, type Refusal, type Request, request,
} from "../module.ts";
import {
  becomeInterested, itemElement, push, removedElement, ROSTER_NAMESPACE,
} from "../roster-push.ts";
import { seenByContact, seesContact, type SubscriptionType } from "../subscription.ts";
import { sendUnavailable } from "../presence-broadcast.ts";
import { stanza } from "../stanza.ts";
import { type Element, element, elementsOf, textOf } from "../xml/element.ts";

/** RFC 6121 §2.3.3 leaves the limit of names and groups to the server. */
const NAME_BYTES_MAX = 1_023;

export const roster = defineModule({
  name: "rfc6121-roster",
  spec: "RFC 6121",
  title: "XMPP IM: the roster",
  version: "§2",
  features: [ROSTER_NAMESPACE],
  handlers: {
    requests: [
      request("account", "get", "query", ROSTER_NAMESPACE, get),
      request("account", "set", "query", ROSTER_NAMESPACE, set),
    ],
  },
});

/** Nobody may see or change another's roster; the answer is the same if there is no such user. */
function isOwner({ from }: Request, account: AccountFace): boolean {
  return bareOf(from) === account.bare;
}

function* get(asked: Request, account: AccountFace) {
  if (!isOwner(asked, account)) return refuse("forbidden");
  if (elementsOf(asked.payload).length > 0) return refuse("bad-request");
  const state = yield* account.roster();
  const resource = account.resources.find(({ jid }) => jid === asked.from);
  if (resource !== undefined) becomeInterested(account, resource);
  return element("query", ROSTER_NAMESPACE, undefined, [...state.items()].map(itemElement));
}

function* set(asked: Request, account: AccountFace) {
  if (!isOwner(asked, account)) return refuse("forbidden");
  const [item, ...more] = elementsOf(asked.payload);
  if (item === undefined || more.length > 0 || !isItem(item)) return refuse("bad-request");
  const text = item.attributes["jid"];
  if (text === undefined) return refuse("bad-request");
  const jid = account.server.addresses.parse(text)?.bare;
  if (jid === undefined) return refuse("jid-malformed");
  if (item.attributes["subscription"] === "remove") return yield* remove(account, jid);
  return yield* put(account, jid, item);
}

function isItem(item: Element): boolean {
  return item.name === "item" && item.xmlns === ROSTER_NAMESPACE;
}

/** §2.3, §2.4: adds or updates; the subscription is not the client's to set. */
function* put(account: AccountFace, jid: string, item: Element) {
  if (jid === account.bare) return refuse("not-allowed");
  const name = item.attributes["name"] ?? "";
  if (isTooLong(name)) return refuse("not-acceptable");
  const groups = groupsOf(item);
  if (!Array.isArray(groups)) return groups;
  const state = yield* account.roster();
  const known = state.item(jid);
  if (known === undefined && state.size >= account.server.settings.rosterItemsMax) {
    return refuse("not-allowed", "The roster is full.");
  }
  const { subscription, ask, approved } = state.stateOf(jid);
  const changed: RosterItem = { jid, name, subscription, ask, approved, groups };
  if (!(yield* state.put(changed))) return refuse("item-not-found");
  push(account, itemElement(changed));
  return undefined;
}

function groupsOf(item: Element): string[] | Refusal {
  const groups: string[] = [];
  for (const child of elementsOf(item)) {
    if (child.name !== "group" || child.xmlns !== ROSTER_NAMESPACE) continue;
    const group = textOf(child);
    if (group === "" || isTooLong(group)) return refuse("not-acceptable");
    if (groups.includes(group)) return refuse("bad-request");
    groups.push(group);
  }
  return groups;
}

function isTooLong(name: string): boolean {
  return Buffer.byteLength(name) > NAME_BYTES_MAX;
}

/** §2.5: the contact goes, and with it the subscriptions in both directions. */
function* remove(account: AccountFace, jid: string) {
  const state = yield* account.roster();
  const item = state.item(jid);
  if (item === undefined) return refuse("item-not-found");
  const { pendingIn } = state.stateOf(jid);
  if (!(yield* state.remove(jid))) return refuse("item-not-found");
  push(account, removedElement(jid));
  if (seesContact(item.subscription) || item.ask) cancel(account, jid, "unsubscribe");
  if (seenByContact(item.subscription) || pendingIn) {
    if (seenByContact(item.subscription)) sendUnavailable(account, jid);
    cancel(account, jid, "unsubscribed");
  }
  return undefined;
}

function cancel(account: AccountFace, to: string, type: SubscriptionType): void {
  account.announce(stanza("presence", { from: account.bare, to, type }));
}
