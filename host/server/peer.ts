// Who is at the other end of a request: address, encryption, and whether it is really this machine.
import type { FastifyRequest } from "fastify";

export interface Peer {
  /** The client's IP address: the socket's, or what a trusted proxy says. */
  readonly address: string;
  /** TLS here, or at a trusted proxy. */
  readonly secure: boolean;
  /** On this machine, and no proxy in between (DESIGN.md S9). */
  readonly loopback: boolean;
}

/** Fastify's `trustProxy` decides whose `X-Forwarded-*` headers count; by default nobody's. */
export function peerOf(request: FastifyRequest): Peer {
  return {
    address: request.ip,
    secure: request.protocol === "https",
    loopback: isLoopback(request.raw.socket.remoteAddress) && !wasForwarded(request.raw.headers),
  };
}

/** 127.0.0.0/8, ::1, and the former as IPv6. */
export function isLoopback(address: string | undefined): boolean {
  if (address === undefined) return false;
  const plain = address.startsWith("::ffff:") ? address.slice("::ffff:".length) : address;
  return plain === "::1" || /^127\.\d+\.\d+\.\d+$/.test(plain);
}

/** Behind a proxy all the world has the proxy's address; its headers betray it, trusted or not. */
function wasForwarded(headers: Readonly<Record<string, unknown>>): boolean {
  for (const name in headers) {
    if (name === "forwarded" || name === "via" || name === "x-real-ip") return true;
    if (name.startsWith("x-forwarded-")) return true;
  }
  return false;
}
