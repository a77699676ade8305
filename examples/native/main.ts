// Counts words in native processes. One of them traps: its links and monitors hear of it, and
// everything else goes on.
import { readFileSync } from "node:fs";
import { Bytes, Down, Exit, oneOf, pattern, receive, Runtime } from "pidgeon";
import type { Operation, Pid, Process } from "pidgeon";

/** The id in assembly/index.ts. */
const WORD_COUNTER = 1;

const binary = "not\0text";
const ended = pattern(oneOf(Exit, Down));

const runtime = Runtime.start({
  kernel: readFileSync(new URL("words.wasm", import.meta.url)),
  logger({ type }) {
    if (type === "trap") console.log("the runtime reports: trap");
  },
});

await runtime.run(function* (self) {
  self.trapExit = true;
  const first = self.spawnNative(WORD_COUNTER, 0, { link: true });
  const second = self.spawnNative(WORD_COUNTER);
  self.monitor(second);
  yield* count(self, first, "there was a table set out under a tree");
  yield* count(self, second, "in front of the house");
  yield* count(self, first, "and the March Hare and the Hatter were having tea at it");

  for (const counter of [first, second]) {
    self.send(counter, Bytes.fromText(binary));
    const end = yield* receive(ended);
    console.log(`a counter has ended: ${end.reason}`);
  }

  const third = self.spawnNative(WORD_COUNTER);
  yield* count(self, third, "a Dormouse was sitting between them");
});
await runtime.stop();

/** Sends a text to a counter and prints what the counter has counted so far. */
function* count(self: Process, counter: Pid, text: string): Operation<void> {
  self.send(counter, Bytes.fromText(text));
  console.log(`${yield* receive(Number)} words`);
}
