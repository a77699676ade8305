// What can be asked of and set on a process.
//
// Costs: O(1), but the counts of relations are O(their number), memory is O(these + messages).

import {
  BAD_ARGUMENT, INFO_ALIASES, INFO_GROUPS, INFO_KIND, INFO_LINKS, INFO_MAILBOX_LIMIT, INFO_MEMORY,
  INFO_MESSAGE_QUEUE_LENGTH, INFO_MONITORED_BY, INFO_MONITORS, INFO_PARENT, INFO_PRIORITY,
  INFO_REDUCTIONS, INFO_STATUS, INFO_SUSPENDED, INFO_TIMERS, INFO_TRAP_EXIT, MEMORY_KILL,
  MEMORY_REPORT, POLICY_KILL, PRIORITY_MASK, PRIORITY_MAX, PROCESS_MAILBOX_LIMIT,
  PROCESS_MAILBOX_POLICY, PROCESS_MEMORY_LIMIT, PROCESS_MEMORY_POLICY, PROCESS_PRIORITY,
  PROCESS_TRAP_EXIT,
} from "./abi";
import { countAliases } from "./aliases";
import { guardForWriting, guardOf } from "./guards";
import { memoryOf, ownLength } from "./lists";
import { coldOf, FLAG_TRAP_EXIT, Process } from "./process";
import { changePriority, fresh } from "./queue";
import { Relation } from "./relation";
import { countSuspenders } from "./suspension";

/** The largest limit: process_flag answers an i32. */
const LIMIT_MAX: u32 = 0x7fffffff;

function otherLength(first: u32): f64 {
  let length: f64 = 0;
  for (let at = first; at; at = changetype<Relation>(at).otherNext) length += 1;
  return length;
}

/** erlang:process_info/2 for one item; BAD_ARGUMENT for an unknown one. */
export function processInfo(process: Process, item: u32): f64 {
  switch (item) {
    case INFO_STATUS: return process.state;
    case INFO_MESSAGE_QUEUE_LENGTH: return process.messages;
    case INFO_REDUCTIONS: return process.reductions;
    case INFO_PRIORITY: return process.priority & <u8>PRIORITY_MASK;
    case INFO_TRAP_EXIT: return <f64>((process.flags & FLAG_TRAP_EXIT) != 0);
    case INFO_LINKS: return ownLength(coldOf(process).links);
    case INFO_MONITORS: return ownLength(coldOf(process).monitors);
    case INFO_MONITORED_BY: return otherLength(coldOf(process).watchers);
    case INFO_PARENT: return process.parent;
    case INFO_KIND: return process.kind;
    case INFO_MEMORY: return memoryOf(process);
    case INFO_GROUPS: return ownLength(coldOf(process).groups);
    case INFO_TIMERS: return ownLength(coldOf(process).timers);
    case INFO_SUSPENDED: return countSuspenders(process);
    case INFO_MAILBOX_LIMIT: return guardOf(process).mailboxLimit;
    case INFO_ALIASES: return countAliases(process);
    default: return <f64>BAD_ARGUMENT;
  }
}

/** erlang:process_flag/2: sets a flag and returns its old value; BAD_ARGUMENT. O(1). */
export function processFlag(process: Process, flag: u32, value: u32): i32 {
  if (flag == PROCESS_TRAP_EXIT && value <= 1) {
    const old = <i32>((process.flags & FLAG_TRAP_EXIT) != 0);
    process.flags = value ? process.flags | FLAG_TRAP_EXIT : process.flags & ~FLAG_TRAP_EXIT;
    return old;
  }
  if (flag == PROCESS_PRIORITY && value <= PRIORITY_MAX) {
    const old = <i32>(process.priority & <u8>PRIORITY_MASK);
    changePriority(process, fresh(value));
    return old;
  }
  return setGuard(process, flag, value);
}

/** Sets a limit of the mailbox or what follows at it; the old value, or BAD_ARGUMENT. */
function setGuard(process: Process, flag: u32, value: u32): i32 {
  if (flag < PROCESS_MAILBOX_LIMIT || flag > PROCESS_MEMORY_POLICY || value > LIMIT_MAX) {
    return BAD_ARGUMENT;
  }
  if (flag == PROCESS_MAILBOX_POLICY && value > POLICY_KILL) return BAD_ARGUMENT;
  if (flag == PROCESS_MEMORY_POLICY && value > (MEMORY_KILL | MEMORY_REPORT)) return BAD_ARGUMENT;
  const guard = guardForWriting(process);
  let old: u32 = 0;
  if (flag == PROCESS_MAILBOX_LIMIT) {
    old = guard.mailboxLimit;
    guard.mailboxLimit = value;
  } else if (flag == PROCESS_MAILBOX_POLICY) {
    old = guard.mailboxPolicy;
    guard.mailboxPolicy = <u8>value;
  } else if (flag == PROCESS_MEMORY_LIMIT) {
    old = guard.memoryLimit;
    guard.memoryLimit = value;
  } else {
    old = guard.memoryPolicy;
    guard.memoryPolicy = <u8>value;
  }
  return <i32>old;
}
