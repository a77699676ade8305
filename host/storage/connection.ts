// A typed, guarded face of libsql's synchronous API: one connection with its prepared statements.

import Database from "libsql";

/** What a statement takes. Booleans are left out: libsql 0.5 aborts the whole process on one. */
export type Value = string | number | null;

interface Statement {
  run(values: readonly Value[]): unknown;
  get(values: readonly Value[]): unknown;
  all(values: readonly Value[]): unknown[];
}

/** A connection to one database file. Every method throws what libsql throws (`isSqliteError`). */
export class Connection {
  readonly file: string;
  readonly #database: InstanceType<typeof Database>;
  readonly #statements = new Map<string, Statement>();

  constructor(file: string) {
    this.file = file;
    this.#database = new Database(file, {});
  }

  /** Runs one or several statements without values; not cached. */
  execute(sql: string): void {
    this.#database.exec(sql);
  }

  /** Runs a write or a savepoint command. */
  run(sql: string, ...values: readonly Value[]): void {
    this.#prepared(sql, values).run(values);
  }

  /** The first row. `Row` says what the statement selects. */
  get<Row>(sql: string, ...values: readonly Value[]): Row | undefined {
    return this.#prepared(sql, values).get(values) as Row | undefined;
  }

  /** All rows; they are read to the end, so that no statement keeps an old snapshot open. */
  all<Row>(sql: string, ...values: readonly Value[]): Row[] {
    return this.#prepared(sql, values).all(values) as Row[];
  }

  /** False after SQLite itself rolled back, as it does when the disk is full. */
  get inTransaction(): boolean {
    return (this.#database as unknown as { readonly inTransaction: boolean }).inTransaction;
  }

  /** Closes. The file is released when the thread ends: libsql keeps it for cached statements. */
  close(): void {
    this.#database.close();
  }

  #prepared(sql: string, values: readonly Value[]): Statement {
    for (const value of values) assertStorable(value);
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql) as Statement;
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

/** An error of SQLite with its name, such as SQLITE_FULL or SQLITE_IOERR_FSYNC. */
export function isSqliteError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && "code" in error && typeof error.code === "string"
    && error.code.startsWith("SQLITE");
}

/** libsql would cut a text at U+0000, store NaN as null, and panic on other types. */
function assertStorable(value: Value): void {
  const storable = value === null
    || (typeof value === "string" && !value.includes("\0"))
    || (typeof value === "number" && Number.isFinite(value));
  if (!storable) throw new TypeError(`${typeof value} can't be stored`);
}
