// Suspension: a process that others suspend does not run until each of them has resumed it.
//
//   suspender ─ suspending ─► suspension ◄─ suspenders ─ suspended      (relation.ts)
//
// A suspension counts how often its suspender has suspended; it ends with either process.
//
// I1  Of a pair there is at most one suspension, and its count is not 0.
// I2  A process has suspenders exactly if it is SUSPENDED or, its turn being open, has FLAG_HALT.
// Costs: suspend and resume are O(suspensions of the shorter list).

import {
  ALREADY, BAD_ARGUMENT, LIMIT, NOT_FOUND, OK, STATE_EXITING, STATE_FREE, STATE_RUNNING,
  STATE_SUSPENDED, SUSPEND_UNLESS,
} from "./abi";
import { control } from "./control";
import {
  Cold, coldForWriting, coldOf, FLAG_COLD, FLAG_HALT, Process, processAt, slotOf,
} from "./process";
import {
  allocateRelation, ownerOf, pushOther, pushOwn, Relation, RELATION_SUSPENSION, releaseRelation,
  removeOther, removeOwn,
} from "./relation";
import { goOn, halt } from "./scheduler";

/** Where the list of suspensions that a process holds begins. O(1). */
function suspendingOf(process: Process): usize {
  return changetype<usize>(coldOf(process)) + offsetof<Cold>("suspending");
}

/** Where the list of those that others hold on it begins. O(1). */
function suspendersOf(process: Process): usize {
  return changetype<usize>(coldOf(process)) + offsetof<Cold>("suspenders");
}

/** How often a suspension's suspender has suspended: in the word of a block's link. O(1). */
function countOf(suspension: Relation): u32 {
  return suspension.blockNext;
}

/** The suspension that one process holds on another, or null. O(suspensions of the shorter). */
function findSuspension(suspender: Process, target: Process): Relation | null {
  if (!(suspender.flags & target.flags & FLAG_COLD)) return null;
  const slot = slotOf(suspender);
  const targetSlot = slotOf(target);
  let own = coldOf(suspender).suspending;
  let others = coldOf(target).suspenders;
  while (own && others) {
    const ours = changetype<Relation>(own);
    if (ours.other == targetSlot) return ours;
    const theirs = changetype<Relation>(others);
    if (ownerOf(theirs) == slot) return theirs;
    own = ours.ownNext;
    others = theirs.otherNext;
  }
  return null;
}

/**
 * erlang:suspend_process/2: OK; ALREADY, not counted, with SUSPEND_UNLESS; BAD_ARGUMENT (itself);
 * LIMIT. An open turn goes on to its end. O(suspensions of the shorter list).
 */
export function suspend(suspender: Process, target: Process, options: u32): i32 {
  if (suspender === target) return BAD_ARGUMENT;
  const held = findSuspension(suspender, target);
  if (held !== null) {
    if (options & SUSPEND_UNLESS) return ALREADY;
    if (countOf(held) == u32.MAX_VALUE) return LIMIT;
    held.blockNext += 1;
    return OK;
  }
  const suspension = allocateRelation(RELATION_SUSPENSION, slotOf(suspender));
  if (suspension === null) return LIMIT;
  suspension.blockNext = 1;
  suspension.other = slotOf(target);
  coldForWriting(suspender);
  const isFirst = coldForWriting(target).suspenders == 0;
  pushOwn(suspendingOf(suspender), suspension);
  pushOther(suspendersOf(target), suspension);
  if (isFirst) halt(target);
  return OK;
}

/**
 * erlang:resume_process/1: OK, or NOT_FOUND where this process does not suspend the other.
 * O(suspensions of the shorter list), and what goOn costs.
 */
export function resume(suspender: Process, target: Process): i32 {
  const suspension = findSuspension(suspender, target);
  if (suspension === null) return NOT_FOUND;
  suspension.blockNext -= 1;
  if (countOf(suspension) == 0) release(suspension);
  return OK;
}

/** Ends a suspension; a target that nobody else suspends goes on, unless it ends. As goOn. */
function release(suspension: Relation): void {
  const target = processAt(suspension.other);
  removeOwn(suspendingOf(processAt(ownerOf(suspension))), suspension);
  removeOther(suspendersOf(target), suspension);
  releaseRelation(suspension);
  if (coldOf(target).suspenders == 0 && target.state != STATE_EXITING) goOn(target);
}

/** Ends all suspensions that a process holds, or that others hold on it. O(their number). */
export function dropSuspensions(process: Process): void {
  const cold = coldOf(process);
  while (cold.suspending) release(changetype<Relation>(cold.suspending));
  while (cold.suspenders) release(changetype<Relation>(cold.suspenders));
}

/** How many processes suspend this one. O(their number). */
export function countSuspenders(process: Process): u32 {
  let count: u32 = 0;
  for (let at = coldOf(process).suspenders; at; at = changetype<Relation>(at).otherNext) count++;
  return count;
}

/** The debug build's check of this structure: 0, or 1500 + what is broken. O(slots). */
export function verifySuspensions(): u32 {
  for (let slot: u32 = 1; slot < control.processFresh; slot++) {
    const process = processAt(slot);
    if (process.state == STATE_FREE || process.state >= STATE_EXITING) continue;
    const isHalted = process.state == STATE_SUSPENDED
      || (process.state == STATE_RUNNING && (process.flags & FLAG_HALT) != 0);
    if (isHalted != (coldOf(process).suspenders != 0)) return 1501;
    if (!isHalted && process.flags & FLAG_HALT) return 1502;
    for (let at = coldOf(process).suspending; at; at = changetype<Relation>(at).ownNext) {
      if (countOf(changetype<Relation>(at)) == 0) return 1503;
    }
  }
  return 0;
}
