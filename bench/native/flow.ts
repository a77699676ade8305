// Native processes that send many messages to one: counting, fan-in.

import { CONTINUE, defineHandler, Message, Process, sendNumber } from "../../assembly/native";
import { giveWay } from "./give-way";

/* Ids; bench/scheduler/native-kernel.ts has the same. */
const PRODUCER: u32 = 7;
const COLLECTOR: u32 = 8;

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

defineHandler(PRODUCER, producer.index);
defineHandler(COLLECTOR, collector.index);
