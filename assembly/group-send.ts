// Sending to all members of a group.
//
// A block per member is had before anybody gets one: when memory runs out nothing was sent. The
// answer is how many got it; one that has ended since, or has a full mailbox, counts a dead letter.
// Deliveries may end processes and so change groups: the receivers are noted first.
//
//   members ─► chain of blocks, the receiver's pid as `ref` ─► filled and delivered, in order
//
// Costs: O(members).

import {
  COUNTER_DEAD_LETTERS, COUNTER_SENDS, MESSAGE_BYTES, MESSAGE_HANDLE, MESSAGE_NUMBER, NO_MEMORY, OK,
} from "./abi";
import { Block, BLOCK_HEAD_BYTES, createBlock, freeHead, setWord } from "./block";
import { control, count } from "./control";
import { Group } from "./groups";
import { DROPPED } from "./guards";
import { adoptHandle, dropHandle, retainHandle, yieldHandle } from "./handles";
import { createShared, dropBytes } from "./payload";
import { find, isLive, processAt } from "./process";
import { ownerOf, Relation } from "./relation";
import { deliverSignal } from "./scheduler";
import { isAdmitted } from "./send";

const NO_ROOM: u32 = u32.MAX_VALUE;

/** A block of a kind; of BYTES it refers to those of a hold, whose address the value is. O(1). */
function createFor(kind: u8, tag: u8, from: f64, value: f64): Block | null {
  if (kind != MESSAGE_BYTES) return createBlock(kind, tag, from, 0, 0);
  return createShared(tag, from, 0, changetype<Block>(<u32>value));
}

/** Blocks for all members, first to last, each with its receiver's pid as `ref`; or NO_ROOM. */
function reserve(group: Group, kind: u8, tag: u8, from: f64, value: f64): u32 {
  let first: u32 = 0;
  let last: u32 = 0;
  for (let at = group.first; at; at = changetype<Relation>(at).otherNext) {
    const receiver = processAt(ownerOf(changetype<Relation>(at)));
    if (!isLive(receiver, receiver.pid)) continue; // its end is not worked off yet
    const block = createFor(kind, tag, from, value);
    if (block === null) {
      giveBack(first);
      return NO_ROOM;
    }
    block.ref = receiver.pid;
    block.next = 0;
    if (last) changetype<Block>(last).next = <u32>changetype<usize>(block);
    else first = <u32>changetype<usize>(block);
    last = <u32>changetype<usize>(block);
  }
  return first;
}

/** Frees a block that nobody gets; of a handle it has no reference yet. O(1). */
function giveBackOne(block: Block): void {
  if (block.kind == MESSAGE_BYTES) dropBytes(block);
  else freeHead(block);
}

/** Frees a chain of them. O(blocks). */
function giveBack(first: u32): void {
  for (let at = first; at;) {
    const block = changetype<Block>(at);
    at = block.next;
    giveBackOne(block);
  }
}

/** Makes a reserved block the message; of a handle each has a reference. O(1). */
function fill(block: Block, ref: f64, value: f64): void {
  block.ref = ref;
  if (block.kind == MESSAGE_NUMBER) block.value = value;
  if (block.kind != MESSAGE_HANDLE) return;
  retainHandle(<u32>value);
  setWord(block, <u32>value);
}

/**
 * Sends a number, a handle that the host may hand over, or the bytes of a hold to all members of a
 * group: how many got it, or NO_MEMORY. After 0 and NO_MEMORY the handle is still the host's; the
 * hold always is. O(members).
 */
export function sendToGroup(
  group: Group, from: f64, tag: u8, ref: f64, kind: u8, value: f64,
): i32 {
  const first = reserve(group, kind, tag, from, value);
  if (first == NO_ROOM) return NO_MEMORY;
  if (kind == MESSAGE_HANDLE) adoptHandle(<u32>value); // the call's own reference
  let sent: i32 = 0;
  for (let at = first; at;) {
    const block = changetype<Block>(at);
    at = block.next;
    const receiver = find(block.ref);
    control.refusal = OK;
    if (receiver === null || !isAdmitted(receiver, tag, BLOCK_HEAD_BYTES)) {
      giveBackOne(block);
      if (control.refusal != DROPPED) count(COUNTER_DEAD_LETTERS, 1);
      continue;
    }
    fill(block, ref, value);
    deliverSignal(receiver, block);
    sent++;
  }
  count(COUNTER_SENDS, sent);
  if (kind == MESSAGE_HANDLE) {
    if (sent) dropHandle(<u32>value);
    else yieldHandle(<u32>value);
  }
  return sent;
}
