// Native processes that start and cancel timers.

import {
  cancelTimer, CONTINUE, defineHandler, Message, Process, sendAfter, sendNumber,
} from "../../assembly/native";
import { giveWay } from "./give-way";
import { note, setNote } from "./notes";

/* Ids; bench/scheduler/native-kernel.ts has the same. */
const TIMER_STARTER: u32 = 12;
const TIMER_KEEPER: u32 = 13;
const TIMER_CANCELLER: u32 = 14;

/** What is started or cancelled before the process gives way. */
const BATCH: f64 = 1000;
/** Of a timer that is to be cancelled. */
const FAR_MS: f64 = 20_000;

/* Notes: the last delay's seed, then the references of timers. */
const SEED: u32 = 0;
const REFS: u32 = 1;

/** A delay follows from the one before, as in peers/pidgeon_bench.erl: 0 to 1,023 ms. */
function nextDelay(): f64 {
  const seed = <u32>note(SEED) * 1664525 + 1013904223;
  setNote(SEED, <f64>seed);
  return <f64>(seed >> 22);
}

/** Goes on with what is left after a batch. */
function goOn(self: Process, left: f64): u32 {
  if (left > 0) sendNumber(self, self.pid, left);
  giveWay();
  return CONTINUE;
}

/** Starts as many timers as the message says, which send to the process in its word. */
function starter(self: Process, address: usize): u32 {
  if (!address) return CONTINUE;
  const left = changetype<Message>(address).value;
  const rest = max(left - BATCH, 0);
  for (let number = left; number > rest; number--) {
    if (sendAfter(self, self.word, number, 1 + nextDelay()) < 0) unreachable();
  }
  return goOn(self, rest);
}

/** The same with far timers, whose references it notes. */
function keeper(self: Process, address: usize): u32 {
  if (!address) return CONTINUE;
  const left = changetype<Message>(address).value;
  const rest = max(left - BATCH, 0);
  for (let number = left; number > rest; number--) {
    const ref = sendAfter(self, self.word, number, FAR_MS + nextDelay());
    if (ref < 0) unreachable();
    setNote(REFS + <u32>number - 1, ref);
  }
  return goOn(self, rest);
}

/** Cancels as many noted timers as the message says; the keeper started the first of them last. */
function canceller(self: Process, address: usize): u32 {
  if (!address) return CONTINUE;
  const left = changetype<Message>(address).value;
  const done = self.word;
  const batch = min(left, BATCH);
  for (let index: f64 = 0; index < batch; index++) {
    if (cancelTimer(self, note(REFS + <u32>(done + index))) < 0) unreachable();
  }
  self.word = left > batch ? done + batch : 0;
  return goOn(self, left - batch);
}

defineHandler(TIMER_STARTER, starter.index);
defineHandler(TIMER_KEEPER, keeper.index);
defineHandler(TIMER_CANCELLER, canceller.index);
