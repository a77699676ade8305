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
// Costs: exit is O(1) but for what it ends.

import { dropAliases } from "./aliases";
import {
  ATOM_KILL, ATOM_KILLED, ATOM_NORMAL, COUNTER_EXITS, KIND_HOST, MESSAGE_EXIT, NO_MEMORY, OK,
  REASON_ATOM, REASON_HANDLE, STATE_EXITING,
} from "./abi";
import { Block, createBlock, setWord } from "./block";
import { control, count } from "./control";
import { leaveGroups } from "./groups";
import { hasNotices } from "./guards";
import { dropHandle, retainHandle } from "./handles";
import { linksOf } from "./links";
import { dropAll } from "./mailbox";
import { releaseMonitor, tellWatchers } from "./monitors";
import { forgetName } from "./names";
import {
  coldOf, FLAG_COLD, FLAG_FINISHED, FLAG_GUARDED, FLAG_TRAP_EXIT, Process, processAt,
  releaseProcess,
} from "./process";
import {
  ownerOf, Relation, RELATION_SIGNAL, releaseRelation, removeOwn, setKind,
} from "./relation";
import { deliverSignal, leaveQueue } from "./scheduler";
import { dropSuspensions } from "./suspension";
import { cancelTimeout, dropTimers } from "./timers";

/** Fills a block as EXIT or DOWN; the block holds a reference of its reason. O(1). */
function fillSignal(block: Block, kind: u8, from: f64, reasonKind: u8, word: u32): void {
  block.kind = kind;
  block.from = from;
  block.reasonKind = reasonKind;
  setWord(block, word);
  if (reasonKind == REASON_HANDLE) retainHandle(word);
}

/** Turns a relation that is in no list into a signal in its owner's mailbox. O(1). */
export function become(relation: Relation, kind: u8, from: f64, reasonKind: u8, word: u32): void {
  const owner = processAt(ownerOf(relation));
  setKind(relation, RELATION_SIGNAL);
  if (kind == MESSAGE_EXIT) {
    relation.tag = 0;
    relation.ref = 0;
  }
  fillSignal(changetype<Block>(relation), kind, from, reasonKind, word);
  deliverSignal(owner, changetype<Block>(relation));
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

/** Ends the native process that runs, with reason normal. O(its relations and messages). */
export function stopRunning(process: Process): void {
  if (process.head || process.flags & (FLAG_COLD | FLAG_GUARDED)) {
    die(process, REASON_ATOM, ATOM_NORMAL);
    return;
  }
  count(COUNTER_EXITS, 1); // it has left nothing that anybody could ask for
  releaseProcess(process);
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
  else if (!hasNotices(process)) reap(process); // else when the host is told: guards.ts
}

/** What bury does with the cold record. O(relations). */
function buryRelations(process: Process): void {
  const cold = coldOf(process);
  const reasonKind = <u8>process.handler;
  const word = <u32>process.parent;
  const others = cold.groups | cold.timerNext | cold.timers | cold.monitors | cold.aliases
    | cold.suspending | cold.suspenders;
  if (cold.name) forgetName(process);
  if (others) buryOthers(process);
  while (cold.links) breakLink(process, changetype<Relation>(cold.links), reasonKind, word);
  tellWatchers(process, reasonKind, word);
}

/** What few processes have. O(relations). */
function buryOthers(process: Process): void {
  const cold = coldOf(process);
  leaveGroups(process);
  cancelTimeout(process);
  dropTimers(process);
  while (cold.monitors) releaseMonitor(changetype<Relation>(cold.monitors));
  dropAliases(process);
  dropSuspensions(process);
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

/**
 * erlang:exit/2: an exit signal from one process to another, who gets it before its ordinary
 * messages if it has priority. O(1) but for what it ends.
 */
export function signalExit(
  from: f64, target: Process, reasonKind: u8, word: u32, priority: u8 = 0,
): i32 {
  if (reasonKind == REASON_ATOM && word == ATOM_KILL) {
    die(target, REASON_ATOM, ATOM_KILLED);
    return OK;
  }
  if (target.flags & FLAG_TRAP_EXIT) {
    const block = createBlock(MESSAGE_EXIT, 0, from, 0, 0);
    if (block === null) return NO_MEMORY;
    fillSignal(block, MESSAGE_EXIT, from, reasonKind, word);
    block.flags |= priority;
    deliverSignal(target, block);
  } else if (reasonKind != REASON_ATOM || word != ATOM_NORMAL || from == target.pid) {
    die(target, reasonKind, word);
  }
  return OK;
}
