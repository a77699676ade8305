// RFC 6121 §3: presence subscriptions

import type { Operation } from "../../runtime/index.ts";
import { bareOf } from "../jid.ts";
import { type AccountFace, defineModule } from "../module.ts";
import { sendPresence, sendUnavailable } from "../presence-broadcast.ts";
import { isAvailable, type Resource } from "../resource.ts";
import type { RosterState } from "../roster.ts";
import { isInterested, itemElement, push } from "../roster-push.ts";
import {
  errorOf, serializeStanza, stanza, type Stanza, stanzaFrom, withAddresses,
} from "../stanza.ts";
import {
  isSubscriptionType, receiveSubscription, seenByContact, sendSubscription, type SubscriptionState,
  type SubscriptionType,
} from "../subscription.ts";
import { element } from "../xml/element.ts";
import { parseFrame } from "../xml/frame-parser.ts";
import { XmlFault } from "../xml/limits.ts";

const PRE_APPROVAL = "urn:xmpp:features:pre-approval";

export const subscriptions = defineModule({
  name: "rfc6121-subscriptions",
  spec: "RFC 6121",
  title: "XMPP IM: presence subscriptions",
  version: "§3",
  needs: ["rfc6121-roster"],
  handlers: {
    streamFeatures: (session) => session.bare === "" ? [] : [element("sub", PRE_APPROVAL)],
    presenceSent: (presence, by, account) => {
      const { type, to } = presence;
      if (isSubscriptionType(type)) return sent(presence, type, by, account);
      // Initial presence: requests that came while nobody was there to answer (§3.1.3).
      const isInitial = type === undefined && to === undefined && !isAvailable(by);
      if (isInitial) return deliverPending(by, account);
    },
    presenceReceived: (presence, account) => {
      const { type } = presence;
      if (isSubscriptionType(type)) return received(presence, type, account);
    },
  },
});

/** §3.1.2, §3.1.5, §3.2.1, §3.3.2, §3.4: one of the user's clients acts. */
function* sent(presence: Stanza, type: SubscriptionType, by: Resource, account: AccountFace) {
  const contact = bareOf(presence.to ?? account.bare);
  if (contact === account.bare) return;
  const roster = yield* account.roster();
  const before = roster.stateOf(contact);
  const { state, pass } = sendSubscription(before, type);
  if (state !== before) {
    if (isFull(account, roster, contact)) return refuseFull(account, by, presence);
    if (!(yield* change(account, roster, contact, state))) return;
  }
  // §3.2.2: who may see the user no longer first sees the user leave.
  if (type === "unsubscribed" && seenByContact(before.subscription)) {
    sendUnavailable(account, contact);
  }
  if (pass) account.route(withAddresses(presence, { from: account.bare, to: contact }));
  if (type === "subscribed" && pass) sendPresence(account, contact);
}

function isFull(account: AccountFace, roster: RosterState, contact: string): boolean {
  if (roster.item(contact) !== undefined) return false;
  return roster.size >= account.server.settings.rosterItemsMax;
}

function refuseFull(account: AccountFace, by: Resource, presence: Stanza): void {
  const error = errorOf(presence, "not-allowed");
  if (error !== undefined) account.deliver(by, error);
}

/** Stores the new state and tells the user's clients; false if the account is gone. */
function* change(
  account: AccountFace,
  roster: RosterState,
  contact: string,
  state: SubscriptionState,
): Operation<boolean> {
  if (!(yield* roster.change(contact, state))) return false;
  pushItem(account, roster, contact);
  return true;
}

function pushItem(account: AccountFace, roster: RosterState, contact: string): void {
  const item = roster.item(contact);
  if (item !== undefined) push(account, itemElement(item));
}

/** §3.1.3, §3.1.6, §3.2.3, §3.3.3: a contact acts. */
function* received(presence: Stanza, type: SubscriptionType, account: AccountFace) {
  const contact = bareOf(presence.from ?? "");
  if (contact === account.bare) return;
  const roster = yield* account.roster();
  const before = roster.stateOf(contact);
  const { state, pass, reply } = receiveSubscription(before, type);
  const addressed = withAddresses(presence, { from: contact, to: account.bare });
  if (state !== before) {
    if (state.pendingIn && roster.pendingSize >= account.server.settings.rosterItemsMax) return;
    // An account that doesn't exist stores nothing, and stays as silent as one that waits.
    const xml = type === "subscribe" ? serializeStanza(addressed, "") : undefined;
    if (!(yield* roster.change(contact, state, xml))) return;
  }
  // The stanza comes before the push (§3.1.6).
  if (pass) deliver(account, addressed, type);
  if (state !== before && type !== "subscribe") pushItem(account, roster, contact);
  if (type === "unsubscribe" && seenByContact(before.subscription)) {
    sendUnavailable(account, contact);
  }
  if (reply !== undefined) approve(account, roster, contact, reply, state !== before);
}

/** A request goes to whoever can answer it, its consequences to whoever has the roster. */
function deliver(account: AccountFace, presence: Stanza, type: SubscriptionType): void {
  const takes = type === "subscribe" ? isAvailable : isInterested;
  for (const resource of account.resources) {
    if (takes(resource)) account.deliver(resource, presence);
  }
}

/** §3.4.2: granted before it was asked for; or granted already, and said again. */
function approve(
  account: AccountFace,
  roster: RosterState,
  contact: string,
  type: SubscriptionType,
  isNew: boolean,
): void {
  account.announce(stanza("presence", { from: account.bare, to: contact, type }));
  if (!isNew) return;
  pushItem(account, roster, contact);
  sendPresence(account, contact);
}

function* deliverPending(by: Resource, account: AccountFace) {
  const roster = yield* account.roster();
  for (const { stanza: xml } of roster.pending()) {
    const parsed = parseFrame(xml);
    const request = parsed instanceof XmlFault ? undefined : stanzaFrom(parsed);
    if (request !== undefined) account.deliver(by, request);
  }
}
