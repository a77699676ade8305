// Native processes that send many messages to one, or one to many: counting, fan-in, fan-out.

import { MESSAGE_BYTES } from "../../assembly/abi";
import {
  bytesOf, CONTINUE, defineHandler, lengthOf, Message, Process, sendNumber, sendShared, share,
} from "../../assembly/native";
import { giveWay } from "./give-way";
import { note, setNote } from "./notes";

/* Ids; bench/scheduler/native-kernel.ts has the same. */
const PRODUCER: u32 = 7;
const COLLECTOR: u32 = 8;
const DISTRIBUTOR: u32 = 18;
const LISTENER: u32 = 19;

/* Tags of the host's messages; a native send has tag 0 */
const TAG_ADD: u8 = 4;

/** What a producer sends before it gives way. */
const BATCH: f64 = 1000;

/** Sends as many numbers to the process in its word as the message says, a batch at a time. */
function producer(self: Process, address: usize): u32 {
  if (!address) return CONTINUE;
  const left = changetype<Message>(address).value;
  const rest = max(left - BATCH, 0);
  for (let number = left; number > rest; number--) sendNumber(self, self.word, number);
  if (rest > 0) sendNumber(self, self.pid, rest);
  giveWay();
  return CONTINUE;
}

/** Counts its messages in its word. */
function collector(self: Process, address: usize): u32 {
  if (address) self.word += 1;
  return CONTINUE;
}

/* Notes of the distributor */
const RECEIVERS: u32 = 0; // how many; their pids follow

/**
 * Shares the bytes that it is sent; its word is their hold. TAG_ADD tells it a receiver. Another
 * number is how often it sends the bytes to each.
 */
function distributor(self: Process, address: usize): u32 {
  if (!address) return CONTINUE;
  const message = changetype<Message>(address);
  const receivers = <u32>note(RECEIVERS);
  if (message.kind == MESSAGE_BYTES) {
    self.word = <f64>share(bytesOf(message), lengthOf(message));
  } else if (message.tag == TAG_ADD) {
    setNote(RECEIVERS + receivers + 1, message.value);
    setNote(RECEIVERS, <f64>(receivers + 1));
  } else {
    const hold = <usize>self.word;
    for (let index: u32 = 1; index <= receivers; index++) {
      sendShared(self, note(RECEIVERS + index), hold);
    }
    if (message.value > 1) sendNumber(self, self.pid, message.value - 1);
    giveWay();
  }
  return CONTINUE;
}

/** Counts in its word the messages that have the right length. */
function listener(self: Process, address: usize): u32 {
  if (!address) return CONTINUE;
  const message = changetype<Message>(address);
  if (message.kind == MESSAGE_BYTES && lengthOf(message) == 256) self.word += 1;
  return CONTINUE;
}

defineHandler(PRODUCER, producer.index);
defineHandler(COLLECTOR, collector.index);
defineHandler(DISTRIBUTOR, distributor.index);
defineHandler(LISTENER, listener.index);
