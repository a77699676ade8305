// What each read and write is in SQL.

import type { Connection } from "./connection.ts";
import { needsAccount, userOf, type ReadResults } from "./requests.ts";
import type { Credential, RosterItem, Subscription, Write, Written } from "./storage.ts";

interface AccountRow {
  readonly created_at_ms: number;
  readonly roster_version: number;
}

interface CredentialRow {
  readonly hash: Credential["hash"];
  readonly salt: string;
  readonly iterations: number;
  readonly stored_key: string;
  readonly server_key: string;
}

interface RosterItemRow {
  readonly contact: string;
  readonly name: string;
  readonly subscription: Subscription;
  readonly ask: 0 | 1;
  readonly approved: 0 | 1;
  /** A JSON array of texts. */
  readonly groups: string;
}

interface PendingRow {
  readonly contact: string;
  readonly stanza: string;
}

type Readers = {
  readonly [Kind in keyof ReadResults]: (connection: Connection, key: string) => ReadResults[Kind];
};

/** The readers of each kind of read. O(rows answered). */
export const readers: Readers = {
  account(connection, jid) {
    const row = accountRow(connection, jid);
    if (row === undefined) return undefined;
    const credentials = connection.all<CredentialRow>(
      "SELECT hash, salt, iterations, stored_key, server_key FROM credential WHERE jid = ?",
      jid,
    );
    return {
      jid,
      createdAtMs: row.created_at_ms,
      credentials: credentials.map((credential) => ({
        hash: credential.hash,
        salt: credential.salt,
        iterations: credential.iterations,
        storedKey: credential.stored_key,
        serverKey: credential.server_key,
      })),
    };
  },

  roster(connection, owner) {
    const rows = connection.all<RosterItemRow>(
      `SELECT contact, name, subscription, ask, approved, groups FROM roster_item
       WHERE owner = ? ORDER BY contact`,
      owner,
    );
    const version = accountRow(connection, owner)?.roster_version ?? 0;
    return { version, items: rows.map(rosterItemOf) };
  },

  pending(connection, owner) {
    const rows = connection.all<PendingRow>(
      "SELECT contact, stanza FROM pending_subscription WHERE owner = ? ORDER BY arrival",
      owner,
    );
    return rows.map(({ contact, stanza }) => ({ contact, stanza }));
  },

  setting(connection, name) {
    const sql = "SELECT value FROM setting WHERE name = ?";
    return connection.get<{ readonly value: string }>(sql, name)?.value;
  },
};

/** Makes the changes in the caller's savepoint, which must be rolled back unless "stored". */
export function applyWrites(connection: Connection, writes: readonly Write[]): Written {
  let rosterVersion: number | undefined;
  for (const write of writes) {
    const user = userOf(write);
    const account = user === undefined ? undefined : accountRow(connection, user);
    if (write.kind === "createAccount" && account !== undefined) return { outcome: "exists" };
    if (needsAccount(write) && account === undefined) return { outcome: "absent" };
    apply(connection, write);
    if (write.kind === "putRosterItem" || write.kind === "removeRosterItem") {
      rosterVersion = account!.roster_version + 1;
      const sql = "UPDATE account SET roster_version = ? WHERE jid = ?";
      connection.run(sql, rosterVersion, write.owner);
    }
  }
  return { outcome: "stored", rosterVersion };
}

function apply(connection: Connection, write: Write): void {
  switch (write.kind) {
    case "createAccount": {
      const { jid, createdAtMs, credentials } = write.account;
      connection.run(
        "INSERT INTO account (jid, created_at_ms, roster_version) VALUES (?, ?, ?)",
        jid, createdAtMs, createdAtMs,
      );
      return insertCredentials(connection, jid, credentials);
    }
    case "setCredentials":
      connection.run("DELETE FROM credential WHERE jid = ?", write.jid);
      return insertCredentials(connection, write.jid, write.credentials);
    case "removeAccount":
      // All other rows of the user refer to this one and go with it.
      return connection.run("DELETE FROM account WHERE jid = ?", write.jid);
    case "putRosterItem":
      return putRosterItem(connection, write.owner, write.item);
    case "removeRosterItem":
      return connection.run(
        "DELETE FROM roster_item WHERE owner = ? AND contact = ?",
        write.owner, write.contact,
      );
    case "putPending":
      return connection.run(
        `INSERT INTO pending_subscription (owner, contact, stanza) VALUES (?, ?, ?)
         ON CONFLICT (owner, contact) DO UPDATE SET stanza = excluded.stanza`,
        write.owner, write.request.contact, write.request.stanza,
      );
    case "removePending":
      return connection.run(
        "DELETE FROM pending_subscription WHERE owner = ? AND contact = ?",
        write.owner, write.contact,
      );
    case "putSetting":
      return connection.run(
        "INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)",
        write.name, write.value,
      );
  }
}

function insertCredentials(
  connection: Connection,
  jid: string,
  credentials: readonly Credential[],
): void {
  for (const { hash, salt, iterations, storedKey, serverKey } of credentials) {
    connection.run(
      `INSERT INTO credential (jid, hash, salt, iterations, stored_key, server_key)
       VALUES (?, ?, ?, ?, ?, ?)`,
      jid, hash, salt, iterations, storedKey, serverKey,
    );
  }
}

function putRosterItem(connection: Connection, owner: string, item: RosterItem): void {
  connection.run(
    `INSERT OR REPLACE INTO roster_item
       (owner, contact, name, subscription, ask, approved, groups)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
    owner, item.jid, item.name, item.subscription,
    item.ask ? 1 : 0, item.approved ? 1 : 0, JSON.stringify(item.groups),
  );
}

function rosterItemOf(row: RosterItemRow): RosterItem {
  return {
    jid: row.contact,
    name: row.name,
    subscription: row.subscription,
    ask: row.ask === 1,
    approved: row.approved === 1,
    groups: JSON.parse(row.groups) as string[],
  };
}

function accountRow(connection: Connection, jid: string): AccountRow | undefined {
  return connection.get<AccountRow>(
    "SELECT created_at_ms, roster_version FROM account WHERE jid = ?",
    jid,
  );
}
