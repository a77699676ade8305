// Storage in SQLite: the common suite, persistence, transactions and limits.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import t from "tap";
import { Connection } from "../../host/storage/connection.ts";
import { openDatabase } from "../../host/storage/database.ts";
import { executeGroup } from "../../host/storage/group.ts";
import { migrate } from "../../host/storage/migrations.ts";
import type { Request } from "../../host/storage/requests.ts";
import { openStorage } from "../../host/storage/sqlite.ts";
import { friend, item, juliet, romeo, testStorage } from "./conformance.ts";

const parent = t.testdir();
let directories = 0;
const newDirectory = (): string => join(parent, `storage-${directories++}`);

testStorage(() => openStorage({ directory: newDirectory() }));

void t.test("what is stored is there after closing and opening again", async (t) => {
  const directory = newDirectory();
  const first = await openStorage({ directory });
  await first.accounts.create(romeo);
  await first.roster.put(romeo.jid, friend);
  await first.pending.put(romeo.jid, { contact: "paris@example", stanza: "<presence/>" });
  const roster = await first.roster.load(romeo.jid);
  await first.close();

  const second = await openStorage({ directory, durability: "power" });
  t.strictSame(await second.accounts.get(romeo.jid), romeo);
  t.strictSame(await second.roster.load(romeo.jid), roster);
  t.equal((await second.pending.list(romeo.jid)).length, 1);
  await second.close();
  t.strictSame(readdirSync(directory).filter((name) => name.endsWith("-wal")), []);
});

void t.test("durability decides how far a commit goes", async (t) => {
  for (const [durability, synchronous] of [["process", 1], ["power", 2]] as const) {
    const { connection, close } = openDatabase(newDirectory(), durability);
    t.match(connection.get("PRAGMA synchronous"), { synchronous });
    t.match(connection.get("PRAGMA journal_mode"), { journal_mode: "wal" });
    close();
  }
});

void t.test("the requests of a turn share one commit", async (t) => {
  const storage = await openStorage({ directory: newDirectory() });
  const names = Array.from({ length: 1_000 }, (_, index) => `setting-${index}`);
  await Promise.all(names.map((name) => storage.settings.put(name, name)));
  t.strictSame(storage.statistics(), { answered: 1_000, commits: 1, workersEnded: 0 });
  await Promise.all(names.map((name) => storage.settings.get(name)));
  t.strictSame(storage.statistics(), { answered: 2_000, commits: 1, workersEnded: 0 });
  await storage.close();
});

void t.test("requests that arrive while a commit runs share the next one", async (t) => {
  const directory = newDirectory();
  const storage = await openStorage({ directory });
  // Another program's transaction makes the worker wait in the middle of its own.
  const other = new Connection(join(directory, "pidgeon.sqlite"));
  other.execute("BEGIN IMMEDIATE");
  const waiting: Promise<void>[] = [];
  for (let number = 0; number < 50; number++) {
    waiting.push(storage.settings.put(`setting-${number}`, "value"));
    await setImmediate();
  }
  other.execute("COMMIT");
  other.close();
  await Promise.all(waiting);
  t.ok(storage.statistics().commits <= 2, "the first alone, all others together");
  await storage.close();
});

void t.test("a transaction takes no more requests than its limit", async (t) => {
  const storage = await openStorage({
    directory: newDirectory(), limits: { groupRequestsMax: 10 },
  });
  await Promise.all(
    Array.from({ length: 95 }, (_, index) => storage.settings.put(`${index}`, "value")),
  );
  t.equal(storage.statistics().commits, 10);
  await storage.close();
});

void t.test("a request that fails does not fail the others of its transaction", async (t) => {
  const storage = await openStorage({ directory: newDirectory() });
  await storage.accounts.create(romeo);
  const wrong = item("wrong@example", { subscription: "all" as never });
  const results = await Promise.allSettled([
    storage.roster.put(romeo.jid, friend),
    storage.write([
      { kind: "putRosterItem", owner: romeo.jid, item: item("lost@example") },
      { kind: "putRosterItem", owner: romeo.jid, item: wrong },
    ]),
    storage.roster.put(romeo.jid, item("a\0b@example")),
    storage.settings.put("name", true as never),
    storage.settings.put("name", (() => "") as never),
    storage.accounts.get(Symbol("jid") as never),
    storage.roster.put(juliet.jid, friend),
    storage.roster.put(romeo.jid, item("zoe@example")),
  ]);
  t.strictSame(results.map((result) =>
    result.status === "rejected" ? result.reason.code : "answered"), [
    "answered", "PIDGEON_STORAGE_FAILED", "PIDGEON_STORAGE_FAILED", "PIDGEON_STORAGE_FAILED",
    "PIDGEON_STORAGE_FAILED", "PIDGEON_STORAGE_FAILED", "answered", "answered",
  ]);
  const { items } = await storage.roster.load(romeo.jid);
  t.strictSame(items, [friend, item("zoe@example")]);
  await storage.close();
});

void t.test("on a full disk writes fail, reads go on, and service returns", async (t) => {
  const connection = new Connection(join(t.testdir(), "full.sqlite"));
  migrate(connection);
  const put = (name: string, value: string): Request =>
    ({ kind: "write", writes: [{ kind: "putSetting", name, value }] });
  const get = (key: string): Request => ({ kind: "setting", key });
  const large = "x".repeat(1_000_000);
  executeGroup(connection, [put("name", "old")]);

  const { page_count: pages } = connection.get<{ page_count: number }>("PRAGMA page_count")!;
  connection.get(`PRAGMA max_page_count = ${pages}`);
  const full = executeGroup(connection, [
    get("name"), put("name", "new"), put("large", large), get("name"), put("name", "newer"),
  ]);
  t.equal(full.committed, false);
  const refused = { error: { code: "PIDGEON_STORAGE_FULL" } };
  t.match(full.answers, [{ value: "old" }, refused, refused, { value: "old" }, refused]);

  connection.get("PRAGMA max_page_count = 1000000");
  const again = executeGroup(connection, [put("large", large), get("large")]);
  t.equal(again.committed, true);
  t.strictSame(again.answers[1], { value: large });
  connection.close();
});

void t.test("more requests than the limit are refused until others are answered", async (t) => {
  const storage = await openStorage({ directory: newDirectory(), limits: { requestsMax: 3 } });
  const accepted = [1, 2, 3].map((number) => storage.settings.put("number", `${number}`));
  await t.rejects(storage.settings.get("number"), {
    code: "PIDGEON_STORAGE_OVERLOADED", message: /3 storage requests wait already/,
  });
  await Promise.all(accepted);
  t.equal(await storage.settings.get("number"), "3");
  await storage.close();
});
