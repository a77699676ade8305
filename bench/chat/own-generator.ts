// Our own load generator: starts load-child on its core and measures the server meanwhile.
import { type ChildProcess, spawn } from "node:child_process";
import { on } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { treeCpuMs, treeResidentBytes } from "../instrument/process-tree.ts";
import type { ChatFigures, ChatLoad, IdleFigures, LoadGenerator } from "./load.ts";
import type { LoadCommand, LoadEvent } from "./load-protocol.ts";
import { pinned, type ServerUnderTest } from "./servers.ts";

const childFile = fileURLToPath(new URL("./load-child.js", import.meta.url));
const AT_ONCE = 20;

type Name = LoadEvent["event"];

/** The generator's process; `next` waits for one event by name. */
class Generator {
  readonly #child: ChildProcess;
  readonly #events: AsyncIterator<[LoadEvent]>;

  constructor(command: LoadCommand) {
    const [file, parameters] = pinned("generator", process.execPath, [childFile]);
    this.#child = spawn(file, parameters, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    this.#events = on(this.#child, "message", { close: ["exit"] }) as AsyncIterator<[LoadEvent]>;
    this.#child.send(command);
  }

  async next<N extends Name>(name: N): Promise<Extract<LoadEvent, { event: N }>> {
    const { value, done } = await this.#events.next();
    if (done) throw new Error("the load generator ended early");
    const event = (value as [LoadEvent])[0];
    if (event.event === "failed") throw new Error(event.reason);
    if (event.event !== name) throw new Error(`the generator said ${event.event}, not ${name}`);
    return event as Extract<LoadEvent, { event: N }>;
  }

  release(): void {
    this.#child.send("release");
  }

  stop(): void {
    if (this.#child.connected) this.#child.disconnect();
  }
}

async function withGenerator<T>(
  command: LoadCommand,
  use: (generator: Generator) => Promise<T>,
): Promise<T> {
  const generator = new Generator(command);
  try {
    return await use(generator);
  } finally {
    generator.stop();
  }
}

function target(server: ServerUnderTest) {
  const url = `ws://127.0.0.1:${server.port}${server.path}`;
  return { url, domain: server.domain, atOnce: AT_ONCE };
}

async function register(server: ServerUnderTest, count: number): Promise<void> {
  const command = { ...target(server), command: "register", count } as const;
  await withGenerator(command, (generator) => generator.next("done"));
}

async function chat(server: ServerUnderTest, load: ChatLoad): Promise<ChatFigures> {
  const command = {
    ...target(server), command: "chat", pairs: load.pairs, window: load.window,
    warmMs: load.warmSeconds * 1000, recordMs: load.recordSeconds * 1000,
  } as const;
  return withGenerator(command, async (generator) => {
    await generator.next("recording");
    const start = performance.now();
    const before = treeCpuMs(server.pid);
    const { delivered } = await generator.next("recorded");
    const cpuMs = treeCpuMs(server.pid) - before;
    const seconds = (performance.now() - start) / 1000;
    const { errors, lost, p50Us, p99Us } = await generator.next("chatted");
    if (errors > 0 || lost > 0) throw new Error(`${errors} errors, ${lost} messages lost`);
    return { cpuUs: (cpuMs * 1000) / delivered, perSecond: delivered / seconds, p50Us, p99Us };
  });
}

async function idle(
  server: ServerUnderTest,
  count: number,
  holdSeconds: number,
): Promise<IdleFigures> {
  const command = { ...target(server), command: "idle", count } as const;
  const bytesBefore = treeResidentBytes(server.pid);
  const cpuBefore = treeCpuMs(server.pid);
  return withGenerator(command, async (generator) => {
    await generator.next("done");
    const cpuMs = treeCpuMs(server.pid) - cpuBefore;
    await delay(holdSeconds * 1000);
    const bytes = treeResidentBytes(server.pid) - bytesBefore;
    generator.release();
    const { lost } = await generator.next("idled");
    if (lost > 0) throw new Error(`${lost} idle connections were closed`);
    return { bytes: bytes / count, loginCpuUs: (cpuMs * 1000) / count };
  });
}

/** Needs nothing but Node. */
export const ownGenerator: LoadGenerator = { name: "bench/chat", register, chat, idle };
