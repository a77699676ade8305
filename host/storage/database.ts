// Opens the database file: locked against a second server, checked, and brought to today's layout.

import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { PidgeonError } from "../errors.ts";
import { Connection, isSqliteError } from "./connection.ts";
import { migrate, migrations, versionOf } from "./migrations.ts";

const DATABASE_FILE = "pidgeon.sqlite";
const LOCK_FILE = "pidgeon.lock";

/** "Pidg": marks the file as ours for `file` and for us. */
const APPLICATION_ID = 0x50696467;

/** A larger file isn't read through at the start: its damage shows when a damaged page is read. */
const CHECK_BYTES_MAX = 64 * 2 ** 20;

/** How long a transaction waits for another program that writes, such as the sqlite3 shell. */
const BUSY_TIMEOUT_MS = 5_000;

/** What survives: the death of the process, or also that of the machine (an fsync per commit). */
export type Durability = "process" | "power";

export interface Database {
  readonly connection: Connection;
  /** Moves the log into the main file if possible, and closes. */
  close(): void;
}

/**
 * Opens or makes the database in `directory`. Throws PidgeonError: PIDGEON_STORAGE_IN_USE,
 * _CORRUPT, _FOREIGN, _NEWER, _FULL or _FAILED; a database that is refused has not been changed.
 */
export function openDatabase(directory: string, durability: Durability): Database {
  const file = join(directory, DATABASE_FILE);
  try {
    // It holds password keys and private messages.
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const lock = lockDirectory(join(directory, LOCK_FILE), file);
    const connection = new Connection(file);
    connection.execute(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    check(connection);
    connection.execute("PRAGMA journal_mode = WAL");
    connection.execute(`PRAGMA synchronous = ${durability === "power" ? "FULL" : "NORMAL"}`);
    connection.execute("PRAGMA foreign_keys = ON");
    migrate(connection);
    return {
      connection,
      close() {
        try {
          connection.execute("PRAGMA wal_checkpoint(TRUNCATE)");
        } catch {
          // On a full disk, say. Nothing is lost: the log stays, and the next start reads it.
        }
        connection.close();
        lock.close();
      },
    };
  } catch (error) {
    throw storageError(error, file);
  }
}

/** The PidgeonError for whatever went wrong with the database `file`. */
export function storageError(error: unknown, file: string): PidgeonError {
  if (error instanceof PidgeonError) return error;
  const detail = error instanceof Error ? error.message : String(error);
  if (isSqliteError(error)) {
    if (error.code.startsWith("SQLITE_FULL")) {
      return new PidgeonError("PIDGEON_STORAGE_FULL", { detail });
    }
    if (error.code.startsWith("SQLITE_CORRUPT") || error.code.startsWith("SQLITE_NOTADB")) {
      return new PidgeonError("PIDGEON_STORAGE_CORRUPT", { file, detail });
    }
    return new PidgeonError("PIDGEON_STORAGE_FAILED", { detail: `${detail} (${error.code})` });
  }
  return new PidgeonError("PIDGEON_STORAGE_FAILED", { detail });
}

/**
 * Holds a transaction open on a file of its own: the system ends it with the process, however that
 * dies, and the database itself stays readable for backups and the sqlite3 shell.
 */
function lockDirectory(lockFile: string, file: string): Connection {
  const lock = new Connection(lockFile);
  try {
    lock.execute("BEGIN EXCLUSIVE");
  } catch (error) {
    if (isSqliteError(error) && error.code.startsWith("SQLITE_BUSY")) {
      throw new PidgeonError("PIDGEON_STORAGE_IN_USE", { file });
    }
    throw error;
  }
  return lock;
}

/** Throws if the file is not a sound Pidgeon database that this version understands. */
function check(connection: Connection): void {
  const { file } = connection;
  const { tables } = connection.get<{ tables: number }>(
    "SELECT count(*) AS tables FROM sqlite_schema",
  )!;
  if (tables === 0) {
    connection.execute(`PRAGMA application_id = ${APPLICATION_ID}`);
    return;
  }
  const id = connection.get<{ application_id: number }>("PRAGMA application_id")!.application_id;
  if (id !== APPLICATION_ID) throw new PidgeonError("PIDGEON_STORAGE_FOREIGN", { file });
  const found = versionOf(connection);
  if (found > migrations.length) {
    throw new PidgeonError("PIDGEON_STORAGE_NEWER", { file, found, known: migrations.length });
  }
  if (statSync(file).size > CHECK_BYTES_MAX) return;
  const { quick_check: result } = connection.get<{ quick_check: string }>(
    "PRAGMA quick_check(1)",
  )!;
  if (result !== "ok") {
    throw new PidgeonError("PIDGEON_STORAGE_CORRUPT", { file, detail: result });
  }
}
