// Monitors: one way, as many a pair as one likes; each tells once, by DOWN or not at all.
//
//   watcher ─ monitors ─► monitor ◄─ watchers ─ watched
//
// The monitor becomes the DOWN. `ref` holds its reference from the start: its own, or that of the
// alias that was made with it (aliases.ts).
// Costs: monitor and demonitor are O(1); flushing is O(mailbox).

import {
  ALIAS_PRIORITY, ALIAS_REPLY, ATOM_NOPROC, DEMONITOR_FLUSH, LIMIT, MESSAGE_DOWN,
  MONITOR_ALIAS_DEMONITOR, MONITOR_ALIAS_MASK, MONITOR_ALIAS_PRIORITY, MONITOR_ALIAS_REPLY,
  MONITOR_PRIORITY, NOT_FOUND, OK, REASON_ATOM,
} from "./abi";
import { afterMonitor, ALIAS_UNTIL_DEMONITOR, createAlias } from "./aliases";
import { Block, BLOCK_PRIORITY, dropBlock } from "./block";
import { findDown, removeBlock } from "./mailbox";
import { Cold, coldForWriting, coldOf, find, Process, processAt, slotOf } from "./process";
import {
  allocateRelation, findRelation, ownerOf, pushOther, pushOwn, refOf, Relation, RELATION_ALIAS,
  RELATION_MONITOR, RELATION_SIGNAL, relationKind, relationsLeft, releaseRelation, removeOther,
  removeOwn,
} from "./relation";
import { become } from "./signals";

/** All that a monitor's options may be. */
export const MONITOR_OPTIONS: u32 = MONITOR_ALIAS_MASK | MONITOR_PRIORITY | MONITOR_ALIAS_PRIORITY;

function monitorsOf(process: Process): usize {
  return changetype<usize>(coldOf(process)) + offsetof<Cold>("monitors");
}

function watchersOf(process: Process): usize {
  return changetype<usize>(coldOf(process)) + offsetof<Cold>("watchers");
}

/** What an alias is that is made with a monitor. */
function aliasBits(options: u32): u32 {
  const mode = options & MONITOR_ALIAS_MASK;
  let bits: u32 = options & MONITOR_ALIAS_PRIORITY ? ALIAS_PRIORITY : 0;
  if (mode == MONITOR_ALIAS_REPLY) bits |= ALIAS_REPLY;
  if (mode >= MONITOR_ALIAS_DEMONITOR) bits |= ALIAS_UNTIL_DEMONITOR;
  return bits;
}

/** A monitor that watches nobody yet, with its alias if it is to have one; null: LIMIT. */
function createMonitor(watcher: Process, options: u32, tag: u8): Relation | null {
  const hasAlias = (options & MONITOR_ALIAS_MASK) != 0;
  if (hasAlias && !relationsLeft(2)) return null;
  const monitor = allocateRelation(RELATION_MONITOR, slotOf(watcher));
  if (monitor === null) return null;
  monitor.tag = tag;
  monitor.ref = refOf(monitor);
  monitor.otherHigh = 0;
  if (options & MONITOR_PRIORITY) monitor.flags |= BLOCK_PRIORITY;
  if (!hasAlias) return monitor;
  const alias = createAlias(watcher, aliasBits(options)) as Relation;
  alias.other = <u32>changetype<usize>(monitor);
  monitor.otherHigh = <u32>changetype<usize>(alias);
  monitor.ref = refOf(alias);
  return monitor;
}

/**
 * erlang:monitor/3: a reference, or LIMIT. Its DOWN bears the tag. A dead target causes DOWN noproc
 * at once. O(1).
 */
export function monitor(watcher: Process, pid: f64, options: u32, tag: u8): f64 {
  const created = createMonitor(watcher, options, tag);
  if (created === null) return <f64>LIMIT;
  const ref = created.ref;
  const target = find(pid);
  if (target === null) {
    tellDown(created, pid, REASON_ATOM, ATOM_NOPROC);
    return ref;
  }
  created.other = slotOf(target);
  coldForWriting(watcher);
  coldForWriting(target);
  pushOwn(monitorsOf(watcher), created);
  pushOther(watchersOf(target), created);
  return ref;
}

/** Turns a monitor that is in no list into its DOWN. O(1). */
function tellDown(monitor: Relation, from: f64, reasonKind: u8, word: u32): void {
  afterMonitor(monitor);
  become(monitor, MESSAGE_DOWN, from, reasonKind, word);
}

/** Tells all who monitor a process that it has ended. O(monitors). */
export function tellWatchers(process: Process, reasonKind: u8, word: u32): void {
  const cold = coldOf(process);
  while (cold.watchers) {
    const monitor = changetype<Relation>(cold.watchers);
    detach(monitor);
    tellDown(monitor, process.pid, reasonKind, word);
  }
}

/** Takes a monitor out of both lists. O(1). */
function detach(monitor: Relation): void {
  removeOwn(monitorsOf(processAt(ownerOf(monitor))), monitor);
  removeOther(watchersOf(processAt(monitor.other)), monitor);
}

/** Ends an active monitor without a DOWN. O(1). */
export function releaseMonitor(monitor: Relation): void {
  detach(monitor);
  afterMonitor(monitor);
  releaseRelation(monitor);
}

/** The active monitor with this reference that a process holds, or null. O(1). */
function findMonitor(watcher: Process, ref: f64): Relation | null {
  const relation = findRelation(ref);
  if (relation === null || ownerOf(relation) != slotOf(watcher)) return null;
  if (relationKind(relation) == RELATION_ALIAS) return changetype<Relation | null>(relation.other);
  const isOwn = relationKind(relation) == RELATION_MONITOR && relation.ref == ref;
  return isOwn ? relation : null;
}

/** The DOWN with this reference in a mailbox, or null. O(1), of an alias's monitor O(mailbox). */
function findDownOf(watcher: Process, ref: f64): Block | null {
  const relation = findRelation(ref);
  if (relation !== null && relationKind(relation) == RELATION_SIGNAL && relation.ref == ref) {
    return ownerOf(relation) == slotOf(watcher) ? changetype<Block>(relation) : null;
  }
  return findDown(watcher, ref);
}

/**
 * erlang:demonitor/2. OK: it was active, no DOWN will come. NOT_FOUND: it was not; with
 * DEMONITOR_FLUSH its DOWN, if one lies in the mailbox, is gone. O(1), a flush O(mailbox).
 */
export function demonitor(watcher: Process, ref: f64, options: u32): i32 {
  const active = findMonitor(watcher, ref);
  if (active !== null) {
    releaseMonitor(active);
    return OK;
  }
  if (options & DEMONITOR_FLUSH) {
    const down = findDownOf(watcher, ref);
    if (down !== null && down.kind == MESSAGE_DOWN && removeBlock(watcher, down)) dropBlock(down);
  }
  return NOT_FOUND;
}
