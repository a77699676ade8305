// A WebSocket route: each connection is a GenServer under a DynamicSupervisor.
import type { FastifyRequest } from "fastify";
import type { WebSocket } from "ws";
import { DynamicSupervisor, GenServer, noreply } from "../otp/index.ts";
import type { GenServerModule, ServerOptions } from "../otp/index.ts";
import type { Pid, Reason, Runtime, ServerMessages } from "../runtime/index.ts";
import { Socket, SocketMessage } from "./socket.ts";
import type { SocketLimits } from "./socket.ts";

/** What `init` of a connection's server is given. */
export interface Connected<A> {
  readonly socket: Socket;
  readonly args: A;
}

/** Limits of each socket and of its process. */
export interface SocketOptions extends SocketLimits {
  /** Limits and priority of each connection's process. */
  readonly server?: Omit<ServerOptions, "name">;
}

/** A handler of @fastify/websocket. */
export type SocketHandler = (websocket: WebSocket, request: FastifyRequest) => Promise<void>;

/** A closed socket's process may take so long to end; then it is killed. */
const END_MS = 5_000;

/** The handler of such a route. The socket and its process end together. */
export function socketOf<S, A, M = ServerMessages>(
  runtime: Runtime, supervisor: Pid, module: GenServerModule<S, Connected<A>, M>,
  toArgs: (request: FastifyRequest) => A, options: SocketOptions = {},
): SocketHandler {
  return async (websocket, request) => {
    const socket = new Socket(websocket, options);
    const args = { socket, args: toArgs(request) };
    const spec = GenServer.spec<S, Connected<A>, M>(
      counting(module, socket), args, { ...options.server, restart: "temporary" });
    const started = await runtime.run((self) =>
      DynamicSupervisor.startChild(self, supervisor, spec));
    if (!started.ok) return socket.refuse(started.error === "max_children");
    const { pid } = started;
    if (pid === undefined) return socket.close();
    const closed = (code: number): void => {
      void end(runtime, pid, { shutdown: { socketClosed: code } });
    };
    if (websocket.readyState === websocket.CLOSED) return closed(1006);
    websocket.once("close", closed);
    socket.attach(runtime, pid);
  };
}

/** The module, which tells the socket of each frame that it takes. */
function counting<S, A, M>(
  module: GenServerModule<S, A, M>, socket: Socket,
): GenServerModule<S, A, M> {
  const { handleInfo } = module as GenServerModule<S, A>;
  return Object.create(module, {
    handleInfo: {
      value(this: unknown, message: unknown, state: S, self: never): unknown {
        if (message instanceof SocketMessage) socket.taken();
        return handleInfo === undefined
          ? noreply(state) : handleInfo.call(module as never, message, state, self);
      },
    },
  }) as GenServerModule<S, A, M>;
}

/** In order behind the frames that have come: `terminate` runs. */
async function end(runtime: Runtime, pid: Pid, reason: Reason): Promise<void> {
  if (!runtime.isAlive(pid)) return;
  try {
    await runtime.run((self) => GenServer.stop(self, pid, reason, END_MS));
  } catch {
    // It had another reason, or takes too long.
    runtime.exit(pid, "kill");
  }
}
