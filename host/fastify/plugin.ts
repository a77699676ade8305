// The Fastify plug-in: the runtime, routes that servers answer, and sockets that servers handle.
//
//   await app.register(pidgeon, { runtime });
//   app.get("/count", app.pidgeon.route(counter, () => ({ kind: "total" })));
//   app.get("/room", { websocket: true }, app.pidgeon.socket(member, (request) => request.id));
import websocket from "@fastify/websocket";
import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from "fastify";
import { DynamicSupervisor } from "../otp/index.ts";
import type { GenServerModule } from "../otp/index.ts";
import { Runtime } from "../runtime/index.ts";
import type { Destination, Pid, ServerMessages } from "../runtime/index.ts";
import { routeTo } from "./route.ts";
import type { MakeRoute, RouteOptions } from "./route.ts";
import { socketOf } from "./socket-route.ts";
import type { Connected, SocketHandler, SocketOptions } from "./socket-route.ts";

/** Connections at once; one more is closed with 1013, "try again later". */
const SOCKETS_MAX = 10_000;

/** What the plug-in is registered with. */
export interface PidgeonOptions {
  /** Default: one that is started here. It is stopped when Fastify closes. */
  readonly runtime?: Runtime;
  /** How many WebSockets there may be; default 10,000. */
  readonly socketsMax?: number;
  /** How long the stop of the runtime may take; default 5,000. */
  readonly stopTimeoutMs?: number;
}

/** What the plug-in decorates the application with. */
export class Pidgeon {
  readonly runtime: Runtime;
  /** The DynamicSupervisor of the sockets' processes. */
  readonly supervisor: Pid;

  /** @internal */
  constructor(runtime: Runtime, supervisor: Pid) {
    this.runtime = runtime;
    this.supervisor = supervisor;
  }

  /**
   * A handler that asks a server and answers with its reply. Of its failures the client gets 503
   * with Retry-After (nobody there, mailbox full), 504 (time-out), 500 (it has ended). When the
   * client goes the wait ends.
   */
  readonly route = ((server: Destination, toRequest: (request: FastifyRequest) => unknown,
    options?: RouteOptions) => routeTo(this.runtime, server, toRequest, options)) as MakeRoute;

  /**
   * A handler of WebSockets: each is a server of this module, which gets `{ socket, args }`, and
   * frames as SocketMessages in `handleInfo`. Its end closes the socket (1000 in order, 1001 at
   * shutdown, 1011 else); a socket that closes ends it with `{ shutdown: { socketClosed: code } }`.
   * When Fastify itself closes, @fastify/websocket is first, and closes without a code (1005).
   */
  socket<S, A, M = ServerMessages>(
    module: GenServerModule<S, Connected<A>, M>, toArgs: (request: FastifyRequest) => A,
    options?: SocketOptions,
  ): SocketHandler {
    return socketOf(this.runtime, this.supervisor, module, toArgs, options);
  }
}

declare module "fastify" {
  interface FastifyInstance {
    readonly pidgeon: Pidgeon;
  }
}

const plugin: FastifyPluginAsync<PidgeonOptions> = async (app: FastifyInstance, options) => {
  const runtime = options.runtime ?? Runtime.start();
  const { socketsMax = SOCKETS_MAX, stopTimeoutMs } = options;
  app.addHook("onClose", () =>
    runtime.stop(stopTimeoutMs === undefined ? {} : { timeoutMs: stopTimeoutMs }));
  if (!app.hasDecorator("websocketServer")) await app.register(websocket);
  const supervisor = await runtime.run((self) =>
    DynamicSupervisor.start(self, { maxChildren: socketsMax }));
  app.decorate("pidgeon", new Pidgeon(runtime, supervisor));
};

/** Register it with `app.register(pidgeon, options)`. */
export const pidgeon: FastifyPluginAsync<PidgeonOptions> = Object.assign(plugin, {
  // What fastify-plugin sets: the decoration is for the whole application.
  [Symbol.for("skip-override")]: true,
  [Symbol.for("fastify.display-name")]: "pidgeon",
});
