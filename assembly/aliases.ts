// Aliases: references by which messages reach a process until it takes them back (EEP 53, EEP 76).
//
//   owner ─ aliases ─► alias ── other ──► the monitor that shares its reference, or 0
//                        ▲ └── otherHigh ──┘
//
// An address below 0 is minus the reference of an alias. `tag` says what ends the alias, and
// whether it admits priority messages.
//
// I1  An alias that has ended stays only as long as its monitor, whose reference it is.
// Costs: all O(1).

import {
  ALIAS_PRIORITY, ALIAS_REPLY, BAD_PID, LIMIT, NO_PROCESS, NOT_FOUND, OK, STATE_EXITING,
} from "./abi";
import { BLOCK_PRIORITY } from "./block";
import { control } from "./control";
import { NUMBERED_END, SLOT_MASK } from "./limits";
import { releaseMonitor } from "./monitors";
import {
  Cold, coldForWriting, coldOf, find, Process, processAt, slotOf, whyNotFound,
} from "./process";
import {
  allocateRelation, findRelation, ownerOf, pushOwn, refOf, Relation, RELATION_ALIAS,
  relationKind, releaseRelation, removeOwn,
} from "./relation";

/* Beside ALIAS_REPLY and ALIAS_PRIORITY, in the alias's tag */
export const ALIAS_UNTIL_DEMONITOR: u32 = 4;
const ALIAS_ENDED: u32 = 8;

/** Where the list of a process's aliases begins. O(1). */
function aliasesOf(process: Process): usize {
  return changetype<usize>(coldOf(process)) + offsetof<Cold>("aliases");
}

/** An active alias of a process; null when the table is full. O(1). */
export function createAlias(owner: Process, bits: u32): Relation | null {
  const alias = allocateRelation(RELATION_ALIAS, slotOf(owner));
  if (alias === null) return null;
  alias.tag = <u8>bits;
  alias.other = 0;
  coldForWriting(owner);
  pushOwn(aliasesOf(owner), alias);
  return alias;
}

/** erlang:alias/1: a reference, or LIMIT. O(1). */
export function alias(owner: Process, options: u32): f64 {
  const created = createAlias(owner, options & (ALIAS_REPLY | ALIAS_PRIORITY));
  return created === null ? <f64>LIMIT : refOf(created);
}

/** erlang:unalias/1. OK if it was active, else NOT_FOUND. O(1). */
export function unalias(owner: Process, ref: f64): i32 {
  const alias = findActive(ref);
  if (alias === null || ownerOf(alias) != slotOf(owner)) return NOT_FOUND;
  end(alias);
  return OK;
}

/** The active alias with this reference, or null. O(1). */
function findActive(ref: f64): Relation | null {
  const relation = findRelation(ref);
  if (relation === null || relationKind(relation) != RELATION_ALIAS) return null;
  return relation.tag & <u8>ALIAS_ENDED ? null : relation;
}

/** The active alias that an address below 0 means, or null; its owner is not ending. O(1). */
export function aliasFor(address: f64): Relation | null {
  const alias = findActive(-address);
  return alias === null || ownerOfAlias(alias).state == STATE_EXITING ? null : alias;
}

/** The live process at an address, a pid or minus the reference of an alias; null. O(1). */
export function findAt(address: f64): Process | null {
  if (!(address < 0)) return find(address);
  const alias = aliasFor(address);
  return alias === null ? null : ownerOfAlias(alias);
}

/** Why `findAt` has found nothing: BAD_PID or NO_PROCESS. O(1). */
export function whyNotAt(address: f64): i32 {
  return address < 0 ? whyNoAlias(address) : whyNotFound(address);
}

/** The flag of a block that is to go to an address with priority, 0 if it may not. O(1). */
export function priorityAt(address: f64): u8 {
  const alias = aliasFor(address);
  return alias !== null && admitsPriority(alias) ? BLOCK_PRIORITY : 0;
}

/** Why `aliasFor` has found nothing: BAD_PID or NO_PROCESS. O(1). */
export function whyNoAlias(address: f64): i32 {
  const ref = -address;
  const raw = <i64>ref;
  const slot = <u32>raw & SLOT_MASK;
  const isRef = <f64>raw == ref && ref < NUMBERED_END && slot != 0;
  return isRef && slot < control.relationLimit ? NO_PROCESS : BAD_PID;
}

/** The owner of an alias. O(1). */
export function ownerOfAlias(alias: Relation): Process {
  return processAt(ownerOf(alias));
}

/** Whether priority messages go through an alias. O(1). */
export function admitsPriority(alias: Relation): bool {
  return (alias.tag & <u8>ALIAS_PRIORITY) != 0;
}

/** After a message has gone through an alias: one of a reply ends, with its monitor. O(1). */
export function afterMessage(alias: Relation): void {
  if (!(alias.tag & <u8>ALIAS_REPLY)) return;
  const untilDemonitor = alias.tag & <u8>ALIAS_UNTIL_DEMONITOR;
  if (alias.other && untilDemonitor) releaseMonitor(changetype<Relation>(alias.other));
  else end(alias);
}

/** After a monitor has ended by demonitor or DOWN: what its alias does. O(1). */
export function afterMonitor(monitor: Relation): void {
  if (!monitor.otherHigh) return;
  const alias = changetype<Relation>(monitor.otherHigh);
  monitor.otherHigh = 0;
  alias.other = 0;
  if (alias.tag & <u8>(ALIAS_UNTIL_DEMONITOR | ALIAS_ENDED)) drop(alias);
}

/** Makes an alias inactive. O(1). */
function end(alias: Relation): void {
  if (alias.other) alias.tag |= <u8>ALIAS_ENDED;
  else drop(alias);
}

/** Takes an alias out of its owner's list and frees it. O(1). */
function drop(alias: Relation): void {
  removeOwn(aliasesOf(processAt(ownerOf(alias))), alias);
  releaseRelation(alias);
}

/** Drops all aliases of a process that ends, whose monitors have ended. O(aliases). */
export function dropAliases(process: Process): void {
  const cold = coldOf(process);
  while (cold.aliases) drop(changetype<Relation>(cold.aliases));
}

/** How many active aliases a process has. O(aliases). */
export function countAliases(process: Process): u32 {
  let count: u32 = 0;
  for (let at = coldOf(process).aliases; at; at = changetype<Relation>(at).ownNext) {
    if (!(changetype<Relation>(at).tag & <u8>ALIAS_ENDED)) count++;
  }
  return count;
}
