// Our own load generator's process: many clients over WebSocket, told by its parent what to do.
import { once } from "node:events";
import { quantile } from "../instrument/statistics.ts";
import { LoadClient, usernameOf } from "./load-client.ts";
import type { ChatCommand, CountCommand, LoadCommand, LoadEvent, Target } from "./load-protocol.ts";

const BODY_BYTES = 100;

const tell = (event: LoadEvent) => process.send?.(event);
const delay = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Runs `task` for 0 … count-1, at most `atOnce` at a time. */
async function each(count: number, atOnce: number, task: (index: number) => Promise<void>) {
  let next = 0;
  const worker = async () => {
    while (next < count) await task(next++);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, worker));
}

async function logIn(command: Target, count: number, lost: () => void): Promise<LoadClient[]> {
  const clients: LoadClient[] = [];
  await each(count, command.atOnce, async (index) => {
    const client = await LoadClient.connect(command.url, command.domain);
    await client.login(usernameOf(index));
    client.onLost = lost;
    clients[index] = client;
  });
  return clients;
}

async function register(command: CountCommand): Promise<void> {
  await each(command.count, command.atOnce, async (index) => {
    const client = await LoadClient.connect(command.url, command.domain);
    await client.register(usernameOf(index));
    await client.close();
  });
  tell({ event: "done" });
}

/** Client 2k writes to client 2k+1, `window` messages under way in each pair. */
async function chat(command: ChatCommand): Promise<void> {
  let errors = 0;
  let sent = 0;
  let received = 0;
  let delivered = 0;
  let recording = false;
  let stopping = false;
  const latencies: number[] = [];
  const clients = await logIn(command, command.pairs * 2, () => errors++);
  const padding = "x".repeat(BODY_BYTES - 10);
  for (let pair = 0; pair < command.pairs; pair++) {
    const sender = clients[pair * 2] as LoadClient;
    const receiver = clients[pair * 2 + 1] as LoadClient;
    const head = `<message xmlns='jabber:client' type='chat' to='${usernameOf(pair * 2 + 1)}`
      + `@${command.domain}' id='`;
    const sentAt = new Float64Array(command.window);
    let next = 0;
    let expected = 0;
    const send = () => {
      sentAt[next % command.window] = performance.now();
      const number = String(next).padStart(9, "0");
      sender.send(`${head}${next}'><body>${number} ${padding}</body></message>`);
      next++;
      sent++;
    };
    sender.onFrame = (frame) => {
      if (frame.startsWith("<message")) errors++; // an error came back
    };
    receiver.onFrame = (frame) => {
      if (!frame.startsWith("<message")) return;
      const at = frame.indexOf("<body>") + 6;
      if (Number(frame.slice(at, at + 9)) !== expected) errors++;
      received++;
      if (recording) {
        delivered++;
        latencies.push(performance.now() - (sentAt[expected % command.window] ?? 0));
      }
      expected++;
      if (!stopping) send();
    };
    for (let first = 0; first < command.window; first++) send();
  }
  await delay(command.warmMs);
  recording = true;
  tell({ event: "recording" });
  await delay(command.recordMs);
  recording = false;
  tell({ event: "recorded", delivered });
  stopping = true;
  for (let waited = 0; received < sent && waited < 5000; waited += 50) await delay(50);
  await Promise.all(clients.map((client) => client.close()));
  latencies.sort((a, b) => a - b);
  tell({
    event: "chatted",
    errors,
    lost: sent - received,
    p50Us: quantile(latencies, 0.5) * 1000,
    p99Us: quantile(latencies, 0.99) * 1000,
  });
}

/** Holds sessions with presence that do nothing, until the parent asks how many were lost. */
async function idle(command: CountCommand): Promise<void> {
  let lost = 0;
  const clients = await logIn(command, command.count, () => lost++);
  const released = once(process, "message");
  tell({ event: "done" });
  await released;
  const lostIdle = lost;
  await each(clients.length, command.atOnce, (index) => (clients[index] as LoadClient).close());
  tell({ event: "idled", lost: lostIdle });
}

const [command] = (await once(process, "message")) as [LoadCommand];
process.on("disconnect", () => process.exit(0));
try {
  if (command.command === "register") await register(command);
  else if (command.command === "chat") await chat(command);
  else await idle(command);
} catch (error) {
  tell({ event: "failed", reason: error instanceof Error ? error.message : String(error) });
}
