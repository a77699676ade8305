// What can be listed of a process: those that it is related to, its name, its mailbox, its memory.
//
// Costs: O(what is listed and skipped).

import {
  BAD_ARGUMENT, LIST_LINKS, LIST_MONITORED_BY, LIST_MONITORS, LIST_SUSPENDING, OK, SHOWN,
} from "./abi";
import { Block, blockBytes, showBlock } from "./block";
import { control, WINDOW, Window } from "./control";
import { COLD_BYTES, PROCESS_BYTES, RELATION_BYTES } from "./limits";
import { coldOf, FLAG_COLD, Process, processAt } from "./process";
import { ownerOf, Relation } from "./relation";

/** Length of a list of relations that a process owns. O(length). */
export function ownLength(first: u32): u32 {
  let length: u32 = 0;
  for (let at = first; at; at = changetype<Relation>(at).ownNext) length++;
  return length;
}

/** The first relation of a list, or -1 if there is no such list. O(1). */
function firstOf(process: Process, list: u32): i64 {
  const cold = coldOf(process);
  switch (list) {
    case LIST_LINKS: return cold.links;
    case LIST_MONITORS: return cold.monitors;
    case LIST_MONITORED_BY: return cold.watchers;
    case LIST_SUSPENDING: return cold.suspending;
    default: return -1;
  }
}

/** The slot of the process at the other end of a relation in a list. O(1). */
function peerOf(relation: Relation, list: u32): u32 {
  if (list == LIST_LINKS) return ownerOf(changetype<Relation>(relation.other));
  return list == LIST_MONITORED_BY ? ownerOf(relation) : relation.other;
}

/**
 * Writes the pids of a list into the scratch area, without the first `skip`: how many, at most what
 * the area holds; BAD_ARGUMENT for an unknown list.
 */
export function listProcesses(process: Process, list: u32, skip: u32): i32 {
  const first = firstOf(process, list);
  if (first < 0) return BAD_ARGUMENT;
  const room = control.scratchBytes >> 3;
  let passed: u32 = 0;
  let written: u32 = 0;
  for (let at = <u32>first; at && written < room;) {
    const relation = changetype<Relation>(at);
    if (passed < skip) {
      passed++;
    } else {
      const peer = processAt(peerOf(relation, list));
      store<f64>(control.scratch + (written << 3), peer.pid);
      written++;
    }
    at = list == LIST_MONITORED_BY ? relation.otherNext : relation.ownNext;
  }
  return written;
}

/**
 * Shows the index-th message of a mailbox, whatever its process does: SHOWN, or OK if there is
 * none. It stays what it is, so `last` says nothing of it. O(index).
 */
export function inspect(process: Process, index: u32): i32 {
  if (index >= process.messages) return OK;
  let block = changetype<Block>(process.head);
  while (index--) block = changetype<Block>(block.next);
  const flags = block.flags;
  showBlock(block);
  block.flags = flags; // it may be shown as the last of its handle only to who takes it
  changetype<Window>(WINDOW).last = 0;
  return SHOWN;
}

/** Bytes of a process: its records, the relations that it owns, its mailbox. O(all of these). */
export function memoryOf(process: Process): f64 {
  let bytes: f64 = PROCESS_BYTES;
  if (process.flags & FLAG_COLD) {
    const cold = coldOf(process);
    const relations = ownLength(cold.links) + ownLength(cold.monitors) + ownLength(cold.timers)
      + ownLength(cold.aliases) + ownLength(cold.groups) + ownLength(cold.suspending);
    bytes += <f64>COLD_BYTES + <f64>relations * RELATION_BYTES;
  }
  for (let at = process.head; at; at = changetype<Block>(at).next) {
    bytes += blockBytes(changetype<Block>(at));
  }
  return bytes;
}
