// Roster items on the wire, and the pushes that tell a user's clients of a change (RFC 6121 §2).

import type { RosterItem } from "../storage/storage.ts";
import type { AccountFace } from "./module.ts";
import type { Resource } from "./resource.ts";
import { stanza } from "./stanza.ts";
import { type Element, element } from "./xml/element.ts";

export const ROSTER_NAMESPACE = "jabber:iq:roster";

const INTERESTED = "roster";

/** RFC 6121 §2.2: a resource that has asked for the roster gets pushes. */
export function becomeInterested(account: AccountFace, resource: Resource): void {
  if (!isInterested(resource)) account.note(resource, INTERESTED, true);
}

export function isInterested({ facts }: Resource): boolean {
  return facts.notes[INTERESTED] === true;
}

export function itemElement(item: RosterItem): Element {
  const { jid, name, subscription, ask, approved, groups } = item;
  return element("item", ROSTER_NAMESPACE, {
    jid,
    name: name === "" ? undefined : name,
    subscription,
    ask: ask ? "subscribe" : undefined,
    approved: approved ? "true" : undefined,
  }, groups.map((group) => element("group", ROSTER_NAMESPACE, undefined, [group])));
}

/** The item of a contact that is no longer in the roster. */
export function removedElement(jid: string): Element {
  return element("item", ROSTER_NAMESPACE, { jid, subscription: "remove" });
}

/** Tells every interested resource of the user. */
export function push(account: AccountFace, item: Element): void {
  const query = element("query", ROSTER_NAMESPACE, undefined, [item]);
  const id = `push-${account.self.makeRef().toString(36)}`;
  for (const resource of account.resources) {
    if (!isInterested(resource)) continue;
    const attributes = { to: resource.jid, id, type: "set" };
    account.deliver(resource, stanza("iq", attributes, [query]));
  }
}
