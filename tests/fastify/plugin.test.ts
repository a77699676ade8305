// The Fastify plug-in over real ports: routes, failures, WebSockets, back-pressure, the stop.
import { once } from "node:events";
import { request } from "node:http";
import { fastify } from "fastify";
import type { FastifyInstance } from "fastify";
import { test } from "tap";
import type { Test } from "tap";
import { WebSocket } from "ws";
import { pidgeon, SocketMessage } from "../../host/fastify/index.ts";
import type { Connected, PidgeonOptions, Socket } from "../../host/fastify/index.ts";
import { DynamicSupervisor, GenServer, noreply, ok, reply, stop } from "../../host/otp/index.ts";
import type { GenServerModule } from "../../host/otp/index.ts";
import { Bytes, receive, Runtime, wait } from "../../host/runtime/index.ts";
import type { Exit, Report } from "../../host/runtime/index.ts";
import { stopEmpty } from "../runtime/harness.ts";

interface Counting {
  calls: { add(request: { n: number }): number; crash(): never; wait(): number };
}

const counter: GenServerModule<number, number, Counting> = {
  init: (state) => ok(state),
  handleCall: {
    add: ({ n }, _from, total) => reply(total + n, total + n),
    crash: (_request, _from, total) => stop("broken", total),
    wait: (_request, _from, total) => noreply(total),
  },
};

interface Context {
  readonly t: Test; readonly app: FastifyInstance; readonly runtime: Runtime;
  readonly reports: Report[];
  /** Listens; the port. */
  listen(): Promise<number>;
}

function served(
  title: string, body: (context: Context) => Promise<void>, options: PidgeonOptions = {},
): void {
  void test(title, async (t) => {
    const reports: Report[] = [];
    const runtime = Runtime.start({ logger: (report) => { reports.push(report); } });
    const app = fastify();
    await app.register(pidgeon, { runtime, ...options });
    const listen = async () =>
      Number(new URL(await app.listen({ port: 0, host: "127.0.0.1" })).port);
    await body({ t, app, runtime, reports, listen });
    await app.close();
    t.same(runtime.processes(), [], "the runtime has stopped with Fastify");
  });
}

const total = GenServer.ref<Counting>("total");

served("a route answers with a server's reply, and its failures are statuses",
  async ({ t, app, runtime }) => {
    await runtime.run((self) => GenServer.start(self, counter, 1, { name: "total" }));
    app.get<{ Params: { n: string } }>("/add/:n", app.pidgeon.route(total,
      ({ params }) => ({ kind: "add", n: Number((params as { n: string }).n) })));
    app.get("/nobody", app.pidgeon.route("nobody", () => 1));
    app.get("/slow", app.pidgeon.route(total, () => ({ kind: "wait" }), { timeoutMs: 5 }));
    app.get("/crash", app.pidgeon.route(total, () => ({ kind: "crash" })));
    app.get("/odd", app.pidgeon.route("total", () => () => 1));
    const full = runtime.spawnCallback({ receive() {} }, { mailboxLimit: { messages: 1 } });
    app.get("/full", app.pidgeon.route(full, () => 1));
    const get = async (url: string) => {
      const { statusCode, body, headers } = await app.inject({ url });
      return [statusCode, body, headers["retry-after"]];
    };
    t.same(await get("/add/5"), [200, "6", undefined]);
    t.match(await get("/nobody"), [503, /nobody is there/, "1"]);
    t.match(await get("/slow"), [504, /too long/, undefined]);
    t.match(await get("/odd"), [500, /PIDGEON_NOT_SENDABLE/, undefined]);
    await runtime.run(function* (self) {
      self.suspend(full);
      self.send(full, "full");
      const answer = yield* wait(get("/full"));
      t.match(answer, [503, /too many requests/, "1"]);
      self.resume(full);
    });
    const crashed = await get("/crash");
    t.match(crashed, [500, /has failed/, undefined]);
    t.notMatch(crashed[1], /broken/, "reasons are not told to clients");
  });

served("a client that goes ends the wait of its route", async ({ t, app, runtime, listen }) => {
  const deaf = runtime.spawn(function* () { yield* receive("never"); });
  app.get("/", app.pidgeon.route(deaf, () => 1, { timeoutMs: 60_000 }));
  const port = await listen();
  const before = runtime.processes().length;
  const asking = request({ port, host: "127.0.0.1" }).on("error", () => {});
  asking.end();
  await until(() => runtime.processInfo(deaf, "messageQueueLength") === 1);
  t.equal(runtime.processes().length, before + 1);
  asking.destroy();
  await until(() => runtime.processes().length === before);
  t.pass("nobody waits any more");
});

/** Waits for what some event of the loop brings about. */
async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => { setTimeout(resolve, 1); });
}

interface Member { readonly socket: Socket; readonly name: string; readonly ended: string[] }

const member: GenServerModule<Member, Connected<{ name: string; ended: string[] }>> = {
  init: ({ socket, args }, self) => {
    self.trapExit = true;
    self.join("room");
    return ok({ socket, ...args });
  },
  *handleInfo(message: SocketMessage | Exit | { say: string }, state, self) {
    if (message instanceof SocketMessage) {
      const { data } = message;
      if (data === "bye") return stop("normal", state);
      if (data === "crash") throw new Error("crashed");
      if (data instanceof Bytes) yield* state.socket.send(data);
      else self.sendToGroup("room", { say: `${state.name}: ${data}` });
    } else if ("say" in message) {
      yield* state.socket.send(message.say);
    }
    return noreply(state);
  },
  terminate: (reason, { ended, name }) => { ended.push(`${name} ${JSON.stringify(reason)}`); },
};

async function connect(port: number, path: string): Promise<WebSocket> {
  const client = new WebSocket(`ws://127.0.0.1:${port}${path}`);
  await once(client, "open");
  return client;
}

const closeOf = async (client: WebSocket): Promise<number> => (await once(client, "close"))[0];

served("a WebSocket is a server: frames in and out, and both end together",
  async ({ t, app, runtime, reports, listen }) => {
    const ended: string[] = [];
    app.get("/room", { websocket: true }, app.pidgeon.socket(member, ({ query }) =>
      ({ name: (query as { name: string }).name, ended })));
    const port = await listen();
    const [romeo, juliet] =
      [await connect(port, "/room?name=romeo"), await connect(port, "/room?name=juliet")];
    await until(() => runtime.getMembers("room").length === 2);
    const heard = [once(romeo!, "message"), once(juliet!, "message")];
    romeo!.send("hello");
    t.same((await Promise.all(heard)).map(([data]) => String(data)),
      ["romeo: hello", "romeo: hello"]);
    const binary = once(romeo!, "message");
    romeo!.send(Buffer.from([1, 2]));
    t.same((await binary).slice(0, 2), [Buffer.from([1, 2]), true]);
    const closed = closeOf(romeo!);
    romeo!.send("bye");
    t.equal(await closed, 1000);
    juliet!.close(4001);
    await until(() => ended.length === 2);
    t.same(ended, ['romeo "normal"', 'juliet {"shutdown":{"socketClosed":4001}}']);
    const tybalt = await connect(port, "/room?name=tybalt");
    const failed = closeOf(tybalt);
    tybalt.send("crash");
    t.equal(await failed, 1011);
    t.match(reports, [{ type: "crash", reason: { error: { message: "crashed" } } }]);
    const children = await runtime.run((self) =>
      DynamicSupervisor.countChildren(self, app.pidgeon.supervisor));
    t.equal(children.active, 0, "nobody is started again");
    const last = await connect(port, "/room?name=last");
    await until(() => runtime.getMembers("room").length === 1);
    const stopped = closeOf(last);
    await stopEmpty(runtime, 1_000);
    t.equal(await stopped, 1001);
  });

served("one connection too many is told to try again later", async ({ t, app, listen }) => {
  app.get("/room", { websocket: true }, app.pidgeon.socket(member, () =>
    ({ name: "one", ended: [] })));
  const port = await listen();
  const first = await connect(port, "/room");
  await until(() => app.pidgeon.runtime.getMembers("room").length === 1);
  t.equal(await closeOf(new WebSocket(`ws://127.0.0.1:${port}/room`)), 1013);
  first.close();
  await closeOf(first);
}, { socketsMax: 1 });

served("frames beyond the limit wait at the socket", async ({ t, app, runtime, listen }) => {
  const got: unknown[] = [];
  const queued: number[] = [];
  let go: () => void = () => {};
  const gate = new Promise<void>((resolve) => { go = resolve; });
  app.get("/", { websocket: true }, app.pidgeon.socket<null, null>({
    init: () => ok(null),
    *handleInfo(message: SocketMessage, state, self) {
      yield* wait(gate);
      queued.push(runtime.processInfo(self.pid)!.messageQueueLength);
      got.push(Number(message.data));
      return noreply(state);
    },
  }, () => null, { inputFramesMax: 4 }));
  const client = await connect(await listen(), "/");
  const sent = Array.from({ length: 200 }, (_, index) => index);
  for (const n of sent) client.send(String(n));
  await new Promise((resolve) => { setTimeout(resolve, 30); });
  go();
  await until(() => got.length === 200);
  t.same(got, sent);
  t.ok(Math.max(...queued) <= 4, `at most 4 wait: ${Math.max(...queued)}`);
  client.close();
  await closeOf(client);
});

served("send waits for a client that does not read, and gives it up at last",
  async ({ t, app, listen }) => {
    let sent = 0;
    const reasons: unknown[] = [];
    const flood: GenServerModule<Socket, Connected<null>> = {
      init: ({ socket }) => ok(socket),
      *handleInfo(_message: SocketMessage, socket) {
        for (; sent < 1_000; sent++) yield* socket.send("x".repeat(100_000));
        return noreply(socket);
      },
      terminate: (reason) => { reasons.push(reason); },
    };
    app.get("/", { websocket: true }, app.pidgeon.socket(flood, () => null,
      { outputBytesMax: 200_000, outputTimeoutMs: 50 }));
    const client = await connect(await listen(), "/");
    client.send("go");
    client.pause();
    await until(() => reasons.length > 0);
    t.same(reasons, [{ shutdown: "slow_client" }]);
    t.ok(sent < 1_000, `${sent} frames were taken`);
    client.terminate();
  });
