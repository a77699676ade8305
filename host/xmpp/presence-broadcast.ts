// Presence that the server sends in a user's name (RFC 6121 §4).

import type { AccountFace } from "./module.ts";
import { isAvailable, type Resource } from "./resource.ts";
import { stanza, type Stanza, withAddresses } from "./stanza.ts";
import { seenByContact } from "./subscription.ts";
import type { RosterState } from "./roster.ts";

/** The unavailable presence of a resource whose client did not send one. */
export function unavailableFrom(jid: string): Stanza {
  return stanza("presence", { from: jid, type: "unavailable" });
}

/** To every contact who may see the user. `presence` is stamped with its resource. O(roster). */
export function broadcastToContacts(
  account: AccountFace,
  roster: RosterState,
  presence: Stanza,
): void {
  for (const { jid, subscription } of roster.items()) {
    if (seenByContact(subscription)) account.announce(withAddresses(presence, { to: jid }));
  }
}

/** To every available resource of the user's own (§4.2.2), the sender's among them. */
export function broadcastToOwn(account: AccountFace, presence: Stanza): void {
  const addressed = withAddresses(presence, { to: account.bare });
  for (const resource of account.resources) {
    if (isAvailable(resource)) account.deliver(resource, addressed);
  }
}

/** The presence of every available resource, for one who may see it now (§3.1.5, §4.3.2). */
export function sendPresence(account: AccountFace, to: string): void {
  for (const { facts: { presence } } of account.resources) {
    if (presence !== undefined) account.announce(withAddresses(presence, { to }));
  }
}

/** For one who may see the user no longer (§3.2.2, §3.3.3). */
export function sendUnavailable(account: AccountFace, to: string): void {
  for (const resource of account.resources) {
    if (isAvailable(resource)) {
      account.announce(withAddresses(unavailableFrom(resource.jid), { to }));
    }
  }
}

const DIRECTED = "directed";
/** One resource's directed presences that are remembered; enough for rooms and passing contacts. */
const DIRECTED_MAX = 500;

/** Whom a resource has sent directed presence, to be told of its end (§4.6.3). */
export function directedTo({ facts }: Resource): readonly string[] {
  return (facts.notes[DIRECTED] as readonly string[] | undefined) ?? [];
}

/** Remembers or forgets that an entity got directed presence. O(entities). */
export function noteDirected(
  account: AccountFace, by: Resource, to: string, available: boolean,
): void {
  const known = directedTo(by);
  if (known.includes(to) === available) return;
  if (available && known.length >= DIRECTED_MAX) return;
  const changed = available ? [...known, to] : known.filter((other) => other !== to);
  account.note(by, DIRECTED, changed.length === 0 ? undefined : changed);
}

/** Forgets all directed presence of a resource. */
export function forgetDirected(account: AccountFace, by: Resource): void {
  if (directedTo(by).length > 0) account.note(by, DIRECTED, undefined);
}
