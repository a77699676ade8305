// The database's layout as numbered steps: step n takes a database from version n - 1 to version n.
// A step that has been released is never changed; a change of layout is a new step at the end.

import type { Connection } from "./connection.ts";

const ACCOUNTS = `
  CREATE TABLE account (
    jid TEXT NOT NULL PRIMARY KEY,
    created_at_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE credential (
    jid TEXT NOT NULL REFERENCES account (jid) ON DELETE CASCADE,
    hash TEXT NOT NULL,
    salt TEXT NOT NULL,
    iterations INTEGER NOT NULL,
    stored_key TEXT NOT NULL,
    server_key TEXT NOT NULL,
    PRIMARY KEY (jid, hash)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE setting (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

/** A roster's version starts at its account's age, so that a new registration repeats none. */
const ROSTERS = `
  ALTER TABLE account ADD COLUMN roster_version INTEGER NOT NULL DEFAULT 0;
  UPDATE account SET roster_version = created_at_ms;

  CREATE TABLE roster_item (
    owner TEXT NOT NULL REFERENCES account (jid) ON DELETE CASCADE,
    contact TEXT NOT NULL,
    name TEXT NOT NULL,
    subscription TEXT NOT NULL CHECK (subscription IN ('none', 'to', 'from', 'both')),
    ask INTEGER NOT NULL,
    approved INTEGER NOT NULL,
    groups TEXT NOT NULL, -- a JSON array
    PRIMARY KEY (owner, contact)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE pending_subscription (
    arrival INTEGER PRIMARY KEY,
    owner TEXT NOT NULL REFERENCES account (jid) ON DELETE CASCADE,
    contact TEXT NOT NULL,
    stanza TEXT NOT NULL,
    UNIQUE (owner, contact)
  ) STRICT;
`;

/** All steps, oldest first. */
export const migrations: readonly string[] = [ACCOUNTS, ROSTERS];

/** The number of the last step that the database has been taken through; 0 for a new one. */
export function versionOf(connection: Connection): number {
  return connection.get<{ user_version: number }>("PRAGMA user_version")!.user_version;
}

/** Takes the database through all steps that it lacks, in one transaction: all or none. */
export function migrate(connection: Connection, steps: readonly string[] = migrations): void {
  const from = versionOf(connection);
  if (from >= steps.length) return;
  connection.execute("BEGIN IMMEDIATE");
  try {
    for (const step of steps.slice(from)) connection.execute(step);
    connection.execute(`PRAGMA user_version = ${steps.length}`);
    connection.execute("COMMIT");
  } catch (error) {
    if (connection.inTransaction) connection.execute("ROLLBACK");
    throw error;
  }
}
