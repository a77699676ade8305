// The program as a process of its own: what it says, its exit codes, its signals, its data.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import t from "tap";
import WebSocket from "ws";
import { register } from "../clients/registration.ts";
import { stanzaJs } from "../clients/stanza-js.ts";
import { closed, collect, opened } from "./stub-xmpp.ts";

const program = fileURLToPath(new URL("../../host/server/main.js", import.meta.url));

// A machine may be busy; nothing here waits for a time to pass.
t.setTimeout(120_000);

class Run {
  readonly child: ChildProcess;
  output = "";
  errors = "";
  private wake = (): void => {};

  constructor(parameters: readonly string[]) {
    this.child = spawn(process.execPath, [program, ...parameters]);
    this.child.stdout?.on("data", (bytes) => {
      this.output += String(bytes);
      this.wake();
    });
    this.child.stderr?.on("data", (bytes) => (this.errors += String(bytes)));
  }

  /** The port, once it says that it listens. */
  async port(): Promise<number> {
    await this.says(/Ctrl-C/);
    return Number(/localhost:(\d+)/.exec(this.output)?.[1]);
  }

  async says(pattern: RegExp): Promise<void> {
    const ended = once(this.child, "close").then(() => Promise.reject(new Error(this.errors)));
    ended.catch(() => {});
    while (!pattern.test(this.output)) {
      await Promise.race([new Promise<void>((resolve) => (this.wake = resolve)), ended]);
    }
  }

  async end(): Promise<{ code: number | null; signal: string | null }> {
    const [code, signal] = await once(this.child, "close");
    return { code, signal };
  }
}

t.test("an unknown option is an error that lists the options", async (t) => {
  const run = new Run(["--http-prot", "5280"]);
  t.match(await run.end(), { code: 2 });
  t.match(run.errors, /--http-prot[^]*--http-port PORT[^]*--unlimited/);
  t.equal(run.output, "");
});

t.test("--help lists the options", async (t) => {
  const run = new Run(["--help"]);
  t.match(await run.end(), { code: 0 });
  t.match(run.output, /--data DIR/);
});

t.test("it says where it is, stops when told, and keeps its data", async (t) => {
  // Made by the server.
  const data = join(t.testdir(), "kept");
  const first = new Run(["--http-port", "0", "--data", data]);
  const port = await first.port();
  t.match(first.output, `http://localhost:${port}/`);
  t.match(first.output, `ws://localhost:${port}/ws`);
  t.match(first.output, /127\.0\.0\.1 only/);
  t.match(first.output, /may register/);
  t.match(first.output, data);
  t.equal(statSync(data).mode & 0o777, 0o700, "the data is its owner's alone");

  const url = `ws://localhost:${port}/ws`;
  const account = { url, domain: "localhost", username: "romeo", password: "secret" };
  await register(account);
  const socket = new WebSocket(url, "xmpp");
  const received = collect(socket);
  await opened(socket);
  socket.send(`<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" to="localhost" version="1.0"/>`);
  await received.take(2);
  const gone = closed(socket);
  first.child.kill("SIGTERM");
  t.match((await received.take(2)).join(""), /system-shutdown.*<close/);
  await gone;
  t.match(await first.end(), { code: 0 });
  t.equal(first.errors, "");

  const second = new Run(["--http-port", "0", "--data", data]);
  const address = `ws://localhost:${await second.port()}/ws`;
  const again = await stanzaJs.login({ ...account, url: address });
  t.match(again.jid, /^romeo@localhost\//);
  second.child.kill("SIGINT");
  t.match(await second.end(), { code: 0 });
});

t.test("a taken port is said so", async (t) => {
  const first = new Run(["--http-port", "0", "--data", t.testdir({ one: {} })]);
  const port = await first.port();
  const second = new Run(["--http-port", String(port), "--data", t.testdirName + "/two"]);
  t.match(await second.end(), { code: 1 });
  t.match(second.errors, `port ${port} is taken`);
  first.child.kill("SIGTERM");
  t.match(await first.end(), { code: 0 });
});

t.test("a second Ctrl-C ends it at once", async (t) => {
  const run = new Run(["--http-port", "0", "--data", t.testdir()]);
  // A client that doesn't answer holds the stop up.
  const deaf = connect(await run.port(), "127.0.0.1");
  deaf.on("error", () => {});
  deaf.write(
    "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" +
      "Sec-WebSocket-Protocol: xmpp\r\n\r\n",
  );
  await once(deaf, "data");
  run.child.kill("SIGINT");
  await run.says(/Stopping/);
  // What follows too closely counts as the same: so again and again.
  const again = setInterval(() => run.child.kill("SIGINT"), 50);
  t.match(await run.end(), { code: null, signal: "SIGINT" });
  clearInterval(again);
  deaf.destroy();
});
