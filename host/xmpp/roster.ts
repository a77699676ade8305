// A user's roster inside the user's account process: what storage holds, and how it changes.

import { type Operation, wait } from "../runtime/index.ts";
import type { PendingSubscription, RosterItem, Storage, Write } from "../storage/storage.ts";
import { noSubscription, type SubscriptionState } from "./subscription.ts";

/**
 * The contacts of one user and the requests that wait for an answer. What it says is stored: every
 * change waits for storage first. Belongs to one account process.
 */
export class RosterState {
  readonly #storage: Storage;
  readonly #owner: string;
  readonly #items: Map<string, RosterItem>;
  readonly #pending: Map<string, PendingSubscription>;

  private constructor(
    storage: Storage,
    owner: string,
    items: readonly RosterItem[],
    pending: readonly PendingSubscription[],
  ) {
    this.#storage = storage;
    this.#owner = owner;
    this.#items = new Map(items.map((item) => [item.jid, item]));
    this.#pending = new Map(pending.map((request) => [request.contact, request]));
  }

  /** Reads the roster of a bare JID; an empty one if there is no such account. */
  static *load(storage: Storage, owner: string): Generator<any, RosterState, any> {
    const loading = [storage.roster.load(owner), storage.pending.list(owner)] as const;
    const [roster, pending] = yield* wait(Promise.all(loading));
    return new RosterState(storage, owner, roster.items, pending);
  }

  get size(): number {
    return this.#items.size;
  }

  get pendingSize(): number {
    return this.#pending.size;
  }

  items(): IterableIterator<RosterItem> {
    return this.#items.values();
  }

  item(contact: string): RosterItem | undefined {
    return this.#items.get(contact);
  }

  /** The requests that the user has not answered, in the order of arrival. */
  pending(): IterableIterator<PendingSubscription> {
    return this.#pending.values();
  }

  /** The subscription with a bare JID, which need not be in the roster. */
  stateOf(contact: string): SubscriptionState {
    const item = this.#items.get(contact);
    const pendingIn = this.#pending.has(contact);
    if (item === undefined) return pendingIn ? { ...noSubscription, pendingIn } : noSubscription;
    const { subscription, ask, approved } = item;
    return { subscription, ask, pendingIn, approved };
  }

  /** Adds or replaces an item. Answers whether it is stored: not if the account is gone. */
  *put(item: RosterItem): Operation<boolean> {
    return yield* this.#write([{ kind: "putRosterItem", owner: this.#owner, item }]);
  }

  /** Removes an item and a request of the same contact. */
  *remove(contact: string): Operation<boolean> {
    return yield* this.#write([
      { kind: "removeRosterItem", owner: this.#owner, contact },
      { kind: "removePending", owner: this.#owner, contact },
    ]);
  }

  /**
   * Takes a new subscription state over. `stanza` is the request, serialized, if it becomes
   * pending. A contact whose state is nothing but a pending request has no item (RFC 6121 §3.1.3).
   */
  *change(contact: string, state: SubscriptionState, stanza?: string): Operation<boolean> {
    const owner = this.#owner;
    const writes: Write[] = [];
    const { subscription, ask, approved } = state;
    const item = this.#items.get(contact);
    if (item !== undefined || subscription !== "none" || ask || approved) {
      const { name, groups } = item ?? { name: "", groups: [] };
      const changed = { jid: contact, name, groups, subscription, ask, approved };
      writes.push({ kind: "putRosterItem", owner, item: changed });
    }
    if (state.pendingIn && stanza !== undefined) {
      writes.push({ kind: "putPending", owner, request: { contact, stanza } });
    } else if (!state.pendingIn && this.#pending.has(contact)) {
      writes.push({ kind: "removePending", owner, contact });
    }
    return yield* this.#write(writes);
  }

  *#write(writes: readonly Write[]): Generator<any, boolean, any> {
    const { outcome } = yield* wait(this.#storage.write(writes));
    if (outcome !== "stored") return false;
    for (const write of writes) this.#apply(write);
    return true;
  }

  #apply(write: Write): void {
    switch (write.kind) {
      case "putRosterItem":
        this.#items.set(write.item.jid, write.item);
        break;
      case "removeRosterItem":
        this.#items.delete(write.contact);
        break;
      case "putPending":
        this.#pending.set(write.request.contact, write.request);
        break;
      case "removePending":
        this.#pending.delete(write.contact);
        break;
    }
  }
}
