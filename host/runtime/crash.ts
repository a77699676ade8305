// Crash reports: what is known of a process at the moment in which an error ends it.
import { Info, List } from "../kernel/abi.ts";
import type { Pid } from "../kernel/abi.ts";
import { Behaviour } from "./behaviour.ts";
import type { CrashStatus } from "./behaviour.ts";
import type { Core } from "./core.ts";
import { messagesOf } from "./information.ts";
import type { Process } from "./process.ts";
import { endReason } from "./reasons.ts";
import { outermostFunction } from "./stack.ts";
import type { CrashReport, ErrorReason, Reason } from "./types.ts";

/** The most ancestors, and the most messages of a mailbox, in a report. */
const ANCESTORS_MAX = 10;
const MESSAGES_MAX = 10;

/**
 * Told before the process is gone. `lastMessage` is what it has taken last. O(its relations).
 * @see proc_lib, crash_report
 */
export function crashReport(
  core: Core, self: Process, reason: Reason, lastMessage: unknown,
): CrashReport {
  const { kernel } = core;
  const { pid } = self;
  const label = self instanceof Behaviour ? labelOf(self) : undefined;
  const shown = self instanceof Behaviour ? formatted(self, reason, lastMessage)
    : { reason, message: lastMessage, state: undefined };
  return {
    type: "crash",
    pid,
    registeredName: kernel.processName(pid) || undefined,
    label: label ?? functionOf(reason),
    reason: shown.reason,
    ancestors: ancestorsOf(core, pid),
    links: kernel.processList(pid, List.LINKS),
    lastMessage: shown.message,
    state: shown.state,
    messageQueueLength: kernel.processInfo(pid, Info.MESSAGE_QUEUE_LENGTH),
    messages: messagesOf(core, pid, MESSAGES_MAX),
  };
}

/** The same of a process that has ended: all else about it is gone. O(1). */
export function reportOfDead(pid: Pid, label: string, reason: Reason): CrashReport {
  return {
    type: "crash", pid, registeredName: undefined, label, reason, ancestors: [], links: [],
    lastMessage: undefined, state: undefined, messageQueueLength: 0, messages: [],
  };
}

/** A `formatStatus` that throws hides all that it was given. @see gen_server:format_status/1 */
function formatted(self: Behaviour, reason: Reason, message: unknown): CrashStatus {
  try {
    return self.formatted({ reason, message });
  } catch (error) {
    return { reason: { badFormatStatus: endReason(error) } };
  }
}

/** The name of a module may be a getter of somebody's: it must not stop the pump. */
function labelOf(self: Behaviour): string | undefined {
  try {
    return self.label;
  } catch {
    return undefined;
  }
}

function functionOf(reason: Reason): string | undefined {
  const stack = (reason as Partial<ErrorReason> | null | undefined)?.error?.stack;
  return typeof stack === "string" ? outermostFunction(stack) : undefined;
}

function ancestorsOf({ kernel }: Core, pid: Pid): (Pid | string)[] {
  const ancestors: (Pid | string)[] = [];
  let parent = kernel.processInfo(pid, Info.PARENT);
  while (parent > 0 && ancestors.length < ANCESTORS_MAX) {
    ancestors.push(kernel.processName(parent as Pid) || parent as Pid);
    parent = kernel.isAlive(parent as Pid) ? kernel.processInfo(parent as Pid, Info.PARENT) : 0;
  }
  return ancestors;
}
