// Events of an EventEmitter or an EventTarget as messages of a process.
import { Tag } from "./messages.ts";
import type { Process } from "./process.ts";
import { endReason } from "./reasons.ts";

type Listener = (...values: any[]) => void;

/** The part of node:events that is needed. */
export interface Emitter {
  /** Adds a listener. */
  on(event: string, listener: Listener): unknown;
  /** Takes it away. */
  off(event: string, listener: Listener): unknown;
}

/**
 * Sends this process a message for each event: what `toMessage` makes of the event's values,
 * copied; for undefined nothing. Removed when the process ends, or by the function that it answers.
 * Events can't be held back: how many may wait is the `mailboxLimit` of the process, and what
 * that refuses is lost. What `toMessage` throws, or makes that can't be sent, ends the process:
 * never whoever emits.
 */
export function listen(
  self: Process, source: Emitter | EventTarget, event: string,
  toMessage: (...values: any[]) => unknown,
): () => void {
  const { core, pid } = self;
  const listener: Listener = (...values) => {
    try {
      const message = toMessage(...values);
      if (message !== undefined) core.send(0, pid, Tag.MESSAGE, 0, message);
    } catch (error) {
      core.exit(0, pid, endReason(error));
    }
  };
  const isTarget = "addEventListener" in source;
  if (isTarget) source.addEventListener(event, listener);
  else source.on(event, listener);
  const remove = (): void => {
    if (isTarget) source.removeEventListener(event, listener);
    else source.off(event, listener);
  };
  const forget = core.endings.add(pid, remove);
  return () => {
    forget();
    remove();
  };
}
