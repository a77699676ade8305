// Collects what the processes write in one turn of the event loop: one write to each socket (H4).

/** Something with output that waits for the end of the turn. */
export interface Flushable {
  flush(): void;
}

/** The sockets that have output. One for all connections of a server: none needs its own timer. */
export class TurnOutput {
  private waiting: Flushable[] = [];
  private spare: Flushable[] = [];
  private scheduled = false;

  /** Flushes `target` when the turn ends. To be called once until it is flushed. O(1). */
  add(target: Flushable): void {
    this.waiting.push(target);
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(this.flushAll);
  }

  private readonly flushAll = (): void => {
    this.scheduled = false;
    const targets = this.waiting;
    this.waiting = this.spare;
    this.spare = targets;
    for (const target of targets) target.flush();
    targets.length = 0;
  };
}
