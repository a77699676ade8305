// Executes a group of requests as one transaction, each request atomic within it.
//
//   BEGIN ─ request ─ request ─ … ─ COMMIT ─ answers
//            │
//            SAVEPOINT ─ writes ─ RELEASE, or ROLLBACK TO if one fails
//
// Nothing is answered before the commit. If the transaction as a whole fails (a full disk), each
// write is answered with that error and each read is read again from what is stored.

import type { PidgeonError } from "../errors.ts";
import type { Connection } from "./connection.ts";
import { storageError } from "./database.ts";
import { applyWrites, readers } from "./queries.ts";
import type { Read, Request, WriteRequest } from "./requests.ts";

export type Answer = { readonly value: unknown } | { readonly error: PidgeonError };

export interface Executed {
  /** In the order of the requests. */
  readonly answers: readonly Answer[];
  /** Whether the group took a commit: not if it only read, or failed as a whole. */
  readonly committed: boolean;
}

/** Executes `requests` in their order. Throws only if the connection is beyond use. */
export function executeGroup(connection: Connection, requests: readonly Request[]): Executed {
  if (!requests.some(isWrite)) {
    const answers = requests.map((request) => read(connection, request as Read));
    return { answers, committed: false };
  }
  try {
    connection.run("BEGIN IMMEDIATE");
    const answers = requests.map((request) =>
      isWrite(request) ? write(connection, request) : read(connection, request));
    connection.run("COMMIT");
    return { answers, committed: true };
  } catch (error) {
    if (connection.inTransaction) connection.run("ROLLBACK");
    const failed = { error: storageError(error, connection.file) };
    const answers = requests.map((request) =>
      isWrite(request) ? failed : read(connection, request));
    return { answers, committed: false };
  }
}

function isWrite(request: Request): request is WriteRequest {
  return request.kind === "write";
}

function read(connection: Connection, { kind, key }: Read): Answer {
  try {
    return { value: readers[kind](connection, key) };
  } catch (error) {
    return { error: storageError(error, connection.file) };
  }
}

/** Throws if the whole transaction is lost with this request. */
function write(connection: Connection, { writes }: WriteRequest): Answer {
  connection.run("SAVEPOINT request");
  try {
    const written = applyWrites(connection, writes);
    if (written.outcome !== "stored") connection.run("ROLLBACK TO request");
    connection.run("RELEASE request");
    return { value: written };
  } catch (error) {
    if (!connection.inTransaction) throw error;
    connection.run("ROLLBACK TO request");
    connection.run("RELEASE request");
    return { error: storageError(error, connection.file) };
  }
}
