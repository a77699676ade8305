// The system monitor: what the kernel notices of processes, as messages to one of them.
//
//   mailbox: ── enable messages ─► { monitor: "long_message_queue", isLong: true … }
//            ── down to disable ─► { …, isLong: false … }
//   turn or native slice beyond longSchedule ─► { monitor: "long_schedule", reductions … }
//   mailbox beyond its memory limit ─► a MemoryLimitReport to the logger, watched or not
import { EventKind, Watch } from "../kernel/abi.ts";
import type { Pid } from "../kernel/abi.ts";
import type { Core } from "./core.ts";
import { badOption } from "./flags.ts";
import { Tag } from "./messages.ts";

/** What is watched; what is left out is not. @see erlang:system_monitor/2 */
export interface SystemMonitorOptions {
  /**
   * A mailbox is long from `enable` messages on, until it is down to `disable`, which is less.
   * @see long_message_queue of OTP 27
   */
  readonly longMessageQueue?: { readonly disable: number; readonly enable: number };
  /**
   * Reductions of one turn or native slice, where Erlang has ms: the kernel has no clock. A message
   * of a host process counts 100. What takes long in ms is told by LongScheduleReports.
   */
  readonly longSchedule?: number;
}

/** What the system monitor gets. @see erlang:system_monitor/2: `{monitor, Pid, Type, Info}` */
export type SystemMonitorMessage =
  | {
    readonly monitor: "long_message_queue"; readonly pid: Pid; readonly isLong: boolean;
    /** In the mailbox when that was told. */
    readonly messages: number;
  }
  | { readonly monitor: "long_schedule"; readonly pid: Pid; readonly reductions: number };

/** Who watches, and what. */
export interface SystemMonitorSettings {
  readonly receiver: Pid;
  readonly options: SystemMonitorOptions;
}

const MARK_MAX = 0x7fff_ffff;
/** Beyond so many processes that were reported, the dead ones are forgotten. */
const REPORTED_MAX = 256;

function mark(name: string, value: number, least: number): number {
  if (Number.isInteger(value) && value >= least && value <= MARK_MAX) return value;
  throw badOption(name, value);
}

export class SystemMonitor {
  readonly #core: Core;
  #settings: SystemMonitorSettings | undefined;
  readonly #reported = new Set<Pid>();

  constructor(core: Core) {
    this.#core = core;
  }

  /** Replaces the settings; the old ones. Throws PIDGEON_BAD_OPTION. */
  set(settings: SystemMonitorSettings | undefined): SystemMonitorSettings | undefined {
    const old = this.#settings;
    const { longMessageQueue, longSchedule } = settings?.options ?? {};
    let high = 0;
    let low = 0;
    if (longMessageQueue !== undefined) {
      low = mark("longMessageQueue.disable", longMessageQueue.disable, 0);
      high = mark("longMessageQueue.enable", longMessageQueue.enable, Math.max(low + 1, 2));
    }
    const schedule = longSchedule === undefined ? 0 : mark("longSchedule", longSchedule, 1);
    const { kernel } = this.#core;
    if (settings !== undefined && !kernel.isAlive(settings.receiver)) {
      throw badOption("receiver", settings.receiver);
    }
    // The kernel tells of what is more than its mark.
    kernel.watch(Watch.QUEUE_HIGH, high === 0 ? 0 : high - 1);
    kernel.watch(Watch.QUEUE_LOW, low);
    kernel.watch(Watch.SCHEDULE, schedule);
    this.#settings = settings;
    return old;
  }

  /** An event of the kernel that is neither a turn nor an end. */
  note(type: number, pid: Pid, value: number): void {
    switch (type) {
      case EventKind.LONG_QUEUE:
      case EventKind.SHORT_QUEUE: {
        const isLong = type === EventKind.LONG_QUEUE;
        return this.#tell({ monitor: "long_message_queue", pid, isLong, messages: value });
      }
      case EventKind.LONG_SCHEDULE:
        return this.#tell({ monitor: "long_schedule", pid, reductions: value });
      case EventKind.MEMORY_LIMIT: return this.#report(pid, value);
      default:
    }
  }

  /** Not of the monitor itself: it would have one message more for each that it gets. */
  #tell(message: SystemMonitorMessage): void {
    const receiver = this.#settings?.receiver;
    if (receiver === undefined || receiver === message.pid) return;
    try {
      if (this.#core.trySend(0, receiver, Tag.MESSAGE, 0, message) !== "noproc") return;
    } catch {
      // There is no room for one more message, and the pump must go on.
      return;
    }
    this.set(undefined);
  }

  #report(pid: Pid, bytes: number): void {
    if (this.#reported.has(pid)) return;
    const { kernel, logger } = this.#core;
    if (this.#reported.size >= REPORTED_MAX) {
      for (const one of this.#reported) if (!kernel.isAlive(one)) this.#reported.delete(one);
    }
    if (kernel.isAlive(pid)) this.#reported.add(pid);
    logger({ type: "memory_limit", pid, bytes });
  }
}
