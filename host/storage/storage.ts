// The asynchronous storage interface: what the server keeps, and what each engine must promise.

/**
 * A password's salted keys for one hash (RFC 5802 §3), byte strings in base64. The same shape as
 * `Credential` of host/xmpp/sasl, so that either is assignable to the other.
 */
export interface Credential {
  /** As in the mechanism's name: `SCRAM-SHA-256` without `SCRAM-`. */
  readonly hash: "SHA-1" | "SHA-256";
  readonly salt: string;
  readonly iterations: number;
  readonly storedKey: string;
  readonly serverKey: string;
}

export interface Account {
  /** Bare JID, normalized by the caller: storage compares the text byte for byte. */
  readonly jid: string;
  /** Milliseconds since 1970. */
  readonly createdAtMs: number;
  /** At most one per hash, in any order; none for an account that can't log in with a password. */
  readonly credentials: readonly Credential[];
}

export type Subscription = "none" | "to" | "from" | "both";

/** One roster item (RFC 6121 §2.1.2). */
export interface RosterItem {
  /** Bare JID of the contact. */
  readonly jid: string;
  /** The user's name for the contact; "" for none. */
  readonly name: string;
  readonly subscription: Subscription;
  /** `ask='subscribe'`: an outbound request has not been answered. */
  readonly ask: boolean;
  /** Pre-approved: a later inbound request is answered without asking the user. */
  readonly approved: boolean;
  readonly groups: readonly string[];
}

export interface Roster {
  /** Grows by one with each roster write. Never repeats, also over removal and new registration. */
  readonly version: number;
  /** Ordered by the contact's JID (binary order). */
  readonly items: readonly RosterItem[];
}

/** An inbound subscription request that the user has not answered (RFC 6121 §3.1.3). */
export interface PendingSubscription {
  /** Bare JID of who asks. */
  readonly contact: string;
  /** The presence stanza as serialized XML. */
  readonly stanza: string;
}

/** One change. `owner` and `jid` are bare JIDs of accounts; all but putSetting need the account. */
export type Write =
  | { readonly kind: "createAccount"; readonly account: Account }
  | {
    readonly kind: "setCredentials";
    readonly jid: string;
    /** Replace all that the account has. */
    readonly credentials: readonly Credential[];
  }
  | { readonly kind: "removeAccount"; readonly jid: string }
  | { readonly kind: "putRosterItem"; readonly owner: string; readonly item: RosterItem }
  | { readonly kind: "removeRosterItem"; readonly owner: string; readonly contact: string }
  | { readonly kind: "putPending"; readonly owner: string; readonly request: PendingSubscription }
  | { readonly kind: "removePending"; readonly owner: string; readonly contact: string }
  | { readonly kind: "putSetting"; readonly name: string; readonly value: string };

/**
 * What became of the writes of one request: all stored, or none of them, because an account to
 * create `exists` or the account that a write belongs to is `absent` (removed meanwhile, perhaps).
 */
export type Written =
  | {
    readonly outcome: "stored";
    /** Of the roster that was written last in this request; undefined if none was. */
    readonly rosterVersion: number | undefined;
  }
  | { readonly outcome: "exists" | "absent" };

/**
 * Everything the server keeps. A promise resolves when what it stands for is committed. Requests
 * take effect in the order of the calls: a read sees every earlier write, awaited or not. What is
 * read is a copy.
 *
 * Promises reject with a PidgeonError: PIDGEON_STORAGE_OVERLOADED (too many requests wait),
 * PIDGEON_STORAGE_FULL (the disk), PIDGEON_STORAGE_WORKER_DIED (whether the request was stored is
 * unknown): these pass, ask again later. PIDGEON_STORAGE_CLOSED, PIDGEON_STORAGE_CORRUPT,
 * PIDGEON_STORAGE_FAILED (anything else) may not.
 */
export interface Storage {
  readonly accounts: {
    get(jid: string): Promise<Account | undefined>;
    create(account: Account): Promise<"created" | "exists">;
    setCredentials(jid: string, credentials: readonly Credential[]): Promise<Written>;
    /** Removes all of the user's data. Other users' rosters are not touched. */
    remove(jid: string): Promise<Written>;
  };
  readonly roster: {
    /** An empty roster of version 0 for an account that doesn't exist. */
    load(owner: string): Promise<Roster>;
    /** Adds or replaces the item of `item.jid`. */
    put(owner: string, item: RosterItem): Promise<Written>;
    /** Removing an item that isn't there is "stored" and counts as a change. */
    remove(owner: string, contact: string): Promise<Written>;
  };
  readonly pending: {
    /** In the order of arrival. */
    list(owner: string): Promise<readonly PendingSubscription[]>;
    /** One per contact: a new one replaces the stanza and keeps its place. */
    put(owner: string, request: PendingSubscription): Promise<Written>;
    remove(owner: string, contact: string): Promise<Written>;
  };
  /** The server's own secrets and settings: texts by name (binary values as base64). */
  readonly settings: {
    get(name: string): Promise<string | undefined>;
    put(name: string, value: string): Promise<void>;
  };
  /** Several changes as one: all are stored or none. */
  write(writes: readonly Write[]): Promise<Written>;
  /** Finishes all earlier requests, then releases everything; may be called again. */
  close(): Promise<void>;
}
