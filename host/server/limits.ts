// The limits and intervals of the sockets, a line each with its unit.

export interface SocketLimits {
  /** Bytes of one WebSocket message; a longer one closes the connection (status 1009). */
  readonly frameBytesMax: number;
  /** Frames of a client that wait in its session's mailbox; beyond it the socket is not read. */
  readonly inputFramesMax: number;
  /** The same in UTF-16 units. */
  readonly inputUnitsMax: number;
  /** Bytes that wait for a client that reads too slowly; beyond it the stream is closed. */
  readonly outputBytesMax: number;
  /** A client that was silent for this long is pinged, and given up after as long again. */
  readonly silenceMs: number;
  /** How long a client may take to answer a close, before its socket is destroyed. */
  readonly closeTimeoutMs: number;
}

/**
 * `silenceMs` makes a ping every 50 s at most: reverse proxies cut what is silent for 60 s.
 * `frameBytesMax` lies above the stanza limit: a stanza that is too long gets an XMPP error.
 */
export const defaultLimits: SocketLimits = {
  frameBytesMax: 1_048_576,
  inputFramesMax: 16,
  inputUnitsMax: 262_144,
  outputBytesMax: 1_048_576,
  silenceMs: 25_000,
  closeTimeoutMs: 2_000,
};
