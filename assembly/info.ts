// What can be asked of and set on a process.
//
// Costs: O(1), but the counts of relations are O(their number), memory is O(these + messages).

import {
  BAD_ARGUMENT, INFO_GROUPS, INFO_KIND, INFO_LINKS, INFO_MEMORY, INFO_MESSAGE_QUEUE_LENGTH,
  INFO_MONITORED_BY, INFO_MONITORS, INFO_PARENT, INFO_PRIORITY, INFO_REDUCTIONS, INFO_STATUS,
  INFO_TIMERS, INFO_TRAP_EXIT,
  PRIORITY_MAX, PROCESS_PRIORITY, PROCESS_TRAP_EXIT, STATE_RUNNABLE,
} from "./abi";
import { memoryOf, ownLength } from "./lists";
import { coldOf, FLAG_TRAP_EXIT, Process } from "./process";
import { pushRunnable, removeRunnable } from "./queue";
import { Relation } from "./relation";

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
    case INFO_PRIORITY: return process.priority;
    case INFO_TRAP_EXIT: return <f64>((process.flags & FLAG_TRAP_EXIT) != 0);
    case INFO_LINKS: return ownLength(coldOf(process).links);
    case INFO_MONITORS: return ownLength(coldOf(process).monitors);
    case INFO_MONITORED_BY: return otherLength(coldOf(process).watchers);
    case INFO_PARENT: return process.parent;
    case INFO_KIND: return process.kind;
    case INFO_MEMORY: return memoryOf(process);
    case INFO_GROUPS: return ownLength(coldOf(process).groups);
    case INFO_TIMERS: return ownLength(coldOf(process).timers);
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
    const old = <i32>process.priority;
    const queued = process.state == STATE_RUNNABLE;
    if (queued) removeRunnable(process);
    process.priority = <u8>value;
    if (queued) pushRunnable(process);
    return old;
  }
  return BAD_ARGUMENT;
}
