// Native processes that spawn others: spawn and exit, monitors, skynet, and those that only idle.

import { MESSAGE_DOWN, OPTION_MONITOR } from "../../assembly/abi";
import {
  CONTINUE, defineHandler, Message, Process, sendNumber, spawn, STOP,
} from "../../assembly/native";

/* Ids; bench/scheduler/native-kernel.ts has the same. */
const SPAWNER: u32 = 4;
const FINISHER: u32 = 5;
const IDLER: u32 = 6;
const MONITORER: u32 = 9;
const TREE_NODE: u32 = 10;
const TREE_OWNER: u32 = 11;

/** Spawns as many finishers as the message says, so many at a time as its word says. */
function spawner(self: Process, address: usize): u32 {
  if (!address) return CONTINUE;
  const left = changetype<Message>(address).value;
  const batch = min(left, self.word);
  for (let spawned: f64 = 0; spawned < batch; spawned++) {
    if (spawn(self, FINISHER, 0, 0) < 0) unreachable();
  }
  if (left > batch) sendNumber(self, self.pid, left - batch);
  return CONTINUE;
}

function finisher(_self: Process, _address: usize): u32 {
  return STOP;
}

function idler(_self: Process, _address: usize): u32 {
  return CONTINUE;
}

/** What a monitorer spawns before it waits for the DOWNs. */
const MONITORED: f64 = 1000;

/**
 * Spawns and monitors as many finishers as the message says, the next batch when all of the last
 * are down. Its word is `those to be spawned × 1024 + DOWNs that are missing`.
 */
function monitorer(self: Process, address: usize): u32 {
  if (!address) return CONTINUE;
  const message = changetype<Message>(address);
  if (message.kind == MESSAGE_DOWN) self.word -= 1;
  else self.word = message.value * 1024;
  if (self.word == 0 || <u64>self.word & 1023) return CONTINUE;
  const batch = min(self.word / 1024, MONITORED);
  for (let spawned: f64 = 0; spawned < batch; spawned++) {
    if (spawn(self, FINISHER, 0, OPTION_MONITOR) < 0) unreachable();
  }
  self.word += batch - batch * 1024;
  return CONTINUE;
}

/** Children of a node that is no leaf. */
const CHILDREN: f64 = 10;

/**
 * A node of the tree over the leaves `first` to `first + 10^level - 1`; its argument is
 * `first × 8 + level`. A leaf sends its number to its parent. Another spawns ten and sends the sum
 * of what they send; meanwhile its word is `sum × 16 + children that are missing`.
 */
function treeNode(self: Process, address: usize): u32 {
  if (!address) {
    const level = <u32>(<u64>self.word & 7);
    const first = Math.floor(self.word / 8);
    if (level == 0) {
      sendNumber(self, self.parent, first);
      return STOP;
    }
    spawnChildren(self, first, level - 1);
    self.word = CHILDREN;
    return CONTINUE;
  }
  self.word += changetype<Message>(address).value * 16 - 1;
  if (<u64>self.word & 15) return CONTINUE;
  sendNumber(self, self.parent, self.word / 16);
  return STOP;
}

function spawnChildren(self: Process, first: f64, level: u32): void {
  let leaves: f64 = 1;
  for (let below = level; below; below--) leaves *= CHILDREN;
  for (let child: f64 = 0; child < CHILDREN; child++) {
    const argument = (first + child * leaves) * 8 + <f64>level;
    if (spawn(self, TREE_NODE, argument, 0) < 0) unreachable();
  }
}

/** Keeps the last number that it gets: the tree's sum. */
function treeOwner(self: Process, address: usize): u32 {
  if (address) self.word = changetype<Message>(address).value;
  return CONTINUE;
}

defineHandler(SPAWNER, spawner.index);
defineHandler(FINISHER, finisher.index);
defineHandler(IDLER, idler.index);
defineHandler(MONITORER, monitorer.index);
defineHandler(TREE_NODE, treeNode.index);
defineHandler(TREE_OWNER, treeOwner.index);
