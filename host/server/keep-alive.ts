// The register of open connections, and the pings that tell which peers are gone (RFC 7395 §3.8).

/** What the register needs of a connection. */
export interface Watched {
  /** Its place in the register, -1 outside; the register alone writes it. */
  place: number;
  /** Called once each `silenceMs`. */
  checkSilence(): void;
  destroy(): void;
}

/** How many parts the register is visited in, so that pings don't come in bursts. */
const SLICES = 25;

/** A dense array: one timer and no closure for any number of connections. */
export class KeepAlive {
  private readonly connections: Watched[] = [];
  private readonly timer: NodeJS.Timeout;
  private emptied = (): void => {};
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
  add(connection: Watched): void {
    connection.place = this.connections.push(connection) - 1;
  }

  /** O(1): the last one takes the place. */
  remove(connection: Watched): void {
    const place = connection.place;
    if (place < 0) return;
    connection.place = -1;
    const last = this.connections.pop();
    if (last !== undefined && last !== connection) {
      this.connections[place] = last;
      last.place = place;
    }
    if (this.connections.length === 0) this.emptied();
  }

  /** Resolves when no connection is left, or after `timeoutMs`. One caller at a time. */
  async whenEmpty(timeoutMs: number): Promise<void> {
    if (this.connections.length === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.emptied = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.emptied = () => {};
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
