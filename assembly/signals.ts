// Signals between processes: exit, link, monitor, and what the end of a process sets off.
//
// A signal never allocates and never fails: a link half or monitor carries the storage of the EXIT
// or DOWN that it may become (relation.ts). Ends are worked off one by one from a chain, so a
// cascade over 100,000 links takes no stack:
//
//   die ─► dying chain ─► bury: mailbox, name, groups, timers, own monitors ─► links ─► watchers
//             ▲              ─► slot                                             │
//             └──────────── a linked process that does not trap ────────────────┘
//
// The name is free and everything is dropped before anybody is told (release before notify).
// Costs: exit, link, monitor, demonitor O(1) but for what they end; unlink O(links of the shorter).

import {
  ATOM_KILL, ATOM_KILLED, ATOM_NOPROC, ATOM_NORMAL, COUNTER_EXITS, DEMONITOR_FLUSH, KIND_HOST,
  LIMIT, MESSAGE_DOWN, MESSAGE_EXIT, NOT_FOUND, NO_MEMORY, NO_PROCESS, OK, REASON_ATOM,
  REASON_HANDLE, STATE_EXITING,
} from "./abi";
import { Block, createBlock, dropBlock, setWord } from "./block";
import { control, count } from "./control";
import { leaveGroups } from "./groups";
import { dropHandle, retainHandle } from "./handles";
import { dropAll, removeBlock } from "./mailbox";
import { forgetName } from "./names";
import {
  Cold, coldForWriting, coldOf, find, FLAG_COLD, FLAG_FINISHED, FLAG_TRAP_EXIT, Process,
  processAt, releaseProcess, slotOf,
} from "./process";
import {
  allocateRelation, findRelation, ownerOf, pushOther, pushOwn, refOf, Relation, RELATION_LINK,
  RELATION_MONITOR, RELATION_SIGNAL, relationKind, relationsLeft, releaseRelation, removeOther,
  removeOwn, setKind,
} from "./relation";
import { deliver, leaveQueue } from "./scheduler";
import { cancelTimeout, dropTimers } from "./timers";

function linksOf(process: Process): usize {
  return changetype<usize>(coldOf(process)) + offsetof<Cold>("links");
}

function monitorsOf(process: Process): usize {
  return changetype<usize>(coldOf(process)) + offsetof<Cold>("monitors");
}

function watchersOf(process: Process): usize {
  return changetype<usize>(coldOf(process)) + offsetof<Cold>("watchers");
}

/** Fills a block as EXIT or DOWN; the block holds a reference of its reason. O(1). */
function fillSignal(block: Block, kind: u8, from: f64, ref: f64, reasonKind: u8, word: u32): void {
  block.kind = kind;
  block.tag = 0;
  block.from = from;
  block.ref = ref;
  block.reasonKind = reasonKind;
  setWord(block, word);
  if (reasonKind == REASON_HANDLE) retainHandle(word);
}

/** Turns a relation that is in no list into a signal in its owner's mailbox. O(1). */
function become(relation: Relation, kind: u8, from: f64, reasonKind: u8, word: u32): void {
  const ref = kind == MESSAGE_DOWN ? refOf(relation) : 0;
  const owner = processAt(ownerOf(relation));
  setKind(relation, RELATION_SIGNAL);
  fillSignal(changetype<Block>(relation), kind, from, ref, reasonKind, word);
  deliver(owner, changetype<Block>(relation));
}

/** Ends a live process and all that this brings down. O(relations of those that end). */
export function die(process: Process, reasonKind: u8, word: u32): void {
  condemn(process, reasonKind, word);
  buryAll();
}

/** The same of a host process whose host knows that it ends. */
export function finish(process: Process, reasonKind: u8, word: u32): void {
  condemn(process, reasonKind, word);
  process.flags |= FLAG_FINISHED;
  buryAll();
}

/** Works off the dying chain. O(relations of those that end). */
function buryAll(): void {
  while (control.dying) {
    const dying = changetype<Process>(control.dying);
    control.dying = dying.queueNext;
    bury(dying);
  }
}

/** Marks a live process as exiting and puts it on the dying chain. O(1). */
function condemn(process: Process, reasonKind: u8, word: u32): void {
  leaveQueue(process);
  process.flags &= ~FLAG_FINISHED; // the bit has said HALT or READY
  process.state = STATE_EXITING;
  process.handler = reasonKind;
  process.parent = <f64>word;
  if (reasonKind == REASON_HANDLE) retainHandle(word);
  if (<u32>changetype<usize>(process) == control.running) return; // settleRunning does the rest
  process.queueNext = control.dying;
  control.dying = <u32>changetype<usize>(process);
}

/** Works off the end of a native process that was condemned while its handler ran. */
export function settleRunning(process: Process): void {
  bury(process);
  buryAll();
}

/** The end of one process. O(its relations and messages). */
function bury(process: Process): void {
  dropAll(process);
  if (process.flags & FLAG_COLD) buryRelations(process);
  count(COUNTER_EXITS, 1);
  if (process.kind == KIND_HOST && !(process.flags & FLAG_FINISHED)) awaitReaping(process);
  else reap(process);
}

/** What bury does with the cold record. O(relations). */
function buryRelations(process: Process): void {
  const cold = coldOf(process);
  const reasonKind = <u8>process.handler;
  const word = <u32>process.parent;
  if (cold.name) forgetName(process);
  leaveGroups(process);
  cancelTimeout(process);
  dropTimers(process);
  while (cold.monitors) releaseMonitor(changetype<Relation>(cold.monitors));
  while (cold.links) breakLink(process, changetype<Relation>(cold.links), reasonKind, word);
  while (cold.watchers) {
    const monitor = changetype<Relation>(cold.watchers);
    removeOther(watchersOf(process), monitor);
    removeOwn(monitorsOf(processAt(ownerOf(monitor))), monitor);
    become(monitor, MESSAGE_DOWN, process.pid, reasonKind, word);
  }
}

/** Tells one linked process of the end of another. O(1). */
function breakLink(process: Process, half: Relation, reasonKind: u8, word: u32): void {
  const peerHalf = changetype<Relation>(half.other);
  const peer = processAt(ownerOf(peerHalf));
  removeOwn(linksOf(process), half);
  releaseRelation(half);
  removeOwn(linksOf(peer), peerHalf);
  if (peer.flags & FLAG_TRAP_EXIT && peer.state != STATE_EXITING) {
    become(peerHalf, MESSAGE_EXIT, process.pid, reasonKind, word);
    return;
  }
  releaseRelation(peerHalf);
  if (peer.state == STATE_EXITING) return;
  if (reasonKind == REASON_ATOM && word == ATOM_NORMAL) return;
  condemn(peer, reasonKind, word);
}

/** Puts a host process on the chain of those of whose end the host is to be told. O(1). */
function awaitReaping(process: Process): void {
  const address = <u32>changetype<usize>(process);
  process.queueNext = 0;
  if (control.exitedTail) changetype<Process>(control.exitedTail).queueNext = address;
  else control.exitedHead = address;
  control.exitedTail = address;
}

/** Frees the slot of an ended process, and its reference of the reason. O(1). */
export function reap(process: Process): void {
  if (process.handler == REASON_HANDLE) dropHandle(<u32>process.parent);
  releaseProcess(process);
}

/** erlang:exit/2: an exit signal from one process to another. O(1) but for what it ends. */
export function signalExit(from: f64, target: Process, reasonKind: u8, word: u32): i32 {
  if (reasonKind == REASON_ATOM && word == ATOM_KILL) {
    die(target, REASON_ATOM, ATOM_KILLED);
    return OK;
  }
  if (target.flags & FLAG_TRAP_EXIT) {
    const block = createBlock(MESSAGE_EXIT, 0, from, 0, 0);
    if (block === null) return NO_MEMORY;
    fillSignal(block, MESSAGE_EXIT, from, 0, reasonKind, word);
    deliver(target, block);
  } else if (reasonKind != REASON_ATOM || word != ATOM_NORMAL || from == target.pid) {
    die(target, reasonKind, word);
  }
  return OK;
}

/** The half of a link that `a` owns, or null. O(links of the shorter). */
function findLink(a: Process, b: Process): Relation | null {
  if (!(a.flags & b.flags & FLAG_COLD)) return null;
  const slotA = slotOf(a);
  const slotB = slotOf(b);
  let own = coldOf(a).links;
  let others = coldOf(b).links;
  while (own && others) {
    const half = changetype<Relation>(own);
    if (ownerOf(changetype<Relation>(half.other)) == slotB) return half;
    const otherHalf = changetype<Relation>(others);
    const peer = changetype<Relation>(otherHalf.other);
    if (ownerOf(peer) == slotA) return peer;
    own = half.ownNext;
    others = otherHalf.ownNext;
  }
  return null;
}

/** Links two processes that are not linked; two relations must be left. O(1). */
export function joinProcesses(a: Process, b: Process): void {
  const halfA = allocateRelation(RELATION_LINK, slotOf(a)) as Relation;
  const halfB = allocateRelation(RELATION_LINK, slotOf(b)) as Relation;
  halfA.other = <u32>changetype<usize>(halfB);
  halfB.other = <u32>changetype<usize>(halfA);
  coldForWriting(a);
  coldForWriting(b);
  pushOwn(linksOf(a), halfA);
  pushOwn(linksOf(b), halfB);
}

/** erlang:link/1. To a dead process: EXIT noproc if the caller traps, else NO_PROCESS. */
export function link(a: Process, pid: f64): i32 {
  const b = find(pid);
  if (b === null) {
    if (!(a.flags & FLAG_TRAP_EXIT)) return NO_PROCESS;
    const relation = allocateRelation(RELATION_LINK, slotOf(a));
    if (relation === null) return LIMIT;
    become(relation, MESSAGE_EXIT, pid, REASON_ATOM, ATOM_NOPROC);
    return OK;
  }
  if (a === b || findLink(a, b) !== null) return OK;
  if (!relationsLeft(2)) return LIMIT;
  joinProcesses(a, b);
  return OK;
}

/** erlang:unlink/1. An EXIT that lies in the mailbox already stays there. */
export function unlink(a: Process, pid: f64): i32 {
  const b = find(pid);
  if (b === null) return NOT_FOUND;
  const half = findLink(a, b);
  if (half === null) return NOT_FOUND;
  const peerHalf = changetype<Relation>(half.other);
  removeOwn(linksOf(a), half);
  removeOwn(linksOf(b), peerHalf);
  releaseRelation(half);
  releaseRelation(peerHalf);
  return OK;
}

/** erlang:monitor/2: a reference, or LIMIT. A dead target causes DOWN noproc at once. O(1). */
export function monitor(watcher: Process, pid: f64): f64 {
  const relation = allocateRelation(RELATION_MONITOR, slotOf(watcher));
  if (relation === null) return <f64>LIMIT;
  const ref = refOf(relation);
  const target = find(pid);
  if (target === null) {
    become(relation, MESSAGE_DOWN, pid, REASON_ATOM, ATOM_NOPROC);
    return ref;
  }
  relation.other = slotOf(target);
  coldForWriting(watcher);
  coldForWriting(target);
  pushOwn(monitorsOf(watcher), relation);
  pushOther(watchersOf(target), relation);
  return ref;
}

/** Takes a monitor out of both lists and frees it. O(1). */
function releaseMonitor(relation: Relation): void {
  removeOwn(monitorsOf(processAt(ownerOf(relation))), relation);
  removeOther(watchersOf(processAt(relation.other)), relation);
  releaseRelation(relation);
}

/**
 * erlang:demonitor/2. OK: it was active, no DOWN will come. NOT_FOUND: it was not; with
 * DEMONITOR_FLUSH its DOWN, if one lies in the mailbox, is gone. O(1), a flush O(mailbox).
 */
export function demonitor(watcher: Process, ref: f64, options: u32): i32 {
  const relation = findRelation(ref);
  if (relation === null || ownerOf(relation) != slotOf(watcher)) return NOT_FOUND;
  if (relationKind(relation) == RELATION_MONITOR) {
    releaseMonitor(relation);
    return OK;
  }
  const isDown = relationKind(relation) == RELATION_SIGNAL && relation.kind == MESSAGE_DOWN;
  if (isDown && options & DEMONITOR_FLUSH) {
    const block = changetype<Block>(relation);
    if (removeBlock(watcher, block)) dropBlock(block);
  }
  return NOT_FOUND;
}
