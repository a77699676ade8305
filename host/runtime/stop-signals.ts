// Signals of the operating system that stop a runtime in order.
//
//   first signal ─► stop ── done, or the time is over ─► the signal again, without this handler
//   second signal while it stops ── no echo of the first ► the same at once

/** What a stop by signals listens to, and how long it may take. */
export interface StopSignalOptions {
  /** Default SIGTERM and SIGINT. */
  readonly signals?: readonly NodeJS.Signals[];
  /** How long a stop may take, in ms; default 5,000. */
  readonly timeoutMs?: number;
  /** A second signal within so many ms is the first one's echo. Default 400. */
  readonly echoMs?: number;
  /** What stops: default `runtime.stop`. For instance `() => app.close()`. */
  readonly stop?: () => Promise<unknown>;
}

/** One Ctrl-C can arrive twice: from the terminal, and from npm, which passes it on. */
const ECHO_MS = 400;

/**
 * Installs the handlers; the answer removes them. Once all is stopped the signal is sent again: it
 * ends the process, or comes to others' handlers a second time.
 */
export function stopOnSignals(
  stop: () => Promise<unknown>, signals: readonly NodeJS.Signals[], timeoutMs: number,
  echoMs = ECHO_MS,
): () => void {
  let stoppingSinceMs: number | undefined;
  const remove = (): void => {
    for (const signal of signals) process.off(signal, handle);
  };
  const end = (signal: NodeJS.Signals): void => {
    remove();
    // Also where others listen: libraries such as signal-exit wait until they are alone.
    process.kill(process.pid, signal);
  };
  function handle(signal: NodeJS.Signals): void {
    const nowMs = performance.now();
    if (stoppingSinceMs !== undefined) {
      if (nowMs - stoppingSinceMs >= echoMs) end(signal);
      return;
    }
    stoppingSinceMs = nowMs;
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
