// Signals of the operating system that stop a runtime in order.
//
//   first signal ─► stop ── done, or the time is over ─► the signal again, without this handler
//   second signal while it stops ───────────────────────► the same at once

/** What a stop by signals listens to, and how long it may take. */
export interface StopSignalOptions {
  /** Default SIGTERM and SIGINT. */
  readonly signals?: readonly NodeJS.Signals[];
  /** How long a stop may take, in ms; default 5,000. */
  readonly timeoutMs?: number;
  /** What stops: default `runtime.stop`. For instance `() => app.close()`. */
  readonly stop?: () => Promise<unknown>;
}

/**
 * Installs the handlers; the answer removes them. Once all is stopped the signal is sent again: it
 * ends the process, or comes to others' handlers a second time.
 */
export function stopOnSignals(
  stop: () => Promise<unknown>, signals: readonly NodeJS.Signals[], timeoutMs: number,
): () => void {
  let isStopping = false;
  const remove = (): void => {
    for (const signal of signals) process.off(signal, handle);
  };
  const end = (signal: NodeJS.Signals): void => {
    remove();
    // Also where others listen: libraries such as signal-exit wait until they are alone.
    process.kill(process.pid, signal);
  };
  function handle(signal: NodeJS.Signals): void {
    if (isStopping) return end(signal);
    isStopping = true;
    const timer = setTimeout(end, timeoutMs, signal);
    const done = (): void => {
      clearTimeout(timer);
      end(signal);
    };
    stop().then(done, (error: unknown) => {
      console.error(error);
      done();
    });
  }
  for (const signal of signals) process.on(signal, handle);
  return remove;
}
