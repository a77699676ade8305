// The HTTP side: one Fastify application with the WebSocket, the web client and the health route.
import fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from "fastify";
import type { XmppServer } from "../xmpp/transport.ts";
import { defaultLimits, type SocketLimits } from "./limits.ts";
import { addWebClient } from "./web-client.ts";
import { addWebSocketRoute } from "./websocket-route.ts";

export interface HttpServerOptions {
  readonly xmpp: XmppServer;
  readonly domain: string;
  /** Address to listen on. */
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly logger: FastifyBaseLogger;
  /** Addresses or networks of reverse proxies whose `X-Forwarded-*` headers count (S9). */
  readonly trustProxy?: readonly string[];
  /** Origins of further web pages that may connect; "*" for all. */
  readonly allowedOrigins?: readonly string[];
  readonly limits?: Partial<SocketLimits>;
  /** Ends the streams when the server stops; afterwards the sockets are closed. */
  beforeClose?(): Promise<void>;
}

export interface HttpServer {
  readonly port: number;
  /** Open XMPP streams. */
  readonly connections: number;
  /** Stops listening and ends every connection; may be called again. */
  close(): Promise<void>;
}

/** A new connection waits here while the event loop is busy; the system may cap it. */
const BACKLOG = 4096;

/** Nothing of ours takes a body. */
const BODY_BYTES_MAX = 16_384;

/** Time for a client to send its request whole. */
const REQUEST_TIMEOUT_MS = 20_000;

/** @throws the system's error (`code` EADDRINUSE, EACCES …) if it can't listen there */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const app = fastify({
    loggerInstance: options.logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: true,
    trustProxy: options.trustProxy === undefined ? false : [...options.trustProxy],
  });
  const route = await addWebSocketRoute(app, {
    xmpp: options.xmpp,
    limits: { ...defaultLimits, ...options.limits },
    origins: {
      allowed: new Set(options.allowedOrigins),
      localNames: new Set(["localhost", "127.0.0.1", "[::1]", options.host, options.domain]),
    },
    beforeClose: options.beforeClose ?? (async () => {}),
  });
  addHealth(app);
  await addWebClient(app, options.domain);
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).type("text/plain").send("not found\n"));

  await app.listen({
    host: options.host,
    port: options.port,
    backlog: BACKLOG,
    // The program says what people need to know.
    listenTextResolver: (address) => `listening on ${address}`,
  });
  const address = app.server.address();
  return {
    port: address !== null && typeof address === "object" ? address.port : options.port,
    get connections() {
      return route.size;
    },
    close: () => app.close(),
  };
}

/** 200 while the server takes connections; Fastify itself answers 503 while it stops. */
function addHealth(app: FastifyInstance): void {
  app.get("/health", (_request, reply) =>
    reply.header("cache-control", "no-store").send({ status: "ok" }));
}
