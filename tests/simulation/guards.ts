// The model's guards: what limits and watches a mailbox, and what the host is told of it.
import { EventKind, Flag, MailboxPolicy, MemoryPolicy, Status, Watch } from
  "../../host/kernel/abi.ts";
import { messageBytes, type Message, type Process } from "./records.ts";
import { die } from "./signals.ts";
import type { World } from "./world.ts";

/** What `admit` answers where a message is a dead letter of which its sender hears nothing. */
export const DROPPED = "dropped";

const KILLED = { kind: 0, value: 2 };
const NO_REASON = { kind: 0, value: 0 };
const LIMIT_MAX = 2 ** 31 - 1;

/** Whether a message of so many bytes comes into a mailbox: OK, MAILBOX_FULL or DROPPED. */
export function admit(world: World, process: Process, bytes: number): number | typeof DROPPED {
  const { guard } = process;
  const kill = (limit: string): typeof DROPPED => {
    world.see(`${limit} limit kills`);
    world.deadLetters++;
    die(world, process, KILLED);
    return DROPPED;
  };
  if (guard.memoryLimit > 0 && mailboxBytes(process) + bytes > guard.memoryLimit) {
    if (guard.memoryPolicy === MemoryPolicy.REPORT) world.see("memory limit is reported alone");
    if (guard.memoryPolicy & MemoryPolicy.REPORT) note(world, process, EventKind.MEMORY_LIMIT);
    if (guard.memoryPolicy & MemoryPolicy.KILL) return kill("memory");
  }
  if (!isFull(process)) return Status.OK;
  if (guard.mailboxPolicy === MailboxPolicy.REFUSE) return Status.MAILBOX_FULL;
  if (guard.mailboxPolicy === MailboxPolicy.KILL) return kill("mailbox");
  world.deadLetters++;
  world.see("mailbox limit drops");
  return DROPPED;
}

/** Whether a mailbox has as many messages as it takes. */
export function isFull({ guard, mailbox }: Process): boolean {
  const messages = mailbox.filter(({ inRelation }) => !inRelation).length;
  return guard.mailboxLimit > 0 && messages >= guard.mailboxLimit;
}

export function mailboxBytes({ mailbox }: Process): number {
  return mailbox.reduce((sum, message) => sum + messageBytes(message), 0);
}

function note(world: World, process: Process, event: number): void {
  if (process.guard.notices.size === 0) world.noticed.push(process);
  process.guard.notices.add(event);
}

export function forgetNotices(world: World, process: Process): void {
  process.guard.notices.clear();
  world.noticed = world.noticed.filter((one) => one !== process);
}

/** After a message has come into a mailbox. */
export function noteLong(world: World, process: Process): void {
  const { guard, mailbox } = process;
  if (guard.isLong || mailbox.length <= world.marks.queueHigh) return;
  guard.isLong = true;
  note(world, process, EventKind.LONG_QUEUE);
  guard.notices.delete(EventKind.SHORT_QUEUE);
}

/** After a message has left a mailbox, or before a native process is shown the next. */
export function noteShort(world: World, process: Process): void {
  const { guard, mailbox } = process;
  if (!guard.isLong || mailbox.length > world.marks.queueLow) return;
  guard.isLong = false;
  note(world, process, EventKind.SHORT_QUEUE);
}

/** After a turn or slice of a process that lives. */
export function noteSchedule(world: World, process: Process, reductions: number): void {
  if (reductions <= world.marks.scheduleHigh) return;
  process.guard.cost = Math.max(process.guard.cost, reductions);
  note(world, process, EventKind.LONG_SCHEDULE);
}

/** Takes a message out of a mailbox, with what follows from that. */
export function removeMessage(world: World, process: Process, index: number): Message | undefined {
  const [message] = process.mailbox.splice(index, 1);
  if (message !== undefined && process !== world.running) noteShort(world, process);
  return message;
}

/** Tells the host what was noted, while the ring has room. */
export function reportNotices(world: World): void {
  for (let process = world.noticed[0]; process !== undefined; process = world.noticed[0]) {
    const { guard, mailbox, pid } = process;
    const report = (type: number, value: number) => {
      if (!guard.notices.has(type)) return true;
      if (world.ring.length >= world.limits.events) return false;
      // Still in the list of the noticed, which it leaves with the last.
      guard.notices.delete(type);
      world.ring.push({ type, pid, reason: { ...NO_REASON, value } });
      return true;
    };
    if (!report(EventKind.LONG_QUEUE, mailbox.length)) return;
    if (!report(EventKind.SHORT_QUEUE, mailbox.length)) return;
    if (!report(EventKind.LONG_SCHEDULE, guard.cost)) return;
    guard.cost = 0;
    const bytes = process.state === "exiting" ? guard.bytesAtEnd : mailboxBytes(process);
    if (!report(EventKind.MEMORY_LIMIT, bytes)) return;
    world.noticed.shift();
    if (world.lingering.delete(process)) world.freePid(pid);
  }
}

export function setWatch(world: World, item: number, value: number): number {
  const name = item === Watch.QUEUE_HIGH ? "queueHigh" : item === Watch.QUEUE_LOW ? "queueLow"
    : item === Watch.SCHEDULE ? "scheduleHigh" : undefined;
  if (name === undefined) return Status.BAD_ARGUMENT;
  const old = world.marks[name];
  world.marks[name] = value === 0 && name !== "queueLow" ? Infinity : value;
  return old === Infinity ? 0 : old;
}

const guardFlags = {
  [Flag.MAILBOX_LIMIT]: { name: "mailboxLimit", most: LIMIT_MAX },
  [Flag.MAILBOX_POLICY]: { name: "mailboxPolicy", most: 2 },
  [Flag.MEMORY_LIMIT]: { name: "memoryLimit", most: LIMIT_MAX },
  [Flag.MEMORY_POLICY]: { name: "memoryPolicy", most: 3 },
} as const;

/** process_flag for what a guard has: the old value, or BAD_ARGUMENT. */
export function setGuard({ guard }: Process, flag: number, value: number): number {
  const found = guardFlags[flag as keyof typeof guardFlags];
  if (found === undefined || value > found.most) return Status.BAD_ARGUMENT;
  const old = guard[found.name];
  guard[found.name] = value;
  return old;
}
