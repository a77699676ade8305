// The transport interface: what a socket adapter hands to the XMPP server, and what it gets back.

/** What carries the stream. It decides the framing (RFC 7395 frames, or one long XML document). */
export type TransportKind = "websocket" | "tcp" | "bosh" | "memory";

/**
 * One client's connection, as its session process sees it. The adapter implements it; only the
 * session that was made for it calls it, always from inside a pump of the runtime.
 */
export interface Connection {
  readonly transport: TransportKind;
  /** The bytes are encrypted (TLS here, or at a proxy that is trusted). */
  readonly secure: boolean;
  /** The peer is this machine *and* no proxy header was sent (S9): plaintext passwords may pass. */
  readonly loopback: boolean;
  /** The client's address, for limits and logs: a trusted proxy's word for it, or the socket's. */
  readonly address: string;
  /**
   * Queues one frame (`websocket`, `memory`: one message; `tcp`: bytes of the stream). All frames
   * of one turn should leave in one write to the socket. Does nothing after `close()` or after the
   * peer has gone; never throws.
   */
  write(frame: string): void;
  /**
   * The session is done with a frame of `length` UTF-16 units. An adapter lets only so many wait in
   * the session's mailbox, and reads on as they are handled.
   */
  handled(length: number): void;
  /** Flushes what was written and closes. May be called again; later calls do nothing. */
  close(): void;
}

/** The way into a session: each call becomes a message to its process. */
export interface Receiver {
  /** One frame from the client, already decoded to text. Frames keep their order. */
  receive(frame: string): void;
  /** The connection has ended, by whomever. Nothing may be received after it. */
  closed(): void;
}

/** The face that the transports program against. */
export interface XmppServer {
  /** Starts a session process for the connection, under the sessions' supervisor. */
  accept(connection: Connection): Receiver;
}
