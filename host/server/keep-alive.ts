// The register of open connections, and the pings that find out which peers are gone (RFC 7395 §3.8).
import type { WebSocketConnection } from "./websocket-connection.ts";

/** How many parts the register is visited in, so that pings don't come in bursts. */
const SLICES = 25;

/** A dense array: one timer and no closure for any number of connections. */
export class KeepAlive {
  private readonly connections: WebSocketConnection[] = [];
  private readonly timer: NodeJS.Timeout;
  private cursor = 0;
  /** How many visits are due, with the fraction left over from the last slice. */
  private due = 0;

  constructor(silenceMs: number) {
    this.timer = setInterval(() => this.visitSlice(), silenceMs / SLICES);
    this.timer.unref();
  }

  get size(): number {
    return this.connections.length;
  }

  /** O(1). */
  add(connection: WebSocketConnection): void {
    connection.place = this.connections.push(connection) - 1;
  }

  /** O(1): the last one takes the place. */
  remove(connection: WebSocketConnection): void {
    const place = connection.place;
    if (place < 0) return;
    connection.place = -1;
    const last = this.connections.pop();
    if (last === undefined || last === connection) return;
    this.connections[place] = last;
    last.place = place;
  }

  /** Destroys whatever is still open. */
  destroyAll(): void {
    for (const connection of [...this.connections]) connection.destroy();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Visits the next part; a whole round takes `silenceMs`. */
  visitSlice(): void {
    this.due += this.connections.length / SLICES;
    for (; this.due >= 1; this.due -= 1) {
      if (this.cursor >= this.connections.length) this.cursor = 0;
      this.connections[this.cursor]?.checkSilence();
      this.cursor += 1;
    }
  }
}
