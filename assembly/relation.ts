// Relations: link halves, monitors, timers, aliases, suspensions, memberships, in one table of
// 64-byte records.
//
//   │ block: the EXIT, DOWN or timeout that it may cause (32) │ owner, kind, lists (32) │
//
//   process A ─ links ─► half(A) ◄──other──► half(B) ◄─ links ─ process B
//   watcher ─ monitors ─► monitor ◄─ watchers ─ watched       owner ─ aliases ─► alias
//   suspender ─ suspending ─► suspension ◄─ suspenders ─ suspended
//   process ─ groups ─► member ◄─ first ─ group               a timer to a name has no owner
//
// I1  owner = the process whose mailbox gets the signal; the record is in one of its lists.
// I2  A record of kind SIGNAL is in no list: it lies in its owner's mailbox as a block.
// I3  A reference is generation × 2^24 + slot, below 2^52; plain references lie from 2^52 on.
// Costs: allocate, release and find are O(1).

import { COUNTER_RELATIONS } from "./abi";
import { BLOCK_IN_RELATION } from "./block";
import { control, count, invariant } from "./control";
import {
  NUMBERED_END, REF_GENERATION_MAX, RELATION_BYTES, SLOT_BITS, SLOT_MASK, slotIn,
} from "./limits";
import { areFree, putFree, takeFree } from "./shelves";

/* Kinds of a relation */
export const RELATION_FREE: u32 = 0;
export const RELATION_LINK: u32 = 1;
export const RELATION_MONITOR: u32 = 2;
export const RELATION_TIMER: u32 = 3;
export const RELATION_SIGNAL: u32 = 4;
export const RELATION_RETIRED: u32 = 5;
export const RELATION_ALIAS: u32 = 6;
export const RELATION_SUSPENSION: u32 = 7;
export const RELATION_MEMBER: u32 = 8;
export const RELATION_NAMED_TIMER: u32 = 9;

@unmanaged
export class Relation {
  /* the block that it may become (block.ts) */
  blockNext: u32;
  kind: u8;
  tag: u8;
  reasonKind: u8;
  flags: u8;
  from: f64;
  ref: f64;
  value: f64;
  /* identity */
  generation: u32;
  ownerAndKind: u32; // owner's slot, and in the top byte the kind of the relation
  /* the owner's list */
  ownNext: u32; // address; timer to a name: the block with the name
  ownPrev: u32; // address
  /* monitor, suspension: the other process's list; member: the group's; timer: a WheelNode */
  otherNext: u32; // address
  otherPrev: u32; // address
  other: u32; // link: peer half; alias: monitor; member: group (addresses); else the other's slot
  otherHigh: u32; // monitor: its alias (address), or 0; member: joins; timer: the deadline's half
}
if (offsetof<Relation>() != RELATION_BYTES) ERROR("Relation must have 64 bytes");
if (offsetof<Relation>("generation") != 32) ERROR("a relation must begin with a block");
if (offsetof<Relation>("otherNext") != 48) ERROR("a timer must end with a WheelNode");

export function relationAt(slot: u32): Relation {
  return changetype<Relation>(control.relations + slot * RELATION_BYTES);
}

export function relationKind(relation: Relation): u32 {
  return relation.ownerAndKind >> SLOT_BITS;
}

export function ownerOf(relation: Relation): u32 {
  return relation.ownerAndKind & SLOT_MASK;
}

export function setKind(relation: Relation, kind: u32): void {
  relation.ownerAndKind = ownerOf(relation) | (kind << SLOT_BITS);
}

/** Makes a relation a signal that goes to a process's mailbox. O(1). */
export function makeSignalTo(relation: Relation, owner: u32): void {
  relation.ownerAndKind = owner | (RELATION_SIGNAL << SLOT_BITS);
}

/** The slot of a relation. O(1). */
function relationSlot(relation: Relation): u32 {
  return (<u32>changetype<usize>(relation) - control.relations) / RELATION_BYTES;
}

/** The reference of a relation. O(1). */
export function refOf(relation: Relation): f64 {
  return <f64>relation.generation * <f64>(1 << SLOT_BITS) + <f64>relationSlot(relation);
}

/** The relation that a reference names, if it is alive or lies in a mailbox; else null. O(1). */
export function findRelation(ref: f64): Relation | null {
  const slot = slotIn(ref);
  if (slot == 0 || slot >= control.relationFresh) return null;
  const relation = relationAt(slot);
  const kind = relationKind(relation);
  if (kind == RELATION_FREE || kind == RELATION_RETIRED) return null;
  return refOf(relation) == ref ? relation : null;
}

/** Whether this many relations can be allocated. O(count). */
export function relationsLeft(wanted: u32): bool {
  const fresh = control.relationLimit - control.relationFresh;
  return fresh >= wanted || areFree(wanted - fresh);
}

/** A relation of an owner, in no list; null when the table is full. O(1). */
export function allocateRelation(kind: u32, owner: u32): Relation | null {
  let slot = takeFree();
  if (!slot) {
    if (control.relationFresh == control.relationLimit) return null;
    slot = control.relationFresh++;
  }
  const relation = relationAt(slot);
  invariant(relationKind(relation) == RELATION_FREE);
  relation.ownerAndKind = owner | (kind << SLOT_BITS);
  relation.flags = BLOCK_IN_RELATION;
  relation.ownNext = 0;
  relation.ownPrev = 0;
  count(COUNTER_RELATIONS, 1);
  return relation;
}

/** Gives a relation back and ages its reference; the last generation retires it. O(1). */
export function releaseRelation(relation: Relation): void {
  invariant(relationKind(relation) != RELATION_FREE);
  count(COUNTER_RELATIONS, -1);
  if (relation.generation == REF_GENERATION_MAX) {
    relation.ownerAndKind = RELATION_RETIRED << SLOT_BITS;
    return;
  }
  relation.generation += 1;
  relation.ownerAndKind = RELATION_FREE << SLOT_BITS;
  putFree(relationSlot(relation));
}

/** A reference that names nothing but itself. O(1). */
export function makeRef(): f64 {
  control.plainRefs += 1;
  return NUMBERED_END + control.plainRefs;
}

/** Puts a relation at the front of its owner's list, whose first field is at `head`. O(1). */
export function pushOwn(head: usize, relation: Relation): void {
  const first = load<u32>(head);
  relation.ownNext = first;
  relation.ownPrev = 0;
  if (first) changetype<Relation>(first).ownPrev = <u32>changetype<usize>(relation);
  store<u32>(head, <u32>changetype<usize>(relation));
}

/** Takes a relation out of its owner's list. O(1). */
export function removeOwn(head: usize, relation: Relation): void {
  if (relation.ownPrev) changetype<Relation>(relation.ownPrev).ownNext = relation.ownNext;
  else store<u32>(head, relation.ownNext);
  if (relation.ownNext) changetype<Relation>(relation.ownNext).ownPrev = relation.ownPrev;
  relation.ownNext = 0;
  relation.ownPrev = 0;
}

/** Puts a monitor or suspension at the front of the other process's list. O(1). */
export function pushOther(head: usize, relation: Relation): void {
  const first = load<u32>(head);
  relation.otherNext = first;
  relation.otherPrev = 0;
  if (first) changetype<Relation>(first).otherPrev = <u32>changetype<usize>(relation);
  store<u32>(head, <u32>changetype<usize>(relation));
}

/** Takes a monitor or suspension out of the other process's list. O(1). */
export function removeOther(head: usize, relation: Relation): void {
  if (relation.otherPrev) changetype<Relation>(relation.otherPrev).otherNext = relation.otherNext;
  else store<u32>(head, relation.otherNext);
  if (relation.otherNext) changetype<Relation>(relation.otherNext).otherPrev = relation.otherPrev;
}

/** Whether a relation that was ever used lies at this address. O(1). */
export function isRelation(address: u32): bool {
  const offset = address - control.relations;
  if (address < control.relations || offset == 0 || offset % RELATION_BYTES) return false;
  return offset / RELATION_BYTES < control.relationFresh;
}

/** How many relations there are of a kind. O(relations). */
export function relationsOfKind(kind: u32): u32 {
  let found: u32 = 0;
  for (let slot: u32 = 1; slot < control.relationFresh; slot++) {
    if (relationKind(relationAt(slot)) == kind) found++;
  }
  return found;
}
