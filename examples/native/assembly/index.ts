// words.wasm: the kernel with a native process that counts words.

import { MESSAGE_BYTES } from "pidgeon/assembly/abi";
import {
  bytesOf, CONTINUE, defineHandler, lengthOf, Message, Process, sendNumber,
} from "pidgeon/assembly/native";

export * from "pidgeon/assembly";

/** The id under which hosts spawn it; it stays the same from build to build. */
const WORD_COUNTER: u32 = 1;

/** Answers each text with the words that this process has seen so far, which are in its word. */
function wordCounter(self: Process, address: usize): u32 {
  if (!address) return CONTINUE; // it starts, and has no message yet
  const message = changetype<Message>(address);
  if (message.kind != MESSAGE_BYTES) return CONTINUE;
  self.word += <f64>countWords(bytesOf(message), lengthOf(message));
  sendNumber(self, message.from, self.word);
  return CONTINUE;
}

/** A byte 0 is no text: it traps, and ends the process with reason `trap`. */
function countWords(start: usize, length: u32): u32 {
  let words: u32 = 0;
  let inside = false;
  for (let at = start; at < start + length; at++) {
    const byte = load<u8>(at);
    if (byte == 0) unreachable();
    if (byte > 32 && !inside) words++;
    inside = byte > 32;
  }
  return words;
}

defineHandler(WORD_COUNTER, wordCounter.index);
