// Native processes beside TypeScript ones: the words of examples/native.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Bytes, Down, Exit, receive } from "../../host/runtime/index.ts";
import { root } from "../tidy/sources.ts";
import { like, scenario } from "./harness.ts";

const WORD_COUNTER = 1;
const options = { kernel: readFileSync(join(root, "build/examples/native/words.wasm")) };

scenario("a native process takes bytes and answers with numbers", (t, harness) => {
  const counter = harness.runtime.spawnNative(WORD_COUNTER, 10);
  const counted = harness.run(function* (self) {
    const answers: unknown[] = [];
    for (const text of ["one two", "", " three\n"]) {
      t.equal(self.send(counter, Bytes.fromText(text)), true);
      answers.push(yield* receive());
    }
    return answers;
  });
  t.same(counted, [12, 12, 13]);
  harness.runtime.exit(counter, "kill");
  t.equal(harness.runtime.send(counter, Bytes.fromText("gone")), false);
}, options);

scenario("a trap ends its process; who is linked or watches hears of it", (t, harness) => {
  const { runtime } = harness;
  const other = runtime.spawnNative(WORD_COUNTER);
  const heard = harness.run(function* (self) {
    self.trapExit = true;
    const linked = self.spawnNative(WORD_COUNTER, 0, { link: true });
    const ref = self.monitor(linked);
    for (const counter of [linked, other]) self.send(counter, Bytes.fromText("all is well"));
    const counts = [yield* receive(Number), yield* receive(Number)];
    self.send(linked, new Bytes([0]));
    self.send(linked, Bytes.fromText("too late"));
    const exit = yield* receive(Exit);
    const down = yield* receive(Down);
    self.send(other, Bytes.fromText("and goes on"));
    return { counts, exit, down, ref, linked, last: yield* receive() };
  });
  t.same(heard.counts, [3, 3]);
  t.same(heard.exit, new Exit(heard.linked, "trap"));
  t.same(heard.down, new Down(heard.ref, heard.linked, "trap"));
  t.equal(heard.last, 6);
  t.same(harness.reports.map(({ type }) => type), ["trap"]);
  t.match(harness.reports[0], { error: /unreachable[^]*at / }, "it says what and where");
}, options);

scenario("a handler that the kernel does not have is refused", (t, { runtime }) => {
  t.throws(() => runtime.spawnNative(77), like({
    code: "PIDGEON_KERNEL_STATUS", details: { operation: "spawnNative", status: "NO_HANDLER" },
  }));
  t.throws(() => runtime.send(runtime.spawnNative(WORD_COUNTER), new Bytes(new Uint8Array(1e6))),
    like({ code: "PIDGEON_KERNEL_STATUS", details: { operation: "send", status: "TOO_LARGE" } }));
}, options);

scenario("16,384 bytes go to a native process, not one more; others get any number", (t, h) => {
  const counter = h.runtime.spawnNative(WORD_COUNTER);
  const text = "word ".repeat(3_277).slice(0, 16_384);
  const large = new Bytes(new Uint8Array(1e6).fill(7));
  h.run(function* (self) {
    t.equal(self.send(counter, Bytes.fromText(text)), true);
    t.equal(yield* receive(), 3_277);
    t.throws(() => self.send(counter, Bytes.fromText(`${text}!`)), like({
      code: "PIDGEON_KERNEL_STATUS", details: { operation: "send", status: "TOO_LARGE" },
    }));
    self.send(self.pid, { large });
    t.equal((yield* receive<{ large: Bytes }>()).large, large, "shared, not copied");
    self.sendAfter(1, self.pid, large);
    t.equal(yield* receive(), large);
  });
  h.runtime.exit(counter, "kill");
}, options);

scenario("bytes to a group reach native members, and the others as Bytes", (t, h) => {
  const counter = h.runtime.spawnNative(WORD_COUNTER);
  h.run(function* (self) {
    self.join("readers", counter);
    self.join("readers");
    t.equal(self.sendToGroup("readers", Bytes.fromText("one two")), 2);
    const got = [yield* receive(), yield* receive()];
    t.same(got.find((one) => typeof one === "object"), Bytes.fromText("one two"));
    t.equal(got.find((one) => typeof one === "number"), 2);
    self.leave("readers", counter);
    const large = new Bytes(new Uint8Array(20_000));
    t.equal(self.sendToGroup("readers", large), 1);
    t.equal(yield* receive(), large);
  });
  h.runtime.exit(counter, "kill");
}, options);

scenario("a native process has limits and a priority from the start", (t, h) => {
  const counter = h.runtime.spawnNative(WORD_COUNTER, 0, {
    priority: "low", mailboxLimit: { messages: 1 },
  });
  t.match(h.runtime.processInfo(counter), { kind: "native", priority: "low", mailboxLimit: 1 });
  const text = Bytes.fromText("one");
  t.same([h.runtime.send(counter, text), h.runtime.send(counter, text)], [true, false]);
  t.same(h.runtime.processInfo(counter, "messages"), [text]);
  h.pump();
  h.runtime.exit(counter, "kill");
}, options);
