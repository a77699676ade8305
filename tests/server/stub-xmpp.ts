// An XMPP server without XMPP: records what the transport tells it, and says what a test wants.
import { pino } from "pino";
import type { WebSocket } from "ws";
import { startHttpServer, type HttpServer } from "../../host/server/http-server.ts";
import type { HttpServerOptions } from "../../host/server/http-server.ts";
import type { Connection, Receiver, XmppServer } from "../../host/xmpp/transport.ts";

/** One accepted connection: what it received, and whether it has ended. */
export class StubSession implements Receiver {
  readonly connection: Connection;
  readonly frames: string[] = [];
  ends = 0;
  private wake = (): void => {};

  constructor(connection: Connection) {
    this.connection = connection;
  }

  /** Whether frames are left unhandled, as by a session that waits for something. */
  stalled = false;

  receive(frame: string): void {
    this.frames.push(frame);
    if (!this.stalled) this.connection.handled(frame.length);
    this.wake();
  }

  closed(): void {
    this.ends += 1;
    this.wake();
  }

  /** Resolves when `condition` holds; looked at after each event. */
  async until(condition: (session: this) => boolean): Promise<void> {
    while (!condition(this)) await new Promise<void>((resolve) => (this.wake = resolve));
  }
}

export class StubXmpp implements XmppServer {
  readonly sessions: StubSession[] = [];
  private readonly waiting: ((session: StubSession) => void)[] = [];

  accept(connection: Connection): Receiver {
    const session = new StubSession(connection);
    this.sessions.push(session);
    this.waiting.shift()?.(session);
    return session;
  }

  /** The next connection that comes. */
  next(): Promise<StubSession> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}

export interface StubServer extends HttpServer {
  readonly xmpp: StubXmpp;
  readonly url: string;
  readonly webSocketUrl: string;
}

export async function startStub(options: Partial<HttpServerOptions> = {}): Promise<StubServer> {
  const xmpp = new StubXmpp();
  const http = await startHttpServer({
    xmpp,
    domain: "localhost",
    host: "127.0.0.1",
    port: 0,
    logger: pino({ level: "silent" }),
    ...options,
  });
  return {
    xmpp,
    url: `http://localhost:${http.port}/`,
    webSocketUrl: `ws://localhost:${http.port}/ws`,
    port: http.port,
    get connections() {
      return http.connections;
    },
    close: () => http.close(),
  };
}

/** The status code of a handshake that must fail, with the body that explains it. */
export function refusal(socket: WebSocket): Promise<{ status: number | undefined; text: string }> {
  return new Promise((resolve, reject) => {
    socket.once("open", () => reject(new Error("it was accepted")));
    socket.once("unexpected-response", (_request, response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => (text += part));
      response.once("end", () => resolve({ status: response.statusCode, text }));
    });
  });
}

export function opened(socket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", reject);
  });
}

export function closed(socket: WebSocket): Promise<{ code: number; reason: string }> {
  return new Promise((resolve) => {
    socket.once("close", (code, reason) => resolve({ code, reason: reason.toString() }));
  });
}

/** Collects text messages; `take(n)` resolves with the first n when they are there. */
export function collect(socket: WebSocket): { take(count: number): Promise<string[]> } {
  const texts: string[] = [];
  let wake = (): void => {};
  socket.on("message", (data, isBinary) => {
    texts.push(isBinary ? "binary" : String(data));
    wake();
  });
  return {
    async take(count) {
      while (texts.length < count) await new Promise<void>((resolve) => (wake = resolve));
      return texts.splice(0, count);
    },
  };
}
