// The address /ws: XMPP over WebSocket (RFC 7395), as a Fastify plugin.
import fastifyWebsocket from "@fastify/websocket";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { WebSocket } from "ws";
import type { XmppServer } from "../xmpp/transport.ts";
import { KeepAlive } from "./keep-alive.ts";
import type { SocketLimits } from "./limits.ts";
import { isOriginAllowed, type OriginPolicy } from "./origin.ts";
import { peerOf } from "./peer.ts";
import { TurnOutput } from "./turn-output.ts";
import { Upgrades } from "./upgrades.ts";
import { WebSocketConnection, type Surroundings } from "./websocket-connection.ts";

export interface WebSocketRouteOptions {
  readonly xmpp: XmppServer;
  readonly limits: SocketLimits;
  readonly origins: OriginPolicy;
  /** Called when the server stops, before the sockets that are left are destroyed. */
  beforeClose(): Promise<void>;
}

/** What the program can ask about the open streams. */
export interface WebSocketRoute {
  /** Open connections. */
  readonly size: number;
}

const PATH = "/ws";
const SUBPROTOCOL = "xmpp";

/** Adds the route and the upgrade handling to the application. */
export async function addWebSocketRoute(
  app: FastifyInstance,
  options: WebSocketRouteOptions,
): Promise<WebSocketRoute> {
  const { xmpp, limits } = options;
  const keepAlive = new KeepAlive(limits.silenceMs);
  const upgrades = new Upgrades(app.server, limits.silenceMs);
  const surroundings: Surroundings = {
    limits,
    output: new TurnOutput(),
    ended: (connection) => keepAlive.remove(connection),
  };

  await app.register(fastifyWebsocket, {
    options: {
      // Its register of clients holds a closure for each; KeepAlive holds none.
      clientTracking: false,
      handleProtocols: (offered) => offered.has(SUBPROTOCOL) && SUBPROTOCOL,
      maxPayload: limits.frameBytesMax,
      perMessageDeflate: false,
      skipUTF8Validation: false,
    },
    preClose: async () => {
      await options.beforeClose();
      await keepAlive.whenEmpty(limits.closeTimeoutMs);
      keepAlive.stop();
      keepAlive.destroyAll();
      await keepAlive.whenEmpty(limits.closeTimeoutMs);
      // Nothing can come after this: Fastify stops listening next, in the same turn.
      upgrades.destroyAll();
    },
  });

  // The plugin would accept an upgrade at any address and close it again.
  app.addHook("onRequest", async (request, reply) => {
    if (request.ws && request.routeOptions.url !== PATH) return refuse(reply, 404, NOT_HERE);
  });

  app.route({
    method: "GET",
    url: PATH,
    handler: (_request, reply) => {
      reply.header("upgrade", "websocket").header("connection", "upgrade");
      return refuse(reply, 426, NO_PAGE);
    },
    preValidation: async (request, reply) => {
      if (!request.ws) return;
      if (!offersXmpp(request)) return refuse(reply, 400, NO_SUBPROTOCOL);
      if (!fromAllowedPage(request, options.origins)) {
        request.log.info({ origin: request.headers.origin }, "refused a page of another origin");
        return refuse(reply, 403, FOREIGN_PAGE);
      }
      release(request, reply);
    },
    wsHandler: (websocket, request) => {
      upgrades.accepted(request.raw.socket);
      const connection = new WebSocketConnection(
        // The plugin's listener closes over request and reply and would keep them alive.
        websocket.removeAllListeners("error") as WebSocket,
        request.raw.socket,
        peerOf(request),
        surroundings,
      );
      keepAlive.add(connection);
      connection.open(xmpp.accept(connection));
    },
  });
  return keepAlive;
}

const NOT_HERE = `There is no WebSocket here; XMPP is spoken at ${PATH}.\n`;
const NO_PAGE = "This is an address for XMPP over WebSocket (RFC 7395), not for a browser.\n";
const NO_SUBPROTOCOL =
  `The client must offer the WebSocket subprotocol "${SUBPROTOCOL}" (RFC 7395, section 3.1).\n`;
const FOREIGN_PAGE =
  "This page's origin may not connect. The server's option --allow-origin ORIGIN permits it; " +
  "behind a reverse proxy, let the proxy pass on the header Host.\n";

function refuse(reply: FastifyReply, status: number, text: string): FastifyReply {
  return reply.code(status).type("text/plain; charset=utf-8").send(text);
}

function offersXmpp(request: FastifyRequest): boolean {
  const offered = request.headers["sec-websocket-protocol"] ?? "";
  return offered.split(",").some((name) => name.trim() === SUBPROTOCOL);
}

function fromAllowedPage(request: FastifyRequest, policy: OriginPolicy): boolean {
  return isOriginAllowed(request.headers.origin, request.host, peerOf(request).loopback, policy);
}

/**
 * The plugin makes a response to answer refusals with and hangs it on the socket, where it would
 * stay, with the request and all its headers, as long as the connection: some kilobytes.
 */
function release(request: FastifyRequest, reply: FastifyReply): void {
  reply.raw.detachSocket(request.raw.socket);
}
