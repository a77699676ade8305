// Native processes that pass one message on: ring, ping-pong.

import { CONTINUE, defineHandler, forward, Message, Process } from "../../assembly/native";

/* Ids; bench/scheduler/native-kernel.ts has the same. */
const RING_NODE: u32 = 1;
const ASKER: u32 = 2;
const ANSWERER: u32 = 3;

/* Tags of the host's messages; a native send has tag 0 */
const TAG_SET_WORD: u8 = 1;

/** Passes a number on, one less, to the process in its word; the tag SET_WORD says to whom. */
function ringNode(self: Process, address: usize): u32 {
  if (!address) return CONTINUE;
  const message = changetype<Message>(address);
  if (message.tag == TAG_SET_WORD) self.word = message.value;
  else if (message.value > 0) forward(self, message, self.word, message.value - 1);
  return CONTINUE;
}

/** Asks the process in its word, as often as the first message says. */
function asker(self: Process, address: usize): u32 {
  if (!address) return CONTINUE;
  const message = changetype<Message>(address);
  if (message.value > 0) forward(self, message, self.word, message.value - 1);
  return CONTINUE;
}

/** Gives back what it is asked. */
function answerer(self: Process, address: usize): u32 {
  if (!address) return CONTINUE;
  const message = changetype<Message>(address);
  forward(self, message, message.from, message.value);
  return CONTINUE;
}

defineHandler(RING_NODE, ringNode.index);
defineHandler(ASKER, asker.index);
defineHandler(ANSWERER, answerer.index);
