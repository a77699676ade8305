// Flags and limits of a process: Erlang's words for them, and the kernel's numbers.
import { PidgeonError } from "../errors.ts";
import { Flag, MailboxPolicy, MemoryPolicy, Option } from "../kernel/abi.ts";
import type { Pid } from "../kernel/abi.ts";
import type { Core } from "./core.ts";
import { refusal } from "./statuses.ts";
import type {
  MailboxLimit, MemoryLimit, Priority, ProcessFlags, SpawnOptions,
} from "./types.ts";

/** The kernel's largest limit of a mailbox. */
const LIMIT_MAX = 0x7fff_ffff;

export const priorityNames: readonly Priority[] = ["normal", "low", "high", "max"];
const policyNames = ["refuse", "drop", "kill"] as const;

const priorityCodes = {
  normal: Option.PRIORITY_NORMAL, low: Option.PRIORITY_LOW,
  high: Option.PRIORITY_HIGH, max: Option.PRIORITY_MAX,
} as const satisfies Record<Priority, number>;

const policyCodes = {
  refuse: MailboxPolicy.REFUSE, drop: MailboxPolicy.DROP, kill: MailboxPolicy.KILL,
} as const;

/** A flag of the kernel and its value. */
type Setting = readonly [flag: number, value: number];

export function badOption(name: string, value: unknown): PidgeonError {
  return new PidgeonError("PIDGEON_BAD_OPTION", { name, value: String(value) });
}

/** The kernel's number for a word; JavaScript may pass any. */
export function codeOf<W extends string>(
  codes: Readonly<Record<W, number>>, word: W, name: string,
): number {
  if (!Object.hasOwn(codes, word)) throw badOption(name, word);
  return codes[word];
}

function truth(value: unknown, name: string): 0 | 1 {
  if (typeof value !== "boolean") throw badOption(name, value);
  return value ? 1 : 0;
}

/** An object of options, as JavaScript may pass anything. */
function assertRecord(value: unknown, name: string): void {
  if (typeof value !== "object" || value === null) throw badOption(name, value);
}

function limit(value: number, name: string): number {
  if (Number.isInteger(value) && value >= 0 && value <= LIMIT_MAX) return value;
  throw badOption(name, value);
}

function mailboxSettings(given: MailboxLimit): [Setting, Setting] {
  assertRecord(given, "mailboxLimit");
  const { messages, policy = "refuse" } = given;
  return [
    [Flag.MAILBOX_LIMIT, limit(messages, "mailboxLimit.messages")],
    [Flag.MAILBOX_POLICY, codeOf(policyCodes, policy, "mailboxLimit.policy")],
  ];
}

function memorySettings(given: MemoryLimit): [Setting, Setting] {
  assertRecord(given, "memoryLimit");
  const { bytes, kill = true, errorLogger = true } = given;
  const policy = (kill ? MemoryPolicy.KILL : 0) + (errorLogger ? MemoryPolicy.REPORT : 0);
  return [
    [Flag.MEMORY_LIMIT, limit(bytes, "memoryLimit.bytes")], [Flag.MEMORY_POLICY, policy],
  ];
}

/** An Option sum. Throws PIDGEON_BAD_OPTION. */
export function optionBits(options: SpawnOptions | undefined): number {
  if (options === undefined) return 0;
  let bits = codeOf(priorityCodes, options.priority ?? "normal", "priority");
  if (options.link) bits |= Option.LINK;
  if (options.trapExit) bits |= Option.TRAP_EXIT;
  return bits;
}

/** The limits of a new process, to be set before anybody can send to it: see `limitNew`. */
export function limitsOf(options: SpawnOptions | undefined): readonly Setting[] {
  const { mailboxLimit, memoryLimit } = options ?? {};
  return [
    ...mailboxLimit === undefined ? [] : mailboxSettings(mailboxLimit),
    ...memoryLimit === undefined ? [] : memorySettings(memoryLimit),
  ];
}

export function limitNew(core: Core, pid: Pid, limits: readonly Setting[]): void {
  for (const setting of limits) set(core, pid, setting);
}

/** Sets a flag; the old value. */
export function setFlag(
  core: Core, pid: Pid, flag: keyof ProcessFlags, value: unknown,
): ProcessFlags[keyof ProcessFlags] {
  switch (flag) {
    case "trapExit": return set(core, pid, [Flag.TRAP_EXIT, truth(value, "trapExit")]) === 1;
    case "priority": {
      const code = codeOf(priorityCodes, value as Priority, "priority");
      return priorityNames[set(core, pid, [Flag.PRIORITY, code])]!;
    }
    case "mailboxLimit": {
      const [messages, policy] = mailboxSettings(value as MailboxLimit);
      return {
        messages: set(core, pid, messages), policy: policyNames[set(core, pid, policy)]!,
      };
    }
    case "memoryLimit": {
      const [bytes, policy] = memorySettings(value as MemoryLimit);
      const old = set(core, pid, bytes);
      const oldPolicy = set(core, pid, policy);
      return {
        bytes: old, kill: (oldPolicy & MemoryPolicy.KILL) !== 0,
        errorLogger: (oldPolicy & MemoryPolicy.REPORT) !== 0,
      };
    }
    default: throw badOption("flag", flag);
  }
}

function set(core: Core, pid: Pid, [flag, value]: Setting): number {
  const old = core.kernel.processFlag(pid, flag, value);
  if (old < 0) throw refusal("processFlag", old);
  if (flag === Flag.MAILBOX_LIMIT || flag === Flag.MEMORY_LIMIT) core.hasLimits = true;
  return old;
}
