// Storage in this process's memory, for tests and trials: everything is lost at the end.

import { PidgeonError } from "../errors.ts";
import { needsAccount, storageOver, userOf, type Engine, type ReadResults } from "./requests.ts";
import type {
  Account, PendingSubscription, RosterItem, Storage, Write, Written,
} from "./storage.ts";

interface User {
  account: Account;
  rosterVersion: number;
  items: Map<string, RosterItem>;
  pending: Map<string, PendingSubscription>;
}

/** A new, empty storage in memory; a write costs O(size of the user's data). */
export function memoryStorage(): Storage {
  return storageOver(new MemoryEngine());
}

class MemoryEngine implements Engine {
  readonly #users = new Map<string, User>();
  readonly #settings = new Map<string, string>();
  #closed = false;

  async read<Kind extends keyof ReadResults>(kind: Kind, key: string): Promise<ReadResults[Kind]> {
    this.#assertOpen();
    const user = this.#users.get(key);
    const readers: { [K in keyof ReadResults]: () => ReadResults[K] } = {
      account: () => user?.account,
      roster: () => ({
        version: user?.rosterVersion ?? 0,
        items: [...(user?.items.values() ?? [])].sort((a, b) => compareBytes(a.jid, b.jid)),
      }),
      pending: () => [...(user?.pending.values() ?? [])],
      setting: () => this.#settings.get(key),
    };
    return structuredClone(readers[kind]());
  }

  async write(writes: readonly Write[]): Promise<Written> {
    this.#assertOpen();
    const changes = new Changes(this.#users);
    let rosterVersion: number | undefined;
    for (const write of structuredClone(writes)) {
      const user = changes.user(userOf(write));
      if (write.kind === "createAccount" && user !== undefined) return { outcome: "exists" };
      if (needsAccount(write) && user === undefined) return { outcome: "absent" };
      rosterVersion = changes.apply(write, user) ?? rosterVersion;
    }
    for (const [jid, user] of changes.users) {
      if (user === undefined) this.#users.delete(jid);
      else this.#users.set(jid, user);
    }
    for (const [name, value] of changes.settings) this.#settings.set(name, value);
    return { outcome: "stored", rosterVersion };
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #assertOpen(): void {
    if (this.#closed) throw new PidgeonError("PIDGEON_STORAGE_CLOSED");
  }
}

/** The writes of one request, kept apart until all have succeeded. */
class Changes {
  /** Changed users; undefined for removed ones. */
  readonly users = new Map<string, User | undefined>();
  readonly settings = new Map<string, string>();
  readonly #stored: ReadonlyMap<string, User>;

  constructor(stored: ReadonlyMap<string, User>) {
    this.#stored = stored;
  }

  /** The user as the request sees it so far; a copy that may be changed. */
  user(jid: string | undefined): User | undefined {
    if (jid === undefined) return undefined;
    if (!this.users.has(jid)) {
      const user = this.#stored.get(jid);
      if (user === undefined) return undefined;
      this.users.set(jid, { ...user, items: new Map(user.items), pending: new Map(user.pending) });
    }
    return this.users.get(jid);
  }

  /** Applies a write, whose user is there if it needs one; answers a new roster version. */
  apply(write: Write, user: User | undefined): number | undefined {
    switch (write.kind) {
      case "createAccount": {
        const { account } = write;
        this.users.set(account.jid, {
          account, rosterVersion: account.createdAtMs, items: new Map(), pending: new Map(),
        });
        return;
      }
      case "setCredentials":
        user!.account = { ...user!.account, credentials: write.credentials };
        return;
      case "removeAccount":
        this.users.set(write.jid, undefined);
        return;
      case "putRosterItem":
        user!.items.set(write.item.jid, write.item);
        return ++user!.rosterVersion;
      case "removeRosterItem":
        user!.items.delete(write.contact);
        return ++user!.rosterVersion;
      case "putPending":
        user!.pending.set(write.request.contact, write.request);
        return;
      case "removePending":
        user!.pending.delete(write.contact);
        return;
      case "putSetting":
        this.settings.set(write.name, write.value);
        return;
    }
  }
}

/** SQLite's BINARY order, which is not that of UTF-16. */
function compareBytes(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
