// Guests in AssemblyScript, with its own memory management and runtime.
import { main } from "assemblyscript/asc";
import { Guest } from "../../host/guests/index.ts";
import { Bytes, Down, receive, sleep } from "../../host/runtime/index.ts";
import { GenServer } from "../../host/otp/index.ts";
import { scenario } from "../runtime/harness.ts";
import { readText } from "../tidy/sources.ts";

/** Counts words in a Map of its own; a text is answered by a JSON of the counts. */
const wordCounter = `
@external("pidgeon", "send_bytes")
declare function sendBytes(to: f64, tag: i32, ref: f64, pointer: usize, length: i32): i32;
@external("pidgeon", "self")
declare function self(): f64;

const counters = new Map<f64, Map<string, i32>>();
let room = new ArrayBuffer(0);

export function pidgeon_guest_abi(): i32 { return 1; }

export function inbox(length: i32): usize {
  room = new ArrayBuffer(length);
  return changetype<usize>(room);
}

export function handle(
  word: f64, kind: i32, tag: i32, from: f64, ref: f64, number: f64, pointer: usize, length: i32,
): i32 {
  if (kind == 0) counters.set(self(), new Map<string, i32>());
  if (kind != 3) return 0;
  const counts = counters.get(self());
  const words = String.UTF8.decodeUnsafe(pointer, length).split(" ");
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    if (word == "") throw new Error("no word");
    counts.set(word, (counts.has(word) ? counts.get(word) : 0) + 1);
  }
  const parts: string[] = [];
  const keys = counts.keys();
  for (let i = 0; i < keys.length; i++) {
    parts.push('"' + keys[i] + '":' + counts.get(keys[i]).toString());
  }
  const answer = String.UTF8.encode("{" + parts.join(",") + "}");
  sendBytes(from, tag == 1 ? 3 : 0, ref, changetype<usize>(answer), answer.byteLength);
  return 0;
}
`;

/** Does what it is told by calls and casts; keeps numbers until it is told to go on. */
const selective = `
@external("pidgeon", "send_number")
declare function sendNumber(to: f64, tag: i32, ref: f64, number: f64): i32;
@external("pidgeon", "set_word")
declare function setWord(word: f64): void;

export function pidgeon_guest_abi(): i32 { return 1; }
export function inbox(length: i32): usize { return memory.data(64); }

export function handle(
  word: f64, kind: i32, tag: i32, from: f64, ref: f64, number: f64, pointer: usize, length: i32,
): i32 {
  if (kind == 3) { setWord(1); return 0; }
  if (kind != 1) return 0;
  if (word == 0) return 2;
  sendNumber(from, tag == 1 ? 3 : 0, ref, -number);
  return number == 99 ? 1 : 0;
}
`;

async function compile(source: string): Promise<Uint8Array> {
  const messages: string[] = [];
  let wasm: Uint8Array | undefined;
  const { error } = await main(["guest.ts", "--outFile", "guest.wasm", "-O1", "--use", "abort="], {
    stdout: { write: () => undefined },
    stderr: { write: (text: string) => void messages.push(text) },
    readFile: (name: string) => (name === "guest.ts" ? source : null),
    writeFile: (_name: string, contents: Uint8Array | string) => {
      if (typeof contents !== "string") wasm = contents;
    },
    listFiles: () => [],
  });
  if (error || wasm === undefined) throw new Error(`asc: ${messages.join("")}`, { cause: error });
  return wasm;
}

scenario("a guest with a garbage collector of its own counts words", async (t, harness) => {
  const guest = await Guest.load(harness.runtime, await compile(wordCounter), { label: "words" });
  const [one, two] = [guest.spawn(), guest.spawn()];
  const answers = harness.run(function* (self) {
    const answer = function* () {
      const bytes: Bytes = yield* receive((message: unknown) => message instanceof Bytes);
      return JSON.parse(bytes.text()) as unknown;
    };
    self.send(one, "a rose is a rose");
    const first = yield* answer();
    self.send(two, "pidgeon ✓");
    const other = yield* answer();
    for (let round = 0; round < 200; round++) {
      self.send(one, "is a rose");
      yield* answer();
    }
    self.send(one, "is");
    return [first, other, yield* answer()];
  });
  t.same(answers, [{ a: 2, rose: 2, is: 1 }, { "pidgeon": 1, "✓": 1 },
    { a: 202, rose: 202, is: 202 }]);
});

scenario("a call is answered by its ref; an abort is a trap", async (t, harness) => {
  const guest = await Guest.load(harness.runtime, await compile(wordCounter), { label: "words" });
  const pid = guest.spawn();
  const ended = harness.run(function* (self) {
    const bytes: Bytes = yield* GenServer.call(self, pid, "one call");
    t.equal(bytes.text(), '{"one":1,"call":1}');
    self.monitor(pid);
    self.send(pid, "two  blanks");
    return (yield* receive(Down)).reason;
  });
  t.equal(ended, "trap");
  t.match(harness.reports[0], { label: "words", error: /wasm/ });
});

scenario("messages that a guest keeps stay in the mailbox, in order", async (t, harness) => {
  const guest = await Guest.load(harness.runtime, await compile(selective));
  const pid = guest.spawn();
  const heard = harness.run(function* (self) {
    for (const number of [1, 2, 3]) self.send(pid, number);
    yield* sleep(1);
    const kept = harness.runtime.processInfo(pid)?.messageQueueLength;
    self.send(pid, "go");
    const answers = [yield* receive(Number), yield* receive(Number), yield* receive(Number)];
    self.monitor(pid);
    self.send(pid, 99);
    return [kept, ...answers, yield* receive(Number), (yield* receive(Down)).reason];
  });
  t.same(heard, [3, -1, -2, -3, -99, "normal"]);
  t.same(harness.reports, []);
});

scenario("the AssemblyScript of docs/guests.md does what it says", async (t, harness) => {
  const source = /^```typescript\n([^]*?)^```/m.exec(readText("docs/guests.md"))?.[1] ?? "";
  const guest = await Guest.load(harness.runtime, await compile(source));
  const pid = guest.spawn(10);
  t.same(harness.run(function* (self) {
    self.send(pid, 5);
    return [yield* receive(Number), yield* GenServer.call(self, pid, 7)];
  }), [15, 22]);
});
