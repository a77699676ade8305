// Native processes that receive past messages which they do not want.

import {
  awaitRef, awaitTag, CONTINUE, defineHandler, KEEP, makeRef, mark, Message, Process, sendNumber,
} from "../../assembly/native";

/* Ids; bench/scheduler/native-kernel.ts has the same. */
const SELECTOR: u32 = 15;
const KEEPER: u32 = 16;
const REF_SELECTOR: u32 = 17;

/* Tags; bench/scheduler/native-kernel.ts has the first */
const TAG_UNWANTED: u8 = 2;
const TAG_WANTED: u8 = 3;

/** Sends itself so many messages, one after the other, and awaits each by its tag. */
function selector(self: Process, address: usize): u32 {
  if (!address) return CONTINUE;
  const message = changetype<Message>(address);
  if (message.tag == TAG_UNWANTED) return KEEP;
  self.word += 1;
  if (message.value <= 0) return CONTINUE;
  sendNumber(self, self.pid, message.value - 1, TAG_WANTED);
  awaitTag(self, TAG_WANTED);
  return CONTINUE;
}

/** The same, but it looks at every message itself. */
function keeper(self: Process, address: usize): u32 {
  if (!address) return CONTINUE;
  const message = changetype<Message>(address);
  if (message.tag == TAG_UNWANTED) return KEEP;
  self.word += 1;
  if (message.value > 0) sendNumber(self, self.pid, message.value - 1, TAG_WANTED);
  return CONTINUE;
}

/** The same with a new reference each, marked, so that nothing is passed over. */
function refSelector(self: Process, address: usize): u32 {
  if (!address) return CONTINUE;
  const message = changetype<Message>(address);
  if (message.tag == TAG_UNWANTED) return KEEP;
  self.word += 1;
  mark(self);
  if (message.value <= 0) {
    awaitRef(self, 0); // the number of the next pass
    return CONTINUE;
  }
  const ref = makeRef();
  sendNumber(self, self.pid, message.value - 1, TAG_WANTED, ref);
  awaitRef(self, ref);
  return CONTINUE;
}

defineHandler(SELECTOR, selector.index);
defineHandler(KEEPER, keeper.index);
defineHandler(REF_SELECTOR, refSelector.index);
