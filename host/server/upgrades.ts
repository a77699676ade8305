// Sockets between an upgrade request and its WebSocket: nobody else ends those that are refused.
import type { Server } from "node:http";
import type { Socket } from "node:net";

/**
 * Node hands a socket over with its upgrade request and forgets it. What the WebSocket plugin
 * never sees (Fastify answers 503 by itself while it stops, and 400 to an address that it cannot
 * decode) would stay open for ever, and hold up the stop.
 */
export class Upgrades {
  private readonly releases = new Map<Socket, () => void>();

  /** A socket that isn't a WebSocket and was idle for `timeoutMs` is destroyed. */
  constructor(server: Server, timeoutMs: number) {
    // Before the plugin's own listener, which may accept the socket at once.
    server.prependListener("upgrade", (_request, socket) => {
      if (isSocket(socket)) this.watch(socket, timeoutMs);
    });
  }

  /** The socket has become a WebSocket, which ends by its own rules. */
  accepted(socket: Socket): void {
    this.releases.get(socket)?.();
  }

  /** Destroys the sockets that have become nothing. */
  destroyAll(): void {
    for (const socket of [...this.releases.keys()]) socket.destroy();
  }

  private watch(socket: Socket, timeoutMs: number): void {
    const release = (): void => {
      this.releases.delete(socket);
      socket.off("close", release).off("end", endBack).off("timeout", destroy);
    };
    this.releases.set(socket, release);
    socket.on("close", release).on("end", endBack).on("timeout", destroy);
    socket.setTimeout(timeoutMs);
  }
}

function isSocket(stream: object): stream is Socket {
  return "setTimeout" in stream;
}

/** The client has ended its half; an HTTP socket doesn't end the other by itself. */
function endBack(this: Socket): void {
  this.end();
}

function destroy(this: Socket): void {
  this.destroy();
}
