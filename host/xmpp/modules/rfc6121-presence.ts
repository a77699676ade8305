// RFC 6121 §4: presence

import { bareOf, resourceOf } from "../jid.ts";
import { type AccountFace, defineModule } from "../module.ts";
import {
  broadcastToContacts, broadcastToOwn, directedTo, forgetDirected, noteDirected, sendPresence,
  unavailableFrom,
} from "../presence-broadcast.ts";
import { isAvailable, priorityOf, type Resource } from "../resource.ts";
import type { RosterState } from "../roster.ts";
import { errorOf, stanza, type Stanza, withAddresses } from "../stanza.ts";
import type { StanzaErrorCondition } from "../stanza-errors.ts";
import { isSubscriptionType, seenByContact, seesContact } from "../subscription.ts";

export const presence = defineModule({
  name: "rfc6121-presence",
  spec: "RFC 6121",
  title: "XMPP IM: presence",
  version: "§4",
  needs: ["rfc6121-roster", "rfc6121-subscriptions"],
  handlers: { presenceSent: sent, presenceReceived: received, resourceGone: gone },
});

function sent(presence: Stanza, by: Resource, account: AccountFace) {
  const { to, type } = presence;
  // The subscription module's.
  if (isSubscriptionType(type)) return;
  if (type !== undefined && type !== "unavailable" && type !== "probe" && type !== "error") {
    return reject(account, by, presence, "bad-request");
  }
  if (to !== undefined) return directed(presence, to, by, account);
  if (type === undefined) return available(presence, by, account);
  if (type === "unavailable") return unavailable(presence, by, account);
  reject(account, by, presence, "bad-request");
}

function reject(
  account: AccountFace, by: Resource, presence: Stanza, condition: StanzaErrorCondition,
): void {
  const error = errorOf(presence, condition);
  if (error !== undefined) account.deliver(by, error);
}

/** §4.6: to one entity; a note, if it would not hear of the end otherwise. */
function* directed({ type }: Stanza, to: string, by: Resource, account: AccountFace) {
  if (type !== undefined && type !== "unavailable") return;
  const { subscription } = (yield* account.roster()).stateOf(bareOf(to));
  const hears = isAvailable(by) && seenByContact(subscription);
  noteDirected(account, by, to, type === undefined && !hears);
}

/** §4.2, §4.4: initial and later presence. */
function* available(presence: Stanza, by: Resource, account: AccountFace) {
  const priority = priorityOf(presence);
  if (priority === undefined) return reject(account, by, presence, "bad-request");
  const roster = yield* account.roster();
  const initial = !isAvailable(by);
  account.setPresence(by, presence, priority);
  broadcastToOwn(account, presence);
  broadcastToContacts(account, roster, presence);
  if (initial) welcome(account, by, roster);
}

/** What a resource learns when it becomes available: §4.2.2, §4.3.1. */
function welcome(account: AccountFace, by: Resource, roster: RosterState): void {
  for (const other of account.resources) {
    const { presence } = other.facts;
    if (other === by || presence === undefined) continue;
    account.deliver(by, withAddresses(presence, { to: by.jid }));
  }
  for (const { jid, subscription } of roster.items()) {
    if (!seesContact(subscription)) continue;
    account.announce(stanza("presence", { from: by.jid, to: jid, type: "probe" }));
  }
}

/** §4.5.2: the client goes, with its last words. */
function* unavailable(presence: Stanza, by: Resource, account: AccountFace) {
  if (isAvailable(by)) {
    broadcastToOwn(account, presence);
    account.setPresence(by, undefined, 0);
    broadcastToContacts(account, yield* account.roster(), presence);
  }
  endDirected(account, by, presence);
  forgetDirected(account, by);
}

/** §4.5.3: the session has ended without a word. */
function* gone(resource: Resource, account: AccountFace) {
  const farewell = unavailableFrom(resource.jid);
  if (isAvailable(resource)) {
    broadcastToOwn(account, farewell);
    broadcastToContacts(account, yield* account.roster(), farewell);
  }
  endDirected(account, resource, farewell);
}

function endDirected(account: AccountFace, by: Resource, farewell: Stanza): void {
  for (const to of directedTo(by)) account.announce(withAddresses(farewell, { to }));
}

function received(presence: Stanza, account: AccountFace) {
  const { type } = presence;
  if (isSubscriptionType(type)) return;
  if (type === "probe") return probed(presence, account);
  const name = resourceOf(presence.to ?? "");
  // §8.5.2.1.2 and §8.5.3: all available resources, or the one, whatever its presence.
  for (const resource of account.resources) {
    if (name === "" ? isAvailable(resource) : resource.name === name) {
      account.deliver(resource, presence);
    }
  }
}

/** §4.3.2: contacts who may see the user get what there is; others learn that they may not. */
function* probed(probe: Stanza, account: AccountFace) {
  const from = probe.from ?? "";
  const contact = bareOf(from);
  const { subscription } = (yield* account.roster()).stateOf(contact);
  if (contact === account.bare || seenByContact(subscription)) return sendPresence(account, from);
  const refusal = { from: account.bare, to: contact, type: "unsubscribed" };
  account.announce(stanza("presence", refusal));
}
