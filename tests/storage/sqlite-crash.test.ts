// Crashes: of the server's process and of the storage worker.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import t from "tap";
import { openStorage, type StorageEvent, type StorageOptions } from "../../host/storage/sqlite.ts";

const parent = t.testdir();
let directories = 0;
const newDirectory = (): string => join(parent, `crash-${directories++}`);

/** A storage, and a function that waits for its next report of a kind. */
async function openReporting(options: Partial<StorageOptions> = {}) {
  const listeners: ((event: StorageEvent) => void)[] = [];
  const report = (event: StorageEvent): void => {
    for (const listener of [...listeners]) listener(event);
  };
  const directory = options.directory ?? newDirectory();
  const storage = await openStorage({ directory, report, ...options });
  const next = <Kind extends StorageEvent["kind"]>(kind: Kind) =>
    new Promise<StorageEvent & { readonly kind: Kind }>((resolve) => {
      const listener = (event: StorageEvent): void => {
        if (event.kind !== kind) return;
        listeners.splice(listeners.indexOf(listener), 1);
        resolve(event as StorageEvent & { readonly kind: Kind });
      };
      listeners.push(listener);
    });
  return { storage, directory, next };
}

void t.test("kill -9 loses nothing that was acknowledged", async (t) => {
  const directory = newDirectory();
  for (const round of [1, 2]) {
    const program = fileURLToPath(new URL("./writer.js", import.meta.url));
    const child = spawn(process.execPath, [program, directory], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const acknowledged: string[] = [];
    const lines = createInterface(child.stdout);
    lines.on("line", (name) => {
      acknowledged.push(name);
      if (acknowledged.length === round * 1_000) child.kill("SIGKILL");
    });
    const [[code, signal]] = await Promise.all([once(child, "exit"), once(lines, "close")]);
    t.strictSame([code, signal], [null, "SIGKILL"]);

    const storage = await openStorage({ directory });
    const values = await Promise.all(acknowledged.map((name) => storage.settings.get(name)));
    const lost = acknowledged.filter((name, index) => values[index] !== name.repeat(20));
    t.strictSame(lost, [], `${acknowledged.length} acknowledged`);
    await storage.close();
  }
});

void t.test("when the worker dies, its requests are rejected and service returns", async (t) => {
  const { storage, next } = await openReporting({ limits: { restartDelayFirstMs: 1 } });
  const acknowledged: string[] = [];
  const rejections = new Set<string>();
  for (let crash = 0; crash < 4; crash++) {
    const up = next("up");
    const down = next("down");
    const write = async (name: string): Promise<void> => {
      await storage.settings.put(name, name);
      acknowledged.push(name);
    };
    const before = Array.from({ length: 100 }, (_, index) => write(`${crash}-before-${index}`));
    await Promise.resolve();
    storage.crashWorker();
    const after = Array.from({ length: 100 }, (_, index) => write(`${crash}-after-${index}`));
    for (const result of await Promise.allSettled([...before, ...after])) {
      if (result.status === "rejected") rejections.add(result.reason.code);
    }
    const { error } = await down;
    t.equal(error.code, "PIDGEON_STORAGE_WORKER_DIED");
    await up;
  }
  t.strictSame([...rejections], ["PIDGEON_STORAGE_WORKER_DIED"]);
  const values = await Promise.all(acknowledged.map((name) => storage.settings.get(name)));
  t.strictSame(values, acknowledged);
  t.equal(storage.statistics().workersEnded, 4);
  await storage.close();
});

void t.test("requests that come while the worker is down wait for the next one", async (t) => {
  const { storage, next } = await openReporting({ limits: { restartDelayFirstMs: 1 } });
  const down = next("down");
  storage.crashWorker();
  await down;
  await storage.settings.put("patient", "yes");
  t.equal(await storage.settings.get("patient"), "yes");
  await storage.close();
});

void t.test("closing while the worker is down stores what waits", async (t) => {
  const { storage, directory, next } = await openReporting({
    limits: { restartDelayFirstMs: 2 ** 30, restartDelayMaxMs: 2 ** 30 },
  });
  const down = next("down");
  storage.crashWorker();
  await down;
  const put = storage.settings.put("last", "word");
  await storage.close();
  await put;
  const again = await openStorage({ directory });
  t.equal(await again.settings.get("last"), "word");
  await again.close();
});

void t.test("a worker that can't open the database is tried again, ever later", async (t) => {
  const { storage, directory, next } = await openReporting({
    limits: { restartDelayFirstMs: 1, restartDelayMaxMs: 4 },
  });
  const file = join(directory, "pidgeon.sqlite");
  await storage.settings.put("name", "value");
  const first = next("down");
  storage.crashWorker();
  const pauses = [(await first).restartInMs];
  const sound = readFileSync(file);
  writeFileSync(file, "damaged ".repeat(1_000));
  const put = storage.settings.put("name", "lost");
  await t.rejects(put, { code: "PIDGEON_STORAGE_CORRUPT" });
  for (let failure = 0; failure < 4; failure++) {
    const { restartInMs, error } = await next("down");
    t.equal(error.code, "PIDGEON_STORAGE_CORRUPT");
    pauses.push(restartInMs);
  }
  t.strictSame(pauses.slice(-3), [4, 4, 4], "the pause doubles up to its limit");
  t.equal(pauses[0], 1);

  const up = next("up");
  writeFileSync(file, sound);
  await up;
  await storage.settings.put("name", "again");
  t.equal(await storage.settings.get("name"), "again");
  await storage.close();
});
