// One XMPP stream over a WebSocket (RFC 7395): the socket's side of a session process.
import type { Socket } from "node:net";
import type { WebSocket } from "ws";
import type { Connection, Receiver } from "../xmpp/transport.ts";
import type { Watched } from "./keep-alive.ts";
import type { SocketLimits } from "./limits.ts";
import type { Peer } from "./peer.ts";
import type { Flushable, TurnOutput } from "./turn-output.ts";
import { textFrame } from "./websocket-frame.ts";

/** What all connections of a server have in common. */
export interface Surroundings {
  readonly limits: SocketLimits;
  readonly output: TurnOutput;
  /** Called once per connection, when it has ended. */
  ended(connection: WebSocketConnection): void;
}

/** Status codes of RFC 6455 §7.4.1. */
const NORMAL = 1000;
const UNSUPPORTED_DATA = 1003;
const POLICY_VIOLATION = 1008;

/** `readyState` of an open WebSocket. */
const OPEN = 1;

const TOO_SLOW =
  "<stream:error xmlns:stream='http://etherx.jabber.org/streams'>" +
  "<resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>" +
  "<text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>output is read too slowly</text>" +
  "</stream:error>";
const CLOSE = "<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>";

/** The way from a WebSocket's event to its connection without a closure for each of them. */
const connectionKey = Symbol("connection");
type XmppSocket = WebSocket & { [connectionKey]: WebSocketConnection };

/**
 * Bytes in: each text frame goes to the session process as a message; while `inputFramesMax` or
 * `inputUnitsMax` of them wait there, the rest is held here and the socket is not read. Bytes out:
 * frames add up until the turn ends and leave in one write, past the WebSocket library, which would
 * make a system call or a vector entry of each. A client that doesn't read is closed with
 * `resource-constraint` once `outputBytesMax` wait for it.
 */
export class WebSocketConnection implements Connection, Flushable, Watched {
  readonly address: string;
  readonly secure: boolean;
  readonly loopback: boolean;
  place = -1;
  private readonly websocket: WebSocket;
  private readonly socket: Socket;
  private readonly surroundings: Surroundings;
  private receiver: Receiver | undefined;
  /** Framed bytes of this turn (see websocket-frame.ts); "" if the connection isn't in `output`. */
  private pending = "";
  private closing = false;
  /** Frames that the session has not handled yet, and their length together. */
  private queuedFrames = 0;
  private queuedUnits = 0;
  /** Frames that came before the socket stopped reading; undefined while it reads. */
  private held: string[] | undefined = undefined;
  private passing = false;
  /** `socket.bytesRead` at the last visit of the keep-alive. */
  private bytesHeard = 0;
  private pinged = false;

  /** The owner calls `open` next. */
  constructor(websocket: WebSocket, socket: Socket, peer: Peer, surroundings: Surroundings) {
    this.address = peer.address;
    this.secure = peer.secure;
    this.loopback = peer.loopback;
    this.websocket = websocket;
    this.socket = socket;
    this.surroundings = surroundings;
  }

  get transport(): "websocket" {
    return "websocket";
  }

  /** Frames go to `receiver` from now on. */
  open(receiver: Receiver): void {
    this.receiver = receiver;
    const websocket = this.websocket as XmppSocket;
    websocket[connectionKey] = this;
    websocket.on("message", onMessage);
    websocket.on("error", onError);
    websocket.on("close", onClose);
  }

  write(frame: string): void {
    if (this.closing || this.websocket.readyState !== OPEN) return;
    const wasEmpty = this.pending === "";
    this.pending += textFrame(frame);
    const waiting = this.socket.writableLength + this.pending.length;
    if (waiting > this.surroundings.limits.outputBytesMax) this.giveUp();
    else if (wasEmpty) this.surroundings.output.add(this);
  }

  /** Writes what has come together: a single write. */
  flush(): void {
    const bytes = this.pending;
    this.pending = "";
    if (bytes !== "" && this.websocket.readyState === OPEN) this.socket.write(bytes, "latin1");
  }

  close(): void {
    this.closeWith(NORMAL, "");
  }

  /** Destroys the socket, for a peer that is gone. */
  destroy(): void {
    this.websocket.terminate();
  }

  /** Called once each `silenceMs`: pings a silent peer, gives up one that doesn't answer either. */
  checkSilence(): void {
    const bytes = this.socket.bytesRead;
    if (bytes !== this.bytesHeard) {
      this.bytesHeard = bytes;
      this.pinged = false;
    } else if (this.pinged) this.destroy();
    else if (this.websocket.readyState === OPEN) {
      this.pinged = true;
      this.websocket.ping();
    }
  }

  receive(data: Buffer, isBinary: boolean): void {
    if (this.closing) return;
    // RFC 7395 §3.2: frames are text.
    if (isBinary) this.closeWith(UNSUPPORTED_DATA, "XMPP needs text frames");
    else if (this.held !== undefined || this.isFull()) this.hold(data.toString("utf8"));
    else this.pass(data.toString("utf8"));
  }

  handled(length: number): void {
    this.queuedFrames -= 1;
    this.queuedUnits -= length;
    // A receiver that handles a frame at once calls from inside this loop.
    if (this.passing) return;
    this.passing = true;
    while (this.held !== undefined && this.held.length > 0 && !this.isFull()) {
      this.pass(this.held.shift() as string);
    }
    this.passing = false;
    if (this.held?.length === 0) this.readOn();
  }

  private isFull(): boolean {
    const { inputFramesMax, inputUnitsMax } = this.surroundings.limits;
    return this.queuedFrames >= inputFramesMax || this.queuedUnits >= inputUnitsMax;
  }

  private pass(frame: string): void {
    this.queuedFrames += 1;
    this.queuedUnits += frame.length;
    this.receiver?.receive(frame);
  }

  private hold(frame: string): void {
    if (this.held === undefined) {
      this.held = [];
      this.websocket.pause();
    }
    this.held.push(frame);
  }

  private readOn(): void {
    this.held = undefined;
    this.websocket.resume();
  }

  /** The WebSocket is closed, by whomever. */
  ended(): void {
    this.closing = true;
    this.pending = "";
    this.surroundings.ended(this);
    this.tellReceiver();
  }

  /**
   * The client doesn't take its output. What waits for it is lost to this connection; the session
   * learns it at once, as it can't be told by a socket that is stuck.
   */
  private giveUp(): void {
    this.pending = textFrame(TOO_SLOW) + textFrame(CLOSE);
    this.closeWith(POLICY_VIOLATION, "output is read too slowly");
    this.tellReceiver();
  }

  private closeWith(code: number, reason: string): void {
    if (this.closing) return;
    this.closing = true;
    // The peer's answer to the close must be read.
    if (this.held !== undefined) this.readOn();
    this.flush();
    this.websocket.close(code, reason);
    const timer = setTimeout(destroyLate, this.surroundings.limits.closeTimeoutMs, this);
    timer.unref();
  }

  private tellReceiver(): void {
    const receiver = this.receiver;
    this.receiver = undefined;
    receiver?.closed();
  }
}

function onMessage(this: WebSocket, data: unknown, isBinary: boolean): void {
  (this as XmppSocket)[connectionKey].receive(data as Buffer, isBinary);
}

/** The library has closed with the right status already; "close" follows. */
function onError(): void {}

function onClose(this: WebSocket): void {
  (this as XmppSocket)[connectionKey].ended();
}

function destroyLate(connection: WebSocketConnection): void {
  connection.destroy();
}
