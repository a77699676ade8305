// What every storage must do, as tests that each engine's test file runs.

import { t, type Test } from "tap";
import type { Account, RosterItem, Storage } from "../../host/storage/storage.ts";

export const romeo: Account = {
  jid: "romeo@montague.example",
  createdAtMs: 1_700_000_000_000,
  credentials: [
    { hash: "SHA-1", salt: "c2FsdA==", iterations: 4096, storedKey: "c3Q=", serverKey: "c2U=" },
    { hash: "SHA-256", salt: "c2FsdDI=", iterations: 10000, storedKey: "YQ==", serverKey: "" },
  ],
};
export const juliet: Account = {
  jid: "juliet@capulet.example",
  createdAtMs: 1_700_000_000_001,
  credentials: [],
};
export const friend: RosterItem = {
  jid: "benvolio@montague.example",
  name: "Bénvolio 🗡",
  subscription: "both",
  ask: false,
  approved: true,
  groups: ["Friends", "Family \"close\""],
};

export function item(jid: string, changes: Partial<RosterItem> = {}): RosterItem {
  const none = { name: "", subscription: "none", ask: false, approved: false, groups: [] } as const;
  return { jid, ...none, ...changes };
}

/** Registers the suite for one storage; `open` gives it, new and empty. The last test closes it. */
export function testStorage(open: () => Promise<Storage>): void {
  let opened: Promise<Storage> | undefined;
  const test = (title: string, body: (t: Test, storage: Storage) => Promise<void>): void => {
    void t.test(title, async (t) => {
      const storage = await (opened ??= open());
      for (const { jid } of [romeo, juliet]) await storage.accounts.remove(jid);
      await body(t, storage);
    });
  };

  test("an account is found as it was created", async (t, storage) => {
    t.equal(await storage.accounts.get(romeo.jid), undefined);
    t.equal(await storage.accounts.create(romeo), "created");
    t.equal(await storage.accounts.create(juliet), "created");
    t.strictSame(await storage.accounts.get(romeo.jid), romeo);
    t.strictSame(await storage.accounts.get(juliet.jid), juliet);
  });

  test("creating an account that exists changes nothing", async (t, storage) => {
    await storage.accounts.create(romeo);
    t.equal(await storage.accounts.create({ ...juliet, jid: romeo.jid }), "exists");
    t.strictSame(await storage.accounts.get(romeo.jid), romeo);
  });

  test("of two simultaneous registrations of a name, one wins", async (t, storage) => {
    const both = [storage.accounts.create(romeo), storage.accounts.create(romeo)];
    t.strictSame(await Promise.all(both), ["created", "exists"]);
  });

  test("JIDs are compared byte for byte", async (t, storage) => {
    await storage.accounts.create(romeo);
    t.equal(await storage.accounts.get("Romeo@montague.example"), undefined);
    t.equal(await storage.accounts.get("romeo@montague.example "), undefined);
  });

  test("new credentials replace the old ones", async (t, storage) => {
    await storage.accounts.create(romeo);
    const credentials = [{ ...romeo.credentials[1]!, iterations: 20_000 }];
    t.match(await storage.accounts.setCredentials(romeo.jid, credentials), { outcome: "stored" });
    t.strictSame(await storage.accounts.get(romeo.jid), { ...romeo, credentials });
  });

  test("a roster keeps its items, ordered by JID", async (t, storage) => {
    await storage.accounts.create(romeo);
    t.strictSame((await storage.roster.load(romeo.jid)).items, []);
    const items = [item("\u{1f3ad}@z.example"), item("\uff21@z.example"), friend];
    for (const each of items) await storage.roster.put(romeo.jid, each);
    t.strictSame((await storage.roster.load(romeo.jid)).items, [friend, items[1], items[0]]);
    await storage.roster.put(romeo.jid, { ...friend, subscription: "to", ask: true, groups: [] });
    await storage.roster.remove(romeo.jid, items[1]!.jid);
    t.strictSame((await storage.roster.load(romeo.jid)).items, [
      { ...friend, subscription: "to", ask: true, groups: [] }, items[0],
    ]);
    t.strictSame(await storage.roster.load(juliet.jid), { version: 0, items: [] });
  });

  test("each roster change counts its version up by one", async (t, storage) => {
    await storage.accounts.create(romeo);
    const { version } = await storage.roster.load(romeo.jid);
    t.strictSame(await storage.roster.put(romeo.jid, friend), stored(version + 1));
    t.strictSame(await storage.roster.put(romeo.jid, friend), stored(version + 2));
    t.strictSame(await storage.roster.remove(romeo.jid, "nobody@example"), stored(version + 3));
    t.strictSame(await storage.pending.remove(romeo.jid, "nobody@example"), stored(undefined));
    t.equal((await storage.roster.load(romeo.jid)).version, version + 3);
  });

  test("a roster version does not come back with a later registration", async (t, storage) => {
    await storage.accounts.create(romeo);
    await storage.roster.put(romeo.jid, friend);
    const { version } = await storage.roster.load(romeo.jid);
    await storage.accounts.remove(romeo.jid);
    await storage.accounts.create({ ...romeo, createdAtMs: romeo.createdAtMs + 60_000 });
    t.ok((await storage.roster.load(romeo.jid)).version > version);
  });

  test("pending requests keep their order, one per contact", async (t, storage) => {
    await storage.accounts.create(romeo);
    const ask = (contact: string, stanza: string) =>
      storage.pending.put(romeo.jid, { contact, stanza });
    await ask("tybalt@capulet.example", "<presence>1</presence>");
    await ask("juliet@capulet.example", "<presence>2</presence>");
    await ask("paris@example", "<presence>3</presence>");
    await ask("tybalt@capulet.example", "<presence>4</presence>");
    await storage.pending.remove(romeo.jid, "paris@example");
    t.strictSame(await storage.pending.list(romeo.jid), [
      { contact: "tybalt@capulet.example", stanza: "<presence>4</presence>" },
      { contact: "juliet@capulet.example", stanza: "<presence>2</presence>" },
    ]);
  });

  test("removing an account removes the user's data and no one else's", async (t, storage) => {
    await storage.accounts.create(romeo);
    await storage.accounts.create(juliet);
    const request = { contact: "paris@example", stanza: "<presence/>" };
    for (const { jid } of [romeo, juliet]) {
      await storage.roster.put(jid, friend);
      await storage.pending.put(jid, request);
    }
    t.match(await storage.accounts.remove(romeo.jid), { outcome: "stored" });
    t.equal(await storage.accounts.get(romeo.jid), undefined);
    t.strictSame(await storage.roster.load(romeo.jid), { version: 0, items: [] });
    t.strictSame(await storage.pending.list(romeo.jid), []);
    t.strictSame((await storage.roster.load(juliet.jid)).items, [friend]);
    t.strictSame(await storage.pending.list(juliet.jid), [request]);

    await storage.accounts.create(romeo);
    t.strictSame((await storage.roster.load(romeo.jid)).items, []);
    t.strictSame(await storage.pending.list(romeo.jid), []);
    t.strictSame(await storage.accounts.get(romeo.jid), romeo);
  });

  test("writes for an account that is not there answer absent", async (t, storage) => {
    const absent = { outcome: "absent" };
    t.strictSame(await storage.accounts.setCredentials(romeo.jid, []), absent);
    t.strictSame(await storage.accounts.remove(romeo.jid), absent);
    t.strictSame(await storage.roster.put(romeo.jid, friend), absent);
    t.strictSame(await storage.roster.remove(romeo.jid, friend.jid), absent);
    t.strictSame(await storage.pending.put(romeo.jid, { contact: "a@b", stanza: "" }), absent);
    t.strictSame(await storage.pending.remove(romeo.jid, "a@b"), absent);
    await storage.accounts.create(romeo);
    t.strictSame((await storage.roster.load(romeo.jid)).items, [], "nothing was left behind");
  });

  test("the writes of one request are stored together", async (t, storage) => {
    const written = await storage.write([
      { kind: "createAccount", account: romeo },
      { kind: "putPending", owner: romeo.jid, request: { contact: "a@b", stanza: "<presence/>" } },
      { kind: "putRosterItem", owner: romeo.jid, item: friend },
      { kind: "removePending", owner: romeo.jid, contact: "a@b" },
      { kind: "putSetting", name: "greeting", value: "Hello" },
    ]);
    t.strictSame(written, stored(romeo.createdAtMs + 1));
    t.strictSame((await storage.roster.load(romeo.jid)).items, [friend]);
    t.strictSame(await storage.pending.list(romeo.jid), []);
    t.equal(await storage.settings.get("greeting"), "Hello");
    t.strictSame(await storage.write([]), stored(undefined));
  });

  test("if one write of a request is refused, none is stored", async (t, storage) => {
    await storage.accounts.create(romeo);
    const before = await storage.roster.load(romeo.jid);
    t.strictSame(await storage.write([
      { kind: "putRosterItem", owner: romeo.jid, item: friend },
      { kind: "putSetting", name: "refused", value: "Hello" },
      { kind: "putRosterItem", owner: juliet.jid, item: friend },
    ]), { outcome: "absent" });
    t.strictSame(await storage.write([
      { kind: "removeAccount", jid: romeo.jid },
      { kind: "createAccount", account: juliet },
      { kind: "createAccount", account: juliet },
    ]), { outcome: "exists" });
    t.strictSame(await storage.roster.load(romeo.jid), before);
    t.equal(await storage.settings.get("refused"), undefined);
    t.strictSame(await storage.accounts.get(romeo.jid), romeo);
    t.equal(await storage.accounts.get(juliet.jid), undefined);
  });

  test("requests take effect in the order of the calls, without waiting", async (t, storage) => {
    const results = await Promise.all([
      storage.accounts.create(romeo),
      storage.roster.put(romeo.jid, friend),
      storage.roster.load(romeo.jid),
      storage.roster.remove(romeo.jid, friend.jid),
      storage.roster.load(romeo.jid),
      storage.accounts.remove(romeo.jid),
      storage.accounts.get(romeo.jid),
    ]);
    const first = romeo.createdAtMs;
    t.strictSame(results, [
      "created", stored(first + 1), { version: first + 1, items: [friend] },
      stored(first + 2), { version: first + 2, items: [] }, stored(undefined), undefined,
    ]);
  });

  test("what is stored is a copy, and what is read too", async (t, storage) => {
    const groups = ["Friends"];
    await storage.accounts.create(romeo);
    await storage.roster.put(romeo.jid, { ...friend, groups });
    groups.push("Foes");
    const roster = await storage.roster.load(romeo.jid);
    t.strictSame(roster.items[0]?.groups, ["Friends"]);
    (roster.items[0]?.groups as string[]).push("Foes");
    t.strictSame((await storage.roster.load(romeo.jid)).items[0]?.groups, ["Friends"]);
  });

  test("settings are kept by name", async (t, storage) => {
    t.equal(await storage.settings.get("secret"), undefined);
    await storage.settings.put("secret", "one");
    await storage.settings.put("secret", "two");
    await storage.settings.put("other", "");
    t.equal(await storage.settings.get("secret"), "two");
    t.equal(await storage.settings.get("other"), "");
  });

  test("closing finishes earlier requests and refuses later ones", async (t, storage) => {
    const earlier = storage.accounts.create(romeo);
    const closed = storage.close();
    t.equal(await earlier, "created");
    await t.rejects(storage.accounts.get(romeo.jid), { code: "PIDGEON_STORAGE_CLOSED" });
    await t.rejects(storage.accounts.create(juliet), { code: "PIDGEON_STORAGE_CLOSED" });
    await closed;
    await storage.close();
    await t.rejects(storage.accounts.get(romeo.jid), { code: "PIDGEON_STORAGE_CLOSED" });
  });
}

function stored(rosterVersion: number | undefined) {
  return { outcome: "stored", rosterVersion };
}
