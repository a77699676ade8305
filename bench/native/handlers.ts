// Native processes of the benchmarks, compiled together with the kernel's sources.

import {
  CONTINUE, defineHandler, Message, Process, sendNumber, spawn, STOP,
} from "../../assembly/native";

/* Ids; bench/scheduler/native.ts has the same. */
const RING_NODE: u32 = 1;
const ASKER: u32 = 2;
const ANSWERER: u32 = 3;
const SPAWNER: u32 = 4;
const FINISHER: u32 = 5;
const IDLER: u32 = 6;

/* Tags of the host's messages; a native send has tag 0 */
const TAG_SET_WORD: u8 = 1;

/** Passes a number on, one less, to the process in its word; the tag SET_WORD says to whom. */
function ringNode(self: Process, address: usize): u32 {
  if (!address) return CONTINUE;
  const message = changetype<Message>(address);
  if (message.tag == TAG_SET_WORD) self.word = message.value;
  else if (message.value > 0) sendNumber(self, self.word, message.value - 1);
  return CONTINUE;
}

/** Asks the process in its word, as often as the first message says. */
function asker(self: Process, address: usize): u32 {
  if (!address) return CONTINUE;
  const left = changetype<Message>(address).value;
  if (left > 0) sendNumber(self, self.word, left - 1);
  return CONTINUE;
}

/** Gives back what it is asked. */
function answerer(self: Process, address: usize): u32 {
  if (!address) return CONTINUE;
  const message = changetype<Message>(address);
  sendNumber(self, message.from, message.value);
  return CONTINUE;
}

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

defineHandler(RING_NODE, ringNode.index);
defineHandler(ASKER, asker.index);
defineHandler(ANSWERER, answerer.index);
defineHandler(SPAWNER, spawner.index);
defineHandler(FINISHER, finisher.index);
defineHandler(IDLER, idler.index);
