// Opening a database: older ones are migrated, others are refused and left as they are.

import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { Connection } from "../../host/storage/connection.ts";
import { migrate, migrations, versionOf } from "../../host/storage/migrations.ts";
import { openStorage } from "../../host/storage/sqlite.ts";
import { friend, romeo } from "./conformance.ts";

const OURS = 0x50696467;

const parent = t.testdir();
let directories = 0;

/** A new directory and the database file in it, filled by `fill`. */
function prepare(fill: (database: Connection) => void): { directory: string; file: string } {
  const directory = join(parent, `open-${directories++}`);
  mkdirSync(directory);
  const file = join(directory, "pidgeon.sqlite");
  const database = new Connection(file);
  fill(database);
  database.close();
  return { directory, file };
}

async function prepareCurrent(settings: number): Promise<{ directory: string; file: string }> {
  const prepared = prepare(() => {});
  const storage = await openStorage({ directory: prepared.directory });
  await Promise.all(Array.from({ length: settings }, (_, index) =>
    storage.settings.put(`setting-${index}`, "value ".repeat(100))));
  await storage.close();
  return prepared;
}

void t.test("a database of the first version is brought up to date", async (t) => {
  const { directory, file } = prepare((database) => {
    database.execute(`PRAGMA application_id = ${OURS}; ${migrations[0]}; PRAGMA user_version = 1`);
    database.execute(`
      INSERT INTO account VALUES ('${romeo.jid}', ${romeo.createdAtMs});
      INSERT INTO credential VALUES ('${romeo.jid}', 'SHA-1', 'c2FsdA==', 4096, 'c3Q=', 'c2U=');
      INSERT INTO setting VALUES ('secret', 'kept');
    `);
  });
  const storage = await openStorage({ directory });
  t.strictSame(await storage.accounts.get(romeo.jid), {
    ...romeo, credentials: romeo.credentials.slice(0, 1),
  });
  t.equal(await storage.settings.get("secret"), "kept");
  t.strictSame(await storage.roster.load(romeo.jid), { version: romeo.createdAtMs, items: [] });
  await storage.roster.put(romeo.jid, friend);
  t.strictSame((await storage.roster.load(romeo.jid)).items, [friend]);
  await storage.close();
  const database = new Connection(file);
  t.equal(versionOf(database), migrations.length);
  database.close();
});

void t.test("a migration that fails leaves the database at its version", async (t) => {
  const { file } = prepare((database) => migrate(database, ["CREATE TABLE one (a)"]));
  const database = new Connection(file);
  const steps = ["never run", "CREATE TABLE two (a)", "CREATE TABLE two (a)"];
  t.throws(() => migrate(database, steps), { code: "SQLITE_ERROR" });
  t.equal(versionOf(database), 1);
  t.strictSame(database.all("SELECT name FROM sqlite_schema"), [{ name: "one" }]);
  migrate(database, steps.slice(0, 2));
  t.equal(versionOf(database), 2);
  database.close();
});

void t.test("a database of a newer version is refused and left alone", async (t) => {
  const { directory, file } = prepare((database) => {
    database.execute(`PRAGMA application_id = ${OURS}; PRAGMA user_version = 1000`);
    database.execute("CREATE TABLE from_the_future (a)");
  });
  const before = readFileSync(file);
  await t.rejects(openStorage({ directory }), {
    code: "PIDGEON_STORAGE_NEWER",
    message: `the database ${file} has version 1000, this Pidgeon knows versions up to `
      + `${migrations.length}: run the newer Pidgeon, or restore a backup`,
  });
  t.strictSame(readFileSync(file), before);
});

void t.test("a file that is no database is refused and left alone", async (t) => {
  const { directory, file } = prepare(() => {});
  const garbage = "This is not a database. ".repeat(1_000);
  writeFileSync(file, garbage);
  await t.rejects(openStorage({ directory }), { code: "PIDGEON_STORAGE_CORRUPT" });
  t.equal(readFileSync(file, "utf8"), garbage);
});

void t.test("another program's database is refused and left alone", async (t) => {
  const { directory, file } = prepare((database) => database.execute("CREATE TABLE theirs (a)"));
  const before = readFileSync(file);
  await t.rejects(openStorage({ directory }), { code: "PIDGEON_STORAGE_FOREIGN" });
  t.strictSame(readFileSync(file), before);
});

void t.test("a damaged page is found when the database is opened", async (t) => {
  const { directory, file } = await prepareCurrent(1_000);
  const bytes = readFileSync(file);
  bytes.fill(0xaa, bytes.length / 2, bytes.length / 2 + 20_000);
  writeFileSync(file, bytes);
  await t.rejects(openStorage({ directory }), {
    code: "PIDGEON_STORAGE_CORRUPT", message: /restore a backup/,
  });
});

void t.test("a database that lost its end is refused", async (t) => {
  const { directory, file } = await prepareCurrent(1_000);
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.subarray(0, bytes.length / 2));
  await t.rejects(openStorage({ directory }), { code: "PIDGEON_STORAGE_CORRUPT" });
});

void t.test("a directory serves one storage at a time", async (t) => {
  const { directory } = prepare(() => {});
  const first = await openStorage({ directory });
  await t.rejects(openStorage({ directory }), { code: "PIDGEON_STORAGE_IN_USE" });
  await first.settings.put("still", "served");
  await first.close();
  const second = await openStorage({ directory });
  t.equal(await second.settings.get("still"), "served");
  await second.close();
});

void t.test("a directory that can't be made is an error that says so", async (t) => {
  const { file } = prepare((database) => database.execute("CREATE TABLE a (a)"));
  await t.rejects(openStorage({ directory: join(file, "inside") }), {
    code: "PIDGEON_STORAGE_FAILED", message: /ENOTDIR/,
  });
});

void t.test("nobody else may look into a directory that storage made", async (t) => {
  const directory = join(parent, "private");
  const storage = await openStorage({ directory });
  t.equal(statSync(directory).mode & 0o777, 0o700);
  await storage.close();
});
