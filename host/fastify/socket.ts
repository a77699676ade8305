// A WebSocket as its server process has it: frames come as messages, and go out as fast as they are
// read.
//
//   client ── frame ──► SocketMessage in the mailbox ── handleInfo takes it ──► one more may come
//          ◄── bytes ── buffer of the socket ◄── send: waits while it is full
import type { RawData, WebSocket } from "ws";
import { SEND_EXEMPT } from "../kernel/abi.ts";
import { Bytes, exit, isOrderly, wait } from "../runtime/index.ts";
import type { Operation, Pid, Reason, Runtime } from "../runtime/index.ts";

/** A frame of the client: text, or Bytes if it was binary. */
export class SocketMessage {
  readonly data: string | Bytes;

  constructor(data: string | Bytes) {
    this.data = data;
  }
}

/** How much may wait in either direction. */
export interface SocketLimits {
  /** Frames in the mailbox; then the socket is not read. Default 32. */
  readonly inputFramesMax?: number;
  /** Bytes that the client has not read; then `send` waits. Default 1 MiB. */
  readonly outputBytesMax?: number;
  /** How long `send` waits before it ends the process, in ms. Default 30,000. */
  readonly outputTimeoutMs?: number;
}

const defaults: Required<SocketLimits> = {
  inputFramesMax: 32, outputBytesMax: 1 << 20, outputTimeoutMs: 30_000,
};

/** `readyState` of an open WebSocket. */
const OPEN = 1;
/** Status codes of RFC 6455 §7.4.1, and 1013 of IANA's registry. */
const Close = { NORMAL: 1000, GOING_AWAY: 1001, ERROR: 1011, TRY_LATER: 1013 } as const;

/** A WebSocket, as its server has it. */
export class Socket {
  readonly #websocket: WebSocket;
  readonly #limits: Required<SocketLimits>;
  /** Frames that came while others waited in the mailbox: those of one read at most. */
  readonly #held: SocketMessage[] = [];
  #deliver: ((message: SocketMessage) => void) | undefined;
  #waiting = 0;
  #drained: (() => void)[] = [];

  /** @internal */
  constructor(websocket: WebSocket, limits: SocketLimits) {
    this.#websocket = websocket;
    this.#limits = { ...defaults, ...limits };
    websocket.pause();
    websocket.on("message", (data, isBinary) => this.#received(data, isBinary));
    websocket.on("close", () => this.#wake());
    // "close" follows.
    websocket.on("error", () => {});
  }

  /**
   * Sends a frame: binary for Bytes. Waits while the client has too much to read yet; if it takes
   * too long the process ends with `{ shutdown: "slow_client" }`. False if the socket is closed.
   */
  *send(data: string | Bytes): Operation<boolean> {
    for (;;) {
      const status = this.trySend(data);
      if (status !== "full") return status === "ok";
      if (!(yield* wait(this.#room()))) exit({ shutdown: "slow_client" });
    }
  }

  /** The same without waiting, for callbacks that are no generators. */
  trySend(data: string | Bytes): "ok" | "full" | "closed" {
    const websocket = this.#websocket;
    if (websocket.readyState !== OPEN) return "closed";
    if (websocket.bufferedAmount >= this.#limits.outputBytesMax) return "full";
    websocket.send(typeof data === "string" ? data : data.toUint8Array(), () => this.#wake());
    return "ok";
  }

  /** Closes it, and with it ends the process. */
  close(code: number = Close.NORMAL, reason = ""): void {
    this.#websocket.close(code, reason);
    // The client's answer to the close must be read; frames before it are dropped.
    if (this.#websocket.isPaused) this.#websocket.resume();
  }

  /** @internal Frames go to this process from now on; its end closes the socket. */
  attach(runtime: Runtime, pid: Pid): void {
    const { core } = runtime;
    const closed = (reason: Reason): void => this.close(codeOf(reason));
    if (!runtime.isAlive(pid)) return closed("normal");
    core.endings.add(pid, closed);
    // The limit of frames is the socket's: none that came may be lost.
    this.#deliver = (message) => { core.sendOwned(0, pid, SEND_EXEMPT, 0, message); };
    this.#pass();
  }

  /** @internal A process could not be started. */
  refuse(isBusy: boolean): void {
    this.close(isBusy ? Close.TRY_LATER : Close.ERROR);
  }

  /** @internal The process has taken a frame out of its mailbox. */
  taken(): void {
    this.#waiting--;
    this.#pass();
  }

  #received(data: RawData, isBinary: boolean): void {
    if (this.#websocket.readyState !== OPEN) return;
    const bytes = data as Buffer;
    this.#held.push(Object.freeze(
      new SocketMessage(isBinary ? new Bytes(bytes) : bytes.toString("utf8"))));
    this.#pass();
  }

  #pass(): void {
    if (this.#deliver === undefined) return;
    while (this.#held.length > 0 && this.#waiting < this.#limits.inputFramesMax) {
      this.#waiting++;
      this.#deliver(this.#held.shift()!);
    }
    if (this.#websocket.readyState !== OPEN) return;
    const isFull = this.#waiting >= this.#limits.inputFramesMax;
    if (isFull) this.#websocket.pause();
    else if (this.#websocket.isPaused) this.#websocket.resume();
  }

  /** Whether there is room, or the socket is closed, before the time is over. */
  async #room(): Promise<boolean> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const isDrained = await new Promise<boolean>((resolve) => {
      this.#drained.push(() => resolve(true));
      timer = setTimeout(resolve, this.#limits.outputTimeoutMs, false);
    });
    clearTimeout(timer);
    return isDrained;
  }

  #wake(): void {
    const { readyState, bufferedAmount } = this.#websocket;
    if (readyState === OPEN && bufferedAmount >= this.#limits.outputBytesMax) return;
    for (const drained of this.#drained.splice(0)) drained();
  }
}

function codeOf(reason: Reason): number {
  if (reason === "shutdown") return Close.GOING_AWAY;
  return isOrderly(reason) ? Close.NORMAL : Close.ERROR;
}
