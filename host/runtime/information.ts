// What can be asked of processes: process_info, item by item or as a record.
import { Info, List, MessageKind, ProcessKind, ProcessStatus, Status } from "../kernel/abi.ts";
import type { Pid } from "../kernel/abi.ts";
import { Behaviour } from "./behaviour.ts";
import { Bytes } from "./bytes.ts";
import type { Core } from "./core.ts";
import { decode } from "./decode.ts";
import { badOption, priorityNames } from "./flags.ts";
import { Call, Cast, Down, Exit, ReplyMessage, TimerTimeout } from "./messages.ts";
import type { ProcessInfo, ProcessInfoItems } from "./types.ts";

/** The most messages that are shown: the kernel finds each from the head of the mailbox. */
const MESSAGES_MAX = 1_000;

const statusNames: Readonly<Record<number, ProcessInfo["status"]>> = {
  [ProcessStatus.RUNNABLE]: "runnable", [ProcessStatus.OFFERED]: "runnable",
  [ProcessStatus.RUNNING]: "running", [ProcessStatus.WAITING]: "waiting",
  [ProcessStatus.SUSPENDED]: "suspended", [ProcessStatus.EXITING]: "exiting",
};

type Items = { readonly [I in keyof ProcessInfoItems]:
  (core: Core, pid: Pid) => ProcessInfoItems[I] };

const number = (item: number) => (core: Core, pid: Pid): number =>
  core.kernel.processInfo(pid, item);
const list = (which: number) => (core: Core, pid: Pid): readonly Pid[] =>
  core.kernel.processList(pid, which);

const items: Items = {
  status: ({ kernel }, pid) => statusNames[kernel.processInfo(pid, Info.STATUS)] ?? "exiting",
  registeredName: ({ kernel }, pid) => kernel.processName(pid) || undefined,
  label: ({ table }, pid) => {
    const self = table.find(pid);
    return self instanceof Behaviour ? self.label : undefined;
  },
  parent: (core, pid) => core.kernel.processInfo(pid, Info.PARENT) as Pid | 0,
  kind: ({ kernel }, pid) =>
    kernel.processInfo(pid, Info.KIND) === ProcessKind.NATIVE ? "native" : "host",
  messageQueueLength: number(Info.MESSAGE_QUEUE_LENGTH),
  reductions: number(Info.REDUCTIONS),
  trapExit: ({ kernel }, pid) => kernel.processInfo(pid, Info.TRAP_EXIT) === 1,
  priority: ({ kernel }, pid) => priorityNames[kernel.processInfo(pid, Info.PRIORITY)] ?? "normal",
  links: list(List.LINKS),
  monitors: list(List.MONITORS),
  monitoredBy: list(List.MONITORED_BY),
  suspending: list(List.SUSPENDING),
  suspended: number(Info.SUSPENDED),
  memory: number(Info.MEMORY),
  mailboxLimit: number(Info.MAILBOX_LIMIT),
  aliases: number(Info.ALIASES),
  groups: number(Info.GROUPS),
  timers: number(Info.TIMERS),
  messages: (core, pid) => messagesOf(core, pid, MESSAGES_MAX),
};

/** One item of a process; undefined if it is dead. Throws PIDGEON_BAD_OPTION. */
export function processItem<I extends keyof ProcessInfoItems>(
  core: Core, pid: Pid, item: I,
): ProcessInfoItems[I] | undefined {
  if (!Object.hasOwn(items, item)) throw badOption("item", item);
  return core.kernel.isAlive(pid) ? items[item](core, pid) : undefined;
}

/** All items but the messages; undefined if the process is dead. O(its relations). */
export function processInfo(core: Core, pid: Pid): ProcessInfo | undefined {
  if (!core.kernel.isAlive(pid)) return undefined;
  const entries = Object.entries(items).filter(([item]) => item !== "messages");
  return Object.fromEntries(
    entries.map(([item, read]) => [item, read(core, pid)])) as unknown as ProcessInfo;
}

/** Looks without touching: also from inside a receive's guard, where a message is shown. */
export function messagesOf(core: Core, pid: Pid, most: number): readonly unknown[] {
  const { kernel } = core;
  const messages: unknown[] = [];
  const shown = kernel.message.save();
  while (messages.length < most && kernel.inspect(pid, messages.length) === Status.SHOWN) {
    messages.push(shownCopy(core));
  }
  kernel.message.restore(shown);
  return messages;
}

/** A copy of the message that the window shows. */
export function shownCopy(core: Core): unknown {
  const { kind, tag } = core.kernel.message;
  if (kind === MessageKind.BYTES) return new Bytes(core.kernel.shownBytes());
  const value = decode(core, kind, tag, true);
  // Reasons are immutable; everything else is its receiver's own.
  if (value instanceof Exit || value instanceof Down) return value;
  if (value instanceof Call) return new Call(value.from, copyOf(core, value.request));
  if (value instanceof Cast) return new Cast(copyOf(core, value.request));
  if (value instanceof ReplyMessage) return new ReplyMessage(value.ref, copyOf(core, value.value));
  return value instanceof TimerTimeout
    ? new TimerTimeout(value.ref, copyOf(core, value.message)) : copyOf(core, value);
}

/** What was handed over by reference may be anything: then what it is, `[object Map]`. */
function copyOf(core: Core, value: unknown): unknown {
  try {
    return core.copy(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
