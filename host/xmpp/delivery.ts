// Which of a user's resources get a message: RFC 6121 §8.5 as a pure decision.

import { isAvailable, type Resource } from "./resource.ts";

/**
 * Calls `deliver` for each resource that takes a message; answers how many did.
 * `resource` is that of the message's `to`, "" for a bare JID. O(resources), allocates nothing.
 */
export function deliverMessage(
  type: string | undefined,
  resource: string,
  resources: readonly Resource[],
  deliver: (resource: Resource) => void,
): number {
  if (resource !== "") {
    for (const candidate of resources) {
      if (candidate.name !== resource) continue;
      // §8.5.3.1: an exact match gets it, whatever its presence.
      deliver(candidate);
      return 1;
    }
    // §8.5.3.2.1: of those that match nothing only a chat goes on, as if to the bare JID.
    if (type !== "chat") return 0;
  }
  if (type === "groupchat" || type === "error") return 0;
  let delivered = 0;
  for (const candidate of resources) {
    if (!isAvailable(candidate) || candidate.facts.priority < 0) continue;
    deliver(candidate);
    delivered++;
  }
  return delivered;
}

/**
 * What becomes of a message that no resource has taken and nobody keeps (§8.5.2.2.1, §8.5.3.2.1):
 * the same for a user who is offline and for one who doesn't exist.
 */
export function undeliverable(type: string | undefined): "refuse" | "ignore" {
  return type === "error" || type === "headline" ? "ignore" : "refuse";
}
