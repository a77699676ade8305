// Requests as data, and the Storage interface over any engine that executes them.

import type {
  Account, PendingSubscription, Roster, Storage, Write, Written,
} from "./storage.ts";

/** What each kind of read takes (beside its key) and gives. */
export interface ReadResults {
  account: Account | undefined;
  roster: Roster;
  pending: readonly PendingSubscription[];
  setting: string | undefined;
}

export interface Read<Kind extends keyof ReadResults = keyof ReadResults> {
  readonly kind: Kind;
  /** A bare JID, or the name of a setting. */
  readonly key: string;
}

export interface WriteRequest {
  readonly kind: "write";
  readonly writes: readonly Write[];
}

export type Request = Read | WriteRequest;

/** Executes requests in the order of the calls. */
export interface Engine {
  read<Kind extends keyof ReadResults>(kind: Kind, key: string): Promise<ReadResults[Kind]>;
  write(writes: readonly Write[]): Promise<Written>;
  close(): Promise<void>;
}

/** The bare JID of the account that a write concerns; undefined for a setting. */
export function userOf(write: Write): string | undefined {
  switch (write.kind) {
    case "createAccount": return write.account.jid;
    case "setCredentials":
    case "removeAccount": return write.jid;
    case "putSetting": return undefined;
    default: return write.owner;
  }
}

/** Whether a write is refused as "absent" without its account. */
export function needsAccount(write: Write): boolean {
  return write.kind !== "createAccount" && write.kind !== "putSetting";
}

/** The Storage interface over an engine. */
export function storageOver(engine: Engine): Storage {
  const write = (...writes: readonly Write[]) => engine.write(writes);
  return {
    accounts: {
      get: (jid) => engine.read("account", jid),
      async create(account) {
        const { outcome } = await write({ kind: "createAccount", account });
        return outcome === "stored" ? "created" : "exists";
      },
      setCredentials: (jid, credentials) => write({ kind: "setCredentials", jid, credentials }),
      remove: (jid) => write({ kind: "removeAccount", jid }),
    },
    roster: {
      load: (owner) => engine.read("roster", owner),
      put: (owner, item) => write({ kind: "putRosterItem", owner, item }),
      remove: (owner, contact) => write({ kind: "removeRosterItem", owner, contact }),
    },
    pending: {
      list: (owner) => engine.read("pending", owner),
      put: (owner, request) => write({ kind: "putPending", owner, request }),
      remove: (owner, contact) => write({ kind: "removePending", owner, contact }),
    },
    settings: {
      get: (name) => engine.read("setting", name),
      async put(name, value) {
        await write({ kind: "putSetting", name, value });
      },
    },
    write: (writes) => engine.write(writes),
    close: () => engine.close(),
  };
}
